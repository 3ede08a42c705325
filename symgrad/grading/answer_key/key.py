"""The key of an exercise: what answers are compared with. Made once an exercise, used for every answer to it.

An exercise comes in; out go its vocabulary, generic points within its domain with the values of all names and the true
adjoints there, in floats and in balls, its gradients as polynomials where they are polynomials, and its first point for
answers that are numbers. Where an exercise is undefined or has a kink, no point lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, fmpq

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.field_checks import ONE_HOT
from symgrad.basics.arrays import Values
from symgrad.basics.errors import AuthorError, SymgradError
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import message
from symgrad.checking.evidence.chosen_points import acceptable, chosen
from symgrad.checking.evidence.framework_side import said
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import Formula, differentiated
from symgrad.checking.results.settings import Settings
from symgrad.grading.answer_key.decimals import as_meant, decimal
from symgrad.grading.answer_key.generic_points import beside, generic_points
from symgrad.grading.answer_key.saturation import bits_beyond
from symgrad.grading.answer_key.tape import Pass, Tape
from symgrad.grading.answer_key.target import adjoint_of, step_of
from symgrad.grading.language.vocabulary import Vocabulary, vocabulary
from symgrad.graphs.graph import Graph
from symgrad.number_systems.balls import Balls, at_precision
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.polynomials import UNABLE, Polynomials, bounded
from symgrad.operations.shapes import Shape

BITS = 160
MOST_BALLS = 256
MOST_CONFIRMED = 4
"""Points at which an answer is confirmed, at most, where one doesn't do."""
NOTHING = 1e-12


@dataclass(frozen=True)
class Key:
    """What answers to an exercise are compared with."""

    exercise: Exercise
    seed: int = 0
    mirrored: bool = False
    """Whether all points lie on the positive axes, for answers that are right there alone."""
    _nearer: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _bits: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _telling: dict[str, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _balls: dict[tuple[int, int], Pass] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The names that answers may mention."""
        return vocabulary(self.exercise)

    @cached_property
    def graph(self) -> Graph:
        """The exercise's loss, with decimals as they were meant."""
        return as_meant(self.exercise.graph)

    @cached_property
    def tape(self) -> Tape:
        """The exercise's loss, node by node."""
        return Tape(self.graph, self.exercise.parameter_names)

    @cached_property
    def asked(self) -> dict[str, tuple[Any, Shape]]:
        """What may be asked, with symbol and shape: gradients by parameter, adjoints by step as `adjoint_of` names them."""
        graph = self.graph
        found = {n: (self.exercise.inputs[n].symbol, self.exercise.inputs[n].shape) for n in self.exercise.parameter_names}
        reached = self.tape.active
        steps = {adjoint_of(name): symbol for name, symbol in graph.named.items() if symbol in reached}
        return found | {name: (symbol, graph.shapes[symbol]) for name, symbol in steps.items()}

    @cached_property
    def formula(self) -> Formula:
        """The exercise differentiated, as programs."""
        return differentiated(self.exercise)

    def _acceptable(self, points: Mapping[str, Values]) -> Values:
        """Which points are defined and away from kinks."""
        with np.errstate(all="ignore"):
            return acceptable(self.formula, points, PRECISIONS["float64"])

    @cached_property
    def points(self) -> dict[str, Values]:
        """Generic points, (points, rows, columns) by name."""
        found = generic_points(self.formula, self.tape, self.seed)
        if not self.mirrored:
            return found
        positive = {name: np.abs(array) for name, array in found.items()}
        fine = self._acceptable(positive)
        return {name: array[fine] for name, array in positive.items()}

    @cached_property
    def _smooth(self) -> Values:
        return self._acceptable(self.points)

    def comparable(self, name: str) -> Values:
        """The points at which answers to that are compared, as a mask: adjoints of steps may be undefined on kinks."""
        everywhere = np.ones(self.count(self.points), bool)
        return self._smooth if step_of(name) is not None and self._smooth.any() else everywhere

    def unable(self) -> AuthorError:
        """What an author is told of an exercise without a point to compare answers at."""
        place = self.exercise.place
        return AuthorError(
            message("no_point_to_compare_at"),
            field="domain",
            accepted=message("bounds_for_symbols"),
            exercise=self.exercise.name,
            path=None if place is None else place.path,
            line=None if place is None else place.line,
        )

    @staticmethod
    def count(points: Mapping[str, Values]) -> int:
        """How many points there are."""
        return len(next(iter(points.values())))

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
        """The values of all names at the generic points, adjoints as `adjoint_of` names them."""
        return self.named(self.worked)

    def named(self, done: Pass) -> dict[str, Any]:
        """The values of a pass by the names that answers use."""
        found = {i.name: done.values[i.symbol] for i in self.graph.inputs}
        found |= {name: done.values.get(symbol, symbol) for name, symbol in self.graph.named.items()}
        return found | {name: self.truth(done, name) for name in self.asked if step_of(name) is not None}

    def nearer(self, step: str) -> tuple[str, ...]:
        """The steps between one and the loss, on whose adjoints its own may rest."""
        if step not in self._nearer:
            named, downstream = self.graph.named, self.tape.downstream(self.graph.named[step])
            self._nearer[step] = tuple(name for name in reversed(list(named)) if named[name] in downstream)
        return self._nearer[step]

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
            system = Balls()
            known = self.tape.backward(system, self.tape.forward(system, beside(self.exercise, self.points, point)))
            if len(self._balls) < MOST_BALLS:
                self._balls[point, bits] = known
        return known

    def bits(self, point: int) -> int:
        """Bits that tell a saturated function from its limit at a point, beyond the usual ones."""
        if point not in self._bits:
            most = 0.0
            for node in self.graph.nodes:
                if node.row.saturates:
                    values = [self.worked.values[o] for o in node.operands if o in self.worked.values]
                    most = max([most, *(float(np.abs(v[point]).max()) for v in values if np.ndim(v) == 3)])
            self._bits[point] = bits_beyond(most)
        return self._bits[point]

    def telling(self, name: str) -> tuple[int, ...]:
        """Points at which together every entry of a gradient that isn't zero everywhere differs from zero."""
        if name not in self._telling:
            whole = np.abs(self.truth(self.worked, name)).reshape(self.count(self.points), -1)
            seen = (whole > NOTHING * whole.max(axis=1, keepdims=True)) & self.comparable(name)[:, None]
            chosen = [int(np.argmax(seen.sum(axis=1)))] if seen.any() else [int(np.argmax(self.comparable(name)))]
            for k in range(len(seen)):
                if len(chosen) < MOST_CONFIRMED and (seen[k] & ~seen[chosen].any(axis=0)).any():
                    chosen.append(k)
            self._telling[name] = tuple(chosen)
        return self._telling[name]

    @cached_property
    def polynomials(self) -> tuple[Polynomials, Pass] | None:
        """The right pass in polynomials, where the loss is one."""
        if ONE_HOT in self.exercise.domain.values():  # more is equal there than polynomials say
            return None
        try:
            bounded(self.graph)
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
            inputs = {name: _as_meant(array) for name, array in self.given.items()}
            return self.tape.backward(system, self.tape.forward(system, inputs))

    @cached_property
    def worked_given(self) -> Pass:
        """The right pass in floats at the same points."""
        with np.errstate(all="ignore"):
            return self.tape.backward(self.floats, self.tape.forward(self.floats, self.given))

    @cached_property
    def given(self) -> Mapping[str, Values]:
        """The points that numbers may belong to: the given ones, else the first sampled one; in float64."""
        values = chosen(Question(self.exercise, Settings(seed=self.seed)), self.formula).points.values
        count = max(1, len(self.exercise.given))
        return {name: array[:count] for name, array in values.items()}

    @cached_property
    def short_figures(self) -> dict[str, Values]:
        """What PyTorch computes in float32 at the first point, by parameter; empty where it can't be run."""
        try:
            question = Question(self.exercise, Settings(seed=self.seed, points=1, dtype="float32"))
            torch = said(question, self.formula, chosen(question, self.formula).points).values
        except (SymgradError, Exception):  # an author's program may raise anything
            return {}
        return {name: torch.gradients[name][:1] for name in self.exercise.parameter_names}


_as_meant = np.frompyfunc(lambda value: arb(fmpq(*decimal(value).as_integer_ratio())), 1, 1)
"""The balls around the decimals that an author wrote at a given point."""
