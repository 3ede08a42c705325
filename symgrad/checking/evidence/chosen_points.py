"""Where to look: given points, then sampled ones at which everything is defined; and which of them lie on a kink."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symgrad.authoring.points import SHORT_SHARE, PointSet, Sampler, Stratum, given, sample
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import PRECISIONS, Precision
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.special_points import candidates, edges, limit, wanted
from symgrad.checking.evidence.symbolic_side import Formula
from symgrad.checking.second_order import along_axes
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.rounding import rounded
from symgrad.number_systems.system import listed
from symgrad.truth.reference import SAFETY

NEAR_A_KINK = 2.0**-20
"""Generic points keep further away from kinks than this share of what vanishes there."""
BESIDE_A_KINK = 16.0
"""Special points keep further away from kinks than so many times what rounding may do, or lie on them."""
KINK_BITS = 512
MOST_ON_KINKS = 2
MOST_ENTRIES_ON_KINKS = 64
"""Of exact zeros and ties so many may lie on a kink, where parameters have that many entries at most: hulls are costly."""
LAST_RESORT = 4
"""Points on kinks that are looked at where there are no others."""
UNDERFLOWS = 64.0
"""Underflows that may happen to an entry that is 0 all the same."""
EXACT: frozenset[Stratum] = frozenset({"exact_zero", "tie", "end"})


@dataclass(frozen=True)
class ChosenPoints:
    """Points, and by index those that lie on a kink with the operations that aren't smooth there."""

    points: PointSet
    kinks: Mapping[int, tuple[str, ...]]

    def without(self, dropped: Sequence[int]) -> ChosenPoints:
        """The points without some of the sampled ones."""
        kept = [k for k in range(len(self.points)) if k not in set(dropped)]
        return ChosenPoints(self.points.without(dropped), {n: self.kinks[k] for n, k in enumerate(kept) if k in self.kinks})


def chosen(question: Question, formula: Formula) -> ChosenPoints:
    """The points of a question: those that were visited, or given ones first, then sampled ones."""
    with np.errstate(all="ignore"):
        points = question.visited[0] if question.visited is not None else _sampled(question, formula)
        found = ChosenPoints(points, kinks(formula, points, question.precision) if len(points) else {})
        return found if question.visited is not None else _off_kinks(found)


def _off_kinks(found: ChosenPoints) -> ChosenPoints:
    """Without generic points that turned out to lie on a kink; some of them, as a last resort, where all do."""
    ordinary = [k for k, stratum in enumerate(found.points.strata) if stratum in ("generic", "short")]
    on = [k for k in ordinary if k in found.kinks]
    if not on:
        return found
    if len(on) < len(ordinary):
        return found.without(on)
    special = [int(k) for k in np.flatnonzero(found.points.special)]
    kept = found.without([*on[LAST_RESORT:], *special])
    sampled: list[Stratum] = ["on_a_kink"] * len(on[:LAST_RESORT])
    return replace(kept, points=replace(kept.points, sampled=tuple(sampled)))


def sampler(question: Question) -> Sampler:
    """Where and how the points of a question are drawn."""
    exercise = question.exercise
    return Sampler(exercise.inputs, exercise.domain, question.settings.seed, exercise.name, question.precision)


def _sampled(question: Question, formula: Formula) -> PointSet:
    exercise, format_, drawn_by = question.exercise, question.precision, sampler(question)

    def fine(values: Mapping[str, Values], *, crossing: bool = False) -> Values:
        found = acceptable(formula, values, format_, rounding_may_cross_kinks=crossing)
        if question.first is not None:  # the slope may be defined where the loss isn't
            of_first = {name: values[name] for name in question.first.exercise.inputs}
            found &= acceptable(question.first, of_first, format_, rounding_may_cross_kinks=crossing)
        return found

    tests = [fine, lambda values: fine(values, crossing=True)]
    short = sample(drawn_by, question.wanted // SHORT_SHARE, tests, short=True)
    generic = sample(drawn_by, question.wanted - _count(short), tests)
    parts: list[tuple[Mapping[str, Values], Sequence[Stratum]]] = [
        (generic, ["generic"] * _count(generic)),
        (short, ["short"] * _count(short)),
    ]
    if _count(generic) and question.first is None and not question.settings.by_hand:
        parts.append(_special(formula, drawn_by, question.wanted, generic))
    elif not _count(generic) and not _count(short) and formula.kinks is not None and question.first is None:
        parts.append(_on_kinks(formula, drawn_by, question.wanted))
    fixed = given(exercise.given, exercise.inputs, format_)
    values = {n: np.concatenate([fixed[n], *(part[n] for part, _ in parts)]) for n in exercise.inputs}
    points = PointSet(values, len(exercise.given), sampled=tuple(s for _, strata in parts for s in strata))
    return along_axes(points, question.directions) if question.directions else points


def out_of_range(question: Question, formula: Formula) -> list[int] | None:
    """The outputs (the loss is the first) that leave the range of the format under test wherever float64 has numbers.

    Empty where only what they are made of does; None where that isn't what leaves no point.
    """
    wide, drawn_by = PRECISIONS["float64"], sampler(question)
    with np.errstate(all="ignore"):
        found = sample(drawn_by, LAST_RESORT, [lambda values: _defined(_rounded(formula, values, wide))])
        if not _count(found) or _defined(_rounded(formula, found, drawn_by.precision)).any():
            return None
        outputs = _rounded(formula, found, wide)
    return [k for k, (values, _) in enumerate(outputs) if (np.abs(values) > drawn_by.precision.largest).any()]


def _count(values: Mapping[str, Values]) -> int:
    return len(next(iter(values.values())))


def _on_kinks(formula: Formula, drawn_by: Sampler, count: int) -> tuple[Mapping[str, Values], Sequence[Stratum]]:
    """Points of a loss that has kinks wherever one looks."""
    defined = lambda values: _defined(_rounded(formula, values, drawn_by.precision))  # noqa: E731
    found = sample(drawn_by, min(count, LAST_RESORT), [defined])
    return found, ["on_a_kink"] * _count(found)


def _special(
    formula: Formula, drawn_by: Sampler, asked: int, generic: Mapping[str, Values]
) -> tuple[Mapping[str, Values], Sequence[Stratum]]:
    """Points near edges, at exact zeros and ties, at the ends of domains, far out: as many as there are to be, at most.

    They are no worse conditioned than generic points are: what they look for are branches that are missing or wrong,
    not digits.
    """
    counts = wanted(asked, sum(a[0].size for a in generic.values()))
    if formula.exercise.expected_gradient:  # what is declared may have jumps of its own
        counts = {stratum: count for stratum, count in counts.items() if stratum not in EXACT}
    found, format_ = edges(formula.derivation), drawn_by.precision
    values, strata = candidates(drawn_by, found, counts)
    if not strata:
        return values, []
    outputs = _rounded(formula, values, format_)
    usual = [np.median(each) for each in _ill_conditioned(_rounded(formula, generic, format_), format_)]
    far = np.array([stratum == "far" for stratum in strata])
    fine = _defined(outputs) & ~(_above(found.operands, values, limit(format_), np.abs) & far)
    fine &= ~_above(found.approximated, values, 0.0)
    for each, most in zip(_ill_conditioned(outputs, format_), usual, strict=True):
        fine &= each <= most
    beside = fine & ~_near(formula, values, format_, lambda radius, size: BESIDE_A_KINK * radius)
    on = fine & ~beside & np.isin(strata, list(EXACT))
    kept = _first(counts, strata, beside, on, MOST_ON_KINKS if _few_parameters(formula) else 0)
    return {n: a[kept] for n, a in values.items()}, [strata[k] for k in kept]


def _first(counts: Mapping[Stratum, int], strata: Sequence[Stratum], beside: Values, on: Values, on_kinks: int) -> list[int]:
    """The first points of each stratum, beside kinks; some may lie on them."""
    kept: list[int] = []
    for stratum, count in counts.items():
        before = len(kept)
        for k in (k for k, own in enumerate(strata) if own == stratum and (beside[k] or on[k])):
            if len(kept) - before < count and (beside[k] or on_kinks):
                on_kinks -= int(not beside[k])
                kept.append(k)
    return kept


def _few_parameters(formula: Formula) -> bool:
    return sum(rows * columns for rows, columns in formula.shapes[1:]) <= MOST_ENTRIES_ON_KINKS


def _ill_conditioned(outputs: Sequence[tuple[Values, Values]], format_: Precision) -> list[Values]:
    """Of how many entries of each gradient rounding explains more than half of the digits, at each point."""
    half, lost = np.sqrt(format_.unit_roundoff), UNDERFLOWS * format_.flushed
    return [(~(SAFETY * r <= half * np.abs(v)) & ~((v == 0) & (r <= lost))).sum(axis=(1, 2)) for v, r in outputs[1:]]


def _above(
    code: Program | None, values: Mapping[str, Values], most: float, size: Callable[[Any], Any] = lambda value: value
) -> Values:
    """At which points an entry of the outputs of a program is above a limit, or nan."""
    above = np.zeros(_count(values), bool)
    for output in listed(Floats().bind(code)(*values.values())) if code is not None else []:
        above |= ~(size(np.atleast_2d(output)) <= most).all(axis=(-2, -1))
    return above


def _rounded(formula: Formula, values: Mapping[str, Values], format_: Precision) -> list[tuple[Values, Values]]:
    return rounded(formula.program, values, formula.shapes, format_)


def _defined(outputs: Sequence[tuple[Values, Values]]) -> Values:
    """At which points loss and gradients are numbers, and what rounding may do to them is bounded."""
    fine = np.ones(len(outputs[0][0]), bool)
    for value, radius in outputs:
        fine &= (np.isfinite(value) & np.isfinite(radius)).all(axis=(1, 2))
    return fine


def acceptable(
    formula: Formula, values: Mapping[str, Values], format_: Precision, *, rounding_may_cross_kinks: bool = False
) -> Values:
    """Which points are defined, bounded in the format under test, and away from kinks.

    In a short format a large network may have no point whose kinks are all further away than rounding reaches.
    """
    fine = _defined(_rounded(formula, values, format_))

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
