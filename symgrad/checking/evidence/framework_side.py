"""What the framework says: loss and gradients at points, and what can be asked about them afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.messages import Message
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import Formula
from symgrad.frameworks.framework import SEEDS, TorchValues
from symgrad.frameworks.pytorch.devices import accumulator, lost, usable
from symgrad.frameworks.pytorch.gradients import TorchRun, run_compiled, run_program
from symgrad.frameworks.pytorch.nan_origin import Watch
from symgrad.frameworks.pytorch.operations_seen import Onlooker, Widened, moving
from symgrad.frameworks.pytorch.random_rounding import RandomRounding
from symgrad.frameworks.pytorch.ways import WAYS


@dataclass(frozen=True)
class FrameworkSide:
    """What PyTorch says at points: `values`; `run` is how it was asked, `watched` whether a loop ran that isn't run again."""

    formula: Formula
    points: PointSet
    run: TorchRun
    values: TorchValues
    watched: bool = False
    again: TorchValues | None = None
    """What the author's program says when it is run a second time, from another adjoint, at the first points."""

    @property
    def outputs(self) -> list[Values]:
        """Loss and gradients, in the order of the outputs."""
        return [self.values.loss, *(self.values.gradients[n] for n in self.formula.exercise.parameter_names)]

    @property
    def lost(self) -> float:
        """The relative error of factors of matrix products that the device rounds on the way in."""
        return lost(self.run.device, self.run.dtype)

    @cached_property
    def accumulated(self) -> str | None:
        """The format that the device's products add up in, where it isn't the usual one."""
        return accumulator(self.run.device, self.run.dtype)

    def origin(self, point: int) -> Message | None:
        """Which step of PyTorch's backward() makes a nan at a point, or else an infinity, first; None where none does."""
        if self.watched or self.run.way.forward:
            return None
        watch = Watch()
        asked(self.formula, self.points.subset([point]), replace(self.run, way=WAYS["backward"]), observe=watch)
        return watch.origin

    def seen(self, point: int) -> Onlooker:
        """What the program does on its way forward at a point; nothing where it isn't run again, or can't be."""
        onlooker = Onlooker(self.run.dtype)
        if not self.watched:
            with contextlib.suppress(CouldNotRun), onlooker:
                self._plainly(point)
        return onlooker

    def widened(self, point: int, *, moved: bool = False) -> TorchValues | None:
        """What the author's program says at a point when it computes in the format under test throughout; None if it can't.

        Numbers that it brings along in a shorter format keep their roundings, or are `moved` by another one.
        """
        if self.watched:
            return None
        with contextlib.suppress(CouldNotRun), Widened(self.run.dtype, moving() if moved else None):
            return self._plainly(point)
        return None

    def shaken(self, where: Values, seed: int) -> list[Values] | None:
        """Loss and gradients at points when each operation is off by a rounding, drawn by `seed`; None where it can't be."""
        if self.watched or self.run.way.wrapped is not None:
            return None
        with contextlib.suppress(CouldNotRun), RandomRounding(self.run.dtype, seed):
            said = asked(self.formula, self.points.subset(where), self.run)
            return [said.loss, *(said.gradients[n] for n in self.formula.exercise.parameter_names)]
        return None

    def _plainly(self, point: int) -> TorchValues:
        return asked(self.formula, self.points.subset([point]), replace(self.run, way=WAYS["backward"]))

    def repeats(self, point: int) -> bool:
        """Whether the author's program gives the same gradients when it is called again at a point, from the same adjoint."""
        first, second = (asked(self.formula, self.points.subset([point]), self.run).gradients for _ in range(2))
        return all(np.array_equal(first[name], second[name], equal_nan=True) for name in first)

    def is_random(self, point: int) -> bool:
        """Whether the author's program gives another loss when it is called again at the same point."""
        if self.watched or self.formula.exercise.torch_loss is None:
            return False
        losses = asked(self.formula, self.points.subset([point, point]), self.run).loss
        return not np.array_equal(losses[0], losses[1], equal_nan=True)


def said(question: Question, formula: Formula, points: PointSet) -> FrameworkSide:
    """What PyTorch says at points, or said there in a loop.

    Raises CouldNotRun where the author's program doesn't run, UserError for a device that isn't there.
    """
    exercise, settings = question.exercise, question.settings
    way, device = WAYS[settings.via], usable(settings.device)
    run = TorchRun(exercise.inputs, exercise.parameter_names, settings.dtype, way, device)
    if question.visited is not None:
        return FrameworkSide(formula, points, run, question.visited[1], watched=True)
    first = asked(formula, points.values, run)
    if exercise.torch_loss is None:
        return FrameworkSide(formula, points, run, first)
    few = points.subset(slice(0, AGAIN))
    return FrameworkSide(formula, points, run, first, again=asked(formula, few, run, seed=SEEDS[settings.dtype][1]))


AGAIN = 8
"""Points at which an author's program is run a second time."""


def asked(formula: Formula, values: Mapping[str, Values], run: TorchRun, **options: Any) -> TorchValues:
    """The author's program run at points, or without one the compiled loss. Raises CouldNotRun."""
    exercise = formula.exercise
    if exercise.torch_loss is None:
        return run_compiled(formula.forward, values, run, **options)
    found = run_program(exercise.torch_loss, values, run, **options)
    if not exercise.expected_gradient or "observe" in options:
        return found
    plain = run_program(exercise.torch_loss, values, run, seed=1.0)  # a gradient that is clipped isn't linear in the adjoint
    return replace(found, gradients={**found.gradients, **{n: plain.gradients[n] for n in exercise.expected_gradient}})
