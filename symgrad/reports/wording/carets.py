"""A student's own text under what is said of it, with carets below the place that it speaks of."""

from __future__ import annotations

from symgrad.basics.errors import AFTER, MARKED, printable


def under(found: str, text: str | None, start: int | None, end: int | None, first: int = 0, length: int = 0) -> str:
    """What was found; below it the piece of the text that was kept, of which `first` characters stand before, with carets.

    >>> print(under("`w3` isn't in this exercise", "dz2*w3", 4, 6, 0, 6))
    `w3` isn't in this exercise
        dz2*w3
            ^^
    """
    found = printable(found)
    if text is None or start is None:
        return found
    end = max(end or 0, start + 1)
    place = start - first
    before = ("…" if first else "") + printable(text[:place], keep="")
    marked = printable(text[place : min(end - first, place + MARKED)], keep="")
    after = printable(text[place + MARKED if end > start + MARKED else end - first :][:AFTER], keep="")
    more = "…" if length > end + AFTER else ""
    carets = "^" * max(1, len(marked))
    return f"{found}\n    {before}{marked}{after}{more}\n    {' ' * len(before)}{carets}"
