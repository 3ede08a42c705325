"""The report for people: a line an exercise, rows for what didn't pass, a paragraph on each, last lines with what was done.

It fits a hundred columns, and fewer where the terminal has fewer: then nothing is cut within a word.
"""

from __future__ import annotations

import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator

from tabulate import tabulate

from symgrad.basics.errors import printable
from symgrad.basics.messages import message
from symgrad.checking.results.results import CheckResult, GradientResult, Report
from symgrad.reports.check import rows
from symgrad.reports.wording.values import apart, place
from symgrad.reports.wording.values import short_number as short

WIDTH = 100
INDENT = 15
"""Where the text of a paragraph's line begins."""
COLUMNS = ("exercise", "verdict", "compared", "closed_form", "autograd", "ulps", "ulps_allowed")
RIGHT = COLUMNS[2:]
"""Columns that are set to the right."""
NARROWED = ((None, None, None), (None, 16, None), (None, 16, 6), (16, 12, 6))
"""How wide the first columns may be, one after the other until the table fits; they are broken between words."""


def render(report: Report, *, verbose: bool = False, width: int | None = None) -> str:
    """The report as plain text; `verbose` has a row for every gradient, also of what passes."""
    most = page_width() if width is None else width
    parts = [_table(report, verbose, most)]
    parts += ["\n".join(paragraph(r, most)) for r in report.results if r.verdict != "pass"]
    parts += [_entries(r, most) for r in report.results if report.settings.entries and r.values]
    notes = [_wrapped(f"{result.name}: {note}", most) for result in report.results for note in result.notes]
    parts += ["\n".join(notes)] if notes else []
    parts.append("\n".join(_wrapped(line, most) for line in rows.summary(report)))
    return printable("\n\n".join(part.rstrip() for part in parts)) + "\n"


def page_width() -> int:
    """Columns of the page: as many as COLUMNS says, or the terminal that is written to has, and a hundred at most."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return min(WIDTH, int(said))
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if sys.stdout.isatty() else WIDTH


def paragraph(result: CheckResult, width: int | None = None) -> Iterator[str]:
    """The lines on an exercise that didn't pass, of any length unless a width is given."""
    yield _wrapped(rows.title(result), width)
    for heading, text in rows.details(result):
        line = f"  {heading:<12} {text}" if heading else f"  {text}"
        is_command = heading == rows.heading("repeat")  # it is there to be copied
        yield line if is_command else _wrapped(line, width, INDENT if heading else 4)


def _wrapped(text: str, width: int | None, indent: int = 2) -> str:
    """Text broken between words where it is too long for a line."""
    if width is None or len(text) <= width:
        return text
    lead = text[: len(text) - len(text.lstrip())]
    return textwrap.fill(
        text.lstrip(),
        max(width, 2 * indent),
        initial_indent=lead,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(report: Report, verbose: bool, width: int) -> str:
    """A line for each exercise; a row for each gradient of those that don't pass (of all, where `verbose`)."""
    found: list[list[str]] = []
    for result in report.results:
        whole = not result.gradients or (result.verdict == "pass" and not result.missed and not verbose)
        found += [_line(result)] if whole else [_line(result), *map(_cells, result.gradients)]
    used = [k for k in range(len(COLUMNS)) if any(row[k] for row in found)] or [0, 1]
    cells = [[row[k] for k in used] for row in found]
    headers = [rows.column(COLUMNS[k]) for k in used]
    align = ["right" if COLUMNS[k] in RIGHT else "left" for k in used]
    for narrowed in NARROWED:
        limits = [narrowed[k] if k < len(narrowed) else None for k in used]
        text = tabulate(
            cells,
            headers=headers,
            tablefmt="simple",
            colalign=align,
            disable_numparse=True,
            maxcolwidths=limits,
            break_long_words=False,
            break_on_hyphens=False,
        )
        if all(len(line) <= width for line in text.splitlines()):
            return text
    return "\n".join(_wrapped(", ".join(_labelled(row)), width) for row in found)


def _labelled(row: list[str]) -> Iterator[str]:
    """The cells of a row for a page that is too narrow for a table."""
    yield ": ".join(cell for cell in row[:2] if cell)
    yield from (f"{rows.column(name)} {cell}" for name, cell in zip(COLUMNS[2:], row[2:], strict=True) if cell)


def _line(result: CheckResult) -> list[str]:
    """An exercise in one line: its verdict, and how many entries were compared."""
    entries = sum(g.entries * g.points for g in result.gradients)
    return [result.name, rows.verdict_of(result.verdict, rows.said(result.reason)), str(entries) if entries else "", *[""] * 4]


def _cells(row: GradientResult) -> list[str]:
    """The cells of a gradient: its worst entry, how many entries have its reason, both values, the difference."""
    count, total = rows.counted(row)
    worst, verdict = row.worst, rows.verdict_of(row.verdict, rows.said(row.reason))
    compared = str(message("count_of", count=count, of=total)) if 0 < count < total else str(total)
    if worst is None:
        return [row.label, verdict, compared, *[""] * 4]
    where = row.label if row.entries == 1 else place(row.label, worst)
    return [where, verdict, compared, *apart(worst.closed_form, worst.autograd), short(worst.ulps), short(worst.ulps_allowed)]


def _entries(result: CheckResult, width: int) -> str:
    """Every entry of every gradient at one point."""
    values = result.values
    lines = [
        [
            f"{each['gradient']}[{each['index'][0]}, {each['index'][1]}]",
            *(repr(each[key]) for key in ("closed_form", "autograd")),
            each["certified"],
            rows.small(each["ulps"]) if math.isfinite(each["ulps"]) else str(each["ulps"]),
        ]
        for each in values
    ]
    names = [rows.column(name) for name in ("gradient", "closed_form", "autograd", "certified", "ulps")]
    align = ("left", "right", "right", "right", "right")
    text = tabulate(lines, headers=names, tablefmt="simple", colalign=align, disable_numparse=True)
    points = list(dict.fromkeys(each["point"] for each in values))
    return f"{_wrapped(str(message('every_entry', name=result.name, points=points)), width)}\n{text}"
