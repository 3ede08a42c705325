"""The nouns of the formats: one that makes a single file of a gradebook, and one that makes a file for each student.

In comes a `Gradebook`; out goes what a format takes: the gradebook itself, or each student's `Paper`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from symgrad.basics.messages import Message, message
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.outcome import Verdict

PERSON = message("grades_person_will_look")
"""What a student reads under an answer that the tool leaves to a person."""
PROMISED = frozenset(
    {"not_judged", "not_decided", "gradient_without_value", "took_too_long", "took_too_much_memory", PERSON.code}
)
"""Codes of messages that tell a student already that a person will look."""
VERDICT: Mapping[Verdict, Message] = MappingProxyType(
    {
        "correct": message("verdict_correct"),
        "incorrect": message("verdict_incorrect"),
        "unreadable": message("verdict_unreadable"),
        "undecided": message("verdict_undecided"),
        "missing": message("verdict_missing"),
    }
)
"""Verdicts as people read them; programs read the verdict itself."""


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


def words(messages: Iterable[Message]) -> list[str]:
    """Messages in words."""
    return [str(each) for each in messages]


def person(answer: Graded) -> str:
    """That a person will look at an answer, where a student isn't told by its messages already; else nothing."""
    promised = any(each.code in PROMISED for each in answer.messages)
    return str(PERSON) if waits(answer) and not promised else ""


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
