"""The house: every room has its place in the order of imports, and none is too large."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]


def test_every_module_stands_in_a_layer():
    """No module escapes the contract that import-linter enforces."""
    named = {name.strip().removeprefix("symgrad.") for layer in LAYERS for name in layer.split("|")}
    found = {path.stem for path in (ROOT / "symgrad").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - {"__init__"} == named


def test_rooms_are_small():
    """A module has at most 250 lines."""
    lengths = {str(path): len(path.read_text().splitlines()) for path in (ROOT / "symgrad").rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > 250} == {}
