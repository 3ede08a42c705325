"""Reports as text, one file a format; a new format is one file and one row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from symgrad.reports import json_format, junit, markdown, table
from symgrad.results import Report

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"table": table.render, "json": json_format.render, "junit": junit.render, "markdown": markdown.render}
)


def render(report: Report, format_: str = "table") -> str:
    """A report as text in one of `FORMATS`, ending in a newline."""
    return FORMATS[format_](report)
