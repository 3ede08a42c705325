"""``symgrad train``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from symgrad.cli.options import atol, certify, device, only, output, paths, reported, rtol, seed, writable, write

NAMES = ("table", "json")


@click.command("train")
@paths
@only
@click.option("--all", "every", is_flag=True, help="Show every epoch, not only the first and the last ones.")
@click.option("--format", "format_", type=click.Choice(NAMES), default="table", show_default=True, help="Form of the report.")
@output
@seed
@rtol
@atol
@certify
@device
@reported
def command(
    paths: tuple[str, ...],
    only: tuple[str, ...],
    every: bool,
    format_: str,
    output: Path | None,
    seed: int,
    rtol: float | None,
    atol: float | None,
    certify: bool,
    device: str,
) -> None:
    """Run the training loops of exercises with PyTorch, and check every gradient against the closed form.

    Exit status: 0 all pass; 1 something failed; 2 something could not be decided or run, or the command was wrong.
    """
    from symgrad.authoring.exercise_files import Broken, load
    from symgrad.basics.errors import UserError
    from symgrad.checking.results.settings import Settings
    from symgrad.checking.training import train
    from symgrad.reports import training as reports

    writable(output)
    loaded = load(paths, only=only)
    for item in loaded:
        if isinstance(item, Broken):
            click.echo(f"error: {item.message}", err=True)
    exercises = [item for item in loaded if not isinstance(item, Broken)]
    runs = [(exercise, training) for exercise in exercises for training in exercise.trainings]
    if not runs and exercises:
        raise UserError(
            f"no training in {', '.join(e.name for e in exercises)}; an exercise states one with training=Training(…)"
        )
    settings = Settings(seed=seed, rtol=rtol, atol=atol, certify=certify, device=device)
    results = [train(exercise, training, settings) for exercise, training in runs]
    text = reports.to_json(results) if format_ == "json" else "\n".join(reports.render(r, every=every) for r in results)
    write(text, output)
    verdicts = {result.verdict for result in results}
    missed = any(result.missed for result in results)
    undecided = verdicts & {"inconclusive", "error"} or len(exercises) < len(loaded)
    sys.exit(1 if "fail" in verdicts or missed else 2 if undecided else 0)
