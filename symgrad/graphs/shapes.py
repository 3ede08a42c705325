"""Shapes of expressions over symbols that stand for arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from symgrad.operations.row import Elementwise, Structural
from symgrad.operations.shapes import SCALAR, Shape, broadcast_shapes
from symgrad.operations.sympy_nodes import Applied
from symgrad.operations.table import TABLE


def array_shape(expression: Any, shapes: Mapping[sympy.Symbol, Shape]) -> Shape:
    """The shape of an expression over symbols that stand for arrays: entries broadcast, operations have their own rule."""
    if isinstance(expression, sympy.Symbol):
        return shapes[expression]
    if isinstance(expression, Applied):
        row = TABLE[expression.name]
        assert isinstance(row, (Elementwise, Structural))  # a composition never becomes a node
        operands, options = row.split(expression.arguments)
        return row.shape([array_shape(operand, shapes) for operand in operands], *options)
    if isinstance(expression, (sympy.Add, sympy.Mul, sympy.Pow, Boolean)):
        return broadcast_shapes(*(array_shape(a, shapes) for a in expression.args)) if expression.args else SCALAR
    return SCALAR
