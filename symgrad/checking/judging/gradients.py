"""Judging: comparisons become gradient results, the worst entry is picked, a reason speaks for the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.evidence.symbolic_side import quantities
from symgrad.checking.judging import error_patterns
from symgrad.checking.judging.comparison import Comparison, Outcome, Place, compare
from symgrad.checking.judging.declared_gradients import aside, declared, differs, text
from symgrad.checking.judging.disputes_and_kinks import at_signed_zeros, settled
from symgrad.checking.judging.program_causes import cause, short_format
from symgrad.checking.judging.program_noise import excused
from symgrad.checking.judging.second_run import why, worse
from symgrad.checking.judging.sums import summed
from symgrad.checking.judging.surroundings import surrounded
from symgrad.checking.results.reasons import REASONS, most_severe
from symgrad.checking.results.results import Entry, Finding, GradientResult, PointValues, label
from symgrad.checking.second_order import direction
from symgrad.truth.certified_digits import digits

REASON = {
    Outcome.AGREE: "agree",
    Outcome.ILL_CONDITIONED: "ill_conditioned",
    Outcome.KINK: "kink",
    Outcome.UNDECIDED: "undecided",
    Outcome.UNDEFINED: "undefined",
    Outcome.OUTSIDE: "not_a_subgradient",
    Outcome.WRONG: "autograd_wrong",
}
OF_LOSS = {Outcome.WRONG: "losses_differ", Outcome.UNDEFINED: "undefined", Outcome.UNDECIDED: "undecided"}
"""What is found of the loss itself, where that isn't that it agrees."""


def compared(evidence: Evidence) -> tuple[Comparison, dict[str, Comparison]]:
    """The loss, and every gradient by parameter, against the reference."""
    (loss, *values), (truth, *references), (limit, *tolerances) = evidence.said, evidence.references, evidence.tolerances
    of_loss = at_signed_zeros(evidence, compare(loss, truth, limit))
    nowhere, exercise = of_loss.outcomes == Outcome.UNDEFINED, evidence.exercise
    found = {}
    for name, value, reference, tolerance in zip(exercise.parameter_names, values, references, tolerances, strict=True):
        found[name] = worse(evidence, name, compare(value, reference, tolerance, undefined=nowhere), nowhere)
    decided = settled(evidence, of_loss, aside(found, exercise.expected_gradient)) | declared(evidence, found, nowhere)
    of_loss, judged = surrounded(evidence, of_loss, decided)
    explained = excused(evidence, {"": of_loss, **judged})
    of_loss = explained.pop("")
    return of_loss, summed(evidence, explained)


def telling_nothing(evidence: Evidence, loss: Comparison, gradients: Mapping[str, Comparison]) -> list[int]:
    """Special points that weren't asked for and can't be judged, in loss or gradients."""
    open_ = np.zeros(len(evidence.points), bool)
    for each in (loss, *gradients.values()):
        open_ |= np.isin(each.outcomes, (Outcome.UNDECIDED, Outcome.UNDEFINED)).any(axis=(1, 2))
    return [int(k) for k in np.flatnonzero(open_ & evidence.points.special)]


def gradient(
    evidence: Evidence, name: str, comparison: Comparison, loss: Comparison, findings: Sequence[Finding]
) -> GradientResult:
    """What there is to say of one parameter's gradient."""
    exercise, reason = evidence.exercise, reason_of(evidence, name, comparison, loss, findings)
    graph, index = exercise.expected_gradient.get(name), 1 + exercise.parameter_names.index(name)
    rows, columns = exercise.inputs[name].shape
    outcomes = {outcome: int(np.count_nonzero(comparison.outcomes == outcome)) for outcome in Outcome}
    return GradientResult(
        parameter=name,
        shape=(rows, columns),
        reason=reason,
        closed_form=evidence.symbolic.texts[name] if graph is None else text(name, graph),
        entries=rows * columns,
        points=len(evidence.points),
        certified=int(comparison.reference.certified.sum()) * columns,
        confirmed=0 if comparison.confirmed is None else int(comparison.confirmed.sum()) * rows * columns,
        counts={REASON[o]: count for o, count in outcomes.items() if count},
        worst=entry(evidence, index, comparison),
        hints=tuple(hints(evidence, name, comparison, reason)),
        order=evidence.question.order,
        declared=graph is not None,
        tested=int(np.count_nonzero(comparison.tested)),
        values=at_one_point(evidence, index, comparison),
    )


def reason_of(evidence: Evidence, name: str, comparison: Comparison, loss: Comparison, findings: Sequence[Finding]) -> str:
    """The reason of one gradient."""
    reason = REASON[comparison.worst_outcome]
    by_hand = any(f.subject == name and f.reason == "closed_form_wrong" for f in findings)
    if comparison.refuted is not None:
        wrong = comparison.outcomes[comparison.refuted] == Outcome.WRONG
        reason = "both_wrong" if wrong.any() else "closed_form_wrong"
    elif reason == "autograd_wrong" and comparison.noise is not None:
        reason = "inaccurate"
    elif reason == "autograd_wrong":
        reason = "losses_differ" if loss.worst_outcome == Outcome.WRONG else "both_wrong" if by_hand else reason
    elif comparison.sums is not None and comparison.sums.off:
        reason = "losses_differ" if loss.worst_outcome == Outcome.WRONG else "autograd_wrong"
    elif comparison.is_zero:
        first = evidence.question.order == 1  # of a second derivative zeros are no surprise
        reason = "agree" if first and name in evidence.zero_everywhere else "vacuous"
    elif comparison.is_blind:
        reason = "blind"
    passes = REASONS[reason] == "pass" or reason in ("vacuous", "blind")
    if name in evidence.exercise.expected_gradient and passes and reason != "blind" and differs(evidence, name, comparison):
        reason = "declared"
    return reason


def hints(evidence: Evidence, name: str, comparison: Comparison, reason: str) -> list[Message]:
    """What the error looks like; of a nan or an infinity, where it comes from; of a check that is blind, how far."""
    if reason == "blind":
        tested, entries = int(np.count_nonzero(comparison.tested)), comparison.values.size
        code = "blind_rounding" if comparison.tolerance.derived else "blind_tolerance"
        return [message(code, tested=tested, of=entries, dtype=evidence.settings.dtype)]
    if reason == "inaccurate" and comparison.noise is not None:
        because = short_format(evidence, comparison, name)
        off = message("off_by_noise", relative=comparison.noise.relative, fixed=comparison.noise.fixed)
        return [off, *([because] if because else [])]
    if reason not in ("autograd_wrong", "both_wrong"):
        return []
    if comparison.sums is not None and comparison.sums.off and comparison.worst_outcome < Outcome.WRONG:
        return [message("sums_off", factor=comparison.sums.factor, sums=list(comparison.sums.off))]
    lie = None if comparison.stated is None else message("not_as_declared")
    found = cause(evidence, comparison, name) or error_patterns.hint(
        comparison, lambda: quantities(evidence.formula, evidence.points)
    )
    lost = ~np.isfinite(comparison.values) & (comparison.outcomes == Outcome.WRONG)
    own = next((own_kink(evidence, name, place, comparison) for place in comparison.own_kinks), None)
    origin = evidence.framework.origin(int(np.argwhere(lost)[0][0])) if lost.any() else None
    again = why(evidence, comparison) if comparison.second and (comparison.outcomes == Outcome.WRONG).any() else None
    return [part for part in (lie, own or found, again, origin) if part is not None]


def own_kink(evidence: Evidence, name: str, place: Place, comparison: Comparison) -> Message:
    """A kink of the program where the formula has none, or another one: at which value, and what both say of the gradient.

    The value is that of the entry itself, unless another one is 0 and it isn't.
    """
    point, row, column = place
    values = evidence.points.at(point)
    zeros = [(n, int(i), int(j)) for n, a in values.items() for i, j in np.argwhere(a == 0)]
    symbol, i, j = (name, row, column) if not zeros or values[name][row, column] == 0 else zeros[0]
    return message(
        "other_kink" if place in comparison.bounds else "own_kink",
        symbol=symbol,
        at=(i, j) if values[symbol].size > 1 else None,
        where=float(values[symbol][i, j]),
        gradient=label(name, evidence.question.order),
        index=(row, column) if comparison.values[0].size > 1 else None,
        value=float(comparison.values[place]) + 0.0,
        reference=reference(comparison, place),
    )


def entry(evidence: Evidence, index: int, comparison: Comparison) -> Entry:
    """The worst entry of the comparison of one output (the loss is the first), with its point."""
    place, closed = comparison.worst, _closed(evidence, index, comparison)
    point, directions = evidence.points.at(place[0]), evidence.question.directions
    return Entry(
        index=place[1:],
        point={n: a.tolist() for n, a in point.items()},
        closed_form=float(closed[place]) + 0.0,
        autograd=float(comparison.values[place]) + 0.0,  # an adjoint below 0 leaves −0
        reference=reference(comparison, place),
        absolute=float(comparison.absolute[place]),
        relative=comparison.relative(place),
        ulps=comparison.ulps(place),
        allowed=float(np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape)[place]),
        along=direction(point, directions) if directions else "",
        ulps_allowed=comparison.ulps_allowed(place),
    )


def reference(comparison: Comparison, place: Place) -> str:
    """What is true of an entry: its certain digits, or the subdifferential where it lies on a kink."""
    if place in comparison.bounds:
        low, high = comparison.bounds[place]
        return f"[{low:.10g}, {high:.10g}]"
    truth = comparison.reference
    return digits(truth.high[place], truth.low[place], truth.radius[place])


def at_one_point(evidence: Evidence, index: int, comparison: Comparison) -> PointValues | None:
    """Every entry at the point that the settings name, or at that of the worst entry; None where there is no such point."""
    asked, closed = evidence.settings.entries_at, _closed(evidence, index, comparison)
    point = comparison.worst[0] if asked is None else asked
    if point >= len(evidence.points):
        return None
    truth, shape = comparison.reference, comparison.values.shape
    allowed = np.broadcast_to(comparison.tolerance.allowed, shape)[point]
    high = truth.high[point]
    with np.errstate(all="ignore"):
        ulps = comparison.absolute[point] / comparison.ulp(high)
    return PointValues(
        point=point,
        closed_form=closed[point].copy(),
        autograd=comparison.values[point].copy(),
        certified=(high.copy(), truth.low[point].copy(), truth.radius[point].copy()),
        bounds={place[1:]: ends for place, ends in comparison.bounds.items() if place[0] == point},
        ulps=ulps,
        allowed=allowed.copy(),
        reasons=np.array([REASON[o] for o in Outcome])[comparison.outcomes[point].astype(int)],
    )


def _closed(evidence: Evidence, index: int, comparison: Comparison) -> Any:
    """The closed form of an output in float64: the derivation's, or what an author declares."""
    return evidence.closed_form[index] if comparison.stated is None else comparison.stated


def verdict(loss: Comparison, rows: Sequence[GradientResult], findings: Sequence[Finding]) -> str:
    """The reason that speaks for the whole exercise."""
    return most_severe([loss_reason(loss), *(row.reason for row in rows), *(finding.reason for finding in findings)])


def loss_reason(loss: Comparison) -> str:
    """The reason of the loss itself."""
    if loss.worst_outcome == Outcome.WRONG and loss.noise is not None:
        return "inaccurate"
    return OF_LOSS.get(loss.worst_outcome, "agree")
