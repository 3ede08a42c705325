"""SymPy's own expressions as a number system: an operation of the table becomes what SymPy has in its place.

So what authors write, and closed forms, can be written out in functions that every tool of SymPy's knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from symgrad.graphs.from_sympy import read
from symgrad.graphs.graph import Input
from symgrad.number_systems.float64 import blocked, concatenated, embedded
from symgrad.number_systems.programs import graph_program
from symgrad.number_systems.system import System
from symgrad.operations.row import Elementwise
from symgrad.operations.sympy_nodes import is_matrix

HALF = sympy.Rational(1, 2)


def explicit(expression: Any) -> Any:
    """A loss, a step or a closed form in SymPy's own functions, a matrix entry by entry. Raises AuthorError for what isn't one.

    >>> from symgrad import matrix, sigmoid, total
    >>> explicit(total(sigmoid(matrix("w", 1, 2))))
    1/(1 + exp(-w[0, 1])) + 1/(1 + exp(-w[0, 0]))
    """
    graph, system = read(expression), Expressions()
    made = system.bind(graph_program(graph, graph.inputs))(*(_entries(item) for item in graph.inputs))
    cells = np.broadcast_to(system.lift(made), graph.output_shape)
    if is_matrix(expression):
        return sympy.ImmutableDenseMatrix(*graph.output_shape, [sympy.sympify(cell) for cell in cells.flat])
    return sympy.sympify(cells[0, 0])


def _entries(item: Input) -> Any:
    """A symbol as an array of its entries."""
    array = np.empty(item.shape, dtype=object)
    for i, j in np.ndindex(item.shape):
        array[i, j] = item.authored[i, j] if item.is_matrix else item.authored
    return array


class Expressions(System):
    """The number system of object arrays of SymPy's expressions."""

    def number(self, p: int, q: int) -> Any:
        """As an array: an expression by itself would take arrays for its own operands."""
        return self.lift(sympy.Rational(p, q))

    def lift(self, value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.ndim:
            return value
        array = np.empty((1, 1), dtype=object)
        array[0, 0] = sympy.sympify(value.item() if isinstance(value, np.ndarray) else value, strict=True)
        return array

    def pi(self) -> Any:
        return self.lift(sympy.pi)

    def euler(self) -> Any:
        return self.lift(sympy.EulerGamma)

    def catalan(self) -> Any:
        return self.lift(sympy.Catalan)

    def infinity(self) -> Any:
        return self.lift(sympy.oo)

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        known = FUNCTIONS.get(row.name) or (row.heads[0] if row.heads and not row.options else None)
        return super().elementwise(row) if known is None else self._entrywise(known)

    def _entrywise(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of expressions entry by entry."""

        def call(*operands: Any) -> Any:
            return np.frompyfunc(function, len(operands), 1)(*map(self.lift, operands))

        return call

    def plus(self, *terms: Any) -> Any:
        return sum(terms[1:], terms[0])

    def less(self, a: Any, b: Any) -> Any:
        return self._entrywise(sympy.Lt)(a, b)

    def less_equal(self, a: Any, b: Any) -> Any:
        return self._entrywise(sympy.Le)(a, b)

    def equal(self, a: Any, b: Any) -> Any:
        return self._entrywise(sympy.Eq)(a, b)

    def both(self, *conditions: Any) -> Any:
        return self._entrywise(sympy.And)(*conditions)

    def either(self, *conditions: Any) -> Any:
        return self._entrywise(sympy.Or)(*conditions)

    def negation(self, condition: Any) -> Any:
        return self._entrywise(sympy.Not)(condition)

    def choose(self, *branches: Any) -> Any:
        return self._entrywise(_piecewise)(*branches)

    def total(self, a: Any, axis: int | None) -> Any:
        return np.sum(a, axis=(-2, -1) if axis is None else axis - 2, keepdims=True)

    def mean(self, a: Any, axis: int | None) -> Any:
        total = self.total(a, axis)
        return total / (a.size // total.size)

    def amax(self, a: Any, axis: int | None) -> Any:
        return self._along(lambda line: sympy.Max(*line), a, axis)

    def gap(self, a: Any, axis: int | None) -> Any:
        return self._along(_gap, a, axis)

    def share(self, a: Any, axis: int | None) -> Any:
        greatest = self.choose(1, self.equal(a, self.amax(a, axis)), 0)
        return greatest / self.total(greatest, axis)

    def _along(self, function: Callable[[list[Any]], Any], a: Any, axis: int | None) -> Any:
        """A function of all entries, of each column (axis 0), or of each row."""
        lines = [a.flat] if axis is None else a.T if axis == 0 else a
        found = np.empty(len(lines), dtype=object)
        found[:] = [function(list(line)) for line in lines]
        return found.reshape((1, -1) if axis == 0 else (-1, 1))

    def embed(self, a: Any, rows: int, columns: int, top: int, left: int) -> Any:
        return embedded(self.lift(a), rows, columns, top, left)

    def concatenate(self, parts: Sequence[Any], axis: int) -> Any:
        return concatenated(parts, axis)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Any:
        return blocked([self.lift(cell) for cell in cells], rows, columns)

    def broadcast(self, a: Any, rows: int, columns: int) -> Any:
        return np.broadcast_to(self.lift(a), (rows, columns))

    def identity(self, n: int) -> Any:
        return np.array(sympy.eye(n).tolist(), dtype=object)

    def inverse(self, a: Any) -> Any:
        return np.array(sympy.Matrix(a).inv().tolist(), dtype=object)

    def determinant(self, a: Any) -> Any:
        return self.lift(sympy.Matrix(a).det())


def _piecewise(*branches: Any) -> Any:
    conditions = [c if isinstance(c, sympy.Basic) else sympy.sympify(bool(c)) for c in branches[1::2]]
    return sympy.Piecewise(*zip(branches[::2], [*conditions, sympy.true], strict=True))


def _gap(line: list[Any]) -> Any:
    """By how much the greatest exceeds the next: the greatest of all lesser ones of two."""
    pairs = [sympy.Min(a, b) for k, a in enumerate(line) for b in line[:k]]
    return sympy.Max(*line) - sympy.Max(*pairs) if pairs else sympy.oo


def _truncated(x: Any) -> Any:
    return sympy.Piecewise((sympy.floor(x), x >= 0), (sympy.ceiling(x), True))


def _nearest(x: Any) -> Any:
    """The whole number nearest to x, the even one of two."""
    tie = sympy.Eq(x - sympy.floor(x), HALF)
    return sympy.Piecewise((2 * sympy.floor(x / 2 + HALF / 2), tie), (sympy.floor(x + HALF), True))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "power": lambda a, b: a**b,
    "abs": sympy.Abs,
    "gammaln": sympy.loggamma,
    "log1p": lambda x: sympy.log(1 + x),
    "expm1": lambda x: sympy.exp(x) - 1,
    "exp2": lambda x: 2**x,
    "log2": lambda x: sympy.log(x) / sympy.log(2),
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "rsqrt": lambda x: 1 / sympy.sqrt(x),
    "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "logsigmoid": lambda x: -sympy.log(1 + sympy.exp(-x)),
    "polygamma": lambda x, n: sympy.polygamma(n, x),
    "digamma": sympy.digamma,
    "zeta": lambda x, order: sympy.zeta(order, x),
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "trunc": _truncated,
    "round": _nearest,
    "frac": lambda x: x - _truncated(x),
    "fmod": lambda a, b: a - b * _truncated(a / b),
    "remainder": lambda a, b: a - b * sympy.floor(a / b),
    "erfinv": sympy.erfinv,
    "erfcx_tail": lambda x: sympy.exp(x**2) * sympy.erfc(x),
    "ndtri": lambda p: sympy.sqrt(2) * sympy.erfinv(2 * p - 1),
    "i0e": lambda x: sympy.exp(-sympy.Abs(x)) * sympy.besseli(0, x),
    "i1e": lambda x: sympy.exp(-sympy.Abs(x)) * sympy.besseli(1, x),
    "gammainc": lambda x, a: sympy.lowergamma(a, x) / sympy.gamma(a),
    "gammaincc": lambda x, a: sympy.uppergamma(a, x) / sympy.gamma(a),
}
"""What SymPy has for rows that every number system knows by itself."""
