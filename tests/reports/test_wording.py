"""Messages as data, and their words: every code has words once, and every word is said by somebody."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from symgrad.basics.messages import Message, message
from symgrad.reports.wording.english import TABLES

ROOT = Path(__file__).parents[2] / "symgrad"


def codes() -> set[str]:
    """Every code that the package makes a message of: literal first arguments of message(…), and of what chooses among some."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("message", "Message") and node.args:
                found |= set(_literal(node.args[0]))
    return found


def _literal(code: ast.expr) -> list[str]:
    """The codes that an expression may be, where it is a literal, or chooses between some."""
    if isinstance(code, ast.IfExp):
        return [*_literal(code.body), *_literal(code.orelse)]
    return [code.value] if isinstance(code, ast.Constant) and isinstance(code.value, str) else []


def test_every_code_has_words_in_one_table():
    """A code without words would be shown as it is; one with two would be said in two ways."""
    counted = Counter(code for table in TABLES for code in table)
    assert [code for code, count in counted.items() if count > 1] == []
    assert sorted(codes() - set(counted)) == []


def test_words_are_said_by_somebody():
    """No sentence outlives what it was made for."""
    said = codes()
    text = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.rglob("*.py") if "wording/english" not in p.as_posix())
    assert [code for table in TABLES for code in table if code not in said and f'"{code}"' not in text] == []


@pytest.mark.parametrize(
    "given",
    [
        message("found", value=message("a_thing", type="list")),
        message("names", names=["a", "b"]),
        Message("verbatim", {"text": "x"}),
    ],
    ids=lambda m: m.code,
)
def test_a_message_survives_json(given):
    """What workers send and journals keep is the message itself."""
    again = Message.of(given.plain())
    assert (str(again), again.plain()) == (str(given), given.plain())
