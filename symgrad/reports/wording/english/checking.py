"""What is said of a check: verdicts, findings, hints, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.reports.wording.english.phrases import hinted, listed, several
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


def _inaccurate_loss(relative: float, dtype: str, like: str | None) -> str:
    more = f"; is something computed in {like}?" if like else ""
    return f"{relative:.1g} relative, more than rounding in {dtype} explains{more}"


def _losses_differ(autograd: float, reference: str, difference: float, point: Mapping[str, Any], why: str) -> str:
    found = f"PyTorch has {autograd:.10g}, the SymPy loss is {short(reference)}, {difference:.3g} apart"
    return f"the losses differ: {found} at {point_text(point)}: {why}"


def _loss_undefined(autograd: float, reference: str, point: Mapping[str, Any]) -> str:
    return f"the loss is undefined at {point_text(point)}: PyTorch has {autograd:g}, the SymPy loss {reference}"


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
    "loss_inaccurate": _inaccurate_loss,
    "loss_undefined": _loss_undefined,
    "gradient_wrong": _explained,
    "gradient_wrong_from": _explained,
    # what an error looks like
    "not_as_declared": "it isn't the gradient that was declared",
    "not_finite": "autograd is not finite where the gradient is",
    "zero_everywhere": "autograd is zero everywhere: is the path to this parameter detached?",
    "autograd_transposed": "autograd is the transpose of the gradient",
    "inaccurate": "autograd is inaccurate: {relative:.2g} relative, more than rounding explains",
    "some_wrong": "{count} of {of} entries are wrong, the first at [{index[0]}, {index[1]}]",
    "wrong_sign": "autograd has the wrong sign",
    "times_gradient": lambda factor: f"autograd is {_number(factor)} times the gradient",
    "adjoint_ignored": lambda factor: (
        f"autograd is {_number(factor)} times the gradient: its backward ignores the adjoint that comes in"
    ),
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
    "no_such_point": "no point {point} to show: there are {count}, counted from 0",
    "closed_form_off": ("the closed form of {what} in float64 is off at {count} of {of} entries; the certified value speaks"),
    "rounding_explains_more": (
        f"{{what}}: at {{count}} of {{of}} entries rounding in {{dtype}} explains more than the gradient itself; {BLIND}"
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
    "third_witness": "third witness: the definition of the derivative confirms {confirmed} of {entries} entries",
    "tolerance_is": "tolerance: {rule}",
    "every_entry": lambda name, points: f"{name}: every entry at point {listed(points)}",
    "caught": "{caught} of {planted} planted errors caught",
    "reason_explained": lambda reason: EXPLAINED.get(reason, _reason(reason)),
    "planted_missed": "planted errors missed",
    "errors_can_pass": "{caught} of {planted} planted errors were caught: errors can pass this check",
}
