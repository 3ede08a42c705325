"""``symgrad derive``."""

from __future__ import annotations

import sys

import click

from symgrad.cli.options import only, paths, reported


@click.command("derive")
@paths
@only
@click.option("--closed-form", is_flag=True, help="Each gradient as one expression, too.")
@reported
def command(paths: tuple[str, ...], only: tuple[str, ...], closed_form: bool) -> None:
    """Print the derivation of exercises as numbered equations, as a person would write them."""
    from symgrad.authoring.exercise_files import Broken, load
    from symgrad.basics.errors import printable
    from symgrad.derivation import backpropagate

    loaded = load(paths, only=only)
    for item in loaded:
        if isinstance(item, Broken):
            click.echo(f"error: {item.message}", err=True)
            continue
        derivation = backpropagate(item.graph, item.parameter_names)
        counts = derivation.operations()
        click.echo(f"{item.name}{f': {printable(item.title)}' if item.title else ''}\n\n{derivation}\n")
        if closed_form:
            for name in item.parameter_names:
                click.echo(f"dL/d{name} = {derivation.closed_form(name)}")
            click.echo()
        click.echo(f"{counts.loss} operations for the loss, {counts.total} with all gradients ({counts.ratio:.2f} times)\n")
    sys.exit(2 if any(isinstance(item, Broken) for item in loaded) else 0)
