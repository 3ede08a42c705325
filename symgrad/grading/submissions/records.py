"""Lines of a CSV in, records out, each with the line on which it begins, one at a time.

A quote that isn't closed would swallow all that follows: what goes wrong costs one line, and reading goes on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from symgrad.basics.messages import Message, message

LONGEST_CELL = 2**24
"""Characters; a quote that is never closed keeps as many of the following lines in memory."""


@dataclass(frozen=True, slots=True)
class Misquoted:
    """What is wrong with a record's quotes."""

    what: Message


def records(lines: Iterator[str], delimiter: str, number: int = 1) -> Iterator[tuple[int, list[str] | Misquoted]]:
    """The records of lines of which the first has this number; empty ones are left out.

    Lines after the first of a record that goes wrong are read again. Of them only the last can begin another one of several
    lines, for the quotes of the others come in pairs: no line is read more than a few times.
    """
    again: deque[str] = deque()
    taken: list[str] = []
    ended = False

    def source() -> Iterator[str]:
        nonlocal ended
        while (line := again.popleft() if again else next(lines, None)) is not None:
            taken.append(line)
            yield line
        ended = True

    reader = csv.reader(source(), delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, Misquoted(_cause(taken, ended))
            number, ended = number + 1, False
            again.extendleft(reversed(taken[1:]))
            reader = csv.reader(source(), delimiter=delimiter, skipinitialspace=True, strict=True)
            continue
        if cells:
            yield number, cells
        number += len(taken)


def _cause(taken: Iterable[str], ended: bool) -> Message:
    """Why csv refuses a record, which can be told by how far it had to read."""
    if ended:
        return message("quote_never_closed")
    if sum(map(len, taken)) > LONGEST_CELL:
        return message("cell_too_long", most=LONGEST_CELL)
    return message("text_after_quote")


@contextmanager
def large_cells() -> Iterator[None]:
    """Lets csv read cells of many megabytes; its limit is one for the process, and is put back."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
