"""Runs of letters and digits: taken apart into the names of an exercise, or refused with what comes nearest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.language.characters import lookalike
from symgrad.grading.language.functions import FUNCTIONS, Function
from symgrad.grading.language.terms import Term
from symgrad.grading.language.vocabulary import Vocabulary

LONGEST_RUN = 64
"""Letters of a run that is still taken apart."""
REMEMBERED = 4096
Piece = tuple[str, Term | Function]


def pieces(run: str, called: bool, words: Vocabulary) -> tuple[tuple[str, Term | Function], ...]:
    """A run as names in order; the last one may be a function where it is `called` (a bracket follows, say).

    Raises StudentError, with places counted from the beginning of the run.
    """
    names = words.names
    function = FUNCTIONS.get(run)
    if run in names:
        if called and function is not None and names[run].head != "constant":
            raise StudentError(message("name_and_function", name=run), 0, len(run))
        return ((run, names[run]),)
    if function is not None:
        return ((run, function),)
    known = words.memory.get((run, called))
    if known is None:
        found = list(_splits(run, called, words)) if len(run) <= LONGEST_RUN else []
        if len(found) > 1:
            ways = tuple(tuple(text for text, _ in way) for way in found[:2])
            raise StudentError(message("run_in_two_ways", run=run, ways=ways), 0, len(run))
        if not found:
            raise _unknown(run, words)
        known = found[0]
        if len(words.memory) < REMEMBERED:
            words.memory[run, called] = known
    return known


def _splits(run: str, called: bool, words: Vocabulary) -> Iterator[tuple[Piece, ...]]:
    """Up to two ways in which a run falls into names, the longest first ones first."""
    names, count = words.names, len(run)
    can_end = [False] * count + [True]
    for start in reversed(range(count)):
        can_end[start] = any(can_end[end] and run[start:end] in names for end in range(start + 1, count + 1)) or (
            called and run[start:] in FUNCTIONS
        )
    found = 0

    def ways(start: int) -> Iterator[tuple[Piece, ...]]:
        if start == count:
            yield ()
            return
        for end in range(count, start, -1):
            text = run[start:end]
            if end == count and called and text in FUNCTIONS and text not in names:
                yield ((text, FUNCTIONS[text]),)
            elif can_end[end] and text in names:
                for rest in ways(end):
                    yield ((text, names[text]), *rest)

    for way in ways(0):
        if can_end[0]:
            yield way
            found += 1
        if found == 2:
            return


def _unknown(run: str, words: Vocabulary) -> StudentError:
    """What to say of a run that no names make up."""
    like = lookalike(run, words.characters)
    if like is not None:
        place, said = like
        return StudentError(said, place, place + 1)
    return StudentError(_unknown_name(run, words), 0, len(run))


def _unknown_name(run: str, words: Vocabulary) -> Message:
    """What a run may have been meant to be: a gradient, a product or a power, a name that is near, any name at all."""
    shown = run if len(run) <= 24 else run[:23] + "…"
    gradient = re.fullmatch(r"d(.+)", run)
    if gradient is not None and gradient[1] in words.shapes:
        return message("gradient_not_read", name=shown, steps=tuple(words.steps))
    times = re.fullmatch(r"(.*?[^\d_])_?(\d+)", run)
    numbered = times is not None and times[1] in words.names
    meant = _meant(run[:LONGEST_RUN], words, numbered=numbered)
    if meant:
        return message("not_in_exercise", name=shown, meant=meant)
    if times is not None and numbered:
        entries = not words.names[times[1]].is_scalar
        return message("numbered_not_in_exercise", name=shown, stem=times[1], digits=times[2], entries=entries)
    return message("no_name_like_it", name=shown, known=(*words.shapes, *words.steps))


def _meant(run: str, words: Vocabulary, *, numbered: bool) -> str:
    """The name that a misspelt one is nearest to: another number, the same letters in another order or case, a likeness.

    Of a known name with a number behind it (`numbered`) only another number is thought of.
    """
    own = sorted({*words.shapes, *words.steps, *(f"d{step}" for step in words.steps)})
    functions = sorted(f for f in FUNCTIONS if len(f) > 2 and f.islower() and f.isascii())
    other = another_number(run, own)
    if other or numbered:
        return other
    same = [name for name in (*own, *functions) if sorted(name.lower()) == sorted(run.lower())]
    close = difflib.get_close_matches(run, own, 1, 0.6) or difflib.get_close_matches(run.lower(), functions, 1, 0.75)
    return next(iter([*same, *close]), "")


def another_number(name: str, names: Iterable[str]) -> str:
    """The name that differs from one in its number alone, by the least; empty where there is none."""
    stem = name.rstrip("0123456789_")
    others = [each for each in names if each.rstrip("0123456789_") == stem != each and name != stem]
    return min(others, key=lambda each: (abs(_digits(each) - _digits(name)), each), default="")


def _digits(name: str) -> int:
    return int("".join(c for c in name if c.isdigit() and c.isascii())[:9] or 0)
