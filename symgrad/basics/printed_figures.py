"""Printed figures: what their last digit stands for."""

from __future__ import annotations


def last_digit(figure: str) -> int:
    """The power of ten that the last digit of a printed figure counts.

    >>> last_digit("1.20e-04"), last_digit("7.3"), last_digit("12")
    (-6, -1, 0)
    """
    mantissa, _, exponent = figure.strip().lower().partition("e")
    return int(exponent or 0) - len(mantissa.partition(".")[2])


def half_a_unit(figure: str) -> float:
    """Half a unit of the last digit of a printed figure: how far a value may be from it that was rounded to it.

    >>> half_a_unit("1.20e-04")
    5e-07
    """
    return 0.5 * 10.0 ** last_digit(figure)
