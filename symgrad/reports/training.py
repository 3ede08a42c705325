"""A training run as text: predictions before and after, gradients and loss by step, the verdict."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from tabulate import tabulate

from symgrad.basics.errors import printable
from symgrad.checking.training import TrainingResult
from symgrad.reports.check.rows import said
from symgrad.reports.wording.commands import command
from symgrad.reports.wording.values import point_text

SHOWN = 5
"""Epochs shown at the beginning and at the end, unless all are asked for."""
MOST_ENTRIES = 6
"""Entries of a gradient that are printed; of more, the largest."""


def render(result: TrainingResult, *, every: bool = False) -> str:
    """A training run as plain text."""
    training = result.training
    rates = training.learning_rate
    assert isinstance(rates, dict)  # normalised where the exercise was made
    rate = (
        f"{next(iter(rates.values())):g}"
        if len(set(rates.values())) == 1
        else ", ".join(f"{v:g} for {k}" for k, v in rates.items())
    )
    head = f"{result.exercise}: {training.name}: {training.epochs} epochs, rate {rate}, {training.dtype}"
    parts = [head, *_predictions(result, "before", result.before), *_steps(result, every)]
    parts += [*_predictions(result, "after", result.after), *_verdict(result)]
    return printable("\n\n".join(parts)) + "\n"


def _predictions(result: TrainingResult, when: str, values: tuple[Any, ...]) -> Iterator[str]:
    lines = [
        f"prediction {when} training at {point_text({n: v.tolist() for n, v in datum.items()})}:"
        f" {result.training.prediction} = {_entries(value)}"
        for datum, value in zip(result.training.predict, values, strict=False)
    ]
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
    headers = ["epoch", "sample", *(f"dL/d{name}" for name in trajectory.gradients), "loss"]
    yield tabulate(rows, headers=headers, tablefmt="simple", stralign="right", disable_numparse=True)


def _entries(value: Any) -> str:
    flat = value.reshape(-1)
    if len(flat) > MOST_ENTRIES:
        return f"{value.shape[0]}×{value.shape[1]}, at most {abs(flat).max():.9g}"
    return ", ".join(f"{v:.9g}" for v in flat)


def _verdict(result: TrainingResult) -> Iterator[str]:
    lines = [f"{result.verdict}: {said(result.reason)}"]
    lines += [f"  {line}" for line in (result.message or "").splitlines()]
    if result.verdict != "pass" and result.path:
        lines.append(f"  repeat       {shlex.join(command('train', result.path, result.exercise))}")
    if result.gradients:
        entries = sum(row.entries * row.points for row in result.gradients)
        certified = sum(row.certified for row in result.gradients)
        figures = [f for f in result.findings if f.reason in ("agree", "published_differs")]
        agreeing = sum(f.reason == "agree" for f in figures)
        lines.append(f"  {entries} entries of gradients compared along the way, {certified} certified")
        if figures:
            lines.append(f"  {agreeing} of {len(figures)} published figures agree with the digits printed")
        lines.append(f"  controls: {result.caught} of {result.planted} planted errors caught")
    yield "\n".join(lines)
