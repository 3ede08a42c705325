"""Points: the given ones, and generic ones sampled by seed; and of which stratum each point is.

Generic values have every digit of the format under test; some points are short, multiples of 1/64 (or of a smaller power of
two where a domain is narrow), so that a reader can retype them. A point is drawn again while the loss or a gradient is
undefined there, or a kink is close. Points near edges, at exact zeros and far out are drawn from these
(`symgrad.checking.evidence.special_points`).
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

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
SHORT_SHARE = 4
"""One of so many points is short."""

Stratum: TypeAlias = Literal[
    "given", "generic", "short", "near_edge", "exact_zero", "tie", "end", "far", "expanded", "on_a_kink", "along_axes"
]
SPECIAL: frozenset[Stratum] = frozenset({"near_edge", "exact_zero", "tie", "end", "far", "expanded"})
"""Strata beside the points that are asked for: they look for branches, and a point that tells nothing is dropped."""


@dataclass(frozen=True)
class PointSet:
    """Points as arrays of shape (points, rows, columns) by name; the first `given` of them were given by the author.

    The last `axes` are the first one again, with directions along the axes, where second derivatives are looked at.
    `sampled` are the strata of the points between, all of them generic unless said.
    """

    values: Mapping[str, Values]
    given: int
    axes: int = 0
    sampled: tuple[Stratum, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.values.values()))) if self.values else 0

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The stratum of each point."""
        given: list[Stratum] = ["given"] * self.given
        generic: list[Stratum] = ["generic"] * (len(self) - self.given - self.axes)
        along: list[Stratum] = ["along_axes"] * self.axes
        return (*given, *(self.sampled or generic), *along)

    @property
    def special(self) -> Any:
        """Which points were sampled beside generic ones, (points,)."""
        return np.array([stratum in SPECIAL for stratum in self.strata], bool)

    @property
    def counted(self) -> dict[str, int]:
        """How many points of each stratum there are."""
        return dict(Counter(self.strata))

    def at(self, index: int) -> dict[str, Values]:
        """One point."""
        return {name: array[index] for name, array in self.values.items()}

    def subset(self, indices: Any) -> dict[str, Values]:
        """The values at some of the points."""
        return {name: array[indices] for name, array in self.values.items()}

    def without(self, dropped: Sequence[int]) -> PointSet:
        """The points without some of the sampled ones."""
        kept = [k for k in range(len(self)) if k not in set(dropped)]
        between = tuple(self.strata[k] for k in kept if self.given <= k < len(self) - self.axes)
        return PointSet(self.subset(kept), self.given, self.axes, between)


Test: TypeAlias = Callable[[Mapping[str, Values]], Values]
"""Which points of a batch are acceptable."""


@dataclass(frozen=True)
class Sampler:
    """Where and how to draw: the inputs with their domains, seed, name and format."""

    inputs: Mapping[str, Input]
    domain: Mapping[str, Domain]
    seed: int
    name: str
    precision: Precision

    def generator(self, stream: int) -> np.random.Generator:
        """Random numbers of a stream of its own."""
        return np.random.default_rng([self.seed, zlib.crc32(self.name.encode()), *([stream] if stream else [])])

    def interval(self, key: str) -> tuple[float, float] | None:
        """The bounds of an input; None where its columns have a single 1."""
        where = self.domain.get(key, _default(*self.inputs[key].limits))
        return None if isinstance(where, str) else where

    def limits(self, key: str) -> tuple[float, float]:
        """Where values of an input may lie at all: in its domain, or where it has none, on the side that is assumed of it."""
        where = self.domain.get(key)
        return self.inputs[key].limits if where is None or isinstance(where, str) else where

    def drawn(self, size: int, generator: np.random.Generator, *, short: bool) -> dict[str, Values]:
        """So many points, acceptable or not."""
        found = {}
        for key, item in self.inputs.items():
            where, shape = self.interval(key), (size, *item.shape)
            if where is None:
                found[key] = _one_hot(shape, generator)
            else:
                draw = _short if short else _full
                found[key] = self.held(key, draw(*where, shape, generator, item.excludes_zero))
        return found

    def held(self, key: str, values: Values) -> Values:
        """Values of an input as the format has them, within its limits though these may be no numbers of the format."""
        rounded, (low, high) = self.precision.round(values), self.limits(key)
        least = np.copysign(self.precision.smallest_normal, values)
        tiny = (np.abs(values) < self.precision.smallest_normal) & (values != 0)  # near 0, not 0
        rounded = np.where(tiny & (low <= least) & (least <= high), least, rounded)
        unit = self.precision.ulp(rounded)
        return np.asarray(np.where(rounded < low, rounded + unit, np.where(rounded > high, rounded - unit, rounded)))


def sample(sampler: Sampler, count: int, acceptable: Sequence[Test], *, short: bool = False) -> dict[str, Values]:
    """Up to `count` acceptable points, fewer where the search found no more.

    `acceptable` are tests of a batch of points, the strictest first; the next one serves where that finds too few.
    """
    generator = sampler.generator(0 if short else 1)
    kept: list[dict[str, Values]] = []
    found = 0
    for test in acceptable:
        for _ in range(ROUNDS):
            if found >= count:
                break
            batch = sampler.drawn(max(count, 8), generator, short=short)
            accepted = test(batch)
            kept.append({key: array[accepted] for key, array in batch.items()})
            found += int(np.count_nonzero(accepted))
    if not kept:
        return {key: np.zeros((0, *item.shape)) for key, item in sampler.inputs.items()}
    return {key: np.concatenate([part[key] for part in kept])[:count] for key in sampler.inputs}


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


def _full(low: float, high: float, shape: tuple[int, ...], generator: np.random.Generator, without_zero: bool) -> Values:
    """Numbers with all digits between two bounds; 0 has no chance."""
    share = generator.random(shape)
    return low * (1 - share) + high * share


def _short(low: float, high: float, shape: tuple[int, ...], generator: np.random.Generator, without_zero: bool) -> Values:
    """Multiples of a power of two between two bounds."""
    width = high - low
    step = GRID if width / GRID >= STEPS_WANTED else math.ldexp(0.5, math.frexp(width / STEPS_WANTED)[1])
    if step == 0 or max(abs(low), abs(high)) / step > 2.0**53:  # too wide, or too narrow for where it lies
        return _full(low, high, shape, generator, without_zero)
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
