"""The third witness: the definition of the derivative, asked where both roads disagree, or everywhere.

One quotient along a random direction looks at every entry of every gradient at once: where the closed form is off in any
of them, the slope along that direction differs from the closed form's, but for a chance of some 2⁻⁵⁰ (errors times random
factors would have to cancel). So the whole closed form is confirmed at a point by three values of the loss; single entries
are asked about only where it is refuted, or where it is no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb

from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.programs import program
from symgrad.number_systems.system import listed
from symgrad.truth.certified_entries import Outputs
from symgrad.truth.certified_values import parts
from symgrad.truth.difference_quotients import LEVELS, scale, slopes
from symgrad.truth.reference import Reference

HELD_BALLS = 100_000
"""Entries times points that are looked at in one go."""
MOST_ENTRIES = 256
"""Single entries that are asked about in one exercise."""
MARGIN = 8.0
"""A slope has to be known so many times better than the difference that it decides about."""
DIGITS = 2.0**-60
"""The relative radius of an answer that stands where the closed form gives no number."""

Place = tuple[str, int, int, int]
"""Parameter, point, row, column."""


@dataclass(frozen=True)
class Testimony:
    """What the definition says of the closed form.

    Points, (points,): `confirmed` are those at which it agrees in every entry, `undecided` those at which no quotient was
    sharp enough. `refuted` are single entries at which it contradicts the closed form; `answers` are its own values of
    those, and of entries for which the closed form gives no number; `agreed` are single entries at which it agrees, of points
    at which another entry has no slope.
    """

    confirmed: Values
    undecided: Values
    refuted: set[Place] = field(default_factory=set)
    answers: dict[Place, Any] = field(default_factory=dict)
    agreed: set[Place] = field(default_factory=set)

    def open_entries(self, name: str, shape: tuple[int, ...]) -> Values:
        """Where nothing is known of a parameter's gradient, neither at a point as a whole nor of a single entry."""
        left = np.broadcast_to(self.undecided[:, None, None], shape).copy()
        for place in (place[1:] for place in self.agreed if place[0] == name):
            left[place] = False
        return left

    def corrected(self, name: str, reference: Reference) -> Reference:
        """The reference of a parameter, with the answers in it."""
        answers = {place[1:]: ball for place, ball in self.answers.items() if place[0] == name}
        if not answers:
            return reference
        high, low, radius, certified = (
            a.copy() for a in (reference.high, reference.low, reference.radius, reference.certified)
        )
        for place, ball in answers.items():
            high[place], low[place], radius[place] = parts(ball)
            certified[place[:2]] = True
        return Reference(high, low, radius, certified)

    def marks(self, name: str, shape: tuple[int, ...]) -> Values | None:
        """Where the closed form of a parameter is refuted; None where it isn't."""
        found = [place[1:] for place in self.refuted if place[0] == name]
        marked = np.zeros(shape, bool)
        for place in found:
            marked[place] = True
        return marked if found else None


@dataclass(frozen=True)
class _Answer:
    """Whether the closed form has the slope along a direction (None: not decided), the slope as a ball, whether that's all."""

    agrees: bool | None
    slope: Any
    settled: bool = False


class Witness:
    """The definition of the derivative for the outputs of one exercise; `names` are the parameters."""

    def __init__(self, outputs: Outputs, names: Sequence[str], points: PointSet, seed: int = 0) -> None:
        self.outputs, self.names, self.points = outputs, list(names), points
        self.loss = program(outputs.derivation, [outputs.derivation.loss])
        self._generator = np.random.default_rng(seed)

    def testify(self, where: Sequence[int], wanted: Mapping[str, Values]) -> Testimony:
        """Asks at some points. `wanted` are differences that have to be seen, by parameter; nan where any will do."""
        count = len(self.points)
        testimony = Testimony(np.zeros(count, bool), np.zeros(count, bool))
        random = {n: self._random(self.points.values[n][list(where)]) for n in self.names}
        for point, answer in zip(where, self._ask(list(where), random, wanted), strict=True):
            testimony.confirmed[point] = answer.agrees is True
            if answer.agrees is not True and not self._entry_by_entry(point, wanted, testimony):
                testimony.undecided[point] = True
        return testimony

    def _random(self, values: Values) -> Values:
        size, signs = self._generator.uniform(1, 2, values.shape), self._generator.choice([-1.0, 1.0], values.shape)
        return np.asarray(scale(values) * size * signs)

    def _entry_by_entry(self, point: int, wanted: Mapping[str, Values], testimony: Testimony) -> bool:
        """Asks about single entries of a point, those in dispute first; says whether anything came of it."""
        order = [
            (not np.isfinite(wanted[name][point, row, column]), name, row, column)
            for name in self.names
            for row, column in np.ndindex(wanted[name].shape[1:])
        ]
        limit = max(1, min(MOST_ENTRIES - len(testimony.answers), HELD_BALLS // len(order)))
        chosen = [(name, row, column) for _, name, row, column in sorted(order, key=lambda item: item[0])[:limit]]
        directions = {n: np.zeros((len(chosen), *self.points.values[n].shape[1:])) for n in self.names}
        for k, (name, row, column) in enumerate(chosen):
            directions[name][k, row, column] = scale(self.points.values[name][point, row, column])
        told = False
        answers = self._ask([point] * len(chosen), directions, wanted)
        for k, ((name, row, column), answer) in enumerate(zip(chosen, answers, strict=True)):
            place = (name, point, row, column)
            if answer.agrees is True:
                testimony.agreed.add(place)
            if answer.settled and not answer.agrees:
                with at_precision(LEVELS[-1][0]):
                    testimony.answers[place] = answer.slope / arb(float(directions[name][k, row, column]))
                if answer.agrees is False:
                    testimony.refuted.add(place)
                told = True
        return told

    def _ask(self, where: list[int], directions: Mapping[str, Values], wanted: Mapping[str, Values]) -> list[_Answer]:
        """Closed form and definition along directions, one for each of some points, precision rising until it is decided."""
        size = max(1, HELD_BALLS // max(1, sum(d[0].size for d in directions.values()))) if where else 1
        if len(where) > size:
            parts_ = [slice(k, k + size) for k in range(0, len(where), size)]
            return [a for part in parts_ for a in self._ask(where[part], {n: d[part] for n, d in directions.items()}, wanted)]
        answers = [_Answer(None, arb.nan())] * len(where)
        sharp = self._sharpness(where, directions, wanted)
        for level in LEVELS:
            pending = [k for k, answer in enumerate(answers) if not answer.settled]
            if not pending:
                break
            points = self.points.subset([where[k] for k in pending])
            moving = {name: array[pending] for name, array in directions.items()}
            found = slopes(self.loss, points, moving, level)
            for k, slope, closed in zip(pending, found, self._along(points, moving, level[0]), strict=True):
                agrees = _agree(slope, closed, sharp[k], level[0])
                alone = not closed.is_finite() and slope.is_finite() and slope.rad() <= abs(slope) * DIGITS
                told = level == LEVELS[-1] and (agrees is False or bool(alone))  # earlier steps may be longer than a period
                answers[k] = _Answer(agrees if agrees or told else None, slope, agrees is True or told)
        return answers

    def _along(self, points: Mapping[str, Values], directions: Mapping[str, Values], bits: int) -> list[Any]:
        """The closed form's slope along directions, in balls."""
        with at_precision(bits):
            _, *gradients = listed(Balls().bind(self.outputs.program)(*(to_balls(a) for a in points.values())))
            slope: Any = 0
            for name, gradient in zip(self.names, gradients, strict=True):
                moving = to_balls(directions[name])
                terms = np.where(directions[name] == 0, 0, np.asarray(gradient, dtype=object) * moving)
                slope = slope + terms.sum(axis=(1, 2))
            return [b if isinstance(b, arb) else arb(b) for b in slope]

    def _sharpness(self, where: list[int], directions: Mapping[str, Values], wanted: Mapping[str, Values]) -> Values:
        """For each direction the exponent, to base 2, of the smallest difference that has to be seen along it."""
        least = np.full(len(where), np.inf)
        for name, direction in directions.items():
            with np.errstate(all="ignore"):
                size = np.log2(wanted[name][where] * 1.0) + np.log2(np.abs(direction))
            least = np.minimum(least, np.where(np.isfinite(size), size, np.inf).min(axis=(1, 2)))
        return least


def _agree(slope: Any, closed: Any, exponent: float, bits: int) -> bool | None:
    """Whether two balls are the same slope up to a share of ``2**exponent``; None where they are too wide to tell."""
    if not (slope.is_finite() and closed.is_finite()):
        return None
    with at_precision(bits):
        if not slope.overlaps(closed):
            return False
        reach = (slope.rad() + closed.rad()) * MARGIN
        return True if np.isinf(exponent) or reach <= arb(2) ** int(np.floor(exponent)) else None
