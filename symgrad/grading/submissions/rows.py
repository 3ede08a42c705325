"""One table in, pieces of submissions out: a CSV with a header, or JSON Lines; one row is one answer.

Rows are read one at a time; one that can't be used becomes a problem with its line, and the others are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from symgrad.authoring.field_checks import LONGEST
from symgrad.basics.errors import UserError, closest, printable
from symgrad.basics.messages import message
from symgrad.grading.submissions.answers import Answer, Problem
from symgrad.grading.submissions.collecting import Piece, Student
from symgrad.grading.submissions.decoding import lines, obstacle, opened
from symgrad.grading.submissions.identity import identifier
from symgrad.grading.submissions.records import Misquoted, large_cells, records
from symgrad.grading.submissions.values import NotValid, described, parse_json

COLUMNS = ("student", "exercise", "name", "answer")
DELIMITERS = (",", ";", "\t")
"""What can stand between the cells of a CSV."""
SHOWN = 10
"""Columns of a header, or keys of an object, that a message repeats."""


def read_csv(path: Path) -> Iterator[Piece]:
    """The pieces of a CSV. Raises UserError where it can't be read, or its header lacks a column."""
    with large_cells():
        yield from _read(path, _csv)


def read_json_lines(path: Path) -> Iterator[Piece]:
    """The pieces of JSON Lines. Raises UserError where the file can't be read."""
    yield from _read(path, _json_lines)


def _read(path: Path, reader: Callable[[Iterator[str], str], Iterator[Piece]]) -> Iterator[Piece]:
    """The pieces that a reader makes of a file's lines, among them what wasn't text."""
    place = printable(str(path), keep="")
    problems: list[Problem] = []
    try:
        with opened(path) as text:
            for piece in reader(lines(text, place, problems), place):
                yield from problems
                problems.clear()
                yield piece
    except OSError as error:
        raise UserError(message("placed", place=place, found=obstacle(error))) from None
    yield from problems


def _csv(source: Iterator[str], place: str) -> Iterator[Piece]:
    number, first = next(((k, line) for k, line in enumerate(source, 1) if line.strip()), (1, ""))
    delimiter = max(DELIMITERS, key=lambda mark: len({_column(cell) for cell in first.split(mark)} & set(COLUMNS)))
    rows = records(chain([first], source), delimiter, number)
    line, header = next(rows, (1, []))
    if isinstance(header, Misquoted):
        raise UserError(message("placed", place=f"{place}:{line}", found=header.what))
    order = _order([_column(cell) for cell in header], f"{place}:{line}")
    for line, cells in rows:
        where = f"{place}:{line}"
        if isinstance(cells, Misquoted):
            yield Problem(where, cells.what)
        elif len(cells) == len(header):
            if any(cells):  # spreadsheets write rows of nothing
                yield from _row([cells[k] for k in order], where)
        else:
            yield from _known(cells[0] if order[0] == 0 else None)  # a comma too many shifts only the cells behind it
            count = {"cells": len(cells), "columns": len(header)}
            yield Problem(where, message("other_count_of_cells", **count, delimiter=delimiter))


def _column(cell: str) -> str:
    return cell.strip(' \t\n\xa0"').lower()


def _order(header: Sequence[str], where: str) -> list[int]:
    """Where the columns stand. Raises UserError where one is missing or stands twice."""
    if any(column not in header for column in COLUMNS):
        raise UserError(message("placed", place=where, found=message("no_column", **_lacking(header))))
    twice = next((column for column in COLUMNS if header.count(column) > 1), None)
    if twice:
        raise UserError(message("placed", place=where, found=message("column_stands_twice", column=twice)))
    return [header.index(column) for column in COLUMNS]


def _json_lines(source: Iterator[str], place: str) -> Iterator[Piece]:
    for number, line in enumerate(source, 1):
        if line.strip():
            yield from _object(line.rstrip(), f"{place}:{number}")


def _object(line: str, where: str) -> Iterator[Piece]:
    try:
        parsed = parse_json(line)
    except NotValid as error:
        yield Problem(f"{where}:{error.column}" if error.column else where, error.found)
        return
    for key in parsed.repeated:
        yield Problem(where, message("key_stands_twice", key=key))
    row = parsed.value
    if not isinstance(row, dict):
        yield Problem(where, message("no_object_here", value=described(row), columns=COLUMNS))
    elif any(column not in row for column in COLUMNS):
        yield from _known(row.get("student"))
        yield Problem(where, message("no_key", **_lacking(list(row))))
    else:
        yield from _row([row[column] for column in COLUMNS], where)


def _lacking(found: Sequence[str]) -> dict[str, Any]:
    """The columns that are missing, the first of those that nobody asked for, and what one of these may have meant."""
    missing = [column for column in COLUMNS if column not in found]
    others = [name[:LONGEST] for name in found if name not in COLUMNS]
    meant = next((near for name in others[:SHOWN] if (near := closest(name, missing))), None)
    more = max(len(others) - SHOWN, 0)
    return {"missing": missing, "found": others[:SHOWN], "more": more, "closest": meant, "columns": COLUMNS}


def _row(row: Sequence[Any], where: str) -> Iterator[Piece]:
    """A row of student, exercise, name and answer as an answer, if the first three are there."""
    student, exercise, name = (identifier(value) for value in row[:3])
    if student and exercise and name:
        yield Answer(student, exercise, name, row[3], where)
        return
    yield from _known(student)
    column, value = next(pair for pair in zip(COLUMNS, row, strict=True) if identifier(pair[1]) is None)
    yield Problem(where, message("no_text_in_column", column=column, value=described(value)))


def _known(value: Any) -> Iterator[Piece]:
    """The student of a row that can't be used, so that nobody is lost."""
    student = identifier(value)
    if student:
        yield Student(student)
