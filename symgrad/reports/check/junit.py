"""The report as JUnit XML: a failed gradient is a failure, what couldn't run an error, what couldn't be decided skipped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from symgrad.checking.results.results import CheckResult, Report
from symgrad.reports.check import rows

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 doesn't allow."""
TAGS = {"fail": "failure", "error": "error", "inconclusive": "skipped"}


def render(report: Report) -> str:
    """The report as one test suite: a test case for each gradient, and one for what else an exercise claims."""
    suite = ET.Element("testsuite", name="symgrad")
    for result in report.results:
        _add(suite, result)
    controls = _case(suite, "symgrad", "controls")
    if report.missed:
        said = rows.summary(report)[-1]
        ET.SubElement(controls, "failure", message=said, type="controls").text = said
    return document([suite])


def document(suites: Iterable[ET.Element]) -> str:
    """Test suites as an XML file, each with the numbers of its cases by outcome."""
    root = ET.Element("testsuites")
    for suite in suites:
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
        suite.set("tests", str(len(suite)))
        suite.set("time", "0")
        root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add(suite: ET.Element, result: CheckResult) -> None:
    text = "\n".join(f"{heading}: {line}" if heading else line for heading, line in rows.details(result))
    classname = clean(result.path) or "symgrad"
    for row in result.gradients:
        case = _case(suite, classname, f"{result.name}::{row.parameter}")
        _mark(case, row.verdict, row.reason, result.message, text)
    told = {row.reason for row in result.gradients}
    case = _case(suite, classname, f"{result.name}::exercise")
    if result.reason not in told:
        _mark(case, result.verdict, result.reason, result.message, text)


def _mark(case: ET.Element, verdict: str, reason: str, message: str | None, text: str) -> None:
    if verdict in TAGS:
        element = ET.SubElement(case, TAGS[verdict], message=clean(f"{rows.said(reason)}: {message or ''}"), type=reason)
        if verdict != "inconclusive":
            element.text = clean(text)


def _case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=classname, name=clean(name), time="0")


def clean(text: str) -> str:
    """Text with every character that XML doesn't allow replaced."""
    return ILLEGAL.sub("\ufffd", text)
