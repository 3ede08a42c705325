"""Points beside the generic ones: near edges, at exact zeros and ties, at the ends of domains, far out.

A generic point comes in and is moved: an entry, or a whole symbol, towards 0, two entries towards each other, or the point
along the way to another one, to where a kink, a threshold of a condition, or the operand of a function passes through 0. All
moves respect the domains. Which of the points are kept is decided by `symgrad.checking.evidence.chosen_points`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import sympy

from symgrad.authoring.points import DEFAULT_BOUND, Sampler, Stratum
from symgrad.authoring.symbols import ADJOINT
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision
from symgrad.derivation import Derivation
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.system import listed
from symgrad.operations.row import Elementwise
from symgrad.operations.sympy_nodes import Applied
from symgrad.operations.table import TABLE

Batch: TypeAlias = dict[str, Values]
Move: TypeAlias = Callable[[Batch, float], Batch]
"""A point, in place, and a distance to an edge as a share of the scale."""

DECADES = (3, 5, 2, 7, 4, 8, 6)
"""Distances are 10⁻², …, 10⁻⁸ of the scale in this order, times something between 0.3 and 1."""
FAR = 30.0
"""How far out points lie in float64, in other formats as much less as they have fewer digits: exp(−30) isn't lost beside 1."""
FACTORS = (1.0, 0.25, 0.5, 0.125)
"""Shares of that which are tried."""
MOST_EDGES = 12
"""Expressions of which it is looked for where they pass through 0."""
MANY = 4096
"""Entries of a point from which on there are few special points."""
FEW = 256
"""Entries of a point up to which there are more of them."""
STREAM = 2
POOL = 16
BISECTIONS = 45


@dataclass(frozen=True)
class Edges:
    """Expressions that pass through 0 at edges as a program; and those that say which points are none to look at.

    Far points are aware of the operands of functions, all of them of where PyTorch takes an approximation of a function.
    """

    places: Program | None
    operands: Program | None
    approximated: Program | None


def edges(derivation: Derivation) -> Edges:
    """The edges of a derivation: its kinks, both sides of its conditions, operands of functions, what is divided by."""
    written = [e.expression for e in derivation.equations]
    relations = [r for e in written for r in _ordered(e, sympy.core.relational.Relational)]
    calls = [a for e in derivation.forward for a in _ordered(e.expression, Applied)]
    of_functions = [o for call in calls for o in _operands(call)]
    approximated = [a for call in calls for a in _approximated(call)]
    divisors = [p.base for e in derivation.forward for p in _ordered(e.expression, sympy.Pow) if p.exp.is_negative]
    found = [
        *(kink.vanishing for kink in derivation.kinks),
        *(r.lhs - r.rhs for r in relations),
        *of_functions,
        *divisors,
    ]
    return Edges(
        *(
            _program(derivation, group, most)
            for group, most in ((found, MOST_EDGES), (of_functions, None), (approximated, None))
        )
    )


def _program(derivation: Derivation, expressions: Sequence[sympy.Expr], most: int | None) -> Program | None:
    """Some expressions, each once, as a program; None where none of them depends on a symbol."""
    moving = list(dict.fromkeys(e for e in expressions if e.free_symbols))[:most]
    return program(derivation, moving) if moving else None


def _ordered(expression: sympy.Expr, kind: Any) -> list[Any]:
    return [part for part in sympy.preorder_traversal(expression) if isinstance(part, kind)]


def _operands(call: Any) -> tuple[Any, ...]:
    """The operands of a function that acts entry by entry, or saturates; arithmetic is none."""
    row = TABLE[call.name]
    return row.split(call.arguments)[0] if row.saturates or (isinstance(row, Elementwise) and row.kernel) else ()


def _approximated(call: Any) -> tuple[Any, ...]:
    """What is above 0 where PyTorch takes an approximation of a function."""
    row = TABLE[call.name]
    operands, options = row.split(call.arguments)
    return row.approximated(*operands, *options)


def wanted(asked: int, size: int) -> dict[Stratum, int]:
    """How many points of each stratum there are beside so many generic ones, for points of so many entries."""
    if asked < 4:
        return {}
    few = max(1, asked // 8)
    if size > MANY:
        return {"expanded": 1, "near_edge": 2, "exact_zero": 1, "tie": 1, "end": 1, "far": 1}
    if size > FEW:
        return {"expanded": 1, "near_edge": 3 * asked // 8, "exact_zero": few, "tie": few, "end": few, "far": few}
    return {"expanded": 1, "near_edge": 3 * asked // 4, "exact_zero": 2 * few, "tie": few, "end": 2 * few, "far": 3 * few}


def candidates(sampler: Sampler, found: Edges, counts: Mapping[Stratum, int]) -> tuple[Batch, list[Stratum]]:
    """Points to choose from, those first that are to be preferred, more of them than are wanted; and their strata."""
    generator = sampler.generator(STREAM)
    base = sampler.drawn(POOL, generator, short=False)
    drawing = Drawing(sampler, base, generator)
    several = 4 if sum(a[0].size for a in base.values()) <= MANY else 2
    queues: dict[Stratum, Iterator[Batch]] = {
        "near_edge": drawing.near_edges(found.places),
        "exact_zero": drawing.zeros(),
        "tie": drawing.ties(),
        "end": drawing.ends(),
        "far": drawing.far(),
        "expanded": drawing.expanded(),
    }
    points: list[Batch] = []
    strata: list[Stratum] = []
    for stratum, count in counts.items():
        fresh = list(itertools.islice(queues[stratum], several * count))
        points += fresh
        strata += [stratum] * len(fresh)
    return {k: np.stack([p[k] for p in points]) if points else array[:0] for k, array in base.items()}, strata


def limit(format_: Precision) -> float:
    """How far out points lie in a format."""
    return FAR * format_.digits / 53


class Drawing:
    """Moves generic points of a pool (`base`) to special places."""

    def __init__(self, sampler: Sampler, base: Batch, generator: np.random.Generator) -> None:
        self.sampler, self.base, self.generator = sampler, base, generator
        self.intervals = {k: w for k in base if (w := sampler.interval(k)) is not None}
        self._next = itertools.cycle(range(POOL))

    def near_edges(self, code: Program | None) -> Iterator[Batch]:
        """Points at distances of every decade, of one kind of edge after the other."""
        moves = [*self._crossings(code), *(self._shrunk(k) for k in self._around_zero)]
        moves += [self._entries_near_zero] if any(self.base[k][0].size > 1 for k in self._around_zero) else []
        moves += [self._entries_near_each_other] if any(self.base[k][0].size > 1 for k in self.intervals) else []
        rounds = itertools.count() if moves else []
        for turn in rounds:
            for k, move in enumerate(moves):
                decade = DECADES[(turn + k) % len(DECADES)]
                yield self._held(move(self._point(), 10.0**-decade * self.generator.uniform(0.3, 1)))

    def zeros(self) -> Iterator[Batch]:
        """Points with an entry 0 of one symbol, of every symbol; whole symbols that are 0."""
        able = [k for k in self.intervals if self._reaches_zero(k)]
        if len(able) > 1:
            yield self._with(able, 0.0)
        yield from (self._with([k], 0.0) for k in able)
        for key in able:
            if self.base[key][0].size > 1:
                yield {**self._point(), key: np.zeros(self.base[key].shape[1:])}

    def ties(self) -> Iterator[Batch]:
        """Points with two equal entries, within a symbol or between two of the same shape."""
        within = [k for k in self.intervals if self.base[k][0].size > 1]
        pairs = [(a, b) for a, b in itertools.combinations(self.intervals, 2) if self.base[a].shape == self.base[b].shape]
        for turn in range(POOL):
            point = self._point()
            if within and (turn % 2 == 0 or not pairs):
                yield self._held(self._tied(point, within, 0.0))
            elif pairs:
                a, b = pairs[(turn // 2) % len(pairs)]
                place = self._place(a)
                point[b][place] = np.clip(point[a][place], *self.intervals[b])
                if self.intervals[a][0] <= point[b][place] <= self.intervals[a][1]:
                    point[a][place] = point[b][place]
                    yield self._held(point)

    def ends(self) -> Iterator[Batch]:
        """Points with an entry at an end of its domain, or just inside."""
        given = [(k, *self.intervals[k]) for k in self.intervals if k in self.sampler.domain]
        for distance in (0.0, 1e-3, 1e-6):
            for key, low, high in given:
                for end, other in ((low, high), (high, low)):
                    if distance or end or not self.sampler.inputs[key].excludes_zero:
                        yield self._with([key], end + distance * (other - end))

    def far(self) -> Iterator[Batch]:
        """Points with a symbol that has no domain far out: all of its entries, or one."""
        free = [k for k in self.intervals if k not in self.sampler.domain]
        for turn in range(2):
            for k, factor in enumerate(FACTORS):
                for key in free:
                    point = self._point()
                    if turn == 0 or self.base[key][0].size == 1:
                        side = self._side(key, turn + k)
                        yield self._held({**point, key: side * self._outwards(key, np.abs(point[key]), factor)})
                    else:
                        place = self._place(key)
                        point[key][place] = self._outwards(key, point[key][place], factor)
                        yield self._held(point)

    def expanded(self) -> Iterator[Batch]:
        """A point at which all entries of the adjoint of an output are the same number, as `sum()` hands it on."""
        if ADJOINT in self.base and self.base[ADJOINT][0].size > 1:
            point = self._point()
            yield {**point, ADJOINT: np.full_like(point[ADJOINT], point[ADJOINT].flat[0])}

    def _side(self, key: str, turn: int) -> int:
        """Above 0 and below in turn, as far as an input reaches there."""
        low, high = self.intervals[key]
        return 1 if low >= 0 or (high > 0 and turn % 2 == 0) else -1

    def _outwards(self, key: str, values: Any, factor: float) -> Any:
        """Values between half of a share of the limit and all of it, with their signs."""
        share = (1 + np.abs(values) / max(map(abs, self.intervals[key]))) / 2
        return np.sign(values) * factor * limit(self.sampler.precision) * share

    @property
    def _around_zero(self) -> list[str]:
        return [k for k, (low, high) in self.intervals.items() if low <= 0 <= high]

    def _reaches_zero(self, key: str) -> bool:
        return key in self._around_zero and not self.sampler.inputs[key].excludes_zero

    def _point(self) -> Batch:
        k = next(self._next)
        return {name: array[k].copy() for name, array in self.base.items()}

    def _place(self, key: str) -> tuple[int, int]:
        rows, columns = self.base[key].shape[1:]
        return int(self.generator.integers(rows)), int(self.generator.integers(columns))

    def _held(self, point: Batch) -> Batch:
        return {k: self.sampler.held(k, a) for k, a in point.items()}

    def _with(self, keys: Sequence[str], value: float) -> Batch:
        """A point with an entry of each of some symbols at a value."""
        point = self._point()
        for key in keys:
            point[key][self._place(key)] = value
        return self._held(point)

    def _shrunk(self, key: str) -> Move:
        return lambda point, distance: {**point, key: point[key] * distance}

    def _entries_near_zero(self, point: Batch, distance: float) -> Batch:
        for key in self._around_zero:
            point[key][self._place(key)] *= distance
        return point

    def _entries_near_each_other(self, point: Batch, distance: float) -> Batch:
        return self._tied(point, [k for k in self.intervals if self.base[k][0].size > 1], distance)

    def _tied(self, point: Batch, keys: Sequence[str], distance: float) -> Batch:
        """A point with an entry of each of some symbols moved to another one, up to a share of the way that was between."""
        for key in keys:
            first, second = self.generator.choice(point[key].size, 2, replace=False)
            flat = point[key].reshape(-1)
            flat[first] = flat[second] + distance * (flat[first] - flat[second])
        return point

    def _crossings(self, code: Program | None) -> list[Move]:
        """For each edge a move to a place beside it, on the way between two points on either side; at most one for each."""
        if code is None:
            return []
        pool = {k: np.concatenate([a, self._further(k, a)]) for k, a in self.base.items()}
        run = Floats().bind(code)
        outputs = _outputs(run(*pool.values()), len(next(iter(pool.values()))))
        found = [(k, place) for k, output in enumerate(outputs) if (place := self._sides(output)) is not None]
        if not found:
            return []
        behind, ahead = ({k: a[[place[s] for _, place in found]] for k, a in pool.items()} for s in (0, 1))
        ahead = {k: a if k in self.intervals else behind[k] for k, a in ahead.items()}
        at = _roots(run, behind, ahead, [(k, *place[2:]) for k, place in found])
        return [self._beside(behind, ahead, k, share) for k, share in enumerate(at) if 0 < share < 1]

    def _further(self, key: str, array: Values) -> Values:
        return array if key in self.sampler.domain else array * (limit(self.sampler.precision) / (2 * DEFAULT_BOUND))

    def _sides(self, output: Values) -> tuple[int, int, int, int] | None:
        """Two points on either side of an edge, and at which of its entries."""
        row, column = (int(self.generator.integers(n)) for n in output.shape[1:])
        below, above = (np.flatnonzero(side) for side in (output[:, row, column] < 0, output[:, row, column] > 0))
        if not len(below) or not len(above):
            return None
        return int(self.generator.choice(below)), int(self.generator.choice(above)), row, column

    def _beside(self, behind: Batch, ahead: Batch, k: int, share: float) -> Move:
        side = itertools.cycle((1.0, -1.0))

        def move(point: Batch, distance: float) -> Batch:
            here = min(max(share + next(side) * distance, 0.0), 1.0)
            return {n: behind[n][k] * (1 - here) + ahead[n][k] * here for n in point}

        return move


def _outputs(found: Any, count: int) -> list[Values]:
    return [np.broadcast_to(o, (count, *np.shape(np.atleast_2d(o))[-2:])) for o in listed(found)]


def _roots(run: Callable[..., Any], behind: Batch, ahead: Batch, places: Sequence[tuple[int, int, int]]) -> Values:
    """How far along the way from one point to another an entry of an output passes through 0, by bisection."""
    low, high = np.zeros(len(places)), np.ones(len(places))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        share = middle[:, None, None]
        outputs = _outputs(run(*(behind[k] * (1 - share) + ahead[k] * share for k in behind)), len(places))
        value = np.array([outputs[e][k, row, column] for k, (e, row, column) in enumerate(places)])
        low, high = np.where(value < 0, middle, low), np.where(value < 0, high, middle)
    return np.asarray((low + high) / 2)
