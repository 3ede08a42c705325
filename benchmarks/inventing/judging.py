"""Verdicts on cases, and what they are: a right program that fails is excused only by a measurement at the very point."""

from __future__ import annotations

import linecache
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import symgrad
from inventing.cases import OWN, Case, executed
from inventing.measuring import UNITS, Fault, Measured, Thrown, derivatives, measured

WIDELY = 0.5
"""The share of random points at which a wrong program has to be wrong, for its pass to be a false one."""
AS_THE_PLAIN_ONE = 8.0
Judge = Callable[[Case, Any], Any]


@dataclass(frozen=True)
class Judged:
    """A case with its outcome.

    Right: pass, false failure, inconclusive, error, inaccurate (it fails, and loses more digits than √u at the point that is
    reported, or gives no number there). Wrong: fail, false pass, inconclusive, error, too small (its effect is, and nobody is
    asked) and rare (it is wrong at fewer than half of the points). Both: thrown (never judged), fault (the generator's).
    """

    case: Case
    outcome: str
    reason: str
    told: str
    verdict: str = ""
    measured: Measured | None = None

    @property
    def surprising(self) -> bool:
        refused = self.outcome == "error" and self.case.mutation is None
        return refused or self.outcome in ("false failure", "false pass", "fault")


def symgrads(case: Case, exercise: Any) -> Any:
    """symgrad's verdict."""
    return symgrad.check(exercise, dtype=case.dtype, via=case.way, order=case.order, seed=case.index % 97)


def judged(case: Case, judge: Judge = symgrads) -> Judged:
    """A case, measured first and judged then."""
    try:
        found = measured(case)
        exercise = _exercise(case)
    except Thrown as thrown:
        return Judged(case, "thrown", str(thrown), "")
    except symgrad.AuthorError:
        return Judged(case, "thrown", "no exercise: a parameter drops out of the loss", "")
    except Fault as fault:
        return Judged(case, "fault", str(fault), "")
    if case.mutation and not found.shown:  # whatever is said of it counts for nothing
        return Judged(case, "too small", "", "", measured=found)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = judge(case, exercise)
    except Exception as error:  # a checker that raises is counted, not the end of the run
        return Judged(case, "error", type(error).__name__, f"  {type(error).__name__}: {error}", "error", found)
    verdict = result.verdict
    told = f"  {verdict}: {result.reason}; {(result.message or '').splitlines()[:1]}"
    told += f"; own error {found.worst:.1e}, shown at {found.shown:.0%}"
    outcome = _of_wrong(verdict, found) if case.mutation else _of_right(case, verdict, result)
    return Judged(case, outcome, str(result.reason), told, verdict, found)


def _exercise(case: Case) -> Any:
    name = f"random_{case.seed}_{case.index}.py"
    linecache.cache[name] = (len(case.source), None, case.source.splitlines(keepends=True), name)
    return executed(case.source, name)["exercise"]


def _of_wrong(verdict: str, found: Measured) -> str:
    if found.shown < WIDELY:
        return "rare, passed" if verdict == "pass" else "rare"
    return {"pass": "false pass", "fail": "fail", "inconclusive": "inconclusive"}.get(verdict, "error")


def _of_right(case: Case, verdict: str, result: Any) -> str:
    if verdict != "fail":
        return {"pass": "pass", "inconclusive": "inconclusive"}.get(verdict, "error")
    return "inaccurate" if loses_digits(case, result) else "false failure"


def loses_digits(case: Case, result: Any) -> bool:
    """Whether an entry is off by more than √u and AS_THE_PLAIN_ONE times the plain program's error, at a reported point."""
    plain = executed(case.plain, "plain")["torch_loss"]
    right = plain if case.style == OWN else executed(case.source, "right")["torch_loss"]
    parameters = [s.name for s in case.loss.symbols if s.parameter]
    rows = [result.loss, *(row.worst for row in result.gradients)]
    for worst in rows:
        point = getattr(worst, "point", None)
        if point is None:
            continue
        values = {s.name: torch.as_tensor(np.asarray(point[s.name], dtype=float)).reshape(s.shape) for s in case.loss.symbols}
        if _off(case, right, plain, values, parameters):
            return True
    return False


def _off(case: Case, right: Any, plain: Any, values: dict[str, torch.Tensor], parameters: list[str]) -> bool:
    bound = UNITS[case.dtype] ** 0.5
    true = derivatives(plain, values, parameters, "float64", "backward", case.order)
    here = derivatives(right, values, parameters, case.dtype, case.way, case.order)
    base = derivatives(plain, values, parameters, case.dtype, "backward", case.order)
    if not all(np.isfinite(t).all() for t in true):
        return True
    for said, plainly, known in zip(here, base, true, strict=True):
        usual = np.nan_to_num(np.abs(plainly - known), nan=0.0)
        if not np.all(np.abs(said - known) <= np.maximum(bound * np.abs(known), AS_THE_PLAIN_ONE * usual)):
            return True
    return False
