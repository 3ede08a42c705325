"""A course graded: exercises and submissions come in, a `Gradebook` goes out.

Every distinct answer is judged once, in worker processes, and noted in a journal. Answers to steps go first, from the loss
downwards, for what a student made of them is carried forward to what follows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from symgrad.errors import UserError, nearest
from symgrad.exercise import Exercise
from symgrad.grading.contents import shown
from symgrad.grading.gradebook import Answer, Gradebook, Graded, Problem, Total
from symgrad.grading.journal import Journal
from symgrad.grading.judging import Judge
from symgrad.grading.key import Key
from symgrad.grading.marking import Scheme, graded, scheme
from symgrad.grading.outcome import Outcome
from symgrad.grading.rounds import GradeSettings, Rounds, encoded
from symgrad.grading.submissions import Submissions, read_submissions
from symgrad.loading import Broken, load

VERSIONS = ("symgrad", "sympy", "torch", "python-flint", "lark")


def grade(
    exercises: Sequence[str],
    submissions: str,
    settings: GradeSettings | None = None,
    *,
    only: Sequence[str] = (),
    journal: Path | None = None,
    resume: bool = False,
    progress: Callable[[int], Callable[[int], None]] | None = None,
) -> Gradebook:
    """The grades of all submissions. Raises UserError for paths that can't be read.

    With a `journal` what was judged is kept on disk, and `resume` goes on from there; it is removed at the end. `progress`
    is told how many answers there are, and gives a function that is called as they are judged.
    """
    chosen = settings or GradeSettings()
    loaded = load(exercises, only=only)
    handed = read_submissions(submissions)
    course = _Course(tuple(e for e in loaded if isinstance(e, Exercise)), handed, chosen)
    broken = tuple(Problem(item.path, item.message) for item in loaded if isinstance(item, Broken))
    if not course.exercises:
        raise UserError("\n".join(["no exercise could be read", *(p.message for p in broken)]))
    kept = None if journal is None else Journal.open(journal, course.fingerprint, resume=resume)
    try:
        outcomes = course.outcomes(kept, progress)
    except BaseException:
        if kept is not None:
            kept.close()
        raise
    if kept is not None:
        kept.close()
    return course.gradebook(outcomes, broken)


@dataclass(frozen=True)
class _Course:
    """Exercises and submissions on their way to a gradebook."""

    exercises: tuple[Exercise, ...]
    handed: Submissions
    settings: GradeSettings

    @cached_property
    def judges(self) -> dict[str, Judge]:
        return {e.name: Judge(Key(e, self.settings.seed)) for e in self.exercises}

    @cached_property
    def schemes(self) -> dict[str, Scheme]:
        return {name: scheme(judge.key) for name, judge in self.judges.items()}

    @cached_property
    def fingerprint(self) -> str:
        """Changes with everything that an outcome rests on: versions, exercises, submissions, seed and limits."""
        digest = hashlib.sha256()
        rest = (version("symgrad"), self.settings.seed, self.settings.seconds, self.settings.memory)
        digest.update(repr(rest).encode())
        for exercise in self.exercises:
            digest.update(exercise.name.encode() + b"\0" + _source(exercise))
        for answer in self.handed.answers:
            digest.update(encoded([answer.student, answer.exercise, answer.name, answer.content]))
        return digest.hexdigest()

    def outcomes(
        self, journal: Journal | None, progress: Callable[[int], Callable[[int], None]] | None
    ) -> dict[int, tuple[Answer, Outcome]]:
        """What is said of every answer, by its place in the submissions."""
        rounds = Rounds(self.judges, self.handed.answers, journal, self.settings)
        told = progress(len(self.handed.answers)) if progress is not None else _untold
        _ = self.schemes
        self._prepare()
        for places in rounds.waves():
            rounds.judge(places, told)
        return rounds.found

    def _prepare(self) -> None:
        """Computes in this process what workers inherit; PyTorch is asked only where numbers are handed in."""
        used = {answer.exercise for answer in self.handed.answers}
        numbers = {a.exercise for a in self.handed.answers if looks_like_number(a.content)}
        for name, judge in self.judges.items():
            if name in used:
                judge.prepare(figures=name in numbers)

    def gradebook(self, outcomes: Mapping[int, tuple[Answer, Outcome]], broken: tuple[Problem, ...]) -> Gradebook:
        """Marks and totals: answers in the order of the submissions, a student's missing ones after the others."""
        by_student: dict[str, dict[str, list[tuple[Answer, Outcome]]]] = {s: {} for s in self.handed.students}
        for _, (answer, outcome) in sorted(outcomes.items()):
            by_student.setdefault(answer.student, {}).setdefault(answer.exercise, []).append((answer, outcome))
        listed: list[Graded] = []
        totals: list[Total] = []
        for student, given in by_student.items():
            own: list[Graded] = []
            for name, judge in self.judges.items():
                own += graded(student, judge.key, given.get(name, []), self.schemes[name])
            for name in given:
                if name not in self.judges:
                    own += [self._stray(answer) for answer, _ in given[name]]
            listed += own
            totals.append(Total(student, sum(g.score for g in own), sum(g.max_score for g in own)))
        versions = {name: version(name) for name in VERSIONS}
        return Gradebook(
            tuple(listed), tuple(totals), (*broken, *self.handed.problems), tuple(self.judges), self.settings.seed, versions
        )

    def _stray(self, answer: Answer) -> Graded:
        """An answer to an exercise that there isn't."""
        said = f"There is no exercise `{answer.exercise}`{nearest(answer.exercise, self.judges)}".replace("'", "`")
        return Graded(answer.student, answer.exercise, answer.name, shown(answer.content), "unreadable", (), 0.0, 0.0, said)


def looks_like_number(content: Any) -> bool:
    """Whether an answer may be made of numbers alone: it has no letter but those of numbers."""
    text = shown(content) if not isinstance(content, str) else content
    return not any(c.isalpha() and c not in "eE" for c in text[:200])


def _source(exercise: Exercise) -> bytes:
    try:
        return Path(exercise.path).read_bytes()
    except OSError:
        return repr(exercise).encode()


def _untold(count: int) -> None:
    """Tells nobody."""
