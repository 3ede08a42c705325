"""``symgrad parse``."""

from __future__ import annotations

import sys

import click

from symgrad.cli.options import only, reported


class _Answers(click.Command):
    """A command whose arguments may begin with a minus, as −2x does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {name for option in self.get_params(ctx) for name in option.opts}
        minus = [a for a in args if a.startswith("-") and not a.startswith("--") and len(a) > 1 and a not in known]
        rest = [a for a in args if a not in minus]
        return super().parse_args(ctx, [*rest, *(["--", *minus] if minus and "--" not in rest else minus)])


@click.command("parse", cls=_Answers)
@click.argument("exercise", metavar="EXERCISE")
@click.argument("answer", metavar="ANSWER")
@only
@reported
def command(exercise: str, answer: str, only: tuple[str, ...]) -> None:
    """Show how an answer to an exercise is read: as text, as LaTeX, and its shape.

    EXERCISE is a file; where it holds several, say which with --only.
    """
    from symgrad.authoring.exercise_files import Broken, load
    from symgrad.basics.errors import StudentError, UserError, printable
    from symgrad.grading.answer_key.key import Key
    from symgrad.grading.equality.contents import read_content
    from symgrad.grading.language.terms import sized
    from symgrad.grading.language.writing import as_latex, as_text

    loaded = load([exercise], only=only)
    broken = next((item for item in loaded if isinstance(item, Broken)), None)
    if broken is not None:
        raise UserError(broken.message)
    if len(loaded) > 1:
        raise UserError(
            f"{exercise} holds {len(loaded)} exercises; choose one: --only {' or --only '.join(e.name for e in loaded)}"
        )
    (found,) = loaded
    assert not isinstance(found, Broken)  # these have been told
    try:
        term = read_content(answer, Key(found))
    except StudentError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    if term is None:
        click.echo("nothing stands here", err=True)
        sys.exit(1)
    click.echo(printable(f"read as  {as_text(term)}\nLaTeX    {as_latex(term)}\nshape    {sized(term.shape)}"))
