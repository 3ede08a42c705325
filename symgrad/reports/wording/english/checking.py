"""What is said of a check: verdicts, findings, hints, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from symgrad.reports.wording.english.phrases import controls, hinted, listed, several
from symgrad.reports.wording.language import Words
from symgrad.reports.wording.values import point_text, short

EXPLAINED = {
    "autograd_wrong": "autograd is wrong",
    "both_wrong": "autograd and the hand-derived gradient are both wrong",
    "closed_form_wrong": "the closed form is wrong: the definition of the derivative contradicts it",
    "not_a_subgradient": "not a subgradient: no mixture of the slopes around this kink gives all of autograd's values at once",
    "losses_differ": "the losses differ, so these are two different functions",
    "undecided": "not decided",
    "undefined": "undefined (nan, infinite, or outside the domain of the loss)",
    "vacuous": "the gradient is zero at every point, so nothing was tested; give it points where it isn't",
    "blind": "blind: a gradient with the wrong sign, twice as large, or 0 would pass",
    "inaccurate": "autograd is inaccurate: the program loses digits that the formula keeps",
}
"""What a reason says of a gradient."""
BLIND = "a wrong gradient could pass there"


def _explained(gradient: str, reason: str, hints: Sequence[str], step: int | None = None) -> str:
    from_ = "" if step is None else f" from step {step} on"
    return f"{gradient}: {EXPLAINED.get(reason, _reason(reason))}{from_}" + (f" ({'; '.join(hints)})" if hints else "")


def _number(factor: str | float) -> str:
    return factor if isinstance(factor, str) else f"{factor:.6g}"


def _times(factor: str | float, name: str) -> str:
    """A factor before a name: nothing for 1, a sign for −1."""
    return name if factor == "1" else f"−{name}" if factor == "-1" else f"{_number(factor)} {name}".replace("-", "−")


def _overflows(use: str, format: str, largest: float, wider: bool) -> str:
    instead = "; a wider --dtype reaches further, a narrower domain keeps it smaller" if wider else ""
    return f"{use} overflows in {format}, whose largest number is {largest:.5g}{instead}"


def _no_point_in_format(dtype: str, largest: float, what: str | None) -> str:
    leaves = f"{what} leaves" if what else "what it is made of leaves"
    return (
        f"no point was found: wherever it was looked at, {leaves} the range of {dtype}, whose largest number is {largest:.5g};"
        " check in a wider --dtype, or give a narrower domain, or points in at"
    )


def _losses_differ(autograd: float, reference: str, difference: float, point: Mapping[str, Any], why: str) -> str:
    found = f"PyTorch has {autograd:.10g}, the SymPy loss is {short(reference)}, {difference:.3g} apart"
    return f"the losses differ: {found} at {point_text(point)}: {why}"


def _loss_undefined(autograd: float, reference: str, point: Mapping[str, Any], why: str | None = None) -> str:
    found = f"the loss is undefined at {point_text(point)}: PyTorch has {autograd:g}, the SymPy loss {reference}"
    return f"{found}; {why}" if why else found


def _hand_wrong(parameter: str, index: Sequence[int], found: str, right: str, point: Mapping[str, Any]) -> str:
    place = f"[{index[0]}, {index[1]}]"
    return f"the hand-derived dL/d{parameter} is wrong: {place} is {found}, the gradient has {right}, at {point_text(point)}"


def _published_differs(
    name: str, index: Sequence[int], figure: str, value: str, difference: float, allowed: float, half: float, dtype: str
) -> str:
    return (
        f"published {name}[{index[0]}, {index[1]}] is {figure}, the value is {value}: {difference:.3g} apart, allowed"
        f" {allowed:.3g} (half a unit of the last digit, {half:.1g}, and rounding in {dtype})"
    )


def _moved_by(step: int, parameter: str, index: Sequence[int], moved: float, expected: float, turned: bool) -> str:
    hint = " (the sign is wrong)" if turned else ""
    place = f"{parameter}[{index[0]}, {index[1]}]"
    return f"step {step} moved {place} by {moved:.6g}; −rate·gradient is {expected:.6g}{hint}"


def _convention(where: str, gradient: str, index: Sequence[int] | None, value: float, low: float, high: float) -> str:
    entry = "" if index is None else f"[{index[0]}, {index[1]}]"
    return f"{where}: for {gradient}{entry} PyTorch takes {value:.10g}; the subdifferential is [{low:.10g}, {high:.10g}]"


SUMS = {
    "projection": "the projection on the gradient",
    "whole": "the sum of all entries",
    "rows": "sums of rows",
    "columns": "sums of columns",
    "projected_rows": "projections of rows",
    "projected_columns": "projections of columns",
}
"""What sums of entries are called."""
STRATA = {
    "given": ("given", "given"),
    "generic": ("generic", "generic"),
    "short": ("short", "short"),
    "near_edge": ("near an edge", "near edges"),
    "exact_zero": ("exact zero", "exact zeros"),
    "tie": ("exact tie", "exact ties"),
    "end": ("end of a domain", "ends of domains"),
    "far": ("far out", "far out"),
    "expanded": ("expanded adjoint", "expanded adjoints"),
    "on_a_kink": ("on a kink", "on kinks"),
    "along_axes": ("along an axis", "along axes"),
}
"""Kinds of points, of one and of many."""


def _strata(strata: Mapping[str, int]) -> str:
    return ", ".join(f"{strata[kind]} {words[strata[kind] > 1]}" for kind, words in STRATA.items() if strata.get(kind))


def _entry(name: str, index: Sequence[int] | None) -> str:
    return name if index is None else f"{name}[{index[0]}, {index[1]}]"


def _kinked(
    relation: str,
    symbol: str,
    at: Sequence[int] | None,
    where: float,
    gradient: str,
    index: Sequence[int] | None,
    value: float,
    reference: str,
) -> str:
    found = f"the program has a kink at {_entry(symbol, at)} = {where:.17g} that {relation}"
    return f"{found}: for {_entry(gradient, index)} PyTorch takes {value:.10g} there, the slope is {short(reference)}"


HEADINGS = {"closed_form": "closed form", "ulps_allowed": "allowed"}
"""Headings that aren't what they are called in code."""


def _summary(
    exercises: int,
    verdicts: Mapping[str, int],
    entries: int,
    dtype: str,
    via: str | None,
    device: str | None,
    certified: int,
) -> str:
    how = dtype + (f" via {via}" if via else "") + (f" on {device}" if device else "")
    counted = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()) or "none"
    return f"{several(exercises, 'exercise')}: {counted}; {entries} entries compared in {how}, {certified} certified"


def _heading(of: str) -> str:
    return HEADINGS.get(of, of)


def _reason(reason: str) -> str:
    return "ill-conditioned" if reason == "ill_conditioned" else reason.replace("_", " ")


WORDS: Words = {
    # how check is called
    "check_takes_an_exercise": "check takes an Exercise, found {found}; check_paths takes files and folders",
    "check_has_no_option": lambda name, closest: f"check has no option '{name}'{hinted(closest)}",
    "setting_is_no_number": "{name} is {value}; accepted: a number, 0 or more",
    "no_way": lambda value, closest, names: f"via is {value}{hinted(closest)}; accepted: {listed(names)}",
    "no_order": "order is {value}; accepted: 1, or 2 for second derivatives too",
    "not_twice": lambda via, names: f"PyTorch takes no second derivative via {via}; accepted with order=2: {listed(names)}",
    "no_result_called": lambda name, closest, names: (
        f"no exercise is called '{name}'{hinted(closest) or '.'} There are {listed(names)}"
    ),
    "several_called": lambda name, count, paths: (
        f"{count} exercises are called '{name}', in {listed(paths)}; `results` has them in order"
    ),
    # what couldn't be judged
    "tool_failed": "symgrad itself failed: {type}: {said}",
    "no_points_asked": "no points: the exercise gives none in at, and 0 were to be sampled",
    "no_point_in_format": _no_point_in_format,
    "no_point_found": (
        "no point was found at which loss and gradients are defined and not on a kink; give points in at, or a domain"
    ),
    # what is wrong
    "losses_differ": _losses_differ,
    "pytorch_is_inaccurate": "PyTorch's own operations are that inaccurate here",
    "another_loss_each_time": (
        "it gives another loss when it is called again: is something random (dropout), or kept from call to call?"
    ),
    "two_functions": "these are two different functions",
    "loss_times": lambda factor: f"PyTorch's is {_number(factor)} times the SymPy loss (a mean for a total?)",
    "loss_inaccurate": "{relative:.1g} relative, more than rounding in {dtype} explains",
    "loss_undefined": _loss_undefined,
    "gradient_wrong": _explained,
    "gradient_wrong_from": _explained,
    # what the program's operations show
    "operation_at": lambda operation, place: operation if place is None else f"{operation} ({place})",
    "overflows": _overflows,
    "short_format": ("{relative:.1g} relative: {use} has it computed in {format}; in {dtype} throughout, the program is right"),
    "short_numbers": "{relative:.1g} relative, as roundings of the numbers in {format} are that {use} takes",
    "stretches": lambda use, shapes, result: (
        f"{use} stretches {' and '.join(map(str, map(tuple, shapes)))} to {tuple(result)}, which the formula doesn't"
    ),
    "single_class": lambda use, shape: f"{use} is constant over the single class of shape {tuple(shape)}",
    # what an error looks like
    "not_as_declared": "it isn't the gradient that was declared",
    "not_finite": "autograd is not finite where the gradient is",
    "zero_everywhere": "autograd is zero everywhere: is the path to this parameter detached?",
    "autograd_transposed": "autograd is the transpose of the gradient",
    "inaccurate": "autograd is inaccurate: {relative:.2g} relative, more than rounding explains",
    "blind_rounding": (
        "at {tested} of {of} entries anything was tested, at the others rounding in {dtype} explains more than the gradient"
        " itself; try another format, other points, or a narrower domain"
    ),
    "blind_tolerance": lambda tested, of, dtype: (
        f"at {tested} of {of} entries anything was tested, at the others the tolerance given by hand allows more than the"
        " gradient itself"
    ),
    "sums_off": lambda factor, sums: (
        f"each entry lies within its rounding, but not all together: as a whole it is {factor:.4g} times the gradient;"
        f" too far off: {listed(SUMS.get(each, each) for each in sums)}"
    ),
    "off_by_noise": lambda relative, fixed: (
        f"it's off by {relative:.2g} of the largest entry, "
        + ("as it strays when its operations are rounded at random" if fixed else "by more here and less there, as rounding is")
    ),
    "some_wrong": "{count} of {of} entries are wrong, the first at [{index[0]}, {index[1]}]",
    "wrong_sign": "autograd has the wrong sign",
    "times_gradient": lambda factor: f"autograd is {_number(factor)} times the gradient",
    "adjoint_ignored": lambda factor: (
        f"autograd is {_number(factor)} times the gradient: its backward ignores the adjoint that comes in"
    ),
    "not_linear_in_adjoint": (
        "it's right for an adjoint of {right:g} of the loss and wrong for {wrong:g}: its backward isn't linear in the adjoint"
        " that comes in, or keeps something from its first call"
    ),
    "not_repeatable": "it says something else each time: is something random (dropout), or kept from call to call?",
    "adjoint_missing": "the factor {name} is missing: its backward ignores the adjoint that comes in",
    "autograd_lacks_factor": lambda factor, name: f"the factor {_times(factor, name)} is missing",
    "factor_too_many": lambda factor, name: f"there is a factor {_times(factor, name)} too many",
    "not_zeroed": "each is the sum of all gradients so far: the gradient isn't zeroed",
    # what else is claimed
    "hand_on_kinks": "hand-derived dL/d{parameter}: all points lie on kinks; give it others",
    "hand_unconfirmed": "hand-derived dL/d{parameter}: neither it nor the closed form could be confirmed",
    "hand_right": "the hand-derived dL/d{parameter} is right",
    "hand_wrong": _hand_wrong,
    "published_differs": _published_differs,
    "published_agrees": "published {name} agrees with the digits printed",
    # training
    "of_training": lambda name, said: f"training '{name}': {chr(10).join(said)}",
    "all_gradients_agree": "all gradients agree",
    "more_like_these": "and {count} more like these",
    "diverges": "training diverges: {parameter} leaves the range of {dtype} at step {step}",
    "moved_by": _moved_by,
    "at_epoch": "epoch {epoch}, sample {sample}: {said}",
    "of_prediction": "prediction {when} training: {said}",
    "loop_losses_differ": lambda step, loop, reference: (
        f"the losses differ: at step {step} the loop has {loop:.10g}, the SymPy loss is {short(reference)}"
    ),
    # remarks
    "few_points": "only {found} of {wanted} points to sample were found where loss and gradients are defined",
    "only_on_kinks": lambda count, operations: (
        f"the loss lies on a kink of {listed(operations)} wherever it was looked at: {several(count, 'point')} there, as a"
        f" last resort; give points in at, or a domain, where it doesn't"
    ),
    "own_kink": partial(_kinked, "the formula hasn't"),
    "other_kink": partial(_kinked, "isn't the formula's"),
    "special_points_refused": (
        "the program doesn't run at special points, so none were looked at; a domain says where it does: {said}"
    ),
    "no_such_point": "no point {point} to show: there are {count}, counted from 0",
    "closed_form_off": ("the closed form of {what} in float64 is off at {count} of {of} entries; the certified value speaks"),
    "rounding_explains_more": (
        f"{{what}}: at {{count}} of {{of}} entries rounding in {{dtype}} explains more than the gradient itself; {BLIND}"
    ),
    "zero_whatever": lambda what, rows: (
        f"{what} is zero whatever the inputs"
        + (f": it's added to what {listed(rows)} takes, which doesn't change by it" if rows else "")
    ),
    "program_noise": lambda what, relative, fixed: (
        f"{what}: the program loses digits that the formula keeps,"
        + (f" up to {relative:.2g} of the largest entry of a point;" if relative else " where all of it is 0;")
        + (
            " with its operations rounded at random it strays by as much"
            if fixed
            else " what it is off by changes from input to input, as rounding does"
        )
    ),
    "tolerance_allows_more": lambda what, count, of, dtype: (
        f"{what}: at {count} of {of} entries the tolerance given by hand allows more than the gradient itself; {BLIND}"
    ),
    "certified_sample": "{certified} of {entries} entries certified (a sample, and whatever was suspicious)",
    "on_a_kink": lambda point, operations: f"given point {point} lies on a kink of {listed(operations)}",
    "kink_convention": _convention,
    "no_gradient_at_kink": "{where}: the loss jumps there, or its slope has no bound; it has no gradient",
    "no_slope_at_kink": lambda where, gradients: f"{where}: the slope has no bound there, by {listed(gradients)}",
    "nan_at_point": lambda point, origin: f"given point {point}: PyTorch has nan; {origin or ''}",
    "of_second_derivative": "second derivative: {said}",
    "not_checked_declared": "not checked where a gradient is declared",
    "zero_on_both_roads": lambda parameters: f"zero at every point for {listed(parameters)}, on both roads",
    "hessian_products": "products of the {size}×{size} Hessian with one vector at each point",
    "whole_hessian": ("the whole {size}×{size} Hessian at the first point, products with one vector at each point"),
    # the report
    "verdict_of": "{verdict}: {reason}",
    "title": lambda verdict, reason, name, path: f"{verdict.upper()}: {reason}: {name}{f' ({path})' if path else ''}",
    "section": "{verdict}: {reason}: {name}",
    "check_report": "symgrad check",
    "no_format": lambda name, closest, names: f"no format '{name}'{hinted(closest)} It is one of {listed(names)}",
    "reason": _reason,
    "reason_of_some": lambda reason, count, of: _reason(reason) + (f" ({count} of {of})" if count else ""),
    "count_of": "{count} of {of}",
    "outcomes": lambda counts: ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in counts.items()),
    "heading": _heading,
    "column": _heading,
    "differences": "{absolute:.4g} absolute, {relative:.4g} relative, {ulps:.4g} ulps; allowed {allowed:.4g}",
    "rule_by_hand": "allowed = {atol:g} + {rtol:g}·|reference|, given by hand",
    "rule_derived": (
        "allowed = {safety:g} × what rounding explains in {dtype}, by the running error analysis of the closed form"
    ),
    "summary": _summary,
    "points_looked_at": lambda strata: f"points: {_strata(strata)}",
    "third_witness": "third witness: the definition of the derivative confirms {confirmed} of {entries} entries",
    "tolerance_is": "tolerance: {rule}",
    "every_entry": lambda name, points: f"{name}: every entry at point {listed(points)}",
    "caught": controls,
    "reason_explained": lambda reason: EXPLAINED.get(reason, _reason(reason)),
    "planted_missed": "planted errors missed",
    "errors_can_pass": "{caught} of {planted} planted errors were caught: errors can pass this check",
}
