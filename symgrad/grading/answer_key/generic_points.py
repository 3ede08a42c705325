"""The points at which answers are compared: generic ones, on both sides of every kink, and some further out.

Short points are drawn within the domain and moved off every grid. Where the author gave no domain, some lie four times as far
out, for a formula that forgets a limit is right within. No point lies where the loss is undefined, or its gradient jumps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import arb

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.field_checks import ONE_HOT
from symgrad.authoring.points import Sampler, sample
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import PRECISIONS, precision
from symgrad.checking.evidence.chosen_points import acceptable
from symgrad.checking.evidence.symbolic_side import Formula
from symgrad.grading.answer_key.tape import Tape
from symgrad.number_systems.balls import to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.system import listed

POOL = 192
"""Points that are drawn of each kind, for exercises of few entries."""
FURTHER = 4.0
"""How much further out some points lie."""
SPREAD = 1 / 128
"""How far a point lies beside a short one, at most; a 256th of a narrow domain."""
OFFSET = 2.0**-70
"""How far balls are moved off the floats, in units of the value: off every grid that an answer could know of."""
NUDGE = 1e-7
"""How far the gradient is looked at around a point that may lie on a kink, relative."""
STEADY = 1e-4
FEW, MANY = 400, 4_000
"""Entries of inputs up to which there are 64 points, and from which on there are 8."""


def how_many(exercise: Exercise) -> int:
    """How many points an exercise is judged at."""
    entries = sum(i.shape[0] * i.shape[1] for i in exercise.inputs.values())
    return 64 if entries <= FEW else 16 if entries <= MANY else 8


def generic_points(formula: Formula, tape: Tape, seed: int) -> dict[str, Values]:
    """Points as arrays of shape (points, rows, columns) by name; empty arrays where none was found."""
    exercise = formula.exercise
    count = how_many(exercise)
    near = _fine(formula, tape, _drawn(exercise, seed, 1.0, count))
    chosen = _telling(formula, near, count - count // 4)
    if any(name not in exercise.domain for name in exercise.inputs):
        far = _fine(formula, tape, _drawn(exercise, seed + 1, FURTHER, count))
        further = _telling(formula, far, count - len(_any(chosen)))
        chosen = {name: np.concatenate([chosen[name], further[name]]) for name in chosen}
    if len(_any(chosen)) < count:
        rest = {name: array[len(_any(chosen)) :] for name, array in near.items()}
        chosen = {name: np.concatenate([chosen[name], rest[name]])[:count] for name in chosen}
    return chosen


def _any(points: Mapping[str, Values]) -> Values:
    return next(iter(points.values()))


def _drawn(exercise: Exercise, seed: int, scale: float, count: int) -> dict[str, Values]:
    """Points within the domain, those without one so much further out, a little beside short ones."""
    size = POOL if count == 64 else 2 * count
    everywhere = [lambda values: np.ones(len(_any(values)), bool)]
    sampler = Sampler(exercise.inputs, exercise.domain, seed, exercise.name, precision("float64"))
    short = sample(sampler, size, everywhere, short=True)
    generator = np.random.default_rng([seed, 20])
    return {name: _moved(exercise, name, array, generator, scale) for name, array in short.items()}


def _moved(exercise: Exercise, name: str, array: Values, generator: np.random.Generator, scale: float) -> Values:
    domain = exercise.domain.get(name)
    if domain == ONE_HOT:
        return array
    least, greatest = exercise.inputs[name].limits
    if domain is None:
        low, high = least, greatest
        array = array * scale
    else:
        low, high = (float(bound) for bound in domain)
    spread = min(SPREAD, (high - low) / 256) if np.isfinite(high - low) else SPREAD
    moved = array + generator.uniform(-spread, spread, array.shape)
    beyond = (moved <= low) | (moved >= high)
    return np.where(beyond, np.clip(2 * array - moved, low, high), moved)


def _fine(formula: Formula, tape: Tape, points: dict[str, Values]) -> dict[str, Values]:
    """The points at which loss and gradient are defined and don't jump."""
    with np.errstate(all="ignore"):
        fine = acceptable(formula, points, PRECISIONS["float64"])
        doubtful = np.flatnonzero(~fine)
        if len(doubtful):
            fine[doubtful] = _steady(formula.exercise, tape, {name: array[doubtful] for name, array in points.items()})
    return {name: array[fine] for name, array in points.items()}


def _steady(exercise: Exercise, tape: Tape, points: dict[str, Values]) -> Values:
    """Where the gradient is finite and the same a little further on, whichever way: the loss may be smooth there after all."""
    system, generator = Floats(), np.random.default_rng(21)
    symbols = [exercise.inputs[name].symbol for name in exercise.parameter_names]

    def gradient(at: dict[str, Values]) -> Values:
        done = tape.backward(system, tape.forward(system, at))
        rows = [done.adjoints[s].reshape(len(_any(at)), -1) for s in symbols if s in done.adjoints]
        loss = np.broadcast_to(done.values.get(tape.graph.output, 0.0), (len(_any(at)), 1, 1)).reshape(-1, 1)
        return np.concatenate([loss, *rows], axis=1)

    here = gradient(points)
    steady = np.asarray(np.isfinite(here).all(axis=1))
    for _ in range(4):
        moved = {
            name: array
            if exercise.domain.get(name) == ONE_HOT
            else array + NUDGE * np.maximum(np.abs(array), 1.0) * generator.choice([-1.0, 1.0], array.shape)
            for name, array in points.items()
        }
        off = np.abs(gradient(moved) - here)
        steady &= np.all(off <= STEADY * np.abs(here).max(axis=1, keepdims=True), axis=1)
    return steady


def _telling(formula: Formula, points: dict[str, Values], count: int) -> dict[str, Values]:
    """Up to so many of the points: those first that lie on a side of a kink where none before them lies."""
    found = len(_any(points))
    order = list(range(found))
    if formula.kinks is not None and found:
        with np.errstate(all="ignore"):
            outputs = listed(Floats().bind(formula.kinks)(*points.values()))
        sides = np.concatenate(
            [(np.broadcast_to(o, (found, *np.shape(o)[1:])) > 0).reshape(found, -1) for o in outputs], axis=1
        )
        seen = np.zeros((2, sides.shape[1]), bool)
        first = []
        for k in range(found):
            new = np.where(sides[k], ~seen[1], ~seen[0])
            if new.any():
                first.append(k)
                seen[1] |= sides[k]
                seen[0] |= ~sides[k]
        order = [*first, *(k for k in order if k not in set(first))]
    kept = np.array(order[:count], dtype=int)
    return {name: array[kept] for name, array in points.items()}


def beside(exercise: Exercise, points: Mapping[str, Values], point: int) -> dict[str, Any]:
    """One of the points as balls, moved off the floats within the domain."""
    found = {}
    for k, (name, array) in enumerate(points.items()):
        domain = exercise.domain.get(name, (-np.inf, np.inf))
        one = array[point : point + 1]
        width = 0.0 if isinstance(domain, str) else min(1.0, domain[1] - domain[0])
        found[name] = _shifted(one, k, width) if width else to_balls(one)
    return found


def _shifted(array: Values, k: int, width: float) -> Any:
    """Balls a little beside floats, by irrational amounts that differ from entry to entry."""
    amounts = np.array([arb(3 + 2 * j + 7 * k).sqrt() * OFFSET for j in range(array.size)], dtype=object)
    return to_balls(array) + amounts.reshape(array.shape) * np.maximum(np.abs(array), width)
