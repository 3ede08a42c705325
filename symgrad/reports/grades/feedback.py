"""A student's feedback as Markdown: the marks, and under each exercise the answers with what there is to say of them.

All that comes from a student stands in a code span or a fence. Neither tags nor notes are shown, and nobody's right answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.grading.course.gradebook import Graded
from symgrad.reports.grades.format import PERSON, Paper, person
from symgrad.reports.grades.marks import shortest
from symgrad.reports.grades.quoting import fence, span


def render(paper: Paper) -> str:
    """A student's feedback as Markdown."""
    return "\n\n".join(_parts(paper)) + "\n"


def _parts(paper: Paper) -> Iterator[str]:
    yield f"# Feedback for {span(paper.total.student)}"
    yield f"Marks: {shortest(paper.total.score)} of {shortest(paper.total.max_score)}"
    if not paper.answers:
        yield "No answers were handed in."
    exercises: dict[str, list[Graded]] = {}
    for answer in paper.answers:
        exercises.setdefault(answer.exercise, []).append(answer)
    for exercise, answers in exercises.items():
        yield f"## Exercise {span(exercise)}"
        for answer in answers:
            yield from _answer(answer)


def _answer(answer: Graded) -> Iterator[str]:
    yield f"### Answer {span(answer.name)}: {answer.verdict}, {shortest(answer.score)} of {shortest(answer.max_score)}"
    if answer.answer.strip():
        yield "You wrote:"
        yield fence(answer.answer)
    if answer.message.strip():
        yield "Comment:"
        yield fence(answer.message)
    if person(answer):
        yield PERSON
