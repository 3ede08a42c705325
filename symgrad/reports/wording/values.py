"""Values in words: digits that are certain, points, places, differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.checking.results.results import Entry


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


def apart(first: float, second: float, digits: int = 7) -> tuple[str, str]:
    """Two numbers to the digits that differ; where these are many, only the first and the last of them.

    >>> apart(1.0, 2.0), apart(0.5, 0.5), apart(1.2345678901234567, 1.2345678901234569)
    (('1', '2'), ('0.5', '0.5'), ('1.23…567', '1.23…569'))
    """
    if first == second or not (math.isfinite(first) and math.isfinite(second)):
        return f"{first:.{digits}g}", f"{second:.{digits}g}"
    needed = next((k for k in range(1, 18) if f"{first:.{k}g}" != f"{second:.{k}g}"), 17)
    if needed <= digits:
        return f"{first:.{digits}g}", f"{second:.{digits}g}"
    return _ends(first, needed), _ends(second, needed)


def short_number(number: float) -> str:
    """A number with two digits, in as few characters as that takes.

    >>> short_number(0.84), short_number(3100.2), short_number(6.9e7), short_number(float("inf"))
    ('0.84', '3100', '6.9e7', 'inf')
    """
    if not math.isfinite(number):
        return str(number)
    text = f"{number:.2g}"
    if "e" not in text:
        return text
    mantissa, _, exponent = text.partition("e")
    return str(int(float(text))) if 0 <= int(exponent) < 5 else f"{mantissa}e{int(exponent)}"


def _ends(number: float, digits: int) -> str:
    """A number of so many digits, all but the first and the last three of them left out."""
    mantissa, e, exponent = f"{number:#.{digits}g}".partition("e")
    mantissa = mantissa.rstrip(".")
    first = next(k for k, c in enumerate(mantissa) if c in "123456789")
    head, power = first + (4 if "." in mantissa[first : first + 3] else 3), f"{e}{int(exponent)}" if e else ""
    return f"{mantissa[:head]}…{mantissa[-3:]}{power}" if head < len(mantissa) - 3 else mantissa + power


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
