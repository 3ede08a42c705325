"""Marks as numbers and as text: what comes in is a finite float, what goes out is the shortest number that says it."""

from __future__ import annotations

DIGITS = 4
"""Decimals of a mark: enough for a third of a point, and few enough that 0.1 + 0.2 is 0.3."""


def number(marks: float, digits: int = DIGITS) -> int | float:
    """Marks rounded, as an integer where they are one.

    >>> number(2.0), number(0.1 + 0.2), number(-1e-9)
    (2, 0.3, 0)
    """
    rounded = round(marks, digits)
    return int(rounded) if rounded == int(rounded) else rounded


def shortest(marks: float, digits: int = DIGITS) -> str:
    """Marks as text.

    >>> shortest(2.0), shortest(1.5), shortest(1 / 3)
    ('2', '1.5', '0.3333')
    """
    return str(number(marks, digits))


def fraction(score: float, max_score: float) -> str:
    """Marks and the most that there was to get.

    >>> fraction(1.5, 2.0)
    '1.5/2'
    """
    return f"{shortest(score)}/{shortest(max_score)}"


def percent(part: float, whole: float) -> float:
    """A share in percent; of nothing, nothing.

    >>> percent(1, 4), percent(0, 0)
    (25.0, 0.0)
    """
    return 100 * part / whole if whole else 0.0
