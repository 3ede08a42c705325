"""The noun that judging gives: what is said of one answer, before marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Verdict: TypeAlias = Literal["correct", "incorrect", "unreadable", "undecided", "missing"]
VERDICTS: tuple[Verdict, ...] = ("correct", "incorrect", "unreadable", "undecided", "missing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said of one answer: verdict, tags (best first), sentences for the student, the share of entries that are right.

    `note` is for the teacher: what failed inside. A failure of the tool is ``undecided``, never a lost mark.
    """

    verdict: Verdict
    tags: tuple[str, ...] = ()
    message: str = ""
    share: float = 0.0
    note: str = ""

    def plain(self) -> list[Any]:
        """As JSON has it."""
        return [self.verdict, list(self.tags), self.message, self.share, self.note]

    @classmethod
    def of(cls, plain: Any) -> Outcome:
        """From JSON."""
        verdict, tags, message, share, note = plain
        return cls(verdict, tuple(tags), message, share, note)


CORRECT = Outcome("correct", share=1.0)
MISSING = Outcome("missing", message="Nothing was handed in.")
