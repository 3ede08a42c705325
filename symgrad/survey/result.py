"""What a survey found, as one noun with an exit status."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgrad.basics.errors import UserError
from symgrad.basics.float_formats import PRECISIONS
from symgrad.frameworks.pytorch.authors_code import one_thread
from symgrad.operations.table import TABLE
from symgrad.survey.acknowledged import Acknowledgement, matching
from symgrad.survey.conventions import Convention, conventions
from symgrad.survey.findings import Finding, no_operation, survey

LOST = 2.0**20
"""Roundings of a value above which it is said that digits are lost, though rounding explains it."""


@dataclass(frozen=True)
class Survey:
    """All findings, the conventions seen at kinks, and the deviations that are acknowledged."""

    findings: tuple[Finding, ...]
    conventions: tuple[Convention, ...]
    dtypes: tuple[str, ...]
    acknowledgements: tuple[Acknowledgement, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def deviations(self) -> list[tuple[Finding, Acknowledgement | None]]:
        """What rounding doesn't explain, each with its acknowledgement, if there is one."""
        return [(f, matching(f, self.acknowledgements)) for f in self.findings if not f.explained]

    @property
    def open(self) -> list[Finding]:
        """The deviations that aren't acknowledged."""
        return [finding for finding, known in self.deviations if known is None]

    @property
    def unused(self) -> list[Acknowledgement]:
        """Acknowledgements of operations and formats that were looked at, of deviations that weren't there."""
        used = [known for _, known in self.deviations]
        seen = {(f.operation, f.dtype) for f in self.findings}
        return [a for a in self.acknowledgements if a not in used and any((a.operation, d) in seen for d in a.dtypes)]

    @property
    def lossy(self) -> list[Finding]:
        """Where PyTorch's own formula loses most digits: rounding explains it, but little of the value is right."""
        limits = {name: min(LOST * p.unit_roundoff, 0.5) for name, p in PRECISIONS.items()}
        return [f for f in self.findings if f.explained and f.worst is not None and f.worst.relative > limits[f.dtype]]

    @property
    def refused(self) -> list[Finding]:
        """What PyTorch couldn't run, or where there was nothing to test."""
        return [f for f in self.findings if f.message is not None]

    @property
    def exit_status(self) -> int:
        """0: every deviation is explained or acknowledged; 1: some isn't."""
        return 1 if self.open else 0


def run(
    dtypes: Sequence[str],
    only: Sequence[str] = (),
    acknowledgements: Sequence[Acknowledgement] = (),
    versions: Mapping[str, str] | None = None,
    progress: Callable[[Sequence[Any]], Iterator[Any]] = iter,
) -> Survey:
    """The survey of some operations (all, unless named) in some formats. Raises UserError for an unknown name."""
    for name in only:
        if name not in TABLE:
            raise UserError(no_operation(name))
    chosen = list(dict.fromkeys(only)) or list(TABLE)
    for name in chosen:
        TABLE[name]  # what a package adds is loaded before anything runs
    with one_thread():
        findings = [f for name in progress(chosen) for f in survey(dtypes, [name])]
        seen = tuple(conventions(chosen))
    return Survey(tuple(findings), seen, tuple(dtypes), tuple(acknowledgements), versions or {})
