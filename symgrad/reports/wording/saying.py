"""Messages and errors in, words out: the one place where what is found as data becomes a sentence."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from symgrad.basics.errors import SymgradError
from symgrad.basics.messages import Message
from symgrad.reports.wording.brought import brought
from symgrad.reports.wording.english import ENGLISH
from symgrad.reports.wording.language import Language

_LANGUAGE: ContextVar[Language] = ContextVar("language", default=ENGLISH)


@contextlib.contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Within, everything is said in a language."""
    token = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def say(told: Message | SymgradError) -> str:
    """A message, or an error, in words."""
    if isinstance(told, Message):
        return _said(told)
    return _said(told.message)


def _said(told: Message) -> str:
    words = _LANGUAGE.get().words.get(told.code, ENGLISH.words.get(told.code)) or brought(told.code)  # a language may lack some
    if words is None:  # of somebody's own row, mistake or format, which brought no words
        return f"{told.code} {dict(told.values)}" if told.values else told.code
    values = {name: _worded(value) for name, value in told.values.items()}
    return words.format(**values) if isinstance(words, str) else words(**values)


def _worded(value: Any) -> Any:
    """A value with every message within it in words."""
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, Mapping):
        return {name: _worded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_worded(each) for each in value)
    return value
