"""The definition of the derivative, in balls: no derivative rule takes part.

The slope of a loss along a direction is enclosed by two one-sided quotients, ``(L(x + hv) − L(x)) / h`` ahead and
``(L(x) − L(x − kv)) / k`` with ``k = h/4`` behind. Where the loss is smooth both tend to the slope, at different paces, so
that their difference bounds what h leaves over; where it has a kink they stay apart, and nothing is claimed (a symmetric
quotient would say 0 of |x| at 0). With h = 2⁻¹²⁸ and smaller, and balls of hundreds of bits, a slope is known to more
digits than any format has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.system import listed

LEVELS = ((512, 128), (1536, 512), (6144, 2048))
"""Bits of the balls, and s of h = 2⁻ˢ, from the first attempt to the last."""


def slopes(loss: Program, points: Mapping[str, Values], directions: Mapping[str, Values], level: tuple[int, int]) -> Any:
    """Balls that enclose the slope of a loss at each point along a direction, (points,); nan where there is none.

    `directions` are arrays like those of the points, for the inputs that move; the others stand still.
    """
    bits, exponent = level
    count = len(next(iter(points.values())))
    run = Balls().bind(loss)
    with at_precision(bits):
        exact = {name: to_balls(array) for name, array in points.items()}
        moving = {name: to_balls(array) for name, array in directions.items()}

        def at(step: Any) -> Any:
            moved = {name: array + step * moving[name] if name in moving else array for name, array in exact.items()}
            (value,) = listed(run(*moved.values()))
            return np.broadcast_to(np.asarray(value, dtype=object), (count, 1, 1))[:, 0, 0]

        h = arb(2) ** -exponent
        here = at(arb(0))
        return np.frompyfunc(_enclosure, 2, 1)((at(h) - here) / h, (here - at(-h / 4)) / (h / 4))


def _enclosure(ahead: Any, behind: Any) -> Any:
    """A ball around the nearer quotient that reaches as far as both lie apart."""
    ahead, behind = (b if isinstance(b, arb) else arb(b) for b in (ahead, behind))
    if not (ahead.is_finite() and behind.is_finite()):
        return arb.nan()
    return behind + arb(0, abs(ahead - behind).abs_upper())


def scale(values: Values) -> Values:
    """The power of two below each value: how far an entry moves per unit of a step (1 where the entry is 0)."""
    _, exponent = np.frexp(values)
    return np.where(values == 0, 1.0, np.ldexp(0.5, exponent))


AROUND, NEAR = 32, 200
"""Directions in which a loss is looked at around a point, and s of the distance 2⁻ˢ."""


def values_around(loss: Program, point: Mapping[str, Values], seed: int = 0) -> Values:
    """The values of a loss, as floats, that lie closest around a point, whose arrays have no axis of points."""
    generator, run = np.random.default_rng(seed), Balls().bind(loss)
    with at_precision(LEVELS[0][0]):
        moved = [
            to_balls(array) + arb(2) ** -NEAR * to_balls(scale(array) * generator.normal(size=(AROUND, *array.shape)))
            for array in point.values()
        ]
        (value,) = listed(run(*moved))
        return np.array([float(b if isinstance(b, arb) else arb(b)) for b in np.ravel(np.asarray(value, dtype=object))])
