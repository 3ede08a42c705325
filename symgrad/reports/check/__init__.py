"""A check as text, one file a format; a new format is one file and one row here.

Other packages add formats as entry points of the group `symgrad.formats`, each a function of a `Report` that gives a text.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, TypeAlias

from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import Message, message
from symgrad.basics.registries import Registry
from symgrad.checking.results.results import Report
from symgrad.reports.check import html, json_format, junit, markdown, table

Format: TypeAlias = Callable[[Report], str]
OWN: dict[str, Format] = {
    "table": table.render,
    "json": json_format.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "html": html.render,
}


def _fault(name: str, format_: Any) -> Message | None:
    return None if callable(format_) else message("is_not_callable", type=type(format_).__name__)


FORMATS: Registry[Format] = Registry(MappingProxyType(OWN), "symgrad.formats", _fault)


def render(report: Report, format_: str) -> str:
    """A report as text in one of `FORMATS`, ending in a newline."""
    return named(format_)(report)


def named(format_: str) -> Format:
    """The format of a name."""
    if format_ not in FORMATS:
        near = closest(format_, FORMATS)
        raise UserError(message("no_format", name=format_, closest=near, names=list(FORMATS)))
    return FORMATS[format_]
