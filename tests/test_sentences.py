"""Sentences are made in one wing: outside of it, of `cli` and of docstrings, none is built; what is left is named here."""

from __future__ import annotations

import re
from pathlib import Path

from sentences import found, sentences

EXCEPTIONS = {
    r"operations/rows/\w+\.py": ".",  # what documentation prints of a row: formula, domain, convention at kinks
    r"operations/row\.py": r"^Operation$",  # the usual domain
    r"pytest_plugin/(options|__init__)\.py": ".",  # help that pytest prints: importing the words would cost its start
    r"derivation/.*\.py": r"_partial$|^LatexWriter\.|^TextWriter\.|_repr_latex_$",  # notation of formulas
    r"grading/language/writing\.py": r"^_Writer\.",  # notation of formulas
    r"grading/language/grammar\.py": r"^GRAMMAR$",  # of lark's
    r"grading/language/characters\.py": r"^LIKE_LATIN$",  # how Unicode calls letters
    r"reports/markup\.py": r"^(CELL|DEFINITIONS)$",  # styles
    r"reports/check/junit\.py": r"^document$",  # XML
    r"__init__\.py": r"^__getattr__$",  # what Python says of a name that isn't there
}
"""Files by pattern, and what in them may hold what reads like a sentence."""


def allowed(file: str, name: str) -> bool:
    return any(re.fullmatch(pattern, file) and re.search(inside, name) for pattern, inside in EXCEPTIONS.items())


def test_no_sentence_is_built_elsewhere():
    """Whoever wants to say something makes a message, and words for its code."""
    assert [f"{file}:{line}: {text}" for file, line, name, text in found() if not allowed(file, name)] == []


def test_every_exception_is_needed():
    """An exception whose reason is gone goes, too."""
    built = [(file, name) for file, _, name, _ in found()]
    assert [
        p for p, inside in EXCEPTIONS.items() if not any(re.fullmatch(p, f) and re.search(inside, n) for f, n in built)
    ] == []


def test_a_sentence_that_is_built_is_found(tmp_path: Path):
    """The walk sees literals and values alike; docstrings, patterns and codes are none of its business."""
    file = tmp_path / "planted.py"
    file.write_text(
        '"""A docstring of several words."""\nimport re\nPATTERN = re.compile("some words here")\n'
        'def f(name):\n    """Another docstring."""\n    return message("code_of_it", name=name), f"there is no {name} here"\n'
        'WORDS = {"a": "nothing was found"}\n'
    )
    assert [(line, text) for line, _, text in sentences(file)] == [(6, "there is no {} here"), (7, "nothing was found")]
