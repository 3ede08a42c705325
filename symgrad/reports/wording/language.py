"""The noun of a language: the words of every code. A sentence is a template, or a function of a message's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Words: TypeAlias = Mapping[str, str | Callable[..., str]]


@dataclass(frozen=True)
class Language:
    """A language by its code, and the words of every message's code."""

    name: str
    words: Words
