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
from symgrad.grading.submissions.decoding import encodable
from symgrad.grading.submissions.written_number import Figure

DEEPEST = 100
"""Levels of nesting; an answer is a matrix at most, and what is nested further breaks whatever walks it."""
TOO_DEEP = f"nested too deeply; accepted: at most {DEEPEST} levels"
KEY_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
LONG_KEY = re.compile(f"(?:{KEY_PART}){{{DEEPEST}}}", re.ASCII)
"""A dotted key of too many parts, on which tomllib spends time squared."""
LONG_WHOLE = re.compile(r"(?<![\d_])\d[\d_]{4300,}+")
"""Digits that Python refuses to make an int of (sys.int_info.default_max_str_digits)."""


class NotValid(StudentError):
    """A text that isn't what it is called; `line` and `column` count from 1, and are 0 where nobody knows them."""

    def __init__(self, what: str, line: int = 0, column: int = 0) -> None:
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
        raise NotValid(f"a key of more than {DEEPEST} parts", *_position(text, long_key.start()))
    try:
        return Parsed(_plain(tomllib.loads(text, parse_float=Figure)))
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error), text) from None
    except RecursionError:
        raise NotValid(TOO_DEEP) from None
    except ValueError:
        found = LONG_WHOLE.search(text)
        place = _position(text, found.start()) if found else (0, 0)
        raise NotValid("a whole number of more than 4300 digits; write fewer, or put it in quotes", *place) from None


def _not_toml(message: str, text: str) -> NotValid:
    placed = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    if placed:
        return NotValid(f"not valid TOML: {_lowered(placed[1])}", int(placed[2]), int(placed[3]))
    return NotValid(f"not valid TOML: {_lowered(message.removesuffix(' (at end of document)'))}", *_position(text, len(text)))


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
        raise NotValid(
            f"not valid JSON: {_lowered(re.sub('( starting)? at$', '', error.msg))}", error.lineno, error.colno
        ) from None
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


def described(value: Any) -> str:
    """What a value is, in words that fit TOML and JSON.

    >>> described(Figure("1.50")), described({}), described("a"), described(None)
    ('the number 1.50', 'a table', "the string 'a'", 'null')
    """
    if isinstance(value, Figure):
        return f"the number {value if len(value) <= LONGEST else value[: LONGEST - 1] + '…'}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "a table" if isinstance(value, dict) else kind(value)


def _lowered(message: str) -> str:
    """A library's sentence as the end of one of ours; names of letters stay as they are."""
    return message[:1].lower() + message[1:]
