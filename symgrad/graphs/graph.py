"""The graph of a loss: every distinct subexpression once, in an order in which operands come first.

Comes from `from_sympy`; goes to the derivation. A value is a plain real symbol that stands for an array with two trailing
axes, so that ``a*b`` between symbols means entry by entry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy

from symgrad.graphs.walks import Definition
from symgrad.operations.row import Elementwise, Structural
from symgrad.operations.shapes import SCALAR, Shape


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

    @property
    def definitions(self) -> list[Definition]:
        """Every node's symbol with its operands, for walks."""
        return [(n.symbol, n.operands) for n in self.nodes]
