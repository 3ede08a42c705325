"""Worlds in which an answer is judged: the true one, or one in which a student's own adjoints stand for the true ones.

A `World` gives `Scene`s: a number system, the values of all names at one or all of the key's points, and what is right there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.tape import Pass, full
from symgrad.grading.answer_key.target import Target, adjoint_of, step_of
from symgrad.grading.equality.evaluating import Evaluation, Watch
from symgrad.grading.language.terms import Term
from symgrad.number_systems.balls import Balls
from symgrad.number_systems.system import System


@dataclass(frozen=True)
class Scene:
    """One number system with the values of all names, and a pass that says what is right."""

    key: Key
    system: System
    values: Mapping[str, Any]
    done: Pass

    def value(self, term: Term, count: int, watch: Watch | None = None) -> Any:
        """A term's value with all its points, rows and columns; `watch` is shown the terms of every sum."""
        found = Evaluation(self.system, self.values, watch)(term)
        if np.ndim(found) < 2:
            found = np.reshape(np.asarray(found, dtype=object if not isinstance(found, np.floating) else None), (1, 1))
        wanted = (count, *term.shape)
        return found if np.shape(found) == wanted else np.broadcast_to(found, wanted)

    def truth(self, target: Target) -> Any:
        """What is right of a target."""
        return target.part(self.key.truth(self.done, target.name))


@dataclass(frozen=True)
class World:
    """An exercise's key with a student's own adjoints, as terms by step from the loss downwards.

    Names in answers mean the student's own where there are some; `carried` says whether what is right follows from them, too.
    """

    key: Key
    own: Mapping[str, Term] = field(default_factory=dict)
    carried: tuple[str, ...] = ()

    @cached_property
    def floats(self) -> Scene:
        """All of the key's points in floats."""
        with np.errstate(all="ignore"):
            return self._scene(self.key.floats, self.key.worked)

    def balls(self, point: int, bits: int) -> Scene:
        """One point in balls; to be called and used at that precision."""
        done = self.key.balls(point, bits)
        if self.own:
            return self._scene(Balls(), done)
        known = self._scenes.get((point, bits))
        if known is None:
            known = self._scenes[point, bits] = self._scene(BALLS, done)
        return known

    @cached_property
    def _scenes(self) -> dict[tuple[int, int], Scene]:
        return {}

    @cached_property
    def polynomials(self) -> Scene | None:
        """Polynomials, where the loss is one."""
        known = self.key.polynomials
        return None if known is None else self._scene(*known)

    def _scene(self, system: System, done: Pass) -> Scene:
        values, given = dict(self.key.named(done)), {}
        for step, term in self.own.items():
            found = Scene(self.key, system, values, done).value(term, len(next(iter(values.values()))))
            values[adjoint_of(step)] = full(found, term.shape)
            if step in self.carried:
                given[self.key.asked[adjoint_of(step)][0]] = values[adjoint_of(step)]
                done = self.key.tape.backward(system, done.values, given=given)
                values |= {n: v for n, v in self.key.named(done).items() if (s := step_of(n)) is not None and s not in self.own}
        return Scene(self.key, system, values, done)


BALLS = Balls()
