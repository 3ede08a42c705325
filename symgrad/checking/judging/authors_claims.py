"""What else an exercise claims: gradients derived by hand, and published figures, each judged against the reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from symgrad.authoring.points import given
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import PRECISIONS, precision
from symgrad.basics.messages import Message, message
from symgrad.basics.printed_figures import half_a_unit
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.results.results import Finding
from symgrad.number_systems.programs import graph_program, program
from symgrad.number_systems.rounding import rounded
from symgrad.truth.certified_digits import digits
from symgrad.truth.certified_entries import CERTIFIED_ENTRIES
from symgrad.truth.certified_values import certify
from symgrad.truth.reference import SAFETY, Reference
from symgrad.truth.third_witness import Testimony, Witness

MOST_POINTS = 32
"""Points at which a gradient derived by hand is looked at."""


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """All findings on an exercise."""
    return (*by_hand(evidence), *published(evidence))


def by_hand(evidence: Evidence) -> Iterator[Finding]:
    """Each gradient derived by hand against the reference, both in balls, at the tolerance of float64.

    Points on a kink are left out. Where hand and closed form disagree, the definition of the derivative decides.
    """
    smooth = [k for k in range(len(evidence.points)) if k not in evidence.kinks][:MOST_POINTS]
    values = evidence.points.subset(smooth)
    for name, graph in evidence.exercise.hand_derived.items():
        if not smooth:
            yield Finding(name, "undecided", message("hand_on_kinks", parameter=name))
            continue
        shape = evidence.exercise.inputs[name].shape
        code = program(evidence.derivation, [evidence.derivation.gradients[name]])
        ((_, radius),) = rounded(code, values, [shape], PRECISIONS["float64"])
        allowed = [SAFETY * radius]
        (truth,) = certify(code, values, allowed, [shape])
        (hand,) = certify(graph_program(graph, evidence.exercise.graph.inputs), values, allowed, [shape])
        off = _off(hand, truth, allowed[0])
        where = np.where(off, _distance(hand, truth), np.nan)
        if not off.any():  # both may have the same mistake
            where[0] = np.broadcast_to(allowed[0], off.shape)[0]
        testimony = _asked(evidence, name, smooth, where)
        decided, corrected = _arbitrated(testimony, name, smooth, truth)
        if off.any() and not (off & decided).any():
            yield Finding(name, "undecided", message("hand_unconfirmed", parameter=name))
            continue
        truth, off = corrected, _off(hand, corrected, allowed[0]) & decided
        if off.any():
            yield Finding(name, "closed_form_wrong", _hand_wrong(name, hand, truth, off, evidence, smooth))
        else:
            yield Finding(name, "agree", message("hand_right", parameter=name))


def _distance(hand: Reference, truth: Reference) -> Values:
    with np.errstate(all="ignore"):
        return np.asarray(np.abs((hand.high - truth.high) + (hand.low - truth.low)))


def _off(hand: Reference, truth: Reference, allowed: Values) -> Values:
    """Where a gradient derived by hand surely isn't the true one."""
    with np.errstate(all="ignore"):
        surely = _distance(hand, truth) - truth.radius - hand.radius > allowed
    return np.asarray(surely | (np.isfinite(truth.high) & ~np.isfinite(hand.high)))


def _asked(evidence: Evidence, name: str, points: list[int], distance: Values) -> Testimony:
    """What the definition of the derivative says at points where a distance is a number, sharp enough to see it."""
    wanted = {n: np.full(evidence.points.values[n].shape, np.nan) for n in evidence.exercise.parameter_names}
    wanted[name][points] = np.where(np.isfinite(distance) & (distance > 0), distance, np.nan)
    where = [point for point, d in zip(points, distance, strict=True) if not np.isnan(d).all()]
    most = max(1, CERTIFIED_ENTRIES // sum(w[0].size for w in wanted.values()))
    return Witness(evidence.outputs, evidence.exercise.parameter_names, evidence.points).testify(where[:most], wanted)


def _arbitrated(testimony: Testimony, name: str, points: list[int], truth: Reference) -> tuple[Values, Reference]:
    """Which entries the definition decides, and the truth with its answers in it."""
    index = {point: k for k, point in enumerate(points)}
    answers = {(n, index[p], i, j): ball for (n, p, i, j), ball in testimony.answers.items() if p in index}
    decided = np.broadcast_to(testimony.confirmed[points][:, None, None], truth.high.shape).copy()
    for n, *place in answers:
        if n == name:
            decided[tuple(place)] = True
    return decided, replace(testimony, answers=answers).corrected(name, truth)


def _hand_wrong(name: str, hand: Reference, truth: Reference, wrong: Any, evidence: Evidence, points: list[int]) -> Message:
    point, row, column = (int(k) for k in np.argwhere(wrong)[0])
    place = (point, row, column)
    found, right = (digits(r.high[place], r.low[place], r.radius[place]) for r in (hand, truth))
    where = {n: a.tolist() for n, a in evidence.points.at(points[point]).items()}
    return message("hand_wrong", parameter=name, index=(row, column), found=found, right=right, point=where)


def published(evidence: Evidence) -> Iterator[Finding]:
    """Each published figure against the reference at the first given point, to the digits printed."""
    exercise = evidence.exercise
    if not exercise.published:
        return
    format_ = precision(exercise.published_dtype)
    values = given(exercise.given[:1], exercise.inputs, format_)
    derivation = evidence.derivation
    symbols = {**derivation.steps, **derivation.gradients, "loss": derivation.loss}
    outputs = [symbols[name] for name in exercise.published]
    shapes = [figures.shape for figures in exercise.published.values()]
    code = program(derivation, outputs)
    allowed = [SAFETY * radius for _, radius in rounded(code, values, shapes, format_)]
    references = certify(code, values, allowed, shapes)
    for (name, figures), reference, limit in zip(exercise.published.items(), references, allowed, strict=True):
        yield judge_figures(name, figures, reference, limit, 0, exercise.published_dtype)


def judge_figures(name: str, figures: Any, reference: Reference, allowed: Any, point: int, dtype: str) -> Finding:
    """Printed figures of one value: right within half a unit of the last digit plus what rounding explains."""
    for index in np.ndindex(figures.shape):
        place = (point, *index)
        text = figures[index].strip().replace("−", "-")
        high, low = float(reference.high[place]), float(reference.low[place])
        half = half_a_unit(text)
        difference = abs((float(text) - high) - low)
        if not difference <= half + float(allowed[place]):
            found = message(
                "published_differs",
                name=name,
                index=index,
                figure=text,
                value=digits(high, low, float(reference.radius[place])),
                difference=difference,
                allowed=half + float(allowed[place]),
                half=half,
                dtype=dtype,
            )
            return Finding(name, "published_differs", found)
    return Finding(name, "agree", message("published_agrees", name=name))
