"""Numbers in, outcomes out: what a road says against the reference, entry by entry. Formats nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision
from symgrad.truth.reference import Reference, Tolerance, largest

CLOSE = 64.0
"""Roundings of the value itself within which two values agree, whatever the running error analysis could say."""


Place: TypeAlias = tuple[int, int, int]
"""Point, row and column of an entry."""


@dataclass(frozen=True)
class Sums:
    """What sums of a gradient's entries say.

    `tells` is the share by which all entries together would have to be too large for their projection on the truth to show
    it, `factor` the one that it shows; `off` names the sums that differ by more than is allowed, and by how many times that.
    """

    tells: float
    factor: float
    off: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Noise:
    """Roundings of the program that explain what those of the closed form don't.

    How large they are as a share of the largest entry, and of the largest entry of the same point; if that is too much; and
    whether they are `fixed`, the same at all inputs nearby, so that only random rounding shows them.
    """

    relative: float
    of_point: float
    lost: bool
    fixed: bool = False


class Outcome(IntEnum):
    """What is said of one entry, by rising severity."""

    AGREE = 0
    ILL_CONDITIONED = 1
    KINK = 2
    UNDECIDED = 3
    UNDEFINED = 4
    OUTSIDE = 5
    WRONG = 6


@dataclass(frozen=True)
class Comparison:
    """One array compared: outcome and differences of each entry.

    `stated` is the closed form that stands beside it in float64, where that isn't the derivation's but an author's own.
    What else was found: points at which the definition of the derivative confirmed the closed form, entries where it
    refuted it, and at kinks the bounds of the subdifferential by entry; the first entry of each point that lies on a kink of
    the program's own.
    """

    values: Values
    reference: Reference
    tolerance: Tolerance
    outcomes: Values
    absolute: Values
    confirmed: Values | None = None
    refuted: Values | None = None
    bounds: Mapping[Place, tuple[float, float]] = field(default_factory=dict)
    stated: Values | None = None
    own_kinks: tuple[Place, ...] = ()
    second: bool = False
    """Whether some of the values are those of the second run, from another adjoint, since the first ones were right there."""
    noise: Noise | None = None
    """What the program's own roundings are, where entries in dispute were explained by them."""
    sums: Sums | None = None
    """What sums of entries tell, where no single entry tells a small factor."""

    @cached_property
    def tested(self) -> Values:
        """Entries at which a wrong sign, 0 and a factor 2 would each be told: less is allowed than the truth itself."""
        size = np.abs(self.reference.high)
        allowed = np.broadcast_to(self.tolerance.allowed, size.shape)
        close = ~np.isfinite(allowed) & (self.outcomes == Outcome.AGREE)  # within CLOSE roundings
        return np.asarray((allowed < size) | close | (self.outcomes == Outcome.KINK))

    @property
    def is_blind(self) -> bool:
        """Whether a gradient that passes would pass as well with the wrong sign, twice as large, or as 0, as a whole."""
        if self.worst_outcome > Outcome.KINK or self.tested.any():
            return False
        return self.sums is None or not self.sums.tells < 1

    @property
    def worst_outcome(self) -> Outcome:
        """The most severe outcome of all entries."""
        return Outcome(int(self.outcomes.max()))

    @cached_property
    def worst(self) -> Place:
        """Point, row and column of the entry to show: among the most severe, the furthest off in units of what is allowed.

        Of wrong ones what is allowed begins at a rounding of the largest true entry: one that should be 0 shows little.
        """
        severe = np.flatnonzero(self.outcomes == self.outcomes.max())
        allowed = np.broadcast_to(self.tolerance.allowed, self.values.shape)
        every = len(severe) == self.values.size
        off, limit = (a.ravel() if every else a.ravel()[severe] for a in (self.absolute, allowed))
        with np.errstate(all="ignore"):
            if self.worst_outcome == Outcome.WRONG:
                limit = limit + self.tolerance.precision.unit_roundoff * largest(self.reference.high)
            ratio = off / limit
        if not np.isfinite(ratio.max()):
            ratio = np.where(np.isfinite(off), np.where(off == 0, 0.0, ratio), np.inf)
        point, row, column = np.unravel_index(int(severe[np.argmax(ratio)]), self.values.shape)
        return int(point), int(row), int(column)

    @property
    def is_zero(self) -> bool:
        """Whether the truth is zero everywhere (as far as balls tell) and the values are within what is allowed."""
        if self.worst_outcome > Outcome.ILL_CONDITIONED or abs(self.reference.high.flat[0]) > self.reference.radius.flat[0]:
            return False
        size = np.abs(self.reference.high + self.reference.low)
        return bool(np.all((size < self.reference.radius) | (size == 0)))

    def relative(self, place: Place) -> float:
        """The difference of an entry over the size of the reference; infinite where the reference is zero."""
        difference, size = float(self.absolute[place]), abs(float(self.reference.high[place]))
        if difference == 0:
            return 0.0
        return difference / size if size else float("inf")

    def ulps(self, place: Place) -> float:
        """The difference of an entry in units of the last place of the reference, in the format under test."""
        with np.errstate(all="ignore"):
            return float(self.absolute[place] / self.ulp(self.reference.high[place]))

    def ulps_allowed(self, place: Place) -> float:
        """What is allowed of an entry, in the same units."""
        with np.errstate(all="ignore"):
            return float(
                np.broadcast_to(self.tolerance.allowed, self.values.shape)[place] / self.ulp(self.reference.high[place])
            )

    def ulp(self, values: Any) -> Any:
        """Units of the last place in the format under test; those of 1 where a value is undefined."""
        return self.tolerance.precision.ulp(np.where(np.isfinite(values), values, 1.0))


def compare(values: Values, reference: Reference, tolerance: Tolerance, undefined: Values | None = None) -> Comparison:
    """Values against the reference, entry by entry; `undefined` marks points, (points, 1, 1), where the loss has no value."""
    allowed = np.broadcast_to(tolerance.allowed, values.shape)
    with np.errstate(all="ignore"):
        absolute = np.abs(values - reference.high)
        known = reference.certified[..., 0]
        absolute[known] = np.abs((values[known] - reference.high[known]) - reference.low[known])
        half = np.sqrt(tolerance.precision.unit_roundoff)
        outcomes = ((allowed > half * np.abs(reference.high)) & tolerance.derived).astype(np.int8)
        open_ = ~(absolute <= allowed)
        open_[known] |= ~(absolute[known] + reference.radius[known] <= allowed[known])
    wide = outcomes.astype(bool)
    if wide.any():
        exact = absolute[wide] + reference.radius[wide] <= 2 * tolerance.precision.smallest_subnormal  # nothing is closer
        outcomes[wide] = np.where(exact, Outcome.AGREE, Outcome.ILL_CONDITIONED)
    open_ |= ~np.isfinite(allowed) if not np.isfinite(allowed.max()) else False
    if open_.any():
        high, radius = reference.high[open_], reference.radius[open_]
        outcomes[open_] = _settled(values[open_], high, radius, absolute[open_], allowed[open_], tolerance.precision)
    if undefined is not None and undefined.any():
        outcomes = np.where(undefined, Outcome.UNDEFINED, outcomes)
    return Comparison(values, reference, tolerance, outcomes, absolute)


def _settled(values: Values, high: Values, radius: Values, absolute: Values, allowed: Values, format_: Precision) -> Values:
    """Outcomes of the entries that don't plainly lie within what is allowed.

    Where the closed form overflows, nothing bounds what rounding explains; a value as close as CLOSE agrees all the same.
    """
    known, finite, bounded = np.isfinite(high), np.isfinite(values), np.isfinite(allowed)
    with np.errstate(all="ignore"):
        surely_off = absolute - radius > allowed
    outcomes = np.where(surely_off, Outcome.WRONG, Outcome.UNDECIDED)
    outcomes = np.where(known & ~finite & bounded, Outcome.WRONG, outcomes)
    outcomes = np.where(~known | (~finite & ~bounded), Outcome.UNDEFINED, outcomes)
    outcomes = np.where(known & finite & ~bounded, Outcome.UNDECIDED, outcomes)
    unbounded, off = known & finite & ~bounded, absolute + radius
    outcomes = np.where(unbounded & (off <= 2 * format_.smallest_subnormal), Outcome.ILL_CONDITIONED, outcomes)
    return np.where(unbounded & (off <= CLOSE * format_.unit_roundoff * np.abs(high)), Outcome.AGREE, outcomes)
