"""Pages that are made of the code: the table of operations, and the help of every command.

``python tests/generated.py`` writes docs/operations.md and docs/command_line.md anew; test_generated.py compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from click.testing import CliRunner

from symgrad.cli import COMMANDS, cli
from symgrad.operations.table import SUBJECTS
from symgrad.reports.operations import rows

ROOT = Path(__file__).parent.parent
WIDTH = 100
"""Characters of a line of help."""
OPERATIONS = """\
# Operations

What losses are made of: one row an operation, as the registry has it. This page is written by `tests/generated.py`; the command
`python -m symgrad operations` prints the same in a terminal, with `--only NAME` for some. How expressions are written stands in
[exercises.md](exercises.md), how to add an operation in [extending.md](extending.md).

* An operation acts entry by entry, and broadcasts scalars, rows and columns as NumPy does, unless it is of whole matrices.
* Options have the defaults that are shown, which are PyTorch's. `axis=0` runs down the rows, `axis=1` along the columns;
  without it a total is over the whole.
* Losses act entry by entry, as PyTorch's with `reduction="none"`: write `mean(mse_loss(a, b))`.
* In a derivative f is the value of the operation, and g the adjoint of it where it acts on whole matrices.
* `∘` multiplies entry by entry, `Σ` is a total, `Σ₀` and `Σ₁` one along that axis, `[z > 0]` is 1 where it holds.
* The last column says what PyTorch takes for the derivative where there is none. `python -m symgrad operations --check` surveys
  the installed PyTorch: every operation at adversarial points in every format against certified values, and its convention at
  every kink. What is known to deviate stands in [known_deviations.toml](known_deviations.toml).
"""
COMMAND_LINE = """\
# The command line

The help of every command. This page is written by `tests/generated.py`.

* Paths are Python files with exercises, or folders of them. Names that begin with `_` or `.` are passed over in folders.
* Reports go to standard output, messages and progress to standard error. The same files, options and seed give the same bytes.
* Where `--format` and `--via` list names, packages can add more ([extending.md](extending.md)); help shows symgrad's own.
* Exit status of a check: 0 all pass; 1 something failed, or a planted error was missed; 2 nothing failed, but something could
  not be decided or run, or the command was wrong.
"""


def operations() -> str:
    """The table of operations, a section for each subject."""
    parts = [OPERATIONS]
    for subject in SUBJECTS:
        names = [row.name for row in subject.ROWS if row.authored]
        title = subject.__name__.rpartition(".")[2].replace("_", " ").capitalize()
        lines = ["| operation | formula | derivative | domain | at kinks |", "|---|---|---|---|---|"]
        lines += [_line(row) for row in rows(names)]
        parts.append(f"\n## {title}\n\n" + "\n".join(lines) + "\n")
    return "".join(parts)


def _line(row: list[str]) -> str:
    name, *cells = (cell.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;") for cell in row)
    return f"| `{name}` | {' | '.join(cells)} |"


def command_line() -> str:
    """The help of symgrad and of every command."""
    parts = [COMMAND_LINE, f"\n## symgrad\n\n{_help()}"]
    return "".join([*parts, *(f"\n## {name}\n\n{_help(name)}" for name in COMMANDS)])


def _help(*words: str) -> str:
    shown = CliRunner().invoke(cli, [*words, "--help"], prog_name="python -m symgrad", terminal_width=WIDTH).stdout
    command = " ".join(["python -m symgrad", *words, "--help"])
    return f"```text\n$ {command}\n{shown.rstrip()}\n```\n"


PAGES: Mapping[str, Callable[[], str]] = {"operations.md": operations, "command_line.md": command_line}

if __name__ == "__main__":
    for page, made in PAGES.items():
        (ROOT / "docs" / page).write_text(made(), encoding="utf-8")
