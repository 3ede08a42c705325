"""What was handed in, read: a text, a list of texts, a number; out comes a term, or nothing where nothing stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from symgrad.basics.errors import StudentError
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target import Target
from symgrad.grading.answer_key.target_names import target_of
from symgrad.grading.language import algebra
from symgrad.grading.language.characters import checked
from symgrad.grading.language.grammar import read_text
from symgrad.grading.language.terms import NAMED, Term, leaves

MOST_CELLS = 4_096
SHOWN = 20_000
"""Characters of an answer that reports repeat."""


def read_content(content: Any, key: Key, target: Target | None = None) -> Term | None:
    """The term that was handed in; None where nothing was. Raises StudentError."""
    if content is None or (isinstance(content, str) and not content.strip()):
        return None
    term = _read(content, key, target)
    if target is not None:
        for leaf in leaves(term):
            if leaf.head == "adjoint" and leaf.value == target.step:
                raise StudentError(f"the answer for {target} can't use {target} itself", leaf.start, leaf.end)
            if leaf.head == "adjoint" and target.step is not None and leaf.value not in key.nearer(target.step):
                nearer = ", ".join(f"dL/d{step}" for step in key.nearer(target.step)) or "there are none"
                said = f"dL/d{leaf.value} doesn't come before {target}; an adjoint rests on those nearer to the loss ({nearer})"
                raise StudentError(said, leaf.start, leaf.end)
    return term


def _read(content: Any, key: Key, target: Target | None) -> Term:
    if isinstance(content, bool):
        raise StudentError("an answer is a text, a number or a list of them, found a truth value")
    if isinstance(content, (int, float)):
        return read_text(_digits(content), key.vocabulary)
    if isinstance(content, str):
        return _expression(content, key, target)
    if isinstance(content, list):
        return _matrix(content, key)
    what = "an object" if isinstance(content, dict) else type(content).__name__
    raise StudentError(f"an answer is a text, a number or a list of them, found {what}")


def _digits(number: float) -> str:
    if isinstance(number, int) and number.bit_length() > 4096:
        raise StudentError("a number with more than a thousand digits")
    return repr(number)


def _expression(text: str, key: Key, target: Target | None) -> Term:
    """A text, after a left side that names the answer."""
    place = _equals(text)
    if place is None:
        return read_text(text, key.vocabulary)
    if _equals(text, place + 1) is not None:
        second = _equals(text, place + 1) or 0
        raise StudentError("a second `=`; one is read, after what names the answer", second, second + 1, text=text)
    left = text[:place]
    try:
        checked(left)
    except StudentError as error:
        raise error.within(text) from None
    accepted = f"such as {target} =" if target is not None else "such as dL/dw1 ="
    try:
        named = target_of(left, key)
    except StudentError:
        raise StudentError(f"left of `=` stands what names the answer, {accepted}", 0, max(place, 1), text=text) from None
    if target is not None and named != target:
        raise StudentError(f"the left side names {named}, but this is handed in for {target}", 0, place, text=text)
    right = " " * (place + 1) + text[place + 1 :]
    if not right.strip():
        raise StudentError("nothing stands after `=`", place, place + 1, text=text)
    try:
        return read_text(right, key.vocabulary)
    except StudentError as error:
        raise StudentError(error.found, error.start, error.end, text=text) from None


def _equals(text: str, start: int = 0) -> int | None:
    """The place of an `=` outside of brackets that is no part of a comparison."""
    depth = 0
    for place, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "=" and depth == 0 and place >= start and not _compares(text, place):
            return place
    return None


def _compares(text: str, place: int) -> bool:
    """Whether an `=` is a part of ==, <=, >= or !=."""
    return text[place + 1 : place + 2] == "=" or text[max(place - 1, 0) : place] in ("=", "<", ">", "!")


def _matrix(content: Sequence[Any], key: Key) -> Term:
    """A list of cells as a column, a list of lists as a matrix."""
    nested = [isinstance(row, list) for row in content]
    if not content or any(n and not row for n, row in zip(nested, content, strict=True)):
        raise StudentError("an empty list")
    if any(nested) and not all(nested):
        raise StudentError("rows and single entries in one list; a matrix is a list of rows, a column a flat list")
    rows = [row if n else [row] for n, row in zip(nested, content, strict=True)]
    if sum(map(len, rows)) > MOST_CELLS:
        raise StudentError(f"a matrix of more than {MOST_CELLS} entries")
    if len({len(row) for row in rows}) > 1:
        raise StudentError(f"the rows of the matrix have different lengths ({', '.join(str(len(row)) for row in rows[:8])})")
    return algebra.block([[_cell(cell, i, j, key) for j, cell in enumerate(row)] for i, row in enumerate(rows)], 0, 0)


def _cell(cell: Any, i: int, j: int, key: Key) -> Term:
    where = f"entry [{i + 1},{j + 1}]"
    if isinstance(cell, list):
        raise StudentError(f"{where}: lists nested more than two deep; a matrix is a list of rows")
    try:
        term = None if cell is None else read_content(cell, key)
        if term is None:
            raise StudentError("nothing stands here")
        if not term.is_scalar:
            raise StudentError(f"an entry of a matrix is a scalar, found {term.shape[0]}×{term.shape[1]}")
    except StudentError as error:
        raise StudentError(f"{where}: {error.found}", error.start, error.end, text=error.text) from None
    return term


def mentions(term: Term) -> set[str]:
    """The steps whose adjoints a term mentions."""
    return {leaf.value for leaf in leaves(term) if leaf.head == "adjoint"}


def is_number(term: Term) -> bool:
    """Whether a term mentions no name of the exercise, so that it is a number or a matrix of them."""
    return all(leaf.head not in NAMED for leaf in leaves(term))


def shown(content: Any) -> str:
    """What was handed in as text, for reports."""
    if content is None:
        return ""
    if isinstance(content, str):
        text = str(content)
    else:
        try:
            text = json.dumps(content, ensure_ascii=False)
        except (ValueError, TypeError, RecursionError):
            text = f"a {type(content).__name__}"
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
