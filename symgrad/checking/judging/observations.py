"""What a reader should know of how a result came about: remarks, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.chosen_points import out_of_range
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import Formula
from symgrad.checking.judging.comparison import Comparison, Outcome
from symgrad.checking.judging.gradients import own_kink
from symgrad.checking.results.results import label
from symgrad.truth.zero_everywhere import centred_by


def no_point(question: Question, formula: Formula) -> Message:
    """What is said where no point was found."""
    if question.wanted == 0:
        return message("no_points_asked")
    beyond = out_of_range(question, formula)
    if beyond is None:
        return message("no_point_found")
    names = [message("the_loss"), *(label(name, question.order) for name in question.exercise.parameter_names)]
    what = names[beyond[0]] if beyond else None
    return message("no_point_in_format", dtype=question.settings.dtype, largest=question.precision.largest, what=what)


def remarks(evidence: Evidence, loss: Comparison, gradients: Mapping[str, Comparison]) -> Iterator[Message]:
    """Everything that is worth a remark."""
    wanted, points = evidence.question.wanted, evidence.points
    sampled = sum(count for stratum, count in points.counted.items() if stratum in ("generic", "short"))
    if "on_a_kink" in points.strata:
        operations = sorted({o for point in evidence.kinks for o in evidence.kinks[point]})
        yield message("only_on_kinks", count=points.strata.count("on_a_kink"), operations=operations)
    elif sampled < wanted:
        yield message("few_points", found=sampled, wanted=wanted)
    if evidence.settings.entries_at is not None and evidence.settings.entries_at >= len(points):
        yield message("no_such_point", point=evidence.settings.entries_at, count=len(points))
    yield from evidence.framework.values.remarks
    if evidence.refused is not None:
        yield message("special_points_refused", said=evidence.refused)
    yield from conventions(evidence, gradients)
    yield from _zero(evidence, gradients)
    yield from _of_the_program(evidence, gradients)
    order = evidence.question.order
    labels = ["loss" if order == 1 else "v·∇L", *(label(name, order) for name in gradients)]
    yield from _inaccurate_closed_forms(evidence, labels, [loss, *gradients.values()])
    for what, comparison in zip(labels, [loss, *gradients.values()], strict=True):
        if comparison.noise is not None and not comparison.noise.lost:
            yield message("program_noise", what=what, relative=comparison.noise.of_point, fixed=comparison.noise.fixed)
    for what, comparison in zip(labels[1:], gradients.values(), strict=True):
        yield from _blind(what, comparison, evidence.settings.dtype)
    certified = sum(int(c.reference.certified.sum()) * c.values.shape[2] for c in gradients.values())
    entries = sum(c.values.size for c in gradients.values())
    if certified < entries:
        yield message("certified_sample", certified=certified, entries=entries)


def _of_the_program(evidence: Evidence, gradients: Mapping[str, Comparison]) -> Iterator[Message]:
    """Kinks of the program where the formula has none, at sampled points."""
    for name, each in gradients.items():
        for place in [place for place in each.own_kinks if place[0] >= evidence.points.given][:1]:
            yield own_kink(evidence, name, place, each)


def _inaccurate_closed_forms(evidence: Evidence, labels: Sequence[str], comparisons: Sequence[Comparison]) -> Iterator[Message]:
    """Where the closed form in float64 strays from the certified value by more than is allowed."""
    on_a_kink = np.isin(np.arange(len(evidence.points)), list(evidence.kinks))[:, None, None]
    for what, comparison, plain in zip(labels, comparisons, evidence.closed_form, strict=True):
        closed = plain if comparison.stated is None else comparison.stated
        reference = comparison.reference
        chosen = reference.certified[..., 0]
        truth, allowed = reference.high[chosen], np.broadcast_to(comparison.tolerance.allowed, closed.shape)[chosen]
        with np.errstate(all="ignore"):
            near = np.abs(closed[chosen] - truth) <= allowed
        off = np.isfinite(truth) & ~near & ~np.broadcast_to(on_a_kink, closed.shape)[chosen]
        if off.any():
            yield message("closed_form_off", what=what, count=int(off.sum()), of=int(off.size))


def _blind(what: str, comparison: Comparison, dtype: str) -> Iterator[Message]:
    """Of a gradient that passes: where more is allowed than the gradient itself, at most entries."""
    if comparison.worst_outcome > Outcome.ILL_CONDITIONED or comparison.is_blind:
        return
    entries = comparison.values.size
    blind = int(np.count_nonzero(~comparison.tested & (comparison.reference.high != 0)))
    if 2 * blind > entries:
        code = "rounding_explains_more" if comparison.tolerance.derived else "tolerance_allows_more"
        yield message(code, what=what, count=blind, of=entries, dtype=dtype)


def _zero(evidence: Evidence, gradients: Mapping[str, Comparison]) -> Iterator[Message]:
    """Of gradients that are zero: that they are so everywhere, and why."""
    for name, each in gradients.items() if evidence.question.order == 1 else ():
        if each.is_zero and name in evidence.zero_everywhere:
            rows = centred_by(evidence.exercise.graph, name)
            yield message("zero_whatever", what=label(name), rows=rows)


def conventions(evidence: Evidence, gradients: Mapping[str, Comparison]) -> Iterator[Message]:
    """What PyTorch takes for a gradient at given points on a kink; the first entry of a gradient speaks for it."""
    order = evidence.question.order
    for point, operations in evidence.kinks.items():
        if point >= evidence.points.given:
            continue
        where = message("on_a_kink", point=point, operations=operations)
        for name, each in gradients.items():
            places = [place for place in each.bounds if place[0] == point and each.outcomes[place] == Outcome.KINK]
            if places:
                (low, high), (_, row, column) = each.bounds[places[0]], places[0]
                yield message(
                    "kink_convention",
                    where=where,
                    gradient=label(name, order),
                    index=(row, column) if each.values[0].size > 1 else None,
                    value=float(each.values[places[0]]) + 0.0,
                    low=low,
                    high=high,
                )
        undefined = [n for n, each in gradients.items() if (each.outcomes[point] == Outcome.UNDEFINED).any()]
        whole = all((each.outcomes[point] == Outcome.UNDEFINED).all() for each in gradients.values())
        if undefined and not whole:  # what else there is was judged
            yield message("no_slope_at_kink", where=where, gradients=[label(name, order) for name in undefined])
        if whole:
            yield message("no_gradient_at_kink", where=where)
            if any(np.isnan(each.values[point]).any() for each in gradients.values()):
                yield message("nan_at_point", point=point, origin=evidence.framework.origin(point))
