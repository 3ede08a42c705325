"""What an assertion that fails raises: the report of the check as its text.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import shlex
import sys
import unittest
from pathlib import Path

from symgrad.basics.source_places import calling_place
from symgrad.checking.results.results import CheckResult, Report
from symgrad.reports.check import rows, table


class CheckFailed(AssertionError):
    """A check that didn't pass; its text is the report, `result` what the report is made of."""

    def __init__(self, result: CheckResult | Report) -> None:
        super().__init__(said(result))
        self.result = result


class BlindCheck(UserWarning):
    """A check that passed where rounding explains more than the gradient itself at most entries: it proves little."""


class AnswerNotCorrect(AssertionError):
    """An answer that isn't right; `verdict` and `tags` are those of grading."""

    def __init__(self, text: str, verdict: str, tags: tuple[str, ...]) -> None:
        super().__init__(text)
        self.verdict, self.tags = verdict, tags


def said(result: CheckResult | Report) -> str:
    """What a report says of everything that didn't pass, without the table."""
    report = result.report
    told = ["\n".join(table.paragraph(each)) for each in report.results if each.verdict != "pass"]
    notes = [f"{each.name}: {note}" for each in report.results if each.verdict != "pass" for note in each.notes]
    return "\n\n".join(part for part in [*told, "\n".join(notes), "\n".join(rows.summary(report))] if part)


def relative(path: str) -> str:
    """A path as it reads from the current folder, where it lies inside."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here)


def repeating() -> str:
    """The command that runs the calling test again; where no test runner is at work, the place of the call."""
    current = os.environ.get("PYTEST_CURRENT_TEST")
    if current:
        node = current.rpartition(" (")[0] or current
        file, separator, rest = node.partition("::")
        place = calling_place()
        if place is not None and not Path(file).exists():  # a node's path starts at pytest's rootdir
            node = os.path.relpath(place.path) + separator + rest
        return shlex.join(["python", "-m", "pytest", node])
    frame = sys._getframe(1)
    while frame is not None:
        test = frame.f_locals.get("self")
        if isinstance(test, unittest.TestCase):
            return shlex.join(["python", "-m", "unittest", test.id()])
        if frame.f_back is None:
            break
        frame = frame.f_back
    place = calling_place()
    return "" if place is None else f"{relative(place.path)}:{place.line}"
