"""Tables that packages add to: rows that serve as symgrad's own do (docs/extending.md), and rows that are told to be faulty.

Packages are folders with the metadata that an installer writes. Tables are made anew for them here; that symgrad's own tables
find them is seen in processes of their own, as few as will do.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import ROOT, blocks, installed

from symgrad.basics.errors import UserError
from symgrad.basics.registries import Registry, _packages, instance_of, names
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.grading.mistakes.catalogue import CATALOGUE
from symgrad.graphs.sympy_heads import HEADS
from symgrad.operations.table import BY_HEAD, TABLE
from symgrad.reports import check, grades
from symgrad.reports.wording.languages import LANGUAGES

REGISTRIES = (TABLE, HEADS, check.FORMATS, grades.FORMATS, CATALOGUE, WAYS, LANGUAGES)
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
WHERE = {
    "symgrad.operations": "symgrad.operations.table:TABLE",
    "symgrad.heads": "symgrad.graphs.sympy_heads:HEADS",
    "symgrad.formats": "symgrad.reports.check:FORMATS",
    "symgrad.grade_formats": "symgrad.reports.grades:FORMATS",
    "symgrad.misconceptions": "symgrad.grading.mistakes.catalogue:CATALOGUE",
    "symgrad.ways": "symgrad.frameworks.pytorch.ways:WAYS",
    "symgrad.languages": "symgrad.reports.wording.languages:LANGUAGES",
}
COMMANDS = """
import json, sys
from click.testing import CliRunner
from symgrad.cli import cli

for words in json.loads(sys.argv[1]):
    done = CliRunner().invoke(cli, words, prog_name="symgrad", catch_exceptions=False)
    print(json.dumps([done.exit_code, done.stdout, done.stderr]))
"""
EVERYTHING = """
from symgrad.frameworks.pytorch.ways import Way
from symgrad.grading.mistakes.catalogue import Misconception
from symgrad.graphs.sympy_heads import Head
from symgrad.operations.row import Elementwise
from symgrad.operations.sympy_nodes import applied
from symgrad.reports.grades.format import OneFile
from symgrad.basics.messages import verbatim
from symgrad.reports.wording.language import Language

import sympy


def operation(name="mine", **given):
    return Elementwise(name=name, summary="", example="", definition=lambda x: x + 1, partials=lambda v, x: (1,), **given)


OPERATION, HEAD, FORMAT = operation(), Head(sympy.sec, None), print
GRADES, MISTAKE, WAY, LANGUAGE = OneFile("x", print), Misconception("mine", verbatim("mine")), Way("mine", ""), Language("mine", {})
TAKING, NUMBER, TEXT = operation(heads=(sympy.exp,)), operation("number"), "text"
"""


def package(folder: Path, name: str, groups: dict[str, dict[str, str]], module: str = EVERYTHING) -> Path:
    """A package of one module and its metadata, and the folder that it lies in."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(module, encoding="utf-8")
    tables = "".join(
        f'[project.entry-points."{group}"]\n' + "".join(f'{n} = "{v}"\n' for n, v in rows.items())
        for group, rows in groups.items()
    )
    installed(folder, f'[project]\nname = "{name}"\nversion = "1.0"\n{tables}')
    return folder


def run(words: list[str], folders: list[Path]) -> subprocess.CompletedProcess[str]:
    """A process of Python that finds packages."""
    path = os.pathsep.join([*map(str, folders), str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run([sys.executable, *words], env=environment, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def asked(monkeypatch):
    """What a table says that is asked for a row, with packages installed: nothing where it has it."""

    def say(group: str, name: str, *folders: Path) -> str:
        for folder in folders:
            monkeypatch.syspath_prepend(folder)
        _packages.cache_clear()
        known = next(table for table in REGISTRIES if table.group == group)
        try:
            Registry(known.own, group, known.fault)[name]
        except UserError as error:
            return str(error)
        return ""

    yield say
    _packages.cache_clear()
    for name in ("every", "bad", "one", "two"):
        sys.modules.pop(name, None)


def test_the_page_adds_a_row_to_every_table():
    """docs/extending.md, which test_pages.py runs, has one package with an entry point for each group, and uses each row."""
    project, _ = (block.text for block in blocks(PAGE) if block.file.endswith("pyproject.toml"))
    groups = re.findall(r'^\[project.entry-points."(.*)"\]\n(\w+) = ', project, re.MULTILINE)
    assert [group for group, _ in groups] == [table.group for table in REGISTRIES] == list(WHERE)
    rest = PAGE.replace(project, "")
    assert [name for _, name in groups if not re.search(rf"\b{name}\b", rest)] == []
    assert re.findall(r"^\| .* \| `(symgrad\.\w+)` \|", PAGE, re.MULTILINE) == list(WHERE)


def test_symgrads_own_rows_have_no_fault():
    """What is asked of other packages' rows holds of symgrad's own."""
    for table in (HEADS, check.FORMATS, grades.FORMATS, CATALOGUE, WAYS, LANGUAGES):
        assert [(name, str(table.fault(name, row))) for name, row in table.own.items() if table.fault(name, row)] == []
    found = {str(fault) for name, row in TABLE.own.items() if (fault := TABLE.fault(name, row)) is not None}
    assert found == {f"has the head {head.__name__}, which symgrad reads already" for head in BY_HEAD}


def test_heads_have_names_of_their_own():
    """Heads are found by the names of their classes, so none may hide another one."""
    assert {head.__name__ for head in BY_HEAD} <= set(HEADS)
    assert all(name == head.head.__name__ for name, head in HEADS.items())


@pytest.mark.parametrize(
    ("group", "name", "value", "found"),
    [
        ("operations", "mine", "OPERATION", ""),
        ("heads", "sec", "HEAD", ""),
        ("formats", "mine", "FORMAT", ""),
        ("grade_formats", "mine", "GRADES", ""),
        ("misconceptions", "mine", "MISTAKE", ""),
        ("ways", "mine", "WAY", ""),
        ("languages", "mine", "LANGUAGE", ""),
        ("operations", "mine", "TEXT", "every:TEXT is a str; accepted: Elementwise, Structural, Composition"),
        ("heads", "sec", "TEXT", "every:TEXT is a str; accepted: Head"),
        ("formats", "mine", "TEXT", "every:TEXT is a str; accepted: a function"),
        ("grade_formats", "mine", "FORMAT", "every:FORMAT is a builtin_function_or_method; accepted: OneFile, FilePerStudent"),
        ("misconceptions", "mine", "WAY", "every:WAY is a Way; accepted: Misconception"),
        ("ways", "mine", "OPERATION", "every:OPERATION is an Elementwise; accepted: Way"),
        ("languages", "mine", "TEXT", "every:TEXT is a str; accepted: Language"),
        ("operations", "yours", "OPERATION", "every:OPERATION is called 'mine'"),
        ("heads", "csc", "HEAD", "every:HEAD is called 'sec'"),
        ("misconceptions", "yours", "MISTAKE", "every:MISTAKE is called 'mine'"),
        ("operations", "number", "NUMBER", "every:NUMBER can't be written in code under this name"),
        ("operations", "mine", "TAKING", "every:TAKING has the head exp, which symgrad reads already"),
        ("ways", "mine", "MISSING", "every:MISSING doesn't load: AttributeError: module 'every' has no attribute 'MISSING'"),
        ("operations", "tanh", "OPERATION", "symgrad has this name itself"),
        ("heads", "Add", "HEAD", "symgrad has this name itself"),
        ("formats", "table", "FORMAT", "symgrad has this name itself"),
        ("languages", "en", "LANGUAGE", "symgrad has this name itself"),
    ],
)
def test_a_row_is_taken_or_told_to_be_faulty(tmp_path, asked, group, name, value, found):
    """A faulty row is told with entry point and package."""
    folder = package(tmp_path / "site", "every", {f"symgrad.{group}": {name: f"every:{value}"}})
    said = f"entry point '{name}' of package 'every' in symgrad.{group}: {found}; uninstall every or mend it" if found else ""
    assert asked(f"symgrad.{group}", name, folder) == said


@pytest.mark.parametrize("order", [list(WHERE), list(WHERE)[::-1]], ids=["downwards", "upwards"])
def test_a_package_may_be_one_module(tmp_path, order):
    """A module with a row for every table imports symgrad's as it likes: no circle comes of it, whoever is asked first."""
    rows = dict(zip(WHERE, ("OPERATION", "HEAD", "FORMAT", "GRADES", "MISTAKE", "WAY", "LANGUAGE"), strict=True))
    called = {"symgrad.heads": "sec"}
    groups = {group: {called.get(group, "mine"): f"every:{row}"} for group, row in rows.items()}
    lines = ["from importlib import import_module as i"]
    for group in order:
        module, _, table = WHERE[group].partition(":")
        lines.append(f"i({module!r}).{table}[{called.get(group, 'mine')!r}]")
    done = run(["-c", "\n".join(lines)], [package(tmp_path / "site", "every", groups)])
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_of_two_packages_is_nobodys(tmp_path, asked):
    """It can't be known which of them is meant."""
    one = package(tmp_path / "one", "one", {"symgrad.formats": {"mine": "one:FORMAT"}})
    two = package(tmp_path / "two", "two", {"symgrad.formats": {"mine": "two:FORMAT"}})
    said = "entry point 'mine' of package 'one' in symgrad.formats: package 'two' has this name, too; uninstall one or mend it"
    assert asked("symgrad.formats", "mine", one, two) == said


def test_a_module_that_raises_is_told(tmp_path, asked):
    """Whatever a package does as it is imported, the message says which package it is."""
    module = "raise RuntimeError('no licence')\n"
    folder = package(tmp_path / "site", "bad", {"symgrad.ways": {"mine": "bad:WAY"}}, module)
    said = "bad:WAY doesn't load: RuntimeError: no licence; uninstall bad or mend it"
    assert asked("symgrad.ways", "mine", folder) == f"entry point 'mine' of package 'bad' in symgrad.ways: {said}"


@pytest.fixture
def broken(tmp_path):
    """A package whose module can't be imported, with a row in every table."""
    groups = {group: {"mine": "bad:ROW"} for group in WHERE}
    return package(tmp_path / "site", "bad", groups, "raise RuntimeError('no licence')\n")


def commands(broken: Path, *lines: list[str]) -> list[list[object]]:
    """Exit status, output and messages of several commands, in one process that finds a package."""
    done = run(["-c", COMMANDS, json.dumps(lines)], [broken])
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(group: str) -> str:
    return (
        f"Error: entry point 'mine' of package 'bad' in symgrad.{group}: bad:ROW doesn't load: RuntimeError: no licence; "
        "uninstall bad or mend it\n"
    )


def test_a_broken_package_does_not_disturb_others(broken):
    """What doesn't ask for its rows goes on as if it weren't there, down to an unknown name's message."""
    exercise = str(ROOT / "exercises" / "linear.py")
    others = (["check", exercise], ["derive", exercise], ["list", exercise], ["parse", exercise, "tanh(x)"], ["--help"])
    *found, unknown = commands(broken, *others, ["check", exercise, "--format", "mind"])
    assert [(status, said) for status, _, said in found] == [(0, "")] * len(others)
    known = "'table', 'json', 'junit', 'markdown', 'html', 'mine'"
    assert unknown[2].endswith(f"Invalid value for '--format': 'mind' is not one of {known}.\n")


def test_what_asks_for_a_broken_row_is_told(broken, tmp_path):
    """By its name before anything runs, or where all rows take part."""
    exercise = str(ROOT / "exercises" / "linear.py")
    (tmp_path / "answers.csv").write_text("student,exercise,name,answer\nada,linear,w,2x(wx-y)\n", encoding="utf-8")
    asking = (
        (["check", exercise, "--format", "mine"], "formats"),
        (["check", exercise, "--via", "mine"], "ways"),
        (["grade", exercise, str(tmp_path / "answers.csv")], "misconceptions"),
        (["grade", exercise, str(tmp_path / "answers.csv"), "--format", "mine"], "grade_formats"),
        (["operations"], "operations"),
        (["operations", "--check"], "operations"),
    )
    found = commands(broken, *(words for words, _ in asking))
    assert found == [[2, "", told(group)] for _, group in asking]


def test_help_loads_no_table(broken):
    """Help shows symgrad's own names, and reads no package's metadata."""
    code = (
        "import sys; from click.testing import CliRunner; from symgrad.cli import cli\n"
        "for words in ([], ['check'], ['grade']):\n"
        "    assert 'mine' not in CliRunner().invoke(cli, [*words, '--help']).output\n"
        "print('importlib.metadata' in sys.modules, 'sympy' in sys.modules, 'torch' in sys.modules)"
    )
    assert run(["-c", code], [broken]).stdout == "False False False\n"


def test_what_is_added_is_part_of_what_a_result_rests_on(tmp_path):
    """Names, packages and versions are known without loading: a journal of grading isn't resumed with another version."""
    folder = package(tmp_path / "site", "bad", {"symgrad.misconceptions": {"mine": "bad:ROW"}}, "1/0")
    code = (
        "from symgrad.grading.mistakes.catalogue import CATALOGUE; print(CATALOGUE.origins, [*CATALOGUE][-1], len(CATALOGUE))"
    )
    assert run(["-c", code], [folder]).stdout == f"[('mine', 'bad', '1.0')] mine {len(CATALOGUE.own) + 1}\n"


def test_a_table_without_packages_is_its_own_rows():
    """Order, length and membership; a name that there isn't is a KeyError, as of any mapping."""
    table = Registry({"b": 1, "a": 2}, "symgrad.nothing", instance_of(int, named=""))
    assert (list(table), len(table), dict(table), "a" in table, "c" in table) == (["b", "a"], 2, {"b": 1, "a": 2}, True, False)
    assert repr(table) == "Registry(symgrad.nothing: b, a)"
    assert names("symgrad.nothing") == ()
    with pytest.raises(KeyError):
        table["c"]
