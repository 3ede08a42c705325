"""Names of entries, as authors and students write them: ``w2[1,2]``, counted from 1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgrad.operations.shapes import Shape

NAME = re.compile(r"\s*(?P<name>[^\[\]()=]+?)\s*(?:[\[(]\s*(?P<index>\d{1,6}(?:\s*,\s*\d{1,6})?)\s*[\])])?\s*")


def split(text: str) -> tuple[str, tuple[int, ...]] | None:
    """A name and the numbers in brackets behind it, none where it is whole; None for what can't be a name.

    >>> split("w2[1,2]"), split(" dz (3) "), split("w"), split("w[")
    (('w2', (1, 2)), ('dz', (3,)), ('w', ()), None)
    """
    match = NAME.fullmatch(text)
    if match is None:
        return None
    index = match["index"]
    return match["name"], tuple(int(number) for number in index.split(",")) if index else ()


def entry(numbers: Sequence[int], shape: Shape) -> tuple[int, int] | None:
    """Row and column from 0 of an entry that is counted from 1; one number will do of a row or a column. None for no entry.

    >>> entry([1, 2], (2, 3)), entry([3], (3, 1)), entry([3], (1, 3)), entry([3], (2, 3)), entry([0, 1], (2, 3))
    ((0, 1), (2, 0), (0, 2), None, None)
    """
    rows, columns = shape
    if len(numbers) == 1 and 1 in shape:
        numbers = [1, *numbers] if rows == 1 else [*numbers, 1]
    if len(numbers) != 2 or not (1 <= numbers[0] <= rows and 1 <= numbers[1] <= columns):
        return None
    return numbers[0] - 1, numbers[1] - 1
