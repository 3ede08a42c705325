"""What is symbolic: an exercise differentiated, as programs; and its closed form at points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.derivation import Derivation, backpropagate
from symgrad.derivation.written_out import expanded
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.system import listed
from symgrad.operations.shapes import SCALAR, Shape

LONGEST_CLOSED_FORM = 600
"""Characters above which a gradient is shown by its last equation."""


@dataclass(frozen=True)
class Formula:
    """An exercise differentiated. The outputs of `program` are the loss, then the gradient of each parameter.

    `kinks` gives the expressions that vanish at kinks; None where the loss is smooth.
    """

    exercise: Exercise
    derivation: Derivation
    shapes: list[Shape]
    """The shapes of the outputs."""
    program: Program
    kinks: Program | None

    @cached_property
    def forward(self) -> Program:
        """The loss alone, which most exercises with a program of their own never need."""
        return program(self.derivation, [self.derivation.loss])


@dataclass(frozen=True)
class SymbolicSide:
    """The closed form in float64, an array (points, rows, columns) for each output; and each gradient as text."""

    closed_form: list[Values]
    texts: Mapping[str, str]


def differentiated(exercise: Exercise) -> Formula:
    """The formula of an exercise."""
    derivation = backpropagate(exercise.graph, exercise.parameter_names)
    vanishing = list(dict.fromkeys(kink.vanishing for kink in derivation.kinks))
    return Formula(
        exercise,
        derivation,
        [SCALAR, *(exercise.inputs[n].shape for n in exercise.parameter_names)],
        program(derivation, [derivation.loss, *derivation.gradients.values()]),
        program(derivation, vanishing) if vanishing else None,
    )


def evaluated(formula: Formula, points: PointSet) -> SymbolicSide:
    """The closed form at points, and as text, in parameters and data where that isn't too long."""
    with np.errstate(all="ignore"):
        outputs = listed(Floats().bind(formula.program)(*points.values.values()))
    count = len(points)
    closed = [np.broadcast_to(o, (count, *s)).astype(np.float64) for o, s in zip(outputs, formula.shapes, strict=True)]
    return SymbolicSide(closed, expanded(formula.derivation, LONGEST_CLOSED_FORM))


def quantities(formula: Formula, points: PointSet) -> dict[str, Values]:
    """What a formula may have forgotten as a factor, by name: inputs, then steps that are scalars."""
    derivation, count = formula.derivation, len(points)
    inputs = {n: points.values[n] for n in formula.exercise.inputs}
    names = [name for name, symbol in derivation.steps.items() if derivation.shapes[symbol] == SCALAR]
    if not names:
        return inputs
    with np.errstate(all="ignore"):
        code = program(derivation, [derivation.steps[name] for name in names])
        found = listed(Floats().bind(code)(*points.values.values()))
    return inputs | {name: np.broadcast_to(value, (count, 1, 1)) for name, value in zip(names, found, strict=True)}
