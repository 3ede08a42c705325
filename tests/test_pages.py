"""The pages of docs/ that teach are run: every file is written, every command called, every output compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import ROOT, Reader, blocks, compared, reader

from symgrad.checking.results.reasons import REASONS
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.reports.check.rows import said

DOCS = ROOT / "docs"
RUN = ("tutorial.md", "failures.md", "extending.md", "pytest.md", "exercises.md")
PAGES = (*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")
FAILURES = (DOCS / "failures.md").read_text(encoding="utf-8")

EXERCISE = """\
from symgrad import Exercise, scalar, tanh

w = scalar("w")
exercise = Exercise(name="unit", loss=tanh(w), parameters=[w])
"""
COMMAND = "$ python -m symgrad check unit.py -v"
OUTPUT = """\
exercise    verdict        compared    closed form    autograd    ulps    allowed
----------  -----------  ----------  -------------  ----------  ------  ---------
unit        pass: agree          33
dL/dw       pass: agree          33       0.999959    0.999959    0.44          4

1 exercise: 1 pass; 33 entries compared in float64, 33 certified
points: 12 generic, 4 short, 12 near edges, 1 exact zero, 4 far out
controls: 4 planted, 4 caught"""


def fenced(kind, text):
    return f"```{kind}\n{text.rstrip()}\n```\n\n"


SHOWN = "`unit.py`:\n\n" + fenced("python", EXERCISE)


def read(tmp_path, *parts):
    """What somebody who reads these parts of a page finds wrong with it."""
    return list(Reader(tmp_path).problems("".join(parts)))


def without_blocks(page):
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def anchors(page):
    """The headings of a page as links to them are written."""
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", page, re.MULTILINE)}


@pytest.mark.parametrize("name", RUN)
def test_a_page_says_what_happens(name, tmp_path):
    """Files are those of the repository, commands print what is shown, examples give what they give."""
    problems = list(reader(name, tmp_path).problems((DOCS / name).read_text(encoding="utf-8")))
    assert not problems, "\n\n".join(problems)


def test_every_reason_is_shown():
    """failures.md has a row and an output for each reason but plain agreement, each with its verdict."""
    table = re.findall(r"^\| (\w+) \| \[`(\w+)`\]\(#([\w-]+)\) \|", FAILURES, re.MULTILINE)
    reasons = {reason: verdict for reason, verdict in REASONS.items() if reason != "agree"}
    assert {reason: verdict for verdict, reason, _ in table} == reasons
    assert [anchor for _, reason, anchor in table if anchor != reason.replace("_", "-")] == []
    printed = "".join(block.text for block in blocks(FAILURES) if block.kind == "console")
    assert [reason for reason, verdict in reasons.items() if f" {verdict}: {said(reason)}" not in printed] == []


def test_every_way_is_shown():
    """pytest.md has a row for each of PyTorch's ways, with what it calls."""
    table = re.findall(r'^\| `"(\w+)"` \| `(.*)` \|$', (DOCS / "pytest.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert table == [(name, str(way.calls)) for name, way in WAYS.own.items()]


def test_every_file_of_the_failures_is_shown():
    """What lies in docs/failures stands in failures.md, with a command of its own."""
    files = {f"docs/failures/{path.name}" for path in (DOCS / "failures").glob("*.py")}
    assert {block.file for block in blocks(FAILURES) if block.file} == files
    assert [file for file in files if f"$ python -m symgrad check {file}" not in FAILURES] == []


def test_what_is_explained_is_what_is_shown():
    """A line that failures.md explains, between backticks at the beginning of an item, stands in a block of its section."""
    explained = 0
    for section in re.split(r"^##+ ", FAILURES, flags=re.MULTILINE):
        shown = " ".join("".join(block.text for block in blocks(section)).split())
        for line in re.findall(r"^\* `([^`]+)`", section, re.MULTILINE) if shown else ():
            explained += 1
            assert " ".join(line.split()) in shown
    assert explained > 30


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page):
    """Links to files and headings lead to what there is; nothing is asked of the network."""
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", without_blocks(text)):
        if target.startswith(("http://", "https://")):
            continue
        place = page.parent / target if target else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place.read_text(encoding="utf-8")), f"{target}#{anchor}"


@pytest.mark.parametrize("name", RUN)
def test_lines_are_short(name):
    """Prose has lines of 128 characters at most; tables and outputs are as wide as they are."""
    prose = without_blocks((DOCS / name).read_text(encoding="utf-8"))
    assert [line for line in prose.splitlines() if len(line) > 128 and not line.startswith("|")] == []


# The reader of pages


def test_a_page_that_is_right_has_no_problems(tmp_path):
    """A file, a command and its output, an example that imports the file, and an exit status."""
    example = fenced("python", ">>> from unit import exercise\n>>> exercise\nExercise('unit', parameters: w)")
    status = fenced("console", "$ echo $?\n0")
    assert read(tmp_path, SHOWN, fenced("console", f"{COMMAND}\n{OUTPUT}"), example, status) == []


def test_last_digits_may_differ(tmp_path):
    """Which entry of a row that passes comes closest to the limit, and how close, isn't compared, nor is a column's width."""
    measured = "0.999959    0.999959    0.44          4"
    other = OUTPUT.replace(measured, "0.5  0.5  0  9")
    assert other != OUTPUT
    assert read(tmp_path, SHOWN, fenced("console", f"{COMMAND}\n{other}")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("pass: agree", "pass: kink "),
        ("33 entries", "34 entries"),
        ("33 certified", "32 certified"),
        ("4 planted", "3 planted"),
        ("unit        pass", "unity       pass"),
        ("\ncontrols: 4 planted, 4 caught", ""),
        ("caught", "caught\nand more"),
    ],
)
def test_a_wrong_output_is_found(tmp_path, right, wrong):
    """A verdict, a count, a name, a line that is missing or one too many."""
    assert right in OUTPUT
    (problem,) = read(tmp_path, SHOWN, fenced("console", f"{COMMAND}\n{OUTPUT.replace(right, wrong)}"))
    assert problem.startswith("line 11: 'python -m symgrad check unit.py -v' prints something else\n--- shown\n+++ found\n")
    assert read(tmp_path, SHOWN, fenced("console", f"{COMMAND}\n{OUTPUT}")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("  autograd     -64.7555801457422", "  autograd     -64.7555801467422"),
        ("  certified    1397.76172000388", "  certified    1397.76172000488"),
        ("6.432e+15 ulps", "6.433e+15 ulps"),
        ("-64.75558  6.4e15", "-64.75559  6.4e15"),
        ("(the factor x is missing)", "(the factor y is missing)"),
    ],
)
def test_numbers_of_a_failure_are_compared(right, wrong):
    """What is far from rounding is the same on every machine: no digit of it may be another one."""
    (shown,) = [
        b.text for b in blocks(FAILURES) if b.text.startswith("$ python -m symgrad check docs/failures/missing_factor.py")
    ]
    assert right in shown
    assert compared(shown) != compared(shown.replace(right, wrong))


def test_values_are_compared_to_twelve_digits():
    """Of seventeen digits the last five are left to the processor."""
    assert compared("  closed form  0.40622243988415412") == compared("  closed form  0.40622243988415998")
    assert compared("  closed form  0.40622243988415412") != compared("  closed form  0.40622243987415412")
    assert compared("E         autograd     0.40622243988415412") == compared("E         autograd     0.40622243988415998")
    assert compared("  certified    0.40622243988415412") != compared("  certified    0.40622243988415998")


def test_what_is_allowed_is_not_compared():
    """It is the error of an error; the differences beside it are compared."""
    line = "  difference   0.02304 absolute, 1 relative, 6.641e+15 ulps; allowed 6.565e-17"
    assert compared(line) == compared(line.replace("6.565e-17", "6.533e-17"))
    assert compared(line) != compared(line.replace("0.02304", "0.02305"))
    row = "unit  fail: autograd wrong  w  1  16  [0, 0]  0.1  0.2  0.1  1  4.5e+15  6.6e-17"
    assert compared(row) == compared(row.replace("6.6e-17", "6.5e-17"))
    assert compared(row) != compared(row.replace("4.5e+15", "4.6e+15"))


def test_seconds_of_pytest_are_not_compared():
    """How long tests took is left out, how many passed isn't."""
    assert compared("4 passed in 3.15s") == compared("4 passed in 12.70s")
    assert compared("4 passed in 3.15s") != compared("5 passed in 3.15s")


def test_a_wrong_example_is_found(tmp_path):
    """An example that gives something else is told as doctest tells it."""
    (problem,) = read(tmp_path, fenced("python", ">>> 1 + 1\n3"))
    assert "Expected:\n    3\nGot:\n    2" in problem


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (fenced("mermaid", "a"), "line 2: a block of the kind 'mermaid'; known are python, toml, ini, csv, console, sh"),
        (fenced("", "a"), "line 2: a block of the kind ''; known are python, toml, ini, csv, console, sh"),
        (fenced("python", "a = 1"), "line 2: a block of the kind 'python' without a file's name in the line above"),
        (
            fenced("console", "$ rm -r ."),
            "line 2: 'rm -r .' isn't run here; python -m symgrad, python -m pytest and echo $? are",
        ),
        (fenced("console", "1 pass"), "line 2: a console block begins with a command after '$ '"),
        (fenced("sh", "pip install symgrad"), "line 2: README.md doesn't have pip install symgrad"),
    ],
)
def test_a_block_that_cannot_be_run_is_found(tmp_path, part, problem):
    """Every block is of a known kind and can be run: nothing is passed over."""
    assert read(tmp_path, part) == [problem]


def test_a_block_that_is_open_is_found(tmp_path):
    """A page whose last block isn't closed can't be read."""
    with pytest.raises(ValueError, match=r"line 1: a block that isn't closed"):
        read(tmp_path, "```python\n>>> 1\n")


def test_a_file_that_is_another_one_is_found(tmp_path):
    """A page shows files of the repository to the letter."""
    changed = (DOCS / "failures" / "kink.py").read_text(encoding="utf-8").replace('{"x": 0}', '{"x": 1}')
    (problem,) = read(tmp_path, "[`docs/failures/kink.py`](failures/kink.py):\n\n", fenced("python", changed))
    assert problem.startswith("line 4: this isn't docs/failures/kink.py\n")


def test_a_command_sees_the_files_shown_so_far(tmp_path):
    """A file that comes later isn't there yet, and one of the repository isn't there at all."""
    (problem,) = read(tmp_path, fenced("console", f"{COMMAND}\n{OUTPUT}"), SHOWN)
    assert "+Error: unit.py: no such file or folder" in problem
    (problem,) = read(tmp_path, fenced("console", "$ python -m symgrad list exercises\n"))
    assert "+Error: exercises: no such file or folder" in problem


def test_pages_are_written_anew_where_they_differ(tmp_path):
    """`rewritten` puts in what commands print now, and leaves alone what differs by last digits."""
    empty = SHOWN + fenced("console", COMMAND)
    filled = Reader(tmp_path).rewritten(empty)
    assert read(tmp_path, filled) == []
    other = re.sub(r"(agree +33 +)\S+", r"\g<1>0.5", filled)
    assert other != filled
    assert Reader(tmp_path).rewritten(other) == other
    assert Path(tmp_path / "unit.py").read_text(encoding="utf-8") == EXERCISE
