"""docs/design.md says how the house is: wings, invariants and files are those of the code."""

from __future__ import annotations

import ast
import re

import pytest
from test_house import ROOT, WINGS

DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
PROSE = re.sub(r"^```.*?^```$", "", DESIGN, flags=re.MULTILINE | re.DOTALL)


def rows(heading):
    """The cells of the first table under a heading."""
    table = DESIGN.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def docstring(path, name=""):
    """The docstring of a module, or of one of its functions; None where there is no such function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name] if name else [tree]
    return ast.get_docstring(nodes[0]) if nodes else None


def test_wings_are_those_of_the_contract():
    """One line a wing, in the order of the contract, in the words of the wing itself."""
    found = [wing.strip("`") for wing, _, _ in rows("Ten wings")]
    assert found == WINGS
    for wing, what, never in rows("Ten wings"):
        own = docstring(ROOT / "symgrad" / wing.strip("`") / "__init__.py")
        assert own.splitlines()[0] == what
        assert f"\nMust never know: {never}\n" in f"{own}\n"


@pytest.mark.parametrize(("invariant", "test"), rows("Invariants"))
def test_an_invariant_is_the_first_line_of_its_test(invariant, test):
    """Each is held by a test that there is, and says what the page says."""
    path, _, name = test.strip("`").partition("::")
    assert (docstring(ROOT / path, name) or "").splitlines()[:1] == [invariant]


def test_files_are_there():
    """Every file and folder that the page names, from the root, within the package, or by its name alone."""
    named = re.findall(r"`([\w./-]+(?:\.py|\.md|\.toml|/))(?:::\w+)?`", PROSE)
    assert len(named) > 60
    known = {path.name for path in (ROOT / "symgrad").rglob("*.py")}
    assert [n for n in named if not any((root / n).exists() for root in (ROOT, ROOT / "symgrad")) and n not in known] == []


def test_there_are_tasks_and_words():
    """A table of tasks, each with files, and a glossary without a word twice."""
    tasks = rows("How to add things")
    assert len(tasks) >= 10
    assert [task for task, files in tasks if "`" not in files] == []
    words = [word for word, _ in rows("Words")]
    assert len(words) == len(set(words)) > 25
