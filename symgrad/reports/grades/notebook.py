"""The grades for a notebook, as HTML and as Markdown: a row for each student, a row for each answer, the sums.

Of a large course the first ones are shown, for a notebook keeps what it shows. What students wrote stays text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tabulate import tabulate

from symgrad.basics.messages import message
from symgrad.grading.course.gradebook import Gradebook
from symgrad.grading.outcome import Verdict
from symgrad.reports import markup
from symgrad.reports.check.markdown import escaped
from symgrad.reports.grades import overview, table
from symgrad.reports.grades.format import VERDICT, words
from symgrad.reports.grades.marks import fraction
from symgrad.reports.grades.quoting import line

MOST = 100
"""Students and answers that are shown, before it is only said how many more there are."""
MARKS = (message("grades_column_student"), message("grades_column_marks"))
SIGNS: Mapping[Verdict, str] = {"correct": "✓", "incorrect": "✗", "unreadable": "!", "undecided": "?", "missing": "!"}


def html(gradebook: Gradebook) -> str:
    """The grades as a fragment of HTML that stands by itself."""
    students = [[markup.text(cell) for cell in row] for row in _students(gradebook)]
    parts = [
        markup.table(words(MARKS), students, words(MARKS[1:])),
        markup.table(words(table.HEADERS), _answers(gradebook), words([table.SCORE_COLUMN])),
        markup.lines(_last(gradebook)),
    ]
    return markup.element("div", "\n" + "\n".join(parts) + "\n") + "\n"


def markdown(gradebook: Gradebook) -> str:
    """The grades as GitHub-flavoured Markdown."""
    rows = table.rows(gradebook, MOST)
    parts = [
        _table(words(MARKS), _students(gradebook)),
        _table(words(table.HEADERS), rows),
        "\n".join(f"* {escaped(said)}" for said in _last(gradebook)),
    ]
    return "\n\n".join(parts) + "\n"


def _table(headers: list[str], rows: Iterator[list[str]]) -> str:
    return tabulate([[escaped(cell) for cell in row] for row in rows], headers=headers, tablefmt="pipe", disable_numparse=True)


def _students(gradebook: Gradebook) -> Iterator[list[str]]:
    for total in gradebook.students[:MOST]:
        yield [line(total.student, table.NAME), fraction(total.score, total.max_score)]


def _answers(gradebook: Gradebook) -> Iterator[list[str]]:
    for answer, row in zip(gradebook.answers, table.rows(gradebook, MOST), strict=False):
        cells = [markup.text(cell) for cell in row]
        cells[table.HEADERS.index(table.VERDICT_COLUMN)] = markup.badge(SIGNS[answer.verdict], str(VERDICT[answer.verdict]))
        yield cells


def _last(gradebook: Gradebook) -> Iterator[str]:
    """What isn't shown, problems, and the sums."""
    students, answers = len(gradebook.students), len(gradebook.answers)
    if students > MOST:
        yield str(message("grades_more_students", count=students - MOST))
    if answers > MOST:
        yield str(message("grades_more_answers", count=answers - MOST))
    yield from table.problems(gradebook)
    yield from overview.lines(gradebook)
