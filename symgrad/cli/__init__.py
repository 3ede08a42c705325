"""The command line: click commands, one file a command, each imported when it is asked for.

Must never know: `torch`, `sympy`, `pytest`: they are imported behind it, and late.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from symgrad.basics.errors import closest

COMMANDS = ("check", "grade", "parse", "train", "derive", "list", "operations")


class _Lazy(click.Group):
    """A group whose commands are loaded on demand, so that help costs no import of sympy or torch."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = closest(args[0], COMMANDS)
            ctx.fail(f"No such command '{args[0]}'" + (f"; did you mean '{near}'?" if near else ""))
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"symgrad.cli.{cmd_name}_command").command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="symgrad", prog_name="symgrad")
def cli() -> None:
    """Check gradients: is this one right, and if not, who is wrong.

    Exercises are losses in SymPy; symgrad differentiates them in closed form and compares with PyTorch's backward().
    """


def main() -> None:
    """The entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="symgrad")
