"""The report for people: a table, a paragraph on each exercise that didn't pass, a last line with the controls."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from symgrad.basics.errors import printable
from symgrad.checking.results.results import CheckResult, Report
from symgrad.reports.check import rows


def render(report: Report) -> str:
    """The report as plain text."""
    align = tuple("right" if header in rows.NUMBERS else "left" for header in rows.HEADERS)
    text = tabulate(rows.rows(report), headers=rows.HEADERS, tablefmt="simple", colalign=align, disable_numparse=True)
    parts = [text, *("\n".join(paragraph(r)) for r in report.results if r.verdict != "pass"), *_notes(report)]
    return printable("\n\n".join(part.rstrip() for part in [*parts, "\n".join(rows.summary(report))])) + "\n"


def paragraph(result: CheckResult) -> Iterator[str]:
    """The lines on an exercise that didn't pass."""
    yield f"{result.verdict.upper()}: {rows.said(result.reason)}: {result.name}{f' ({result.path})' if result.path else ''}"
    for heading, text in rows.details(result):
        yield f"  {heading:<12} {text}" if heading else f"  {text}"


def _notes(report: Report) -> Iterator[str]:
    notes = [f"{result.name}: {note}" for result in report.results for note in result.notes]
    if notes:
        yield "\n".join(notes)
