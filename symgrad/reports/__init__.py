"""Reports as text, one file a format; a new format is one file and one row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from symgrad.basics.errors import UserError, nearest
from symgrad.checking.results.results import CheckResult, Report
from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.check import html, json_format, junit, markdown, table

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        "table": table.render,
        "json": json_format.render,
        "junit": junit.render,
        "markdown": markdown.render,
        "html": html.render,
    }
)


def render(results: Report | CheckResult | Gradebook, format_: str = "table") -> str:
    """A report, or a single result, as text in one of `FORMATS`, ending in a newline; a gradebook in one of its own."""
    if isinstance(results, Gradebook):
        from symgrad.reports import grades  # which rest on formats of this room

        return grades.render(results, format_)
    if format_ not in FORMATS:
        raise UserError(f"no format '{format_}'{nearest(format_, FORMATS)} It is one of {', '.join(FORMATS)}")
    return FORMATS[format_](results.report)
