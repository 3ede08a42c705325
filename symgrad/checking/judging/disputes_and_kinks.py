"""Entries that a plain comparison can't judge: the third witness where the roads disagree, subdifferentials at kinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from symgrad.authoring.points import SPECIAL
from symgrad.basics.arrays import Values
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.comparison import CLOSE, Comparison, Outcome, compare
from symgrad.number_systems.rounding import rounded
from symgrad.operations.row import Elementwise
from symgrad.operations.table import TABLE
from symgrad.truth.certified_entries import CERTIFIED_ENTRIES
from symgrad.truth.difference_quotients import values_around
from symgrad.truth.reference import SAFETY, Reference, Tolerance
from symgrad.truth.subdifferential import Subdifferential
from symgrad.truth.third_witness import Testimony, Witness

HULL_ROUNDINGS = 8.0
"""Roundings of the largest limiting gradient within which a value lies in their hull."""


def settled(evidence: Evidence, loss: Comparison, gradients: Mapping[str, Comparison]) -> dict[str, Comparison]:
    """The comparisons of gradients by parameter, settled at points in dispute and on kinks."""
    found = dict(gradients)
    testimony = _testimony(evidence, loss, found)
    if testimony is not None:
        found = {name: _witnessed(name, each, testimony) for name, each in found.items()}
    formula = evidence.formula
    if evidence.kinks:
        radii = rounded(formula.program, evidence.points.values, formula.shapes, evidence.precision, decided=True)[1:]
        for point in evidence.kinks:
            if loss.outcomes[point, 0, 0] != Outcome.UNDEFINED:
                found = _on_a_kink(evidence, point, found, [SAFETY * radius[point] for _, radius in radii])
    return found


def at_signed_zeros(evidence: Evidence, loss: Comparison) -> Comparison:
    """The comparison of the loss, undefined where it jumps and the program took the other side by the sign of a zero."""
    outcomes = loss.outcomes.copy()
    for point, operations in evidence.kinks.items():
        if outcomes[point, 0, 0] == Outcome.WRONG and any(_knows_signs(name) for name in operations):
            around = values_around(evidence.formula.forward, {n: a[0] for n, a in evidence.points.subset([point]).items()})
            least = CLOSE * evidence.precision.unit_roundoff * np.abs(around)
            allowed = np.broadcast_to(loss.tolerance.allowed, loss.values.shape)[point, 0, 0]
            if (np.abs(loss.values[point, 0, 0] - around) <= np.maximum(allowed, least)).any():
                outcomes[point] = Outcome.UNDEFINED
    return replace(loss, outcomes=outcomes)


def _knows_signs(operation: str) -> bool:
    row = TABLE[operation]
    return isinstance(row, Elementwise) and row.signed_zero


def _testimony(evidence: Evidence, loss: Comparison, gradients: Mapping[str, Comparison]) -> Testimony | None:
    """What the definition of the derivative says at points in dispute (or at all points); None where nobody asks."""
    usable = ~np.isin(np.arange(len(evidence.points)), list(evidence.kinks)) & (loss.outcomes[:, 0, 0] != Outcome.UNDEFINED)
    asked = np.zeros(len(evidence.points))
    wanted = {}
    for name, each in gradients.items():
        unknown = ~np.isfinite(each.reference.high) & np.isin(each.outcomes, (Outcome.UNDEFINED, Outcome.UNDECIDED))
        disputed = (each.outcomes == Outcome.WRONG) & (loss.outcomes != Outcome.WRONG)
        asked += (unknown | disputed).sum(axis=(1, 2))
        size = np.where(np.isfinite(each.absolute), each.absolute, np.abs(each.reference.high))
        wanted[name] = np.where(disputed & (size > 0), size, np.nan)
        if evidence.settings.certify:
            allowed = np.broadcast_to(each.tolerance.allowed, each.values.shape)
            sharp = np.where(np.isfinite(allowed) & (allowed > 0), allowed, np.nan)
            wanted[name] = np.fmin(wanted[name], sharp)
    where = np.flatnonzero(usable if evidence.settings.certify else usable & (asked > 0))
    if not len(where):
        return None
    if not evidence.settings.certify:
        entries = sum(each.values[0].size for each in gradients.values())
        where = where[np.argsort(-asked[where], kind="stable")][: max(1, CERTIFIED_ENTRIES // entries)]
    witness = Witness(evidence.outputs, evidence.exercise.parameter_names, evidence.points, evidence.settings.seed)
    return witness.testify(where.tolist(), wanted)


def _witnessed(name: str, comparison: Comparison, testimony: Testimony) -> Comparison:
    """A comparison again, with what the definition says in place of what the closed form got wrong, or couldn't say."""
    answered = [place[1:] for place in testimony.answers if place[0] == name]
    again = replace(comparison, confirmed=testimony.confirmed)
    if answered:
        reference = testimony.corrected(name, comparison.reference)
        allowed = np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape).copy()
        format_ = comparison.tolerance.precision
        for place in answered:
            least = CLOSE * format_.unit_roundoff * abs(reference.high[place]) + 2 * format_.smallest_subnormal
            allowed[place] = max(allowed[place], least) if np.isfinite(allowed[place]) else least
        fresh = compare(comparison.values, reference, Tolerance(allowed, format_, comparison.tolerance.derived))
        outcomes, chosen = comparison.outcomes.copy(), tuple(np.array(answered).T)
        outcomes[chosen] = fresh.outcomes[chosen]
        again = replace(fresh, outcomes=outcomes, confirmed=testimony.confirmed)
        again = replace(again, refuted=testimony.marks(name, comparison.values.shape))
    open_ = testimony.open_entries(name, comparison.values.shape) & (again.outcomes == Outcome.WRONG)
    return replace(again, outcomes=np.where(open_, Outcome.UNDECIDED, again.outcomes)) if open_.any() else again


def _on_a_kink(
    evidence: Evidence, point: int, gradients: Mapping[str, Comparison], slack: list[Values]
) -> dict[str, Comparison]:
    """The comparisons with a point on a kink judged.

    Where nobody asked about it, a program that has the closed form's own conventions agrees with it: where kinks cancel, they
    add up to what is no slope of the loss, on both roads. Anything else is looked for in the convex hull of limiting gradients.
    """
    slack = [np.where(np.isfinite(s), s, 0.0) for s in slack]
    usual = [closed[point] for closed in evidence.closed_form[1:]]
    least = HULL_ROUNDINGS * evidence.precision.unit_roundoff
    near = []
    with np.errstate(all="ignore"):
        for each, convention, most in zip(gradients.values(), usual, slack, strict=True):
            near.append((np.abs(each.values[point] - convention) <= most + least * np.abs(convention)).ravel())
    usually = np.concatenate(near)
    if point < evidence.points.given or not usually.all():
        return _in_hull(evidence, point, gradients, slack, usually)
    agrees = {}
    for (name, each), convention, most in zip(gradients.items(), usual, slack, strict=True):
        changed = _changed(each, point, np.full(convention.shape, Outcome.AGREE), convention, most)
        certified = each.reference.certified  # no limiting gradient was enclosed: what was certified before is, nothing else
        agrees[name] = replace(changed, reference=replace(changed.reference, certified=certified))
    return agrees


def _in_hull(
    evidence: Evidence, point: int, gradients: Mapping[str, Comparison], slack: list[Values], usually: Values
) -> dict[str, Comparison]:
    """The comparisons with a point on a kink judged by the convex hull of its limiting gradients.

    At a special point a subgradient agrees: a kink speaks for an exercise where its author asked about it. There the entries
    that are `usually`, (entries,), what the closed form takes by convention agree, too.
    """
    given = point < evidence.points.given
    names = list(gradients)
    there = {n: a[0] for n, a in evidence.points.subset([point]).items()}
    formula = evidence.formula
    limits = Subdifferential(formula.forward, formula.program, names, there, evidence.settings.seed)
    if not limits.settled.any():
        return {name: _without_derivative(each, point) for name, each in gradients.items()}
    value = np.concatenate([each.values[point].ravel() for each in gradients.values()])
    most = np.concatenate([s.ravel() for s in slack])
    limits.reach(value, most)
    low, high = (np.where(limits.settled, end, np.nan) for end in (limits.gradients.min(axis=0), limits.gradients.max(axis=0)))
    most = most + HULL_ROUNDINGS * evidence.precision.unit_roundoff * np.maximum(np.abs(low), np.abs(high))
    varies = high - low > most
    with np.errstate(all="ignore"):
        within = (value >= low - most) & (value <= high + most)
    outside = Outcome.OUTSIDE if limits.known else Outcome.UNDECIDED  # there may be pieces that no direction found
    outcomes = np.where(within, np.where(varies, Outcome.KINK, Outcome.AGREE), outside)
    # of points that nobody asked about a nan is as good as no gradient
    outcomes = np.where(np.isfinite(value), outcomes, Outcome.WRONG if given else Outcome.UNDEFINED)
    outcomes = np.where(limits.settled, outcomes, Outcome.UNDEFINED)
    ends = np.cumsum([each.values[0].size for each in gradients.values()])
    parts = [slice(end - each.values[0].size, end) for end, each in zip(ends, gradients.values(), strict=True)]
    if limits.state == "bounded" and (outcomes[varies] == Outcome.KINK).all():
        _judge_hull(limits, value, most, varies, parts, outcomes)
    if not given:
        outcomes = np.where((outcomes == Outcome.OUTSIDE) & usually, Outcome.KINK, outcomes)
    if evidence.points.strata[point] in SPECIAL:
        outcomes = np.where(outcomes == Outcome.KINK, Outcome.AGREE, outcomes)
    bounds = np.where(varies, (low, high), np.nan)
    nearest = np.clip(value, low, high)
    every = zip(gradients.items(), parts, strict=True)
    return {
        n: _with_bounds(_changed(each, point, outcomes[p], nearest[p], most[p]), point, bounds[:, p]) for (n, each), p in every
    }


def _with_bounds(comparison: Comparison, point: int, ends: Values) -> Comparison:
    """A comparison with the bounds of a point's limiting gradients, (2, entries); nan where they are one."""
    places = [(point, *index) for index in np.ndindex(comparison.values[point].shape)]
    found = {p: (float(low), float(high)) for p, low, high in zip(places, *ends, strict=True) if np.isfinite(low)}
    return replace(comparison, bounds={**comparison.bounds, **found})


def _judge_hull(
    limits: Subdifferential, value: Values, most: Values, varies: Values, parts: list[slice], outcomes: Values
) -> None:
    """Writes outcomes of entries that each lie within their bounds: all together they may lie outside of the hull."""
    inside = limits.holds(value, most, varies)
    if inside:
        return
    own = [np.isin(np.arange(len(value)), np.arange(part.start, part.stop)) & varies for part in parts]
    alone = [limits.holds(value, most, mask) if mask.any() else True for mask in own]
    for mask, holds in zip(own, alone, strict=True):
        if holds is False or (inside is False and False not in alone):
            outcomes[mask] = Outcome.OUTSIDE
        elif holds is None or inside is None:
            outcomes[mask] = Outcome.UNDECIDED


def _without_derivative(comparison: Comparison, point: int) -> Comparison:
    nothing = np.full(comparison.values[0].shape, np.nan)
    return _changed(comparison, point, np.full(nothing.shape, Outcome.UNDEFINED), nothing, nothing)


def _changed(comparison: Comparison, point: int, outcomes: Values, nearest: Values, allowed: Values) -> Comparison:
    """A comparison with other outcomes, references and allowed differences at one point."""
    reference, tolerance = comparison.reference, comparison.tolerance
    high, low, radius, certified = (a.copy() for a in (reference.high, reference.low, reference.radius, reference.certified))
    found, limit = comparison.outcomes.copy(), np.broadcast_to(tolerance.allowed, high.shape).copy()
    absolute = comparison.absolute.copy()
    outcomes, nearest, allowed = (np.reshape(array, high[point].shape) for array in (outcomes, nearest, allowed))
    found[point], high[point], low[point], radius[point], limit[point] = outcomes, nearest, 0.0, 0.0, allowed
    absolute[point], certified[point] = np.abs(comparison.values[point] - nearest), True
    return replace(
        comparison,
        reference=Reference(high, low, radius, certified),
        tolerance=Tolerance(limit, tolerance.precision, tolerance.derived),
        outcomes=found,
        absolute=absolute,
    )
