"""The grades for the teacher, as Markdown that reads well as text: shares, misconceptions, what is left to do.

What students wrote stands in code spans, shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tabulate import tabulate

from symgrad.basics.messages import Message, message
from symgrad.grading.course.gradebook import Gradebook, Graded
from symgrad.grading.submissions.answers import Problem
from symgrad.reports.check.markdown import escaped
from symgrad.reports.grades import overview, tally
from symgrad.reports.grades.format import VERDICT, words
from symgrad.reports.grades.marks import fraction, percent
from symgrad.reports.grades.quoting import flat, span

MISCONCEPTIONS = 10
OF_AN_EXERCISE = 5
REPEATED = 10
LISTED = 50
"""Answers for a person and problems that are listed, before it is only said how many more there are."""
MESSAGE = 200
"""Characters of a note or of a problem's message."""
HEADERS = (
    message("grades_column_exercise"),
    message("grades_column_name"),
    message("grades_column_answers"),
    *VERDICT.values(),
    message("grades_column_mean"),
)


def render(gradebook: Gradebook) -> str:
    """The summary as GitHub-flavoured Markdown."""
    return "\n\n".join(_parts(gradebook)) + "\n"


def _parts(gradebook: Gradebook) -> Iterator[str]:
    questions = tally.questions(gradebook)
    yield f"# {message('grades_title')}"
    yield _list(overview.lines(gradebook))
    yield from _section("##", message("grades_exercises"), _table(questions))
    yield from _section("##", message("grades_misconceptions"), _misconceptions(gradebook.answers, MISCONCEPTIONS))
    for exercise, names in questions.items():
        answers = [answer for found in names.values() for answer in found]
        heading = message("grades_in_exercise", exercise=span(exercise))
        yield from _section("###", heading, _misconceptions(answers, OF_AN_EXERCISE))
    yield from _section("##", message("grades_frequent"), _list(words(_repeated(gradebook.answers))))
    waiting = [_waiting(answer) for answer in gradebook.answers if answer.needs_person]
    yield from _section("##", message("grades_for_a_person"), _list(_first(waiting)))
    problems = [_problem(problem) for problem in gradebook.problems]
    yield from _section("##", message("grades_problems"), _list(_first(problems)))
    versions = {escaped(name): escaped(version) for name, version in gradebook.versions.items()}
    yield str(message("grades_made_with", seed=gradebook.seed, versions=versions))


def _section(level: str, heading: Message, text: str) -> list[str]:
    return [f"{level} {heading}", text] if text else []


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"* {item}" for item in items)


def _first(items: Sequence[Message]) -> list[str]:
    more = [message("grades_more", count=len(items) - LISTED)] if len(items) > LISTED else []
    return words([*items[:LISTED], *more])


def _table(questions: Mapping[str, Mapping[str | Message, Sequence[Graded]]]) -> str:
    """A row for each exercise and name: shares and counts of the verdicts, and the mean of the marks."""
    rows = []
    for exercise, names in questions.items():
        for name, answers in names.items():
            count = len(answers)
            shares = [
                message("grades_share", count=found, percent=percent(found, count))
                for found in tally.verdicts(answers).values()
            ]
            decided = [answer for answer in answers if answer.verdict != "undecided"]
            score, max_score = tally.marks(decided)
            rows.append(
                [
                    _cell(exercise),
                    _cell(str(name)),
                    str(count),
                    *words(shares),
                    fraction(score / (len(decided) or 1), max_score / (len(decided) or 1)),
                ]
            )
    return tabulate(rows, headers=words(HEADERS), tablefmt="pipe", disable_numparse=True) if rows else ""


def _cell(text: str) -> str:
    return span(text, 40).replace("|", "\\|")  # GitHub ends a cell at a bar even in a code span


def _misconceptions(answers: Sequence[Graded], most: int) -> str:
    found = []
    for each in tally.misconceptions(answers, most):
        shown = {"tag": span(each.tag), "example": span(each.example)}
        found.append(message("grades_mistake", answers=each.count, percent=percent(each.count, len(answers)), **shown))
    return _list(words(found))


def _repeated(answers: Sequence[Graded]) -> Iterator[Message]:
    for found in tally.repeated(answers, REPEATED):
        first = found.answer
        shown = {"answer": span(first.answer), "exercise": span(first.exercise), "name": span(first.name)}
        yield message("grades_repeated", count=found.count, verdict=VERDICT[first.verdict], **shown)


def _waiting(answer: Graded) -> Message:
    note = None if answer.failure is None else span(flat(answer.note), MESSAGE)
    shown = {"student": span(answer.student), "exercise": span(answer.exercise), "name": span(answer.name)}
    return message("grades_left_to_a_person", **shown, note=note)


def _problem(problem: Problem) -> Message:
    return message("grades_problem", place=span(problem.place), said=span(flat(problem.message), MESSAGE))
