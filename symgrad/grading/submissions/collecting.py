"""What readers find, piece by piece, in; one `Submissions` out, in which nothing was handed in twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from symgrad.basics.messages import message
from symgrad.grading.submissions.answers import Answer, Problem


@dataclass(frozen=True, slots=True)
class Student:
    """A student who handed something in, readable or not."""

    name: str


Piece: TypeAlias = Answer | Problem | Student


@dataclass(frozen=True)
class Submissions:
    """All that a course handed in, in the order in which it was found."""

    answers: tuple[Answer, ...]
    students: tuple[str, ...]
    """In order of appearance, those without a readable answer among them."""
    problems: tuple[Problem, ...]


def collect(pieces: Iterable[Piece]) -> Submissions:
    """The pieces as submissions; of two answers to the same the later one counts, and a problem says so."""
    answers: dict[tuple[str, str, str], Answer] = {}
    students: dict[str, None] = {}
    problems: list[Problem] = []
    for piece in pieces:
        if isinstance(piece, Answer):
            students[piece.student] = None
            key = (piece.student, piece.exercise, piece.name)
            earlier = answers.pop(key, None)
            if earlier is not None:
                problems.append(_twice(earlier, piece))
            answers[key] = piece
        elif isinstance(piece, Student):
            students[piece.name] = None
        else:
            problems.append(piece)
    return Submissions(tuple(answers.values()), tuple(students), tuple(problems))


def _twice(earlier: Answer, later: Answer) -> Problem:
    names = {"student": later.student, "exercise": later.exercise, "name": later.name}
    return Problem(later.place, message("handed_in_twice", **names, earlier=earlier.place, later=later.place))
