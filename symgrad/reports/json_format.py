"""The report as JSON, schema ``symgrad/check/1``; `schema` is raised when a key changes its meaning.

JSON knows no NaN and no infinity: such values are the strings ``"nan"``, ``"inf"`` and ``"-inf"``.
"""

from __future__ import annotations

import json
import math
from typing import Any

from symgrad.results import CheckResult, Entry, GradientResult, Report

SCHEMA = "symgrad/check/1"


def render(report: Report) -> str:
    """The report as JSON text."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    verdicts = report.verdicts
    return {
        "schema": SCHEMA,
        "versions": dict(report.versions),
        "seed": report.settings.seed,
        "dtype": report.settings.dtype,
        "summary": {
            "exercises": len(report.results),
            "pass": verdicts["pass"],
            "fail": verdicts["fail"],
            "inconclusive": verdicts["inconclusive"],
            "error": verdicts["error"],
            "entries": report.entries,
            "controls": {"planted": report.planted, "caught": report.caught},
        },
        "exercises": [_exercise(result) for result in report.results],
    }


def _exercise(result: CheckResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "path": result.path,
        "verdict": result.verdict,
        "reason": result.reason,
        "message": result.message,
        "notes": list(result.notes),
        "gradients": [_gradient(row) for row in result.gradients],
    }


def _gradient(row: GradientResult) -> dict[str, Any]:
    return {
        "parameter": row.parameter,
        "shape": list(row.shape),
        "verdict": row.verdict,
        "reason": row.reason,
        "closed_form": row.closed_form,
        "entries": row.entries,
        "points": row.points,
        "certified": row.certified,
        "confirmed": row.confirmed,
        "worst": None if row.worst is None else _entry(row.worst),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "index": list(entry.index),
        "point": {name: plain(value) for name, value in entry.point.items()},
        "closed_form": plain(entry.closed_form),
        "autograd": plain(entry.autograd),
        "reference": entry.reference,
        "absolute": plain(entry.absolute),
        "relative": plain(entry.relative),
        "ulps": plain(entry.ulps),
        "allowed": plain(entry.allowed),
    }


def plain(value: Any) -> Any:
    """A number as JSON has it; nan and infinities as strings."""
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value if math.isfinite(value) else str(value)
