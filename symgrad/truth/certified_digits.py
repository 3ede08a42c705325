"""A certified value as a decimal number: the digits that are certain."""

from __future__ import annotations

import math
from decimal import Context, Decimal

MOST_DIGITS = 20


def digits(high: float, low: float, radius: float) -> str:
    """A value known as ``high + low ± radius`` with the digits that are certain, at most twenty.

    >>> digits(0.1, -5.551115123125783e-18, 0.0)
    '0.10000000000000000000'
    """
    if not math.isfinite(high):
        return str(high)
    context = Context(prec=60)
    value = context.add(Decimal(high), Decimal(low))
    if value == 0 or abs(value) < Decimal(radius):
        return "0"
    certain = MOST_DIGITS if radius == 0 else int((abs(value) / Decimal(radius)).log10())
    return str(Context(prec=max(1, min(MOST_DIGITS, certain))).create_decimal(value))
