"""Operations of the table as functions on NumPy's arrays: what code that SymPy's ``lambdify`` writes of a loss imports.

They are called ``symgrad_total``, ``symgrad_sigmoid`` and so on, since NumPy has names of its own. Operands are numbers, or
matrices as arrays with two axes; points may lie on axes before them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from symgrad.number_systems.code_generation import compile_
from symgrad.number_systems.float64 import Floats
from symgrad.operations.row import Composition, Elementwise, Structural
from symgrad.operations.sympy_nodes import NUMPY_PREFIX
from symgrad.operations.table import TABLE


def __getattr__(name: str) -> Callable[..., Any]:
    row = TABLE.get(name.removeprefix(NUMPY_PREFIX))
    if row is None or isinstance(row, Composition) or not name.startswith(NUMPY_PREFIX):
        raise AttributeError(name)
    if not isinstance(row, Elementwise):
        return _whole(row)
    return Floats().function(row.name) if row.name == "choose" or row.build is None else _arithmetic(row.build)


def _whole(row: Structural) -> Callable[..., Any]:
    """A row's function, which takes a number for a matrix with one entry."""
    function = Floats().function(row.name)

    def call(*arguments: Any) -> Any:
        count = len(arguments) - len(row.options)
        operands = [np.reshape(a, (1, 1)) if np.ndim(a) == 0 else a for a in arguments[:count]]
        return function(*operands, *arguments[count:])

    return call


def _arithmetic(build: Callable[..., Any]) -> Callable[..., Any]:
    """The arithmetic of a row, entry by entry."""

    def call(*operands: Any) -> Any:
        symbols = [sympy.Symbol(f"x{k}", real=True) for k in range(len(operands))]
        return Floats().bind(compile_(symbols, (), [build(*symbols)]))(*operands)

    return call
