"""The house: ten rows of wings, each of which says what it must never know, and doesn't know it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
WINGS = [name.strip().removeprefix("symgrad.") for row in LAYERS for name in row.split("|")]


def imported(path: Path) -> set[str]:
    """What a file imports, anywhere in it, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def forbidden(wing: str) -> list[str]:
    """The names that the docstring of a wing says it must never know."""
    text = ast.get_docstring(ast.parse((ROOT / "symgrad" / wing / "__init__.py").read_text(encoding="utf-8"))) or ""
    (said,) = [line for line in text.splitlines() if line.startswith("Must never know: ")]
    return re.findall(r"`(\w+)`", said)


def test_the_contract_has_ten_rows_and_no_excuse():
    """A newcomer reads the order of the wings at one glance."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert len(LAYERS) == 10
    assert not any("ignore_imports" in contract for contract in contracts)


def test_every_module_stands_in_a_wing():
    """No module escapes the contract that import-linter enforces; at the root stands only the door itself."""
    found = {path.stem for path in (ROOT / "symgrad").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - {"__init__", "__main__"} == set(WINGS)


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_says_what_it_is_and_keeps_its_word(wing):
    """The first line says what lives there; what a wing says it must never know, none of its files imports."""
    text = ast.get_docstring(ast.parse((ROOT / "symgrad" / wing / "__init__.py").read_text(encoding="utf-8")))
    assert text is not None
    assert len(text.splitlines()[0]) <= 125
    never = forbidden(wing)
    assert never
    known = {
        name: path.name
        for path in (ROOT / "symgrad" / wing).rglob("*.py")
        for name in imported(path)
        for word in never
        if name.split(".")[0] == word or name.startswith(f"symgrad.{word}.") or name == f"symgrad.{word}"
    }
    assert known == {}


def bodies(path: Path) -> dict[str, int]:
    """The lines of the body of each function of a file by its place, docstrings left out."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
            found[f"{path}:{node.lineno} {node.name}"] = (node.end_lineno or 0) - first.lineno + 1
    return found


def test_functions_are_short():
    """The body of a function has at most 40 lines; a table is as long as its subject."""
    lengths = {name: length for path in (ROOT / "symgrad").rglob("*.py") for name, length in bodies(path).items()}
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_a_long_function_is_found_beside_a_short_one_of_its_name(tmp_path):
    """Functions are told apart by their place, so that none hides behind another."""
    file = tmp_path / "planted.py"
    long = "\n".join(f"        x{k} = {k}" for k in range(41))
    file.write_text(
        f'class A:\n    def f(self):\n        """A docstring."""\n{long}\n\nclass B:\n    def f(self):\n        pass\n'
    )
    assert sorted(bodies(file).values()) == [1, 41]


HEAVY = ("torch", "jax")
"""Frameworks, which one wing alone imports; import-linter knows only those that are imported somewhere."""


def importers(root: Path) -> dict[str, str]:
    """The files of a package outside of its frameworks that import one, wherever in the file."""
    return {
        path.relative_to(root).as_posix(): name
        for path in sorted(root.rglob("*.py"))
        if path.relative_to(root).parts[0] != "frameworks"
        for name in imported(path)
        if name.split(".")[0] in HEAVY
    }


def test_only_frameworks_imports_a_framework():
    """Neither torch nor jax is imported anywhere else, not even within a function."""
    assert importers(ROOT / "symgrad") == {}


@pytest.mark.parametrize("planted", ["import torch", "def f():\n    from torch.nn import Linear", "import jax.numpy as jnp"])
def test_a_framework_that_is_imported_elsewhere_is_found(planted, tmp_path):
    """The test before this one can fail: an import that is planted in another wing is named."""
    for wing, text in (("frameworks", planted), ("truth", planted), ("basics", "import numpy")):
        (tmp_path / wing).mkdir()
        (tmp_path / wing / "new.py").write_text(text)
    assert list(importers(tmp_path)) == ["truth/new.py"]


def test_the_contract_on_torch_finds_a_planted_import(tmp_path):
    """import-linter, with the contracts as they stand, breaks where a wing imports torch."""
    pytest.importorskip("importlinter", reason="comes with the extra dev; CI runs this test with it")
    shutil.copytree(ROOT / "symgrad", tmp_path / "symgrad", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "symgrad" / "truth" / "convex_hull.py"
    planted.write_text(planted.read_text(encoding="utf-8") + "\nimport torch\n", encoding="utf-8")
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "symgrad.truth.convex_hull -> torch" in done.stdout
