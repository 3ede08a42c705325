"""The marks as nbgrader's `export` writes them (``nbgrader/plugins/export.py``): a row for each exercise and student.

nbgrader fills dates, names and mail addresses from its database; here they are empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.grades import sheets, tally
from symgrad.reports.grades.marks import shortest

HEADERS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def render(gradebook: Gradebook) -> str:
    """The marks as CSV; a student who handed nothing in has 0, as in nbgrader; where a person has to decide, nothing."""
    return sheets.written(_rows(gradebook))


def _rows(gradebook: Gradebook) -> Iterator[list[str]]:
    yield list(HEADERS)
    found, open_ = tally.by_exercise(gradebook), tally.pending(gradebook)
    for exercise, most in tally.possible(gradebook).items():
        for total in gradebook.students:
            score, max_score = (shortest(marks) for marks in found.get((total.student, exercise), (0.0, most)))
            score = "" if (total.student, exercise) in open_ else score
            yield [exercise, "", "", total.student, "", "", "", score, "0", score, max_score]
