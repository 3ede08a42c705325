"""The few lines that say how a course did, which end the table and begin the summary."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.course.gradebook import Gradebook
from symgrad.reports.grades import tally
from symgrad.reports.grades.format import VERDICT, words
from symgrad.reports.grades.marks import number, percent


def lines(gradebook: Gradebook) -> list[str]:
    """Students, answers by verdict, marks; then, where there are any, what a person has to look at, and problems."""
    given = tally.verdicts(gradebook.answers)
    verdicts = [message("grades_of_verdict", verdict=VERDICT[each], count=given[each]) for each in VERDICT if given[each]]
    students, answers = len(gradebook.students), len(gradebook.answers)
    score, max_score = tally.marks(gradebook.students)
    sums = {"score": number(score), "max_score": number(max_score), "percent": percent(score, max_score)}
    waiting = sum(answer.needs_person for answer in gradebook.answers)
    found = [message("grades_counted", students=students, answers=answers, verdicts=verdicts), message("grades_marks", **sums)]
    if waiting:
        found.append(message("grades_waiting", answers=waiting))
    if gradebook.problems:
        found.append(message("grades_with_problems", problems=len(gradebook.problems)))
    return words(found)
