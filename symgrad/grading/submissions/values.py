"""Text of TOML or JSON in, plain values out: numbers keep their digits as `Figure`, text can be encoded, nesting is bounded.

What the values mean is left to `folder` and `rows`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from symgrad.authoring.field_checks import LONGEST, kind
from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.submissions.decoding import encodable
from symgrad.grading.submissions.written_number import Figure

DEEPEST = 100
"""Levels of nesting; an answer is a matrix at most, and what is nested further breaks whatever walks it."""
TOO_DEEP = message("nested_too_deeply", most=DEEPEST)
KEY_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
LONG_KEY = re.compile(f"(?:{KEY_PART}){{{DEEPEST}}}", re.ASCII)
"""A dotted key of too many parts, on which tomllib spends time squared."""
MOST_DIGITS = 4300
"""Of more Python refuses to make an int (sys.int_info.default_max_str_digits)."""
LONG_WHOLE = re.compile(rf"(?<![\d_])\d[\d_]{{{MOST_DIGITS},}}+")
PLACED = re.compile(r"(.*) \((?:at line (\d+), column (\d+)|at end of document)\)", re.DOTALL)
"""How tomllib says where something is; as numbers it has it from Python 3.14 on alone."""


class NotValid(StudentError):
    """A text that isn't what it is called; `line` and `column` count from 1, and are 0 where nobody knows them."""

    def __init__(self, what: Message, line: int = 0, column: int = 0) -> None:
        super().__init__(what)
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Parsed:
    """A value, and the keys of which one object held several."""

    value: Any
    repeated: tuple[str, ...] = ()


def parse_toml(text: str) -> Parsed:
    """The table of a TOML text. Raises NotValid."""
    long_key = LONG_KEY.search(text)
    if long_key:
        raise NotValid(message("key_of_too_many_parts", most=DEEPEST), *_position(text, long_key.start()))
    try:
        return Parsed(_plain(tomllib.loads(text, parse_float=Figure)))
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), text) from None
    except RecursionError:
        raise NotValid(TOO_DEEP) from None
    except ValueError:
        found = LONG_WHOLE.search(text)
        place = _position(text, found.start()) if found else (0, 0)
        raise NotValid(message("whole_number_too_long", most=MOST_DIGITS), *place) from None


def _not_toml(said: str, text: str) -> NotValid:
    placed = PLACED.fullmatch(said)
    line, column = (int(placed[2]), int(placed[3])) if placed and placed[2] else _position(text, len(text))
    return NotValid(message("not_valid_toml", said=placed[1] if placed else said), line, column)


def parse_json(text: str) -> Parsed:
    """The value of a JSON text; of keys that repeat, the last one counts. Raises NotValid."""
    repeated: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            repeated.extend(encodable(key) for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return made

    decoder = json.JSONDecoder(object_pairs_hook=table, parse_float=Figure, parse_int=Figure, parse_constant=Figure)
    try:
        return Parsed(_plain(decoder.decode(text)), tuple(dict.fromkeys(repeated)))
    except json.JSONDecodeError as error:
        raise NotValid(message("not_valid_json", said=error.msg), error.lineno, error.colno) from None
    except RecursionError:
        raise NotValid(TOO_DEEP) from None


def _plain(value: Any, depth: int = 0) -> Any:
    """The value with text that can be encoded and with figures for whole numbers. Raises NotValid where it is too deep."""
    if isinstance(value, Figure):
        return value
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Figure(value)
    if not isinstance(value, (list, dict)):
        return value
    if depth >= DEEPEST:
        raise NotValid(TOO_DEEP)
    if isinstance(value, list):
        return [_plain(entry, depth + 1) for entry in value]
    return {encodable(key): _plain(entry, depth + 1) for key, entry in value.items()}


def _position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def described(value: Any) -> Message:
    """What a value is, for words that fit TOML and JSON.

    >>> print(described(Figure("1.50")), described({}), described("a"), described(None), sep=", ")
    the number 1.50, a table, the string 'a', null
    """
    if isinstance(value, Figure):
        return message("the_number", digits=str(value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"))
    if value is None:
        return message("null")
    if isinstance(value, bool):
        return message("truth_value", value=value)
    return message("a_table") if isinstance(value, dict) else kind(value)
