"""The certified reference: a program run in balls, precision doubled until every ball is far smaller than what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import Program
from symgrad.truth.reference import Reference

BITS = (128, 256, 512, 1024, 2048, 4096)
HOPELESS = 512
"""Bits at which a value that is still no number is taken to be undefined."""
NOTHING = 2048
"""Bits at which a value that is still ±0 is left at that: it is nothing that float64 could hold."""
TINY = 2.0**-1074
"""The smallest number above 0 in float64."""
UNDERFLOWING = 2.0**-960
"""Below this, what a float leaves of a ball may be less than TINY and still count."""
SHARP = 2.0**-10
"""A ball is sharp when its radius is at most this share of what is allowed."""


def parts(ball: Any) -> tuple[float, float, float]:
    """A ball as the sum of two floats, and its radius; a rest that isn't zero but underflows is ``±TINY``."""
    if not isinstance(ball, arb):
        ball = arb(ball)
    high = float(ball)
    rest = ball - high
    low, radius = float(rest), float(ball.rad())
    if low == 0 and abs(high) < UNDERFLOWING and (rest > 0 or rest < 0):
        return high, TINY if rest > 0 else -TINY, max(radius, TINY)
    return high, low, radius


_all_parts = np.frompyfunc(parts, 1, 3)


def certify(
    program: Program, points: Mapping[str, Values], allowed: Sequence[Values], shapes: Sequence[tuple[int, ...]]
) -> list[Reference]:
    """A reference for each output of a program, for all points; `allowed` says how sharp it has to be."""
    count = len(next(iter(points.values())))
    found = [_unknown(count, shape) for shape in shapes]
    pending = np.arange(count)
    run = Balls().bind(program)
    for bits in BITS:
        with at_precision(bits):
            outputs = run(*(to_balls(array[pending]) for array in points.values()))
            given = outputs if isinstance(outputs, list) else [outputs]
            blunt = np.zeros(len(pending), bool)
            for reference, output, limit in zip(found, given, allowed, strict=True):
                blunt |= _fill(reference, output, limit, pending, bits)
        pending = pending[blunt]
        if not len(pending):
            break
    return found


def _unknown(count: int, shape: tuple[int, ...]) -> Reference:
    high, low, radius = (np.full((count, *shape), np.nan) for _ in range(3))
    return Reference(high, low, radius, np.ones((count, shape[0], 1), bool))


def _fill(reference: Reference, output: Any, allowed: Values, pending: Any, bits: int) -> Any:
    """Writes balls into a reference; says which points need more bits."""
    shape = (len(pending), *reference.high.shape[1:])
    balls = np.broadcast_to(output if isinstance(output, np.ndarray) else to_balls(np.asarray(output, dtype=object)), shape)
    with np.errstate(all="ignore"):
        high, low, radius = (part.astype(np.float64) for part in _all_parts(balls))
    known = np.isfinite(high) & np.isfinite(radius)
    reference.high[pending] = np.where(known, high, np.nan)
    reference.low[pending] = np.where(known, low, np.nan)
    reference.radius[pending] = np.where(known, radius, np.nan)
    limit = np.where(np.isfinite(allowed[pending]), allowed[pending], np.abs(np.where(known, high, 1.0)))
    unsure = (radius > SHARP * np.abs(high)) & (bits < NOTHING)  # a tiny value is worth its own digits, as far as that goes
    blunt = np.where(known, (radius > SHARP * limit) | unsure, bits < HOPELESS)
    return blunt.any(axis=(1, 2))
