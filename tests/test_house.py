"""The house: ten rows of wings, each of which says what it must never know, and doesn't know it."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
WINGS = [name.strip().removeprefix("symgrad.") for row in LAYERS for name in row.split("|")]


def test_every_module_stands_in_a_wing():
    """No module escapes the contract that import-linter enforces; at the root stands only the door itself."""
    found = {path.stem for path in (ROOT / "symgrad").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found - {"__init__", "__main__"} == set(WINGS)
