"""Counts of outcomes, and the tables made of them. Decides nothing and runs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tabulate import tabulate

from inventing.judging import Judged

RIGHT = ("pass", "false failure", "inaccurate", "inconclusive", "error")
WRONG = ("fail", "false pass", "inconclusive", "error", "rare", "rare, passed", "too small")
OUT = ("thrown", "fault")


@dataclass
class Tally:
    """How often there was which outcome, and of which kinds the cases were."""

    found: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    reasons: Counter[tuple[Any, ...]] = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        """Counts one case."""
        case = judged.case
        kind = case.mutation.kind if case.mutation else ""
        how = f"{kind} ({case.mutation.how})" if case.mutation else ""
        self.found[bool(kind), judged.outcome, case.dtype, case.way, case.order, case.style, kind, how] += 1
        if judged.outcome not in ("pass", "fail"):
            self.reasons["wrong" if kind else "right", judged.outcome, judged.reason, case.dtype] += 1

    def count(self, wrong: bool, outcome: str, place: int | None = None, value: object = None) -> int:
        """Cases of an outcome; `value` at `place` narrows it down: 2 format, 3 way, 4 order, 5 spelling, 6 mutation."""
        return sum(
            n
            for key, n in self.found.items()
            if key[0] == wrong and key[1] == outcome and (place is None or key[place] == value)
        )

    def false_passes(self) -> int:
        """Wrong programs that passed, though they are wrong at half of the points."""
        return self.count(True, "false pass")

    def false_failures(self) -> int:
        """Right programs that failed, and don't lose their digits."""
        return self.count(False, "false failure")

    def table(self, wrong: bool, place: int, name: str) -> str:
        """Outcomes by one property of cases."""
        values = sorted({key[place] for key in self.found if key[0] == wrong}, key=str)
        columns = (*(WRONG if wrong else RIGHT), *OUT)
        rows = [[v, *(self.count(wrong, c, place, v) for c in columns)] for v in values]
        rows.append(["all", *(self.count(wrong, c) for c in columns)])
        return _table(rows, [name, *columns])


def tables(tally: Tally) -> str:
    """All tables, with a sentence on what was in and what was out."""
    out = sum(tally.count(True, o) for o in ("rare", "rare, passed", "too small", *OUT))
    counted = sum(tally.count(True, o) for o in ("fail", "false pass", "inconclusive", "error"))
    right = sum(tally.count(False, o) for o in RIGHT)
    parts = [
        f"Right programs: {right:,} judged, {tally.false_failures():,} false failures. "
        f"Wrong programs: {counted:,} whose effect is above "
        f"10 times the right program's own error, {tally.false_passes():,} false passes; {out:,} out.",
        "Right programs:",
        *(tally.table(False, place, name) for place, name in ((2, "format"), (3, "way"), (4, "order"), (5, "spelling"))),
        "Wrong programs:",
        *(
            tally.table(True, place, name)
            for place, name in ((2, "format"), (3, "way"), (4, "order"), (5, "spelling"), (6, "mutation"))
        ),
        "Reasons of what neither passed nor failed as it should:",
        _table(
            [[*key, n] for key, n in sorted(tally.reasons.items(), key=lambda item: (item[0][:2], -item[1]))],
            ["program", "outcome", "reason", "format", "cases"],
        ),
    ]
    return "\n\n".join(parts)


def _table(rows: list[list[Any]], headers: list[str]) -> str:
    make: Callable[..., str] = tabulate
    return make(rows, headers=headers, tablefmt="github")
