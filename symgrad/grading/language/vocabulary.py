"""What an answer to an exercise may mention: parameters, data, steps, adjoints of steps, constants; and how each is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from symgrad.authoring.exercise import Exercise
from symgrad.derivation.notation.letters import GREEK
from symgrad.grading.language.characters import SHORT_GREEK, SUBSCRIPTS
from symgrad.grading.language.terms import Term
from symgrad.graphs.from_sympy import steps_of
from symgrad.operations.shapes import SCALAR, Shape
from symgrad.operations.sympy_nodes import is_matrix

CONSTANTS = {"e": "e", "pi": "pi", "π": "pi"}
TRAILING = re.compile(r"(.*?)_?(\d+)")


@dataclass(frozen=True)
class Vocabulary:
    """The names of an exercise with their shapes, and which of them are matrices (a 1×1 matrix is one)."""

    shapes: Mapping[str, Shape]
    """Of parameters and data."""
    steps: Mapping[str, Shape]
    matrices: frozenset[str] = frozenset()
    memory: dict[tuple[str, bool], tuple[tuple[str, Any], ...]] = field(default_factory=dict, compare=False, repr=False)
    """Runs of letters that were taken apart before."""

    @cached_property
    def names(self) -> dict[str, Term]:
        """Every spelling of every name, as the term that it means."""
        own: dict[str, Term] = {}
        for name, shape in {**self.shapes, **self.steps}.items():
            own[name] = Term("name", value=name, shape=shape)
        adjoints = {f"d{name}": Term("adjoint", value=name, shape=shape) for name, shape in self.steps.items()}
        exact = {**{n: Term("constant", value=c) for n, c in CONSTANTS.items()}, **adjoints, **own}
        found: dict[str, Term] = {}
        twice = set()
        for name, term in exact.items():
            for spelling in _spellings(name):
                if found.setdefault(spelling, term) != term:
                    twice.add(spelling)
        return {spelling: term for spelling, term in found.items() if spelling not in twice} | exact

    @cached_property
    def adjoints(self) -> dict[str, Term]:
        """Every spelling of a step's name, as the term of its adjoint: what stands after ``dL/d``."""
        return {s[1:]: t for s, t in self.names.items() if t.head == "adjoint" and s.startswith("d")} | {
            spelling: Term("adjoint", value=t.value, shape=t.shape)
            for spelling, t in self.names.items()
            if t.head == "name" and t.value in self.steps
        }

    @cached_property
    def longest(self) -> int:
        """The length of the longest spelling."""
        return max(map(len, self.names))

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters that names are written with."""
        return frozenset("".join(self.names))


def vocabulary(exercise: Exercise) -> Vocabulary:
    """The vocabulary of an exercise."""
    steps = steps_of(exercise.loss)
    graph = exercise.graph
    shapes = {name: graph.shapes.get(symbol, SCALAR) for name, symbol in graph.named.items()}
    matrices = {i.name for i in graph.inputs if i.is_matrix} | {name for name, step in steps.items() if is_matrix(step)}
    return Vocabulary({i.name: i.shape for i in graph.inputs}, shapes, frozenset(matrices))


def _spellings(name: str) -> Iterator[str]:
    """A name, with Greek letters by name and by sign, and with and without an underscore before its number."""
    for greek in dict.fromkeys(_greek(name)):
        yield greek
        match = TRAILING.fullmatch(greek)
        if match is not None and match[1]:
            yield match[1] + match[2]
            yield f"{match[1]}_{match[2]}"


def _greek(name: str) -> Iterable[str]:
    """A name with its stem as a Greek letter's name and sign, where it is one."""
    plain = "".join(SUBSCRIPTS.get(c, c) for c in name)
    yield plain
    match = re.fullmatch(r"(d?)(.*?)(_?\d*)", plain, flags=re.DOTALL)
    assert match is not None
    signs = {**GREEK, **SHORT_GREEK}
    for before, stem, after in {(match[1], match[2], match[3]), ("", match[1] + match[2], match[3])}:
        if stem in signs:
            yield before + signs[stem] + after
            yield from (before + other + after for other, sign in GREEK.items() if sign == signs[stem])
        for long, sign in signs.items():
            if sign == stem:
                yield before + long + after
