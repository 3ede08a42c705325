"""Kinks: the limiting gradients of a loss at a point where a piece of it isn't smooth, and what lies in their convex hull.

Gradients are taken at distances 2⁻²⁰⁰ and 2⁻⁴⁰⁰ along many directions, in balls that hold such distances exactly. Their convex
hull is Clarke's subdifferential (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1), as far as the directions
found every piece: where a value lies outside of the hull, the direction that separates it is tried as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from flint import arb

from symgrad.balls import Balls, at_precision, to_balls
from symgrad.compile import Program
from symgrad.definition import scale
from symgrad.evaluation import listed
from symgrad.fields import Values
from symgrad.hull import membership

State: TypeAlias = Literal["bounded", "jump", "unbounded"]

BITS = 1600
DISTANCES = (200, 400)
"""Exponents of the distances: nothing that a float64 loss is made of is that close to a kink without lying on it."""
PAIRS = 24
"""Opposite directions that are tried first."""
AXES = 32
"""Entries up to which the directions of the axes are tried, too."""
HELD_BALLS = 400_000
ROUNDS = 32
"""How often the direction that separates a value from the hull is tried."""
SAME = 2.0**-40
"""Limiting gradients that differ by less, relatively, are one."""


@dataclass(frozen=True)
class Limits:
    """What a point's neighbourhood says: distinct limiting gradients (number, entries) where they are bounded.

    ``jump``: the loss isn't continuous; ``unbounded``: slopes grow without bound, or aren't defined on some side.
    """

    state: State
    gradients: Values


class Subdifferential:
    """The limiting gradients of a loss at one point; `names` are the parameters, whose entries are taken in one row."""

    def __init__(self, program: Program, names: Sequence[str], point: Mapping[str, Values], seed: int = 0) -> None:
        self._run = Balls().bind(program)
        self._names, self._point = list(names), point
        self._scale = np.concatenate([scale(point[name]).ravel() for name in names])
        self._generator = np.random.default_rng(seed)
        self.entries = len(self._scale)
        pairs = max(2, min(PAIRS, HELD_BALLS // (4 * self.entries)))
        directions = self._generator.normal(size=(pairs, self.entries))
        if self.entries <= AXES:
            directions = np.concatenate([directions, np.eye(self.entries)])
        self.directions = np.concatenate([directions, -directions])
        first = self._limits(self.directions)
        self.state, every = first.state, first.gradients
        self.gradients = _distinct(every)
        if self.state == "bounded":
            around, along = every - every.mean(axis=0), self.directions - self.directions.mean(axis=0)
            self._bend = np.where((around * along).sum(axis=0) < 0, -1.0, 1.0)

    def holds(self, value: Values, slack: Values, entries: Values) -> bool | None:
        """Whether some entries of a value are those of a point of the hull, up to a slack; None where it stays open."""
        for _ in range(ROUNDS):
            inside, way = membership(self.gradients[:, entries], value[entries], slack[entries])
            if inside:
                return True
            if not np.any(way):
                return None
            found = self._limits(self._tries(way, entries))
            if found.state != "bounded":
                return None
            beyond = found.gradients[:, entries] @ way >= value[entries] @ way - np.abs(way) @ slack[entries]
            if not beyond.any():
                return inside
            self.gradients = _distinct(np.concatenate([self.gradients, found.gradients]))
        return None

    def _tries(self, way: Values, entries: Values) -> Values:
        """Directions in which a gradient further along a way may be found: of a convex piece, a concave one, and mixed ones."""
        full = np.zeros(self.entries)
        full[entries] = way / np.abs(way).max()
        mixed = self._generator.choice([-1.0, 1.0], size=(4, self.entries))
        return np.stack([full, -full, full * self._bend, *(full * signs for signs in mixed)])

    def _limits(self, directions: Values) -> Limits:
        """Limiting gradients along directions, in units of the point's own entries."""
        count, start = len(directions), 0
        steps: dict[str, Any] = {}
        for name in self._names:
            shape = self._point[name].shape
            size = int(np.prod(shape))
            part = slice(start, start + size)
            steps[name] = to_balls((directions[:, part] * self._scale[part]).reshape(count, *shape))
            start += size
        with at_precision(BITS):
            losses, gradients = [], []
            for distance in (None, *DISTANCES):
                moved = []
                for name, array in self._point.items():
                    exact = np.broadcast_to(to_balls(array), (count, *array.shape))
                    moved.append(exact + arb(2) ** -distance * steps[name] if distance and name in steps else exact)
                loss, *found = listed(self._run(*moved))
                losses.append(np.broadcast_to(np.asarray(loss, dtype=object), (count, 1, 1))[:, 0, 0])
                shapes = [(count, *self._point[name].shape) for name in self._names]
                full = [np.broadcast_to(np.asarray(g, dtype=object), s) for g, s in zip(found, shapes, strict=True)]
                gradients.append(np.concatenate([g.reshape(count, -1) for g in full], axis=1))
            near, nearer = (_floats(g) for g in gradients[1:])
            vanishes = np.abs(nearer) <= SAME * np.abs(near)
            settled = np.isfinite(nearer) & (vanishes | (np.abs(nearer - near) <= SAME * np.abs(nearer)))
            state = _continuity(*losses)
            return Limits("unbounded" if state == "bounded" and not settled.all() else state, np.where(vanishes, 0.0, nearer))


def _continuity(here: Any, near: Any, nearer: Any) -> State:
    """Whether the loss tends to its own value, seen at two distances."""
    for middle, first, second in zip(here, near, nearer, strict=True):
        far, close = (abs(b - middle) if isinstance(b, arb) else abs(arb(b) - middle) for b in (first, second))
        if not (far.is_finite() and close.is_finite()):
            return "unbounded"
        if close > far / 2:
            return "jump"
    return "bounded"


def _floats(balls: Any) -> Values:
    return np.asarray(np.frompyfunc(lambda b: float(b if isinstance(b, arb) else arb(b)), 1, 1)(balls), dtype=np.float64)


def _distinct(gradients: Values) -> Values:
    """Gradients without repetition, up to SAME of the largest."""
    size = np.abs(gradients).max(axis=0, initial=0.0)
    kept: list[Values] = []
    for gradient in gradients:
        if not any(np.all(np.abs(gradient - other) <= SAME * size) for other in kept):
            kept.append(gradient)
    return np.array(kept)
