"""Options and messages that several commands share."""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from symgrad.basics.errors import SymgradError
from symgrad.basics.registries import names


class Name(click.Choice[str]):
    """The name of a row of a table: one of symgrad's `own`, which help shows, or one that a package adds.

    Packages are asked only for a name that isn't symgrad's, and then for their names alone: nothing of theirs is loaded.
    """

    def __init__(self, own: Iterable[str], group: str) -> None:
        super().__init__(tuple(own))
        self.group = group

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known: Sequence[str] = self.choices if value in self.choices else (*self.choices, *names(self.group))
        return click.Choice(known).convert(value, param, ctx)


class Failure(click.ClickException):
    """A message on standard error, and exit status 2."""

    exit_code = 2


Command = TypeVar("Command", bound=Callable[..., Any])

paths = click.argument("paths", nargs=-1, required=True, metavar="PATH…")
only = click.option("--only", multiple=True, metavar="NAME", help="Only the exercise of this name; may be repeated.")
output = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the report there."
)


seed = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of sampled points.")
certify = click.option(
    "--certify", is_flag=True, help="Certify every entry, however many, and ask the definition of the derivative about each."
)
device = click.option(
    "--device", default="cpu", show_default=True, metavar="DEVICE", help="Where PyTorch computes, such as cuda."
)


def finite(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """The value of an option, if it is a finite number."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a finite number.")
    return value


rtol = click.option(
    "--rtol", type=click.FloatRange(min=0), callback=finite, help="Tolerance by hand, relative; overrides the derived one."
)
atol = click.option(
    "--atol", type=click.FloatRange(min=0), callback=finite, help="Tolerance by hand, absolute; overrides the derived one."
)


def reported(command: Command) -> Command:
    """A command whose SymgradErrors become one line on standard error and exit status 2."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> Any:
        try:
            return command(*arguments, **options)
        except SymgradError as error:
            raise Failure(str(error)) from error

    return run  # type: ignore[return-value]  # the same signature


def writable(path: Path | None) -> None:
    """Raises Failure for a file that has no folder to go to, before anything runs."""
    if path is not None and not path.parent.is_dir():
        raise Failure(f"{path}: can't be written: No such file or directory")


def write(text: str, path: Path | None) -> None:
    """A report to a file, or to standard output. Raises Failure where the file can't be written."""
    if path is None:
        try:
            click.echo(text, nl=False)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Failure(f"standard output can't be written: {error.strerror}") from error
        return
    try:
        path.write_bytes(text.encode("utf-8", errors="replace"))
    except OSError as error:
        raise Failure(f"{path}: can't be written: {error.strerror}") from error


def progress_bar(items: Sequence[Any], label: str, name: Callable[[Any], str]) -> Iterator[Any]:
    """The items, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return

    def shown(item: Any | None) -> str:
        return "" if item is None else name(item)

    with click.progressbar(items, label=label, file=sys.stderr, item_show_func=shown) as bar:
        yield from bar
