"""One student's file in, pieces of submissions out: it maps exercise → name → answer, and may name its student.

Whatever is wrong with it becomes a problem with its place, so that no student can stop the others from being read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symgrad.basics.errors import printable
from symgrad.basics.messages import Message, message
from symgrad.grading.submissions.answers import Answer, Problem
from symgrad.grading.submissions.collecting import Piece, Student
from symgrad.grading.submissions.decoding import lines, obstacle, opened
from symgrad.grading.submissions.identity import identifier
from symgrad.grading.submissions.values import NotValid, Parsed, described, parse_json, parse_toml

PARSERS = {".toml": parse_toml, ".json": parse_json}
LARGEST = 2**22
"""Bytes of one student's file; the worst TOML of that size takes 8 seconds."""
NOBODY = Parsed({})


@dataclass(frozen=True)
class HandedIn:
    """A file, or what stands in its stead, and the student whose folder it lies in, if it lies in one."""

    path: Path
    student: str | None = None
    obstacle: Message | None = None
    """Why it can't be read, where that is known already."""

    @property
    def place(self) -> str:
        return printable(str(self.path), keep="")

    @property
    def called(self) -> str:
        """The student that the folder or the file is called like."""
        return identifier(self.student or self.path.stem) or self.place


def read_document(file: HandedIn) -> Iterator[Piece]:
    """The pieces of one student's file, the student first."""
    problems: list[Problem] = []
    parsed = _parsed(file, problems)
    document = parsed.value
    if not isinstance(document, dict):
        problems.append(Problem(file.place, message("holds_no_exercises", value=described(document))))
        document = {}
    student = file.called if file.student else _student(document, file, problems)
    yield Student(student)
    yield from problems
    for key in parsed.repeated:
        yield Problem(file.place, message("key_stands_twice", key=key))
    for key, table in document.items():
        if key != "student" or isinstance(table, dict):
            yield from _answers(key, table, student, file.place)


def _parsed(file: HandedIn, problems: list[Problem]) -> Parsed:
    """What a file holds; where it can't be read, an empty document and one problem more."""
    if file.obstacle is not None:
        problems.append(Problem(file.place, file.obstacle))
        return NOBODY
    try:
        with opened(file.path) as text:
            size = os.fstat(text.fileno()).st_size
            if size > LARGEST:
                raise NotValid(message("file_too_large", bytes=size, most=LARGEST))
            return PARSERS[file.path.suffix.lower()]("".join(lines(text, file.place, problems)))
    except OSError as error:
        problems.append(Problem(file.place, obstacle(error)))
    except NotValid as error:
        problems.append(Problem(f"{file.place}:{error.line}:{error.column}" if error.line else file.place, error.found))
    return NOBODY


def _student(document: Mapping[str, Any], file: HandedIn, problems: list[Problem]) -> str:
    """The student that a document names, or else the one that its file is called like."""
    value = document.get("student", file.called)
    if isinstance(value, dict):  # an exercise that is called student
        return file.called
    student = identifier(value)
    if student is None:
        problems.append(Problem(file.place, message("student_is_no_text", value=described(value), counts=file.called)))
    return student or file.called


def _answers(key: str, table: Any, student: str, place: str) -> Iterator[Piece]:
    """The answers under one exercise."""
    exercise = identifier(key)
    if exercise is None:
        yield Problem(place, message("exercise_without_name", name=key))
    elif not isinstance(table, dict):
        yield Problem(place, message("no_answers_under", exercise=exercise, value=described(table)))
    else:
        for inner, content in table.items():
            name = identifier(inner)
            if name is None:
                yield Problem(place, message("answer_without_name", exercise=exercise, name=inner))
            else:
                yield Answer(student, exercise, name, content, place)
