"""The key of an exercise: what answers are compared with. Made once an exercise, used for every answer to it.

An exercise comes in; out go its vocabulary, generic points within its domain with the values of all names and the true
adjoints there, in floats and in balls, its gradients as polynomials where they are polynomials, and its first point for
answers that are numbers. Where an exercise is undefined or has a kink, no point lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb

from symgrad.balls import Balls, at_precision, to_balls
from symgrad.errors import SymgradError
from symgrad.exercise import Exercise
from symgrad.fields import ONE_HOT, Values
from symgrad.floats import Floats
from symgrad.grading.language.vocabulary import Vocabulary, vocabulary
from symgrad.grading.polynomials import UNABLE, Polynomials
from symgrad.grading.tape import Pass, Tape
from symgrad.operations.nodes import Shape
from symgrad.results import Settings
from symgrad.roads import Roads

POINTS = 8
"""Generic points at which answers are compared."""
DRAWN = 32
"""Short points that are drawn, to find as many generic ones beside them."""
SPREAD = 1 / 128
"""How far a generic point lies beside a short one, at most."""
OFFSET = 2.0**-70
"""How far balls are moved off the floats, in units of the value: off every grid that an answer could know of."""
BITS = 160


@dataclass(frozen=True)
class Key:
    """What answers to an exercise are compared with."""

    exercise: Exercise
    seed: int = 0
    mirrored: bool = False
    """Whether all points lie on the positive axes, for answers that are right there alone."""

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names that answers may mention."""
        return vocabulary(self.exercise)

    @cached_property
    def tape(self) -> Tape:
        """The exercise's loss, node by node."""
        return Tape(self.exercise.graph, self.exercise.parameter_names)

    @cached_property
    def asked(self) -> dict[str, tuple[Any, Shape]]:
        """What may be asked: parameters (gradients) and steps as ``dz1`` (adjoints), with symbol and shape."""
        graph = self.exercise.graph
        found = {n: (self.exercise.inputs[n].symbol, self.exercise.inputs[n].shape) for n in self.exercise.parameter_names}
        reached = self.tape.active
        steps = {f"d{name}": symbol for name, symbol in graph.named.items() if symbol in reached}
        return found | {name: (symbol, graph.shapes[symbol]) for name, symbol in steps.items()}

    @cached_property
    def roads(self) -> Roads:
        """The exercise on its way to a verdict: given points, sampling, what PyTorch says in float32."""
        return Roads(self.exercise, Settings(seed=self.seed, points=DRAWN, dtype="float32"))

    @cached_property
    def points(self) -> dict[str, Values]:
        """Generic points, (points, rows, columns) by name; short ones moved a little, within the domain."""
        exercise, search = self.exercise, Roads(self.exercise, Settings(seed=self.seed, points=DRAWN))
        given = len(exercise.given)
        short = {name: array[given:] for name, array in search.points.values.items()}
        if not len(next(iter(short.values()))):
            short = dict(search.points.values)
        generator = np.random.default_rng([self.seed, 20])
        moved = {name: self._moved(name, array, generator) for name, array in short.items()}
        fine = search.acceptable(moved) if len(next(iter(moved.values()))) else np.zeros(0, bool)
        chosen = moved if fine.any() else short
        if self.mirrored:
            chosen = {name: np.abs(array) for name, array in chosen.items()}
            fine = search.acceptable(chosen) if len(next(iter(chosen.values()))) else fine
        kept = np.flatnonzero(fine)[:POINTS] if fine.any() else np.arange(len(next(iter(short.values()))))[:POINTS]
        return {name: array[kept] for name, array in chosen.items()}

    def _moved(self, name: str, array: Values, generator: np.random.Generator) -> Values:
        domain = self.exercise.domain.get(name, (-np.inf, np.inf))
        if isinstance(domain, str):
            return array
        low, high = domain
        least, greatest = self.exercise.inputs[name].limits
        moved = array + generator.uniform(-SPREAD, SPREAD, array.shape)
        return np.clip(moved, max(low, least), min(high, greatest)) if np.isfinite([low, high]).any() or least == 0 else moved

    @cached_property
    def floats(self) -> Floats:
        return Floats()

    @cached_property
    def worked(self) -> Pass:
        """The right pass in floats at the generic points."""
        with np.errstate(all="ignore"):
            return self.tape.backward(self.floats, self.tape.forward(self.floats, self.points))

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values of all names at the generic points, adjoints as ``dz1``."""
        return self.named(self.worked)

    def named(self, done: Pass) -> dict[str, Any]:
        """The values of a pass by the names that answers use."""
        graph = self.exercise.graph
        found = {i.name: done.values[i.symbol] for i in graph.inputs}
        found |= {name: done.values.get(symbol, symbol) for name, symbol in graph.named.items()}
        return found | {
            name: done.adjoints[symbol]
            for name, (symbol, _) in self.asked.items()
            if name[0] == "d" and symbol in done.adjoints
        }

    def again(self, values: Mapping[Any, Any], own: frozenset[Any]) -> dict[Any, Any]:
        """Values in floats with the nodes outside of `own` computed anew from the others."""
        with np.errstate(all="ignore"):
            return self.tape.forward_from(self.floats, values, own)

    def truth(self, done: Pass, name: str) -> Any:
        """The gradient or adjoint of that name in a pass; zeros where the loss doesn't depend on it."""
        symbol, shape = self.asked[name]
        if symbol in done.adjoints:
            return done.adjoints[symbol]
        one = next(iter(done.values.values()))
        return np.zeros((len(one), *shape)) if one.dtype != object else np.full((1, *shape), arb(0), dtype=object)

    def balls(self, point: int, bits: int = BITS) -> Pass:
        """The right pass in balls beside a generic point; to be called and used at that precision."""
        known = self._balls.get((point, bits))
        if known is None:
            inputs = {
                name: to_balls(array[point : point + 1])
                if self.exercise.domain.get(name) == ONE_HOT
                else _shifted(array[point : point + 1], k)
                for k, (name, array) in enumerate(self.points.items())
            }
            system = Balls()
            known = self.tape.backward(system, self.tape.forward(system, inputs))
            self._balls[point, bits] = known
        return known

    @cached_property
    def _balls(self) -> dict[tuple[int, int], Pass]:
        return {}

    @cached_property
    def polynomials(self) -> tuple[Polynomials, Pass] | None:
        """The right pass in polynomials, where the loss is one."""
        if ONE_HOT in self.exercise.domain.values():  # more is equal there than polynomials say
            return None
        try:
            system = Polynomials(self.exercise.inputs)
            return system, self.tape.backward(system, self.tape.forward(system, system.inputs))
        except UNABLE:
            return None

    @cached_property
    def positive(self) -> Key:
        """The same exercise on the positive axes."""
        return Key(self.exercise, self.seed, mirrored=True)

    @cached_property
    def exact(self) -> Pass:
        """The right pass in balls at the exercise's first points."""
        system = Balls()
        with at_precision(BITS):
            inputs = {name: to_balls(np.stack(list(array))) for name, array in self.given.items()}
            return self.tape.backward(system, self.tape.forward(system, inputs))

    @cached_property
    def worked_given(self) -> Pass:
        """The right pass in floats at the same points."""
        with np.errstate(all="ignore"):
            return self.tape.backward(self.floats, self.tape.forward(self.floats, self.given))

    @cached_property
    def given(self) -> Mapping[str, Values]:
        """The points that numbers may belong to: the given ones, else the first sampled one; in float64."""
        values = Roads(self.exercise, Settings(seed=self.seed)).points.values
        count = max(1, len(self.exercise.given))
        return {name: array[:count] for name, array in values.items()}

    @cached_property
    def short_figures(self) -> dict[str, Values]:
        """What PyTorch computes in float32 at the first point, by parameter; empty where it can't be run."""
        try:
            torch = self.roads.torch
        except (SymgradError, Exception):  # an author's program may raise anything
            return {}
        return {name: torch.gradients[name][:1] for name in self.exercise.parameter_names}


def _shifted(array: Values, k: int) -> Any:
    """Balls a little beside floats, by irrational amounts that differ from entry to entry."""
    exact = to_balls(array)
    amounts = np.array([arb(3 + 2 * j + 7 * k).sqrt() * OFFSET for j in range(array.size)], dtype=object)
    return exact + amounts.reshape(array.shape) * np.maximum(np.abs(array), 1.0)
