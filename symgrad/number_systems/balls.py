"""Arb: arrays of balls, each of which encloses the true value at whatever precision is set.

A ball that is too wide says so: `undefined` operations give nan balls, an undecided condition gives the union of both
branches. Precision is global in python-flint; `at_precision` sets and restores it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import flint
import numpy as np
from flint import arb, arb_mat

from symgrad.number_systems.float64 import blocked, concatenated, embedded
from symgrad.number_systems.system import System
from symgrad.operations.row import Elementwise

to_balls = np.frompyfunc(arb, 1, 1)
"""Floats as exact balls, entry by entry."""


@contextmanager
def at_precision(bits: int) -> Iterator[None]:
    """Within, balls are computed with so many bits."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


class Balls(System):
    """The number system of object arrays of balls."""

    def number(self, p: int, q: int) -> Any:
        return arb(p) / q

    def lift(self, value: Any) -> Any:
        return np.reshape(np.asarray(_ball(value) if np.ndim(value) == 0 else value, dtype=object), (1, 1))

    def pi(self) -> Any:
        return arb.pi()

    def euler(self) -> Any:
        return arb.const_euler()

    def catalan(self) -> Any:
        return arb.const_catalan()

    def infinity(self) -> Any:
        return arb.pos_inf()

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        if row.arb is None:
            return super().elementwise(row)
        function, count = row.arb, row.operands or 1

        def call(*arguments: Any) -> Any:
            options = arguments[count:]
            each = np.frompyfunc(lambda *balls: function(*map(_ball, balls), *options), count, 1)
            return each(*arguments[:count])

        return call

    def plus(self, *terms: Any) -> Any:
        return sum(terms[1:], terms[0])

    def less(self, a: Any, b: Any) -> Any:
        return np.frompyfunc(_less, 2, 1)(a, b)

    def less_equal(self, a: Any, b: Any) -> Any:
        return self.negation(self.less(b, a))

    def equal(self, a: Any, b: Any) -> Any:
        return np.frompyfunc(_equal, 2, 1)(a, b)

    def both(self, *conditions: Any) -> Any:
        return np.frompyfunc(_all, len(conditions), 1)(*conditions)

    def either(self, *conditions: Any) -> Any:
        return self.negation(self.both(*(self.negation(c) for c in conditions)))

    def negation(self, condition: Any) -> Any:
        return np.frompyfunc(lambda c: None if c is None else not c, 1, 1)(condition)

    def choose(self, *branches: Any) -> Any:
        return np.frompyfunc(_choose, len(branches), 1)(*branches)

    def total(self, a: Any, axis: int | None) -> Any:
        return np.sum(a, axis=(-2, -1) if axis is None else axis - 2, keepdims=True)

    def mean(self, a: Any, axis: int | None) -> Any:
        total = self.total(a, axis)
        return total / (a.size // total.size)

    def amax(self, a: Any, axis: int | None) -> Any:
        greater = np.frompyfunc(lambda x, y: x.max(y), 2, 1)
        for each in (-2, -1) if axis is None else (axis - 2,):
            a = greater.reduce(a, axis=each, keepdims=True)
        return a

    def share(self, a: Any, axis: int | None) -> Any:
        lines = a.reshape(*a.shape[:-2], 1, -1) if axis is None else a.mT if axis == 0 else a
        shared = np.empty_like(lines)
        for index in np.ndindex(lines.shape[:-1]):
            shared[index] = _shares(lines[index])
        return shared.reshape(a.shape) if axis is None else shared.mT if axis == 0 else shared

    def gap(self, a: Any, axis: int | None) -> Any:
        lines = a.reshape(*a.shape[:-2], 1, -1) if axis is None else a.mT if axis == 0 else a
        gaps = np.empty((*lines.shape[:-1], 1), dtype=object)
        for index in np.ndindex(lines.shape[:-1]):
            gaps[index][0] = _gap(lines[index])
        return gaps.mT if axis == 0 else gaps

    def embed(self, a: Any, rows: int, columns: int, top: int, left: int) -> Any:
        return embedded(a, rows, columns, top, left)

    def concatenate(self, parts: Sequence[Any], axis: int) -> Any:
        return concatenated(parts, axis)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Any:
        return blocked([np.asarray(cell, dtype=object) for cell in cells], rows, columns)

    def broadcast(self, a: Any, rows: int, columns: int) -> Any:
        array = np.asarray(a, dtype=object)
        return np.broadcast_to(array, (*array.shape[:-2], rows, columns))

    def identity(self, n: int) -> Any:
        return to_balls(np.eye(n))

    def inverse(self, a: Any) -> Any:
        return _each_matrix(a, _inverse)

    def determinant(self, a: Any) -> Any:
        return _each_matrix(a, lambda matrix: [matrix.det()])[..., :1, :1]


def _ball(value: Any) -> Any:
    return value if isinstance(value, arb) else arb(value)


def _less(a: Any, b: Any) -> bool | None:
    """Whether a < b: None where the balls don't decide it."""
    a, b = _ball(a), _ball(b)
    return True if a < b else False if a >= b else None


def _equal(a: Any, b: Any) -> bool | None:
    a, b = _ball(a), _ball(b)
    return True if a == b else None if a.overlaps(b) else False


def _all(*conditions: bool | None) -> bool | None:
    return False if False in conditions else None if None in conditions else True


def _choose(*branches: Any) -> Any:
    """The branch taken; the union of all branches that may be, where balls don't decide."""
    possible: list[Any] = []
    for value, condition in zip(branches[::2], branches[1::2], strict=False):
        if condition is not False:
            possible.append(_ball(value))
        if condition is True:
            break
    else:
        possible.append(_ball(branches[-1]))
    result = possible[0]
    for other in possible[1:]:
        result = result.union(other)
    return result


def _shares(line: Any) -> list[Any]:
    """1 for the greatest ball of a line, equal shares for exact ties, [0, 1] where balls don't decide."""
    top = line[0]
    for ball in line[1:]:
        top = top.max(ball)
    candidates = [i for i, ball in enumerate(line) if not ball < top]
    if len(candidates) == 1 or all(line[i] == line[candidates[0]] for i in candidates):
        return [arb(1) / len(candidates) if i in candidates else arb(0) for i in range(len(line))]
    return [arb(0).union(1) if i in candidates else arb(0) for i in range(len(line))]


def _gap(line: Any) -> Any:
    """By how much the greatest ball of a line exceeds the next."""
    greatest = max(range(len(line)), key=lambda i: float(line[i]))
    rest = [line[greatest] - ball for i, ball in enumerate(line) if i != greatest]
    gap = arb.pos_inf()
    for difference in rest:
        gap = gap.min(difference)
    return gap


def _inverse(matrix: Any) -> list[Any]:
    try:
        return list(matrix.inv().entries())
    except ZeroDivisionError:
        return [arb.nan()] * (matrix.nrows() * matrix.ncols())


def _each_matrix(a: Any, function: Callable[[Any], list[Any]]) -> Any:
    """A function of square matrices on every matrix of an array; a shorter list fills the first entries."""
    n = a.shape[-1]
    result = np.full(a.shape, arb(0), dtype=object)
    for index in np.ndindex(a.shape[:-2]):
        entries = function(arb_mat(n, n, [_ball(entry) for entry in a[index].ravel()]))
        result[index].reshape(-1)[: len(entries)] = entries
    return result
