"""The survey of PyTorch as text: table, JSON (schema ``symgrad/operations/1``), Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tabulate import tabulate

from symgrad.basics.messages import Message, message
from symgrad.reports import operations
from symgrad.reports.check.markdown import escaped
from symgrad.reports.check.plain_data import json_value
from symgrad.survey.acknowledged import Acknowledgement
from symgrad.survey.conventions import Convention
from symgrad.survey.findings import Finding
from symgrad.survey.result import Survey

SCHEMA = "symgrad/operations/1"
COLUMN = 46
"""Characters of a column of the table of operations, above which its text is wrapped."""


def listed(only: tuple[str, ...], format_: str) -> str:
    """The table of operations as text."""
    rows = operations.rows(only)
    if format_ == "json":
        found = [dict(zip(operations.HEADERS, row, strict=True)) for row in rows]
        return json.dumps({"schema": SCHEMA, "operations": found}, indent=2, ensure_ascii=False) + "\n"
    if format_ == "markdown":
        return tabulate([[escaped(c) for c in r] for r in rows], headers=operations.HEADERS, tablefmt="pipe") + "\n"
    widths = [None, *[COLUMN] * (len(operations.HEADERS) - 1)]
    return tabulate(rows, headers=operations.HEADERS, tablefmt="simple", maxcolwidths=widths, disable_numparse=True) + "\n"


def render(found: Survey, format_: str) -> str:
    """A survey as text."""
    return {"table": _table, "json": _json, "markdown": _markdown}[format_](found)


def _cells(found: Survey) -> Iterator[list[str]]:
    """A row for each quantity of an operation: the worst error in every format, in units of the last place."""
    quantities: dict[tuple[str, str], dict[str, Finding]] = {}
    for finding in found.findings:
        quantities.setdefault((finding.label, str(quantity(finding))), {})[finding.dtype] = finding
    before = None
    for (label, what), by_dtype in quantities.items():
        cells = [_worst(by_dtype[dtype]) if dtype in by_dtype else "" for dtype in found.dtypes]
        yield ["" if label == before else label, what, *cells]
        before = label


def quantity(finding: Finding) -> Message:
    """What of an operation a finding is on."""
    return message("surveyed", quantity=finding.quantity, operand=finding.operand)


def _worst(finding: Finding) -> str:
    worst = finding.worst
    if worst is None:
        nowhere = finding.message is not None and finding.message.code == "no_point"
        return str(message("survey_no_point" if nowhere else "survey_not_run"))
    return str(message("survey_worst", relative=worst.relative, ulps=worst.ulps, explained=finding.explained))


def _headers(found: Survey) -> list[str]:
    return [*(str(message("survey_column", of=name)) for name in ("operation", "quantity")), *found.dtypes]


def _table(found: Survey) -> str:
    text = tabulate(list(_cells(found)), headers=_headers(found), tablefmt="simple", disable_numparse=True)
    parts = [str(message("survey_legend")), text]
    for heading, lines in _sections(found):
        parts.append("\n".join([heading, *(f"  {line}" for line in lines)]))
    return "\n\n".join([*parts, summary(found)]) + "\n"


def _markdown(found: Survey) -> str:
    rows = [[escaped(cell) for cell in row] for row in _cells(found)]
    parts = [f"# {message('survey_of_pytorch')}", str(message("survey_with_versions", versions=dict(found.versions)))]
    parts.append(tabulate(rows, headers=_headers(found), tablefmt="pipe", disable_numparse=True))
    for heading, lines in _sections(found):
        parts.append("\n".join([f"## {heading}", "", *(f"* {escaped(line)}" for line in lines)]))
    return "\n\n".join([*parts, summary(found)]) + "\n"


def _sections(found: Survey) -> Iterator[tuple[str, list[str]]]:
    """Headings with the lines below them."""
    known = [(deviation(f), a.reason) for f, a in found.deviations if a is not None]
    refused = [message("operation_not_run", label=f.label, dtype=f.dtype, found=f.message) for f in found.refused]
    sections = {
        message("deviations_open"): [deviation(f) for f, known in found.deviations if known is None],
        message("deviations_acknowledged"): [message("deviation_acknowledged", deviation=d, reason=r) for d, r in known],
        message("cancellation", dtype=found.dtypes[0]): [deviation(f) for f in found.lossy if f.dtype == found.dtypes[0]],
        message("conventions_at_kinks"): [convention(c) for c in found.conventions],
        message("operations_not_run"): list(dict.fromkeys(refused)),
    }
    yield from ((str(heading), [str(line) for line in lines]) for heading, lines in sections.items() if lines)


def deviation(finding: Finding) -> Message:
    """How far PyTorch is off, at the worst point."""
    worst = finding.worst
    assert worst is not None  # nothing deviates where nothing was tested
    share = message("share_of_values", count=finding.deviating, of=finding.tested) if finding.deviating else None
    off = {"relative": worst.relative, "absolute": worst.absolute, "ulps": worst.ulps}
    values = {"torch": worst.torch, "truth": worst.truth, **off, "point": worst.point}
    return message("deviation", label=finding.label, dtype=finding.dtype, quantity=quantity(finding), share=share, **values)


def convention(found: Convention) -> Message:
    """What PyTorch takes for a derivative at a kink."""
    operand = found.operand if len(found.point) > 1 else None
    bounds = {"low": found.low, "high": found.high}
    taken = found.torch + 0.0  # without the sign of −0
    said = message("convention_at_kink", label=found.label, point=found.point, operand=operand, torch=taken, **bounds)
    return said if found.holds else message("convention_outside", convention=said)


def summary(found: Survey) -> str:
    """The last line: how much was looked at, and what came of it, by name."""
    tested = sum(f.tested for f in found.findings)
    operations = len({f.operation for f in found.findings})
    names = list(dict.fromkeys(f.operation for f in found.open))
    known = len(found.deviations) - len(found.open)
    return str(message("survey_summary", operations=operations, tested=tested, dtypes=found.dtypes, known=known, open=names))


def _json(found: Survey) -> str:
    known = {id(finding): reason for finding, reason in found.deviations}
    data = {
        "schema": SCHEMA,
        "versions": dict(found.versions),
        "dtypes": list(found.dtypes),
        "summary": {
            "operations": len({f.operation for f in found.findings}),
            "tested": sum(f.tested for f in found.findings),
            "deviations": len(found.deviations),
            "acknowledged": len(found.deviations) - len(found.open),
        },
        "findings": [_finding(f, known.get(id(f))) for f in found.findings],
        "conventions": [
            {
                "operation": c.label,
                "operand": c.operand,
                "point": [json_value(x) for x in c.point],
                "torch": json_value(c.torch),
                "subdifferential": [json_value(c.low), json_value(c.high)],
            }
            for c in found.conventions
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _message(found: Message | None) -> dict[str, Any]:
    """Why nothing was tested: in words, and as data."""
    if found is None:
        return {"message": None, "code": None, "values": None}
    return {"message": str(found), **found.plain()}


def _finding(finding: Finding, known: Acknowledgement | None) -> dict[str, Any]:
    worst = finding.worst
    return {
        "operation": finding.label,
        "dtype": finding.dtype,
        "quantity": str(quantity(finding)),
        "tested": finding.tested,
        "deviating": finding.deviating,
        "explained": finding.explained,
        "acknowledged": None if known is None else known.reason,
        **_message(finding.message),
        "worst": None
        if worst is None
        else {
            "point": {name: json_value(value) for name, value in worst.point.items()},
            "torch": json_value(worst.torch),
            "truth": worst.truth,
            "relative": json_value(worst.relative),
            "absolute": json_value(worst.absolute),
            "ulps": json_value(worst.ulps),
            "allowed": json_value(worst.allowed),
        },
    }
