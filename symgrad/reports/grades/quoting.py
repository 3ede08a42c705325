"""What students wrote, quoted so that it stays text: on a line, in a code span, in a code fence.

In comes any text, out goes text in which control characters are written out and nothing is HTML, Markdown or an order to
a terminal. Cells of CSV are quoted in `sheets`.
"""

from __future__ import annotations

import re

from symgrad.basics.errors import printable
from symgrad.basics.messages import message
from symgrad.reports.check import markdown

SHOWN = 80
"""Characters of a text that are shown inside a line; ids and answers can have thousands."""


def visible(text: str, keep: str = "\n") -> str:
    """Text of several lines with control characters written out."""
    plain = text.replace("\r\n", "\n")
    return plain if plain.isprintable() else printable(plain, keep)


def line(text: str, width: int | None = None) -> str:
    r"""Text on one line, at most so many characters long.

    >>> line("a\nb"), line("abcdef", 4)
    ('a\\nb', 'abc…')
    """
    shown = text if width is None else text[: width + 1]  # what is cut off needn't be written out
    shown = shown if shown.isprintable() else printable(shown, keep="")
    return shown if width is None or len(shown) <= width else shown[: width - 1] + "…"


def flat(text: str) -> str:
    r"""A message of several lines on one.

    >>> flat("no such name\n  did you mean 'w'?\n")
    "no such name did you mean 'w'?"
    """
    return " ".join(text.split())


def span(text: str, width: int | None = SHOWN) -> str:
    """Text as a code span of Markdown; where there is none, that is said.

    >>> span("a`b"), span(" ")
    ('`` a`b ``', '(empty)')
    """
    shown = line(text.strip(" "), width)
    return markdown.code(shown) if shown else str(message("grades_empty"))


def fence(text: str) -> str:
    """Text as a fenced block of Markdown, which no run of backticks inside can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    shown = visible(text, keep="\n\t").strip("\n")
    return f"{ticks}\n{shown}\n{ticks}"
