"""Counts of answers, and the tables made of them. Decides nothing and runs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from tabulate import tabulate

from trials.checkers import Answer
from trials.mutants import KINDS

RIGHT = "right"


@dataclass
class Tally:
    """How often each checker gave which answer, by dtype, unit and kind of case (right, or a kind of mutant).

    Of a mutant `explained` says that rounding explains the difference: it's counted apart, for every checker alike.
    """

    answers: Counter[tuple[str, str, str, str, Answer]] = field(default_factory=Counter)
    explained: Counter[tuple[str, str, str, str, Answer]] = field(default_factory=Counter)
    allowed: dict[str, list[float]] = field(default_factory=dict)
    """By format what symgrad allows an entry of a gradient, as a share of it, of formulas as they are written."""

    overflowing: Counter[str] = field(default_factory=Counter)
    """By format the right programs whose values or gradients aren't finite there, which are no right programs of it."""

    def add(self, checker: str, dtype: str, scale: str, kind: str, answer: Answer, explained: bool = False) -> None:
        """Counts one answer."""
        (self.explained if explained else self.answers)[checker, dtype, scale, kind, answer] += 1

    def update(self, other: Tally) -> None:
        """Adds the counts of another tally."""
        self.answers.update(other.answers)
        self.explained.update(other.explained)
        self.overflowing.update(other.overflowing)
        for dtype, shares in other.allowed.items():
            self.allowed.setdefault(dtype, []).extend(shares)

    def count(self, kinds: Iterable[str], answers: Iterable[Answer] = tuple(Answer), **chosen: str | None) -> int:
        """How many answers there are on cases of these kinds; `checker`, `dtype`, `scale` narrow it down."""
        return _chosen(self.answers, set(kinds), set(answers), **chosen)

    def within_rounding(self, kinds: Iterable[str], **chosen: str | None) -> int:
        """How many mutants of these kinds rounding explains."""
        return _chosen(self.explained, set(kinds), set(Answer), **chosen)

    def false_failures(self, **chosen: str | None) -> int:
        """Right gradients that were rejected."""
        return self.count([RIGHT], [Answer.FAIL], **chosen)

    def false_passes(self, kinds: Iterable[str] = KINDS, **chosen: str | None) -> int:
        """Wrong gradients that passed, those that rounding explains left out."""
        return self.count(kinds, [Answer.PASS], **chosen)

    def undecided(self, **chosen: str | None) -> int:
        """Cases without a verdict, right or wrong."""
        return self.count([RIGHT, *KINDS], [Answer.OPEN], **chosen)

    def values(self, place: int) -> list[str]:
        """The checkers (0), dtypes (1) or units (2) that were counted, in the order in which they came."""
        return list(dict.fromkeys(key[place] for key in self.answers))


def _chosen(
    counter: Counter[tuple[str, str, str, str, Answer]],
    kinds: set[str],
    answers: set[Answer],
    checker: str | None = None,
    dtype: str | None = None,
    scale: str | None = None,
) -> int:
    def fits(key: tuple[str, str, str, str, Answer]) -> bool:
        narrowed = all(wanted in (None, found) for wanted, found in zip((checker, dtype, scale), key, strict=False))
        return narrowed and key[3] in kinds and key[4] in answers

    return sum(count for key, count in counter.items() if fits(key))


def main_table(tally: Tally) -> str:
    """False failures and false passes by checker, dtype and unit."""
    headers = ["checker", "dtype", "unit", "right", "false failures", "wrong", "false passes", "undecided", "within rounding"]
    rows = []
    for checker in tally.values(0):
        for dtype in tally.values(1):
            for scale in [*tally.values(2), None]:
                rows.append([checker, dtype, scale or "all", *_figures(tally, checker, dtype, scale)])
    return _table(rows, headers, left=3)


def _figures(tally: Tally, checker: str, dtype: str, scale: str | None) -> list[str]:
    chosen = {"checker": checker, "dtype": dtype, "scale": scale}
    right, wrong = tally.count([RIGHT], **chosen), tally.count(KINDS, **chosen)
    return [
        f"{right:,}",
        share(tally.false_failures(**chosen), right),
        f"{wrong:,}",
        share(tally.false_passes(**chosen), wrong),
        share(tally.undecided(**chosen), right + wrong),
        f"{tally.within_rounding(KINDS, **chosen):,}",
    ]


def kinds_table(tally: Tally, dtype: str) -> str:
    """False passes by kind of mutant and checker, over all units."""
    checkers = tally.values(0)
    rows = []
    for kind in KINDS:
        counts = [tally.count([kind], checker=checker, dtype=dtype) for checker in checkers]
        passed = [tally.false_passes([kind], checker=checker, dtype=dtype) for checker in checkers]
        within = tally.within_rounding([kind], checker=checkers[0], dtype=dtype)
        shares = [share(p, c) for p, c in zip(passed, counts, strict=True)]
        rows.append([kind, f"{counts[0]:,}", *shares, f"{within:,}"])
    return _table(rows, ["error", "wrong", *checkers, "within rounding"], left=1)


def allowed_table(tally: Tally) -> str:
    """What is allowed over the gradient, by format: a half and nine tenths of entries have less, none more than the worst."""
    rows = []
    for dtype, shares in tally.allowed.items():
        middle, most = (float(np.quantile(shares, q)) for q in (0.5, 0.9))
        blind = sum(each >= 1 for each in shares)
        figures = (f"{figure:.1e}" for figure in (middle, most, max(shares)))
        rows.append([dtype, f"{len(shares):,}", *figures, share(blind, len(shares))])
    return _table(rows, ["dtype", "entries", "median", "90 %", "worst", "nothing tested"], left=1)


def share(part: int, whole: int) -> str:
    """A count with its percentage; 0 stays alone.

    >>> share(3, 2000), share(199, 200), share(0, 7)
    ('3 (0.15 %)', '199 (99.5 %)', '0')
    """
    percent = 100 * part / whole if whole else 0.0
    return f"{part:,} ({percent:.{1 if percent >= 1 else 2}f} %)" if part else "0"


def _table(rows: Sequence[Sequence[str]], headers: Sequence[str], left: int) -> str:
    aligned = ["left"] * left + ["right"] * (len(headers) - left)
    make: Callable[..., str] = tabulate
    return make(rows, headers=headers, tablefmt="github", disable_numparse=True, colalign=aligned)
