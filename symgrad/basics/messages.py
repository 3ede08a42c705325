"""Messages as data: what is found carries a code and its values; the words for it are made in one wing, and in any language.

A message lies below that wing, so it asks for its words where they are public: at the root of the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import symgrad

VERBATIM = "verbatim"
"""The code of a text that came from outside, and stands as it is."""


@dataclass(frozen=True)
class Message:
    """Something to be said: a code, and the values that its words need. ``str(message)`` are the words.

    Values are numbers, texts, lists and mappings of them, and messages within the message; never a sentence.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, repr(self.values)))

    def __str__(self) -> str:
        return symgrad.say(self)

    def plain(self) -> dict[str, Any]:
        """As JSON has it: ``{"code": …, "values": {…}}``, messages within it alike."""
        return {"code": self.code, "values": {name: _plain(value) for name, value in self.values.items()}}

    @classmethod
    def of(cls, plain: Any) -> Message:
        """From JSON."""
        return cls(plain["code"], {name: _read(value) for name, value in plain["values"].items()})


def message(code: str, /, **values: Any) -> Message:
    """A message of a code with its values by name."""
    return Message(code, values)


def verbatim(text: str | Message) -> Message:
    """A text from outside as a message; a message as it is."""
    return text if isinstance(text, Message) else Message(VERBATIM, {"text": text})


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.plain()
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        nested = value.keys() == {"code", "values"}
        return Message.of(value) if nested else {name: _read(each) for name, each in value.items()}
    return [_read(each) for each in value] if isinstance(value, list) else value
