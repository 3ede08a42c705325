"""A student's feedback as Markdown: the marks, and under each exercise the answers with what there is to say of them.

All that comes from a student stands in a code span or a fence. Neither tags nor notes are shown, and nobody's right answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.basics.messages import message
from symgrad.grading.course.gradebook import Graded
from symgrad.reports.grades.format import VERDICT, Paper, person
from symgrad.reports.grades.marks import number
from symgrad.reports.grades.quoting import fence, span


def render(paper: Paper) -> str:
    """A student's feedback as Markdown."""
    return "\n\n".join(_parts(paper)) + "\n"


def _parts(paper: Paper) -> Iterator[str]:
    score, max_score = number(paper.total.score), number(paper.total.max_score)
    yield f"# {message('grades_feedback', student=span(paper.total.student))}"
    yield str(message("grades_own_marks", score=score, max_score=max_score))
    if not paper.answers:
        yield str(message("grades_no_answers"))
    exercises: dict[str, list[Graded]] = {}
    for answer in paper.answers:
        exercises.setdefault(answer.exercise, []).append(answer)
    for exercise, answers in exercises.items():
        yield f"## {message('grades_exercise', exercise=span(exercise))}"
        for answer in answers:
            yield from _answer(answer)


def _answer(answer: Graded) -> Iterator[str]:
    marks = {"score": number(answer.score), "max_score": number(answer.max_score)}
    yield f"### {message('grades_answer', name=span(answer.name), verdict=VERDICT[answer.verdict], **marks)}"
    if answer.answer.strip():
        yield str(message("grades_you_wrote"))
        yield fence(answer.answer)
    said = answer.message
    if said.strip():
        yield str(message("grades_comment"))
        yield fence(said)
    if person(answer):
        yield person(answer)
