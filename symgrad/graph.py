"""The graph of a loss: every distinct subexpression once, in an order in which operands come first.

Comes from `reading`; goes to the derivation. A value is a plain real symbol that stands for an array with two trailing
axes, so that ``a*b`` between symbols means entry by entry.
"""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from symgrad.operations.nodes import SCALAR, Applied, Shape
from symgrad.operations.row import Elementwise, Structural, broadcast_shapes
from symgrad.operations.table import TABLE

RESERVED = (
    frozenset(TABLE)
    | frozenset(dir(builtins))
    | frozenset(keyword.kwlist)
    | {"number", "pi", "euler", "catalan", "lift", "plus", "less", "less_equal", "equal", "both", "either", "negation"}
)
"""Names that mean something in generated code."""


@dataclass(frozen=True)
class Input:
    """A parameter or a datum: its name, the symbol that stands for it, its shape, and the author's own symbol."""

    name: str
    symbol: sympy.Symbol
    shape: Shape
    authored: Any

    @property
    def is_matrix(self) -> bool:
        """Whether the author made it a matrix (a scalar's tensor has no axes)."""
        return isinstance(self.authored, sympy.MatrixSymbol)

    @property
    def limits(self) -> tuple[float, float]:
        """Where its values may lie, by what the author assumed of the symbol's sign."""
        low = 0.0 if getattr(self.authored, "is_nonnegative", False) else -math.inf
        return low, 0.0 if getattr(self.authored, "is_nonpositive", False) else math.inf

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 contradicts what the author assumed of the symbol."""
        return bool(getattr(self.authored, "is_nonzero", False))


@dataclass(frozen=True)
class Node:
    """One operation applied: ``symbol = row(operands, options)``; `name` where the author gave one."""

    symbol: sympy.Symbol
    row: Elementwise | Structural
    operands: tuple[Any, ...]
    options: tuple[Any, ...]
    shape: Shape
    name: str | None = None

    @cached_property
    def expression(self) -> sympy.Expr:
        """The right-hand side, over the symbols of the operands."""
        return self.row.equation(*self.operands, *self.options)


@dataclass(frozen=True)
class Graph:
    """A loss that was read: inputs, nodes in order, and the value that comes out."""

    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    output: sympy.Expr
    output_shape: Shape = SCALAR
    named: Mapping[str, sympy.Expr] = field(default_factory=dict)
    """Steps by name."""

    @cached_property
    def shapes(self) -> dict[sympy.Symbol, Shape]:
        """The shape of every symbol."""
        return {i.symbol: i.shape for i in self.inputs} | {n.symbol: n.shape for n in self.nodes}


class Names:
    """Gives out symbols whose names are safe in generated code and distinct."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(RESERVED) | set(taken)
        self._count = 0

    def symbol(self, name: str) -> sympy.Symbol:
        """A real symbol named as asked, with underscores added while that name is taken."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return sympy.Symbol(name, real=True)

    def temporary(self) -> sympy.Symbol:
        """The next of t1, t2 and so on."""
        self._count += 1
        return self.symbol(f"t{self._count}")


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
