"""``symgrad list``."""

from __future__ import annotations

import sys

import click

from symgrad.cli.options import paths, reported


@click.command("list")
@paths
@reported
def command(paths: tuple[str, ...]) -> None:
    """List exercises: name, parameters, given points, training loops, file and title."""
    from tabulate import tabulate

    from symgrad.authoring.exercise_files import Broken, load
    from symgrad.basics.errors import printable

    loaded = load(paths)
    exercises = [item for item in loaded if not isinstance(item, Broken)]
    rows = [
        [
            e.name,
            ", ".join(e.parameter_names),
            len(e.given),
            len(e.trainings),
            e.place.path if e.place else "",
            printable(e.title, keep=""),
        ]
        for e in exercises
    ]
    headers = ["exercise", "parameters", "given points", "trainings", "file", "title"]
    click.echo(printable(tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)))
    for item in loaded:
        if isinstance(item, Broken):
            click.echo(f"error: {item.message}", err=True)
    sys.exit(2 if len(exercises) < len(loaded) else 0)
