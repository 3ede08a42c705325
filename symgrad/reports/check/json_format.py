"""The report as JSON, schema ``symgrad/check/1``: the plain data of `symgrad.reports.check.plain_data`, written."""

from __future__ import annotations

import json

from symgrad.checking.results.results import Report
from symgrad.reports.check.plain_data import to_dict


def render(report: Report) -> str:
    """The report as JSON text."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
