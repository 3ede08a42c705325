"""Formats and words: everything that is said or drawn for people.

Must never know: `torch`, `cli`, `testing`, `pytest_plugin`: who asks for a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symgrad.basics.showing import Plain

if TYPE_CHECKING:
    from symgrad.checking.results.results import CheckResult, Report
    from symgrad.grading.course.gradebook import Gradebook


def render(results: Report | CheckResult | Gradebook, format_: str = "table") -> str:
    """A report, a single result or a gradebook as text in one of its formats, ending in a newline."""
    if isinstance(results, Plain):
        from symgrad.reports import check  # formats are imported late: words are made without them

        return check.render(results.report, format_)
    from symgrad.reports import grades

    return grades.render(results, format_)
