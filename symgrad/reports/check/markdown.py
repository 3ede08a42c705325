"""The report as Markdown, for pull requests and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tabulate import tabulate

from symgrad.basics.errors import printable
from symgrad.basics.messages import message
from symgrad.checking.results.results import CheckResult, Report
from symgrad.reports.check import rows


def render(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    cells = [[escaped(cell) for cell in row.texts] for row in rows.rows(report)]
    table = tabulate(cells, headers=rows.headers(), tablefmt="pipe", disable_numparse=True)
    parts = [f"# {message('check_report')}", table, *("\n".join(_section(r)) for r in report.results if r.verdict != "pass")]
    notes = [f"* {escaped(result.name)}: {escaped(note)}" for result in report.results for note in result.notes]
    if notes:
        parts.append("\n".join(notes))
    return printable("\n\n".join([*parts, "  \n".join(rows.summary(report))])) + "\n"


def _section(result: CheckResult) -> Iterator[str]:
    about = message("section", verdict=result.verdict, reason=rows.said(result.reason), name=escaped(result.name))
    yield f"## {about}"
    yield ""
    for heading, text in rows.details(result):
        yield f"* {heading}: {code(text)}" if heading else f"{escaped(text)}\n"


def escaped(text: str) -> str:
    r"""Text without meaning for Markdown.

    >>> print(escaped("a|b_c"))
    a\|b\_c
    """
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Text as a code span, whatever backticks it has."""
    flat = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {flat} {fence}" if longest else f"`{flat}`"
