"""The grades for a terminal: a row for each answer, a line for each student of a small course, the last lines with the sums."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from symgrad.basics.messages import message
from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.grades import overview
from symgrad.reports.grades.format import VERDICT, words
from symgrad.reports.grades.marks import fraction
from symgrad.reports.grades.quoting import line

VERDICT_COLUMN = message("grades_column_verdict")
SCORE_COLUMN = message("grades_column_score")
HEADERS = (
    message("grades_column_student"),
    message("grades_column_exercise"),
    message("grades_column_name"),
    VERDICT_COLUMN,
    SCORE_COLUMN,
    message("grades_column_message"),
)
NAME = 24
"""Characters of an id or a name: one of thousands would make every row as wide."""
MESSAGE = 60
STUDENTS = 30
"""The largest course whose students are listed one by one: a screenful."""
PROBLEMS = 10


def render(gradebook: Gradebook) -> str:
    """The grades as plain text."""
    table = tabulate(list(rows(gradebook)), headers=words(HEADERS), tablefmt="simple", disable_numparse=True)
    parts = [[table], list(_students(gradebook)), list(problems(gradebook)), overview.lines(gradebook)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def rows(gradebook: Gradebook, most: int | None = None) -> Iterator[list[str]]:
    """A row for each answer, or for the first ones."""
    for answer in gradebook.answers[:most]:
        names = (line(text, NAME) for text in (answer.student, answer.exercise, answer.name))
        said = answer.message.partition("\n")[0]
        yield [*names, str(VERDICT[answer.verdict]), fraction(answer.score, answer.max_score), line(said, MESSAGE)]


def _students(gradebook: Gradebook) -> Iterator[str]:
    if len(gradebook.students) <= STUDENTS:
        for total in gradebook.students:
            yield f"{line(total.student, NAME)}: {fraction(total.score, total.max_score)}"


def problems(gradebook: Gradebook) -> Iterator[str]:
    """The first problems of the submissions, and how many more there are."""
    for problem in gradebook.problems[:PROBLEMS]:
        yield f"{line(problem.place)}: {line(problem.message)}"
    if len(gradebook.problems) > PROBLEMS:
        yield str(message("grades_more_problems", count=len(gradebook.problems) - PROBLEMS))
