"""A training run as text: predictions before and after, gradients and loss by step, the verdict; and as JSON.

The JSON has the schema ``symgrad/train/1``: a run is what a check has of an exercise, with the trajectory in figures.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from tabulate import tabulate

from symgrad.basics.errors import printable
from symgrad.basics.messages import message
from symgrad.checking.training import TrainingResult
from symgrad.reports.check import plain_data
from symgrad.reports.check.rows import said
from symgrad.reports.wording.commands import command

SCHEMA = "symgrad/train/1"
SHOWN = 5
"""Epochs shown at the beginning and at the end, unless all are asked for."""
MOST_ENTRIES = 6
"""Entries of a gradient that are printed; of more, the largest."""


def render(result: TrainingResult, *, every: bool = False) -> str:
    """A training run as plain text."""
    training = result.training
    rates = training.learning_rate
    assert isinstance(rates, dict)  # normalised where the exercise was made
    given = {"epochs": training.epochs, "rates": dict(rates), "dtype": training.dtype}
    head = str(message("training", exercise=result.exercise, training=training.name, **given))
    parts = [head, *_predictions(result, result.before, trained=False), *_steps(result, every)]
    parts += [*_predictions(result, result.after, trained=True), *_verdict(result)]
    return printable("\n\n".join(parts)) + "\n"


def to_json(results: Sequence[TrainingResult]) -> str:
    """Training runs as JSON text."""
    data = {"schema": SCHEMA, "trainings": [_plain(result) for result in results]}
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(result: TrainingResult) -> dict[str, Any]:
    training, trajectory = result.training, result.trajectory
    return {
        "exercise": result.exercise,
        "path": result.path,
        "training": training.name,
        "epochs": training.epochs,
        "dtype": training.dtype,
        "seed": result.settings.seed,
        "device": result.settings.device,
        "verdict": result.verdict,
        "reason": result.reason,
        "message": result.message,
        "messages": [plain_data.said(each) for each in result.messages],
        "gradients": [plain_data.gradient(row) for row in result.gradients],
        "findings": [plain_data.finding(each) for each in result.findings],
        "controls": plain_data.controls(result),
        "losses": [] if trajectory is None else plain_data.json_value(trajectory.losses.reshape(-1).tolist()),
        "final": {} if trajectory is None else {n: plain_data.json_value(a.tolist()) for n, a in trajectory.final.items()},
        "predictions": {
            "before": [plain_data.json_value(value.tolist()) for value in result.before],
            "after": [plain_data.json_value(value.tolist()) for value in result.after],
        },
    }


def _predictions(result: TrainingResult, values: tuple[Any, ...], *, trained: bool) -> Iterator[str]:
    name, lines = result.training.prediction, []
    for datum, value in zip(result.training.predict, values, strict=False):
        point = {n: v.tolist() for n, v in datum.items()}
        lines.append(str(message("prediction", trained=trained, point=point, name=name, value=_entries(value))))
    if lines:
        yield "\n".join(lines)


def _steps(result: TrainingResult, every: bool) -> Iterator[str]:
    trajectory, epochs = result.trajectory, result.training.epochs
    if trajectory is None:
        return
    samples = len(trajectory.losses) // epochs
    shown = [e for e in range(epochs) if every or epochs <= 2 * SHOWN or e < SHOWN or e >= epochs - SHOWN]
    rows = []
    for k, epoch in enumerate(shown):
        if k and shown[k - 1] != epoch - 1:
            rows.append(["…"] * (3 + len(trajectory.gradients)))
        for sample in range(samples):
            step = epoch * samples + sample
            gradients = [_entries(g[step]) for g in trajectory.gradients.values()]
            rows.append([str(epoch), str(sample), *gradients, f"{trajectory.losses[step].item():.9g}"])
    epoch_, sample_, loss = (str(message("training_column", of=name)) for name in ("epoch", "sample", "loss"))
    headers = [epoch_, sample_, *(f"dL/d{name}" for name in trajectory.gradients), loss]
    yield tabulate(rows, headers=headers, tablefmt="simple", stralign="right", disable_numparse=True)


def _entries(value: Any) -> str:
    flat = value.reshape(-1)
    if len(flat) > MOST_ENTRIES:
        return str(message("entries_at_most", shape=value.shape, greatest=float(abs(flat).max())))
    return ", ".join(f"{v:.9g}" for v in flat)


def _verdict(result: TrainingResult) -> Iterator[str]:
    lines = [str(message("training_verdict", verdict=result.verdict, said=said(result.reason)))]
    lines += [f"  {line}" for line in (result.message or "").splitlines()]
    if result.verdict != "pass" and result.path:
        again = shlex.join(command("train", result.path, result.exercise))
        lines.append(f"  {message('repeat_training', command=again)}")
    if result.gradients:
        entries = sum(row.entries * row.points for row in result.gradients)
        certified = sum(row.certified for row in result.gradients)
        figures = [f for f in result.findings if f.reason in ("agree", "published_differs")]
        agreeing = sum(f.reason == "agree" for f in figures)
        looked = [message("entries_along_the_way", entries=entries, certified=certified)]
        looked += [message("figures_agree", agreeing=agreeing, figures=len(figures))] if figures else []
        looked.append(message("controls", **plain_data.controls(result)))
        lines += [f"  {line}" for line in looked]
    yield "\n".join(lines)
