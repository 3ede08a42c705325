"""One answer judged: what was handed in comes in, an `Outcome` goes out; nothing that goes wrong inside is raised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target import Target, step_of
from symgrad.grading.answer_key.target_names import target_of
from symgrad.grading.equality.contents import is_number, mentions, read_content
from symgrad.grading.equality.decision import Decision, decide, plausible
from symgrad.grading.equality.worlds import World
from symgrad.grading.language import algebra
from symgrad.grading.language.characters import SAME
from symgrad.grading.language.terms import Term, parts
from symgrad.grading.mistakes.diagnosis import Catalogue, Diagnosis, ranked, told
from symgrad.grading.mistakes.figures import explained, figures_of, judge_figures
from symgrad.grading.outcome import CORRECT, MISSING, Outcome
from symgrad.operations.table import TABLE

REMEMBERED = 4096
MOST_WORLDS = 64
NEARLY = 1e-9
"""Relative difference up to which an answer that isn't right is called close."""
MOST_LISTED = 8
"""Entries that a message lists."""


@dataclass(frozen=True)
class Judge:
    """Judges answers to one exercise."""

    key: Key

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.key)

    @cached_property
    def given(self) -> Catalogue:
        return Catalogue(self.key, given=True)

    @cached_property
    def truth(self) -> World:
        return World(self.key)

    def prepare(self, *, figures: bool) -> None:
        """Computes what every answer needs, so that workers that are forked inherit it."""
        if not self.key.count(self.key.points):
            raise self.key.unable()
        _ = self.catalogue.wrong.by_name, self.key.polynomials, self.truth.floats
        if figures:
            _ = self.given.wrong.by_name, self.key.exact, self.key.short_figures

    def judge(self, name: str, content: Any, own: Mapping[str, Any] | None = None) -> Outcome:
        """What is said of an answer; `own` are the student's own answers to steps that aren't right, by step.

        >>> from symgrad import Exercise, scalar, square
        >>> w = scalar("w")
        >>> Judge(Key(Exercise(name="parabola", loss=square(w - 1), parameters=[w]))).judge("w", "2w - 2").verdict
        'correct'
        """
        try:
            target = self._target(name)
            term = read_content(content, self.key, target)
            if term is None:
                return MISSING
            if target.index is not None and term.shape == target.shape != target.wanted:
                term = algebra.entry(term, f"{target.index[0] + 1},{target.index[1] + 1}", term.start, term.end)
            if self._is_value(name, term, target):
                said = message("value_for_adjoint", step=target.step, target=str(target))
                return Outcome("unreadable", messages=(said,))
            with np.errstate(all="ignore"):
                return self._judged(term, target, self._own(own or {}, target))
        except StudentError as error:
            return Outcome("unreadable", messages=(error.message,))
        except MemoryError:
            raise
        except Exception as error:  # a failure of the tool never costs a mark
            note = message("judging_raised", type=type(error).__name__, said=str(error))
            return Outcome("undecided", messages=(message("not_judged"),), note=note)

    def _target(self, name: str) -> Target:
        found = self._targets.get(name)
        if found is None:
            found = target_of(name, self.key)
            if len(self._targets) < REMEMBERED:
                self._targets[name] = found
        return found

    @cached_property
    def _targets(self) -> dict[str, Target]:
        return {}

    def _is_value(self, name: str, term: Term, target: Target) -> bool:
        """Whether a step's name alone was given, and its value with it."""
        step, meant = target.step, self.key.vocabulary.names.get(name.translate(SAME).strip())
        if step is None or target.index is not None or meant is None or meant.head != "name":
            return False
        if term.shape != target.shape:
            return False
        with np.errstate(all="ignore"):
            return bool(np.allclose(self._value(term), self.key.values[step], rtol=NEARLY, atol=0))

    def _own(self, own: Mapping[str, Any], target: Target) -> dict[str, Term]:
        """The student's own adjoints that can be gone on from: readable, of the right shape, not zero, from the loss down."""
        found: dict[str, Term] = {}
        for name in reversed(self.key.asked):
            step = step_of(name)
            if step is None or step not in own or name == target.name:
                continue
            try:
                term = read_content(own[step], self.key, Target(name, self.key.asked[name][1]))
            except StudentError:
                continue
            if term is not None and term.shape == self.key.asked[name][1] and mentions(term) <= set(found) | self._right(own):
                value = self._world({**found, step: term}).floats.values[name]
                if np.isfinite(value).all() and np.any(value != 0):
                    found[step] = term
        return found

    def _right(self, own: Mapping[str, Any]) -> set[str]:
        """The steps for which the student has no answer of their own."""
        return {step for n in self.key.asked if (step := step_of(n)) is not None} - set(own)

    def _judged(self, term: Term, target: Target, own: Mapping[str, Term]) -> Outcome:
        if term.shape != target.wanted:
            return self._misshapen(term, target)
        if is_number(term) and self.key.exercise.given:
            return judge_figures(self.key, self.given, target, term)
        world = self._world(own) if own and mentions(term) & set(own) else self.truth
        decision = decide(world, term, target)
        if decision.equal:
            return CORRECT
        followed = self._carried(term, target, own) if own else None
        if followed is not None:
            return followed
        if decision.equal is None:
            return Outcome("undecided", messages=(message("not_decided"),))
        return self._wrong(term, target, decision, world)

    def _carried(self, term: Term, target: Target, own: Mapping[str, Term]) -> Outcome | None:
        """The outcome for an answer that is right given the student's own adjoints."""
        for steps in dict.fromkeys([*((step,) for step in reversed(list(own))), tuple(own)]):
            kept = {step: own[step] for step in own if step in steps or step in mentions(term)}
            world = self._world(kept, steps)
            if plausible(world, term, target) and decide(world, term, target).equal:
                return Outcome("correct", ("carried_forward",), (message("follows_from_yours", steps=steps),), 1.0)
        return None

    def _world(self, own: Mapping[str, Term], carried: tuple[str, ...] = ()) -> World:
        """A world with a student's own adjoints; the latest ones are remembered, for the other answers of the same student."""
        key = (tuple(own.items()), carried)
        found = self._worlds.get(key)
        if found is None:
            if len(self._worlds) >= MOST_WORLDS:
                self._worlds.clear()
            found = self._worlds[key] = World(self.key, own, carried)
        return found

    @cached_property
    def _worlds(self) -> dict[Any, World]:
        return {}

    def _misshapen(self, term: Term, target: Target) -> Outcome:
        wanted, found = target.wanted, term.shape
        value = self._value(term)
        if is_number(term) and self.key.exercise.given:
            diagnosis = ranked(list(explained(self.given, target, figures_of(term))))
        else:
            diagnosis = self.catalogue.explain(target, value)
        if not diagnosis.tags and found == wanted[::-1]:
            turned = self.catalogue.explain(target, np.swapaxes(value, 1, 2))
            right = np.allclose(np.swapaxes(value, 1, 2), self.truth.floats.truth(target), rtol=1e-6)
            tags = ("transposed",) if right else ("shape", *turned.tags)
            diagnosis = Diagnosis(tags, () if right else turned.explanations)
        said = message("other_shape", found=found, wanted=wanted, transposed="transposed" in diagnosis.tags)
        last = () if {"transposed", "shape"} & set(diagnosis.tags) else ("shape",)
        return Outcome("incorrect", (*diagnosis.tags, *last), (*told(diagnosis), said))

    def _value(self, term: Term) -> Any:
        return self.truth.floats.value(term, len(next(iter(self.key.points.values()))))

    def _wrong(self, term: Term, target: Target, decision: Decision, world: World) -> Outcome:
        if any(_is_one_sided(part.head) for part in parts(term)) and self._positively(term, target):
            return Outcome("incorrect", ("positive_axis_only",), (message("right_on_positive_axes"),))
        value = decision.value if world is self.truth else self._value(term)
        if decision.nowhere:
            return Outcome("incorrect", ("undefined",), (message("undefined_everywhere"),))
        if decision.undefined:
            return Outcome("incorrect", ("undefined",), (message("undefined_at_points"),))
        truth = self.truth.floats.truth(target)
        if np.all(np.abs(value - truth) <= NEARLY * np.abs(truth)):
            return Outcome("incorrect", (), (message("close_to_gradient"),))
        diagnosis = Diagnosis() if is_number(term) else self.catalogue.explain(target, value)
        said = [*told(diagnosis), *self._besides(value, truth, diagnosis)]
        right = decision.right
        if right.any() and right.size > 1:
            said.append(_entries_right(right))
        return Outcome("incorrect", diagnosis.tags, tuple(said), float(right.mean()))

    def _besides(self, value: Any, truth: Any, diagnosis: Diagnosis) -> Iterator[Message]:
        """What is said of a wrong answer besides its explanations."""
        if not np.any(value):
            yield message("answer_is_zero")
        elif not diagnosis.tags and self._at_points(value, truth):
            yield message("right_at_points")
        elif not diagnosis.explanations:
            yield message("not_the_gradient")

    def _at_points(self, value: Any, truth: Any) -> bool:
        """Whether an answer is right at some of the points."""
        return bool(np.any(np.all(np.abs(value - truth) <= NEARLY * np.abs(truth), axis=(1, 2))))

    def _positively(self, term: Term, target: Target) -> bool:
        """Whether an answer is right on the positive axes."""
        key = self.key.positive
        return bool(len(next(iter(key.points.values()))) and decide(World(key), term, target).equal)


def _entries_right(right: Any) -> Message:
    """Which entries are right, as far as a message lists them."""
    listed = tuple((int(i) + 1, int(j) + 1) for i, j in np.argwhere(right)[:MOST_LISTED])
    return message("entries_right", count=int(right.sum()), of=int(right.size), entries=listed)


def _is_one_sided(head: str) -> bool:
    """Whether a formula with such a term may be right on one side of zero alone."""
    row = TABLE.get(head)
    return row is not None and row.one_sided
