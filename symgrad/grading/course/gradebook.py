"""The nouns of a course's grades: what was handed in, what was said of each answer, and the totals of each student."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symgrad.basics.messages import Message
from symgrad.basics.showing import Shown, line, listed
from symgrad.grading.outcome import Verdict
from symgrad.grading.submissions.answers import Problem


@dataclass(frozen=True, slots=True)
class Graded:
    """One answer with what was said of it."""

    student: str
    exercise: str
    named: str | Message
    """The name that it was handed in under; of a matrix that was handed in by some of its entries, what is left of it."""
    answer: str
    """As it was handed in, as text; empty where it is missing."""
    verdict: Verdict
    tags: tuple[str, ...]
    """Misconceptions, best first."""
    score: float
    max_score: float
    messages: tuple[Message, ...]
    """For the student."""
    needs_person: bool = False
    """Whether a person has to look: undecided, or the tool failed."""
    failure: Message | None = None
    """For the teacher alone: what failed inside."""

    @property
    def name(self) -> str:
        """What is answered, in words."""
        return str(self.named)

    @property
    def message(self) -> str:
        """Sentences for the student: several lines, the student's own text with a caret where it couldn't be read."""
        return " ".join(map(str, self.messages))

    @property
    def note(self) -> str:
        """What failed inside, in words; empty where nothing did."""
        return "" if self.failure is None else str(self.failure)


@dataclass(frozen=True, slots=True)
class Total:
    """A student's marks."""

    student: str
    score: float
    max_score: float


@dataclass(frozen=True, repr=False)
class Gradebook(Shown):
    """The grades of a course: answers in the order of the submissions, students in the order in which they appear."""

    answers: tuple[Graded, ...]
    students: tuple[Total, ...]
    problems: tuple[Problem, ...] = ()
    exercises: tuple[str, ...] = ()
    """The exercises that were graded, in order."""
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        students, answers = len(self.students), len(self.answers)
        counted = f"{students} student{'s' * (students != 1)}, {answers} answer{'s' * (answers != 1)}"
        return line(f"Gradebook({counted}; exercises: {listed(self.exercises)})")
