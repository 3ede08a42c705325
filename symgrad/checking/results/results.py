"""The nouns that come out: entries, gradients, checked exercises, the report. Plain data; formats nothing."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import Message, message
from symgrad.basics.showing import Plain, line, listed
from symgrad.checking.results.reasons import REASONS as REASONS
from symgrad.checking.results.reasons import Verdict as Verdict
from symgrad.checking.results.reasons import most_severe as most_severe
from symgrad.checking.results.settings import Settings
from symgrad.truth.certified_digits import digits


def told(results: Iterable[CheckResult]) -> Iterator[tuple[CheckResult, GradientResult | None]]:
    """Every result with each of its gradients, and once without where its reason isn't that of a gradient."""
    for result in results:
        for gradient in result.gradients:
            yield result, gradient
        if result.reason not in {gradient.reason for gradient in result.gradients}:
            yield result, None


def named(results: tuple[CheckResult, ...], name: str) -> CheckResult:
    """The result of the exercise of a name. Raises UserError where there is none, or more than one."""
    found = [result for result in results if result.name == name]
    names = [result.name for result in results]
    if not found:
        raise UserError(message("no_result_called", name=str(name), closest=closest(str(name), names), names=names))
    if len(found) > 1:
        raise UserError(message("several_called", name=name, count=len(found), paths=[result.path for result in found]))
    return found[0]


BLIND = frozenset({"rounding_explains_more", "tolerance_allows_more"})
"""Remarks that say of a pass that a wrong gradient could pass, too."""


def _innermost(remark: Message) -> Message:
    """What a remark on a second derivative says of it."""
    return _innermost(remark.values["said"]) if remark.code == "of_second_derivative" else remark


def label(parameter: str, order: int = 1) -> str:
    """What a gradient is called; one of second order is that of the slope along v, the Hessian times v.

    >>> label("w1"), label("w1", 2)
    ('dL/dw1', 'd(v·∇L)/dw1')
    """
    return f"dL/d{parameter}" if order == 1 else f"d(v·∇L)/d{parameter}"


@dataclass(frozen=True)
class Entry:
    """One entry of a gradient (or the loss) at one point, as each road has it. `index` is its row and column, from 0.

    Of a second derivative, `along` is the direction of the product: an entry such as ``w2[0, 1]``, or ``v``.
    """

    index: tuple[int, int]
    point: Mapping[str, Any]
    closed_form: float
    autograd: float
    reference: str
    absolute: float
    relative: float
    ulps: float
    allowed: float
    along: str = ""
    ulps_allowed: float = math.nan

    def __repr__(self) -> str:
        values = f"closed form {self.closed_form:.7g}, autograd {self.autograd:.7g}, allowed {self.allowed:.2g}"
        return f"Entry([{self.index[0]}, {self.index[1]}]: {values})"


@dataclass(frozen=True)
class PointValues:
    """Every entry of a gradient at one point: arrays (rows, columns) of both roads, of what is certified, and of differences.

    `certified` are the values of a `Reference` there, `bounds` the subdifferential of entries on a kink, `reasons` is an array
    of the reason of each entry.
    """

    point: int
    closed_form: Values
    autograd: Values
    certified: tuple[Values, Values, Values]
    bounds: Mapping[tuple[int, int], tuple[float, float]]
    ulps: Values
    allowed: Values
    reasons: Any

    def rows(self, gradient: GradientResult) -> list[dict[str, Any]]:
        """A dict for each entry, in the order of rows."""
        return [
            {
                "gradient": gradient.label,
                "index": (i, j),
                "point": self.point,
                "closed_form": float(self.closed_form[i, j]) + 0.0,
                "autograd": float(self.autograd[i, j]) + 0.0,
                "certified": self._truth(i, j),
                "ulps": float(self.ulps[i, j]),
                "allowed": float(self.allowed[i, j]),
                "reason": str(self.reasons[i, j]),
            }
            for i, j in np.ndindex(self.autograd.shape)
        ]

    def _truth(self, i: int, j: int) -> str:
        if (i, j) in self.bounds:
            low, high = self.bounds[i, j]
            return f"[{low:.10g}, {high:.10g}]"
        high, low, radius = (float(array[i, j]) for array in self.certified)
        return digits(high, low, radius)


@dataclass(frozen=True)
class GradientResult:
    """The gradient of one parameter: verdict, how much was compared, and the worst entry.

    With `declared`, it was compared with what the author says that PyTorch is meant to say. `counts` says how many entries
    (times points) had each outcome, `certified` for how many a ball encloses the truth, `confirmed` for how many the
    definition of the derivative says the same as the closed form. `tested` counts those at which a wrong sign, 0 and a factor 2
    would each be told. `hints` say what an error looks like; `values` are all
    entries at one point.
    """

    parameter: str
    shape: tuple[int, int]
    reason: str
    closed_form: str
    entries: int
    points: int
    certified: int
    counts: Mapping[str, int]
    worst: Entry | None
    hints: tuple[Message, ...] = ()
    confirmed: int = 0
    order: int = 1
    declared: bool = False
    tested: int = 0
    values: PointValues | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        told = f"{self.verdict}: {self.reason}, {self.shape[0]}×{self.shape[1]} at {self.points} points"
        return line(f"GradientResult({self.parameter!r}, {told})")

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]

    @property
    def hint(self) -> str:
        """What the error looks like, in words."""
        return "; ".join(map(str, self.hints))

    @property
    def label(self) -> str:
        """What the entries are of: ``dL/dw1``, or of second order ``d(v·∇L)/dw1``, which is the Hessian times v."""
        return label(self.parameter, self.order)


@dataclass(frozen=True)
class Finding:
    """Something beside the gradients that was checked: a published figure, a gradient derived by hand, an update."""

    subject: str
    reason: str
    message: Message | None = None

    def __repr__(self) -> str:
        return line(f"Finding({self.subject!r}, {self.verdict}: {self.reason})")

    @property
    def text(self) -> str:
        """What was found, in words."""
        return "" if self.message is None else str(self.message)

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]


@dataclass(frozen=True, repr=False)
class CheckResult(Plain):
    """One exercise checked. ``symgrad.render(result)`` gives it as text.

    `planted` errors were put in by the check itself, `caught` of them rejected; `uncatchable` ones are smaller than what is
    allowed at every entry that was looked at.

    `messages` say what is wrong, `remarks` what a reader should know of how the result came about; `message` and `notes` are
    both in words. `loss_reason` is what was found of the loss itself: ``"agree"``, ``"losses_differ"`` or ``"undefined"``.
    `repeat` is the command that checks it again, where that isn't ``symgrad check``; `strata` says how many points of each
    kind were looked at.
    """

    name: str
    path: str
    reason: str
    settings: Settings
    messages: tuple[Message, ...] = ()
    gradients: tuple[GradientResult, ...] = ()
    loss: Entry | None = None
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Message, ...] = ()
    planted: int = 0
    caught: int = 0
    uncatchable: int = 0
    repeat: str = ""
    loss_reason: str = "agree"
    strata: Mapping[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

    @property
    def message(self) -> str | None:
        """What is wrong, in words: a sentence a line; None where nothing is."""
        return "\n".join(map(str, self.messages)) or None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the result came about, in words."""
        return tuple(map(str, self.remarks))

    @property
    def missed(self) -> int:
        """Planted errors that got through though they could be told."""
        return self.planted - self.caught - self.uncatchable

    @property
    def blind(self) -> tuple[Message, ...]:
        """The remarks that say of a pass that it proves little."""
        return tuple(remark for remark in self.remarks if _innermost(remark).code in BLIND)

    @property
    def values(self) -> list[dict[str, Any]]:
        """Every entry of every gradient at one point, a dict each: closed form, autograd, certified, ulps."""
        return [row for gradient in self.gradients if gradient.values is not None for row in gradient.values.rows(gradient)]

    def __repr__(self) -> str:
        parameters = listed(row.parameter for row in self.gradients)
        return line(f"CheckResult({self.name!r}, {self.verdict}: {self.reason}, parameters: {parameters})")

    def __bool__(self) -> bool:
        """Whether it passed, and every planted error was caught."""
        return self.report.passed

    @property
    def report(self) -> Report:
        return Report((self,), self.settings)


@dataclass(frozen=True, repr=False)
class Report(Plain):
    """All exercises of a run, in order. ``symgrad.render(report)`` gives it as text."""

    results: tuple[CheckResult, ...]
    settings: Settings
    versions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        counted = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
        return f"Report({len(self.results)} exercises: {counted or 'none'})"

    def __bool__(self) -> bool:
        return self.passed

    def __iter__(self) -> Iterator[CheckResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, name: str) -> CheckResult:
        """The result of the exercise of a name."""
        return named(self.results, name)

    @property
    def report(self) -> Report:
        return self

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How many exercises had each verdict."""
        return Counter(result.verdict for result in self.results)

    @property
    def entries(self) -> int:
        """How many entries times points were compared."""
        return sum(g.entries * g.points for r in self.results for g in r.gradients)

    @property
    def strata(self) -> dict[str, int]:
        """How many points of each kind were looked at."""
        return dict(sum((Counter(result.strata) for result in self.results), Counter()))

    @property
    def confirmed(self) -> int:
        """For how many entries times points the definition of the derivative says the same as the closed form."""
        return sum(g.confirmed for r in self.results for g in r.gradients)

    @property
    def planted(self) -> int:
        return sum(r.planted for r in self.results)

    @property
    def caught(self) -> int:
        return sum(r.caught for r in self.results)

    @property
    def uncatchable(self) -> int:
        return sum(r.uncatchable for r in self.results)

    @property
    def missed(self) -> int:
        """Planted errors that got through though they could be told."""
        return sum(r.missed for r in self.results)

    @property
    def passed(self) -> bool:
        """Whether every exercise passed and every planted error was caught."""
        return self.exit_status == 0

    @property
    def exit_status(self) -> int:
        """0: all pass. 1: something failed, or a planted error got through. 2: something couldn't be decided or run."""
        if self.verdicts["fail"] or self.missed:
            return 1
        return 2 if self.verdicts["error"] or self.verdicts["inconclusive"] or not self.results else 0
