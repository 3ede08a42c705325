"""Operands as callers give them: numbers, NumPy's arrays and nested lists become expressions; all else is refused."""

from __future__ import annotations

from fractions import Fraction
from types import FunctionType
from typing import Any

import numpy as np
import sympy

from symgrad.basics.errors import WrongCall, WrongShape
from symgrad.basics.messages import message
from symgrad.operations.sympy_nodes import encode


def encode_operand(operand: Any) -> sympy.Basic:
    """An expression as it is; a number or a nested list of numbers as one. Never a string, which SymPy would execute."""
    if isinstance(operand, sympy.Basic):
        return operand
    if isinstance(operand, np.ndarray):
        operand = operand.tolist()
    if isinstance(operand, (list, tuple)):
        return _matrix(operand)
    if isinstance(operand, sympy.MatrixBase):
        return operand.as_immutable()
    if isinstance(operand, np.generic):
        operand = operand.item()
    if isinstance(operand, bool) or not isinstance(operand, (int, float, Fraction)):
        raise WrongCall(message("not_an_operand", found=_found(operand)))
    return encode(operand)


def _matrix(rows: Any) -> sympy.ImmutableDenseMatrix:
    """A nested list as a matrix; what SymPy refuses of it is said in its words."""
    for row in rows:
        for entry in row if isinstance(row, (list, tuple)) else [row]:
            if isinstance(entry, (list, tuple)):
                raise WrongCall(message("not_an_operand", found=repr(rows)))
            encode_operand(entry)
    try:
        made = sympy.ImmutableDenseMatrix(rows)
    except ValueError as error:
        raise WrongShape(message("not_an_operand", found=message("rows_uneven", found=repr(rows), said=str(error)))) from None
    if 0 in made.shape:
        raise WrongShape(message("not_an_operand", found=repr(rows)))
    return made


def _found(operand: Any) -> Any:
    if isinstance(operand, (str, bytes)):
        return message("the_string", text=repr(operand))
    if isinstance(operand, FunctionType):  # its repr has an address
        return f"{operand.__module__}.{operand.__qualname__}"
    return message("a_tensor") if type(operand).__module__ == "torch" else repr(operand)
