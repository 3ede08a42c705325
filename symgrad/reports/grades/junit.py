"""The grades as JUnit XML: a suite for each student, a case for each answer.

Wrong, unreadable and missing is a failure, what couldn't be decided skipped, where the tool itself failed an error.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping

from symgrad.basics.messages import message
from symgrad.grading.course.gradebook import Gradebook, Graded
from symgrad.grading.outcome import Verdict
from symgrad.reports.check.junit import document
from symgrad.reports.grades.format import VERDICT, papers
from symgrad.reports.grades.quoting import line, visible

TAGS: Mapping[Verdict, str] = {
    "incorrect": "failure",
    "unreadable": "failure",
    "missing": "failure",
    "undecided": "skipped",
}


def render(gradebook: Gradebook) -> str:
    """The grades as XML text."""
    return document(_suites(gradebook))


def _suites(gradebook: Gradebook) -> Iterator[ET.Element]:
    for paper in papers(gradebook):
        student = line(paper.total.student)
        suite = ET.Element("testsuite", name=student)
        for answer in paper.answers:
            name = line(f"{answer.exercise}::{answer.name}")
            _mark(ET.SubElement(suite, "testcase", classname=student, name=name, time="0"), answer)
        yield suite


def _mark(case: ET.Element, answer: Graded) -> None:
    """Adds what an answer that isn't right is told, and to an error the teacher's note."""
    failed = answer.needs_person and answer.failure is not None
    tag = "error" if failed else TAGS.get(answer.verdict)
    if tag is not None:
        said = visible(answer.note if failed else answer.message)
        told = message("grades_verdict", verdict=VERDICT[answer.verdict], said=said.partition("\n")[0])
        element = ET.SubElement(case, tag, message=str(told), type=answer.verdict)
        if tag != "skipped":
            element.text = said
