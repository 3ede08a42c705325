"""Training checked: every gradient of a loop against the closed form at the parameters that the loop had then.

The trajectory is just another set of points, so all steps are compared in one batch. Between steps the update is checked:
``parameter − rate · gradient``, up to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.authoring.training import Training
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.float_formats import precision
from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.chosen_points import chosen as chosen_points
from symgrad.checking.evidence.evidence import Evidence, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.checking.judging.comparison import Comparison, Outcome
from symgrad.checking.judging.gradients import compared, gradient, verdict
from symgrad.checking.judging.planted_errors import controls
from symgrad.checking.judging.published_figures import judge_figures, read_out
from symgrad.checking.results.reasons import REASONS, Verdict
from symgrad.checking.results.results import Finding, GradientResult
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.framework import TorchValues, Trajectory
from symgrad.frameworks.pytorch.devices import usable
from symgrad.frameworks.pytorch.training_loop import descend, predictions
from symgrad.number_systems.programs import program
from symgrad.truth.certified_digits import digits

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
    settings: Settings = field(default_factory=Settings)
    messages: tuple[Message, ...] = ()
    trajectory: Trajectory | None = None
    before: tuple[Values, ...] = ()
    after: tuple[Values, ...] = ()
    gradients: tuple[GradientResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    planted: int = 0
    caught: int = 0
    uncatchable: int = 0

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]

    @property
    def missed(self) -> int:
        """Planted errors that got through though they could be told."""
        return self.planted - self.caught - self.uncatchable

    @property
    def message(self) -> str | None:
        """What is wrong, in words: a sentence a line; None where nothing is."""
        return "\n".join(map(str, self.messages)) or None


def train(exercise: Exercise, training: Training, settings: Settings | None = None) -> TrainingResult:
    """A training run and the verdict on it. Of the settings seed, device, tolerance by hand and `certify` count.

    The format is the training's own, and the way to the gradient is the loop's.
    """
    given = settings or Settings()
    chosen = Settings(
        seed=given.seed,
        dtype=training.dtype,
        points=0,
        rtol=given.rtol,
        atol=given.atol,
        certify=given.certify,
        device=given.device,
    )
    formula = differentiated(exercise)
    try:
        trajectory = descend(exercise, training, formula.forward, usable(chosen.device))
    except CouldNotRun as error:
        said = (exercise.located(error).message,)
        return TrainingResult(exercise.name, exercise.path, training, "could_not_run", chosen, said)
    points = PointSet(_points(exercise, training, trajectory), len(trajectory.losses))
    question = Question(exercise, chosen, visited=(points, TorchValues(trajectory.losses, trajectory.gradients)))
    return judged(gathered(question, formula, chosen_points(question, formula)), training, trajectory)


def judged(evidence: Evidence, training: Training, trajectory: Trajectory) -> TrainingResult:
    """The verdict on a loop that ran, one stage a line."""
    with np.errstate(all="ignore"):
        loss, others = compared(evidence)
        found = (*_updates(training, trajectory), *_published(evidence, training, trajectory))
        rows = tuple(gradient(evidence, name, each, loss, found) for name, each in others.items())
        planted, caught, uncatchable = controls(others, evidence.settings.seed)
    before, after = (_predicted(evidence, training, p) for p in (training.initial, trajectory.final))
    return TrainingResult(
        exercise=evidence.exercise.name,
        path=evidence.exercise.path,
        training=training,
        reason=verdict(loss, rows, found),
        settings=evidence.settings,
        messages=tuple(_messages(loss, rows, others, found)),
        trajectory=trajectory,
        before=before,
        after=after,
        gradients=rows,
        findings=found,
        planted=planted,
        caught=caught,
        uncatchable=uncatchable,
    )


def _messages(
    loss: Comparison, rows: Sequence[GradientResult], others: Mapping[str, Comparison], found: Sequence[Finding]
) -> Iterator[Message]:
    """What is wrong with a run: its losses, its gradients, the first of what else was found."""
    yield from _of_loss(loss)
    yield from _of_gradients(rows, others)
    failed = [finding.message for finding in found if finding.verdict != "pass" and finding.message is not None]
    yield from failed[:MOST_TOLD]
    if len(failed) > MOST_TOLD:
        yield message("more_like_these", count=len(failed) - MOST_TOLD)


def findings(question: Question) -> Iterator[Finding]:
    """The verdict on each training of an exercise, as a finding of its check."""
    for training in question.exercise.trainings:
        result = train(question.exercise, training, question.settings)
        reason = "agree" if result.verdict == "pass" else result.reason  # near convergence every gradient is ill-conditioned
        said = list(result.messages) or [message("all_gradients_agree")]
        yield Finding(training.name, reason, message("of_training", name=training.name, said=said))


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
            said = message("diverges", parameter=name, dtype=training.dtype, step=first)
            yield Finding(name, "undefined", said)
            continue
        wrong = ~(np.abs(after - expected_after) <= allowed)
        if wrong.any():
            first = int(np.argwhere(wrong)[0][0])
            row, column = (int(k) for k in np.argwhere(wrong[first])[0])
            moved, expected = (float(a[first, row, column]) for a in (after - before, 0.0 - step))
            turned = bool(expected and abs(moved / expected + 1) < 1e-2)
            index = (row, column)
            said = message("moved_by", step=first, parameter=name, index=index, moved=moved, expected=expected, turned=turned)
            yield Finding(name, "update_differs", said)


def _published(evidence: Evidence, training: Training, trajectory: Trajectory) -> Iterator[Finding]:
    """Printed figures of single steps, and of predictions, to the digits printed."""
    derivation, samples = evidence.derivation, len(list(training.samples))
    names = list(dict.fromkeys(name for row in training.published.values() for name in row))
    symbols = {**derivation.steps, **derivation.gradients, "loss": derivation.loss}
    if names:
        code = program(derivation, [symbols[name] for name in names])
        shapes = [next(row[name].shape for row in training.published.values() if name in row) for name in names]
        which = [epoch * samples + sample for epoch, sample in training.published]
        found = read_out(code, evidence.points.subset(which), shapes, evidence.precision)
        references = dict(zip(names, found, strict=True))
        for k, ((epoch, sample), row) in enumerate(training.published.items()):
            for name, figures in row.items():
                judged = judge_figures(name, figures, *references[name], k, training.dtype)
                said = message("at_epoch", epoch=epoch, sample=sample, said=judged.message)
                yield Finding(name, judged.reason, said)
    for when, figures, parameters in zip(
        ("before", "after"), training.published_predictions, (training.initial, trajectory.final), strict=True
    ):
        if figures is not None:
            yield from _published_prediction(evidence, training, when, figures, parameters)


def _published_prediction(
    evidence: Evidence, training: Training, when: str, figures: Values, parameters: Mapping[str, Values]
) -> Iterator[Finding]:
    assert training.prediction is not None  # checked where the training was made
    symbol = evidence.derivation.steps[training.prediction]
    code, shape = program(evidence.derivation, [symbol]), evidence.derivation.shapes[symbol]
    for k, datum in enumerate(training.predict):
        known = {**parameters, **datum}
        values = {
            n: evidence.precision.round(known.get(n, np.zeros(item.shape)))[None]
            for n, item in evidence.exercise.inputs.items()
        }
        ((reference, seen),) = read_out(code, values, [shape], evidence.precision)
        found = judge_figures(training.prediction, figures[k], reference, seen, 0, training.dtype)
        yield Finding(training.prediction, found.reason, message("of_prediction", when=when, said=found.message))


def _predicted(evidence: Evidence, training: Training, parameters: Mapping[str, Values]) -> tuple[Values, ...]:
    if training.prediction is None:
        return ()
    code = program(evidence.derivation, [evidence.derivation.steps[training.prediction]])
    return tuple(predictions(code, parameters, tuple(training.predict), evidence.exercise, training.dtype))


def _of_loss(loss: Comparison) -> Iterator[Message]:
    """What is said where the loop's losses aren't those of the exercise."""
    if loss.worst_outcome == Outcome.WRONG:
        place, truth = loss.worst, loss.reference
        value = digits(truth.high[place], truth.low[place], truth.radius[place])
        yield message("loop_losses_differ", step=place[0], loop=float(loss.values[place]), reference=value)


def _of_gradients(rows: Sequence[GradientResult], comparisons: Mapping[str, Comparison]) -> Iterator[Message]:
    """What is said of each gradient that doesn't pass; gradients that were never zeroed are recognised."""
    for row in rows:
        if row.verdict == "pass":
            continue
        comparison = comparisons[row.parameter]
        summed = row.reason == "autograd_wrong" and _accumulates(comparison)
        first = int(np.argwhere(comparison.outcomes == comparison.outcomes.max())[0][0])
        hints = [message("not_zeroed")] if summed else list(row.hints)
        yield message("gradient_wrong_from", gradient=row.label, reason=row.reason, step=first, hints=hints)


def _accumulates(comparison: Comparison) -> bool:
    """Whether the values are running sums of the true gradients."""
    sums = np.cumsum(comparison.reference.high, axis=0)
    slack = 64 * comparison.tolerance.precision.unit_roundoff * np.cumsum(np.abs(comparison.reference.high), axis=0)
    wrong = comparison.outcomes == Outcome.WRONG
    return bool(wrong.any() and np.all(np.abs(comparison.values - sums) <= slack + comparison.tolerance.allowed))
