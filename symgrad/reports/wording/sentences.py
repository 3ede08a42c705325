"""Sentences about results: what failed, where, by how much, under which rule, and the command that repeats it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from symgrad.checking.evidence.evidence import Roads
from symgrad.checking.judging.comparison import Comparison, Outcome, Place
from symgrad.checking.results.results import CheckResult, label
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.reports.wording.values import decimal, point_text, short
from symgrad.truth.reference import SAFETY

BLIND = "a wrong gradient could pass there"
"""How a note ends that says of a pass that it proves little."""
EXPLAINED = {
    "autograd_wrong": "autograd is wrong",
    "both_wrong": "autograd and the hand-derived gradient are both wrong",
    "closed_form_wrong": "the closed form is wrong: the definition of the derivative contradicts it",
    "not_a_subgradient": "not a subgradient: no mixture of the slopes around this kink gives all of autograd's values at once",
    "losses_differ": "the losses differ, so these are two different functions",
    "undecided": "not decided",
    "undefined": "undefined (nan, infinite, or outside the domain of the loss)",
    "vacuous": "the gradient is zero at every point, so nothing was tested; give it points where it isn't",
}


def reference(comparison: Comparison, place: Place) -> str:
    """What is true of an entry: its certain digits, or the subdifferential where it lies on a kink."""
    if place in comparison.bounds:
        low, high = comparison.bounds[place]
        return f"[{low:.10g}, {high:.10g}]"
    truth = comparison.reference
    return decimal(truth.high[place], truth.low[place], truth.radius[place])


def no_point(roads: Roads) -> str:
    """The message where no point was found."""
    if roads.wanted == 0:
        return "no points: the exercise gives none in at, and 0 were to be sampled"
    return "no point was found at which loss and gradients are defined and not on a kink; give points in at, or a domain"


def notes(roads: Roads, comparisons: Sequence[Comparison]) -> Iterator[str]:
    """What a reader should know of how a result came about."""
    wanted = roads.wanted
    sampled = len(roads.points) - roads.points.given - roads.points.axes
    if sampled < wanted:
        yield f"only {sampled} of {wanted} points to sample were found where loss and gradients are defined"
    yield from roads.torch.remarks
    yield from conventions(roads, dict(zip(roads.exercise.parameter_names, comparisons[1:], strict=True)))
    order = 2 if roads.directions else 1
    labels = ["loss" if order == 1 else "v·∇L", *(label(name, order) for name in roads.exercise.parameter_names)]
    on_a_kink = np.isin(np.arange(len(roads.points)), list(roads.kinks))[:, None, None]
    for what, comparison, plain in zip(labels, comparisons, roads.closed_form, strict=True):
        closed = plain if comparison.stated is None else comparison.stated
        reference = comparison.reference
        chosen = reference.certified[..., 0]
        truth, allowed = reference.high[chosen], np.broadcast_to(comparison.tolerance.allowed, closed.shape)[chosen]
        with np.errstate(all="ignore"):
            off = (
                np.isfinite(truth)
                & ~(np.abs(closed[chosen] - truth) <= allowed)
                & ~np.broadcast_to(on_a_kink, closed.shape)[chosen]
            )
        if off.any():
            share = f"{int(off.sum())} of {off.size}"
            yield f"the closed form of {what} in float64 is off at {share} entries; the certified value speaks"
    for what, comparison in zip(labels[1:], comparisons[1:], strict=True):
        wide, entries = comparison.outcomes == Outcome.ILL_CONDITIONED, comparison.values.size
        derived = comparison.tolerance.derived
        if comparison.worst_outcome > Outcome.ILL_CONDITIONED or (derived and 2 * np.count_nonzero(wide) <= entries):
            continue
        size = np.abs(comparison.reference.high)
        blind = int(np.count_nonzero((comparison.tolerance.allowed >= size) & (size > 0)))
        if 2 * blind > entries:
            excuse = f"rounding in {roads.settings.dtype} explains" if derived else "the tolerance given by hand allows"
            yield (f"{what}: at {blind} of {entries} entries {excuse} more than the gradient itself; {BLIND}")
    certified = sum(int(c.reference.certified.sum()) * c.values.shape[2] for c in comparisons[1:])
    entries = sum(c.values.size for c in comparisons[1:])
    if certified < entries:
        yield f"{certified} of {entries} entries certified (a sample, and whatever was suspicious)"


def conventions(roads: Roads, gradients: Mapping[str, Comparison]) -> Iterator[str]:
    """What PyTorch takes for a gradient at given points on a kink, in words; the first entry of a gradient speaks for it."""
    order = 2 if roads.directions else 1
    for point, operations in roads.kinks.items():
        where = f"given point {point} lies on a kink of {', '.join(operations)}"
        for name, each in gradients.items():
            places = [place for place in each.bounds if place[0] == point and each.outcomes[place] == Outcome.KINK]
            if places:
                (low, high), (_, row, column) = each.bounds[places[0]], places[0]
                entry = f"[{row}, {column}]" if each.values[0].size > 1 else ""
                yield (
                    f"{where}: for {label(name, order)}{entry} PyTorch takes {each.values[places[0]] + 0.0:.10g};"
                    f" the subdifferential is [{low:.10g}, {high:.10g}]"
                )
        if all((each.outcomes[point] == Outcome.UNDEFINED).all() for each in gradients.values()):
            yield f"{where}: the loss jumps there, or its slope has no bound; it has no gradient"
            if any(np.isnan(each.values[point]).any() for each in gradients.values()):
                yield f"given point {point}: PyTorch has nan; {roads.origin_of_nan(point)}"


def with_message(result: CheckResult, *, compiled: bool = False, loss_hint: str = "") -> CheckResult:
    """The result with the message that a failure or an open question asks for; `compiled` where no program was given."""
    if result.passed:
        return result
    return replace(result, message="\n".join(_sentences(result, compiled, loss_hint)) or None)


def _sentences(result: CheckResult, compiled: bool, loss_hint: str) -> Iterator[str]:
    loss = result.loss
    if loss is not None and loss.absolute > loss.allowed:
        found = f"PyTorch has {loss.autograd:.10g}, the SymPy loss is {short(loss.reference)}, {loss.absolute:.3g} apart"
        why = (
            "PyTorch's own operations are that inaccurate here"
            if compiled
            else loss_hint or "these are two different functions"
        )
        yield f"the losses differ: {found} at {point_text(loss.point)}: {why}"
    for row in result.gradients:
        if row.verdict in ("fail", "inconclusive") and row.reason != "losses_differ":
            hint = f" ({row.hint})" if row.hint else ""
            yield f"{row.label}: {EXPLAINED[row.reason]}{hint}"
    if loss is not None and not math.isfinite(loss.absolute):
        values = f"PyTorch has {loss.autograd:g}, the SymPy loss {loss.reference}"
        yield f"the loss is undefined at {point_text(loss.point)}: {values}"
    for finding in result.findings:
        if finding.verdict != "pass":
            yield finding.text


def format_and_way(settings: Settings) -> str:
    """The format, and which way PyTorch took to the gradient on which device, where that isn't backward() on the CPU."""
    via = "" if settings.via == "backward" else f" via {WAYS[settings.via].calls}"
    return settings.dtype + via + ("" if settings.device == "cpu" else f" on {settings.device}")


def rule(settings: Settings) -> str:
    """The rule behind the allowed difference, in words."""
    if settings.rtol is not None or settings.atol is not None:
        return f"allowed = {settings.atol or 0:g} + {settings.rtol or 0:g}·|reference|, given by hand"
    explained = f"what rounding explains in {settings.dtype}, by the running error analysis of the closed form"
    return f"allowed = {SAFETY:g} × {explained}"
