"""The report as JSON, schema ``symgrad/check/1``: the plain data of `symgrad.plain`, written."""

from __future__ import annotations

import json

from symgrad.plain import to_dict
from symgrad.results import Report


def render(report: Report) -> str:
    """The report as JSON text."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
