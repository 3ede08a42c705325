"""The nouns that come out: entries, gradients, checked exercises, the report. Plain data; formats nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from symgrad.basics.errors import UserError, nearest
from symgrad.basics.showing import Plain, line, listed
from symgrad.checking.results.reasons import REASONS as REASONS
from symgrad.checking.results.reasons import Verdict as Verdict
from symgrad.checking.results.reasons import most_severe as most_severe
from symgrad.checking.results.settings import Settings


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
        raise UserError(f"no exercise is called '{name}'{nearest(str(name), names) or '.'} There are {listed(names)}")
    if len(found) > 1:
        places = listed(result.path for result in found)
        raise UserError(f"{len(found)} exercises are called '{name}', in {places}; `results` has them in order")
    return found[0]


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

    def __repr__(self) -> str:
        values = f"closed form {self.closed_form:.7g}, autograd {self.autograd:.7g}, allowed {self.allowed:.2g}"
        return f"Entry([{self.index[0]}, {self.index[1]}]: {values})"


@dataclass(frozen=True)
class GradientResult:
    """The gradient of one parameter: verdict, how much was compared, and the worst entry.

    With `declared`, it was compared with what the author says that PyTorch is meant to say. `counts` says how many entries
    (times points) had each outcome, `certified` for how many a ball encloses the truth, `confirmed` for how many the
    definition of the derivative says the same as the closed form.
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
    hint: str = ""
    confirmed: int = 0
    order: int = 1
    declared: bool = False

    def __repr__(self) -> str:
        told = f"{self.verdict}: {self.reason}, {self.shape[0]}×{self.shape[1]} at {self.points} points"
        return line(f"GradientResult({self.parameter!r}, {told})")

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]

    @property
    def label(self) -> str:
        """What the entries are of: ``dL/dw1``, or of second order ``d(v·∇L)/dw1``, which is the Hessian times v."""
        return label(self.parameter, self.order)


@dataclass(frozen=True)
class Finding:
    """Something beside the gradients that was checked: a published figure, a gradient derived by hand, an update."""

    subject: str
    reason: str
    text: str = ""

    def __repr__(self) -> str:
        return line(f"Finding({self.subject!r}, {self.verdict}: {self.reason})")

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]


@dataclass(frozen=True, repr=False)
class CheckResult(Plain):
    """One exercise checked. ``symgrad.render(result)`` gives it as text.

    `repeat` is the command that checks it again, where that isn't ``symgrad check``.
    """

    name: str
    path: str
    reason: str
    settings: Settings
    message: str | None = None
    gradients: tuple[GradientResult, ...] = ()
    loss: Entry | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    planted: int = 0
    caught: int = 0
    repeat: str = ""

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

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
    def passed(self) -> bool:
        """Whether every exercise passed and every planted error was caught."""
        return self.exit_status == 0

    @property
    def exit_status(self) -> int:
        """0: all pass. 1: something failed, or a planted error got through. 2: something couldn't be decided or run."""
        if self.verdicts["fail"] or self.caught < self.planted:
            return 1
        return 2 if self.verdicts["error"] or self.verdicts["inconclusive"] or not self.results else 0
