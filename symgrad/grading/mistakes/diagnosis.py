"""What went wrong: an answer's values beside those of an exercise's wrong gradients, looked up by signature.

An answer is explained by every wrong gradient that has its values, by a constant factor to the right one, by a constant
factor to a wrong one, by two slips together, and by other weights of the terms that the gradient is a sum of; what needs
fewer mistakes goes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message, message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target import Target
from symgrad.grading.mistakes.catalogue import CATALOGUE
from symgrad.grading.mistakes.wrong_gradients import Wrong, WrongGradients, places, sampled

CLOSE = 1e-7
NEGLIGIBLE = 1e-9
ORDER = {tag: place for place, tag in enumerate(CATALOGUE)}
TINY = 1e-100
BETWEEN = (2 / 3, 1.5, 0.4)
"""Factors that are neither whole nor one over a whole number and still common."""
BESIDE = (1.0, 2.0, 0.5, 4.0, 0.25)
"""Factors that are looked for beside another mistake, with either sign, and the number of samples."""
MOST_TOLD = 3


@dataclass(frozen=True)
class Explanation:
    """What may have led to an answer: how many mistakes it takes (from 0), their tags, and what is said of them."""

    mistakes: int
    tags: tuple[str, ...]
    message: Message
    whole: bool = False
    """Whether it speaks of the whole gradient, not of a part of the chain."""


@dataclass(frozen=True)
class Diagnosis:
    """What explains an answer: tags, best first, and what is said of each of the best explanations."""

    tags: tuple[str, ...] = ()
    explanations: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Signatures:
    """The wrong gradients of one target that have one shape; the right one stands first, where it has that shape."""

    values: Values
    wrong: tuple[Wrong | None, ...]
    places: Values
    """Indices into flattened arrays of points, rows and columns."""

    @cached_property
    def squares(self) -> Values:
        """The sum of squares of each signature."""
        with np.errstate(all="ignore"):
            return np.asarray(np.einsum("ij,ij->i", self.values, self.values))


@dataclass(frozen=True)
class Catalogue:
    """An exercise's wrong gradients, arranged for looking up."""

    key: Key
    given: bool = False

    @cached_property
    def wrong(self) -> WrongGradients:
        return WrongGradients(self.key, self.given)

    @cached_property
    def _signatures(self) -> dict[tuple[Target, tuple[int, int]], Signatures | None]:
        return {}

    def signatures(self, target: Target, shape: tuple[int, int]) -> Signatures | None:
        """The wrong gradients of a target that have a shape; of an entry, its part of them."""
        if (target, shape) not in self._signatures:
            entry = target.index is not None and shape == (1, 1)
            made = self._of_entry(target) if entry else self._of_whole(target, shape)
            self._signatures[target, shape] = made
        return self._signatures[target, shape]

    def _of_whole(self, target: Target, shape: tuple[int, int]) -> Signatures | None:
        truth = self.wrong.material.truths[target.name]
        listed: list[Wrong | None] = [w for w in self.wrong.by_name[target.name] if w.shape == shape]
        rows = [w.signature for w in listed if w is not None]
        if shape == target.shape:
            rows, listed = [sampled(truth), *rows], [None, *listed]
        return Signatures(np.array(rows), tuple(listed), places(len(truth), *shape)) if rows else None

    def _of_entry(self, target: Target) -> Signatures:
        assert target.index is not None  # of an entry
        truth = self.wrong.material.truths[target.name]
        row, column = target.index
        flat = np.ravel_multi_index((np.arange(len(truth)), row, column), truth.shape)
        kept = places(*truth.shape)
        chosen = np.isin(kept, flat)
        points = np.flatnonzero(np.isin(flat, kept))
        listed: list[Wrong | None] = [None]
        rows = [truth[points, row, column]]
        for i, j in np.ndindex(*target.shape):
            if (i, j) != target.index:
                tag = "transposed" if (j, i) == target.index else "other_gradient"
                said = message("entry_of_gradient", row=i + 1, column=j + 1)
                listed.append(Wrong((tag,), said, (1, 1), truth[points, i, j]))
                rows.append(truth[points, i, j])
        for wrong in self.wrong.by_name[target.name]:
            if wrong.shape == target.shape:
                listed.append(wrong)
                rows.append(wrong.signature[chosen])
        return Signatures(np.array(rows), tuple(listed), points)

    def explain(self, target: Target, values: Values) -> Diagnosis:
        """What explains the values of a wrong answer, (points, rows, columns), to a target."""
        known = self.signatures(target, (values.shape[-2], values.shape[-1]))
        if known is None or not len(known.places):
            return Diagnosis()
        values = values[: len(self.wrong.material.truths[target.name])]
        answer = values.reshape(-1)[known.places]
        if not np.isfinite(answer).all() or not answer.any():
            return Diagnosis()
        found = list(self.explanations(known, answer))
        if not found and known.wrong[0] is None:
            found = list(self._weighted(target, values))
        return ranked(found)

    def explanations(self, known: Signatures, answer: Values) -> Iterator[Explanation]:
        """What has the values of an answer, as it is or times a constant factor."""
        least = CLOSE * np.abs(answer) + NEGLIGIBLE * np.abs(answer).max()
        with np.errstate(all="ignore"):
            ratios = (known.values @ answer) / known.squares
            near = np.all(np.abs(ratios[:, None] * known.values - answer) <= least, axis=1)
        found = [(known.wrong[k], simple(float(ratios[k]))) for k in np.flatnonzero(near & np.isfinite(ratios))]
        single = [wrong for wrong, ratio in found if wrong is not None and ratio == 1 and len(wrong.tags) == 1]
        yield from (Explanation(0, each.tags, each.message) for each in single)
        beside = (*BESIDE, *self.wrong.material.averaged)
        for wrong, ratio in found:
            if wrong is None:
                yield from self.factors(ratio)
            elif not single and ratio == 1:
                yield Explanation(len(wrong.tags) - 1, wrong.tags, wrong.message)
            elif not single and abs(ratio) in beside and wrong.tags[0] not in ("factor", "sum_for_mean"):
                for each in self.factors(ratio):
                    said = message("and_also", first=wrong.message, then=each.message)
                    yield Explanation(len(wrong.tags), (*wrong.tags, *each.tags), said)

    def factors(self, ratio: float) -> Iterator[Explanation]:
        """What explains a constant factor."""
        for item in CATALOGUE.values():
            many = self.wrong.material.averaged if abs(ratio) > 1 else self.wrong.material.sizes
            said = item.explains(ratio, many)
            if said is not None:
                tags = (item.tag, *(("sign",) if ratio < 0 and item.tag != "sign" else ()))
                yield Explanation(0, tags, said, whole=True)

    def _weighted(self, target: Target, values: Values) -> Iterator[Explanation]:
        """The terms that the gradient is a sum of, with other weights than 1."""
        for names, terms in self._terms(target):
            basis = np.array([t.reshape(-1) for t in terms]).T
            answer = values.reshape(-1)
            weights = np.linalg.lstsq(basis, answer, rcond=None)[0]
            size = np.abs(answer).max()
            if not np.all(np.abs(basis @ weights - answer) <= CLOSE * np.abs(answer) + NEGLIGIBLE * size):
                continue
            wrong = [(n, simple(float(w))) for n, w in zip(names, weights, strict=True) if abs(w - 1) > CLOSE]
            if wrong and len(wrong) < len(names) and all(abs(w) > CLOSE for _, w in wrong):
                tags = dict.fromkeys(tag for _, w in wrong for each in self.factors(w) for tag in each.tags)
                yield Explanation(1, tuple(tags) or ("factor",), message("terms_weighted", terms=tuple(wrong)))

    def _terms(self, target: Target) -> list[tuple[list[Message], list[Values]]]:
        """The terms of a target's gradient at every symbol where several paths meet, with what they are called."""
        if target not in self._known_terms:
            material, found = self.wrong.material, []
            chain = material.chain
            for symbol, count in chain.uses.items():
                if 2 <= count <= 4:
                    into = [e for e in chain.tape.edges if chain.node(e).operands[e[1]] == symbol]
                    terms = [material.changed({o: lambda local: None for o in into if o != e})[target.name] for e in into]
                    found.append(([chain.text(chain.node(e).symbol) for e in into], [target.part(t) for t in terms]))
            self._known_terms[target] = found
        return self._known_terms[target]

    @cached_property
    def _known_terms(self) -> dict[Target, list[tuple[list[Message], list[Values]]]]:
        return {}


def ranked(found: Sequence[Explanation]) -> Diagnosis:
    """The explanations that need the fewest mistakes, the most telling first; one explanation a tag.

    Of one mistake the whole gradient is spoken of before a part of it, and what comes first in the catalogue of what is found
    goes first; of what is said alike, that which names the least.
    """
    if not found:
        return Diagnosis()
    least = min(each.mistakes for each in found)
    kinds = {code: place for place, code in enumerate(dict.fromkeys(each.message.code for each in found))}

    def rank(each: Explanation) -> Any:
        return [ORDER[tag] for tag in each.tags], not each.whole, kinds[each.message.code], named(each.message)

    listed = sorted((each for each in found if each.mistakes == least), key=rank)
    tags = dict.fromkeys(tag for each in listed for tag in each.tags)
    first = {each.tags[0]: each.message for each in reversed(listed)}
    return Diagnosis(tuple(tags), tuple(dict.fromkeys(first[each.tags[0]] for each in listed))[:MOST_TOLD])


def named(value: Any) -> int:
    """How much a message names: the characters of all its values."""
    if isinstance(value, Message):
        return sum(map(named, value.values.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(named, value))
    return len(value) if isinstance(value, str) else 0


def simple(ratio: float) -> float:
    """A fitted factor as the simple number that it is close to."""
    size = abs(ratio)
    for candidate in (float(round(size)), 1 / (round(1 / size) or 1) if size > TINY else 0.0, *BETWEEN):
        if candidate and abs(size - candidate) <= CLOSE * candidate:
            return candidate if ratio > 0 else -candidate
    return ratio


def told(diagnosis: Diagnosis) -> tuple[Message, ...]:
    """What is said of a diagnosis; several explanations are told as such."""
    return (message("explained", by=diagnosis.explanations),) if diagnosis.explanations else ()
