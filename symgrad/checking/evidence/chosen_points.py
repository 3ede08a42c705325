"""Where to look: given points, then sampled ones at which everything is defined; and which of them lie on a kink."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.authoring.points import PointSet, given, sample
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import Formula
from symgrad.checking.second_order import along_axes
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.rounding import rounded
from symgrad.number_systems.system import listed

NEAR_A_KINK = 2.0**-20
"""Sampled points keep further away from kinks than this share of what vanishes there."""
KINK_BITS = 512


@dataclass(frozen=True)
class ChosenPoints:
    """Points, and by index those that lie on a kink with the operations that aren't smooth there."""

    points: PointSet
    kinks: Mapping[int, tuple[str, ...]]


def chosen(question: Question, formula: Formula) -> ChosenPoints:
    """The points of a question: those that were visited, or given ones first, then sampled ones."""
    with np.errstate(all="ignore"):
        points = question.visited[0] if question.visited is not None else _sampled(question, formula)
        return ChosenPoints(points, kinks(formula, points, question.precision) if len(points) else {})


def _sampled(question: Question, formula: Formula) -> PointSet:
    exercise, format_ = question.exercise, question.precision

    def fine(values: Mapping[str, Values], *, crossing: bool = False) -> Values:
        found = acceptable(formula, values, format_, rounding_may_cross_kinks=crossing)
        if question.first is not None:  # the slope may be defined where the loss isn't
            of_first = {name: values[name] for name in question.first.exercise.inputs}
            found &= acceptable(question.first, of_first, format_, rounding_may_cross_kinks=crossing)
        return found

    fixed = given(exercise.given, exercise.inputs, format_)
    drawn = sample(
        exercise.inputs,
        exercise.domain,
        question.wanted,
        seed=question.settings.seed,
        name=exercise.name,
        precision=format_,
        acceptable=(fine, lambda values: fine(values, crossing=True)),
    )
    points = PointSet({n: np.concatenate([fixed[n], drawn[n]]) for n in exercise.inputs}, len(exercise.given))
    return along_axes(points, question.directions) if question.directions else points


def acceptable(
    formula: Formula, values: Mapping[str, Values], format_: Precision, *, rounding_may_cross_kinks: bool = False
) -> Values:
    """Which points are defined, bounded in the format under test, and away from kinks.

    In a short format a large network may have no point whose kinks are all further away than rounding reaches.
    """
    fine = np.ones(len(next(iter(values.values()))), bool)
    for value, radius in rounded(formula.program, values, formula.shapes, format_):
        fine &= (np.isfinite(value) & np.isfinite(radius)).all(axis=(1, 2))

    def margin(radius: Values, size: Any) -> Any:
        return NEAR_A_KINK * size + (0.0 if rounding_may_cross_kinks else radius)

    return fine & ~_near(formula, values, format_, margin)


def _near(formula: Formula, values: Mapping[str, Values], format_: Precision, margin: Callable[[Values, Any], Any]) -> Values:
    """Which points lie within a margin of a kink."""
    near = np.zeros(len(next(iter(values.values()))), bool)
    if formula.kinks is not None:
        for value, radius in rounded(formula.kinks, values, None, format_):
            size = np.nan_to_num(np.abs(value), posinf=0.0).max(initial=0.0)  # a mask is far from any kink
            near |= (~(np.abs(value) > margin(radius, size))).any(axis=(1, 2))  # nan may be anything
    return near


def kinks(formula: Formula, points: PointSet, format_: Precision) -> dict[int, tuple[str, ...]]:
    """The points that lie on a kink, and the operations that aren't smooth there. Balls decide."""
    if formula.kinks is None:
        return {}
    near = np.flatnonzero(_near(formula, points.values, format_, lambda radius, size: radius))
    if not len(near):
        return {}
    with at_precision(KINK_BITS):
        outputs = listed(Balls().bind(formula.kinks)(*(to_balls(a) for a in points.subset(near).values())))
    operations: dict[Any, list[str]] = {}
    for kink in formula.derivation.kinks:
        operations.setdefault(kink.vanishing, []).append(kink.operation)
    found: dict[int, dict[str, None]] = {}
    for names, output in zip(operations.values(), outputs, strict=True):
        vanishes = np.frompyfunc(lambda ball: ball.contains(0), 1, 1)(np.asarray(output, dtype=object)).astype(bool)
        for k in np.flatnonzero(np.broadcast_to(vanishes, (len(near), *vanishes.shape[-2:])).any(axis=(1, 2))):
            found.setdefault(int(near[k]), {}).update(dict.fromkeys(names))
    return {point: tuple(names) for point, names in sorted(found.items())}
