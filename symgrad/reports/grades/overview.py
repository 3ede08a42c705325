"""The few lines that say how a course did, which end the table and begin the summary."""

from __future__ import annotations

from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.grades import tally
from symgrad.reports.grades.marks import percent, shortest


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "answer"), counted(2, "answer")
    ('1 answer', '2 answers')
    """
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def lines(gradebook: Gradebook) -> list[str]:
    """Students, answers by verdict, marks; then, where there are any, what a person has to look at, and problems."""
    told = ", ".join(f"{count} {verdict}" for verdict, count in tally.verdicts(gradebook.answers).items() if count)
    score, max_score = tally.marks(gradebook.students)
    waiting = sum(answer.needs_person for answer in gradebook.answers)
    students, answers = counted(len(gradebook.students), "student"), counted(len(gradebook.answers), "answer")
    found = [
        f"{students}, {answers}{': ' if told else ''}{told}",
        f"marks: {shortest(score)} of {shortest(max_score)}, {percent(score, max_score)}",
    ]
    if waiting:
        found.append(f"for a person: {counted(waiting, 'answer')}")
    if gradebook.problems:
        found.append(f"submissions: {counted(len(gradebook.problems), 'problem')}")
    return found
