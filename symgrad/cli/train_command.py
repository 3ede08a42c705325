"""``symgrad train``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from symgrad.cli.options import only, output, paths, reported, writable, write


@click.command("train")
@paths
@only
@click.option("--all", "every", is_flag=True, help="Show every epoch, not only the first and the last ones.")
@output
@reported
def command(paths: tuple[str, ...], only: tuple[str, ...], every: bool, output: Path | None) -> None:
    """Run the training loops of exercises with PyTorch, and check every gradient against the closed form.

    Exit status: 0 all pass; 1 something failed; 2 something could not be decided or run, or the command was wrong.
    """
    from symgrad.authoring.exercise_files import Broken, load
    from symgrad.basics.errors import UserError
    from symgrad.checking.training import train
    from symgrad.reports.training import render

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
    results = [train(exercise, training) for exercise, training in runs]
    write("\n".join(render(result, every=every) for result in results), output)
    verdicts = {result.verdict for result in results}
    missed = any(result.caught < result.planted for result in results)
    undecided = verdicts & {"inconclusive", "error"} or len(exercises) < len(loaded)
    sys.exit(1 if "fail" in verdicts or missed else 2 if undecided else 0)
