"""What tables and Markdown share: a row for each gradient, and the paragraph on each exercise that didn't pass."""

from __future__ import annotations

import math
from collections.abc import Iterator

from symgrad.checking.results.results import CheckResult, Entry, GradientResult, Report, told
from symgrad.reports.wording import commands, sentences, values

HEADERS = (
    "exercise",
    "verdict",
    "parameter",
    "entries",
    "points",
    "worst",
    "closed form",
    "autograd",
    "absolute",
    "relative",
    "ulps",
    "allowed",
)
NUMBERS = ("entries", "points", "closed form", "autograd", "absolute", "relative", "ulps", "allowed")
"""Columns that are set to the right."""


def rows(report: Report) -> list[list[str]]:
    """A row for each gradient of each exercise, and one for what an exercise says beyond them."""
    found, last = [], None
    for result, row in told(report.results):
        name = "" if result is last else result.name
        if row is None:
            claims = dict.fromkeys(finding.subject for finding in result.findings if finding.reason == result.reason)
            about = [f"{result.verdict}: {said(result.reason)}", ", ".join(claims)]
        else:
            about = [f"{row.verdict}: {share(row)}", *cells(row)]
        found.append([name, *about, *[""] * (len(HEADERS) - 1 - len(about))])
        last = result
    return found


def share(row: GradientResult) -> str:
    """The reason of a gradient, and of how many entries it is said, where that isn't all."""
    count, total = row.counts.get(row.reason, 0), sum(row.counts.values())
    return said(row.reason) + (f" ({count} of {total})" if 0 < count < total else "")


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
    return "ill-conditioned" if reason == "ill_conditioned" else reason.replace("_", " ")


def value(number: float) -> str:
    """A value with seven digits."""
    return f"{number:.7g}"


def small(number: float) -> str:
    """A difference with two digits."""
    return f"{number:.2g}" if math.isfinite(number) else str(number)


def details(result: CheckResult) -> Iterator[tuple[str, str]]:
    """What a reader needs of an exercise that didn't pass, as (heading, text) pairs in order."""
    for line in (result.message or "").splitlines():
        yield "", line
    if result.reason == "losses_differ" and result.loss is not None:
        yield from entry_lines("loss", result.loss, result)
    else:
        for row in result.gradients:
            if row.verdict != "pass" and row.worst is not None:
                yield from entry_lines(row.label, row.worst, result)
                yield "entries", values.outcomes(row)
                yield "declared" if row.declared else "derivation", f"{row.label} = {row.closed_form}"
    if result.path or result.repeat:
        yield "repeat", commands.repeat(result)


def entry_lines(subject: str, entry: Entry, result: CheckResult) -> Iterator[tuple[str, str]]:
    """One entry: both values, what is certified, the differences, the rule, the point."""
    yield "where", "the loss" if subject == "loss" else values.place(subject, entry)
    yield "autograd", f"{entry.autograd:.17g}"
    yield "closed form", f"{entry.closed_form:.17g}"
    yield "certified", entry.reference
    yield "difference", values.differences(entry)
    yield "rule", sentences.rule(result.settings)
    yield "point", values.point_text(entry.point, longest=100)


def _share(report: Report) -> str:
    return f"{report.confirmed} of {report.entries} entries"


def summary(report: Report) -> list[str]:
    """The last lines: verdicts, entries, a tolerance that was given by hand, controls."""
    verdicts = report.verdicts
    counted = ", ".join(f"{verdicts[v]} {v}" for v in ("pass", "fail", "inconclusive", "error") if verdicts[v])
    certified = sum(g.certified for r in report.results for g in r.gradients)
    count = len(report.results)
    by_hand = report.settings.rtol is not None or report.settings.atol is not None
    return [
        f"{count} exercise{'s' * (count != 1)}: {counted or 'none'};"
        f" {report.entries} entries compared in {sentences.format_and_way(report.settings)}, {certified} certified",
        *([f"third witness: the definition of the derivative confirms {_share(report)}"] if report.settings.certify else []),
        *([f"tolerance: {sentences.rule(report.settings)}"] if by_hand else []),
        f"controls: {report.caught} of {report.planted} planted errors caught",
    ]
