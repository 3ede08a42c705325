"""The marks as CSV that the gradebook of Canvas imports: a column for each exercise, the most marks in the second row.

Canvas finds a student by one of three numbers and names; the id goes where it fits. Where a person has to decide something
the cell stays empty, which leaves a grade in Canvas as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.grades import sheets, tally
from symgrad.reports.grades.marks import shortest

HEADERS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS = "    Points Possible"
"""The first cell of the second row, with the blanks by which Canvas's own export has it."""


def render(gradebook: Gradebook) -> str:
    """The marks as CSV; an id of digits alone is Canvas's own, any other a login."""
    return sheets.written(_rows(gradebook))


def _rows(gradebook: Gradebook) -> Iterator[list[str]]:
    possible = tally.possible(gradebook)
    yield [*HEADERS, *possible]
    yield [POINTS, *[""] * (len(HEADERS) - 1), *(shortest(most) for most in possible.values())]
    found, open_ = tally.by_exercise(gradebook), tally.pending(gradebook)
    for total in gradebook.students:
        student = total.student
        number, login = (student, "") if student.isascii() and student.isdigit() else ("", student)
        scores = (
            "" if (student, exercise) in open_ else shortest(found.get((student, exercise), (0.0, 0.0))[0])
            for exercise in possible
        )
        yield [student, number, "", login, "", *scores]
