"""NumPy float64: the closed form as a user would compute it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symgrad.number_systems.system import System
from symgrad.operations.row import Elementwise

LAST_TWO = (-2, -1)


class Floats(System):
    """The number system of float64 arrays of shape (points, rows, columns)."""

    def number(self, p: int, q: int) -> float:
        return p / q

    def lift(self, value: Any) -> Any:
        return np.reshape(np.asarray(value, dtype=np.float64), (1, 1))

    def pi(self) -> float:
        return math.pi

    def euler(self) -> float:
        return float(np.euler_gamma)

    def catalan(self) -> float:
        return 0.915965594177219

    def infinity(self) -> float:
        return math.inf

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        return row.numpy if row.numpy is not None else super().elementwise(row)

    def plus(self, *terms: Any) -> Any:
        return sum(terms[1:], terms[0])

    def less(self, a: Any, b: Any) -> Any:
        return np.less(a, b)

    def less_equal(self, a: Any, b: Any) -> Any:
        return np.less_equal(a, b)

    def equal(self, a: Any, b: Any) -> Any:
        return np.equal(a, b)

    def both(self, *conditions: Any) -> Any:
        return np.logical_and.reduce(np.broadcast_arrays(*conditions))

    def either(self, *conditions: Any) -> Any:
        return np.logical_or.reduce(np.broadcast_arrays(*conditions))

    def negation(self, condition: Any) -> Any:
        return np.logical_not(condition)

    def choose(self, *branches: Any) -> Any:
        value = branches[-1]
        for k in range(len(branches) - 3, -1, -2):
            value = np.where(branches[k + 1], branches[k], value)
        return value

    def total(self, a: Any, axis: int | None) -> Any:
        return np.sum(a, axis=_axes(axis), keepdims=True)

    def mean(self, a: Any, axis: int | None) -> Any:
        return np.mean(a, axis=_axes(axis), keepdims=True)

    def amax(self, a: Any, axis: int | None) -> Any:
        return np.max(a, axis=_axes(axis), keepdims=True)

    def share(self, a: Any, axis: int | None) -> Any:
        greatest = (a == self.amax(a, axis)).astype(np.float64)
        return greatest / self.total(greatest, axis)

    def gap(self, a: Any, axis: int | None) -> Any:
        return gap(a, axis)

    def embed(self, a: Any, rows: int, columns: int, top: int, left: int) -> Any:
        return embedded(a, rows, columns, top, left)

    def concatenate(self, parts: Sequence[Any], axis: int) -> Any:
        return concatenated(parts, axis)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Any:
        return blocked([np.asarray(cell) for cell in cells], rows, columns)

    def broadcast(self, a: Any, rows: int, columns: int) -> Any:
        array = np.asarray(a)
        return np.broadcast_to(array, (*array.shape[:-2], rows, columns))

    def identity(self, n: int) -> Any:
        return np.eye(n)

    def inverse(self, a: Any) -> Any:
        return inverted(a)

    def determinant(self, a: Any) -> Any:
        return np.linalg.det(a)[..., None, None]


def _axes(axis: int | None) -> tuple[int, ...]:
    return LAST_TWO if axis is None else (axis - 2,)


def gap(a: Any, axis: int | None) -> Any:
    """By how much the greatest entry exceeds the next along an axis; infinite for a single entry."""
    lines = a.reshape(*a.shape[:-2], 1, -1) if axis is None else a.mT if axis == 0 else a
    if lines.shape[-1] == 1:
        return np.full((*lines.shape[:-1], 1), np.inf)
    ordered = np.sort(lines, axis=-1)
    result = ordered[..., -1:] - ordered[..., -2:-1]
    return result.mT if axis == 0 else result


def embedded(a: Any, rows: int, columns: int, top: int, left: int) -> Any:
    """An array as a part of an array of zeros."""
    result = np.zeros((*a.shape[:-2], rows, columns), dtype=a.dtype)
    result[..., top : top + a.shape[-2], left : left + a.shape[-1]] = a
    return result


def concatenated(parts: Sequence[Any], axis: int) -> Any:
    """Arrays joined along a trailing axis, with their leading axes broadcast."""
    leading = np.broadcast_shapes(*(np.shape(part)[:-2] for part in parts))
    return np.concatenate([np.broadcast_to(part, leading + np.shape(part)[-2:]) for part in parts], axis=axis - 2)


def blocked(cells: Sequence[Any], rows: int, columns: int) -> Any:
    """1×1 arrays (or numbers) as the entries of a matrix, row by row."""
    leading = np.broadcast_shapes((1, 1), *(np.shape(cell) for cell in cells))
    stacked = np.concatenate([np.broadcast_to(cell, leading) for cell in cells], axis=-1)
    return stacked.reshape(*leading[:-2], rows, columns)


def inverted(a: Any) -> Any:
    """The inverse of each matrix; nan where there is none."""
    try:
        return np.linalg.inv(a)
    except np.linalg.LinAlgError:
        if a.ndim == 2:
            return np.full_like(a, np.nan)
        return np.stack([inverted(matrix) for matrix in a])
