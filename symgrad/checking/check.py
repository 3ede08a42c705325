"""The pipeline: an exercise comes in, a `CheckResult` goes out; many exercises, a `Report`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import Broken, load
from symgrad.authoring.field_checks import kind
from symgrad.basics.errors import AuthorError, CouldNotRun, UserError, closest
from symgrad.basics.messages import Message, message
from symgrad.checking import second_order, training
from symgrad.checking.evidence.chosen_points import chosen
from symgrad.checking.evidence.evidence import Evidence, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.checking.judging import authors_claims
from symgrad.checking.judging.explanations import messages
from symgrad.checking.judging.gradients import compared, entry, gradient, loss_reason, telling_nothing, verdict
from symgrad.checking.judging.observations import no_point, remarks
from symgrad.checking.judging.planted_errors import controls
from symgrad.checking.results.reasons import most_severe
from symgrad.checking.results.results import CheckResult, Report
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.second_order import torch_slope


def check(exercise: Exercise, settings: Settings | None = None, **options: Any) -> CheckResult:
    """The verdict on one exercise. Options are those of `Settings`; nothing that goes wrong inside is raised.

    >>> from symgrad import scalar, square
    >>> w = scalar("w")
    >>> check(Exercise(name="parabola", loss=square(w - 1), parameters=[w]), seed=1).reason
    'agree'
    """
    if not isinstance(exercise, Exercise):
        raise UserError(message("check_takes_an_exercise", found=kind(exercise)))
    known = Settings.__dataclass_fields__
    unknown = next((name for name in options if name not in known), None)
    if unknown is not None:
        raise UserError(message("check_has_no_option", name=unknown, closest=closest(unknown, known)))
    question = Question(exercise, settings or Settings(**options))
    try:
        return answered(question)
    except AuthorError as error:
        return unable(question, error.message)
    except CouldNotRun as error:
        return unable(question, exercise.located(error).message)
    except UserError:
        raise
    except Exception as error:  # a failure of the tool is never a failure of the exercise
        return unable(question, message("tool_failed", type=type(error).__name__, said=str(error)))


def answered(question: Question) -> CheckResult:
    """The verdict on a question, and where it is asked for and makes sense that on its second derivative."""
    formula = differentiated(question.exercise)
    where = chosen(question, formula)
    if not len(where.points):
        return unable(question, no_point(question, formula), reason="undefined")
    evidence = gathered(question, formula, where)
    first = judged(evidence)
    return first if question.settings.order == 1 or first.verdict in ("fail", "error") else with_second(first, evidence)


def judged(evidence: Evidence) -> CheckResult:
    """The verdict on evidence, one stage a line."""
    with np.errstate(all="ignore"):
        loss, gradients = compared(evidence)
        dropped = telling_nothing(evidence, loss, gradients)
        if dropped:
            return judged(gathered(evidence.question, evidence.formula, evidence.where.without(dropped)))
        findings = (*authors_claims.findings(evidence), *training.findings(evidence.question))
        rows = tuple(gradient(evidence, name, each, loss, findings) for name, each in gradients.items())
        planted, caught, uncatchable = controls(gradients, evidence.settings.seed)
    result = CheckResult(
        name=evidence.exercise.name,
        path=evidence.exercise.path,
        reason=verdict(loss, rows, findings),
        settings=evidence.settings,
        gradients=rows,
        loss=entry(evidence, 0, loss),
        findings=findings,
        remarks=tuple(remarks(evidence, loss, gradients)),
        planted=planted,
        caught=caught,
        uncatchable=uncatchable,
        loss_reason=loss_reason(loss),
        strata=evidence.points.counted,
    )
    return result if result.passed else replace(result, messages=tuple(messages(result, evidence, loss)))


def with_second(first: CheckResult, evidence: Evidence) -> CheckResult:
    """The result with the second derivatives judged, too; only asked for where the gradient isn't wrong itself."""
    exercise = evidence.exercise
    if exercise.expected_gradient:
        return replace(first, remarks=(*first.remarks, message("of_second_derivative", said=message("not_checked_declared"))))
    question = sloped(evidence)
    try:
        second = answered(question)
    except CouldNotRun as error:
        second = unable(question, message("of_second_derivative", said=exercise.located(error).message))
    zero = [row.parameter for row in second.gradients if row.reason == "vacuous"]  # as of whatever is linear
    rows = [replace(row, reason="agree") if row.reason == "vacuous" else row for row in second.gradients]
    reasons = [row.reason for row in rows] if second.reason == "vacuous" else [second.reason]
    of_second = [*second.remarks, *([message("zero_on_both_roads", parameters=zero)] if zero else [])]
    of_second += [second_order.extent(exercise)] if rows else []
    return replace(
        first,
        reason=most_severe([first.reason, *reasons]),
        messages=(*first.messages, *(() if second.reason == "vacuous" else second.messages)),
        gradients=(*first.gradients, *rows),
        remarks=(*first.remarks, *(message("of_second_derivative", said=remark) for remark in of_second)),
        planted=first.planted + second.planted,
        caught=first.caught + second.caught,
        uncatchable=first.uncatchable + second.uncatchable,
    )


def sloped(evidence: Evidence) -> Question:
    """The question of the second derivative: the loss's slope along a direction."""
    exercise, formula = evidence.exercise, evidence.formula
    along = torch_slope(exercise, second_order.directions(exercise), formula.forward, evidence.framework.run)
    defined = [k for k in range(evidence.points.given) if np.isfinite(evidence.references[0].high[k]).all()]
    slope = second_order.slope(exercise, formula.derivation, along, defined, evidence.settings.seed)
    return Question(slope, replace(evidence.settings, order=1), first=formula)


def unable(question: Question, said: Message, reason: str = "could_not_run") -> CheckResult:
    """The result for an exercise that couldn't be judged."""
    return CheckResult(question.exercise.name, question.exercise.path, reason, question.settings, (said,))


def check_paths(
    paths: Iterable[str],
    settings: Settings | None = None,
    *,
    only: Sequence[str] = (),
    progress: Callable[[Sequence[Any]], Iterator[Any]] = iter,
) -> Report:
    """The report on all exercises of files and folders. Raises UserError for a path or a name that doesn't exist."""
    given = settings or Settings()
    loaded = load([paths] if isinstance(paths, str) else [str(path) for path in paths], only=only)
    results = []
    for item in progress(loaded):
        if isinstance(item, Broken):
            results.append(CheckResult(item.name, item.path, "could_not_run", given, (item.told,)))
        else:
            results.append(check(item, given))
    return Report(tuple(results), given, versions())


def versions() -> dict[str, str]:
    """The versions that a result rests on."""
    return {name: version(name) for name in ("symgrad", "sympy", "torch", "python-flint")}
