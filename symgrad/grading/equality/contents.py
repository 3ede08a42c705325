"""What was handed in, read: a text, a list of texts, a number; out comes a term, or nothing where nothing stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
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
                raise StudentError(message("answer_uses_itself", target=str(target)), leaf.start, leaf.end)
            if leaf.head == "adjoint" and target.step is not None and leaf.value not in key.nearer(target.step):
                nearer = tuple(key.nearer(target.step))
                said = message("adjoint_not_nearer", step=leaf.value, target=str(target), nearer=nearer)
                raise StudentError(said, leaf.start, leaf.end)
    return term


def _read(content: Any, key: Key, target: Target | None) -> Term:
    if isinstance(content, bool):
        raise StudentError(message("no_answer", type="bool"))
    if isinstance(content, (int, float)):
        return read_text(_digits(content), key.vocabulary)
    if isinstance(content, str):
        return _expression(content, key, target)
    if isinstance(content, list):
        return _matrix(content, key)
    raise StudentError(message("no_answer", type="dict" if isinstance(content, dict) else type(content).__name__))


def _digits(number: float) -> str:
    if isinstance(number, int) and number.bit_length() > 4096:
        raise StudentError(message("number_too_long"))
    return repr(number)


def _expression(text: str, key: Key, target: Target | None) -> Term:
    """A text, after a left side that names the answer."""
    place = _equals(text)
    if place is None:
        return read_text(text, key.vocabulary)
    if _equals(text, place + 1) is not None:
        second = _equals(text, place + 1) or 0
        raise StudentError(message("second_equals"), second, second + 1, text=text)
    left = text[:place]
    try:
        checked(left)
    except StudentError as error:
        raise error.within(text) from None
    wanted = None if target is None else str(target)
    try:
        named = target_of(left, key)
    except StudentError:
        raise StudentError(message("left_names_nothing", target=wanted), 0, max(place, 1), text=text) from None
    if target is not None and named != target:
        raise StudentError(message("left_names_another", named=str(named), target=wanted), 0, place, text=text)
    right = " " * (place + 1) + text[place + 1 :]
    if not right.strip():
        raise StudentError(message("nothing_after_equals"), place, place + 1, text=text)
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
        raise StudentError(message("empty_list"))
    if any(nested) and not all(nested):
        raise StudentError(message("rows_and_entries"))
    rows = [row if n else [row] for n, row in zip(nested, content, strict=True)]
    if sum(map(len, rows)) > MOST_CELLS:
        raise StudentError(message("matrix_too_large", most=MOST_CELLS))
    if len({len(row) for row in rows}) > 1:
        raise StudentError(message("rows_of_lengths", lengths=tuple(len(row) for row in rows[:8])))
    return algebra.block([[_cell(cell, i, j, key) for j, cell in enumerate(row)] for i, row in enumerate(rows)], 0, 0)


def _cell(cell: Any, i: int, j: int, key: Key) -> Term:
    try:
        if isinstance(cell, list):
            raise StudentError(message("nested_too_deep"))
        term = None if cell is None else read_content(cell, key)
        if term is None:
            raise StudentError(message("nothing_stands_here"))
        if not term.is_scalar:
            raise StudentError(message("entry_no_scalar", shape=term.shape))
    except StudentError as error:
        found = message("in_entry", row=i + 1, column=j + 1, found=error.found)
        raise StudentError(found, error.start, error.end, text=error.text) from None
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
