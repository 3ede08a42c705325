"""Reports as text, one file a format; a new format is one file and one row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from symgrad.errors import UserError, nearest
from symgrad.reports import json_format, junit, markdown, table
from symgrad.results import CheckResult, Report

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"table": table.render, "json": json_format.render, "junit": junit.render, "markdown": markdown.render}
)


def render(report: Report | CheckResult, format_: str = "table") -> str:
    """A report, or a single result, as text in one of `FORMATS`, ending in a newline."""
    if format_ not in FORMATS:
        raise UserError(f"no format '{format_}'{nearest(format_, FORMATS)} It is one of {', '.join(FORMATS)}")
    return FORMATS[format_](report if isinstance(report, Report) else Report((report,), report.settings))
