"""The grades for the teacher, as Markdown that reads well as text: shares, misconceptions, what is left to do.

What students wrote stands in code spans, shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from symgrad.grading.course.gradebook import Gradebook, Graded
from symgrad.grading.outcome import VERDICTS
from symgrad.reports.check.markdown import escaped
from symgrad.reports.grades import overview, tally
from symgrad.reports.grades.marks import fraction, percent
from symgrad.reports.grades.quoting import flat, span

MISCONCEPTIONS = 10
OF_AN_EXERCISE = 5
REPEATED = 10
LISTED = 50
"""Answers for a person and problems that are listed, before it is only said how many more there are."""
MESSAGE = 200
"""Characters of a note or of a problem's message."""


def render(gradebook: Gradebook) -> str:
    """The summary as GitHub-flavoured Markdown."""
    return "\n\n".join(_parts(gradebook)) + "\n"


def _parts(gradebook: Gradebook) -> Iterator[str]:
    questions = tally.questions(gradebook)
    yield "# Grades"
    yield _list(overview.lines(gradebook))
    yield from _section("## Exercises", _table(questions))
    yield from _section("## Misconceptions", _misconceptions(gradebook.answers, MISCONCEPTIONS))
    for exercise, names in questions.items():
        answers = [answer for found in names.values() for answer in found]
        yield from _section(f"### In exercise {span(exercise)}", _misconceptions(answers, OF_AN_EXERCISE))
    yield from _section("## Frequent wrong answers", _list(list(_repeated(gradebook.answers))))
    waiting = [_waiting(answer) for answer in gradebook.answers if answer.needs_person]
    yield from _section("## For a person", _list(_first(waiting)))
    problems = [f"at {span(p.place)}: {span(flat(p.message), MESSAGE)}" for p in gradebook.problems]
    yield from _section("## Problems of the submissions", _list(_first(problems)))
    versions = "".join(f", {escaped(name)} {escaped(version)}" for name, version in gradebook.versions.items())
    yield f"Seed {gradebook.seed}{versions}"


def _section(heading: str, text: str) -> list[str]:
    return [heading, text] if text else []


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"* {item}" for item in items)


def _first(items: Sequence[str]) -> list[str]:
    more = [f"and {len(items) - LISTED} more"] if len(items) > LISTED else []
    return [*items[:LISTED], *more]


def _table(questions: dict[str, dict[str, list[Graded]]]) -> str:
    """A row for each exercise and name: shares and counts of the verdicts, and the mean of the marks."""
    rows = []
    for exercise, names in questions.items():
        for name, answers in names.items():
            count = len(answers)
            counts = (f"{percent(found, count)} ({found})" for found in tally.verdicts(answers).values())
            decided = [answer for answer in answers if answer.verdict != "undecided"]
            score, max_score = tally.marks(decided)
            rows.append(
                [
                    _cell(exercise),
                    _cell(name),
                    str(count),
                    *counts,
                    fraction(score / (len(decided) or 1), max_score / (len(decided) or 1)),
                ]
            )
    headers = ("exercise", "name", "answers", *VERDICTS, "mean")
    return tabulate(rows, headers=headers, tablefmt="pipe", disable_numparse=True) if rows else ""


def _cell(text: str) -> str:
    return span(text, 40).replace("|", "\\|")  # GitHub ends a cell at a bar even in a code span


def _misconceptions(answers: Sequence[Graded], most: int) -> str:
    found = tally.misconceptions(answers, most)
    return _list(
        [
            f"{overview.counted(m.count, 'answer')}, {percent(m.count, len(answers))}: {span(m.tag)}, such as {span(m.example)}"
            for m in found
        ]
    )


def _repeated(answers: Sequence[Graded]) -> Iterator[str]:
    for found in tally.repeated(answers, REPEATED):
        first = found.answer
        where = f"exercise {span(first.exercise)}, name {span(first.name)}"
        yield f"{found.count} times {first.verdict}: {span(first.answer)} in {where}"


def _waiting(answer: Graded) -> str:
    note = f": {span(flat(answer.note), MESSAGE)}" if answer.note else ""
    return f"student {span(answer.student)}, exercise {span(answer.exercise)}, name {span(answer.name)}{note}"
