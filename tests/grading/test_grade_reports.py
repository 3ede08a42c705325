"""Reports of grades: what each format holds to the letter, which files are made, and what is left out."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from symgrad.basics.errors import UserError
from symgrad.basics.messages import message, verbatim
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.outcome import VERDICTS
from symgrad.grading.submissions.answers import Problem
from symgrad.reports.grades import FORMATS, files, render
from symgrad.reports.grades.format import FilePerStudent, OneFile
from symgrad.reports.grades.marks import shortest

SINGLE = [name for name, format_ in FORMATS.items() if isinstance(format_, OneFile)]
BY_STUDENT = [name for name, format_ in FORMATS.items() if isinstance(format_, FilePerStudent)]


def told(*texts):
    """Messages of texts as they stand."""
    return tuple(verbatim(text) for text in texts)


SMALL = Gradebook(
    answers=(
        Graded("ada", "net", "w", "x*y", "correct", (), 1.0, 1.0, told("Right.")),
        Graded("ada", "net", "b", "-y", "incorrect", ("sign",), 0.5, 1.0, told("The sign is wrong:\n  -y\n  ^")),
        Graded("007", "net", "w", "f(`", "unreadable", (), 0.0, 1.0, told("Can't be read.")),
        Graded("007", "net", "b", "-y", "incorrect", ("sign", "factor"), 0.0, 1.0, told("The sign is wrong.")),
        Graded("=x", "net", "w", "", "missing", (), 0.0, 1.0, (message("nothing_handed_in"),)),
        Graded("=x", "net", "b", "a|b", "undecided", (), 0.0, 1.0, told("Not decided."), True, verbatim("timed out")),
    ),
    students=(Total("ada", 1.5, 2.0), Total("007", 0.0, 2.0), Total("=x", -0.0, 2.0), Total("eve", 0.0, 2.0)),
    problems=(Problem("a.csv:7", verbatim("no name")),),
    exercises=("net",),
    seed=3,
    versions={"symgrad": "0.2"},
)
TABLE = """\
student    exercise    name    verdict     score    message
---------  ----------  ------  ----------  -------  ----------------------
ada        net         w       correct     1/1      Right.
ada        net         b       incorrect   0.5/1    The sign is wrong:
007        net         w       unreadable  0/1      Can't be read.
007        net         b       incorrect   0/1      The sign is wrong.
=x         net         w       missing     0/1      Nothing was handed in.
=x         net         b       undecided   0/1      Not decided.

ada: 1.5/2
007: 0/2
=x: 0/2
eve: 0/2

a.csv:7: no name

4 students, 6 answers: 1 correct, 2 incorrect, 1 unreadable, 1 undecided, 1 missing
marks: 1.5 of 8, 19%
for a person: 1 answer
submissions: 1 problem
"""
JSON = r"""{
  "schema": "symgrad/grade/1",
  "versions": {"symgrad": "0.2"},
  "seed": 3,
  "summary": {"correct": 1, "incorrect": 2, "unreadable": 1, "undecided": 1, "missing": 1, "answers": 6, "students": 4, "score": 1.5, "max_score": 8, "needs_person": 1},
  "answers": [
    {"student": "ada", "exercise": "net", "name": "w", "verdict": "correct", "tags": [], "score": 1, "max_score": 1, "message": "Right.", "messages": [{"code": "verbatim", "values": {"text": "Right."}, "text": "Right."}], "answer": "x*y"},
    {"student": "ada", "exercise": "net", "name": "b", "verdict": "incorrect", "tags": ["sign"], "score": 0.5, "max_score": 1, "message": "The sign is wrong:\n  -y\n  ^", "messages": [{"code": "verbatim", "values": {"text": "The sign is wrong:\n  -y\n  ^"}, "text": "The sign is wrong:\n  -y\n  ^"}], "answer": "-y"},
    {"student": "007", "exercise": "net", "name": "w", "verdict": "unreadable", "tags": [], "score": 0, "max_score": 1, "message": "Can't be read.", "messages": [{"code": "verbatim", "values": {"text": "Can't be read."}, "text": "Can't be read."}], "answer": "f(`"},
    {"student": "007", "exercise": "net", "name": "b", "verdict": "incorrect", "tags": ["sign", "factor"], "score": 0, "max_score": 1, "message": "The sign is wrong.", "messages": [{"code": "verbatim", "values": {"text": "The sign is wrong."}, "text": "The sign is wrong."}], "answer": "-y"},
    {"student": "=x", "exercise": "net", "name": "w", "verdict": "missing", "tags": [], "score": 0, "max_score": 1, "message": "Nothing was handed in.", "messages": [{"code": "nothing_handed_in", "values": {}, "text": "Nothing was handed in."}], "answer": ""},
    {"student": "=x", "exercise": "net", "name": "b", "verdict": "undecided", "tags": [], "score": 0, "max_score": 1, "message": "Not decided.", "messages": [{"code": "verbatim", "values": {"text": "Not decided."}, "text": "Not decided."}], "answer": "a|b", "needs_person": true, "note": "timed out", "failure": {"code": "verbatim", "values": {"text": "timed out"}}}
  ],
  "students": [
    {"student": "ada", "score": 1.5, "max_score": 2},
    {"student": "007", "score": 0, "max_score": 2},
    {"student": "=x", "score": 0, "max_score": 2},
    {"student": "eve", "score": 0, "max_score": 2}
  ],
  "problems": [
    {"place": "a.csv:7", "message": "no name", "code": "verbatim", "values": {"text": "no name"}}
  ]
}
"""
GRADEBOOK = """\
student,net,total,max_total
ada,1.5,1.5,2
007,0,0,2
'=x,0,0,2
eve,0,0,2
"""
GRADESCOPE = r"""{
  "score": 0,
  "output": "0 of 2 marks; a person will look at 1 answer",
  "output_format": "text",
  "tests": [
    {"name": "net: w", "score": 0, "max_score": 1, "status": "failed", "output": "Nothing was handed in.", "output_format": "text", "visibility": "visible", "tags": []},
    {"name": "net: b", "output": "Not decided.\nA person will look at this.", "output_format": "text", "visibility": "visible", "tags": []}
  ]
}
"""
NBGRADER = """\
assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score
net,,,ada,,,,1.5,0,1.5,2
net,,,007,,,,0,0,0,2
net,,,'=x,,,,,0,,2
net,,,eve,,,,0,0,0,2
"""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,net
    Points Possible,,,,,2
ada,,,ada,,1.5
007,007,,,,0
'=x,,,'=x,,
eve,,,eve,,0
"""
JUNIT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites>
  <testsuite name="ada" failures="1" errors="0" skipped="0" tests="2" time="0">
    <testcase classname="ada" name="net::w" time="0" />
    <testcase classname="ada" name="net::b" time="0">
      <failure message="incorrect: The sign is wrong:" type="incorrect">The sign is wrong:
  -y
  ^</failure>
    </testcase>
  </testsuite>
  <testsuite name="007" failures="2" errors="0" skipped="0" tests="2" time="0">
    <testcase classname="007" name="net::w" time="0">
      <failure message="unreadable: Can't be read." type="unreadable">Can't be read.</failure>
    </testcase>
    <testcase classname="007" name="net::b" time="0">
      <failure message="incorrect: The sign is wrong." type="incorrect">The sign is wrong.</failure>
    </testcase>
  </testsuite>
  <testsuite name="=x" failures="1" errors="1" skipped="0" tests="2" time="0">
    <testcase classname="=x" name="net::w" time="0">
      <failure message="missing: Nothing was handed in." type="missing">Nothing was handed in.</failure>
    </testcase>
    <testcase classname="=x" name="net::b" time="0">
      <error message="undecided: timed out" type="undecided">timed out</error>
    </testcase>
  </testsuite>
  <testsuite name="eve" failures="0" errors="0" skipped="0" tests="0" time="0" />
</testsuites>
"""
FEEDBACK = """\
# Feedback for `ada`

Marks: 1.5 of 2

## Exercise `net`

### Answer `w`: correct, 1 of 1

You wrote:

```
x*y
```

Comment:

```
Right.
```

### Answer `b`: incorrect, 0.5 of 1

You wrote:

```
-y
```

Comment:

```
The sign is wrong:
  -y
  ^
```
"""
SUMMARY = """\
# Grades

* 4 students, 6 answers: 1 correct, 2 incorrect, 1 unreadable, 1 undecided, 1 missing
* marks: 1.5 of 8, 19%
* for a person: 1 answer
* submissions: 1 problem

## Exercises

| exercise   | name   | answers   | correct   | incorrect   | unreadable   | undecided   | missing   | mean     |
|:-----------|:-------|:----------|:----------|:------------|:-------------|:------------|:----------|:---------|
| `net`      | `w`    | 3         | 33% (1)   | 0% (0)      | 33% (1)      | 0% (0)      | 33% (1)   | 0.3333/1 |
| `net`      | `b`    | 3         | 0% (0)    | 67% (2)     | 0% (0)       | 33% (1)     | 0% (0)    | 0.25/1   |

## Misconceptions

* 2 answers, 33%: `sign`, such as `-y`

### In exercise `net`

* 2 answers, 33%: `sign`, such as `-y`

## Frequent wrong answers

* 2 times incorrect: `-y` in exercise `net`, name `b`

## For a person

* student `=x`, exercise `net`, name `b`: `timed out`

## Problems of the submissions

* at `a.csv:7`: `no name`

Seed 3, symgrad 0.2
"""
WHOLE = {
    "table": ("grades.txt", TABLE),
    "json": ("grades.json", JSON),
    "gradebook": ("gradebook.csv", GRADEBOOK),
    "gradescope": ("gradescope/{}/results.json", GRADESCOPE),
    "nbgrader": ("nbgrader.csv", NBGRADER),
    "canvas": ("canvas.csv", CANVAS),
    "junit": ("junit.xml", JUNIT),
    "feedback": ("feedback/{}.md", FEEDBACK),
    "summary": ("summary.md", SUMMARY),
}


def strict(text):
    """JSON that is read without NaN and Infinity, which aren't JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} isn't JSON")

    return json.loads(text, parse_constant=refuse)


# What each format holds


def test_every_format_is_tested_to_the_letter():
    """The table of formats and the examples here are the same."""
    assert {name: format_.file for name, format_ in FORMATS.items()} == {name: file for name, (file, _) in WHOLE.items()}


@pytest.mark.parametrize("format_", SINGLE)
def test_a_small_gradebook_to_the_letter(format_):
    """One text with all answers."""
    assert render(SMALL, format_) == WHOLE[format_][1]


@pytest.mark.parametrize(("format_", "place"), [("gradescope", 2), ("feedback", 0)])
def test_a_small_paper_to_the_letter(format_, place):
    """One text of one student's answers."""
    assert [text for _, text in files(SMALL, [format_])][place] == WHOLE[format_][1]


def test_what_was_not_handed_in_is_said():
    """A student without any answer gets a file, with the marks and without an answer."""
    assert [text for _, text in files(SMALL, ["feedback"])][3] == (
        "# Feedback for `eve`\n\nMarks: 0 of 2\n\nNo answers were handed in.\n"
    )
    assert [text for _, text in files(SMALL, ["gradescope"])][3] == (
        '{\n  "score": 0,\n  "output": "0 of 2 marks",\n  "output_format": "text",\n  "tests": []\n}\n'
    )


def test_feedback_is_silent_about_tags_and_notes_and_says_who_decides():
    """A student reads neither a misconception's tag nor what failed inside."""
    said = "".join(text for _, text in files(SMALL, ["feedback"]))
    assert said.count("A person will look at this.") == 1
    assert "timed out" not in said
    assert "factor" not in said


def test_files_have_distinct_names_one_for_each_student_and_one_for_all():
    """Formats for a folder make a file for each student, in the order of the gradebook."""
    names = [name for name, _ in files(SMALL, FORMATS)]
    assert len(set(names)) == len(names) == len(SINGLE) + len(BY_STUDENT) * len(SMALL.students)
    assert {name for name in names if "/" not in name} == {FORMATS[name].file for name in SINGLE}


def test_a_format_named_twice_is_written_once():
    """The same file isn't made twice."""
    assert [name for name, _ in files(SMALL, ["canvas", "json", "canvas"])] == ["canvas.csv", "grades.json"]


def test_files_are_made_one_at_a_time():
    """The first file is there before the second student's answers are looked at."""
    broken = Graded("007", "net", "w", None, "incorrect", (), 0.0, 1.0, ())
    found = files(Gradebook((broken,), SMALL.students), ["feedback"])
    assert "Marks: 1.5 of 2" in next(found)[1]
    with pytest.raises(AttributeError):
        next(found)


@pytest.mark.parametrize("verb", [render, lambda book, name: files(book, [name])])
def test_an_unknown_format_is_refused_before_anything_is_made(verb):
    """The nearest name is offered."""
    with pytest.raises(UserError) as caught:
        verb(SMALL, "gradescop")
    assert str(caught.value) == f"no format 'gradescop' among {', '.join(FORMATS)}; did you mean 'gradescope'?"


@pytest.mark.parametrize("format_", BY_STUDENT)
def test_a_format_for_a_folder_is_not_one_text(format_):
    """It is said what it takes, and what else there is."""
    with pytest.raises(UserError) as caught:
        render(SMALL, format_)
    assert str(caught.value) == (
        f"the format '{format_}' makes a file for each student, which takes a folder; one text is {', '.join(SINGLE)}"
    )


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        (2.0, "2"),
        (1.5, "1.5"),
        (0.333, "0.333"),
        (1 / 3, "0.3333"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (-1e-9, "0"),
        (-0.25, "-0.25"),
        (1e22, "10000000000000000000000"),
    ],
)
def test_marks_are_as_short_as_can_be(marks, text):
    """Four decimals at most, no trailing zeros, no negative zero."""
    assert shortest(marks) == text


# Verdicts


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_mark_in_junit_and_a_status_in_gradescope(verdict):
    """Wrong is a failure, undecided is skipped, and where the tool failed it is an error whatever the verdict."""
    answer = Graded("ada", "net", "w", "x", verdict, (), 0.0, 1.0, told("said"))
    failed = Graded("ada", "net", "b", "x", verdict, (), 0.0, 1.0, told("said"), True, verbatim("crashed"))
    book = Gradebook((answer, failed), (Total("ada", 0.0, 2.0),))
    first, second = ET.fromstring(render(book, "junit")).iter("testcase")
    assert [mark.tag for mark in first] == {"correct": [], "undecided": ["skipped"]}.get(verdict, ["failure"])
    assert [mark.tag for mark in second] == ["error"]
    ((_, text),) = files(book, ["gradescope"])
    status = {"correct": "passed", "undecided": None}.get(verdict, "failed")
    assert [test.get("status") for test in strict(text)["tests"]] == [status] * 2
    waits = verdict == "undecided"
    promise = "said\nA person will look at this."
    assert [test["output"] for test in strict(text)["tests"]] == [promise if waits else "said", promise]


def test_an_error_in_junit_is_what_a_person_looks_at_and_has_a_note():
    """A note alone, or a person alone, changes nothing."""
    noted = Graded("ada", "net", "w", "x", "undecided", (), 0.0, 1.0, told("said"), False, verbatim("a note"))
    waiting = Graded("ada", "net", "b", "x", "undecided", (), 0.0, 1.0, told("said"), True)
    cases = ET.fromstring(render(Gradebook((noted, waiting), (Total("ada", 0.0, 2.0),)), "junit")).iter("testcase")
    assert [[(mark.tag, mark.get("message")) for mark in case] for case in cases] == [[("skipped", "undecided: said")]] * 2


# What is said, as data


def test_json_says_by_code_what_stands_there_in_words():
    """Values are those of the message, messages within it alike; numbers that JSON doesn't have are texts."""
    said = message("placed", place="a.csv", found=message("took_longer", seconds=float("inf")))
    answer = Graded("ada", "net", "w", "x", "undecided", (), 0.0, 1.0, (message("took_too_long"), said), True, said)
    data = strict(render(Gradebook((answer,), (), (Problem("a.csv", said),)), "json"))
    plain = {"code": "placed", "values": {"place": "a.csv", "found": {"code": "took_longer", "values": {"seconds": "inf"}}}}
    text, late = "a.csv: it took longer than inf s", "This took too long to judge; a person will look at it."
    assert data["answers"][0]["message"] == f"{late} {text}"
    first = {"code": "took_too_long", "values": {}, "text": late}
    assert data["answers"][0]["messages"] == [first, {**plain, "text": text}]
    assert (data["answers"][0]["note"], data["answers"][0]["failure"]) == (text, plain)
    assert data["problems"] == [{"place": "a.csv", "message": text, **plain}]


# Sheets


def test_the_most_marks_of_an_exercise_are_those_of_the_student_who_could_get_most():
    """A student who was asked less changes nothing in the row of possible points."""
    answers = tuple(Graded(s, "net", n, "x", "correct", (), 1.0, 1.0, ()) for s, n in (("a", "w"), ("a", "b"), ("c", "w")))
    book = Gradebook(answers, (Total("a", 2.0, 2.0), Total("c", 1.0, 1.0)))
    assert "    Points Possible,,,,,2\n" in render(book, "canvas")
    assert [line.rpartition(",")[2] for line in render(book, "nbgrader").splitlines()[1:]] == ["2", "1"]


@pytest.mark.parametrize(("student", "cells"), [("123", "123,123,,"), ("12a", "12a,,,12a"), ("٣", "٣,,,٣"), ("²", "²,,,²")])
def test_canvas_has_a_number_of_its_own_only_in_ascii_digits(student, cells):
    """Other digits are a login."""
    assert render(Gradebook((), (Total(student, 0.0, 0.0),)), "canvas").splitlines()[2] == f"{cells},"


# The table and the summary


def test_nothing_is_said_of_what_there_is_not():
    """Without problems and answers for a person two lines are left, and no headings."""
    book = Gradebook(SMALL.answers[:1], SMALL.students[:1])
    said = "1 student, 1 answer: 1 correct\nmarks: 1.5 of 2, 75%\n"
    assert render(book, "table").endswith(f"\n\nada: 1.5/2\n\n{said}")
    assert re.findall("^#.*", render(book, "summary"), re.MULTILINE) == ["# Grades", "## Exercises"]
    assert render(Gradebook((), ()), "summary") == "# Grades\n\n* 0 students, 0 answers\n* marks: 0 of 0, 0%\n\nSeed 0\n"


def test_a_note_of_several_lines_is_one_line_and_an_answer_of_several_lines_stays_so():
    """Line ends of Windows are line ends, and a note is read as a sentence."""
    answer = Graded("ada", "net", "w", "x\r\n\ty", "undecided", (), 0.0, 1.0, (), True, verbatim("failed:\n  too large"))
    book = Gradebook((answer,), (Total("ada", 0.0, 1.0),))
    assert "name `w`: `failed: too large`\n" in render(book, "summary")
    assert "```\nx\n\ty\n```\n" in next(files(book, ["feedback"]))[1]


def test_a_large_course_has_no_line_for_each_student():
    """Above 30 students only the sums are shown."""
    for count, shown in ((30, True), (31, False)):
        book = Gradebook((), tuple(Total(f"s{k}", 1.0, 2.0) for k in range(count)))
        assert ("s7: 1/2\n" in render(book, "table")) == shown


def test_the_table_is_narrow_whatever_is_in_it():
    """Long ids, names and messages are cut."""
    long = "x" * 10_000
    book = Gradebook(
        (Graded(long, long, long, long, "incorrect", (), 0.5, 1.0, told(long)),),
        (Total(long, 0.5, 1.0),),
        (Problem(long, verbatim(long)),),
    )
    lines = render(book, "table").splitlines()
    assert max(len(line) for line in lines[:3]) < 170
    assert f"{'x' * 59}…" in lines[2]
    many = Gradebook((), (), tuple(Problem(f"p{k}", verbatim("m")) for k in range(12)))
    assert "p9: m\nand 2 more problems\n" in render(many, "table")


def test_the_summary_lists_what_is_most_frequent():
    """Ten at most, the most frequent first; of an answer with several tags the best counts."""
    answers = [
        Graded(f"s{k}", "e", "n", f"a{t}", "incorrect", (f"t{t}", "other"), 0.0, 1.0, ()) for t in range(12) for k in range(t)
    ]
    text = render(Gradebook(tuple(answers), tuple(Total(f"s{k}", 0.0, 1.0) for k in range(12))), "summary")
    assert "* 11 answers, 17%: `t11`, such as `a11`\n* 10 answers, 15%: `t10`" in text
    assert "* 2 answers, 3%: `t2`" in text
    assert "* 1 answer," not in text
    assert "`other`" not in text
    assert text.count(" times incorrect: ") == 10
    assert "* 11 times incorrect: `a11` in exercise `e`, name `n`" in text


def test_the_summary_stops_after_fifty_and_says_how_many_more():
    """Answers for a person and problems are listed up to a limit."""
    answers = tuple(Graded(f"s{k}", "e", "n", "a", "undecided", (), 0.0, 1.0, (), True) for k in range(53))
    book = Gradebook(
        answers, tuple(Total(f"s{k}", 0.0, 1.0) for k in range(53)), tuple(Problem("p", verbatim(str(k))) for k in range(51))
    )
    text = render(book, "summary")
    assert "* student `s49`, exercise `e`, name `n`\n* and 3 more\n" in text
    assert "* at `p`: `49`\n* and 1 more\n" in text
