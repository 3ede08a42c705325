"""Reports of grades of hostile text: every format can be parsed, and what students wrote stays text in it."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.basics.messages import verbatim
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.outcome import VERDICTS
from symgrad.grading.submissions.answers import Problem
from symgrad.reports.grades import FORMATS, files, render
from symgrad.reports.grades.format import FilePerStudent
from symgrad.reports.grades.sheets import defused

BY_STUDENT = [name for name, format_ in FORMATS.items() if isinstance(format_, FilePerStudent)]
PIECES = [
    "=1+1",
    "@SUM(A1)",
    ";-2+3",
    "＝cmd|'/c calc'!A1",
    "\x00",
    "\x1b[2J",
    "\x9b31m",
    "\r\n",
    "\n# heading\n",
    "\n```\n",
    "\n~~~\n",
    "]]>",
    "</script><script>alert(1)</script>",
    "`",
    "``` ``",
    "|",
    "\\",
    "[x](javascript:y)",
    "\ud800",
    "\ufffe",
    "\u202e",
    "\u2028",
    '"',
    ",",
    " ",
    "\t",
    "{}",
    "%s",
    "x" * 10_000,
]
HOSTILE = " ".join(PIECES)


def hostile(texts, verdict="incorrect"):
    """A gradebook in which every text that a student can write is hostile, and one student handed nothing in."""
    answers = tuple(
        Graded(text, text + "e", text + "n", text, verdict, (text,), 0.5, 1.0, (verbatim(text),), k % 2 == 0, verbatim(text))
        for k, text in enumerate(texts)
    )
    students = (*(Total(text, 0.5, 1.0) for text in texts), Total("nobody", 0.0, 1.0))
    problems = tuple(Problem(text, verbatim(text)) for text in texts)
    return Gradebook(answers, students, problems, tuple(text + "e" for text in texts), 0, {"symgrad": "0"})


def strict(text):
    """JSON that is read without NaN and Infinity, which aren't JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} isn't JSON")

    return json.loads(text, parse_constant=refuse)


def rows(text):
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def outside(text):
    """The lines of Markdown that stand in no fence, without their code spans."""
    fence = None
    for line in text.split("\n"):
        ticks = re.fullmatch("`{3,}", line)
        if fence is None and ticks:
            fence = line
        elif fence is not None:
            fence = None if ticks and len(line) >= len(fence) else fence
        else:
            yield re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
    assert fence is None


BOOKS = {
    "empty": Gradebook((), ()),
    "pieces": hostile(PIECES),
    "all": hostile([HOSTILE, HOSTILE[::-1], ""]),
    "unreadable": hostile(PIECES, "unreadable"),
    "undecided": hostile(PIECES, "undecided"),
}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_text_is_utf_8_without_control_characters_and_ends_with_one_newline(format_, book):
    """Nothing gives orders to a terminal or turns text around, and every student has a file."""
    found = dict(files(book, [format_]))
    assert len(found) == (len(book.students) if format_ in BY_STUDENT else 1)
    for text in found.values():
        text.encode("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert text.splitlines() == text.split("\n")[:-1]


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_json_is_read_back_as_it_was(book):
    """All texts come back, but for halves of surrogates, which UTF-8 can't hold; an answer is a line."""
    text = render(book, "json")
    data = strict(text.encode("utf-8"))
    kept = [re.sub("[\ud800-\udfff]", "\ufffd", answer.answer) for answer in book.answers]
    assert [answer["answer"] for answer in data["answers"]] == kept
    assert [answer["student"] for answer in data["answers"]] == kept
    assert [total["student"] for total in data["students"]][: len(kept)] == kept
    assert (
        len(text.splitlines())
        == sum(max(1, len(data[key]) + 2 * bool(data[key])) for key in ("answers", "students", "problems")) + 6
    )
    assert sum(data["summary"][verdict] for verdict in VERDICTS) == data["summary"]["answers"] == len(book.answers)


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize(("format_", "head"), [("gradebook", 1), ("nbgrader", 1), ("canvas", 2)])
def test_csv_has_as_many_cells_in_every_row_and_no_formula(format_, head, book):
    """No spreadsheet evaluates anything, with a comma or with a semicolon between cells."""
    found = rows(render(book, format_))
    assert len({len(row) for row in found}) == 1
    students = len(book.students)
    assert len(found) == head + (students * len(book.exercises) if format_ == "nbgrader" else students)
    for cell in (cell for row in found for cell in row):
        for part in (cell, *cell.split(";")):
            assert not re.match(r'[\s"]*[=+\-@＝＋－＠\t\r]', part) or re.fullmatch(r"[+-]?[\d.]+", part)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1", "'=1"),
        ("  +a", "'  +a"),
        ("-a", "'-a"),
        ("@a", "'@a"),
        ("\ta", r"'\ta"),
        ("\ra", r"'\ra"),
        ("＝a", "'＝a"),
        ("＋a", "'＋a"),
        ("－a", "'－a"),
        ("＠a", "'＠a"),
        ("-1.5", "-1.5"),
        ("+4e3", "+4e3"),
        ("-1\n", r"'-1\n"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a;' \"=1"),
        ("a=1", "a=1"),
        ("a\nb", r"a\nb"),
        ("", ""),
    ],
)
def test_a_cell_is_defused(cell, text):
    """An apostrophe stands before what a spreadsheet would evaluate, but not before a number."""
    assert defused(cell) == text


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_junit_has_no_element_of_a_student(book):
    """XML is well-formed, and a suite's numbers agree with its cases."""
    root = ET.fromstring(render(book, "junit").encode("utf-8"))
    assert {e.tag for e in root.iter()} <= {"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}
    assert len(root) == len(book.students)
    for suite in root:
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(key) == str(len(suite.findall(f"testcase/{tag}")))


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("format_", ["feedback", "summary"])
def test_markdown_of_a_student_stays_text(format_, book):
    """Outside fences and code spans there is no character by which Markdown, HTML or mathematics begins."""
    for _, text in files(book, [format_]):
        for line in outside(text):
            assert not set(line) & set("<>[]`&~$@!_\\")
            assert re.match(r"(#{1,3} |\* |\|[ :]|[A-Z]|$)", line)
            assert "heading" not in line


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_a_table_of_the_summary_has_as_many_cells_in_every_row(book):
    """A bar in a name begins no cell, also after a backslash."""
    counts = {len(re.findall(r"(?<!\\)\|", line)) for line in render(book, "summary").splitlines() if line.startswith("|")}
    assert counts <= {10}


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_gradescope_reads_its_results(book):
    """Status, format and visibility are of those that Gradescope knows."""
    for _, text in files(book, ["gradescope"]):
        data = strict(text)
        assert set(data) == {"score", "output", "output_format", "tests"}
        for test in data["tests"]:
            assert test.get("status") in ("passed", "failed", None)
            assert (test["output_format"], test["visibility"]) == ("text", "visible")
            assert all(part.isprintable() for part in (test["name"], *test["tags"], *test["output"].split("\n")))
            marks = {"score", "max_score", "status"} if "status" in test else set()  # none where a person decides
            assert set(test) == {"name", "output", "output_format", "visibility", "tags", *marks}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES[:-1]), max_size=8).map("".join), max_size=3, unique=True))
def test_any_mixture_of_hostile_text_stays_text(texts):
    """What holds for each piece holds for pieces that meet."""
    book = hostile(texts)
    test_json_is_read_back_as_it_was(book)
    test_junit_has_no_element_of_a_student(book)
    test_a_table_of_the_summary_has_as_many_cells_in_every_row(book)
    for format_ in ("feedback", "summary"):
        test_markdown_of_a_student_stays_text(format_, book)
    for format_, head in (("gradebook", 1), ("nbgrader", 1), ("canvas", 2)):
        test_csv_has_as_many_cells_in_every_row_and_no_formula(format_, head, book)
    for format_ in FORMATS:
        test_every_text_is_utf_8_without_control_characters_and_ends_with_one_newline(format_, book)
