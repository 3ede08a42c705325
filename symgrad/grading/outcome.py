"""The noun that judging gives: what is said of one answer, before marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from symgrad.basics.messages import Message, message

Verdict: TypeAlias = Literal["correct", "incorrect", "unreadable", "undecided", "missing"]
VERDICTS: tuple[Verdict, ...] = ("correct", "incorrect", "unreadable", "undecided", "missing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said of one answer: verdict, tags (best first), messages for the student, the share of entries that are right.

    `note` is for the teacher: what failed inside. A failure of the tool is ``undecided``, never a lost mark.
    """

    verdict: Verdict
    tags: tuple[str, ...] = ()
    messages: tuple[Message, ...] = ()
    share: float = 0.0
    note: Message | None = None

    @property
    def message(self) -> str:
        """What is said to the student, in words."""
        return " ".join(map(str, self.messages))

    @property
    def note_text(self) -> str:
        """What is said to the teacher, in words; empty where nothing is."""
        return "" if self.note is None else str(self.note)

    def plain(self) -> list[Any]:
        """As JSON has it."""
        note = None if self.note is None else self.note.plain()
        return [self.verdict, list(self.tags), [each.plain() for each in self.messages], self.share, note]

    @classmethod
    def of(cls, plain: Any) -> Outcome:
        """From JSON."""
        verdict, tags, messages, share, note = plain
        said = None if note is None else Message.of(note)
        return cls(verdict, tuple(tags), tuple(Message.of(each) for each in messages), share, said)


CORRECT = Outcome("correct", share=1.0)
MISSING = Outcome("missing", messages=(message("nothing_handed_in"),))
