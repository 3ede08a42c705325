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
from symgrad.basics.errors import AuthorError, CouldNotRun, UserError, nearest
from symgrad.checking import second_order, training
from symgrad.checking.evidence.evidence import Roads
from symgrad.checking.judging import authors_claims, error_patterns
from symgrad.checking.judging.gradients import compared, entry, gradient, verdict
from symgrad.checking.judging.planted_errors import controls
from symgrad.checking.results.results import CheckResult, Report, most_severe
from symgrad.checking.results.settings import Settings
from symgrad.number_systems.programs import program
from symgrad.reports.wording import sentences


def check(exercise: Exercise, settings: Settings | None = None, **options: Any) -> CheckResult:
    """The verdict on one exercise. Options are those of `Settings`; nothing that goes wrong inside is raised.

    >>> from symgrad import scalar, square
    >>> w = scalar("w")
    >>> check(Exercise(name="parabola", loss=square(w - 1), parameters=[w]), seed=1).reason
    'agree'
    """
    if not isinstance(exercise, Exercise):
        raise UserError(f"check takes an Exercise, found {kind(exercise)}; check_paths takes files and folders")
    unknown = next((name for name in options if name not in Settings.__dataclass_fields__), None)
    if unknown is not None:
        raise UserError(f"check has no option '{unknown}'{nearest(unknown, Settings.__dataclass_fields__)}")
    chosen = settings or Settings(**options)
    try:
        roads = Roads(exercise, chosen)
        first = judged(roads)
        return first if chosen.order == 1 or first.verdict in ("fail", "error") else with_second(first, roads)
    except AuthorError as error:
        return unable(exercise, chosen, str(error))
    except CouldNotRun as error:
        return unable(exercise, chosen, str(exercise.located(error)))
    except UserError:
        raise
    except Exception as error:  # a failure of the tool is never a failure of the exercise
        return unable(exercise, chosen, f"symgrad itself failed: {type(error).__name__}: {error}")


def judged(roads: Roads) -> CheckResult:
    """The verdict, one stage a line."""
    if not len(roads.points):
        return unable(roads.exercise, roads.settings, sentences.no_point(roads), reason="undefined")
    with np.errstate(all="ignore"):
        loss, gradients = compared(roads)
        findings = (*authors_claims.findings(roads), *training.findings(roads.exercise))
        rows = tuple(gradient(roads, name, each, loss, findings) for name, each in gradients.items())
        planted, caught = controls(gradients, roads.settings.seed)
    reason = verdict(loss, rows, findings)
    result = CheckResult(
        name=roads.exercise.name,
        path=roads.exercise.path,
        reason=reason,
        settings=roads.settings,
        gradients=rows,
        loss=entry(roads, 0, loss),
        findings=findings,
        notes=tuple(sentences.notes(roads, [loss, *gradients.values()])),
        planted=planted,
        caught=caught,
    )
    loss_hint = error_patterns.of_loss(loss)
    if reason == "losses_differ" and roads.is_random(loss.worst[0]):
        loss_hint = "it gives another loss when it is called again: is something random (dropout), or kept from call to call?"
    return sentences.with_message(result, compiled=roads.exercise.torch_loss is None, loss_hint=loss_hint)


def with_second(first: CheckResult, roads: Roads) -> CheckResult:
    """The result with the second derivatives judged, too; only asked for where the gradient isn't wrong itself."""
    exercise, settings = roads.exercise, roads.settings
    if exercise.expected_gradient:
        return replace(first, notes=(*first.notes, "second derivative: not checked where a gradient is declared"))
    try:
        second = judged(sloped(roads))
    except CouldNotRun as error:
        second = unable(exercise, settings, f"second derivative: {exercise.located(error)}")
    zero = [row.parameter for row in second.gradients if row.reason == "vacuous"]  # as of whatever is linear
    rows = [replace(row, reason="agree") if row.reason == "vacuous" else row for row in second.gradients]
    reasons = [row.reason for row in rows] if second.reason == "vacuous" else [second.reason]
    said = [f"second derivative: zero at every point for {', '.join(zero)}, on both roads"] if zero else []
    said += second_order.extent(exercise) if rows else []
    return replace(
        first,
        reason=most_severe([first.reason, *reasons]),
        message="\n".join(part for part in (first.message, None if second.reason == "vacuous" else second.message) if part)
        or None,
        gradients=(*first.gradients, *rows),
        notes=(*first.notes, *(f"second derivative: {note}" for note in second.notes), *said),
        planted=first.planted + second.planted,
        caught=first.caught + second.caught,
    )


def sloped(roads: Roads) -> Roads:
    """The roads of the second derivative: those of the loss's slope along a direction."""
    exercise, derivation = roads.exercise, roads.derivation
    forward = program(derivation, [derivation.loss])
    torch_slope = second_order.torch_slope(exercise, forward, roads.torch_run)
    defined = [k for k in range(roads.points.given) if np.isfinite(roads.references[0].high[k]).all()]
    slope = second_order.slope(exercise, derivation, torch_slope, defined, roads.settings.seed)
    return Roads(slope, roads.settings, base=roads)


def unable(exercise: Exercise, settings: Settings, message: str, reason: str = "could_not_run") -> CheckResult:
    """The result for an exercise that couldn't be judged."""
    return CheckResult(exercise.name, exercise.path, reason, settings, message)


def check_paths(
    paths: Iterable[str],
    settings: Settings | None = None,
    *,
    only: Sequence[str] = (),
    progress: Callable[[Sequence[Any]], Iterator[Any]] = iter,
) -> Report:
    """The report on all exercises of files and folders. Raises UserError for a path or a name that doesn't exist."""
    chosen = settings or Settings()
    loaded = load([paths] if isinstance(paths, str) else [str(path) for path in paths], only=only)
    results = []
    for item in progress(loaded):
        if isinstance(item, Broken):
            results.append(CheckResult(item.name, item.path, "could_not_run", chosen, item.message))
        else:
            results.append(check(item, chosen))
    return Report(tuple(results), chosen, versions())


def versions() -> dict[str, str]:
    """The versions that a result rests on."""
    return {name: version(name) for name in ("symgrad", "sympy", "torch", "python-flint")}
