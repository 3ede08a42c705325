"""Points: the given ones, and others sampled by seed.

Sampled values are multiples of 1/64 (or of a smaller power of two where a domain is narrow), so that a reader can retype
them. A point is drawn again while the loss or a gradient is undefined there, or a kink is close.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.authoring.field_checks import Domain
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision
from symgrad.graphs.graph import Input

DEFAULT_BOUND = 2.0
GRID = 1.0 / 64.0
STEPS_WANTED = 64
"""A domain is divided into at least so many steps."""
ROUNDS = 64
"""How often a batch of points is drawn before the search is given up."""


@dataclass(frozen=True)
class PointSet:
    """Points as arrays of shape (points, rows, columns) by name; the first `given` of them were given by the author.

    The last `axes` are the first one again, with directions along the axes, where second derivatives are looked at.
    """

    values: Mapping[str, Values]
    given: int
    axes: int = 0

    def __len__(self) -> int:
        return len(next(iter(self.values.values()))) if self.values else 0

    def at(self, index: int) -> dict[str, Values]:
        """One point."""
        return {name: array[index] for name, array in self.values.items()}

    def subset(self, indices: Any) -> dict[str, Values]:
        """The values at some of the points."""
        return {name: array[indices] for name, array in self.values.items()}


def sample(
    inputs: Mapping[str, Input],
    domain: Mapping[str, Domain],
    count: int,
    *,
    seed: int,
    name: str,
    precision: Precision,
    acceptable: Sequence[Callable[[Mapping[str, Values]], Values]],
) -> dict[str, Values]:
    """Up to `count` acceptable points, fewer where the search found no more.

    `acceptable` are tests of a batch of points, the strictest first; the next one serves where that finds too few.
    """
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    kept: list[dict[str, Values]] = []
    found = 0
    for test in acceptable:
        for batch in _batches(inputs, domain, max(count, 8), generator, precision):
            if found >= count:
                break
            accepted = test(batch)
            kept.append({key: array[accepted] for key, array in batch.items()})
            found += int(np.count_nonzero(accepted))
    if not kept:
        return {key: np.zeros((0, *item.shape)) for key, item in inputs.items()}
    return {key: np.concatenate([part[key] for part in kept])[:count] for key in inputs}


def _batches(
    inputs: Mapping[str, Input],
    domain: Mapping[str, Domain],
    size: int,
    generator: np.random.Generator,
    precision: Precision,
) -> Iterator[dict[str, Values]]:
    for _ in range(ROUNDS):
        drawn = {}
        for key, item in inputs.items():
            where = domain.get(key, _default(*item.limits))
            if isinstance(where, str):
                drawn[key] = _one_hot((size, *item.shape), generator)
            else:
                drawn[key] = precision.round(_draw(*where, (size, *item.shape), generator, item.excludes_zero))
        yield drawn


def _default(least: float, greatest: float) -> tuple[float, float]:
    """The bounds of a symbol without a domain: twice as far on one side, where only one is allowed."""
    if least == 0.0:
        return 0.0, 2 * DEFAULT_BOUND
    return (-2 * DEFAULT_BOUND, 0.0) if greatest == 0.0 else (-DEFAULT_BOUND, DEFAULT_BOUND)


def _one_hot(shape: tuple[int, int, int], generator: np.random.Generator) -> Values:
    """Matrices of which each column has a single 1."""
    points, rows, columns = shape
    chosen = generator.integers(rows, size=(points, 1, columns))
    one_hot: Values = (np.arange(rows)[None, :, None] == chosen).astype(np.float64)
    return one_hot


def _draw(low: float, high: float, shape: tuple[int, ...], generator: np.random.Generator, without_zero: bool) -> Values:
    """Multiples of a power of two between two bounds."""
    width = high - low
    step = GRID if width / GRID >= STEPS_WANTED else math.ldexp(0.5, math.frexp(width / STEPS_WANTED)[1])
    if step == 0 or max(abs(low), abs(high)) / step > 2.0**53:  # too wide, or too narrow for where it lies
        share = generator.random(shape)
        return low * (1 - share) + high * share
    first, last = math.ceil(low / step), math.floor(high / step)
    if without_zero and first == 0:
        first = 1
    if without_zero and last == 0:
        last = -1
    return generator.integers(first, last, shape, endpoint=True) * step


def given(points: Any, inputs: Mapping[str, Input], precision: Precision) -> dict[str, Values]:
    """The author's points as arrays, rounded to the format under test."""
    listed = list(points)
    return {
        key: precision.round(np.stack([p[key] for p in listed])) if listed else np.zeros((0, *item.shape))
        for key, item in inputs.items()
    }
