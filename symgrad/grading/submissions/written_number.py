"""The noun for a number in somebody's answer: its digits, before anybody rounds them."""

from __future__ import annotations


class Figure(str):
    """The text of a number as it was written, so that no digit is lost; a grader tells it from other text by its type.

    >>> isinstance(Figure("0.1000"), str), Figure("0.1000") == "0.1000"
    (True, True)
    """

    __slots__ = ()
