"""Kinks: the limiting gradients of a loss at a point where a piece of it isn't smooth, and what lies in their convex hull.

Gradients are taken at distances 2⁻²⁰⁰ and 2⁻⁴⁰⁰ along many directions, in balls that hold such distances exactly. Their convex
hull is Clarke's subdifferential (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1), as far as the directions
found every piece. So thousands are tried in float64, somewhat further off, and one of each kind goes on; and where a value
lies outside of the hull, or of its bounds, the directions that lead there are tried as well. No direction is special: one
along an axis may stay on another kink, where the closed form has a convention instead of a slope, so each is tilted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.system import listed
from symgrad.truth.convex_hull import membership
from symgrad.truth.difference_quotients import LEVELS, scale, slopes
from symgrad.truth.kink_directions import TILT, bends_one_way, by_parameter, tilted

State: TypeAlias = Literal["bounded", "jump", "unbounded"]

BITS = 1600
DISTANCES = (200, 400)
"""Exponents of the distances: nothing that a float64 loss is made of is that close to a kink without lying on it."""
PAIRS = 24
"""Opposite directions that are tried first."""
SCREENED = 4096
"""Directions that are looked at in float64, for pieces in which few directions end."""
SCREENING = 2.0**-20
"""The distance at which they are."""
PIECES = 96
"""Kinds of gradients seen there of which a direction each goes on."""
AXES = 32
"""Entries up to which the directions of the axes are tried, too."""
HELD_BALLS = 400_000
HELD_FLOATS = 2_000_000
ASKED = 256
"""Gradients that aren't numbers on some side, for which the definition of the derivative is asked."""
ROUNDS = 32
"""How often the direction that separates a value from the hull is tried."""
TINY = 2.0**-1000
SAME = 2.0**-40
"""Limiting gradients that differ by less, relatively, are one."""


@dataclass(frozen=True)
class Limits:
    """What a point's neighbourhood says: distinct limiting gradients (number, entries) where they are bounded.

    ``jump``: the loss isn't continuous; ``unbounded``: slopes grow without bound, or aren't defined on some side. `settled`,
    (entries,), are those whose slopes are bounded all the same.
    """

    state: State
    gradients: Values
    settled: Values


class Subdifferential:
    """The limiting gradients of a loss at one point; `names` are the parameters, whose entries are taken in one row.

    `loss` and `program` are the loss alone, and with its gradients, as generated code.
    """

    def __init__(
        self, loss: Program, program: Program, names: Sequence[str], point: Mapping[str, Values], seed: int = 0
    ) -> None:
        self._loss, self._program, self._names, self._point = loss, program, list(names), point
        self._scale = np.concatenate([scale(point[name]).ravel() for name in names])
        self._generator = np.random.default_rng(seed)
        self.entries = len(self._scale)
        pairs = max(2, min(PAIRS, HELD_BALLS // (4 * self.entries)))
        directions = [
            self._generator.normal(size=(pairs, self.entries)),
            self._rare(),
            tilted(
                self._generator, by_parameter([point[name].size for name in names])[: max(1, HELD_BALLS // (24 * self.entries))]
            ),
        ]
        if self.entries <= AXES:
            directions.append(tilted(self._generator, np.eye(self.entries)))
        joined = np.concatenate(directions)
        joined = np.concatenate([joined, -joined])
        first = self._limits(joined)
        self.state, self.settled, every = first.state, first.settled, first.gradients
        self.gradients = _distinct(every)
        self._bend = np.ones(self.entries)
        self.known = False
        if self.state == "bounded":
            around, along = every - every.mean(axis=0), joined - joined.mean(axis=0)
            self._bend = np.where((around * along).sum(axis=0) < 0, -1.0, 1.0)
            self.known = self._complete() or bends_one_way(every * self._scale, joined)
        elif self.settled.any():
            self.known = self._complete(self.settled)

    def _rare(self) -> Values:
        """Directions of which each leads to another gradient, as far as float64 tells a little further off."""
        count = min(SCREENED, HELD_FLOATS // self.entries)
        directions = self._generator.normal(size=(count, self.entries))
        with np.errstate(all="ignore"):
            _, *found = listed(Floats().bind(self._program)(*self._moved(SCREENING * directions)))
            rows = [np.broadcast_to(g, (count, *self._point[n].shape)) for n, g in zip(self._names, found, strict=True)]
            gradients = np.concatenate([row.reshape(count, -1) for row in rows], axis=1)
            size = np.abs(gradients).max(axis=0, initial=0.0)
            kinds = np.round(gradients / np.where(size > 0, size, 1.0) * 256)
        self._kinds = np.nan_to_num(kinds)
        _, first = np.unique(self._kinds, axis=0, return_index=True)
        most = max(2, min(PIECES, HELD_BALLS // (4 * self.entries)))
        return directions[first if len(first) <= most else self._generator.choice(first, most, replace=False)]

    def _complete(self, entries: Any = slice(None)) -> bool:
        """Whether the second half of the directions tried showed no gradient, of some entries, that the first half hadn't."""
        _, first = np.unique(self._kinds[:, entries], axis=0, return_index=True)
        return bool(np.all(first < len(self._kinds) // 2))

    def reach(self, value: Values, slack: Values) -> None:
        """Looks for gradients on the way to entries of a value that lie outside of the bounds of those found so far."""
        low, high = self.gradients.min(axis=0), self.gradients.max(axis=0)
        beyond = np.flatnonzero((value < low - slack) | (value > high + slack))
        most = max(2, HELD_BALLS // (12 * self.entries))
        if self.state != "bounded" or not len(beyond) or len(beyond) > most:
            return
        axes = np.zeros((len(beyond), self.entries))
        axes[np.arange(len(beyond)), beyond] = 1.0
        found = self._limits(np.concatenate([tilted(self._generator, axes), tilted(self._generator, -axes)]))
        if found.state == "bounded":
            self.gradients = _distinct(np.concatenate([self.gradients, found.gradients]))

    def holds(self, value: Values, slack: Values, entries: Values) -> bool | None:
        """Whether some entries of a value are those of a point of the hull, up to a slack; None where it stays open.

        That they aren't is only said where the pieces are all known, or the loss bends one way, so that the direction which
        separates a value from the hull leads to the gradient furthest that way.
        """
        for _ in range(ROUNDS):
            inside, way = membership(self.gradients[:, entries], value[entries], slack[entries])
            if inside:
                return True
            if not np.any(way):
                return None
            found = self._limits(self._tries(way, value, entries))
            if found.state != "bounded":
                return None
            beyond = found.gradients[:, entries] @ way >= value[entries] @ way - np.abs(way) @ slack[entries]
            if not beyond.any():
                return inside if self.known else None
            self.gradients = _distinct(np.concatenate([self.gradients, found.gradients]))
        return None

    def _tries(self, way: Values, value: Values, entries: Values) -> Values:
        """Directions in which a gradient further along a way may be found: of a convex piece, a concave one, mixed ones."""
        full, own = np.zeros(self.entries), np.zeros(self.entries)
        full[entries] = way / np.abs(way).max()
        own[entries] = value[entries] / max(np.abs(value[entries]).max(), TINY)
        mixed = self._generator.choice([-1.0, 1.0], size=(4, self.entries))
        straight = np.stack([full, -full, full * self._bend, *([own, -own] if own.any() else [])])
        return np.concatenate(
            [tilted(self._generator, straight), full * mixed + TILT * self._generator.normal(size=mixed.shape)]
        )

    def _moved(self, steps: Values) -> list[Any]:
        """The point moved by steps of its own entries, in floats."""
        moved = []
        for name, array in self._point.items():
            if name in self._names:
                start = sum(self._point[n].size for n in self._names[: self._names.index(name)])
                part = slice(start, start + array.size)
                moved.append(array + (steps[:, part] * self._scale[part]).reshape(len(steps), *array.shape))
            else:
                moved.append(np.broadcast_to(array, (len(steps), *array.shape)))
        return moved

    def _steps(self, directions: Values) -> dict[str, Any]:
        """Directions as balls by parameter, in units of the point's own entries."""
        steps, start = {}, 0
        for name in self._names:
            part = slice(start, start + self._point[name].size)
            steps[name] = to_balls((directions[:, part] * self._scale[part]).reshape(len(directions), *self._point[name].shape))
            start = part.stop
        return steps

    def _limits(self, directions: Values) -> Limits:
        """Limiting gradients along directions, in units of the point's own entries."""
        count, steps, run = len(directions), self._steps(directions), Balls().bind(self._program)
        with at_precision(BITS):
            losses, gradients = [], []
            for distance in (None, *DISTANCES):
                moved = {}
                for name, array in self._point.items():
                    exact = np.broadcast_to(to_balls(array), (count, *array.shape))
                    moved[name] = exact + arb(2) ** -distance * steps[name] if distance and name in steps else exact
                loss, *found = listed(run(*moved.values()))
                losses.append(np.broadcast_to(np.asarray(loss, dtype=object), (count, 1, 1))[:, 0, 0])
                shapes = [(count, *self._point[name].shape) for name in self._names]
                full = [np.broadcast_to(np.asarray(g, dtype=object), s) for g, s in zip(found, shapes, strict=True)]
                row = np.concatenate([g.reshape(count, -1) for g in full], axis=1)
                gradients.append(_floats(row) if distance is None else self._repaired(_sharp(row), moved))
            near, nearer = gradients[1:]
            vanishes = np.abs(nearer) <= SAME * np.abs(near)
            settled = np.isfinite(nearer) & (vanishes | (np.abs(nearer - near) <= SAME * np.abs(nearer)))
            state, entries = _continuity(*losses), settled.all(axis=0)
            if state == "bounded" and not entries.all():
                state = "unbounded"
            elif state != "bounded":
                entries = np.zeros_like(entries)
            return Limits(state, np.where(vanishes, 0.0, nearer), entries)

    def _repaired(self, gradients: Values, points: Mapping[str, Any]) -> Values:
        """Gradients with the definition's answers where the closed form gives no number, as 0·nan in a branch not taken."""
        places = np.argwhere(~np.isfinite(gradients))
        if not len(places) or len(places) > ASKED:
            return gradients
        names = [(name, *index) for name in self._names for index in np.ndindex(self._point[name].shape)]
        repeated = {name: array[places[:, 0]] for name, array in points.items()}
        moving = {name: np.zeros((len(places), *self._point[name].shape)) for name in self._names}
        for k, (_, entry) in enumerate(places):
            name, row, column = names[entry]
            moving[name][k, row, column] = 1.0
        repaired = gradients.copy()
        found = slopes(self._loss, repeated, moving, LEVELS[-1])
        repaired[tuple(places.T)] = _sharp(found)
        return repaired


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


def _sharp(balls: Any) -> Values:
    """Balls as floats; nan for those that are wide, as where two pieces that are equal everywhere can't be told apart."""
    flat = [b if isinstance(b, arb) else arb(b) for b in np.ravel(balls)]
    sharp = [b.is_finite() and bool(b.rad() <= SAME * max(abs(b).upper(), arb(TINY))) for b in flat]
    return np.array([float(b) if s else np.nan for b, s in zip(flat, sharp, strict=True)]).reshape(np.shape(balls))


def _distinct(gradients: Values) -> Values:
    """Gradients without repetition, up to SAME of the largest."""
    size = np.abs(gradients).max(axis=0, initial=0.0)
    kept: list[Values] = []
    for gradient in gradients:
        if not any(np.all(np.abs(gradient - other) <= SAME * size) for other in kept):
            kept.append(gradient)
    return np.array(kept)
