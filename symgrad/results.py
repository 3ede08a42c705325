"""The nouns that come out: entries, gradients, checked exercises, the report. Plain data; formats nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from symgrad.errors import UserError

Verdict: TypeAlias = Literal["pass", "fail", "inconclusive", "error"]

REASONS: Mapping[str, Verdict] = {
    "agree": "pass",
    "ill_conditioned": "pass",
    "kink": "pass",
    "vacuous": "inconclusive",
    "undecided": "inconclusive",
    "undefined": "inconclusive",
    "published_differs": "fail",
    "update_differs": "fail",
    "not_a_subgradient": "fail",
    "closed_form_wrong": "fail",
    "autograd_wrong": "fail",
    "both_wrong": "fail",
    "losses_differ": "fail",
    "could_not_run": "error",
}
"""Every reason with its verdict, by rising severity: of many, the last one speaks."""

_SEVERITY = {reason: k for k, reason in enumerate(REASONS)}


def most_severe(reasons: list[str]) -> str:
    """The reason that speaks for many.

    >>> most_severe(["agree", "autograd_wrong", "kink"])
    'autograd_wrong'
    """
    return max(reasons, key=_SEVERITY.__getitem__, default="agree")


@dataclass(frozen=True)
class Settings:
    """How to check: seed of sampled points, format under test, how many points, and tolerances given by hand, if any.

    With `certify` every entry is certified, and the definition of the derivative is asked about every one.
    """

    seed: int = 0
    dtype: str = "float64"
    points: int | None = None
    rtol: float | None = None
    atol: float | None = None
    certify: bool = False

    def __post_init__(self) -> None:
        for name in ("seed", "points", "rtol", "atol"):
            value = getattr(self, name)
            if value is not None and not (value >= 0 and value < float("inf")):
                raise UserError(f"{name} is {value}; accepted: a number, 0 or more")


@dataclass(frozen=True)
class Entry:
    """One entry of a gradient (or the loss) at one point, as each road has it. `index` is its row and column, from 0."""

    index: tuple[int, int]
    point: Mapping[str, Any]
    closed_form: float
    autograd: float
    reference: str
    absolute: float
    relative: float
    ulps: float
    allowed: float


@dataclass(frozen=True)
class GradientResult:
    """The gradient of one parameter: verdict, how much was compared, and the worst entry.

    `counts` says how many entries (times points) had each outcome, `certified` for how many a ball encloses the truth,
    `confirmed` for how many the definition of the derivative says the same as the closed form.
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

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]


@dataclass(frozen=True)
class Finding:
    """Something beside the gradients that was checked: a published figure, a gradient derived by hand, an update."""

    subject: str
    reason: str
    text: str = ""

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]


@dataclass(frozen=True, repr=False)
class CheckResult:
    """One exercise checked. ``symgrad.render(result)`` gives it as text."""

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

    @property
    def verdict(self) -> Verdict:
        return REASONS[self.reason]

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

    def __repr__(self) -> str:
        parameters = ", ".join(row.parameter for row in self.gradients)
        return f"CheckResult({self.name!r}, {self.verdict}: {self.reason}, parameters: {parameters or 'none'})"


@dataclass(frozen=True, repr=False)
class Report:
    """All exercises of a run, in order. ``symgrad.render(report)`` gives it as text."""

    results: tuple[CheckResult, ...]
    settings: Settings
    versions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        counted = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
        return f"Report({len(self.results)} exercises: {counted or 'none'})"

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
