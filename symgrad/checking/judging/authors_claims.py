"""What else an exercise claims: gradients derived by hand, each judged against the truth; and published figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.published_figures import published
from symgrad.checking.results.results import Finding
from symgrad.derivation.backpropagation import backpropagate
from symgrad.graphs.graph import Graph
from symgrad.graphs.literals import inexact_literals, with_literals_as_inputs
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.programs import graph_program, program
from symgrad.number_systems.rounding import rounded
from symgrad.truth.certified_digits import digits
from symgrad.truth.certified_entries import CERTIFIED_ENTRIES
from symgrad.truth.certified_values import certify
from symgrad.truth.exact_comparison import Sameness, compared
from symgrad.truth.reference import SAFETY, Reference
from symgrad.truth.third_witness import Testimony, Witness

MOST_POINTS = 32
"""Points at which a gradient derived by hand is looked at."""
UNSEEN = 2.0**-100
"""The share of a value that the sum of two doubles doesn't show."""


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """All findings on an exercise."""
    return (*by_hand(evidence), *published(evidence))


def by_hand(evidence: Evidence) -> Iterator[Finding]:
    """Each gradient derived by hand against the closed form, both in balls, without a tolerance.

    Points on a kink are left out. Where hand and closed form disagree, the definition of the derivative decides.
    """
    special = evidence.points.special  # where a formula may be written so that it has no value, as y/x at 0
    smooth = [k for k in range(len(evidence.points)) if k not in evidence.kinks and not special[k]][:MOST_POINTS]
    for name, graph in evidence.exercise.hand_derived.items():
        yield _of_hand(evidence, name, graph, smooth) if smooth else _undecided(name, "hand_on_kinks")


def _undecided(name: str, code: str) -> Finding:
    return Finding(name, "undecided", message(code, parameter=name))


def _of_hand(evidence: Evidence, name: str, graph: Graph, points: list[int]) -> Finding:
    """What is found of one gradient derived by hand, at some points."""
    shape, values = evidence.exercise.inputs[name].shape, evidence.points.subset(points)
    code = program(evidence.derivation, [evidence.derivation.gradients[name]])
    claimed = graph_program(graph, evidence.exercise.graph.inputs)
    same = _same(evidence, name, graph, claimed, code, values)
    ((_, radius),) = rounded(code, values, [shape], PRECISIONS["float64"])
    truth, hand = (certify(each, values, [radius], [shape])[0] for each in (code, claimed))
    off = same == Sameness.DIFFERENT
    where = np.where(off, _distance(hand, truth), np.nan)
    if not off.any():  # both may have the same mistake
        where[0] = np.broadcast_to(SAFETY * radius, off.shape)[0]
    decided, truth, answered = _arbitrated(_asked(evidence, name, points, where), name, points, truth)
    found = np.where(answered, _off(hand, truth), off) & decided
    if found.any():
        return Finding(name, "closed_form_wrong", _hand_wrong(name, hand, truth, found, evidence, points))
    unseen = ~((same == Sameness.EQUAL) | answered).any(axis=0)
    if unseen.any() or (off.any() and not (off & decided).any()):
        return _undecided(name, "hand_unconfirmed")
    return Finding(name, "agree", message("hand_right", parameter=name))


def _same(evidence: Evidence, name: str, graph: Graph, claimed: Program, code: Program, values: dict[str, Values]) -> Values:
    """Where hand and closed form are the same, `Sameness` by entry: as written, or as literals that were rounded allow."""
    same = compared(claimed, code, values, evidence.exercise.inputs[name].shape)
    loss = evidence.exercise.graph
    literals = inexact_literals([loss, graph])
    if not literals or not (same == Sameness.DIFFERENT).any():
        return same
    widened = backpropagate(with_literals_as_inputs(loss, literals), [name])
    wide = compared(
        graph_program(with_literals_as_inputs(graph, literals), widened.inputs),
        program(widened, [widened.gradients[name]]),
        values,
        evidence.exercise.inputs[name].shape,
        {item.name: float(number) for number, item in literals.items()},
    )
    return np.where(same == Sameness.DIFFERENT, wide, same)


def _distance(hand: Reference, truth: Reference) -> Values:
    """How far two references are apart, at least what two doubles can't show."""
    with np.errstate(all="ignore"):
        apart = np.abs((hand.high - truth.high) + (hand.low - truth.low))
        return np.asarray(np.maximum(apart, UNSEEN * np.abs(truth.high)))


def _off(hand: Reference, truth: Reference) -> Values:
    """Where a gradient derived by hand surely isn't the true one."""
    with np.errstate(all="ignore"):
        surely = _distance(hand, truth) - truth.radius - hand.radius > UNSEEN * np.abs(truth.high)
    return np.asarray(surely | (np.isfinite(truth.high) & ~np.isfinite(hand.high)))


def _asked(evidence: Evidence, name: str, points: list[int], distance: Values) -> Testimony:
    """What the definition of the derivative says at points where a distance is a number, sharp enough to see it."""
    wanted = {n: np.full(evidence.points.values[n].shape, np.nan) for n in evidence.exercise.parameter_names}
    wanted[name][points] = np.where(np.isfinite(distance) & (distance > 0), distance, np.nan)
    where = [point for point, d in zip(points, distance, strict=True) if not np.isnan(d).all()]
    most = max(1, CERTIFIED_ENTRIES // sum(w[0].size for w in wanted.values()))
    return Witness(evidence.outputs, evidence.exercise.parameter_names, evidence.points).testify(where[:most], wanted)


def _arbitrated(testimony: Testimony, name: str, points: list[int], truth: Reference) -> tuple[Values, Reference, Values]:
    """Which entries the definition decides; the truth with its answers in it; and which entries those are."""
    index = {point: k for k, point in enumerate(points)}
    answers = {(n, index[p], i, j): ball for (n, p, i, j), ball in testimony.answers.items() if p in index}
    decided = np.broadcast_to(testimony.confirmed[points][:, None, None], truth.high.shape).copy()
    answered = np.zeros(truth.high.shape, bool)
    for n, *place in answers:
        if n == name:
            decided[tuple(place)] = answered[tuple(place)] = True
    return decided, replace(testimony, answers=answers).corrected(name, truth), answered


def _hand_wrong(name: str, hand: Reference, truth: Reference, wrong: Any, evidence: Evidence, points: list[int]) -> Message:
    point, row, column = (int(k) for k in np.argwhere(wrong)[0])
    place = (point, row, column)
    found, right = (digits(r.high[place], r.low[place], r.radius[place]) for r in (hand, truth))
    where = {n: a.tolist() for n, a in evidence.points.at(points[point]).items()}
    return message("hand_wrong", parameter=name, index=(row, column), found=found, right=right, point=where)
