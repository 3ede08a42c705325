"""Rounds of judging: answers come in, each distinct one is judged once in worker processes, outcomes come out by place.

Answers to steps go first, from the loss downwards, for what a student made of them is carried forward to what follows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.answer_key.target import adjoint_of
from symgrad.grading.answer_key.target_names import target_of
from symgrad.grading.course.journal import Journal
from symgrad.grading.course.marks import Scheme
from symgrad.grading.judge import Judge
from symgrad.grading.outcome import MISSING, Outcome
from symgrad.grading.submissions.answers import Answer
from symgrad.grading.workers.pool import Failed, run

MEMORY = 1024
SECONDS = 10.0
UNTELLING = frozenset({"shape", "undefined", "positive_axis_only", "loss_itself"})
"""Tags that explain no mistake within the chain."""
LAST = 10**9
"""The rank of what goes after all steps."""
SAID: Mapping[str, Message] = {"time": message("took_too_long"), "memory": message("took_too_much_memory")}
FAILED = message("not_judged")


@dataclass(frozen=True)
class GradeSettings:
    """How answers are judged: seed of the points, worker processes, limits of an answer in seconds and MiB."""

    seed: int = 0
    jobs: int = 1
    seconds: float = SECONDS
    memory: int = MEMORY


@dataclass
class Rounds:
    """The state of one run: what has been said of answers so far, and of whom a step's own adjoint is carried forward."""

    judges: Mapping[str, Judge]
    schemes: Mapping[str, Scheme]
    answers: Sequence[Answer]
    journal: Journal | None
    settings: GradeSettings
    found: dict[int, tuple[Answer, Outcome]] = field(default_factory=dict)
    known: dict[str, Outcome] = field(default_factory=dict)
    own: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    """By student and exercise: the answers to steps that aren't simply right."""

    def waves(self) -> Iterator[list[int]]:
        """Places of answers: the steps nearest to the loss first, everything else at the end."""
        ranks = [self._rank(answer) for answer in self.answers]
        for rank in sorted(set(ranks)):
            yield [k for k, each in enumerate(ranks) if each == rank]

    def _rank(self, answer: Answer) -> int:
        judge = self.judges.get(answer.exercise)
        if judge is None:
            return LAST
        step = self._step(judge, answer.name)
        names = list(judge.key.asked)
        return LAST if step is None else len(names) - names.index(adjoint_of(step))

    def _step(self, judge: Judge, name: str) -> str | None:
        """The step that a name asks the adjoint of, as a whole."""
        memo = (judge.key.exercise.name, name)
        if memo not in self._steps:
            try:
                target = target_of(name, judge.key)
            except StudentError:
                target = None
            self._steps[memo] = target.step if target is not None and target.index is None else None
        return self._steps[memo]

    @cached_property
    def _steps(self) -> dict[tuple[str, str], str | None]:
        return {}

    def judge(self, places: Sequence[int], told: Callable[[int], None]) -> None:
        """Judges the answers at some places, each distinct one once."""
        waiting: dict[str, list[int]] = {}
        tasks: dict[str, str] = {}
        for place in places:
            answer = self.answers[place]
            if answer.exercise not in self.judges:
                self.found[place] = answer, MISSING
                told(1)
                continue
            own = self.own.get((answer.student, answer.exercise), {})
            task = encoded([answer.exercise, answer.name, answer.content, own])
            key = hashlib.sha256(task).hexdigest()[:32]
            waiting.setdefault(key, []).append(place)
            if key not in self.known:
                tasks[key] = task.decode()
        if self.journal is not None:
            for key in list(tasks):
                if key in self.journal.known:
                    self.known[key] = Outcome.of(self.journal.known[key])
                    del tasks[key]
        for key in waiting.keys() - tasks.keys():
            told(len(waiting[key]))
        for key, outcome in self._run(tasks):
            self.known[key] = outcome
            told(len(waiting[key]))
        for key, each in waiting.items():
            for place in each:
                self._note(place, self.known[key])

    def _run(self, tasks: Mapping[str, str]) -> Iterator[tuple[str, Outcome]]:
        settings, keys = self.settings, list(tasks)
        limits: dict[str, Any] = {"seconds": settings.seconds, "memory": settings.memory * 2**20}
        for index, result in run(self._work, tasks.values(), jobs=min(settings.jobs, len(keys) or 1), **limits):
            if isinstance(result, Failed):
                said = SAID.get(result.kind, FAILED)
                outcome = Outcome("undecided", messages=(said,), note=result.found)
            else:
                outcome = Outcome.of(result)
            if self.journal is not None:
                self.journal.add(keys[index], outcome.plain())
            yield keys[index], outcome

    def _work(self, task: str) -> list[Any]:
        """In a worker: one answer judged."""
        exercise, name, content, own = json.loads(task)
        return self.judges[exercise].judge(name, content, own).plain()

    def _note(self, place: int, outcome: Outcome) -> None:
        answer = self.answers[place]
        self.found[place] = answer, outcome
        step = self._step(self.judges[answer.exercise], answer.name)
        if step is not None and self._carries(answer, step, outcome):
            self.own.setdefault((answer.student, answer.exercise), {})[step] = answer.content

    def _carries(self, answer: Answer, step: str, outcome: Outcome) -> bool:
        """Whether what follows from an answer to a step is right given it.

        It has to be wrong (a right one changes nothing), and either asked, so that the mistake has cost its marks, or a
        mistake that people make: else any gradient could be made right by an adjoint that nobody asked for.
        """
        if "carried_forward" in outcome.tags:
            return True
        asked = any(t.step == step and marks > 0 for t, marks in self.schemes[answer.exercise].marks.items())
        return outcome.verdict == "incorrect" and (asked or bool(set(outcome.tags) - UNTELLING))


def encoded(value: Any) -> bytes:
    """A value as JSON bytes; what JSON doesn't know becomes an object, which is no answer."""
    return json.dumps(value, default=lambda other: {"type": type(other).__name__}, sort_keys=True).encode()
