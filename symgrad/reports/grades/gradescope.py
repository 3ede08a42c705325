"""A student's marks as the ``results.json`` that Gradescope reads (its "Autograder Specifications", output format).

Gradescope knows only passed and failed; what isn't decided is failed for the time being, and says so.
"""

from __future__ import annotations

from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.course.gradebook import Graded
from symgrad.reports.grades.format import Paper, person, waits
from symgrad.reports.grades.json_format import array, whole
from symgrad.reports.grades.marks import number
from symgrad.reports.grades.quoting import line, visible


def render(paper: Paper) -> str:
    """A student's results as JSON text, a test a line."""
    score, waiting = number(paper.total.score), sum(waits(answer) for answer in paper.answers)
    said = message("grades_paper", score=score, max_score=number(paper.total.max_score), waiting=waiting)
    head = {"score": score, "output": str(said), "output_format": "text"}
    return whole(head, [array("tests", (_test(answer) for answer in paper.answers))])


def _test(answer: Graded) -> dict[str, Any]:
    said = [answer.message, person(answer)] if person(answer) else [answer.message]
    decided = {
        "score": number(answer.score),
        "max_score": number(answer.max_score),
        "status": "passed" if answer.verdict == "correct" else "failed",
    }
    return {
        "name": line(f"{answer.exercise}: {answer.name}"),
        **(decided if answer.verdict != "undecided" else {}),
        "output": visible("\n".join(part for part in said if part)),
        "output_format": "text",
        "visibility": "visible",
        "tags": [line(tag) for tag in answer.tags],
    }
