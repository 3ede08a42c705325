"""Whether an answer is right: compared in floats at generic points, and settled where that decides nothing.

Floats only propose. What agrees in floats is confirmed exactly where it is a polynomial, else in balls beside a generic
point; what differs is refuted in balls before anything is called wrong, for a right formula may cancel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.grading.answer_key.target import Target, adjoint_of
from symgrad.grading.equality.polynomial_weight import weight
from symgrad.grading.equality.spanning import Span
from symgrad.grading.equality.worlds import Scene, World
from symgrad.grading.language.terms import NAMED, Term, leaves, parts
from symgrad.number_systems.balls import at_precision
from symgrad.number_systems.polynomials import UNABLE
from symgrad.operations.table import TABLE

BRANCHING = 6
"""Points at which an answer that is made of pieces is confirmed; they lie on both sides of the loss's own kinks."""
CLOSE = 1e-6
"""Relative difference of floats up to which equality is proposed: textbook forms may lose half of the digits."""
NEGLIGIBLE = 1e-9
"""Of the greatest entry: below that, an entry's own digits are left to balls."""
SHARP = 2.0**-60
"""A difference is known to vanish when its ball is smaller than this share of the gradient."""
BITS = (160, 640, 2560, 8192)
ENOUGH = 64
"""Bits that have to be left for the smallest term of a sum."""
ENOUGH_POINTS = 0.5
"""The share of points at which an answer has to be right for its confirmation to settle what stays open at others."""


@dataclass(frozen=True)
class Decision:
    """Whether an answer is right, and where.

    `equal` is None where that couldn't be decided. `close` says of every point and entry whether it is right, `value` is what
    floats give, `compared` tells the points that count, `undefined` and `nowhere` say that the answer has no value at some of
    them, or at all.
    """

    equal: bool | None
    close: Values
    value: Values
    compared: Values
    undefined: bool = False
    nowhere: bool = False

    @property
    def right(self) -> Values:
        """The entries that are right at every point."""
        return np.asarray(self.close.all(axis=0))


def decide(world: World, term: Term, target: Target) -> Decision:
    """Whether a term of the right shape is what is right of a target in a world."""
    scene = world.floats
    truth = scene.truth(target)
    with np.errstate(all="ignore"):
        value = scene.value(term, len(truth))
        size = np.abs(truth)
        least = NEGLIGIBLE * size.max(axis=(1, 2), keepdims=True)
        close = (
            np.isfinite(value) & np.isfinite(truth) & (np.abs(value - truth) <= CLOSE * np.maximum(size, np.abs(value)) + least)
        )
    compared = world.key.comparable(target.name)
    close |= ~compared[:, None, None]
    if close.all():
        equal = _exactly(world, term, target)
        if equal is None:
            equal = _confirmed(world, term, target)
        return Decision(equal, close if equal else np.zeros_like(close), value, compared)
    points = [int(k) for k in np.flatnonzero(~close.all(axis=(1, 2)))]
    return _settled(world, term, target, points, Decision(None, close.copy(), value, compared))


def plausible(world: World, term: Term, target: Target) -> bool:
    """Whether floats agree at some point: what doesn't isn't looked at more closely, where that would only excuse it."""
    scene = world.floats
    truth = scene.truth(target)
    with np.errstate(all="ignore"):
        value = scene.value(term, len(truth))
        near = np.abs(value - truth) <= CLOSE * np.maximum(np.abs(truth), np.abs(value))
    return bool(near.all(axis=(1, 2)).any())


def _settled(world: World, term: Term, target: Target, points: list[int], floats: Decision) -> Decision:
    """The decision where floats disagree at some points."""
    close = floats.close
    unknown = False
    undefined = 0
    for point in points:
        found = _differences(world, term, target, point)
        if found is None:
            undefined += 1
            continue
        close[point] = found == 0
        if (found > 0).any():
            return replace(floats, equal=False, undefined=undefined > 0)
        unknown |= bool((found < 0).any())
    if undefined:
        return replace(floats, equal=False, undefined=True, nowhere=undefined == int(floats.compared.sum()))
    if unknown and close[floats.compared].all(axis=(1, 2)).mean() >= ENOUGH_POINTS:  # exp(±10⁴) takes more bits than there are
        return replace(floats, equal=_confirmed(world, term, target))
    return replace(floats, equal=None if unknown else True)


def _confirmed(world: World, term: Term, target: Target) -> bool | None:
    """Whether floats that agree are confirmed in balls: at points that tell, and at more of them where something may branch."""
    points = dict.fromkeys([*world.key.telling(target.name), *_pieces(world, term)])
    comparable = world.key.comparable(target.name)
    unknown = False
    for point in points:
        if not comparable[point]:
            continue
        found = _differences(world, term, target, point)
        if found is not None and (found > 0).any():
            return False
        unknown |= found is None or bool((found < 0).any())
    return None if unknown else True


def _pieces(world: World, term: Term) -> list[int]:
    """Points at which an answer, or the loss, is made of other pieces: one for each, up to a number."""
    count = world.key.count(world.key.points)
    loss = range(min(BRANCHING, count)) if world.key.formula.derivation.kinks else range(0)
    scene, sides = world.floats, []
    for part in parts(term):
        name = part.value[0] if part.head == "derivative" else part.head
        if name == "indicator":
            sides.append(scene.value(part, count).reshape(count, -1) > 0)
        elif getattr(TABLE.get(name), "convention", ""):
            sides += [scene.value(operand, count).reshape(count, -1) > 0 for operand in part.operands]
    if not sides:
        return list(loss)
    patterns = np.concatenate(sides, axis=1)
    first = np.unique(patterns, axis=0, return_index=True)[1]
    return [*loss, *sorted(int(k) for k in first)[:BRANCHING]]


def _exactly(world: World, term: Term, target: Target) -> bool | None:
    """Whether the difference is the polynomial 0; None where one of them is no polynomial, or too long a one."""
    try:
        scene = world.polynomials
        if scene is None:
            return None
        weight(term, {name: _longest(scene.values[name]) for name in _names(term)})
        difference = scene.value(term, 1) - scene.truth(target)
        return all(entry == 0 for entry in difference.flat)
    except UNABLE:
        return None


def _names(term: Term) -> set[str]:
    """The names that a term mentions, as values are kept by them."""
    named = [leaf for leaf in leaves(term) if leaf.head in NAMED]
    return {adjoint_of(leaf.value) if leaf.head == "adjoint" else leaf.value for leaf in named}


def _longest(values: Any) -> int:
    return max((len(entry) for entry in values.flat), default=1) or 1


def _differences(world: World, term: Term, target: Target, point: int) -> Values | None:
    """Of every entry at a point 1 where it surely differs, 0 where it surely doesn't, −1 where that stays open.

    None where the answer has no value there.
    """
    least = _bits(term) + world.key.bits(point)
    found = None
    for bits in BITS:
        span = Span()
        with at_precision(bits + least):
            found = _compared(world.balls(point, bits + least), term, target, span)
        if found is None or ((found == 0).all() and span.bits > bits + least - ENOUGH):
            continue  # undefined, or terms that may be too small to be seen yet
        if (found >= 0).all() or (found > 0).any():
            return found
    return -np.ones_like(found) if found is not None and (found == 0).all() else found


def _compared(scene: Scene, term: Term, target: Target, span: Span) -> Values | None:
    watch = span if any(_may_vanish(part.head) for part in parts(term)) else None
    value, truth = scene.value(term, 1, watch)[0], scene.truth(target)[0]
    size = max(abs(float(t.mid())) for t in truth.flat)
    found = np.zeros(truth.shape, np.int8)
    for place in np.ndindex(truth.shape):
        entry = value[place]
        difference = (entry if isinstance(entry, arb) else arb(entry)) - truth[place]
        if not difference.is_finite():
            if not truth[place].is_finite():
                found[place] = -1
                continue
            return None
        if not difference.contains(0):
            found[place] = 1
        elif float(difference.rad()) > SHARP * (abs(float(truth[place].mid())) or size):
            found[place] = -1
    return found


def _bits(term: Term) -> int:
    """How many more bits the numbers of an answer ask for: 1 + 1e-40 needs them to be told from 1."""
    most = 0
    for leaf in leaves(term):
        if leaf.head == "number":
            value = leaf.value.value
            most = max(most, value.numerator.bit_length(), value.denominator.bit_length())
    return 0 if most <= 32 else 64 * (2 * most // 64 + 1)


def _may_vanish(head: str) -> bool:
    """Whether a term with such a head may get so small that a sum doesn't show it."""
    row = TABLE.get(head)
    return row is not None and (row.vanishes or row.saturates)
