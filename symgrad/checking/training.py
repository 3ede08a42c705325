"""Training checked: every gradient of a loop against the closed form at the parameters that the loop had then.

The trajectory is just another set of points, so all steps are compared in one batch. Between steps the update is checked:
``parameter − rate · gradient``, up to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.authoring.training import Training
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.float_formats import precision
from symgrad.checking.evidence.evidence import Roads
from symgrad.checking.judging.authors_claims import judge_figures
from symgrad.checking.judging.comparison import Comparison, Outcome
from symgrad.checking.judging.gradients import compared, gradient, verdict
from symgrad.checking.judging.planted_errors import controls
from symgrad.checking.results.results import REASONS, Finding, GradientResult, Verdict
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.gradients import TorchValues
from symgrad.frameworks.pytorch.training_loop import Trajectory, descend, predictions
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import rounded
from symgrad.reports.wording import sentences, values
from symgrad.truth.certified_values import certify
from symgrad.truth.reference import SAFETY

MOST_TOLD = 3
"""Findings that a message tells in full."""
UPDATE_ROUNDINGS = 8.0
"""Roundings that an update may cost: of the rate, the product and the difference, each relative to its largest part."""


@dataclass(frozen=True)
class TrainingResult:
    """One training run: its trajectory, predictions before and after, and what was found."""

    exercise: str
    path: str
    training: Training
    reason: str
    message: str | None = None
    trajectory: Trajectory | None = None
    before: tuple[Values, ...] = ()
    after: tuple[Values, ...] = ()
    gradients: tuple[GradientResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    planted: int = 0
    caught: int = 0

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]


def train(exercise: Exercise, training: Training) -> TrainingResult:
    """A training run and the verdict on it."""
    settings, path = Settings(dtype=training.dtype, points=0), exercise.path
    sampled = Roads(exercise, settings)
    forward = program(sampled.derivation, [sampled.derivation.loss])
    try:
        trajectory = descend(exercise, training, forward)
    except CouldNotRun as error:
        return TrainingResult(exercise.name, path, training, "could_not_run", str(exercise.located(error)))
    points = PointSet(_points(exercise, training, trajectory), len(trajectory.losses))
    roads = Roads(exercise, settings, (points, TorchValues(trajectory.losses, trajectory.gradients)))
    with np.errstate(all="ignore"):
        loss, others = compared(roads)
        found = (*_updates(training, trajectory), *_published(roads, training, trajectory))
        rows = tuple(gradient(roads, name, each, loss, found) for name, each in others.items())
        planted, caught = controls(others, settings.seed)
    reason = verdict(loss, rows, found)
    before, after = (_predicted(roads, training, p) for p in (training.initial, trajectory.final))
    failed = [f.text for f in found if f.verdict != "pass"]
    more = [f"and {len(failed) - MOST_TOLD} more like these"] if len(failed) > MOST_TOLD else []
    sentences = [*_loss_text(loss), *_explained(rows, others), *failed[:MOST_TOLD], *more]
    return TrainingResult(
        exercise.name,
        path,
        training,
        reason,
        "\n".join(sentences) or None,
        trajectory,
        before,
        after,
        rows,
        found,
        planted,
        caught,
    )


def findings(exercise: Exercise) -> Iterator[Finding]:
    """The verdict on each training of an exercise, as a finding of its check."""
    for training in exercise.trainings:
        result = train(exercise, training)
        reason = "agree" if result.verdict == "pass" else result.reason  # near convergence every gradient is ill-conditioned
        yield Finding(training.name, reason, f"training '{training.name}': {result.message or 'all gradients agree'}")


def _points(exercise: Exercise, training: Training, trajectory: Trajectory) -> dict[str, Values]:
    """The points that a trajectory visited: parameters before each update, and the sample of the step."""
    round_ = precision(training.dtype).round
    data = {n: np.stack([sample[n] for sample in training.samples]) for n in next(iter(training.samples))}
    repeated = {n: np.tile(round_(values), (training.epochs, 1, 1)) for n, values in data.items()}
    known = {**repeated, **trajectory.parameters}
    return {n: known[n] for n in exercise.inputs}


def _updates(training: Training, trajectory: Trajectory) -> Iterator[Finding]:
    """Whether every update is ``parameter − rate · gradient``, up to rounding."""
    format_ = precision(training.dtype)
    for name, before in trajectory.parameters.items():
        after = np.concatenate([before[1:], trajectory.final[name][None]])
        step = training.rate(name) * trajectory.gradients[name]
        allowed = UPDATE_ROUNDINGS * format_.unit_roundoff * (np.abs(before) + np.abs(step)) + format_.smallest_normal
        expected_after = before - step
        if not np.isfinite(format_.round(expected_after)).all() or (np.abs(expected_after) > format_.largest).any():
            first = int(np.argwhere(~(np.abs(expected_after) <= format_.largest))[0][0])
            yield Finding(name, "undefined", f"training diverges: {name} leaves the range of {training.dtype} at step {first}")
            continue
        wrong = ~(np.abs(after - expected_after) <= allowed)
        if wrong.any():
            first = int(np.argwhere(wrong)[0][0])
            row, column = (int(k) for k in np.argwhere(wrong[first])[0])
            moved, expected = (float(a[first, row, column]) for a in (after - before, 0.0 - step))
            hint = " (the sign is wrong)" if expected and abs(moved / expected + 1) < 1e-2 else ""
            yield Finding(
                name,
                "update_differs",
                f"step {first} moved {name}[{row}, {column}] by {moved:.6g}; −rate·gradient is {expected:.6g}{hint}",
            )


def _published(roads: Roads, training: Training, trajectory: Trajectory) -> Iterator[Finding]:
    """Printed figures of single steps, and of predictions, to the digits printed."""
    derivation, samples = roads.derivation, len(list(training.samples))
    names = list(dict.fromkeys(name for row in training.published.values() for name in row))
    symbols = {**derivation.steps, **derivation.gradients, "loss": derivation.loss}
    if names:
        code = program(derivation, [symbols[name] for name in names])
        shapes = [next(row[name].shape for row in training.published.values() if name in row) for name in names]
        which = [epoch * samples + sample for epoch, sample in training.published]
        values = roads.points.subset(which)
        allowed = [SAFETY * radius for _, radius in rounded(code, values, shapes, roads.precision)]
        references = dict(zip(names, zip(certify(code, values, allowed, shapes), allowed, strict=True), strict=True))
        for k, ((epoch, sample), row) in enumerate(training.published.items()):
            for name, figures in row.items():
                found = judge_figures(name, figures, *references[name], k, training.dtype)
                yield Finding(name, found.reason, f"epoch {epoch}, sample {sample}: {found.text}")
    for when, figures, parameters in zip(
        ("before", "after"), training.published_predictions, (training.initial, trajectory.final), strict=True
    ):
        if figures is not None:
            yield from _published_prediction(roads, training, when, figures, parameters)


def _published_prediction(
    roads: Roads, training: Training, when: str, figures: Values, parameters: Mapping[str, Values]
) -> Iterator[Finding]:
    assert training.prediction is not None  # checked where the training was made
    symbol = roads.derivation.steps[training.prediction]
    code, shape = program(roads.derivation, [symbol]), roads.derivation.shapes[symbol]
    for k, datum in enumerate(training.predict):
        known = {**parameters, **datum}
        values = {
            n: roads.precision.round(known.get(n, np.zeros(item.shape)))[None] for n, item in roads.exercise.inputs.items()
        }
        allowed = [SAFETY * radius for _, radius in rounded(code, values, [shape], roads.precision)]
        (reference,) = certify(code, values, allowed, [shape])
        found = judge_figures(training.prediction, figures[k], reference, allowed[0], 0, training.dtype)
        yield Finding(training.prediction, found.reason, f"prediction {when} training: {found.text}")


def _predicted(roads: Roads, training: Training, parameters: Mapping[str, Values]) -> tuple[Values, ...]:
    if training.prediction is None:
        return ()
    code = program(roads.derivation, [roads.derivation.steps[training.prediction]])
    return tuple(predictions(code, parameters, tuple(training.predict), roads.exercise, training.dtype))


def _loss_text(loss: Comparison) -> Iterator[str]:
    """A sentence where the loop's losses aren't those of the exercise."""
    if loss.worst_outcome == Outcome.WRONG:
        place = loss.worst
        reference = loss.reference
        truth = values.short(values.decimal(reference.high[place], reference.low[place], reference.radius[place]))
        yield f"the losses differ: at step {place[0]} the loop has {loss.values[place]:.10g}, the SymPy loss is {truth}"


def _explained(rows: tuple[GradientResult, ...], comparisons: Mapping[str, Comparison]) -> Iterator[str]:
    """A sentence for each gradient that failed; gradients that were never zeroed are recognised."""
    for row in rows:
        if row.verdict == "pass":
            continue
        comparison = comparisons[row.parameter]
        hint = f" ({row.hint})" if row.hint else ""
        if row.reason == "autograd_wrong" and _accumulates(comparison):
            hint = " (each is the sum of all gradients so far: the gradient isn't zeroed)"
        first = int(np.argwhere(comparison.outcomes == comparison.outcomes.max())[0][0])
        yield f"dL/d{row.parameter}: {sentences.EXPLAINED[row.reason]} from step {first} on{hint}"


def _accumulates(comparison: Comparison) -> bool:
    """Whether the values are running sums of the true gradients."""
    sums = np.cumsum(comparison.reference.high, axis=0)
    slack = 64 * comparison.tolerance.precision.unit_roundoff * np.cumsum(np.abs(comparison.reference.high), axis=0)
    wrong = comparison.outcomes == Outcome.WRONG
    return bool(wrong.any() and np.all(np.abs(comparison.values - sums) <= slack + comparison.tolerance.allowed))
