"""Rows as CSV that no spreadsheet takes for formulas.

In come rows of text, out goes CSV with a comma between cells and a line feed after each row, as `csv.reader` reads it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from symgrad.reports.grades.quoting import line

FORMULA = re.compile(r'(^|;)(?=[\s"]*[=+\-@＝＋－＠\t\r])')
"""Before what a spreadsheet evaluates (OWASP, "CSV Injection"); after a semicolon too, where Excel may begin a new cell."""
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def written(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, every cell defused."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([defused(cell) for cell in row] for row in rows)
    return text.getvalue()


def defused(cell: str) -> str:
    r"""A cell with control characters written out, and with an apostrophe before what a spreadsheet would evaluate.

    >>> defused("=1+1"), defused("-1.5"), defused("a;@b"), defused("a\nb")
    ("'=1+1", '-1.5', "a;'@b", 'a\\nb')
    """
    return cell if NUMBER.fullmatch(cell) else line(FORMULA.sub(r"\1'", cell))
