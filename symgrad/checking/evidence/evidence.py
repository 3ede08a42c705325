"""Everything that is computed of one exercise, before anything is compared: both roads, the tolerance, the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.authoring import points as pointing
from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision, precision
from symgrad.checking.results.settings import Settings
from symgrad.checking.second_order import along_axes, directions
from symgrad.derivation import Derivation, backpropagate
from symgrad.derivation.written_out import expanded
from symgrad.frameworks.pytorch.devices import lost, usable
from symgrad.frameworks.pytorch.gradients import TorchRun, TorchValues, run_compiled, run_program
from symgrad.frameworks.pytorch.nan_origin import Watch
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import rounded
from symgrad.number_systems.system import listed
from symgrad.truth.certified_entries import Outputs, references
from symgrad.truth.reference import SAFETY, Reference, Tolerance

LONGEST_CLOSED_FORM = 600
"""Characters above which a gradient is shown by its last equation."""
NEAR_A_KINK = 2.0**-20
"""Sampled points keep further away from kinks than this share of what vanishes there."""
KINK_BITS = 512


@dataclass(frozen=True)
class Roads:
    """An exercise on its way to a verdict; the outputs are the loss, then the gradient of each parameter."""

    exercise: Exercise
    settings: Settings
    trajectory: tuple[PointSet, TorchValues] | None = None
    """Points that were visited, and what PyTorch said there; where it is given, nothing is sampled and nothing run."""
    base: Roads | None = None
    """Of a second derivative: the roads of the first one. The exercise is then the slope along a direction."""

    @cached_property
    def precision(self) -> Precision:
        return precision(self.settings.dtype)

    @cached_property
    def derivation(self) -> Derivation:
        return backpropagate(self.exercise.graph, self.exercise.parameter_names)

    @cached_property
    def directions(self) -> dict[str, str]:
        """Of a second derivative: the symbol that holds the direction, by parameter."""
        return {} if self.base is None else directions(self.base.exercise)

    @cached_property
    def shapes(self) -> list[tuple[int, int]]:
        """The shapes of the outputs."""
        return [(1, 1), *(self.exercise.inputs[n].shape for n in self.exercise.parameter_names)]

    @cached_property
    def program(self) -> Program:
        """Loss and gradients as generated code."""
        return program(self.derivation, [self.derivation.loss, *self.derivation.gradients.values()])

    @cached_property
    def kink_program(self) -> Program | None:
        """The expressions that vanish at kinks, as generated code."""
        kinks = list(dict.fromkeys(kink.vanishing for kink in self.derivation.kinks))
        return program(self.derivation, kinks) if kinks else None

    @property
    def wanted(self) -> int:
        """How many points to sample; an exercise with points=0 is about its given points alone."""
        asked = self.settings.points
        return self.exercise.points if asked is None or self.exercise.points == 0 else asked

    @cached_property
    def points(self) -> PointSet:
        """Given points first, then sampled ones."""
        if self.trajectory is not None:
            return self.trajectory[0]
        wanted = self.wanted
        inputs = self.exercise.inputs
        given = pointing.given(self.exercise.given, inputs, self.precision)
        sampled = pointing.sample(
            inputs,
            self.exercise.domain,
            wanted,
            seed=self.settings.seed,
            name=self.exercise.name,
            precision=self.precision,
            acceptable=(self.acceptable, lambda values: self.acceptable(values, rounding_may_cross_kinks=True)),
        )
        found = PointSet({n: np.concatenate([given[n], sampled[n]]) for n in inputs}, len(self.exercise.given))
        return along_axes(found, self.directions) if self.directions else found

    def acceptable(self, values: Mapping[str, Values], *, rounding_may_cross_kinks: bool = False) -> Values:
        """Which points are defined, bounded in the format under test, and away from kinks.

        In a short format a large network may have no point whose kinks are all further away than rounding reaches.
        """
        count = len(next(iter(values.values())))
        outputs = rounded(self.program, values, self.shapes, self.precision)
        fine = np.ones(count, bool)
        if self.base is not None:  # the slope may be defined where the loss isn't
            of_base = {name: values[name] for name in self.base.exercise.inputs}
            fine &= self.base.acceptable(of_base, rounding_may_cross_kinks=rounding_may_cross_kinks)
        for value, radius in outputs:
            fine &= (np.isfinite(value) & np.isfinite(radius)).all(axis=(1, 2))
        return fine & ~self._near(
            values, lambda radius, size: NEAR_A_KINK * size + (0.0 if rounding_may_cross_kinks else radius)
        )

    def _near(self, values: Mapping[str, Values], margin: Any) -> Values:
        """Which points lie within a margin of a kink."""
        near = np.zeros(len(next(iter(values.values()))), bool)
        if self.kink_program is not None:
            for value, radius in rounded(self.kink_program, values, None, self.precision):
                size = np.nan_to_num(np.abs(value)).max(initial=0.0)
                near |= (~(np.abs(value) > margin(radius, size))).any(axis=(1, 2))  # nan may be anything
        return near

    @cached_property
    def kinks(self) -> dict[int, tuple[str, ...]]:
        """The points that lie on a kink, and the operations that aren't smooth there. Balls decide."""
        near = np.flatnonzero(self._near(self.points.values, lambda radius, size: radius))
        if not len(near):
            return {}
        assert self.kink_program is not None  # without one, no point is near
        with at_precision(KINK_BITS):
            outputs = listed(Balls().bind(self.kink_program)(*(to_balls(a) for a in self.points.subset(near).values())))
        operations: dict[Any, list[str]] = {}
        for kink in self.derivation.kinks:
            operations.setdefault(kink.vanishing, []).append(kink.operation)
        found: dict[int, dict[str, None]] = {}
        for names, output in zip(operations.values(), outputs, strict=True):
            vanishes = np.frompyfunc(lambda ball: ball.contains(0), 1, 1)(np.asarray(output, dtype=object)).astype(bool)
            for k in np.flatnonzero(np.broadcast_to(vanishes, (len(near), *vanishes.shape[-2:])).any(axis=(1, 2))):
                found.setdefault(int(near[k]), {}).update(dict.fromkeys(names))
        return {point: tuple(names) for point, names in sorted(found.items())}

    @cached_property
    def tolerances(self) -> list[Tolerance]:
        """The allowed difference of each output: derived, unless given by hand."""
        settings = self.settings
        if settings.rtol is not None or settings.atol is not None:
            rtol, atol = settings.rtol or 0.0, settings.atol or 0.0
            return [Tolerance(atol + rtol * np.abs(closed), self.precision, derived=False) for closed in self.closed_form]
        reduced = lost(self.torch_run.device, settings.dtype)
        outputs = rounded(self.program, self.points.values, self.shapes, self.precision, products=reduced)
        return [Tolerance(SAFETY * radius, self.precision) for _, radius in outputs]

    @cached_property
    def closed_form(self) -> list[Values]:
        """The closed form in float64."""
        with np.errstate(all="ignore"):
            outputs = Floats().bind(self.program)(*self.points.values.values())
        count = len(self.points)
        return [np.broadcast_to(o, (count, *s)).astype(np.float64) for o, s in zip(listed(outputs), self.shapes, strict=True)]

    @cached_property
    def closed_form_texts(self) -> dict[str, str]:
        """Each gradient as text, in parameters and data where that isn't too long."""
        return expanded(self.derivation, LONGEST_CLOSED_FORM)

    @cached_property
    def quantities(self) -> dict[str, Values]:
        """What a formula may have forgotten as a factor, by name: inputs, then steps that are scalars."""
        derivation, count = self.derivation, len(self.points)
        inputs = {n: self.points.values[n] for n in self.exercise.inputs}
        names = [name for name, symbol in derivation.steps.items() if derivation.shapes[symbol] == (1, 1)]
        if not names:
            return inputs
        with np.errstate(all="ignore"):
            code = program(derivation, [derivation.steps[name] for name in names])
            found = listed(Floats().bind(code)(*self.points.values.values()))
        return inputs | {name: np.broadcast_to(value, (count, 1, 1)) for name, value in zip(names, found, strict=True)}

    @cached_property
    def torch(self) -> TorchValues:
        """What PyTorch says. Raises CouldNotRun."""
        return self.trajectory[1] if self.trajectory is not None else self._run(self.points.values, self.torch_run)

    @cached_property
    def torch_run(self) -> TorchRun:
        """How the torch road is taken. Raises UserError for a device that isn't there."""
        exercise, settings = self.exercise, self.settings
        way, device = WAYS[settings.via], usable(settings.device)
        return TorchRun(exercise.inputs, exercise.parameter_names, settings.dtype, way, device)

    def _run(self, values: Mapping[str, Values], run: TorchRun, **options: Any) -> TorchValues:
        if self.exercise.torch_loss is not None:
            if self.exercise.expected_gradient:  # a gradient that is clipped isn't linear in the adjoint
                options = {"seed": 1.0, **options}
            return run_program(self.exercise.torch_loss, values, run, **options)
        return run_compiled(program(self.derivation, [self.derivation.loss]), values, run, **options)

    def origin_of_nan(self, point: int) -> str:
        """Which step of PyTorch's backward() makes the first nan at a point, as a sentence; empty where none does."""
        if self.trajectory is not None or self.torch_run.way.forward:
            return ""
        watch = Watch()
        self._run(self.points.subset([point]), replace(self.torch_run, way=WAYS["backward"]), observe=watch)
        return str(watch)

    def is_random(self, point: int) -> bool:
        """Whether the author's program gives another loss when it is called again at the same point."""
        if self.trajectory is not None or self.exercise.torch_loss is None:
            return False
        losses = self._run(self.points.subset([point, point]), self.torch_run).loss
        return not np.array_equal(losses[0], losses[1], equal_nan=True)

    @cached_property
    def autograd(self) -> list[Values]:
        """PyTorch's loss and gradients, in the order of the outputs."""
        return [self.torch.loss, *(self.torch.gradients[n] for n in self.exercise.parameter_names)]

    @cached_property
    def outputs(self) -> Outputs:
        """Loss and gradients as certification needs them."""
        return Outputs(self.derivation, self.program, self.shapes, self.closed_form, self.tolerances)

    @cached_property
    def references(self) -> list[Reference]:
        """What is true of each output: certified, at as many points as the budget allows and at every suspicious one."""
        return references(self.outputs, self.autograd, self.points, every=self.settings.certify)
