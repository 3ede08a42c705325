"""Judging: comparisons become gradient results, the worst entry is picked, planted errors are counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symgrad.checking.evidence.evidence import Roads
from symgrad.checking.judging import error_patterns
from symgrad.checking.judging.comparison import Comparison, Outcome, compare
from symgrad.checking.judging.declared_gradients import aside, declared, differs, text
from symgrad.checking.judging.disputes_and_kinks import settled
from symgrad.checking.results.reasons import REASONS, most_severe
from symgrad.checking.results.results import Entry, Finding, GradientResult
from symgrad.checking.second_order import direction
from symgrad.reports.wording import sentences

REASON = {
    Outcome.AGREE: "agree",
    Outcome.ILL_CONDITIONED: "ill_conditioned",
    Outcome.KINK: "kink",
    Outcome.UNDECIDED: "undecided",
    Outcome.UNDEFINED: "undefined",
    Outcome.OUTSIDE: "not_a_subgradient",
    Outcome.WRONG: "autograd_wrong",
}


def compared(roads: Roads) -> tuple[Comparison, dict[str, Comparison]]:
    """The loss, and every gradient by parameter, against the reference."""
    (loss, *values), (truth, *references), (limit, *tolerances) = roads.autograd, roads.references, roads.tolerances
    of_loss = compare(loss, truth, limit)
    nowhere = of_loss.outcomes == Outcome.UNDEFINED
    found = {}
    for name, value, reference, tolerance in zip(roads.exercise.parameter_names, values, references, tolerances, strict=True):
        found[name] = compare(value, reference, tolerance, undefined=nowhere)
    return of_loss, settled(roads, of_loss, aside(found, roads.exercise.expected_gradient)) | declared(roads, found, nowhere)


def gradient(roads: Roads, name: str, comparison: Comparison, loss: Comparison, findings: Sequence[Finding]) -> GradientResult:
    """What there is to say of one parameter's gradient."""
    reason = REASON[comparison.worst_outcome]
    by_hand = any(f.subject == name and f.reason == "closed_form_wrong" for f in findings)
    if comparison.refuted is not None:
        wrong = comparison.outcomes[comparison.refuted] == Outcome.WRONG
        reason = "both_wrong" if wrong.any() else "closed_form_wrong"
    elif reason == "autograd_wrong":
        reason = "losses_differ" if loss.worst_outcome == Outcome.WRONG else "both_wrong" if by_hand else reason
    elif comparison.is_zero:
        reason = "vacuous"
    graph = roads.exercise.expected_gradient.get(name)
    if graph is not None and (REASONS[reason] == "pass" or reason == "vacuous") and differs(roads, name, comparison):
        reason = "declared"
    rows, columns = roads.exercise.inputs[name].shape
    outcomes = {outcome: int(np.count_nonzero(comparison.outcomes == outcome)) for outcome in Outcome}
    return GradientResult(
        parameter=name,
        shape=(rows, columns),
        reason=reason,
        closed_form=roads.closed_form_texts[name] if graph is None else text(name, graph),
        entries=rows * columns,
        points=len(roads.points),
        certified=int(comparison.reference.certified.sum()) * columns,
        confirmed=0 if comparison.confirmed is None else int(comparison.confirmed.sum()) * rows * columns,
        counts={REASON[o]: count for o, count in outcomes.items() if count},
        worst=entry(roads, 1 + roads.exercise.parameter_names.index(name), comparison),
        hint=_hint(roads, comparison) if reason in ("autograd_wrong", "both_wrong") else "",
        order=2 if roads.directions else 1,
        declared=graph is not None,
    )


def _hint(roads: Roads, comparison: Comparison) -> str:
    """What the error looks like; of a nan, where it comes from."""
    lie = "" if comparison.stated is None else "it isn't the gradient that was declared"
    found = error_patterns.hint(comparison, roads.quantities)
    nan = np.isnan(comparison.values) & (comparison.outcomes == Outcome.WRONG)
    origin = roads.origin_of_nan(int(np.argwhere(nan)[0][0])) if nan.any() else ""
    return "; ".join(part for part in (lie, found, origin) if part)


def entry(roads: Roads, index: int, comparison: Comparison) -> Entry:
    """The worst entry of the comparison of one output (the loss is the first), with its point."""
    place, closed = comparison.worst, roads.closed_form[index] if comparison.stated is None else comparison.stated
    point = roads.points.at(place[0])
    return Entry(
        index=place[1:],
        point={n: a.tolist() for n, a in point.items()},
        closed_form=float(closed[place]) + 0.0,
        autograd=float(comparison.values[place]) + 0.0,  # an adjoint below 0 leaves −0
        reference=sentences.reference(comparison, place),
        absolute=float(comparison.absolute[place]),
        relative=comparison.relative(place),
        ulps=comparison.ulps(place),
        allowed=float(np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape)[place]),
        along=direction(point, roads.directions) if roads.directions else "",
    )


def verdict(loss: Comparison, rows: Sequence[GradientResult], findings: Sequence[Finding]) -> str:
    """The reason that speaks for the whole exercise."""
    of_loss = {Outcome.WRONG: "losses_differ", Outcome.UNDEFINED: "undefined"}.get(loss.worst_outcome, "agree")
    return most_severe([of_loss, *(row.reason for row in rows), *(finding.reason for finding in findings)])
