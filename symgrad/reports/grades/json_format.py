"""The grades as JSON, schema ``symgrad/grade/1``; `SCHEMA` is raised when a key changes its meaning.

An answer, a student and a problem are a line each, so that two files can be compared line by line. Scores are finite. What is
said stands there in words, and as data: by codes and values.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

from symgrad.basics.messages import Message
from symgrad.grading.course.gradebook import Gradebook, Graded
from symgrad.reports.grades import tally
from symgrad.reports.grades.marks import number

SCHEMA = "symgrad/grade/1"
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON may hold as it is, but a terminal, a reader or UTF-8 can't: controls, directions, lone surrogates."""


def render(gradebook: Gradebook) -> str:
    """The grades as JSON text."""
    answers = (_answer(answer) for answer in gradebook.answers)
    students = ({"student": t.student, **_marks(t.score, t.max_score)} for t in gradebook.students)
    problems = ({"place": p.place, "message": p.message, **data(p.found)} for p in gradebook.problems)
    lists = (array("answers", answers), array("students", students), array("problems", problems))
    return whole(_head(gradebook), lists)


def encoded(value: Any) -> str:
    r"""Plain data as JSON on one line, characters that can't be seen as escapes.

    >>> encoded("a\x9b")
    '"a\\u009b"'
    """
    return UNSEEN.sub(_escape, ENCODER.encode(value))


def data(message: Message) -> dict[str, Any]:
    """A message's code and values; numbers that JSON doesn't have as text."""
    plain: dict[str, Any] = _finite(message.plain())
    return plain


def array(key: str, items: Iterable[dict[str, Any]]) -> str:
    """A key of the outermost object with a list, an item a line."""
    lines = ",\n".join(f"    {encoded(item)}" for item in items)
    return f'"{key}": [\n{lines}\n  ]' if lines else f'"{key}": []'


def whole(head: dict[str, Any], arrays: Iterable[str]) -> str:
    """The outermost object: what stands on a line each, then the lists."""
    parts = [*(f'"{key}": {encoded(value)}' for key, value in head.items()), *arrays]
    return "{\n" + ",\n".join(f"  {part}" for part in parts) + "\n}\n"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _escape(match: re.Match[str]) -> str:
    """An escape, or the replacement character for half of a surrogate, which UTF-8 has no bytes for."""
    code = ord(match[0])
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"


def _head(gradebook: Gradebook) -> dict[str, Any]:
    summary: dict[str, Any] = {
        **tally.verdicts(gradebook.answers),
        "answers": len(gradebook.answers),
        "students": len(gradebook.students),
        **_marks(*tally.marks(gradebook.students)),
        "needs_person": sum(answer.needs_person for answer in gradebook.answers),
    }
    return {"schema": SCHEMA, "versions": dict(gradebook.versions), "seed": gradebook.seed, "summary": summary}


def _marks(score: float, max_score: float) -> dict[str, int | float]:
    return {"score": number(score), "max_score": number(max_score)}


def _answer(answer: Graded) -> dict[str, Any]:
    found: dict[str, Any] = {
        "student": answer.student,
        "exercise": answer.exercise,
        "name": answer.name,
        "verdict": answer.verdict,
        "tags": answer.tags,
        **_marks(answer.score, answer.max_score),
        "message": answer.message,
        "messages": [{**data(each), "text": str(each)} for each in answer.messages],
        "answer": answer.answer,
    }
    if answer.needs_person:
        found["needs_person"] = True
    if answer.failure is not None:
        found |= {"note": answer.note, "failure": data(answer.failure)}
    return found
