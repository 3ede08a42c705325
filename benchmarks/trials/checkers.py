"""The checkers side by side: a case goes in, an answer on each partial derivative comes out.

A trial is one formula in one unit and one dtype: 16 points, which all checkers share. symgrad judges a program by the very
pipeline of `symgrad.check`; what doesn't depend on the program (points, closed form, tolerances, certified references) is
computed once a trial and shared. gradcheck and check_grads see all points in one call, as vectors of 16 entries with a
vector of 16 values (nothing is summed, which spares them the rounding of a sum), and are asked for one variable at a time.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import torch
from formulas import Formula

from symgrad.checking.check import judged
from symgrad.checking.evidence.evidence import Evidence, gather
from symgrad.checking.evidence.framework_side import said
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.results import CheckResult
from symgrad.checking.results.settings import Settings
from trials.mutants import Mutant
from trials.programs import Program, programs
from trials.torch_programs import torch_program
from trials.units import SCALES, exercise_in_units

SEED = 0
PLAIN = 2.0
"""A mutant is larger than what rounding explains where it exceeds what is allowed by this factor, at some point."""


class Answer(Enum):
    """What a checker says of one partial derivative."""

    PASS = "pass"
    FAIL = "fail"
    OPEN = "undecided"


class Trial:
    """One formula in one unit and one dtype, with its points."""

    def __init__(self, formula: Formula, scale: str, dtype: str) -> None:
        self.formula, self.scale, self.dtype = formula, scale, dtype
        self._running: Callable[..., Any] = torch_program(formula, programs(formula)[0], SCALES[scale])
        self._last: tuple[Program | Mutant, CheckResult, Evidence] | None = None
        self.exercise = exercise_in_units(formula, SCALES[scale], self._torch_loss)
        self.settings = Settings(seed=SEED, dtype=dtype)

    def _torch_loss(self, **values: torch.Tensor) -> Any:
        return self._running(*(values[name] for name in self.formula.variables))

    @cached_property
    def base(self) -> Evidence:
        """The formula as written, judged: from it the others have what doesn't depend on the program."""
        roads = gather(Question(self.exercise, self.settings))
        assert all(r.certified.all() for r in roads.references)  # a sample of them would be chosen by the program's values
        return roads

    @cached_property
    def points(self) -> list[Any]:
        """The points as vectors, in the order of the variables, in float64."""
        return [self.base.points.values[name].ravel() for name in self.formula.variables]

    def function(self, case: Program | Mutant) -> Callable[..., torch.Tensor]:
        """A case in PyTorch."""
        return torch_program(self.formula, case, SCALES[self.scale])

    def judged(self, case: Program | Mutant) -> tuple[CheckResult, Evidence]:
        """symgrad's verdict on a case, and what it was made of."""
        if self._last is None or self._last[0] is not case:
            base, self._running = self.base, self.function(case)
            fresh = replace(base, framework=said(base.question, base.formula, base.points))
            self._last = case, judged(fresh), fresh
        return self._last[1:]

    def within_rounding(self, mutant: Mutant) -> bool:
        """Whether a mutant's partial derivative stays, at every point, within PLAIN times what rounding explains."""
        _, roads = self.judged(mutant)
        index = 1 + self.formula.variables.index(mutant.variable)
        reference = roads.references[index]
        off = np.abs(roads.said[index] - reference.high - reference.low)
        return not bool(np.any(off > PLAIN * roads.tolerances[index].allowed))


class Checker(Protocol):
    """A name, and answers on some partial derivatives of a case."""

    name: str

    def answers(self, trial: Trial, case: Program | Mutant, variables: Sequence[str]) -> list[Answer]: ...


class Symgrad:
    """symgrad itself: the verdict on a parameter's row, and on the loss."""

    name = "symgrad"

    def answers(self, trial: Trial, case: Program | Mutant, variables: Sequence[str]) -> list[Answer]:
        result, _ = trial.judged(case)
        spoken = {"pass": Answer.PASS, "fail": Answer.FAIL}
        rows = {row.parameter: spoken.get(row.verdict, Answer.OPEN) for row in result.gradients}
        if result.reason == "losses_differ":  # the whole program is rejected
            return [Answer.FAIL] * len(variables)
        return [rows.get(name, Answer.OPEN) for name in variables]


class Gradcheck:
    """`torch.autograd.gradcheck` in one of its modes, with its default tolerances."""

    def __init__(self, fast: bool) -> None:
        self.name, self._fast = f"gradcheck, {'fast' if fast else 'slow'}", fast

    def answers(self, trial: Trial, case: Program | Mutant, variables: Sequence[str]) -> list[Answer]:
        function, names = trial.function(case), trial.formula.variables
        dtype = getattr(torch, trial.dtype)
        found = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that inputs aren't float64
            for name in variables:
                tensors = [
                    torch.tensor(p, dtype=dtype, requires_grad=n == name) for n, p in zip(names, trial.points, strict=True)
                ]
                torch.manual_seed(SEED)
                passed = torch.autograd.gradcheck(function, tensors, fast_mode=self._fast, raise_exception=False)
                found.append(Answer.PASS if passed else Answer.FAIL)
        return found


class CheckGrads:
    """`jax.test_util.check_grads` in reverse mode, first order, with its default tolerances."""

    name = "check_grads"

    def __init__(self) -> None:
        import jax.test_util

        from trials.jax_programs import jax_program

        self._program, self._check = jax_program, jax.test_util.check_grads

    def answers(self, trial: Trial, case: Program | Mutant, variables: Sequence[str]) -> list[Answer]:
        function = self._program(trial.formula, case, SCALES[trial.scale])
        arrays = [p.astype(trial.dtype) for p in trial.points]
        found = []
        for name in variables:
            index = trial.formula.variables.index(name)
            alone = functools.partial(_with, function, arrays, index)
            try:
                with np.errstate(all="ignore"):  # in float32 it squares numbers beyond the format
                    self._check(alone, (arrays[index],), order=1, modes=("rev",))
                found.append(Answer.PASS)
            except AssertionError:
                found.append(Answer.FAIL)
        return found


def _with(function: Callable[..., Any], arrays: list[Any], index: int, value: Any) -> Any:
    """A function of one variable, all others held at their points."""
    return function(*arrays[:index], value, *arrays[index + 1 :])
