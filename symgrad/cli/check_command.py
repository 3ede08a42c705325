"""``symgrad check``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from symgrad.cli.options import DTYPES, finite, only, output, paths, progress_bar, reported, writable, write
from symgrad.frameworks.pytorch.ways import WAYS

NAMES = ("table", "json", "junit", "markdown", "html")


@click.command("check")
@paths
@click.option("--format", "format_", type=click.Choice(NAMES), default="table", show_default=True, help="Form of the report.")
@output
@click.option("--points", type=click.IntRange(min=0), help="Points to sample; each exercise says how many, 16 unless it does.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of sampled points.")
@click.option("--dtype", type=click.Choice(DTYPES), default="float64", show_default=True, help="Format that PyTorch runs in.")
@only
@click.option(
    "--rtol", type=click.FloatRange(min=0), callback=finite, help="Tolerance by hand, relative; overrides the derived one."
)
@click.option(
    "--atol", type=click.FloatRange(min=0), callback=finite, help="Tolerance by hand, absolute; overrides the derived one."
)
@click.option(
    "--certify", is_flag=True, help="Certify every entry, however many, and ask the definition of the derivative about each."
)
@click.option(
    "--via", type=click.Choice(list(WAYS)), default="backward", show_default=True, help="PyTorch's way to the gradient."
)
@click.option(
    "--order", type=click.IntRange(1, 2), default=1, show_default=True, help="With 2, second derivatives are checked, too."
)
@click.option("--device", default="cpu", show_default=True, metavar="DEVICE", help="Where PyTorch computes, such as cuda.")
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
) -> None:
    """Check the exercises in files and folders.

    Exit status: 0 all pass; 1 something failed; 2 something could not be decided or run, or the command was wrong.
    """
    from symgrad.checking.check import check_paths
    from symgrad.checking.results.settings import Settings
    from symgrad.reports import render
    from symgrad.reports.check.rows import summary

    writable(output)
    settings = Settings(
        seed=seed, dtype=dtype, points=points, rtol=rtol, atol=atol, certify=certify, via=via, order=order, device=device
    )
    report = check_paths(paths, settings, only=only, progress=_progress)
    write(render(report, format_), output)
    if output is not None:
        click.echo("\n".join(summary(report)), err=True)
    sys.exit(report.exit_status)


def _progress(items: Sequence[Any]) -> Iterator[Any]:
    return progress_bar(items, "checking", lambda item: getattr(item, "name", ""))
