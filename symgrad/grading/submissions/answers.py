"""What was handed in: answers, and what of the submissions couldn't be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symgrad.basics.messages import Message


@dataclass(frozen=True, slots=True)
class Answer:
    """What a student handed in under an exercise and a name, as it stood there: a text, a nested list, or anything else."""

    student: str
    exercise: str
    name: str
    content: Any
    place: str = ""
    """Where it stands: ``"answers.csv:7"`` or ``"alice.toml"``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of the submissions that couldn't be read, and where; everything else was graded."""

    place: str
    found: Message

    @property
    def message(self) -> str:
        """What was found, in words."""
        return str(self.found)
