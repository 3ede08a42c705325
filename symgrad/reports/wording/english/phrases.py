"""Turns of phrase that many sentences share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

VOWELS = tuple("aeiou")


class Named(str):
    """Words that begin with a name, or with a formula, which keeps its case where a sentence begins with it."""

    __slots__ = ()


def led(first: str, rest: str) -> str:
    """Words with others behind them, which begin with a name where the first ones do.

    >>> begun(led(Named("w"), " is missing")), begun(led("the factor", " is missing"))
    ('w is missing', 'The factor is missing')
    """
    return type(first)(first + rest)


def begun(words: str) -> str:
    """Words at the beginning of a sentence: with a capital letter, unless they begin with a name.

    >>> begun("the sign is wrong"), begun(Named("w is missing"))
    ('The sign is wrong', 'w is missing')
    """
    return str(words) if isinstance(words, Named) else words[:1].upper() + words[1:]


def hinted(name: str | None) -> str:
    """The name that may have been meant, or nothing.

    >>> hinted("w2"), hinted(None)
    ("; did you mean 'w2'?", '')
    """
    return f"; did you mean '{name}'?" if name else ""


def listed(names: Iterable[Any]) -> str:
    """Names with commas between them."""
    return ", ".join(map(str, names))


def sized(shape: Iterable[int]) -> str:
    """A shape.

    >>> sized((2, 3))
    '2×3'
    """
    return "×".join(map(str, shape))


def matrix(shape: Iterable[int]) -> str:
    """A shape as a student reads it.

    >>> matrix((2, 3)), matrix((1, 1))
    ('2×3', 'a scalar')
    """
    return sized(shape) if tuple(shape) != (1, 1) else "a scalar"


def a(name: str) -> str:
    """A noun with its article.

    >>> a("list"), a("int")
    ('a list', 'an int')
    """
    return f"{'an' if name.lower().startswith(VOWELS) else 'a'} {name}"


def several(count: int, noun: str, nouns: str = "") -> str:
    """So many of something.

    >>> several(1, "point"), several(2, "point"), several(2, "entry", "entries")
    ('1 point', '2 points', '2 entries')
    """
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def controls(planted: int, caught: int, uncatchable: int) -> str:
    """How many errors were planted, and what became of them."""
    return f"{planted} planted, {caught} caught" + (f", {uncatchable} couldn't be" if uncatchable else "")
