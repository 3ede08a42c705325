"""What is wrong with an exercise that doesn't pass: messages, as data."""

from __future__ import annotations

import math
from collections.abc import Iterator

from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.comparison import Comparison
from symgrad.checking.judging.error_patterns import of_loss
from symgrad.checking.results.results import CheckResult, Entry, Finding, GradientResult


def messages(result: CheckResult, evidence: Evidence, loss: Comparison) -> Iterator[Message]:
    """What is said of a result that doesn't pass: of the loss, of every gradient, of everything else that was found."""
    if result.loss is not None and result.loss_reason == "losses_differ" and not math.isnan(result.loss.absolute):
        yield losses_differ(result.loss, _why(result, evidence, loss))
    for row in result.gradients:
        yield from of_gradient(row)
    if result.loss is not None and not math.isfinite(result.loss.absolute):
        yield message("loss_undefined", autograd=result.loss.autograd, reference=result.loss.reference, point=result.loss.point)
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


def _why(result: CheckResult, evidence: Evidence, loss: Comparison) -> Message:
    if evidence.exercise.torch_loss is None:
        return message("pytorch_is_inaccurate")
    if result.reason == "losses_differ" and evidence.framework.is_random(loss.worst[0]):
        return message("another_loss_each_time")
    return of_loss(loss) or message("two_functions")


def of_gradient(row: GradientResult) -> Iterator[Message]:
    """What is wrong with a gradient; nothing where it passes, or where the losses differ, which says it all."""
    if row.verdict in ("fail", "inconclusive") and row.reason != "losses_differ":
        yield message("gradient_wrong", gradient=row.label, reason=row.reason, hints=list(row.hints))


def of_finding(finding: Finding) -> Iterator[Message]:
    """What was found beside the gradients, where it isn't as it should be."""
    if finding.verdict != "pass" and finding.message is not None:
        yield finding.message
