"""Saturated functions: how many bits tell tanh(100) from 1."""

from __future__ import annotations

import math

MODERATE = 20.0
"""Operands of saturating functions up to which the usual bits tell the value from its limit."""
MOST_BITS = 12_000
STEP = 64


def bits_beyond(operand: float) -> int:
    """Bits beyond the usual ones for an operand of that size.

    Six a unit: 1 − tanh² loses three (2/ln 2), and what it differs by from its limit is as small again.

    >>> bits_beyond(2.0), bits_beyond(100.0), bits_beyond(1e9)
    (0, 640, 12032)
    """
    if not MODERATE < operand < math.inf:
        return 0
    return STEP * math.ceil(min(6 * operand, MOST_BITS) / STEP)
