"""The nouns of a catalogue of mistakes: a misconception is a generator of wrong gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
import sympy

from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.tape import Change, Edge, Local, Pass
from symgrad.grading.mistakes.chain import Chain
from symgrad.graphs import walks


@dataclass(frozen=True)
class Material:
    """What wrong gradients are made of: the chain of an exercise, and values of all its symbols at some points."""

    key: Key
    values: Mapping[Any, Any]
    right: Pass

    @cached_property
    def chain(self) -> Chain:
        return Chain(self.key.tape)

    def changed(self, changes: Mapping[Edge, Change], **options: Any) -> dict[str, Values]:
        """What a pass with other rules gives for everything that may be asked."""
        done = self.key.tape.backward(self.key.floats, self.values, changes, **options)
        return {name: self.key.truth(done, name) for name in self.key.asked}

    def slip(self, message: Message, changes: Mapping[Edge, Change], *, pairs: bool = False, **options: Any) -> Slip:
        """The slip that comes of other rules; one that `pairs` is looked for together with others, too."""
        return Slip(message, partial(self.changed, changes, **options), changes if pairs else {})

    @cached_property
    def truths(self) -> dict[str, Values]:
        """What is right."""
        return {name: self.key.truth(self.right, name) for name in self.key.asked}

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of samples that a mean may be over: lengths of the data, and of what a mean is taken of."""
        graph, parameters = self.key.graph, self.key.exercise.parameter_names
        shapes = [i.shape for i in graph.inputs if i.name not in parameters]
        lengths = {n for rows, columns in shapes for n in (rows, columns, rows * columns)}
        for node in graph.nodes:
            if node.row.name == "mean":
                rows, columns = self.chain.shape(node.operands[0])
                lengths |= {rows, columns, rows * columns}
        return tuple(sorted(n for n in lengths if n > 1))

    @cached_property
    def averaged(self) -> tuple[int, ...]:
        """Those of the numbers of samples that the loss divides by."""
        numbers = {1}
        for node in self.key.graph.nodes:
            constants = [n for o in node.operands for n in o.atoms(sympy.Rational)]
            numbers |= {abs(int(part)) for n in constants for part in (n.p, n.q)}
            if node.row.name == "mean":
                rows, columns = self.chain.shape(node.operands[0])
                axis = node.options[0] if node.options else None
                numbers.add(rows * columns if axis is None else rows if axis == 0 else columns)
        return tuple(n for n in self.sizes if any(number % n == 0 for number in numbers) and n > 2)


@dataclass(frozen=True)
class Slip:
    """One way to make a mistake in an exercise: what is said of it, and the wrong gradients that come of it, by name."""

    message: Message
    results: Callable[[], Mapping[str, Values]]
    changes: Mapping[Edge, Change] = field(default_factory=dict)
    """The rules that it changes, where it is looked for together with another one."""


@dataclass(frozen=True)
class Example:
    """An answer to an exercise of the library, for tests and documentation."""

    exercise: str
    name: str
    answer: str


Slips: TypeAlias = Callable[[Material], Iterator[Slip]]


def no_slips(material: Material) -> Iterator[Slip]:
    """Of a mistake that isn't found by comparing values."""
    yield from ()


def nothing(ratio: float, sizes: tuple[int, ...]) -> Message | None:
    """Of a mistake that is no constant factor."""
    return None


@dataclass(frozen=True)
class Misconception:
    """A mistake that people make: its tag, what it is, how it comes about, and answers that it must and mustn't catch.

    `slips` generates the wrong gradients; `explains` says what a constant factor between answer and gradient comes of. `words`
    are those of its messages' codes, where the languages don't have them: a mistake from elsewhere brings its own. They are
    written as they stand within a sentence, without a capital letter or a full stop.
    """

    tag: str
    summary: Message
    slips: Slips = no_slips
    explains: Callable[[float, tuple[int, ...]], Message | None] = nothing
    catches: tuple[Example, ...] = ()
    misses: tuple[Example, ...] = ()
    words: Mapping[str, str | Callable[..., str]] = field(default_factory=dict)


def broadcast(value: Any, shape: tuple[int, int]) -> Any:
    """A value with all its rows and columns, points in front."""
    return np.broadcast_to(value, (*np.shape(value)[:-2], *shape))


def alone(material: Material, edge: Edge, change: Change, asked: str) -> dict[str, Any]:
    """What one rule gives by itself for what is asked, where it has another shape than the gradient."""
    node = material.chain.node(edge)
    operands = tuple(material.values.get(o, o) for o in node.operands)
    adjoint = material.right.adjoints[node.symbol]
    return {asked: change(Local(adjoint, None, None, material.values[node.symbol], operands, material.key.floats))}


def everywhere(material: Material, array: Any, *, but: str = "") -> Mapping[str, Values]:
    """One array for everything that may be asked, but for that of which it is the right answer."""
    return {name: array for name in material.key.asked if name != but}


def nothing_flows(local: Local) -> Any:
    """The rule of an edge that is left out."""
    return None


def is_term(material: Material, edge: Edge) -> bool:
    """Whether what flows along an edge is one term of the product rule: two factors depend on one parameter."""
    return material.chain.node(edge).row.product and material.chain.shares(edge)


def rests_on(material: Material, symbol: Any) -> set[Any]:
    """Everything that a symbol rests on, itself included."""
    return walks.rests_on(material.key.graph.definitions, [symbol])
