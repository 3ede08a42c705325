"""The survey: PyTorch's values and derivatives of every operation against certified ones, in every format.

Derivatives are taken backward and forward, and twice: the second one is that of the slope along a vector of ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun, closest
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import Message, message
from symgrad.checking import second_order
from symgrad.checking.evidence.chosen_points import chosen
from symgrad.checking.evidence.evidence import Evidence, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import Formula, differentiated
from symgrad.checking.judging.comparison import Comparison, Outcome, compare
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.framework import TorchValues
from symgrad.frameworks.pytorch.gradients import THE_COMPILED_LOSS, TorchRun, run_compiled
from symgrad.frameworks.pytorch.second_order import run_twice
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.system import listed
from symgrad.operations.table import TABLE
from symgrad.survey.cases import Case, cases
from symgrad.truth.certified_digits import digits

QUANTITIES = ("value", "derivative", "forward_derivative", "second_derivative")
"""What is surveyed of an operation."""
Quantity: TypeAlias = tuple[str, str | None]
"""One of `QUANTITIES`, and by which operand, where there are several."""
Points: TypeAlias = Mapping[str, Values]
EASY = 8
"""Points that are tried where PyTorch refuses all of them: the first ones are ordinary."""


@dataclass(frozen=True)
class Worst:
    """The entry of a quantity that is furthest off: PyTorch's value, the certified one, their differences, the point."""

    point: dict[str, list[list[float]]]
    torch: float
    truth: str
    relative: float
    absolute: float
    ulps: float
    allowed: float


@dataclass(frozen=True)
class Finding:
    """One of the `QUANTITIES` of an operation in one format; `operand` says by which of several a derivative is.

    Of the points that were tried, so many were `tested` (in the domain, within the format's range, not on a kink); at
    `deviating` ones the difference is more than rounding explains. `message` says why nothing was tested.
    """

    operation: str
    label: str
    dtype: str
    quantity: str
    operand: str | None = None
    tested: int = 0
    deviating: int = 0
    worst: Worst | None = None
    message: Message | None = None

    @property
    def explained(self) -> bool:
        """Whether rounding in PyTorch's own formula explains every difference."""
        return self.deviating == 0


def no_operation(name: str) -> Message:
    """That the table has no operation of a name."""
    return message("no_operation", name=name, closest=closest(name, TABLE))


Look: TypeAlias = Callable[[Formula, Points, str], Evidence]
"""An operation as an exercise, points, a format -> what PyTorch said there, with the truth beside it. Raises CouldNotRun."""


def survey(dtypes: Sequence[str], only: Iterable[str] = ()) -> Iterator[Finding]:
    """Findings on every operation of the table (or some by name), format by format."""
    chosen = list(only) or list(TABLE)
    for name in chosen:
        for case in cases(TABLE[name]):
            for dtype in dtypes:
                yield from of_case(case, dtype)


def of_case(case: Case, dtype: str) -> Iterator[Finding]:
    """The findings on one operation with one choice of options: its value, then its derivatives by each operand."""
    yield from _seen(case, dtype, _backward, ["value", "derivative"])
    yield from _seen(case, dtype, _forward, ["forward_derivative"])
    yield from _seen(case, dtype, _twice, ["second_derivative"])


def _seen(case: Case, dtype: str, look: Look, wanted: Sequence[str]) -> list[Finding]:
    """The findings on some quantities that are seen in one run."""
    names = [str(s.name) for s in case.symbols]
    operands = names if len(names) > 1 else [None]
    quantities: list[Quantity] = [(q, o) for q in wanted for o in ([None] if q == "value" else operands)]
    points = case.points(PRECISIONS[dtype])
    why: Message | None = None
    for parameters in (names, names[:1]):  # a loss function may have no derivative by its target
        formula = differentiated(Exercise(name=case.operation, loss=case.loss, parameters=parameters))
        for kept in _choices(points):
            values = {name: points[name][kept] for name in formula.exercise.inputs}
            try:
                evidence = look(formula, values, dtype)
            except CouldNotRun as error:
                why = why or _refusal(error)
                continue
            value, *derivatives = _compared(evidence, _undefined(formula, values))
            judged = zip(quantities, [value, *derivatives] if "value" in wanted else derivatives, strict=False)
            return [_finding(case, dtype, quantity, comparison, evidence) for quantity, comparison in judged]
    return [Finding(case.operation, case.label, dtype, *quantity, message=why) for quantity in quantities]


def _backward(formula: Formula, values: Points, dtype: str) -> Evidence:
    return _by_way("backward", formula, values, dtype)


def _forward(formula: Formula, values: Points, dtype: str) -> Evidence:
    return _by_way("jvp", formula, values, dtype)


def _by_way(way: str, formula: Formula, values: Points, dtype: str) -> Evidence:
    exercise = formula.exercise
    run = TorchRun(exercise.inputs, exercise.parameter_names, dtype, WAYS[way])
    return evidence_of(formula, values, run_compiled(formula.forward, values, run), dtype)


def _twice(formula: Formula, values: Points, dtype: str) -> Evidence:
    exercise, names = formula.exercise, second_order.directions(formula.exercise)
    run = TorchRun(exercise.inputs, exercise.parameter_names, dtype)
    ones = {symbol: np.ones_like(values[parameter]) for parameter, symbol in names.items()}
    found = run_twice(formula.forward, values, ones, names, run)
    slope = differentiated(second_order.slope(exercise, formula.derivation, None, [], 0))
    return evidence_of(slope, {name: {**values, **ones}[name] for name in slope.exercise.inputs}, found, dtype)


def _refusal(error: CouldNotRun) -> Message:
    """Why PyTorch didn't run an operation; that it was the loss that raised goes without saying."""
    found = error.found
    if found.code != "raised" or found.values["what"] != THE_COMPILED_LOSS:
        return found
    return message("operation_raised", type=found.values["type"], said=found.values["said"])


def _choices(points: dict[str, Values]) -> Iterator[Values]:
    """Which points to try: all; where PyTorch refuses some, those above 0, those between 0 and 1, the first ones (ordinary)."""
    least, most = (np.min([f(a, axis=(1, 2)) for a in points.values()], axis=0) for f in (np.min, lambda a, axis: -a.max(axis)))
    every = np.ones(len(least), bool)
    yield from (every, least > 0, (least > 0) & (most > -1), np.arange(len(every)) < EASY)


def evidence_of(formula: Formula, values: Points, found: TorchValues, dtype: str) -> Evidence:
    """The evidence at points that are all given, with what PyTorch said there."""
    visited = PointSet(dict(values), len(next(iter(values.values()))))
    question = Question(formula.exercise, Settings(dtype=dtype, certify=True), visited=(visited, found))
    return gathered(question, formula, chosen(question, formula))


def _undefined(formula: Formula, values: Points) -> Values:
    """Points, (points, 1, 1), at which an operation has no value; a slope of it may have one."""
    count = len(next(iter(values.values())))
    with np.errstate(all="ignore"):
        (loss,) = listed(Floats().bind(formula.forward)(*values.values()))
        return np.asarray(np.isnan(np.broadcast_to(loss, (count, 1, 1))))


def _compared(evidence: Evidence, undefined: Values) -> list[Comparison]:
    """Value and derivatives compared; where there is no value, there is no derivative either."""
    with np.errstate(all="ignore"):
        (loss, *values), (truth, *references), (limit, *tolerances) = evidence.said, evidence.references, evidence.tolerances
        value = compare(loss, truth, limit)
        nowhere = undefined | ~np.isfinite(truth.high)
        others = zip(values, references, tolerances, strict=True)
        return [value, *(compare(v, reference, tolerance, undefined=nowhere) for v, reference, tolerance in others)]


def _finding(case: Case, dtype: str, quantity: Quantity, comparison: Comparison, evidence: Evidence) -> Finding:
    """What is furthest off, among deviating entries where there are any."""
    format_, truth = comparison.tolerance.precision, comparison.reference
    on_a_kink = np.isin(np.arange(len(evidence.points)), list(evidence.kinks))[:, None, None]
    usable = np.isfinite(truth.high) & (np.abs(truth.high) <= format_.largest) & ~on_a_kink
    usable &= (comparison.outcomes != Outcome.UNDEFINED) & (comparison.outcomes != Outcome.UNDECIDED)
    deviating = usable & (comparison.outcomes == Outcome.WRONG)
    if not usable.any():
        return Finding(case.operation, case.label, dtype, *quantity, message=message("no_point"))
    with np.errstate(all="ignore"):
        size = np.abs(truth.high)
        relative = comparison.absolute / np.maximum(size, format_.smallest_normal)
        relative = np.where(np.isfinite(relative), relative, np.inf)
    telling = usable & (size >= format_.smallest_normal) & (truth.radius < size)  # what underflows has no digits to lose
    chosen = next(mask for mask in (deviating, telling, usable) if mask.any())
    ranked = np.where(chosen, relative, -1.0)
    point, row, column = np.unravel_index(int(np.argmax(ranked)), ranked.shape)
    place, names = (int(point), int(row), int(column)), [s.name for s in case.symbols]
    worst = Worst(
        {name: array.tolist() for name, array in evidence.points.at(place[0]).items() if name in names},
        float(comparison.values[place]),
        digits(truth.high[place], truth.low[place], truth.radius[place]),
        float(relative[place]),
        float(comparison.absolute[place]),
        comparison.ulps(place),
        float(np.broadcast_to(comparison.tolerance.allowed, ranked.shape)[place]),
    )
    return Finding(case.operation, case.label, dtype, *quantity, int(usable.sum()), int(deviating.sum()), worst)
