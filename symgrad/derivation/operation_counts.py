"""How many operations on numbers a derivation takes, counted by shapes.

An addition, a multiplication, a division and an elementary function (exp, sin, …) count one each, a sign nothing; an
operation that is defined by others counts what its definition takes (σ(z) = 1/(1 + e⁻ᶻ) is three);
a matrix product of m×k and k×n takes mn(2k − 1). Comparison: Baur & Strassen, The complexity of partial derivatives, 1983.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy

from symgrad.derivation.equations import Equations
from symgrad.graphs.shapes import array_shape
from symgrad.operations.row import Composition, Elementwise
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import Applied
from symgrad.operations.table import TABLE


@dataclass(frozen=True)
class Operations:
    """Counts of operations: of the loss, and of the loss with all gradients."""

    loss: int
    total: int

    @property
    def ratio(self) -> float:
        """How many times the operations of the loss the whole derivation takes."""
        return self.total / max(self.loss, 1)


def count(derivation: Equations) -> Operations:
    """The operations of a derivation."""
    costs = {e.symbol: cost(e.expression, derivation.shapes) for e in derivation.equations}
    forward = sum(costs[e.symbol] for e in derivation.forward)
    return Operations(forward, sum(costs.values()))


def cost(expression: Any, shapes: Mapping[sympy.Symbol, Shape]) -> int:
    """The operations of one expression over symbols of known shapes."""
    if not expression.args or not expression.free_symbols:
        return 0
    below = sum(cost(a, shapes) for a in expression.args)
    rows, columns = array_shape(expression, shapes)
    if isinstance(expression, Applied):
        return below + _applied_cost(expression, shapes, rows * columns)
    if isinstance(expression, sympy.Pow):
        return below + rows * columns
    if isinstance(expression, sympy.Mul):
        reciprocals = [f for f in expression.args if isinstance(f, sympy.Pow) and f.exp == -1]
        saved = sum(_entries(f, shapes) for f in reciprocals if len(reciprocals) < len(expression.args))
        signs = sum(1 for f in expression.args if f == -1)
        return below - saved + (len(expression.args) - 1 - signs) * rows * columns
    if isinstance(expression, sympy.Add):
        return below + (len(expression.args) - 1) * rows * columns
    return below + rows * columns


def _entries(expression: Any, shapes: Mapping[sympy.Symbol, Shape]) -> int:
    rows, columns = array_shape(expression, shapes)
    return rows * columns


def _applied_cost(expression: Applied, shapes: Mapping[sympy.Symbol, Shape], entries: int) -> int:
    row = TABLE[expression.name]
    assert not isinstance(row, Composition)  # a composition never becomes a node
    operands, options = row.split(expression.arguments)
    if isinstance(row, Elementwise):
        return entries * _elementwise_cost(row.name, len(operands), tuple(options))
    if row.cost == "none":
        return 0
    if row.cost == "result":
        return entries
    (rows, columns), *others = [array_shape(operand, shapes) for operand in operands]
    if row.cost == "product":
        return rows * others[0][1] * (2 * columns - 1)
    return 2 * rows**3 if row.cost == "cube" else row.cost * rows * columns


@cache
def _elementwise_cost(name: str, operands: int, options: tuple[Any, ...]) -> int:
    row = TABLE[name]
    assert isinstance(row, Elementwise)
    if row.definition is None:
        return 1
    symbols = sympy.symbols(f"x:{operands}", real=True)
    return cost(row.definition(*symbols, *options), dict.fromkeys(symbols, (1, 1)))
