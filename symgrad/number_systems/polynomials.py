"""Polynomials with rational coefficients as a number system: what is made of sums and products alone is decided exactly.

Every entry of every input is an indeterminate. An operation that leaves the polynomials raises `NotPolynomial`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from flint.utils.flint_exceptions import DomainError

from symgrad.graphs.graph import Graph, Input
from symgrad.number_systems.float64 import blocked, concatenated, embedded
from symgrad.number_systems.system import System
from symgrad.operations.row import Elementwise, Structural

MOST_TERMS = 20_000
"""Terms of an expanded answer up to which polynomials are compared; balls serve for larger ones."""
MOST_INDETERMINATES = 200


class NotPolynomial(Exception):
    """Something isn't a polynomial, or would be one of too many terms."""


UNABLE = (NotPolynomial, AttributeError, TypeError, ArithmeticError, ValueError, KeyError, DomainError)
"""What is raised where something is no polynomial: an operation that there isn't, a division that leaves a rest."""


class Polynomials(System):
    """The number system of object arrays of polynomials in the entries of an exercise's inputs."""

    def __init__(self, inputs: Mapping[str, Input]) -> None:
        super().__init__()
        entries = sum(i.shape[0] * i.shape[1] for i in inputs.values())
        if entries > MOST_INDETERMINATES:
            raise NotPolynomial
        self._context = fmpq_mpoly_ctx.get([f"v{k}" for k in range(entries)], Ordering.lex)
        gens, start, self.inputs = self._context.gens(), 0, dict[str, Any]()
        for name, item in inputs.items():
            count = item.shape[0] * item.shape[1]
            array = np.empty(count, dtype=object)
            array[:] = gens[start : start + count]
            self.inputs[name] = array.reshape(1, *item.shape)
            start += count

    def number(self, p: int, q: int) -> Any:
        """As an array: a polynomial by itself would take arrays for its own operands."""
        return self.lift(self._context.constant(fmpq(p, q)))

    def lift(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value
        array = np.empty((1, 1), dtype=object)
        array[0, 0] = value if isinstance(value, fmpq_mpoly) else self._context.constant(value)
        return array

    def structural(self, row: Structural) -> Callable[..., Any]:
        if not row.polynomial:
            raise NotPolynomial
        return super().structural(row)

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        raise NotPolynomial

    def plus(self, *terms: Any) -> Any:
        return sum(terms[1:], terms[0])

    def total(self, a: Any, axis: int | None) -> Any:
        return np.sum(a, axis=(-2, -1) if axis is None else axis - 2, keepdims=True)

    def mean(self, a: Any, axis: int | None) -> Any:
        total = self.total(a, axis)
        return total * self.number(1, a.size // total.size)

    def identity(self, n: int) -> Any:
        one, zero = (self._context.constant(k) for k in (1, 0))
        return np.array([[one if i == j else zero for j in range(n)] for i in range(n)], dtype=object)

    def embed(self, a: Any, rows: int, columns: int, top: int, left: int) -> Any:
        return embedded(a, rows, columns, top, left)

    def concatenate(self, parts: Sequence[Any], axis: int) -> Any:
        return concatenated(parts, axis)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Any:
        return blocked([self.lift(cell) for cell in cells], rows, columns)

    def broadcast(self, a: Any, rows: int, columns: int) -> Any:
        array = self.lift(a)
        return np.broadcast_to(array, (*array.shape[:-2], rows, columns))


def bounded(graph: Graph) -> None:
    """Raises NotPolynomial for a loss that may have more than MOST_TERMS terms, or no polynomial for a node."""
    weights: dict[Any, int] = {i.symbol: 1 for i in graph.inputs}
    for node in graph.nodes:
        operands = [weights.get(o, 1) for o in node.operands]
        rows, columns = graph.shapes.get(node.operands[0], (1, 1)) if node.operands else (1, 1)
        match node.row.name:
            case "add" | "subtract":
                found = sum(operands)
            case "multiply" | "hadamard" | "divide":
                found = _times(operands)
            case "square":
                found = operands[0] ** 2
            case "matmul":
                found = operands[0] * operands[1] * columns
            case "total" | "mean" | "trace":
                found = operands[0] * rows * columns
            case "power":
                found = _power(operands[0], node.operands[1])
            case _ if isinstance(node.row, Structural) and node.row.polynomial:
                found = max(operands, default=1)
            case _:
                raise NotPolynomial
        if found > MOST_TERMS:
            raise NotPolynomial
        weights[node.symbol] = found


def _times(counts: Sequence[int]) -> int:
    result = 1
    for count in counts:
        result = min(result * count, MOST_TERMS + 1)
    return result


def _power(count: int, exponent: Any) -> int:
    if not getattr(exponent, "is_Rational", True) or exponent.denominator != 1 or not 0 <= exponent <= 64:
        raise NotPolynomial
    return _times([max(count, 1)] * int(exponent)) if count > 1 else int(exponent) + 1
