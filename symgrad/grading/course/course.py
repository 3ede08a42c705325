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

import symgrad
from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import Broken, load
from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.course.arranging import arranged
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.course.journal import Journal
from symgrad.grading.course.marks import Scheme, graded, scheme
from symgrad.grading.course.rounds import GradeSettings, Rounds, encoded
from symgrad.grading.equality.contents import shown
from symgrad.grading.judge import Judge
from symgrad.grading.mistakes.catalogue import CATALOGUE
from symgrad.grading.outcome import Outcome
from symgrad.grading.submissions import Submissions, read_submissions
from symgrad.grading.submissions.answers import Answer, Problem
from symgrad.operations.table import TABLE

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
    CATALOGUE.load()
    loaded = load(exercises)
    wanted = load(exercises, only=only) if only else loaded
    names = {item.name for item in wanted}
    kept_exercises = tuple(e for e in loaded if isinstance(e, Exercise) and e.name in names)
    broken = tuple(_broken(item) for item in loaded if isinstance(item, Broken) and (item.name in names or not only))
    if not kept_exercises:
        problems = [message("placed", place=p.place, found=p.found) for p in broken]
        raise UserError(message("no_exercise_could_be_read", problems=problems))
    course = _Course(kept_exercises, read_submissions(submissions), chosen, frozenset(e.name for e in loaded) - names)
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
    submitted: Submissions
    settings: GradeSettings
    left_out: frozenset[str] = frozenset()

    @cached_property
    def judges(self) -> dict[str, Judge]:
        """A judge for each exercise. Raises UserError where two share a name."""
        found: dict[str, Judge] = {}
        for exercise in self.exercises:
            if exercise.name in found:
                paths = [found[exercise.name].key.exercise.path, exercise.path]
                raise UserError(message("two_exercises_of_a_name", name=exercise.name, paths=paths))
            found[exercise.name] = Judge(Key(exercise, self.settings.seed))
        return found

    @cached_property
    def handed(self) -> Submissions:
        """The answers that count."""
        return arranged(self.submitted, self.judges, self.schemes, self.left_out)

    @cached_property
    def schemes(self) -> dict[str, Scheme]:
        return {name: scheme(judge.key) for name, judge in self.judges.items()}

    @cached_property
    def fingerprint(self) -> str:
        """Changes with everything that an outcome rests on: versions, exercises, submissions, seed and limits."""
        digest = hashlib.sha256()
        for file in sorted(Path(symgrad.__file__).parent.rglob("*.py")):
            digest.update(file.read_bytes())
        rest = (version("symgrad"), self.settings.seed, self.settings.seconds, self.settings.memory)
        digest.update(repr((TABLE.origins, CATALOGUE.origins)).encode())
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
        rounds = Rounds(self.judges, self.schemes, self.handed.answers, journal, self.settings)
        told = progress(len(self.handed.answers)) if progress is not None else _untold
        self._prepare()
        for places in rounds.waves():
            rounds.judge(places, told)
        return rounds.found

    def _prepare(self) -> None:
        """Computes in this process what workers inherit; PyTorch is asked only where numbers are handed in."""
        used = {answer.exercise for answer in self.handed.answers}
        numbers = {a.exercise for a in self.handed.answers if looks_like_number(a.content)}
        for name, judge in self.judges.items():
            if not judge.key.count(judge.key.points):
                raise judge.key.unable()
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
            decided = [g for g in own if g.verdict != "undecided"]  # what waits for a person costs nothing
            totals.append(Total(student, sum(g.score for g in decided), sum(g.max_score for g in decided)))
        versions = {name: version(name) for name in VERSIONS}
        return Gradebook(
            tuple(listed), tuple(totals), (*broken, *self.handed.problems), tuple(self.judges), self.settings.seed, versions
        )

    def _stray(self, answer: Answer) -> Graded:
        """An answer to an exercise that there isn't."""
        said = message("no_such_exercise", name=answer.exercise, closest=closest(answer.exercise, self.judges))
        text = shown(answer.content)
        return Graded(answer.student, answer.exercise, answer.name, text, "unreadable", (), 0.0, 0.0, (said,))


def _broken(item: Broken) -> Problem:
    """A file that couldn't be read, its place said once."""
    if item.line is None:
        return Problem(item.path, item.told)
    return Problem(f"{item.path}:{item.line}", item.found)


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
