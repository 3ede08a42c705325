"""The survey of PyTorch as text: table, JSON (schema ``symgrad/operations/1``), Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tabulate import tabulate

from symgrad.reports import operations
from symgrad.reports.check.markdown import escaped
from symgrad.reports.check.plain_data import json_value
from symgrad.reports.wording.values import point_text
from symgrad.survey.acknowledged import Acknowledgement
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
        quantities.setdefault((finding.label, finding.quantity), {})[finding.dtype] = finding
    before = None
    for (label, quantity), by_dtype in quantities.items():
        cells = [_worst(by_dtype[dtype]) if dtype in by_dtype else "" for dtype in found.dtypes]
        yield ["" if label == before else label, quantity, *cells]
        before = label


def _worst(finding: Finding) -> str:
    if finding.worst is None:
        return "not run" if finding.message != "no point in its domain" else "no point"
    mark = "" if finding.explained else " !"
    return f"{finding.worst.relative:.1e} {finding.worst.ulps:.2g} ulp{mark}"


HEADERS = ("operation", "quantity")


def _table(found: Survey) -> str:
    text = tabulate(list(_cells(found)), headers=[*HEADERS, *found.dtypes], tablefmt="simple", disable_numparse=True)
    parts = ["worst relative error, and the same in units of the last place; ! marks what rounding doesn't explain", text]
    for heading, lines in _sections(found):
        parts.append("\n".join([heading, *(f"  {line}" for line in lines)]))
    return "\n\n".join([*parts, summary(found)]) + "\n"


def _markdown(found: Survey) -> str:
    rows = [[escaped(cell) for cell in row] for row in _cells(found)]
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    parts = [
        "# Survey of PyTorch",
        f"{versions}. Worst relative error, and in units of the last place; ! marks what rounding doesn't explain.",
    ]
    parts.append(tabulate(rows, headers=[*HEADERS, *found.dtypes], tablefmt="pipe", disable_numparse=True))
    for heading, lines in _sections(found):
        parts.append("\n".join([f"## {heading}", "", *(f"* {escaped(line)}" for line in lines)]))
    return "\n\n".join([*parts, summary(found)]) + "\n"


def _sections(found: Survey) -> Iterator[tuple[str, list[str]]]:
    open_ = [_sentence(f) for f, known in found.deviations if known is None]
    known = [f"{_sentence(f)}; acknowledged: {a.reason}" for f, a in found.deviations if a is not None]
    lossy = [_sentence(f) for f in found.lossy if f.dtype == found.dtypes[0]]
    refused = dict.fromkeys(f"{f.label} in {f.dtype}: {f.message}" for f in found.refused)
    sections = {
        "Deviations that rounding doesn't explain": open_,
        "Acknowledged deviations": known,
        f"Cancellation in PyTorch's own formula, in {found.dtypes[0]}: rounding explains it, but most digits are lost": lossy,
        "Conventions at kinks": [str(c) + ("" if c.holds else ", and that is outside") for c in found.conventions],
        "Not run": list(refused),
    }
    yield from ((heading, lines) for heading, lines in sections.items() if lines)


def _sentence(finding: Finding) -> str:
    worst = finding.worst
    assert worst is not None  # nothing deviates where nothing was tested
    where = point_text(worst.point)
    share = f" ({finding.deviating} of {finding.tested} values)" if finding.deviating else ""
    return (
        f"{finding.label}, {finding.dtype}, {finding.quantity}{share}: PyTorch has {worst.torch:.17g}, true is {worst.truth},"
        f" {worst.relative:.2g} relative, {worst.absolute:.2g} absolute, {worst.ulps:.2g} ulps, at {where}"
    )


def summary(found: Survey) -> str:
    """The last line: how much was looked at, and what came of it, by name."""
    tested = sum(f.tested for f in found.findings)
    operations = len({f.operation for f in found.findings})
    names = list(dict.fromkeys(f.operation for f in found.open))
    known = len(found.deviations) - len(found.open)
    looked = f"{operations} operations, {tested} values and derivatives in {', '.join(found.dtypes)}"
    return f"{looked}; {known} deviations acknowledged; not acknowledged: {', '.join(names) or 'none'}"


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


def _finding(finding: Finding, known: Acknowledgement | None) -> dict[str, Any]:
    worst = finding.worst
    return {
        "operation": finding.label,
        "dtype": finding.dtype,
        "quantity": finding.quantity,
        "tested": finding.tested,
        "deviating": finding.deviating,
        "explained": finding.explained,
        "acknowledged": None if known is None else known.reason,
        "message": finding.message or None,
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
