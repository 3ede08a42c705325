"""``symgrad operations``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from symgrad.basics.format_names import FORMAT_NAMES
from symgrad.cli.options import output, progress_bar, reported, writable, write

NAMES = ("table", "json", "markdown")


@click.command("operations")
@click.option("--check", is_flag=True, help="Survey the installed PyTorch: values and derivatives at adversarial points.")
@click.option("--only", multiple=True, metavar="NAME", help="Only the operation of this name; may be repeated.")
@click.option("--dtype", "dtypes", multiple=True, type=click.Choice(FORMAT_NAMES), help="Only this format; may be repeated.")
@click.option("--format", "format_", type=click.Choice(NAMES), default="table", show_default=True, help="Form of the output.")
@output
@click.option(
    "--acknowledge",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Known deviations, a TOML file with a reason for each.",
)
@reported
def command(
    check: bool, only: tuple[str, ...], dtypes: tuple[str, ...], format_: str, output: Path | None, acknowledge: Path | None
) -> None:
    """List the operations that losses are made of, or survey how PyTorch computes them.

    Exit status of a survey: 0 rounding explains every difference, or it is acknowledged; 1 some deviate; 2 the command
    was wrong.
    """
    from symgrad.basics.errors import UserError, closest
    from symgrad.basics.messages import message
    from symgrad.operations.table import TABLE
    from symgrad.reports import survey as reports

    unknown = next((name for name in only if name not in TABLE), None)
    if unknown is not None:
        raise UserError(message("no_operation", name=unknown, closest=closest(unknown, TABLE)))
    dtypes = tuple(dict.fromkeys(dtypes))
    if not check and (dtypes or acknowledge is not None):
        raise UserError("--dtype and --acknowledge belong to a survey; add --check")
    writable(output)
    if not check:
        write(reports.listed(only, format_), output)
        return
    from symgrad.checking.check import versions
    from symgrad.survey.acknowledged import acknowledgements
    from symgrad.survey.cases import INTERNAL
    from symgrad.survey.result import run

    nothing = next((name for name in only if name in INTERNAL), None)
    if nothing is not None:
        raise UserError(f"'{nothing}' is no operation that a survey could look at")
    known = acknowledgements(acknowledge) if acknowledge is not None else []
    found = run(dtypes or FORMAT_NAMES, only, known, versions(), progress=_progress)
    write(reports.render(found, format_), output)
    if output is not None:
        click.echo(reports.summary(found), err=True)
    for item in found.unused:
        click.echo(f"{acknowledge}: nothing was left for the entry on {item.operation} ({item.reason})", err=True)
    sys.exit(found.exit_status)


def _progress(items: Sequence[Any]) -> Iterator[Any]:
    return progress_bar(items, "surveying", str)
