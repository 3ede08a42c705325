"""What is wrong with an exercise that doesn't pass: messages, as data."""

from __future__ import annotations

import math
from collections.abc import Iterator

from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.comparison import Comparison
from symgrad.checking.judging.error_patterns import of_loss
from symgrad.checking.judging.program_causes import another_loss, cause, overflow
from symgrad.checking.results.results import CheckResult, Entry, Finding, GradientResult


def messages(result: CheckResult, evidence: Evidence, loss: Comparison) -> Iterator[Message]:
    """What is said of a result that doesn't pass: of the loss, of every gradient, of everything else that was found."""
    apart = result.loss_reason in ("losses_differ", "inaccurate")
    told = result.loss is not None and apart and not math.isnan(result.loss.absolute)
    if result.loss is not None and told:
        yield losses_differ(result.loss, _why(result, evidence, loss))
    for row in result.gradients:
        yield from of_gradient(row)
    if result.loss is not None and not told and not math.isfinite(result.loss.absolute):
        yield loss_undefined(result.loss, overflow(evidence, loss))
    for finding in result.findings:
        yield from of_finding(finding)


def losses_differ(loss: Entry, why: Message) -> Message:
    """Both losses, how far they are apart, where, and why that may be."""
    return message(
        "losses_differ",
        autograd=loss.autograd,
        reference=loss.reference,
        difference=loss.absolute,
        point=loss.point,
        why=why,
    )


def loss_undefined(loss: Entry, why: Message | None) -> Message:
    """What both sides have where the loss is undefined, and what overflows there."""
    return message("loss_undefined", autograd=loss.autograd, reference=loss.reference, point=loss.point, why=why)


def _why(result: CheckResult, evidence: Evidence, loss: Comparison) -> Message:
    if evidence.exercise.torch_loss is None:
        return message("pytorch_is_inaccurate")
    if result.reason == "losses_differ" and evidence.framework.is_random(loss.worst[0]):
        return message("another_loss_each_time")
    return cause(evidence, loss) or of_loss(loss) or another_loss(evidence, loss) or message("two_functions")


def of_gradient(row: GradientResult) -> Iterator[Message]:
    """What is wrong with a gradient; nothing where it passes, or where the losses differ, which says it all."""
    if row.verdict in ("fail", "inconclusive") and row.reason != "losses_differ":
        yield message("gradient_wrong", gradient=row.label, reason=row.reason, hints=list(row.hints))


def of_finding(finding: Finding) -> Iterator[Message]:
    """What was found beside the gradients, where it isn't as it should be."""
    if finding.verdict != "pass" and finding.message is not None:
        yield finding.message
