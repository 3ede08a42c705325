"""Grades don't depend on the language in which they are told: where every sentence is a mere code, all else is the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from symgrad.basics.messages import message
from symgrad.grading.course.course import grade
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.judge import Judge
from symgrad.grading.outcome import VERDICTS
from symgrad.reports.grades import FORMATS, files, render
from symgrad.reports.grades.format import PROMISED, VERDICT
from symgrad.reports.wording.english import ENGLISH
from symgrad.reports.wording.language import Language
from symgrad.reports.wording.saying import speaking

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "docs" / "grading_example"
NETWORK = str(EXAMPLE / "exercises")
CODES = Language("codes", {code: lambda code=code, **values: code for code in ENGLISH.words})
"""Every sentence is its code."""
COLUMNS = ("student", "exercise", "name", "verdict", "score", "message")
TEXTS = {"message", "text", "note", "name"}
"""Keys of JSON that hold words."""
HOSTILE = {
    "ada.json": '{"sigmoid_network": {"w2": "dz2 y1\'", "w1": "((", "dz2": "__import__(\'os\')", "z9": "1", "w2": "-dz2 y1\'"}}',
    "ben.toml": "[sigmoid_network\n",
    "cy.toml": "[sigmoid_network]\nw1 = [['1', '2'], ['3']]\n'dL/dw1' = 'x'\nz1 = 'w1 x'\n[sigmoid_netwerk]\nw1 = 1\n",
    "di.json": '{"student": [], "sigmoid_network": {"": "1", "w1": {"a": 1}, "w2[1,1]": "dz2[1] y1[1]", "w2": null}, "x": 1}',
    "ed.json": "[" * 1000,
    "flo.json": b'{"sigmoid_network": {"dz2": "y2 - y\xff", "w2[1,1]": "dz2[1] y1[1]", "w1": [1.5, "NaN"]}}',
    "gus.json": '{"sigmoid_network": {"dz2": "y2 y2 ∘ (1 - y2) q", "w1": "fall", "w2": 0}}',
    "hal.toml/answers.toml": "",
    "ida/answers.docx": "",
}
ROWS = """\
student,exercise,name,answer
ada,sigmoid_network,w1,"
ben,sigmoid_network,w1
cy,,w1,x
di,sigmoid_network,w2,dz2 y1'
di,sigmoid_network,w2,"dz2 y1'"
ed,sigmoid_network,w1,"x" y
"""


@pytest.fixture
def hostile(write, monkeypatch):
    """A folder in which much can't be read, and a judge whom one answer kills."""
    for name, text in HOSTILE.items():
        write(f"in/{name}", text)
    judge = Judge.judge

    def fragile(self, name, content, own=None):
        return os._exit(3) if content == "fall" else judge(self, name, content, own)

    monkeypatch.setattr(Judge, "judge", fragile)
    return "in"


def told(exercises, submissions):
    """The grades in English and in codes, each with every form that can be made of them."""
    for language in (ENGLISH, CODES):
        with speaking(language):
            book = grade([exercises], submissions)
            yield book, dict(files(book, FORMATS))


def without_texts(value):
    """Data of JSON without words."""
    if isinstance(value, dict):
        return {key: without_texts(each) for key, each in value.items() if key not in TEXTS}
    return [without_texts(each) for each in value] if isinstance(value, list) else value


def same_but_for_words(exercises, submissions):
    """Grades that are the same in both languages, the ones in English."""
    (english, spoken), (other, coded) = told(exercises, submissions)
    for answer, coded_answer in zip(english.answers, other.answers, strict=True):
        assert answer == coded_answer
    assert english == other
    assert spoken.keys() == coded.keys()
    for name in ("gradebook.csv", "nbgrader.csv", "canvas.csv"):
        assert spoken[name] == coded[name]
    assert without_texts(json.loads(spoken["grades.json"])) == without_texts(json.loads(coded["grades.json"]))
    assert spoken["summary.md"] != coded["summary.md"]
    return english


def test_an_example_is_graded_alike_in_any_language():
    """Verdicts, tags, marks, and what is said as data."""
    book = same_but_for_words(NETWORK, str(EXAMPLE / "submissions"))
    assert {answer.verdict for answer in book.answers} == {"correct", "incorrect", "unreadable"}


def test_what_cannot_be_read_is_graded_alike_in_any_language(hostile):
    """Broken files, unreadable answers, entries, exercises that there aren't, a worker that dies."""
    book = same_but_for_words(NETWORK, hostile)
    assert {answer.verdict for answer in book.answers} == set(VERDICTS)
    assert any(answer.needs_person for answer in book.answers)
    assert len({problem.found.code for problem in book.problems}) >= 8


def test_a_broken_table_is_graded_alike_in_any_language(write):
    """Rows that can't be used."""
    book = same_but_for_words(NETWORK, write("answers.csv", ROWS))
    codes = {problem.found.code for problem in book.problems}
    assert codes == {"other_count_of_cells", "no_text_in_column", "handed_in_twice", "text_after_quote"}


def test_words_of_a_language_reach_every_form():
    """No heading and no label is English where another language is spoken."""
    answer = Graded("ada", "e", message("entries_left", name="w", left=2), "x", "undecided", (), 0.0, 1.0, ())
    with speaking(CODES):
        forms = dict(files(Gradebook((answer,), (Total("ada", 0.0, 0.0),)), FORMATS))
        notebook = render(Gradebook((answer,), ()), "markdown")
    assert forms["feedback/ada.md"].splitlines()[0] == "# grades_feedback"
    assert "### grades_answer\n\ngrades_you_wrote\n\n```\nx\n```\n\ngrades_person_will_look\n" in forms["feedback/ada.md"]
    assert forms["summary.md"].splitlines()[:3] == ["# grades_title", "", "* grades_counted"]
    assert forms["grades.txt"].split()[:6] == [f"grades_column_{name}" for name in COLUMNS]
    assert "grades_column_marks" in notebook


def test_who_has_promised_a_person_promises_no_second_one():
    """The codes that the forms know by are those whose words say it."""
    said = {code for code, words in ENGLISH.words.items() if isinstance(words, str) and "a person will look" in words.lower()}
    assert said == PROMISED
    assert tuple(VERDICT) == VERDICTS
