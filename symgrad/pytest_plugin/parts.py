"""A `CheckResult` taken apart: what of it each item of an exercise answers for, and the item's own paragraph of the report.

Every gradient, finding and sentence belongs to exactly one item, so an exercise that doesn't pass has an item that doesn't.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from symgrad.authoring.exercise import Exercise
from symgrad.basics.errors import printable
from symgrad.basics.messages import message
from symgrad.checking.judging.explanations import of_finding, of_gradient
from symgrad.checking.results.reasons import REASONS
from symgrad.checking.results.results import CheckResult, Verdict, most_severe
from symgrad.reports.check import plain_data, rows
from symgrad.reports.wording import commands

Each = TypeVar("Each")


@dataclass(frozen=True)
class Part:
    """What one item answers for: a result that holds nothing else. `subject` says what it is, as ``dL/dw1`` does."""

    subject: str
    result: CheckResult

    @property
    def is_blind(self) -> bool:
        """Whether planted errors got through."""
        return bool(self.result.missed)

    @property
    def verdict(self) -> Verdict:
        """The verdict on the part; a check that is blind for errors fails."""
        own = self.result.verdict
        return "fail" if self.is_blind and own != "error" else own

    @property
    def headline(self) -> str:
        """The reason and the first sentence."""
        reason = str(message("planted_missed")) if self.is_blind and self.result.passed else rows.said(self.result.reason)
        first = str(self.result.messages[0]).partition("\n")[0] if self.result.messages else ""
        return printable(f"{reason}: {first}" if first else reason)


def of_parameter(result: CheckResult, parameter: str) -> Part:
    """The gradient of a parameter, its second derivative, and what else is claimed of it: derived by hand, or published."""
    subject = f"dL/d{parameter}"
    if not result.gradients:  # nothing was compared: all items say so
        return Part(subject, replace(result, planted=0, caught=0, uncatchable=0))
    gradients = tuple(row for row in result.gradients if row.parameter == parameter)
    findings = tuple(finding for finding in result.findings if finding.subject == parameter)
    reason = most_severe([*(row.reason for row in gradients), *(finding.reason for finding in findings)])
    told = (*(m for row in gradients for m in of_gradient(row)), *(m for finding in findings for m in of_finding(finding)))
    own = replace(
        result,
        reason=reason,
        gradients=gradients,
        findings=findings,
        messages=told if REASONS[reason] != "pass" else (),
        loss=None,
        loss_reason="agree",
        planted=0,
        caught=0,
        uncatchable=0,
    )
    if not own.passed and not own.messages:
        own = replace(own, messages=(message("gradient_wrong", gradient=subject, reason=reason, hints=[]),))
    return Part(subject, own)


def of_loss(result: CheckResult, exercise: Exercise) -> Part:
    """Everything else: the loss itself, findings on other subjects, planted errors that got through, what isn't explained."""
    if not result.gradients:
        return Part("loss", result)
    others = [of_parameter(result, name).result for name in exercise.parameter_names]
    gradients = _without(result.gradients, (row for part in others for row in part.gradients))
    findings = _without(result.findings, (finding for part in others for finding in part.findings))
    reasons = [
        *(row.reason for row in gradients),
        *(finding.reason for finding in findings),
        *([] if result.passed or result.loss_reason == "agree" else [result.loss_reason]),
    ]
    if result.reason not in {*reasons, *(part.reason for part in others)}:
        reasons.append(result.reason)
    left = _without(result.messages, (each for part in others for each in part.messages))
    if result.missed:
        left = (*left, message("errors_can_pass", caught=result.caught, planted=result.planted))
    reason = most_severe(reasons)
    if not left and REASONS[reason] != "pass":
        left = (message("reason_explained", reason=reason),)
    told = replace(result, reason=reason, gradients=gradients, findings=findings, messages=left)
    return Part("loss", told)


def _without(items: Iterable[Each], taken: Iterable[Each]) -> tuple[Each, ...]:
    """The items that nobody else has taken, in order."""
    gone = list(taken)
    return tuple(item for item in items if item not in gone)


def paragraph(part: Part, command: list[str]) -> str:
    """The report's paragraph on a part that didn't pass, with the commands that repeat it."""
    result = part.result
    reason = str(message("planted_missed")) if part.is_blind and result.passed else rows.said(result.reason)
    where = f" ({result.path})" if result.path else ""
    lines = [f"{part.verdict.upper()}: {reason}: {result.name}, {part.subject}{where}"]
    details = [pair for pair in rows.details(result) if pair[0] != rows.heading("repeat")]
    lines += _aligned([*details, (rows.heading("repeat"), shlex.join(command)), (rows.heading("or"), commands.repeat(result))])
    return printable("\n".join(lines))


def section(part: Part, result: CheckResult) -> str:
    """The part's row of the table, a value a line, and the notes on the whole result."""
    return printable("\n".join(_aligned(_values(part, result))))


def _values(part: Part, result: CheckResult) -> Iterator[tuple[str, str]]:
    yield rows.heading("exercise"), result.name
    yield rows.heading("verdict"), rows.verdict_of(part.verdict, rows.said(part.result.reason))
    for row in part.result.gradients:
        yield from (pair for pair in zip(rows.headers()[2:], rows.cells(row), strict=True) if pair[1])
    if part.subject == "loss" and result.loss is not None:
        yield rows.heading("closed_form"), rows.value(result.loss.closed_form)
        yield rows.heading("autograd"), rows.value(result.loss.autograd)
        yield rows.heading("difference"), str(rows.differences(result.loss))
    if part.subject == "loss" and result.planted:
        yield rows.heading("controls"), str(message("caught", **plain_data.controls(result)))
    for finding in part.result.findings:
        yield rows.heading("claim"), finding.text
    for note in result.notes:
        yield rows.heading("note"), note


def _aligned(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for heading, text in pairs:
        yield f"  {heading:<12} {text}" if heading else f"  {text}"
