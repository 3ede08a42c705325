"""How results show themselves: as rows and tables of pandas, in one line at a prompt, in a notebook."""

from __future__ import annotations

import html
import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

import symgrad
from symgrad import Exercise, Training, UserError, check, differentiate, matrix, scalar, square, step, total
from symgrad.basics.messages import verbatim
from symgrad.basics.showing import WIDTH
from symgrad.checking.results.results import CheckResult, Entry, Finding, GradientResult, Report
from symgrad.checking.results.settings import Settings
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.submissions.answers import Problem

SETTINGS = Settings()
WORST = Entry((0, 1), {"w": [[1.0, 2.0]]}, 0.5, -1.0, "0.5000000", 1.5, 3.0, 6.75e15, 1e-16)
RIGHT = GradientResult("b", (1, 1), "agree", "2 b", 1, 3, 3, {"agree": 3}, None)
WRONG = GradientResult("w", (1, 2), "autograd_wrong", "x wᵀ", 2, 3, 6, {"autograd_wrong": 6}, WORST)
FAILED = CheckResult("net", "net.py", "autograd_wrong", SETTINGS, (verbatim("dL/dw: autograd is wrong"),), (RIGHT, WRONG))
PUBLISHED = CheckResult(
    "line", "a.py", "published_differs", SETTINGS, (verbatim("published w is 5.0, the value is 4"),), (RIGHT,)
)
BROKEN = CheckResult("broken", "b.py", "could_not_run", SETTINGS, (verbatim("b.py:1: no"),))
REPORT = Report((FAILED, PUBLISHED, BROKEN), SETTINGS, {"symgrad": "0"})
HOSTILE = "<script>alert(1)</script> & \"q\" 'r' \x00\x1b[2J\ud800\u202e $x$ \\(y\\) | `a` [x](javascript:y)\n# heading\n"


def book(*texts):
    answers = tuple(Graded(t, t, t, t, "incorrect", (t,), 0.5, 1.0, (verbatim(t),), False, verbatim(t)) for t in texts)
    return Gradebook(answers, tuple(Total(t, 0.5, 1.0) for t in texts), tuple(Problem(t, verbatim(t)) for t in texts), texts)


# Rows


def test_a_row_has_every_fact_of_a_gradient_as_it_is():
    """Numbers are numbers, shapes and places are pairs, and the formula is text."""
    assert FAILED.rows[1] == {
        "exercise": "net",
        "path": "net.py",
        "verdict": "fail",
        "reason": "autograd_wrong",
        "parameter": "w",
        "order": 1,
        "declared": False,
        "shape": (1, 2),
        "entries": 2,
        "points": 3,
        "certified": 6,
        "confirmed": 0,
        "worst": (0, 1),
        "closed_form": 0.5,
        "autograd": -1.0,
        "reference": "0.5000000",
        "absolute": 1.5,
        "relative": 3.0,
        "ulps": 6.75e15,
        "allowed": 1e-16,
        "formula": "x wᵀ",
    }


def test_every_row_has_the_same_keys_in_the_same_order():
    """A gradient without a worst entry, and an exercise that couldn't run, have None where there is nothing to say."""
    assert len({tuple(row) for row in REPORT.rows}) == 1
    assert [row["worst"] for row in REPORT.rows] == [None, (0, 1), None, None, None]


def test_no_verdict_is_missing_from_the_rows():
    """What an exercise says beyond its gradients has a row without a parameter."""
    told = [(row["exercise"], row["parameter"], row["verdict"], row["reason"]) for row in REPORT.rows]
    assert told == [
        ("net", "b", "pass", "agree"),
        ("net", "w", "fail", "autograd_wrong"),
        ("line", "b", "pass", "agree"),
        ("line", None, "fail", "published_differs"),
        ("broken", None, "error", "could_not_run"),
    ]


def test_a_report_has_the_rows_of_its_results():
    """One result says the same alone as among others."""
    assert REPORT.rows == [row for result in REPORT for row in result.rows]


def test_rows_of_a_real_check_have_real_numbers():
    """What is compared stands in the rows, for a result that is no test's own."""
    w = scalar("w")
    (row,) = check(Exercise(name="parabola", loss=square(w - 1), parameters=[w], at=[{"w": 3}], points=0)).rows
    assert (row["verdict"], row["parameter"], row["closed_form"], row["autograd"]) == ("pass", "w", 4.0, 4.0)
    assert row["absolute"] == 0.0
    assert 0 < row["allowed"] < 1e-13


@pytest.mark.parametrize("shown", [REPORT, FAILED, BROKEN], ids=["report", "result", "broken"])
def test_the_dictionary_is_what_json_writes(shown):
    """to_dict() and the format json are one thing."""
    assert json.loads(symgrad.render(shown, "json")) == shown.to_dict()


# pandas


def test_a_table_of_pandas_has_a_line_for_each_row():
    """Columns are the keys of rows; numbers are of number types."""
    frame = REPORT.to_dataframe()
    assert list(frame.columns) == list(REPORT.rows[0])
    assert len(frame) == len(REPORT.rows)
    assert frame["absolute"].dtype == float
    assert frame.loc[1, "autograd"] == -1.0
    assert math.isnan(frame.loc[0, "autograd"])
    assert list(FAILED.to_dataframe()["parameter"]) == ["b", "w"]


def test_without_pandas_the_message_says_how_to_get_it(monkeypatch):
    """A table isn't had without pandas, and nobody sees a traceback of an import."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UserError) as caught:
        REPORT.to_dataframe()
    assert str(caught.value) == "to_dataframe needs pandas; install it with: pip install pandas"


def test_pandas_is_imported_for_tables_alone():
    """Nothing but to_dataframe imports it."""
    program = (
        "import sys, symgrad\n"
        "from symgrad.checking.results.results import Report, Settings\n"
        "report = Report((), Settings())\n"
        "report.rows, report.to_dict(), report._repr_html_(), repr(report)\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# A report as a collection


def test_a_report_is_a_collection_of_results():
    """It can be counted, gone through in order, and asked for an exercise."""
    assert len(REPORT) == 3
    assert list(REPORT) == [FAILED, PUBLISHED, BROKEN]
    assert REPORT["line"] is PUBLISHED
    assert len(Report((), SETTINGS)) == 0


def test_an_unknown_exercise_is_told_the_nearest():
    """A misspelt name is a UserError with the name that was meant."""
    with pytest.raises(UserError) as caught:
        REPORT["lien"]
    assert str(caught.value) == "no exercise is called 'lien'; did you mean 'line'? There are net, line, broken"


def test_a_place_is_no_name():
    """A report has no order to ask by; a number is told what there is."""
    with pytest.raises(UserError) as caught:
        REPORT[0]
    assert str(caught.value) == "no exercise is called '0'. There are net, line, broken"


def test_a_name_that_two_exercises_share_is_not_answered_with_one():
    """Which of two is meant isn't guessed."""
    twice = Report((FAILED, CheckResult("net", "other.py", "agree", SETTINGS)), SETTINGS)
    with pytest.raises(UserError) as caught:
        twice["net"]
    assert str(caught.value) == "2 exercises are called 'net', in net.py, other.py; `results` has them in order"


# One line


def test_every_noun_says_what_it_is():
    """At a prompt a noun is one line that a person can read."""
    w1, x, y = matrix("w1", 2, 1), matrix("x", 1, 1), matrix("y", 2, 1)
    loss = total(square(step("z1", w1 * x) - y))
    derivation = differentiate(loss, [w1])
    training = Training(samples=[{"x": 1, "y": [[1], [2]]}], initial={"w1": [[1], [1]]}, learning_rate=0.1, epochs=2)
    shown = [
        REPORT, FAILED, BROKEN, RIGHT, WORST, Finding("w", "published_differs", verbatim("…")), SETTINGS, Settings(seed=3, dtype="float32"),
        derivation, derivation.equations[0], derivation.equations[-1], training, book("ada"), Gradebook((), ()),
    ]  # fmt: skip
    assert [repr(noun) for noun in shown] == [
        "Report(3 exercises: 2 fail, 1 error)",
        "CheckResult('net', fail: autograd_wrong, parameters: b, w)",
        "CheckResult('broken', error: could_not_run, parameters: none)",
        "GradientResult('b', pass: agree, 1×1 at 3 points)",
        "Entry([0, 1]: closed form 0.5, autograd -1, allowed 1e-16)",
        "Finding('w', fail: published_differs)",
        "Settings()",
        "Settings(seed=3, dtype='float32')",
        "Derivation(loss of w1, x, y; 4 equations; gradients: w1)",
        "Equation(z1 = w1 x; 2×1, forward)",
        "Equation(dw1 = dz1 xᵀ; 2×1, gradient)",
        "Training('training', 2 epochs, float32)",
        "Gradebook(1 student, 1 answer; exercises: ada)",
        "Gradebook(0 students, 0 answers; exercises: none)",
    ]


def test_no_noun_is_longer_than_a_line():
    """Many names, long ones, and control characters don't make a second line or a long one."""
    names = [scalar(f"a_rather_long_parameter_{k}") for k in range(40)]
    derivation = differentiate(sum(name**k for k, name in enumerate(names, 1)), names)
    rows = tuple(GradientResult(str(name), (1, 1), "agree", "", 1, 1, 1, {}, None) for name in names)
    nouns = [
        derivation, *derivation.equations, CheckResult("e" * 200, "", "agree", SETTINGS, (), rows), book(*(HOSTILE + str(k) for k in range(9))),
        GradientResult(HOSTILE * 9, (1, 1), "agree", "", 1, 1, 1, {}, None), Finding(HOSTILE * 9, "agree"), Settings(atol=0.1, rtol=1e-300, seed=10**200),
        Entry((0, 0), {}, -1.123456789e-300, -1.123456789e-300, "", 0.0, 0.0, 0.0, math.inf),
    ]  # fmt: skip
    for noun in nouns:
        assert len(repr(noun)) <= WIDTH
        assert repr(noun).isprintable()
    assert repr(derivation) == (
        "Derivation(loss of a_rather_long_parameter_0, a_rather_long_parameter_1, … (40); 80 equations;"
        " gradients: a_rather_long…"
    )


# Notebooks


@pytest.mark.parametrize("shown", [REPORT, FAILED, book("ada")], ids=["report", "result", "gradebook"])
def test_a_notebook_shows_what_render_gives(shown):
    """HTML and Markdown in a notebook are those of `symgrad.render`."""
    assert shown._repr_html_() == symgrad.render(shown, "html")
    assert shown._repr_markdown_() == symgrad.render(shown, "markdown")


@pytest.mark.parametrize("hostile", [HOSTILE, HOSTILE[::-1], "", " ", "|", "`", "\\", "$"])
def test_what_students_wrote_stays_text_in_html(hostile):
    """A gradebook in a notebook runs nothing and has no element of a student's making."""
    text = book(hostile)._repr_html_()
    root = ET.fromstring(text.replace("<br>", "<br/>"))
    assert {element.tag for element in root.iter()} <= {"div", "table", "thead", "tbody", "tr", "th", "td", "p", "br", "span"}
    assert {name for element in root.iter() for name in element.attrib} == {"style", "scope"}
    assert text.isascii()
    assert re.sub(r"<span>[$\\]</span>", "", text).count("$") == 0
    assert {c for c in text if ord(c) < 32} == {"\n"}


def test_what_students_wrote_stays_text_in_markdown():
    """Every line of the tables has as many cells, and nothing is HTML, a link or a heading."""
    text = book(HOSTILE, "|", "`")._repr_markdown_()
    unescaped = re.sub(r"\\.", "", text)
    assert not re.search(r"[<`\[]", unescaped)
    assert not [line for line in text.splitlines() if line.startswith("#")]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", re.sub(r"\\\\", "", line))) for line in lines} == {3, 7}


def test_of_a_large_course_the_first_are_shown():
    """A notebook isn't filled with thousands of answers; how many more there are is said."""
    large = book(*(f"student{k:04}" for k in range(250)))
    for text in (html.unescape(large._repr_html_()), large._repr_markdown_()):
        assert "student0099" in text
        assert "student0100" not in text
        assert "and 150 more students" in text
        assert "and 150 more answers" in text
        assert "250 students, 250 answers: 250 incorrect" in text


def test_a_gradebook_renders_in_its_own_formats():
    """`symgrad.render` knows the formats of grades, and says so of one that there isn't."""
    assert symgrad.render(book("ada"), "gradebook").startswith("student,")
    with pytest.raises(UserError) as caught:
        symgrad.render(book("ada"), "gradebok")
    assert "no format 'gradebok' among table, json, gradebook" in str(caught.value)
    assert "did you mean 'gradebook'?" in str(caught.value)
