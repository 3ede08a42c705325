"""``symgrad check``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from symgrad.basics.format_names import FORMAT_NAMES
from symgrad.cli.options import (
    Name,
    atol,
    certify,
    device,
    only,
    output,
    paths,
    progress_bar,
    reported,
    rtol,
    seed,
    writable,
    write,
)
from symgrad.frameworks.pytorch.ways import WAYS

FORMAT = Name(("table", "json", "junit", "markdown", "html"), "symgrad.formats")
WAY = Name(WAYS.own, WAYS.group)


@click.command("check")
@paths
@click.option("--format", "format_", type=FORMAT, default="table", show_default=True, help="Form of the report.")
@output
@click.option("--points", type=click.IntRange(min=0), help="Points to sample; each exercise says how many, 16 unless it does.")
@seed
@click.option(
    "--dtype", type=click.Choice(FORMAT_NAMES), default="float64", show_default=True, help="Format that PyTorch runs in."
)
@only
@rtol
@atol
@certify
@click.option("--via", type=WAY, default="backward", show_default=True, help="PyTorch's way to the gradient.")
@click.option(
    "--order", type=click.IntRange(1, 2), default=1, show_default=True, help="With 2, second derivatives are checked, too."
)
@device
@click.option("-v", "--verbose", is_flag=True, help="A row for every gradient, also of exercises that pass.")
@click.option("--entries", is_flag=True, help="Every entry at one point: closed form, autograd, certified, ulps.")
@click.option(
    "--entries-at",
    type=click.IntRange(min=0),
    metavar="K",
    help="The point of --entries, from 0; that of the worst entry, unless said.",
)
@reported
def command(
    paths: tuple[str, ...],
    format_: str,
    output: Path | None,
    points: int | None,
    seed: int,
    dtype: str,
    only: tuple[str, ...],
    rtol: float | None,
    atol: float | None,
    certify: bool,
    via: str,
    order: int,
    device: str,
    verbose: bool,
    entries: bool,
    entries_at: int | None,
) -> None:
    """Check the exercises in files and folders.

    Exit status: 0 all pass; 1 something failed; 2 something could not be decided or run, or the command was wrong.
    """
    from symgrad.checking.check import check_paths
    from symgrad.checking.results.settings import Settings
    from symgrad.reports import render
    from symgrad.reports.check import named, table
    from symgrad.reports.check.rows import summary

    writable(output)
    named(format_)
    settings = Settings(
        seed=seed,
        dtype=dtype,
        points=points,
        rtol=rtol,
        atol=atol,
        certify=certify,
        via=via,
        order=order,
        device=device,
        entries=entries or entries_at is not None,
        entries_at=entries_at,
    )
    report = check_paths(paths, settings, only=only, progress=_progress)
    full = verbose and format_ == "table"
    write(table.render(report, verbose=True) if full else render(report, format_), output)
    if output is not None:
        click.echo("\n".join(summary(report)), err=True)
    sys.exit(report.exit_status)


def _progress(items: Sequence[Any]) -> Iterator[Any]:
    return progress_bar(items, "checking", lambda item: getattr(item, "name", ""))
