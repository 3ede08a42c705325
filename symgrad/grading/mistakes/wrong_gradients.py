"""The wrong gradients of an exercise, computed once: every slip of the catalogue, and pairs of slips."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message, message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.tape import Pass
from symgrad.grading.mistakes.catalogue import CATALOGUE, Material, Slip

POINTS = 8
"""Points at which wrong gradients are computed."""
PLACES = 32
"""Values of one point that a signature is made of, at most."""
MOST_PAIRS = 2_500
MOST_BYTES = 24_000_000
"""What the pairs of an exercise may take up."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong gradient: the tags of what leads to it and what is said of that, its shape, and its signature."""

    tags: tuple[str, ...]
    message: Message
    shape: tuple[int, int]
    signature: Values


@dataclass(frozen=True)
class WrongGradients:
    """An exercise's wrong gradients at its generic points, or at the points that numbers belong to."""

    key: Key
    given: bool = False

    @cached_property
    def material(self) -> Material:
        """Values and adjoints at the points."""
        done = self.key.worked_given if self.given else few(self.key.worked)
        return Material(self.key, done.values, done)

    @cached_property
    def by_name(self) -> dict[str, list[Wrong]]:
        """Every wrong gradient by the name of what is asked."""
        found: dict[str, list[Wrong]] = {name: [] for name in self.key.asked}
        seen: set[tuple[Any, ...]] = set()
        with np.errstate(all="ignore"):
            for tags, slip in self._slips():
                for name, values in slip.results().items():
                    wrong = self._wrong(tags, slip.message, name, values)
                    if wrong is not None and not self._told(wrong, name, seen):
                        found[name].append(wrong)
        return found

    def _told(self, wrong: Wrong, name: str, seen: set[tuple[Any, ...]]) -> bool:
        """Whether the same wrong gradient was found before, of the same mistake or, if this takes two, of a single one."""
        values = (name, wrong.shape, wrong.signature.astype(np.float32).tobytes())
        single = len(wrong.tags) == 1
        known = (values, wrong.tags) in seen or (not single and values in seen)
        seen.update([(values, wrong.tags), *([values] if single else [])])
        return known

    def _slips(self) -> Iterator[tuple[tuple[str, ...], Slip]]:
        able: list[tuple[str, Slip]] = []
        for item in CATALOGUE.values():
            for slip in item.slips(self.material):
                yield (item.tag,), slip
                if slip.changes:
                    able.append((item.tag, slip))
        size = sum(8 * len(sampled(truth)) for truth in self.material.truths.values())
        budget = min(MOST_PAIRS, MOST_BYTES // size)
        for (tag, slip), (other_tag, other) in combinations(able, 2):
            if budget and not set(slip.changes) & set(other.changes):
                budget -= 1
                changes = {**slip.changes, **other.changes}
                both = message("and_also", first=slip.message, then=other.message)
                yield (tag, other_tag), self.material.slip(both, changes)

    def _wrong(self, tags: tuple[str, ...], said: Message, name: str, values: Values) -> Wrong | None:
        """A wrong gradient; None where it is the right one."""
        truth = self.material.truths[name]
        rows, columns = values.shape[-2:]
        kept = np.asarray(values, dtype=np.float64)
        if len(kept) != len(truth):
            kept = np.broadcast_to(kept, (len(truth), rows, columns))
        signature = sampled(kept)
        if (rows, columns) == truth.shape[-2:] and _same(signature, sampled(truth)):
            return None
        return Wrong(tags, said, (rows, columns), signature)


def few(done: Pass) -> Pass:
    """A pass at the first of its points."""
    return Pass(*({k: v[:POINTS] if np.ndim(v) == 3 else v for k, v in part.items()} for part in (done.values, done.adjoints)))


def places(points: int, rows: int, columns: int) -> Values:
    """Which values of flattened arrays a signature is made of: all, or evenly spread ones."""
    count = points * rows * columns
    return np.arange(count) if count <= PLACES * points else np.unique(np.linspace(0, count - 1, PLACES * points).astype(int))


def sampled(values: Values) -> Values:
    """The signature of values, (points, rows, columns)."""
    return values.reshape(-1)[places(*values.shape)]


def _same(a: Values, b: Values) -> bool:
    size = np.maximum(np.abs(a), np.abs(b))
    return bool(np.all(np.abs(a - b) <= 1e-9 * size + 1e-12 * size.max(initial=0.0)))
