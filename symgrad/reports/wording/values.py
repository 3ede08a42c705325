"""Values in words: digits that are certain, points, places, differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

from symgrad.checking.results.results import Entry, GradientResult

MOST_DIGITS = 20


def decimal(high: float, low: float, radius: float) -> str:
    """A value known as ``high + low ± radius`` with the digits that are certain, at most twenty.

    >>> decimal(0.1, -5.551115123125783e-18, 0.0)
    '0.10000000000000000000'
    """
    if not math.isfinite(high):
        return str(high)
    context = Context(prec=60)
    value = context.add(Decimal(high), Decimal(low))
    if value == 0 or abs(value) < Decimal(radius):
        return "0"
    certain = MOST_DIGITS if radius == 0 else int((abs(value) / Decimal(radius)).log10())
    digits = max(1, min(MOST_DIGITS, certain))
    return str(Context(prec=digits).create_decimal(value))


def short(digits: str) -> str:
    """At most ten digits of a certified value."""
    try:
        return str(Context(prec=10).create_decimal(Decimal(digits)).normalize())
    except ArithmeticError:
        return digits


def point_text(point: Mapping[str, Any], longest: int = 12) -> str:
    """A point as an author would write it; large matrices are abbreviated to their shape."""
    parts = []
    for name, rows in point.items():
        entries = len(rows) * len(rows[0])
        value = rows[0][0] if entries == 1 else rows if entries <= longest else f"{len(rows)}×{len(rows[0])} numbers"
        parts.append(f"{name} = {_numbers(value)}")
    return ", ".join(parts)


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_numbers(v) for v in value) + "]"
    return value if isinstance(value, str) else f"{value:.17g}"


def place(subject: str, entry: Entry) -> str:
    """Which entry of a gradient it is; along an axis, which one of the Hessian: ``d²L/dw1[0, 0] dw2[1, 0]``."""
    index = f"[{entry.index[0]}, {entry.index[1]}]"
    if entry.along in ("", "v"):
        return subject + index
    return f"d²L/{subject.rpartition('/')[2]}{index} d{entry.along}"


def differences(entry: Entry) -> str:
    """The differences of an entry: absolute, relative, in ulps, and what is allowed."""
    return f"{entry.absolute:.4g} absolute, {entry.relative:.4g} relative, {entry.ulps:.4g} ulps; allowed {entry.allowed:.4g}"


def outcomes(row: GradientResult) -> str:
    """How many entries had which outcome, where not all agree."""
    return ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in row.counts.items())
