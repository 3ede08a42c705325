"""Two formulas of one quantity compared in balls, without any tolerance.

Balls that are disjoint prove that the formulas differ, at whatever precision. Balls that overlap say that they are the same
once they are so sharp that only a coincidence of dozens of digits could hide a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.system import listed
from symgrad.truth.certified_values import BITS, HOPELESS, NOTHING

SHARP = 100
"""A ball whose radius is less than its value times 2 to minus this is sharp."""
NOTHING_LEFT = 960
"""A ball around 0 is nothing where it is smaller than 2 to minus this, at thousands of bits."""
ROUNDED_LITERAL = 2.0**-51
"""How far a literal may be from what was meant, relatively: Python rounds it, and maybe what it was computed of."""


class Sameness(IntEnum):
    """What is known of an entry of two formulas."""

    UNKNOWN = 0
    EQUAL = 1
    DIFFERENT = 2


def compared(
    claimed: Program,
    true: Program,
    points: Mapping[str, Values],
    shape: tuple[int, int],
    literals: Mapping[str, float] | None = None,
) -> Values:
    """The `Sameness` of every entry at every point, (points, rows, columns).

    `literals` are scalars that both programs take after the points; each is known up to ROUNDED_LITERAL. Then no ball gets
    sharp, and those are equal which overlap and leave no room for another sign, nor for a factor of 2.
    """
    count = len(next(iter(points.values())))
    found = np.zeros((count, *shape), np.int8)
    pending = np.arange(count)
    runs = [Balls().bind(claimed), Balls().bind(true)]
    judge = np.frompyfunc(_same if not literals else _overlapping, 3, 1)
    for bits in BITS[1:]:
        with at_precision(bits):
            arguments = [to_balls(array[pending]) for array in points.values()]
            arguments += [np.full((1, 1, 1), _literal(value), dtype=object) for value in (literals or {}).values()]
            pair = [_entries(run(*arguments), (len(pending), *shape)) for run in runs]
            found[pending] = judge(*pair, bits).astype(np.int8)
        pending = pending[(found[pending] == Sameness.UNKNOWN).any(axis=(1, 2))]
        if not len(pending) or bits >= NOTHING or (literals and bits >= HOPELESS):
            break
    return found


def _literal(value: float) -> Any:
    return arb(value, abs(value) * ROUNDED_LITERAL)


def _entries(outputs: Any, shape: tuple[int, ...]) -> Any:
    (output,) = listed(outputs)
    balls = np.broadcast_to(np.asarray(output, dtype=object), shape)
    return np.frompyfunc(lambda b: b if isinstance(b, arb) else arb(b), 1, 1)(balls)


def _same(claimed: Any, true: Any, bits: int) -> Sameness:
    if not (claimed.is_finite() and true.is_finite()):
        return Sameness.DIFFERENT if bits >= HOPELESS and true.is_finite() else Sameness.UNKNOWN
    if not claimed.overlaps(true):
        return Sameness.DIFFERENT
    return Sameness.EQUAL if all(_sharp(ball, bits) for ball in (claimed, true)) else Sameness.UNKNOWN


def _sharp(ball: Any, bits: int) -> bool:
    radius = ball.rad()
    nothing = bits >= NOTHING and radius <= arb(2) ** -NOTHING_LEFT
    return bool(nothing or radius <= abs(ball) * arb(2) ** -SHARP)


def _overlapping(claimed: Any, true: Any, bits: int) -> Sameness:
    if not (claimed.is_finite() and true.is_finite()):
        return Sameness.UNKNOWN
    if not claimed.overlaps(true):
        return Sameness.DIFFERENT
    return Sameness.EQUAL if all(4 * b.rad() <= abs(b.mid()) for b in (claimed, true)) else Sameness.UNKNOWN
