"""The nouns of a course's grades: what was handed in, what was said of each answer, and the totals of each student."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from symgrad.shown import Shown, line, listed

Verdict: TypeAlias = Literal["correct", "incorrect", "unreadable", "undecided", "missing"]
VERDICTS: tuple[Verdict, ...] = ("correct", "incorrect", "unreadable", "undecided", "missing")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a student handed in under an exercise and a name, as it stood there: a text, a nested list, or anything else."""

    student: str
    exercise: str
    name: str
    content: Any
    place: str = ""
    """Where it stands: ``"answers.csv:7"`` or ``"alice.toml"``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of the submissions that couldn't be read, and where; everything else was graded."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Graded:
    """One answer with what was said of it."""

    student: str
    exercise: str
    name: str
    answer: str
    """As it was handed in, as text; empty where it is missing."""
    verdict: Verdict
    tags: tuple[str, ...]
    """Misconceptions, best first."""
    score: float
    max_score: float
    message: str
    """Sentences for the student: several lines, the student's own text with a caret where it couldn't be read."""
    needs_person: bool = False
    """Whether a person has to look: undecided, or the tool failed."""
    note: str = ""
    """For the teacher alone: what failed inside."""


@dataclass(frozen=True, slots=True)
class Total:
    """A student's marks."""

    student: str
    score: float
    max_score: float


@dataclass(frozen=True, repr=False)
class Gradebook(Shown):
    """The grades of a course: answers in the order of the submissions, students in the order in which they appear."""

    answers: tuple[Graded, ...]
    students: tuple[Total, ...]
    problems: tuple[Problem, ...] = ()
    exercises: tuple[str, ...] = ()
    """The exercises that were graded, in order."""
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        students, answers = len(self.students), len(self.answers)
        counted = f"{students} student{'s' * (students != 1)}, {answers} answer{'s' * (answers != 1)}"
        return line(f"Gradebook({counted}; exercises: {listed(self.exercises)})")
