"""The nouns of the formats: one that makes a single file of a gradebook, and one that makes a file for each student.

In comes a `Gradebook`; out goes what a format takes: the gradebook itself, or each student's `Paper`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from symgrad.grading.course.gradebook import Gradebook, Graded, Total

PERSON = "A person will look at this."
"""What a student reads under an answer that the tool leaves to a person."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A student's marks and answers, in the order of the submission."""

    total: Total
    answers: tuple[Graded, ...]


@dataclass(frozen=True, slots=True)
class OneFile:
    """A format that makes one text of a gradebook, and the name under which it is usually kept."""

    file: str
    render: Callable[[Gradebook], str]


@dataclass(frozen=True, slots=True)
class FilePerStudent:
    """A format that makes a text of each paper; ``{}`` in the file's name stands for the student's safe name."""

    file: str
    render: Callable[[Paper], str]


Format: TypeAlias = OneFile | FilePerStudent


def person(answer: Graded) -> str:
    """That a person will look at an answer, where a student isn't told by its message already; else nothing."""
    return PERSON if waits(answer) and "a person will look" not in answer.message else ""


def waits(answer: Graded) -> bool:
    """Whether a student is told that a person will look at an answer."""
    return answer.needs_person or answer.verdict == "undecided"


def papers(gradebook: Gradebook) -> Iterator[Paper]:
    """A paper for each student, also for one without answers, in the order of the gradebook."""
    answers: dict[str, list[Graded]] = {total.student: [] for total in gradebook.students}
    for answer in gradebook.answers:
        answers[answer.student].append(answer)
    for total in gradebook.students:
        yield Paper(total, tuple(answers[total.student]))
