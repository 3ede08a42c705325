"""The marks as a table of CSV: a row for each student, a column for each exercise, the total and the most there was to get."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.grades import sheets, tally
from symgrad.reports.grades.marks import shortest


def render(gradebook: Gradebook) -> str:
    """The marks as CSV; an exercise without an answer is 0, so that a row adds up to its total."""
    return sheets.written(_rows(gradebook))


def _rows(gradebook: Gradebook) -> Iterator[list[str]]:
    exercises = list(tally.possible(gradebook))
    yield ["student", *exercises, "total", "max_total"]
    found = tally.by_exercise(gradebook)
    for total in gradebook.students:
        scores = (shortest(found.get((total.student, exercise), (0.0, 0.0))[0]) for exercise in exercises)
        yield [total.student, *scores, shortest(total.score), shortest(total.max_score)]
