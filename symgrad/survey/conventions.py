"""What PyTorch takes for the derivative at a kink, seen by running it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.basics.errors import CouldNotRun
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.checking.judging.gradients import compared
from symgrad.frameworks.pytorch.gradients import TorchRun, run_compiled
from symgrad.operations.table import TABLE
from symgrad.survey.cases import Case, cases
from symgrad.survey.findings import evidence_of


@dataclass(frozen=True)
class Convention:
    """PyTorch's derivative by an operand at a point on a kink, beside the bounds of the subdifferential."""

    operation: str
    label: str
    operand: str
    point: tuple[float, ...]
    torch: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether it is a subgradient."""
        return self.low <= self.torch <= self.high


def conventions(only: Iterable[str] = ()) -> Iterator[Convention]:
    """The convention at every kink of every operation of the table (or of some by name), in float64."""
    for name in list(only) or list(TABLE):
        for case in cases(TABLE[name]):
            if case.kinks:
                yield from _of_case(case)


def _of_case(case: Case) -> Iterator[Convention]:
    names = [str(s.name) for s in case.symbols]
    exercise = Exercise(name=case.operation, loss=case.loss, parameters=names)
    formula = differentiated(exercise)
    values = {name: np.array([[[p[k]]] for p in case.kinks]) for k, name in enumerate(names)}
    try:
        found = run_compiled(formula.forward, {n: values[n] for n in exercise.inputs}, TorchRun(exercise.inputs, tuple(names)))
    except CouldNotRun:
        return
    evidence = evidence_of(formula, {n: values[n] for n in exercise.inputs}, found, "float64")
    with np.errstate(all="ignore"):
        _, gradients = compared(evidence)
    for name, each in gradients.items():
        for (point, row, column), (low, high) in each.bounds.items():
            yield Convention(
                case.operation, case.label, name, case.kinks[point], float(each.values[point, row, column]), low, high
            )
