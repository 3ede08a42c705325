"""What docs/answers.md and docs/grading.md say is what happens: every example is judged, every command run."""

import functools
import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.authoring.exercise_files import load
from symgrad.cli import cli
from symgrad.grading.answer_key import generic_points, target_names
from symgrad.grading.answer_key.key import Key
from symgrad.grading.course import rounds
from symgrad.grading.equality import contents, decision
from symgrad.grading.equality.contents import read_content
from symgrad.grading.judge import Judge
from symgrad.grading.language import building, calls, operands, punctuation, runs, scanning
from symgrad.grading.language.functions import FUNCTIONS
from symgrad.grading.language.writing import as_text
from symgrad.grading.mistakes.catalogue import CATALOGUE
from symgrad.grading.outcome import VERDICTS
from symgrad.grading.submissions import document, read_submissions, values
from symgrad.grading.submissions.written_number import Figure
from symgrad.reports import grades

ROOT = Path(__file__).parent.parent.parent
ANSWERS = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
GRADING = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "grading_example"


def blocks(kind, text=ANSWERS + GRADING):
    """What stands in the fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)\n```$", text, flags=re.DOTALL | re.MULTILINE)


def lines(kind):
    """Every line of the blocks of a kind."""
    return [line for block in blocks(kind) for line in block.splitlines()]


def rows(text, heading):
    """The cells of the table that begins with a heading, without backticks and without the lines above."""
    table = text[text.index(f"| {heading} |") :].split("\n\n")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def content(text):
    """What is handed in: a list where it is one in JSON, else the text."""
    if text.startswith("["):
        try:
            return json.loads(text, parse_float=Figure, parse_int=Figure)
        except ValueError:
            pass
    return text


@functools.cache
def judge(exercise):
    """The judge of an exercise of the library."""
    (found,) = load([str(ROOT / "exercises")], only=[exercise])
    return Judge(Key(found))


@pytest.mark.parametrize("line", lines("answers"))
def test_an_answer_gets_the_verdict_that_is_shown(line):
    """Each line of an `answers` block is judged so, with the tag among its tags."""
    exercise, name, *text, expected = line.split(" | ")
    verdict, *tags = expected.split()
    outcome = judge(exercise).judge(name, content(" | ".join(text)))
    assert outcome.verdict == verdict, outcome.message
    assert set(tags) <= set(outcome.tags)


@pytest.mark.parametrize("line", lines("read"))
def test_an_answer_is_read_as_is_shown(line):
    """Each line of a `read` block is what `parse` prints after "read as", and that is read as the same again."""
    exercise, *text, shown = line.split(" | ")
    own = judge(exercise).key
    term = read_content(" | ".join(text), own)
    assert as_text(term) == shown
    assert read_content(shown, own) == term


@pytest.mark.parametrize("line", lines("says"))
def test_a_message_is_the_one_that_is_shown(line):
    """Each line of a `says` block is an answer that can't be read, and the first line of what the student is told."""
    exercise, name, *text, message = line.split(" | ")
    outcome = judge(exercise).judge(name, content(" | ".join(text)))
    assert outcome.verdict == "unreadable"
    assert outcome.message.partition("\n")[0] == message


@pytest.mark.parametrize("block", blocks("console"), ids=lambda block: block.splitlines()[0])
def test_a_command_prints_what_is_shown(block, monkeypatch):
    """Each command prints what its block shows, to the letter."""
    monkeypatch.chdir(ROOT)
    command, _, printed = block.partition("\n")
    result = CliRunner().invoke(cli, shlex.split(command.removeprefix("$ python -m symgrad ")))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert [line.rstrip() for line in result.output.splitlines()] == printed.splitlines()


def test_there_is_something_to_test():
    """No kind of block has gone, and every block has a kind that is tested."""
    counts = {kind: len(lines(kind)) for kind in ("answers", "read", "says")}
    assert counts["answers"] > 65
    assert counts["read"] > 100
    assert counts["says"] > 50
    commands = [shlex.split(block.splitlines()[0])[4] for block in blocks("console")]
    assert commands == ["parse", "parse", "grade", "grade"]
    kinds = set(re.findall(r"^```(\w*)$", ANSWERS + GRADING, flags=re.MULTILINE))
    assert kinds == {"", "answers", "read", "says", "console", "python", "toml", "json", "csv", "jsonl"}


def test_every_verdict_is_shown():
    """There are examples of right, wrong, unreadable and missing answers, and of most mistakes of the library's exercises."""
    verdicts = [line.split(" | ")[-1].split()[0] for line in lines("answers")]
    assert set(verdicts) == {"correct", "incorrect", "unreadable", "missing"}
    shown = {tag for line in lines("answers") for tag in line.split(" | ")[-1].split()[1:]}
    assert len(shown) > 12
    assert shown <= set(CATALOGUE)


def test_names_and_shapes_are_those_of_the_exercises():
    """The table of exercises has their names in the order of parameters, data and steps, with the shapes of matrices."""
    table = rows(ANSWERS, "exercise")
    used = {line.split(" | ")[0] for kind in ("answers", "read", "says") for line in lines(kind)}
    assert {exercise.strip("`") for exercise, *_ in table} == used
    for exercise, *cells in table:
        asked = judge(exercise.strip("`")).key
        shown = {
            name: tuple(int(n) for n in shape.split("×")) if shape else (1, 1)
            for name, shape in re.findall(r"`(\w+)`(?: (\d+×\d+))?", " ".join(cells))
        }
        assert shown == {**asked.vocabulary.shapes, **asked.vocabulary.steps}
        assert re.findall(r"`(\w+)`", cells[0]) == list(asked.exercise.parameter_names)
        assert re.findall(r"`(\w+)`", cells[2]) == list(asked.vocabulary.steps)


def test_functions_are_those_of_the_language():
    """Each function of the table is one, and names that are said to be the same are."""
    cells = [names for _, names in rows(ANSWERS, "function")]
    named = [name for cell in cells for name in re.findall(r"`(\w+)", cell)]
    assert len(named) > 70
    assert [name for name in named if name not in FUNCTIONS] == []
    for one, other in re.findall(r"`(\w+)`(?= = `(\w+)`)", " ".join(cells)):
        assert FUNCTIONS[one] == FUNCTIONS[other]


def test_limits_are_those_of_the_code():
    """The table of limits holds the constants of the language, in order."""
    shown = [int(re.sub(r"[,±]", "", most)) for _, most in rows(ANSWERS, "limit")]
    assert shown == [
        scanning.LONGEST,
        scanning.MOST_TOKENS,
        punctuation.DEEPEST,
        building.MOST_FACTORS,
        building.HIGHEST_TOWER,
        operands.MOST_DIGITS,
        operands.LARGEST_EXPONENT,
        3,
        runs.LONGEST_RUN,
        contents.MOST_CELLS,
        calls.LARGEST,
        target_names.LONGEST,
    ]


def test_figures_in_the_text_are_those_of_the_code():
    """Points, bits and sizes that docs/grading.md speaks of are the constants."""
    text = " ".join(GRADING.split())
    assert (
        f"{generic_points.how_many(next(e for e in load([str(ROOT / 'exercises')]) if e.name == 'linear'))} generic points"
        in text
    )
    assert f"interval arithmetic of {decision.BITS[0]} bits and more" in text
    assert f"settled with {decision.BITS[-1]} bits" in text
    assert f"a student's file {document.LARGEST // 2**20} MiB and {values.DEEPEST} levels of nesting" in text
    assert f"for one answer; {rounds.SECONDS:g}, unless said" in text
    assert f"for one answer; {rounds.MEMORY}, unless said" in text


def test_the_table_of_tags_is_the_catalogue():
    """Tags and summaries in docs/grading.md are those of the catalogue, in its order."""
    assert rows(GRADING, "tag") == [[f"`{tag}`", str(item.summary)] for tag, item in CATALOGUE.items()]


def test_the_table_of_formats_is_that_of_the_reports():
    """Every form of the grades stands in docs/grading.md with the file that it makes."""
    listed = [[cells[0].strip("`"), cells[1].strip("`").replace("STUDENT", "{}")] for cells in rows(GRADING, "format")]
    assert listed == [[name, form.file] for name, form in grades.FORMATS.items()]


def test_every_option_is_described():
    """The table of the command has every argument and option of `grade`, and no other."""
    parameters = [p for p in cli.get_command(None, "grade").params if p.name != "help"]
    shown = [cells[0].strip("`").split()[0] for cells in rows(GRADING, "argument or option")]
    assert set(shown) == {p.opts[0] if p.param_type_name == "option" else p.name.upper() for p in parameters}


def test_the_keys_of_the_json_are_described(monkeypatch):
    """The table of keys has those of the JSON, and the keys of its lists and of the summary."""
    monkeypatch.chdir(ROOT)
    arguments = ["grade", str(EXAMPLE / "exercises"), str(EXAMPLE / "submissions"), "--format", "json"]
    found = json.loads(CliRunner().invoke(cli, arguments).stdout)
    table = {cells[0].strip("`"): cells[1] for cells in rows(GRADING, "key")}
    assert list(table) == list(found)
    assert found["schema"] in table["schema"]
    assert re.findall(r"`(\w+)`", table["answers"]) == [*found["answers"][0], "needs_person", "note", "failure"]
    assert re.findall(r"`(\w+)`", table["students"]) == list(found["students"][0])
    assert re.findall(r"`(\w+)`", table["summary"]) == [key for key in found["summary"] if key not in VERDICTS]


@pytest.mark.parametrize("kind", ["toml", "json", "csv", "jsonl"])
def test_submissions_that_are_shown_can_be_read(kind, tmp_path):
    """The examples of submissions are read without a problem, and are not empty."""
    (block,) = blocks(kind, GRADING)
    file = tmp_path / f"submission.{kind}"
    file.write_text(block, encoding="utf-8")
    handed = read_submissions(str(file))
    assert handed.problems == ()
    assert len(handed.answers) >= 2


def test_the_submissions_shown_are_the_files():
    """What docs/grading.md shows of its example is what lies in docs/grading_example."""
    assert blocks("toml", GRADING) == [(EXAMPLE / "submissions" / "ada.toml").read_text(encoding="utf-8").strip()]
    assert blocks("json", GRADING) == [(EXAMPLE / "submissions" / "ben.json").read_text(encoding="utf-8").strip()]
    shown = blocks("python", GRADING)[0].partition("...,\n")[2]
    assert shown in (EXAMPLE / "exercises" / "sigmoid_network.py").read_text(encoding="utf-8")
    assert "credit=" in shown


def test_the_example_is_the_exercise_of_the_library():
    """The example's exercise is exercises/sigmoid_network.py, but for its docstring, marks and credit."""
    own = (EXAMPLE / "exercises" / "sigmoid_network.py").read_text(encoding="utf-8").splitlines()[1:]
    plain = (ROOT / "exercises" / "sigmoid_network.py").read_text(encoding="utf-8").splitlines()[1:]
    assert [line for line in own if not line.startswith(("    marks=", "    credit="))] == plain


def test_links_lead_somewhere():
    """Links between the pages and to files lead to what there is."""
    for page in (ANSWERS, GRADING):
        for target, anchor in re.findall(r"\]\(([\w./]*)(#[\w-]+)?\)", page):
            assert not target or (ROOT / "docs" / target).exists()
            text = (ROOT / "docs" / target).read_text(encoding="utf-8") if target.endswith(".md") else page
            headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            assert not anchor or anchor[1:] in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
