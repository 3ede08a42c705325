"""What students hand in: every way in which it can be written, and every way in which it can be broken and hide no other."""

from __future__ import annotations

import codecs
import csv
import json
import os
import re
import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from symgrad.basics.errors import UserError
from symgrad.basics.messages import message
from symgrad.grading.submissions import decoding, read_submissions, records, safe_names
from symgrad.grading.submissions.answers import Answer, Problem
from symgrad.grading.submissions.document import LARGEST
from symgrad.grading.submissions.written_number import Figure

HEADER = "student,exercise,name,answer\n"


def read(path):
    """Answers as tuples, students, and problems as they would be printed."""
    found = read_submissions(path)
    for text in (*found.students, *(problem.message + problem.place for problem in found.problems)):
        text.encode("utf-8")
    answers = [(a.student, a.exercise, a.name, a.content) for a in found.answers]
    return answers, list(found.students), [f"{problem.place}: {problem.message}" for problem in found.problems]


def problems(path):
    return read(path)[2]


def refused(path):
    with pytest.raises(UserError) as caught:
        read_submissions(path)
    return str(caught.value)


def test_a_folder_has_a_file_for_each_student(write):
    """Files are read in order of their names, and a student is called like the file."""
    write("in/bob.json", '{"net": {"w": "2*x", "b": ["1", ["2"]]}}')
    write("in/alice.toml", '[net]\nw = "x**2"\n[other]\n"dL/dw" = \'1\'\n')
    answers = [("alice", "net", "w", "x**2"), ("alice", "other", "dL/dw", "1"), ("bob", "net", "w", "2*x")]
    assert read("in") == ([*answers, ("bob", "net", "b", ["1", ["2"]])], ["alice", "bob"], [])
    assert [a.place for a in read_submissions("in").answers] == ["in/alice.toml"] * 2 + ["in/bob.json"] * 2


def test_submissions_are_nouns(write):
    """What comes out can be compared, and is the gradebook's."""
    write("in/alice.toml", 'net.w = "x"\nnet = 1\n')
    write("in/bob.toml", 'net.w = "x"\n')
    found = read_submissions("in")
    assert found == read_submissions("in")
    assert found.answers == (Answer("bob", "net", "w", "x", "in/bob.toml"),)
    assert found.students == ("alice", "bob")
    assert found.problems == (Problem("in/alice.toml:2:8", message("not_valid_toml", said="Cannot overwrite a value")),)
    assert found.problems[0].message == "not valid TOML: cannot overwrite a value"


def test_a_file_may_name_its_student(write):
    """A top-level key student counts for more than the file's name, a number as its digits."""
    write("in/1.toml", 'student = " Alice Ünal "\n[net]\nw = "1"\n')
    write("in/2.json", '{"net": {"w": "2"}, "student": 0123456}'.replace("0123", "123"))
    assert read("in") == ([("Alice Ünal", "net", "w", "1"), ("123456", "net", "w", "2")], ["Alice Ünal", "123456"], [])


def test_an_exercise_can_be_called_student(write):
    """A table under student is an exercise like any other."""
    write("in/alice.toml", '[student]\nw = "1"\n')
    assert read("in") == ([("alice", "student", "w", "1")], ["alice"], [])


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("[]", "a list"),
        ("null", "null"),
        ("true", "true"),
        ("false", "false"),
        ('""', "the string ''"),
        ('" "', "the string ' '"),
    ],
)
def test_a_student_that_is_no_text_is_the_files(write, value, found):
    """A file whose student can't be read counts under its own name."""
    write("in/alice.json", f'{{"student": {value}, "net": {{"w": "1"}}}}')
    message = f"in/alice.json: student: found {found}; accepted: text; the file's name counts, 'alice'"
    assert read("in") == ([("alice", "net", "w", "1")], ["alice"], [message])


def test_other_files_are_skipped(write):
    """Hidden files, other kinds and folders of other things say nothing."""
    write("in/alice.toml", 'net.w = "1"')
    for name in (
        ".hidden.toml",
        "solution.py",
        "README.md",
        "answers.csv",
        "figures/net.png",
        ".git/x.json",
        "__MACOSX/b.toml",
    ):
        write(f"in/{name}", "not TOML")
    assert read("in") == ([("alice", "net", "w", "1")], ["alice"], [])


def test_a_folder_can_be_a_student(write):
    """A folder's files are all of the student that it is called like, whatever they say, however deep they lie."""
    write("in/alice/answers.toml", 'student = "bob"\nnet.w = "1"')
    write("in/alice/more/last.json", '{"net": {"b": "2"}}')
    write("in/alice/notes.md", "")
    write("in/bob/answers.TOML", 'net.w = "3"')
    assert read("in") == (
        [("alice", "net", "w", "1"), ("alice", "net", "b", "2"), ("bob", "net", "w", "3")],
        ["alice", "bob"],
        [],
    )


def test_a_student_whose_folder_holds_no_answers_is_not_lost(write):
    """Where every student has a folder, one without a readable file is a student still; a folder of a system's isn't."""
    write("in/alice/answers.toml", 'net.w = "1"')
    write("in/bob/answers.docx", "")
    write("in/__MACOSX/alice/._answers.toml", "")
    message = "in/bob: no answers here (files ending in .toml or .json, not beginning with .)"
    assert read("in") == ([("alice", "net", "w", "1")], ["alice", "bob"], [message])


def test_a_folder_is_not_a_file(write, tmp_path):
    """A folder whose name ends in .toml can't be read, and its student isn't lost."""
    (tmp_path / "in" / "alice.toml").mkdir(parents=True)
    assert read("in") == ([], ["alice"], ["in/alice.toml: can't be read: it is a folder"])


def test_links_are_not_followed(write, tmp_path):
    """A link could lead to the teacher's answers, or nowhere, or in a circle; its student isn't lost."""
    write("solution.toml", 'net.w = "1"')
    write("in/dora/answers.txt", "")
    links = {
        "alice.toml": "../solution.toml",
        "bob.toml": "nowhere",
        "carl": "..",
        "dora/a.toml": "/etc/passwd",
        "dora/more": "..",
    }
    for name, target in links.items():
        (tmp_path / "in" / name).symlink_to(target)
    message = "it is a link, and links aren't followed; put what it leads to in its place"
    assert read("in") == ([], ["alice", "bob", "carl", "dora"], [f"in/{name}: {message}" for name in links])
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "carl").symlink_to("../in")
    assert read("only") == ([], ["carl"], [f"only/carl: {message}"])


def test_a_link_that_the_teacher_gives_is_followed(write, tmp_path):
    """The path of the call is the teacher's own."""
    write("in/alice.toml", 'net.w = "1"')
    (tmp_path / "link").symlink_to("in")
    (tmp_path / "link.toml").symlink_to("in/alice.toml")
    assert read("link") == ([("alice", "net", "w", "1")], ["alice"], [])
    assert read("link.toml") == ([("link", "net", "w", "1")], ["link"], [])


def test_a_pipe_is_not_waited_for(write, tmp_path):
    """A named pipe would stop the reading of a folder for good."""
    write("in/bob.toml", 'net.w = "1"')
    os.mkfifo(tmp_path / "in" / "alice.toml")
    message = "in/alice.toml: can't be read: it isn't a file but a device or a pipe"
    assert read("in") == ([("bob", "net", "w", "1")], ["alice", "bob"], [message])


def test_a_file_that_cannot_be_opened_hides_no_other(write, monkeypatch):
    """What the system says goes into the problem; the tests may run as root, who may read everything."""
    write("in/alice.toml", 'net.w = "1"')
    write("in/bob.toml", 'net.w = "1"')

    def guarded(path, *how, **more):
        if path.name == "alice.toml":
            raise PermissionError(13, "Permission denied")
        return open(path, *how, **more)

    monkeypatch.setattr(decoding, "open", guarded, raising=False)
    message = "in/alice.toml: can't be read: Permission denied"
    assert read("in") == ([("bob", "net", "w", "1")], ["alice", "bob"], [message])


def test_a_folder_that_cannot_be_listed_hides_no_other(write, monkeypatch):
    """The student of a folder that may not be looked into is there, with a problem; the folder itself is the user's."""
    write("in/alice/a.toml", 'net.w = "1"')
    write("in/bob/a.toml", 'net.w = "1"')
    listed = os.listdir

    def guarded(path):
        if path.name == closed:
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "listdir", guarded)
    closed = "alice"
    assert read("in") == ([("bob", "net", "w", "1")], ["alice", "bob"], ["in/alice: can't be read: Permission denied"])
    closed = "in"
    assert refused("in") == "in: can't be read: Permission denied"


def test_a_file_name_that_is_no_text_is_readable(write, tmp_path):
    """A name of other bytes than UTF-8 reads as U+FFFD; a name with a line end is one line of a report."""
    folder = os.fsencode(tmp_path) + b"/in"
    os.mkdir(folder)
    for name in (b"caf\xe9.toml", b"a\nb.toml", b" .toml"):
        with open(folder + b"/" + name, "w") as file:
            file.write("net.w 1")
    what = "not valid TOML: expected '=' after a key in a key/value pair"
    students, found = read(str(tmp_path / "in"))[1:]
    assert students == [f"{tmp_path}/in/ .toml", "a\nb", "caf\ufffd"]
    assert found == [f"{tmp_path}/in/{name}.toml:1:7: {what}" for name in (" ", r"a\nb", r"caf\udce9")]


def test_a_single_file_is_one_students(write):
    """A path of a .toml or .json file is read like a file of a folder."""
    assert read(write("alice.toml", 'net.w = "1"')) == ([("alice", "net", "w", "1")], ["alice"], [])
    assert read(write("bob.JSON", '{"student": "b", "net": {"w": null}}')) == ([("b", "net", "w", None)], ["b"], [])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.toml", "[net]\nw 2", "a.toml:2:3: not valid TOML: expected '=' after a key in a key/value pair"),
        ("a.toml", '[net]\r\nw = "2', "a.toml:2:7: not valid TOML: unterminated string"),
        ("a.toml", "[net]\rw = ", "a.toml:2:5: not valid TOML: invalid value"),
        ("a.toml", "net = 2023-02-30", "a.toml:1:7: not valid TOML: invalid date or datetime"),
        ("a.toml", 'w = "a\0"', r"a.toml:1:7: not valid TOML: illegal character '\x00'"),
        (
            "a.toml",
            f"net.w = 1{'0' * 4300}",
            "a.toml:1:9: a whole number of more than 4300 digits; write fewer, or put it in quotes",
        ),
        (
            "a.toml",
            f"net.w = 0x{'f' * 4300}",
            "a.toml: a whole number of more than 4300 digits; write fewer, or put it in quotes",
        ),
        ("a.toml", f"net.w = {'[' * 10_000}", "a.toml: nested too deeply; accepted: at most 100 levels"),
        ("a.toml", f"net.w = {'[' * 100}{']' * 100}", "a.toml: nested too deeply; accepted: at most 100 levels"),
        ("a.toml", f"x = 1\nnet.w = {{ {'a . ' * 1_000_000}a = 1 }}", "a.toml:2:11: a key of more than 100 parts"),
        ("a.toml", f"[{'a.' * 2_000_000}a]", "a.toml:1:2: a key of more than 100 parts"),
        ("a.json", '{"net": {\n"w" 2}}', "a.json:2:5: not valid JSON: expecting ':' delimiter"),
        ("a.json", '{"net": {"w": "2}}', "a.json:1:15: not valid JSON: unterminated string"),
        ("a.json", '{"net": {"w": "2\n3"}}', "a.json:1:17: not valid JSON: invalid control character"),
        ("a.json", "", "a.json:1:1: not valid JSON: expecting value"),
        ("a.json", "{} {}", "a.json:1:4: not valid JSON: extra data"),
        ("a.json", "[" * 100_000, "a.json: nested too deeply; accepted: at most 100 levels"),
        ("a.json", f'{{"net": {{"w": {"[" * 100}{"]" * 100}}}}}', "a.json: nested too deeply; accepted: at most 100 levels"),
        ("a.json", "[1]", "a.json: found a list; accepted: exercises, each with names and answers"),
        ("a.json", "null", "a.json: found null; accepted: exercises, each with names and answers"),
        ("a.json", "-1.50", "a.json: found the number -1.50; accepted: exercises, each with names and answers"),
        ("a.json", "9" * 99, f"a.json: found the number {'9' * 59}…; accepted: exercises, each with names and answers"),
        ("a.json", '{"net": "x"}', "a.json: exercise 'net': found the string 'x'; accepted: names, each with an answer"),
        ("a.toml", "[[net]]\nw = 1", "a.toml: exercise 'net': found a list; accepted: names, each with an answer"),
        ("a.toml", "net = 1_0", "a.toml: exercise 'net': found the number 10; accepted: names, each with an answer"),
        ("a.toml", "net = 2000-01-01", "a.toml: exercise 'net': found a date; accepted: names, each with an answer"),
        ("a.json", '{" ": {"w": 1}}', "a.json: an exercise with the empty name ' '; accepted: the name of an exercise"),
        (
            "a.toml",
            'net."" = 1',
            "a.toml: exercise 'net': an answer with the empty name ''; accepted: the name of what it answers",
        ),
    ],
)
def test_a_broken_document_says_where_and_why(write, name, text, message):
    """A file that can't be read is one problem, and its student isn't lost."""
    write("b.toml", 'net.w = "1"')
    assert read(write(name, text)) == ([], ["a"], [message])
    assert read(".") == ([("b", "net", "w", "1")], ["a", "b"], [message])


def test_a_document_that_is_broken_in_one_place_is_read_in_the_others(write):
    """An exercise that is no table costs nothing but itself."""
    write("a.json", '{"one": 1, "two": {"w": "x", "": 2}, "three": {}}')
    assert read("a.json")[0] == [("a", "two", "w", "x")]


def test_nesting_is_bounded_and_not_narrow(write):
    """A document of 100 levels is read, and what is one deeper isn't."""
    deep = "[" * 98 + "]" * 98
    assert read(write("a.json", f'{{"e": {{"w": {deep}}}}}'))[0] == [("a", "e", "w", json.loads(deep))]
    assert problems(write("a.json", f'{{"e": {{"w": [{deep}]}}}}')) == [
        "a.json: nested too deeply; accepted: at most 100 levels"
    ]


def test_a_huge_document_is_refused(write):
    """A student's file of megabytes is no answer, and would cost minutes."""
    message = f"a.json: the file has {LARGEST + 1} bytes; accepted: at most {LARGEST} for one student"
    assert read(write("a.json", " " * (LARGEST + 1))) == ([], ["a"], [message])


def test_numbers_keep_their_digits(write):
    """A number goes on as the text that was written, of a type of its own."""
    (content,) = (
        a[3] for a in read(write("a.json", '{"e": {"w": [0.1000, -0, 1E+400, 12345678901234567890, NaN, -Infinity]}}'))[0]
    )
    assert content == ["0.1000", "-0", "1E+400", "12345678901234567890", "NaN", "-Infinity"]
    assert {type(entry) for entry in content} == {Figure}
    (content,) = (a[3] for a in read(write("a.toml", "e.w = [1.10, 1_000, 0xff, -inf, nan, 1e-3]"))[0])
    assert content == ["1.10", "1000", "255", "-inf", "nan", "1e-3"]
    assert {type(entry) for entry in content} == {Figure}


def test_a_whole_number_in_json_may_be_long(write):
    """Nothing makes an int of it here."""
    assert read(write("a.json", '{"e": {"w": %s}}' % ("7" * 10_000)))[0] == [("a", "e", "w", "7" * 10_000)]


def test_content_goes_on_as_it_stood(write):
    """The grader judges it, whatever it is; white space belongs to it."""
    text = '{"e": {"a": null, "b": true, "c": {"d": [[], ""]}, "f": " x \\r\\n"}}'
    assert [a[3] for a in read(write("a.json", text))[0]] == [None, True, {"d": [[], ""]}, " x \r\n"]
    answers = read(write("a.toml", 'e.a = 2000-01-01\ne.b = [["1", "2"], ["3"]]\ne.c = true'))[0]
    assert [str(a[3]) for a in answers] == ["2000-01-01", "[['1', '2'], ['3']]", "True"]


def test_a_key_that_stands_twice_is_reported(write):
    """Of keys that repeat in a JSON object the last one counts, wherever that is, and each is named once."""
    text = '{"e": {"w": "1", "w": "2", "w": "3"}, "f": {"w": {"a": 1, "a": 2}, "v": [{"w": 1, "w": 2}]}}'
    answers, _, found = read(write("a.json", text))
    assert answers == [("a", "e", "w", "3"), ("a", "f", "w", {"a": "2"}), ("a", "f", "v", [{"w": "2"}])]
    assert found == [f"a.json: the key '{key}' stands twice in one object; the last one counts" for key in "wa"]


def test_lone_surrogates_become_replacement_characters(write):
    r"""JSON can write \ud800, which no report could; a pair of surrogates is a character."""
    text = r'{"student": "\ud800s", "\udc00e": {"w\ud83d\ude00": "\ud83d", "v": [{"\udfff": "\ude00\ud83d"}]}}'
    answers = [("\ufffds", "\ufffde", "w\U0001f600", "\ufffd"), ("\ufffds", "\ufffde", "v", [{"\ufffd": "\ufffd\ufffd"}])]
    assert read(write("a.json", text)) == (answers, ["\ufffds"], [])
    row = {"student": "\ud800s", "exercise": "\udc00e", "name": "\udfff", "answer": "\ud83d", "\ud800": 1}
    assert read(write("a.jsonl", json.dumps(row)))[0] == [("\ufffds", "\ufffde", "\ufffd", "\ufffd")]
    repeated = problems(write("a.json", r'{"e": {"\ud800": 1, "\ud800": 2}}'))
    assert repeated == ["a.json: the key '\ufffd' stands twice in one object; the last one counts"]


ENCODED = [
    ("utf-8", b""),
    ("utf-8", codecs.BOM_UTF8),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
    ("utf-32-le", codecs.BOM_UTF32_LE),
    ("utf-32-be", codecs.BOM_UTF32_BE),
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("encoding", "mark"), ENCODED)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ünal.csv", HEADER + 'ünal,e,w,"σ(x)\n𝛼"\n'),
        ("ünal.tsv", 'name\tstudent\texercise\tanswer\nw\tünal\te\t"σ(x)\n𝛼"'),
        ("ünal.toml", "[e]\nw = '''σ(x)\n𝛼'''"),
        ("ünal.json", '{"e":\n\n{"w": "σ(x)\\n𝛼"}}'),
        ("ünal.ndjson", '{"student": "ünal", "exercise": "e", "name": "w", "answer": "σ(x)\\n𝛼"}\n\n'),
    ],
)
def test_encodings_and_line_ends(write, name, text, encoding, mark, end):
    """UTF-8 with and without a mark and what else a mark can announce, on three systems."""
    write(name, mark + text.replace("\n", end).encode(encoding))
    assert read(name) == ([("ünal", "e", "w", "σ(x)\n𝛼")], ["ünal"], [])


def test_a_byte_that_is_no_text_costs_no_row(write):
    """It reads as U+FFFD, in its line, and all rows are there."""
    rows = b'student,exercise,name,answer\r\nann,e,w,x\r\njos\xe9,e,w,"1\r\n\xff\xfe"\r\nbob,e,w,\xe2\x82\r\n\xed\xa0\x80,e,w,1\r\n'
    answers = [("ann", "e", "w", "x"), ("jos\ufffd", "e", "w", "1\n\ufffd\ufffd"), ("bob", "e", "w", "\ufffd")]
    read_as = "isn't UTF-8 and was read as \ufffd; save the file as UTF-8"
    found = [f"a.csv:{line}: the byte 0x{byte} {read_as}" for line, byte in ((3, "e9"), (4, "ff"), (5, "e2"), (6, "ed"))]
    assert read(write("a.csv", rows)) == (
        [*answers, ("\ufffd\ufffd\ufffd", "e", "w", "1")],
        ["ann", "jos\ufffd", "bob", "\ufffd\ufffd\ufffd"],
        found,
    )


def test_a_byte_that_is_no_text_in_the_last_line_is_reported(write):
    """Also where no row comes after it."""
    assert problems(write("a.csv", HEADER.encode() + b"ann,e,w,x\n\xe9")) == [
        "a.csv:3: the byte 0xe9 isn't UTF-8 and was read as \ufffd; save the file as UTF-8",
        "a.csv:3: 1 cell where the header has 4; an answer that holds a comma or a line end has to stand in quotes",
    ]
    assert problems(write("b.csv", b"\xe9,student,exercise,name,answer")) == [
        "b.csv:1: the byte 0xe9 isn't UTF-8 and was read as \ufffd; save the file as UTF-8"
    ]


def test_a_byte_that_is_no_text_costs_no_line_of_json(write):
    """JSON Lines are read on, too."""
    line = b'{"student": "jos\xe9", "exercise": "e", "name": "w", "answer": "1"}\n'
    found = [f"a.jsonl:{k}: the byte 0xe9 isn't UTF-8 and was read as \ufffd; save the file as UTF-8" for k in (1, 2)]
    message = "student 'jos\ufffd', exercise 'e', name 'w': handed in at a.jsonl:1 already; the later one, at a.jsonl:2, counts"
    assert read(write("a.jsonl", line + line)) == (
        [("jos\ufffd", "e", "w", "1")],
        ["jos\ufffd"],
        [found[0], found[1], f"a.jsonl:2: {message}"],
    )


@pytest.mark.parametrize(
    ("name", "text"), [("a.toml", b'# caf\xe9\ne.w = "x"\n'), ("a.json", b'{"e":\n{"w": "x"}, "\xe9": {}}')]
)
def test_a_byte_that_is_no_text_costs_no_document(write, name, text):
    """A comment in another encoding doesn't make an answer unreadable."""
    line = 1 if name == "a.toml" else 2
    found = f"{name}:{line}: the byte 0xe9 isn't UTF-8 and was read as \ufffd; save the file as UTF-8"
    assert read(write(name, text)) == ([("a", "e", "w", "x")], ["a"], [found])


def test_utf_16_can_be_broken_as_well(write):
    """A surrogate without its other half, and half a character at the end."""
    text = codecs.BOM_UTF16_LE + f"{HEADER}ann,e,w,".encode("utf-16-le") + b"\x3d\xd8" + "x\n".encode("utf-16-le") + b"y"
    found = [
        "a.csv:2: the byte 0x3d isn't UTF-16 and was read as \ufffd; save the file as UTF-8",
        "a.csv:3: the byte 0x79 isn't UTF-16 and was read as \ufffd; save the file as UTF-8",
        "a.csv:3: 1 cell where the header has 4; an answer that holds a comma or a line end has to stand in quotes",
    ]
    assert read(write("a.csv", text)) == ([("ann", "e", "w", "\ufffdx")], ["ann", "\ufffd"], found)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_finds_its_columns(write, delimiter):
    """Order and case of the header and further columns don't matter, nor which delimiter; lines count from 1."""
    rows = [["Time", " ANSWER ", "Student", "Name", "Exercise"], ["1,2;3\t4", "a, b; c\td", " ann ", "w ", " net"]]
    text = "\n" + "\n\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows) + "\n"
    found = read_submissions(write("a.csv", text))
    assert found.answers == (Answer("ann", "net", "w", "a, b; c\td", "a.csv:4"),)
    assert found.problems == ()


def test_a_csv_has_quotes_as_usual(write):
    """Quotes are doubled inside a cell, lines end inside it, spaces may follow a delimiter, and places stay right."""
    text = HEADER + 'ann, e, "w", "say ""1"",\n\n2"\nann,e,v,f\'(x) "0"\nann,e,u,\nann, e, t, \n'
    found = read_submissions(write("a.csv", text))
    assert [(a.name, a.content, a.place) for a in found.answers] == [
        ("w", 'say "1",\n\n2', "a.csv:2"),
        ("v", 'f\'(x) "0"', "a.csv:5"),
        ("u", "", "a.csv:6"),
        ("t", "", "a.csv:7"),
    ]


def test_rows_of_nothing_are_no_rows(write):
    """Spreadsheets end in rows of delimiters."""
    assert read(write("a.csv", HEADER + "\n,,,\n , ,,\nann,e,w,1\n,,,\n")) == ([("ann", "e", "w", "1")], ["ann"], [])


def test_a_csv_without_rows_has_no_answers(write):
    """Nobody has handed in anything."""
    assert read(write("a.csv", HEADER)) == ([], [], [])
    assert read(write("a.jsonl", "\n")) == ([], [], [])


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("student,exercise,name", "no column 'answer'"),
        ("Studnt,exercise,name,answer", "no column 'student'; found 'studnt'; did you mean 'student'?"),
        ("student;exercise;mark;anser", "no column 'name', 'answer'; found 'mark', 'anser'; did you mean 'answer'?"),
        ("a|b", "no column 'student', 'exercise', 'name', 'answer'; found 'a|b'"),
        ("\0", r"no column 'student', 'exercise', 'name', 'answer'; found '\x00'"),
        (
            "0,1,2,3,4,5,6,7,8,9,answer,10",
            "no column 'student', 'exercise', 'name'; found '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', …",
        ),
    ],
)
def test_a_csv_without_its_columns_is_the_users_error(write, header, message):
    """The header says which columns are missing, which are there, and what may have been meant."""
    accepted = "accepted: a header with student, exercise, name, answer, separated by , or ; or tabs"
    assert refused(write("a.csv", header + "\nann,e,w,1\n")) == f"a.csv:1: {message}; {accepted}"


def test_an_empty_csv_is_the_users_error(write):
    """A file of no bytes has no header."""
    message = (
        "a.csv:1: no column 'student', 'exercise', 'name', 'answer'; accepted: a header with student, exercise, name, answer"
    )
    assert refused(write("a.csv", b"")) == f"{message}, separated by , or ; or tabs"


def test_a_header_can_be_ambiguous_or_broken(write):
    """Two columns of a name and a quote that isn't closed are said."""
    assert refused(write("a.csv", "student,exercise,Answer,name,answer\n")) == (
        "a.csv:1: two columns are called 'answer'; accepted: one of each name"
    )
    assert refused(write("a.csv", 'student,exercise,name,"answer\nann,e,w,1\n')) == (
        "a.csv:1: a quote that begins a cell here is never closed; close it, and double quotes inside a cell"
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",e,w,1", "student: found the string ''; accepted: text that isn't empty"),
        ("ann, ,w,1", "exercise: found the string ''; accepted: text that isn't empty"),
        ('ann,e,"\n",1', r"name: found the string '\n'; accepted: text that isn't empty"),
        ("ann,e,w,1,2", "5 cells where the header has 4; an answer that holds a comma or a line end has to stand in quotes"),
        ("ann,e", "2 cells where the header has 4; an answer that holds a comma or a line end has to stand in quotes"),
        ("ann", "1 cell where the header has 4; an answer that holds a comma or a line end has to stand in quotes"),
        ('ann,e,w,"1"2', "text follows the quote that ends a cell; double quotes inside a cell"),
    ],
)
def test_a_row_that_cannot_be_used_costs_no_other(write, row, message):
    """It is a problem with its line; the student who wrote it isn't lost where it says who that is."""
    answers, students, found = read(write("a.csv", f"{HEADER}bob,e,w,1\n{row}\ncarl,e,w,1\n"))
    assert answers == [("bob", "e", "w", "1"), ("carl", "e", "w", "1")]
    assert students == ["bob", *(["ann"] if row.startswith("ann") and '"1"' not in row else []), "carl"]
    assert found == [f"a.csv:3: {message}"]


@pytest.mark.parametrize(("delimiter", "named"), [(",", "a comma"), (";", "a semicolon"), ("\t", "a tab")])
def test_a_delimiter_too_many_makes_no_student(write, delimiter, named):
    """Where the student isn't the first column, a row of too many cells doesn't say who wrote it."""
    text = "exercise,answer,name,student\ne,1,2,w,ann\n".replace(",", delimiter)
    message = f"a.csv:2: 5 cells where the header has 4; an answer that holds {named} or a line end has to stand in quotes"
    assert read(write("a.csv", text)) == ([], [], [message])


def test_a_quote_that_is_never_closed_costs_one_row(write):
    """It would swallow all that follows; what follows is read again."""
    text = HEADER + 'ann,e,w,"1\n' + "".join(f'bob,e,w{k},"a ""{k}"""\n' for k in range(1000)) + 'carl,e,w,"2\n'
    message = "a quote that begins a cell here is never closed; close it, and double quotes inside a cell"
    answers, students, found = read(write("a.csv", text.replace('""', "''")))
    assert [a[2] for a in answers] == [f"w{k}" for k in range(1000)]
    assert students == ["bob"]
    assert found == ["a.csv:2: text follows the quote that ends a cell; double quotes inside a cell", f"a.csv:1003: {message}"]
    assert problems(write("b.csv", HEADER + 'ann,e,w,"1\nbob,e,w,2\n')) == [f"b.csv:2: {message}"]
    assert read("b.csv")[0] == [("bob", "e", "w", "2")]


def test_a_cell_can_be_large(write):
    """Cells of megabytes are read, a larger one is a problem, and csv's limit, one for the process, is put back."""
    before = csv.field_size_limit(131_072)
    large = "x" * 5_000_000
    assert read(write("a.csv", f'{HEADER}ann,e,w,{large}\nbob,e,w,"{large}\n"\n'))[0] == [
        ("ann", "e", "w", large),
        ("bob", "e", "w", large + "\n"),
    ]
    text = f"{HEADER}ann,e,w,{'x' * (records.LONGEST_CELL + 1)}\nbob,e,w,1\n"
    message = f"a.csv:2: a cell of more than {records.LONGEST_CELL} characters begins here, or a quote isn't closed"
    assert read(write("a.csv", text)) == ([("bob", "e", "w", "1")], ["bob"], [message])
    refused(write("a.csv", "x"))
    assert csv.field_size_limit(before) == 131_072


@given(st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))] * 4), max_size=8))
def test_what_csv_writes_is_read(tmp_path_factory, rows):
    """Any text in any cell comes back from Python's own writer, or its row is a problem."""
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("student", "exercise", "name", "answer"), *rows])
    expected = {}
    for *who, content in rows:
        if all(text.strip() for text in who):
            expected[tuple(text.strip() for text in who)] = content
    assert {(a.student, a.exercise, a.name): a.content for a in read_submissions(str(path)).answers} == expected


@given(st.binary(max_size=200), st.sampled_from(["csv", "jsonl", "toml", "json"]))
def test_no_bytes_are_fatal(tmp_path_factory, content, ending):
    """Whatever a file holds, what comes out can be written down."""
    path = tmp_path_factory.mktemp("any") / f"a.{ending}"
    path.write_bytes((HEADER.encode() if ending == "csv" else b"") + content)
    read(str(path))


@given(st.lists(st.sampled_from(['"', ",", "\n", "a", "ann,e,w,", '""']), max_size=40).map("".join))
def test_no_quotes_are_fatal(tmp_path_factory, text):
    """A row after any mess of quotes that holds no quote itself is read."""
    path = tmp_path_factory.mktemp("quotes") / "a.csv"
    path.write_text(f"{HEADER}{text}\nlast,e,w,1\nlast,e,v,2\n")
    assert "last" in read(str(path))[1]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"student": "ann"', "a.jsonl:2:18: not valid JSON: expecting ',' delimiter"),
        ("[" * 100_000, "a.jsonl:2: nested too deeply; accepted: at most 100 levels"),
        ("[1]", "a.jsonl:2: found a list; accepted: an object with student, exercise, name, answer"),
        (
            '{"Studnt": "ann", "exercise": "e", "name": "w", "answer": "1"}',
            "a.jsonl:2: no 'student'; found 'Studnt'; did you mean 'student'?; accepted: an object with student, exercise, name, answer",
        ),
        (
            '{"student": "ann", "exercise": "e", "name": "w"}',
            "a.jsonl:2: no 'answer'; accepted: an object with student, exercise, name, answer",
        ),
        *(
            (
                f'{{"student": {value}, "exercise": "e", "name": "w", "answer": "1"}}',
                f"a.jsonl:2: student: found {found}; accepted: text that isn't empty",
            )
            for value, found in (
                ("null", "null"),
                ("[]", "a list"),
                ("{}", "a table"),
                ("true", "true"),
                ('""', "the string ''"),
            )
        ),
        (
            '{"student": "ann", "exercise": null, "name": [], "answer": "1"}',
            "a.jsonl:2: exercise: found null; accepted: text that isn't empty",
        ),
        (
            '{"student": "ann", "exercise": "e", "name": "\\n", "answer": "1"}',
            r"a.jsonl:2: name: found the string '\n'; accepted: text that isn't empty",
        ),
    ],
)
def test_a_line_of_json_that_cannot_be_used_costs_no_other(write, line, message):
    """It is a problem with its line; the student isn't lost where it says who that is."""
    good = '{"answer": [1.50, "x"], "student": 17, "exercise": 3, "name": " w ", "time": 1}'
    answers, students, found = read(write("a.jsonl", f"\n{line}\n{good}\n"))
    assert answers == [("17", "3", "w", ["1.50", "x"])]
    assert students == [*(["ann"] if '"student": "ann"' in line and line.endswith("}") else []), "17"]
    assert found == [message]
    assert type(answers[0][0]) is str


def test_a_key_that_stands_twice_in_a_line_is_reported(write):
    """The last one counts, and the answer's place is its line."""
    found = read_submissions(
        write("a.jsonl", '{"student": "ann", "exercise": "e", "name": "w", "answer": "1", "answer": null}')
    )
    assert found.answers == (Answer("ann", "e", "w", None, "a.jsonl:1"),)
    assert found.problems == (Problem("a.jsonl:1", message("key_stands_twice", key="answer")),)
    assert found.problems[0].message == "the key 'answer' stands twice in one object; the last one counts"


def test_of_two_answers_the_later_one_counts(write):
    """Both places are said, in one table as between files; another name or student is another answer."""
    answers, students, found = read(write("a.csv", HEADER + "ann,e,w,1\nann,e,v,1\nbob,e,w,1\n ann,e,w ,2\n"))
    assert answers == [("ann", "e", "v", "1"), ("bob", "e", "w", "1"), ("ann", "e", "w", "2")]
    assert students == ["ann", "bob"]
    what = "student 'ann', exercise 'e', name 'w': handed in at"
    assert found == [f"a.csv:5: {what} a.csv:2 already; the later one, at a.csv:5, counts"]
    write("in/ann.json", '{"e": {"w": "1"}}')
    write("in/bob.toml", 'student = "ann"\ne.w = "2"')
    message = f"in/bob.toml: {what} in/ann.json already; the later one, at in/bob.toml, counts"
    assert read("in") == ([("ann", "e", "w", "2")], ["ann"], [message])


def test_ids_in_messages_are_short_and_printable(write):
    """A student can't write to the teacher's terminal by being called like a command to it."""
    (message,) = problems(write("a.csv", f"{HEADER}\x1b[2J,{'e' * 1000},w,1\n\x1b[2J,{'e' * 1000},w,1\n"))
    what = (
        f"student '\\x1b[2J', exercise '{'e' * 58}…, name 'w': handed in at a.csv:2 already; the later one, at a.csv:3, counts"
    )
    assert message == f"a.csv:3: {what}"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "an empty path: no such file or folder"),
        ("nowhere", "nowhere: no such file or folder"),
        ("nowhere/a.csv", "nowhere/a.csv: no such file or folder"),
        ("a\0\x1b", r"a\x00\x1b: no such file or folder"),
        ("empty", "empty: no answers here (files ending in .toml or .json, not beginning with .)"),
        ("others", "others: no answers here (files ending in .toml or .json, not beginning with .)"),
        (
            "others/a.jsn",
            "others/a.jsn: not a kind of file that holds answers; did you mean '.json'?; "
            "accepted: a folder, .csv, .tsv, .jsonl, .ndjson, .toml, .json",
        ),
        (
            "others/answers",
            "others/answers: not a kind of file that holds answers; accepted: a folder, .csv, .tsv, .jsonl, .ndjson, .toml, .json",
        ),
        ("link.csv", "link.csv: no such file or folder"),
        ("pipe.csv", "pipe.csv: can't be read: it isn't a file but a device or a pipe"),
        ("pipe.jsonl", "pipe.jsonl: can't be read: it isn't a file but a device or a pipe"),
    ],
)
def test_a_path_without_answers_is_the_users_error(write, tmp_path, path, message):
    """A missing path, an empty folder, another kind of file and a table that can't be opened are errors of the call."""
    write("others/a.jsn", "")
    write("others/answers", "")
    write("others/ann/a.txt", "")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.csv").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.csv")
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert refused(path) == message


def test_safe_names_are_the_ids_where_they_can_be():
    """What is safe is left as it is; what isn't stays readable."""
    names = safe_names(["alice", "Bob_2.x-y", "josé", "a b", "../../etc/passwd", "", "-rf", "con", "NUL.txt", "張偉"])
    assert list(names.values()) == [
        "alice",
        "Bob_2.x-y",
        "jose-d994e1d0",
        "a_b-c8687a08",
        "_.._etc_passwd-3754d6cb",
        "student-e3b0c442",
        "rf-686c39ac",
        "_con-1143da2b",
        "_NUL.txt-0241e4ee",
        "_-cd09b14f",
    ]


def test_safe_names_differ_whatever_the_file_system():
    """Case, and what another student is called on purpose, don't make two students' files one."""
    (suffixed,) = list(safe_names(["Alice", "alice"]).values())[1:]
    assert suffixed == "alice-2bd806c9"
    names = safe_names(["Alice", suffixed, "alice", "ALICE", "alice"])
    assert len({name.lower() for name in names.values()}) == len(names) == 4
    composed, decomposed = "jos\u00e9", unicodedata.normalize("NFD", "jos\u00e9")
    assert len(set(safe_names([composed, decomposed]).values())) == 2


WEIRD = [
    "",
    "\0",
    ".",
    "..",
    "../../etc/passwd",
    "\ud800",
    "x" * 10_000,
    "con",
    "COM1.txt",
    "a/b",
    "a\\b",
    "a:b",
    "é",
    "-",
    "a.",
    "ﬀ",
]


@given(st.lists(st.text(st.characters(), max_size=120) | st.sampled_from(WEIRD) | st.text("aA.-_é", max_size=4)))
@example([*WEIRD, *safe_names(WEIRD).values()])
def test_safe_names_are_safe_and_distinct(students):
    """For any ids: one name each, of harmless characters, that no file system takes for another one."""
    names = safe_names(students)
    assert set(names) == set(students)
    assert list(names) == list(dict.fromkeys(students))
    assert len({name.lower() for name in names.values()}) == len(names)
    assert names == safe_names(students)
    for student, name in names.items():
        assert set(name) <= set(string.ascii_letters + string.digits + "._-")
        assert 1 <= len(name) <= 80
        assert name[0] not in ".-"
        assert name[-1] != "."
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
        assert name == student or re.search(r"-[0-9a-f]{8}$", name)


def test_safe_names_take_no_time():
    """An id of accents alone would be sorted in time squared; this returns at all."""
    assert safe_names(["\u0301\u0323" * 5_000_000]).popitem()[1] == "student-18248b73"


def test_safe_names_do_not_depend_on_others():
    """Ids that differ in what no file can hold have names of their own, also in files made one by one."""
    (first,), (second,) = (safe_names([student]).values() for student in ("\ud800", "\ud801"))
    assert first != second
