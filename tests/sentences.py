"""Finds sentences that are built outside of the wing that words things: ``python tests/sentences.py symgrad/authoring``."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent / "symgrad"
WORDED = ("reports/wording/", "cli/")
"""Where sentences are made."""
SENTENCE = re.compile(r"[A-Za-z’']{2,},? (\{\}|'\{\}'|[a-z]{2,})")
"""A word of text followed by another, or by a value."""


def sentences(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, the name of what it stands in, and text of every string that reads like a sentence; docstrings are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _within(tree, "")


def _within(node: ast.AST, name: str) -> Iterator[tuple[int, str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        if isinstance(child, (ast.Assert, ast.Compare)):
            continue
        inner = name
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            inner = f"{name}.{child.name}".lstrip(".")
            if child.name in ("__repr__",):
                continue
        elif isinstance(child, (ast.Assign, ast.AnnAssign)) and not name:
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            inner = getattr(target, "id", "")
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr == "compile":
            continue  # a pattern
        text = _text(child)
        if text is not None:
            if SENTENCE.search(text):
                yield child.lineno, inner, text
            if isinstance(child, ast.JoinedStr):
                for part in child.values:
                    if isinstance(part, ast.FormattedValue):
                        yield from _within(part, inner)
            continue
        yield from _within(child, inner)


def _text(node: ast.AST) -> str | None:
    """The text of a string, with {} for every value in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def found(folder: Path = ROOT) -> Iterator[tuple[str, int, str, str]]:
    """Every sentence under a folder that stands where none should: file, line, what it stands in, text."""
    for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
        name = path.resolve().relative_to(ROOT.resolve()).as_posix()
        if not name.startswith(WORDED):
            yield from ((name, *each) for each in sentences(path))


if __name__ == "__main__":
    for file, line, name, text in found(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT):
        print(f"{file}:{line}: {name}: {text!r}")
