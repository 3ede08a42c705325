"""What the formats of a check share: a row for each gradient, and the lines on each exercise that didn't pass."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.basics.messages import Message, message
from symgrad.checking.results.reasons import Verdict
from symgrad.checking.results.results import CheckResult, Entry, GradientResult, Report, told
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.reports.check import plain_data
from symgrad.reports.wording.commands import repeat
from symgrad.reports.wording.values import place, point_text
from symgrad.truth.reference import SAFETY

COLUMNS = (
    "exercise",
    "verdict",
    "parameter",
    "entries",
    "points",
    "worst",
    "closed_form",
    "autograd",
    "absolute",
    "relative",
    "ulps",
    "allowed",
)
NUMBERS = ("entries", "points", "closed_form", "autograd", "absolute", "relative", "ulps", "allowed")
"""Columns that are set to the right."""


@dataclass(frozen=True)
class Row:
    """A line of a table: the exercise (empty where it stands above), the verdict, and as text what else its columns hold."""

    exercise: str
    verdict: Verdict
    about: str
    cells: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """The line as text."""
        return [self.exercise, self.about, *self.cells]


def headers() -> list[str]:
    """The columns in words."""
    return [column(name) for name in COLUMNS]


def column(name: str) -> str:
    """A column in words."""
    return str(message("column", of=name))


def rows(report: Report) -> list[Row]:
    """A row for each gradient of each exercise, and one for what an exercise says beyond them."""
    found: list[Row] = []
    last = None
    for result, row in told(report.results):
        name = "" if result is last else result.name
        own = [claims(result)] if row is None else cells(row)
        verdict = result.verdict if row is None else row.verdict
        about = verdict_of(verdict, said(result.reason) if row is None else share(row))
        found.append(Row(name, verdict, about, (*own, *[""] * (len(COLUMNS) - 2 - len(own)))))
        last = result
    return found


def verdict_of(verdict: Verdict, reason: str) -> str:
    """A verdict with its reason."""
    return str(message("verdict_of", verdict=verdict, reason=reason))


def title(result: CheckResult) -> str:
    """How the paragraph on an exercise begins: its verdict and reason, its name, the file."""
    return str(message("title", verdict=result.verdict, reason=said(result.reason), name=result.name, path=result.path))


def claims(result: CheckResult) -> str:
    """What was found to have the reason of a result, beside its gradients."""
    return ", ".join(dict.fromkeys(finding.subject for finding in result.findings if finding.reason == result.reason))


def counted(row: GradientResult) -> tuple[int, int]:
    """Of how many entries times points a gradient's reason is said, and how many there are."""
    return row.counts.get(row.reason, 0), sum(row.counts.values())


def share(row: GradientResult) -> str:
    """The reason of a gradient, and of how many entries it is said, where that isn't all."""
    count, total = counted(row)
    return str(message("reason_of_some", reason=row.reason, count=count if 0 < count < total else None, of=total))


def cells(row: GradientResult) -> list[str]:
    """The cells of a gradient: how much was compared, and the worst entry."""
    (rows_, columns), parameter = row.shape, row.parameter if row.order == 1 else row.label
    entries = str(row.entries) if row.entries == 1 else f"{rows_}×{columns}"
    if row.worst is None:
        return [parameter, entries, str(row.points), *[""] * 7]
    worst = row.worst
    numbers = (worst.absolute, worst.relative, worst.ulps, worst.allowed)
    return [
        parameter,
        entries,
        str(row.points),
        f"[{worst.index[0]}, {worst.index[1]}]",
        value(worst.closed_form),
        value(worst.autograd),
        *(small(number) for number in numbers),
    ]


def said(reason: str) -> str:
    """A reason as words.

    >>> said("ill_conditioned")
    'ill-conditioned'
    """
    return str(message("reason", reason=reason))


def value(number: float) -> str:
    """A value with seven digits."""
    return f"{number:.7g}"


def small(number: float) -> str:
    """A difference with two digits."""
    return f"{number:.2g}" if math.isfinite(number) else str(number)


def details(result: CheckResult) -> Iterator[tuple[str, str]]:
    """What a reader needs of an exercise that didn't pass, as (heading, text) pairs in order."""
    for each in result.messages:
        for line in str(each).splitlines():
            yield "", line
    compared = any(row.verdict != "pass" for row in result.gradients)
    if result.loss_reason == "losses_differ" and result.loss is not None and result.reason == "losses_differ":
        yield from entry_lines(None, result.loss, result)
    elif compared:
        for row in result.gradients:
            if row.verdict != "pass" and row.worst is not None:
                yield from entry_lines(row, row.worst, result)
                yield heading("entries"), str(message("outcomes", counts=dict(row.counts)))
                yield heading("declared" if row.declared else "derivation"), f"{row.label} = {row.closed_form}"
    if result.path or result.repeat:
        yield heading("repeat"), repeat(result)


def heading(code: str) -> str:
    """The heading of a line, in words."""
    return str(message("heading", of=code))


def entry_lines(row: GradientResult | None, entry: Entry, result: CheckResult) -> Iterator[tuple[str, str]]:
    """One entry, of a gradient or of the loss: both values, what is certified, the differences, the rule, the point."""
    yield heading("where"), str(message("the_loss")) if row is None else place(row.label, entry)
    yield heading("autograd"), f"{entry.autograd:.17g}"
    yield heading("closed_form"), f"{entry.closed_form:.17g}"
    yield heading("certified"), entry.reference
    yield heading("difference"), str(differences(entry))
    yield heading("rule"), str(rule(result.settings))
    yield heading("point"), point_text(entry.point, longest=100)


def differences(entry: Entry) -> Message:
    """The differences of an entry: absolute, relative, in ulps, and what is allowed."""
    numbers = {"absolute": entry.absolute, "relative": entry.relative, "ulps": entry.ulps, "allowed": entry.allowed}
    return message("differences", **numbers)


def rule(settings: Settings) -> Message:
    """The rule behind the allowed difference."""
    if settings.by_hand:
        return message("rule_by_hand", atol=settings.atol or 0, rtol=settings.rtol or 0)
    return message("rule_derived", safety=SAFETY, dtype=settings.dtype)


def summary(report: Report) -> list[str]:
    """The last lines: verdicts, entries, a tolerance that was given by hand, controls."""
    verdicts, settings = report.verdicts, report.settings
    found = [
        message(
            "summary",
            exercises=len(report.results),
            verdicts={v: verdicts[v] for v in ("pass", "fail", "inconclusive", "error") if verdicts[v]},
            entries=report.entries,
            dtype=settings.dtype,
            via=None if settings.via == "backward" else WAYS[settings.via].calls,
            device=None if settings.device == "cpu" else settings.device,
            certified=sum(g.certified for r in report.results for g in r.gradients),
        )
    ]
    if report.strata:
        found.append(message("points_looked_at", strata=report.strata))
    if settings.certify:
        found.append(message("third_witness", confirmed=report.confirmed, entries=report.entries))
    if settings.by_hand:
        found.append(message("tolerance_is", rule=rule(settings)))
    return [str(each) for each in [*found, message("controls", **plain_data.controls(report))]]
