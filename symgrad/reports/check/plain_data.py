"""Results as plain data: the dictionary that JSON writes, schema ``symgrad/check/1``, and a row for each gradient.

`SCHEMA` is raised when a key changes its meaning. JSON knows no NaN and no infinity: in the dictionary such values are the
strings ``"nan"``, ``"inf"`` and ``"-inf"``; in rows numbers stay numbers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from symgrad.basics.messages import Message
from symgrad.checking.results.results import told

if TYPE_CHECKING:
    from symgrad.checking.results.results import CheckResult, Entry, Finding, GradientResult, Report

SCHEMA = "symgrad/check/1"
OF_GRADIENT = ("parameter", "order", "declared", "shape", "entries", "points", "certified", "confirmed")
OF_ENTRY = ("closed_form", "autograd", "reference", "absolute", "relative", "ulps", "allowed")
"""What a row says of the worst entry, beside its place."""


def to_rows(report: Report) -> list[dict[str, Any]]:
    """A dict for each gradient; what an exercise says beyond its gradients has a row without a parameter."""
    return [_row(result, gradient) for result, gradient in told(report.results)]


def _row(result: CheckResult, gradient: GradientResult | None) -> dict[str, Any]:
    worst = None if gradient is None else gradient.worst
    return {
        "exercise": result.name,
        "path": result.path,
        "verdict": result.verdict if gradient is None else gradient.verdict,
        "reason": result.reason if gradient is None else gradient.reason,
        **{key: getattr(gradient, key, None) for key in OF_GRADIENT},
        "worst": None if worst is None else worst.index,
        **{key: getattr(worst, key, None) for key in OF_ENTRY},
        "formula": None if gradient is None else gradient.closed_form,
    }


def controls(of: Any) -> dict[str, int]:
    """What became of the errors that were planted: of a result, or of a whole report."""
    return {"planted": of.planted, "caught": of.caught, "uncatchable": of.uncatchable}


def to_dict(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    verdicts = report.verdicts
    return {
        "schema": SCHEMA,
        "versions": dict(report.versions),
        "seed": report.settings.seed,
        "dtype": report.settings.dtype,
        "via": report.settings.via,
        "order": report.settings.order,
        "device": report.settings.device,
        "summary": {
            "exercises": len(report.results),
            "pass": verdicts["pass"],
            "fail": verdicts["fail"],
            "inconclusive": verdicts["inconclusive"],
            "error": verdicts["error"],
            "entries": report.entries,
            "controls": controls(report),
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
        "messages": [said(each) for each in result.messages],
        "notes": list(result.notes),
        "remarks": [said(each) for each in result.remarks],
        "controls": controls(result),
        "strata": dict(result.strata),
        "gradients": [gradient(row, entries=result.settings.entries) for row in result.gradients],
        "findings": [finding(each) for each in result.findings],
    }


def gradient(row: GradientResult, *, entries: bool = False) -> dict[str, Any]:
    """A gradient as plain data; with `entries` every one at one point."""
    values = {"values": [_value(each) for each in row.values.rows(row)]} if entries and row.values is not None else {}
    return {
        "parameter": row.parameter,
        "order": row.order,
        "declared": row.declared,
        "shape": list(row.shape),
        "verdict": row.verdict,
        "reason": row.reason,
        "closed_form": row.closed_form,
        "entries": row.entries,
        "points": row.points,
        "certified": row.certified,
        "confirmed": row.confirmed,
        "tested": row.tested,
        "counts": dict(row.counts),
        "hints": [said(each) for each in row.hints],
        "worst": None if row.worst is None else _entry(row.worst),
        **values,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "index": list(entry.index),
        "along": entry.along,
        "point": {name: json_value(value) for name, value in entry.point.items()},
        "closed_form": json_value(entry.closed_form),
        "autograd": json_value(entry.autograd),
        "reference": entry.reference,
        "absolute": json_value(entry.absolute),
        "relative": json_value(entry.relative),
        "ulps": json_value(entry.ulps),
        "allowed": json_value(entry.allowed),
    }


def finding(found: Finding) -> dict[str, Any]:
    """What was found beside the gradients as plain data."""
    message = None if found.message is None else said(found.message)
    return {"subject": found.subject, "verdict": found.verdict, "reason": found.reason, "message": message}


def _value(row: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if key == "index" else json_value(value) for key, value in row.items()}


def said(message: Message) -> dict[str, Any]:
    """A message as data and in words: ``{"code": …, "values": …, "text": …}``."""
    plain = message.plain()
    return {"code": plain["code"], "values": json_value(plain["values"]), "text": str(message)}


def json_value(value: Any) -> Any:
    """A value as JSON has it; nan and infinities as strings."""
    if isinstance(value, list):
        return [json_value(v) for v in value]
    if isinstance(value, dict):
        return {name: json_value(v) for name, v in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
