"""Words that rows from elsewhere bring along for their own messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from symgrad.basics.errors import UserError


def brought(code: str) -> str | Callable[..., str] | None:
    """The words of a code that a mistake of the catalogue brought with it; None where none did."""
    catalogue = import_module("symgrad.grading.mistakes.catalogue").CATALOGUE
    for tag in catalogue:
        try:
            words: Mapping[str, str | Callable[..., str]] = catalogue[tag].words
        except UserError:  # a faulty one is told to whoever asks for it
            continue
        if code in words:
            return words[code]
    return None
