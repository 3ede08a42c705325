"""Errors planted on purpose in what passed: the same comparison has to catch them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from symgrad.checking.judging.comparison import Comparison, Outcome, Place, compare
from symgrad.truth.reference import Reference, Tolerance


def controls(gradients: Mapping[str, Comparison], seed: int) -> tuple[int, int, int]:
    """How many errors were planted in the autograd values, how many the same comparison rejected, how many nothing could."""
    found = [(each, plant) for each in gradients.values() for plant in plants(each, seed)]
    told = [catches(each, plant) for each, plant in found if plant.catchable]
    return len(found), sum(told), len(found) - len(told)


CANDIDATES = 128
"""Entries that are looked at for a place to plant an error."""
KINDS = ("sign", "factor", "zero", "another_entry", "beyond_allowed")


@dataclass(frozen=True)
class Plant:
    """An error planted on purpose: its kind, and where and what it puts; `catchable` is one beyond what is allowed."""

    kind: str
    place: Place
    value: float
    catchable: bool = True


def plants(comparison: Comparison, seed: int) -> Iterator[Plant]:
    """Errors to plant in values that passed: sign, factor, zero, another entry, a few times what is allowed.

    Of each kind the first that exceeds what rounding explains, by a factor of two at least; where none does, at any entry
    that was looked at, the largest of them: it can't be told.
    """
    generator = np.random.default_rng(seed)
    shape = comparison.values.shape
    drawn = dict.fromkeys(generator.integers(comparison.values.size, size=CANDIDATES).tolist())
    candidates = np.stack(np.unravel_index(list(drawn), shape), axis=-1)
    fine = comparison.outcomes.reshape(-1)[list(drawn)] <= Outcome.ILL_CONDITIONED
    passed = candidates[fine].tolist()
    flat = comparison.values.reshape(len(comparison.values), -1)
    for kind in KINDS:
        largest, size = None, 0.0
        for point, row, column in passed:
            place = point, row, column
            value, allowed = float(comparison.values[place]), float(comparison.tolerance.allowed[place])
            other = float(flat[point, generator.integers(flat.shape[1])])
            planted = {"sign": -value, "factor": 2 * value, "zero": 0.0, "another_entry": other}.get(
                kind, value + (4 * allowed or 1.0)
            )
            if not np.isfinite(planted):
                continue
            if abs(planted - value) > 3 * allowed:
                largest = Plant(kind, place, planted)
                break
            if abs(planted - value) > size:
                largest, size = Plant(kind, place, planted, catchable=False), abs(planted - value)
        if largest is not None:
            yield largest


def catches(comparison: Comparison, plant: Plant) -> bool:
    """Whether the same comparison, with the error planted, calls exactly that entry wrong."""
    point, row, column = plant.place
    one = slice(point, point + 1)
    values = comparison.values[one].copy()
    values[0, row, column] = plant.value
    reference = comparison.reference
    shape = comparison.values.shape
    cut = Reference(*(a[one] for a in (reference.high, reference.low, reference.radius, reference.certified)))
    tolerance = Tolerance(np.broadcast_to(comparison.tolerance.allowed, shape)[one], comparison.tolerance.precision)
    before, again = (compare(each, cut, tolerance).outcomes == Outcome.WRONG for each in (comparison.values[one], values))
    rejected = again & ~before & (comparison.outcomes[one] <= Outcome.ILL_CONDITIONED)
    return bool(rejected[0, row, column] and rejected.sum() == 1)
