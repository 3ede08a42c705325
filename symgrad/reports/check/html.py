"""The report as a fragment of HTML that stands by itself: for notebooks, and for pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.checking.results.reasons import Verdict
from symgrad.checking.results.results import CheckResult, Report
from symgrad.reports import markup
from symgrad.reports.check import rows

SIGNS: Mapping[Verdict, str] = {"pass": "✓", "fail": "✗", "inconclusive": "?", "error": "!"}


def render(report: Report) -> str:
    """The report as HTML."""
    table = markup.table(rows.headers(), map(_cells, rows.rows(report)), [rows.column(name) for name in rows.NUMBERS])
    sections = [part for result in report.results if result.verdict != "pass" for part in _section(result)]
    notes = [f"{result.name}: {note}" for result in report.results for note in result.notes]
    parts = [table, *sections, *([markup.lines(notes)] if notes else []), markup.lines(rows.summary(report))]
    return markup.element("div", "\n" + "\n".join(parts) + "\n") + "\n"


def _cells(row: rows.Row) -> list[str]:
    return [markup.text(row.exercise), markup.badge(SIGNS[row.verdict], row.about), *map(markup.text, row.cells)]


def _section(result: CheckResult) -> Iterator[str]:
    said = markup.badge(SIGNS[result.verdict], rows.verdict_of(result.verdict, rows.said(result.reason)))
    place = f" ({result.path})" if result.path else ""
    yield markup.element("p", f"{said} <strong>{markup.text(result.name)}</strong>{markup.text(place)}", "margin:1em 0 .25em 0")
    told = list(rows.details(result))
    message = [text for heading, text in told if not heading]
    if message:
        yield markup.lines(message)
    yield markup.definitions((heading, text) for heading, text in told if heading)
