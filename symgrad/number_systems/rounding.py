"""Midpoint–radius arrays: the running error analysis behind every tolerance.

A `Rounded` array carries a value and a bound on how far rounding may have moved it, in the format under test. Every
operation is charged one rounding of its result even where that happens to be exact, for another program of the same
formula may not be so lucky; a row of the table says how many its kernel may lose. Sums of n terms are charged
min(n − 1, 4√n) roundings of the sum of magnitudes, whatever their order (Higham & Mary, A new approach to probabilistic
rounding error analysis, 2019, with λ = 4), and what a running sum of these very terms strays by: equal terms round the same
way each time. A kernel of a short format (float16, bfloat16) accumulates in float32 and rounds once to its own (two-format
arithmetic: Blanchard, Higham, Lopez, Mary & Pranesh, Mixed precision block fused multiply-add, 2020). Source of the method:
Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, section 3.3. The radius is an estimate made in float64,
no proof; the proof is Arb's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import PRECISIONS, Precision
from symgrad.number_systems import float64
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.rounded_arrays import Array, Condition, Rounded, additions, infinite, joined
from symgrad.number_systems.system import System, listed, partials
from symgrad.operations.row import Elementwise


def rounded(
    code: Program,
    values: Mapping[str, Values],
    shapes: Sequence[tuple[int, int]] | None,
    format_: Precision,
    *,
    decided: bool = False,
    products: float = 0.0,
    accumulated: str | None = None,
) -> list[tuple[Values, Values]]:
    """Values and radii of a program's outputs, of the given shapes (their own, if none are given).

    An output is charged one rounding at least: another program may come to a constant 1 by way of 2.54·(1/2.54).
    With `decided`, conditions hold or don't by the values alone: on a kink, one side of it is looked at. `products` is the
    relative error of factors of matrix products that are rounded on the way in; `accumulated` the format that kernels add up
    in, where that isn't the one that `accumulator` says.
    """
    system = Rounding(format_, decided=decided, products=products, accumulated=accumulated)
    count = len(next(iter(values.values())))
    with np.errstate(all="ignore"):
        outputs = listed(system.bind(code)(*(system.exact(array) for array in values.values())))
    found = []
    for k, output in enumerate(outputs):
        item = system.coerce(output)
        shape = (count, *(item.shape[-2:] if shapes is None else shapes[k]))
        least = np.where(np.isinf(item.value), 0.0, format_.unit_roundoff * np.abs(item.value))  # an infinite one is what it is
        radius = least if item.radius is None else np.maximum(item.radius, least)
        found.append((np.broadcast_to(item.value, shape), np.broadcast_to(radius, shape)))
    return found


ELIMINATION = 4.0
"""Roundings a row that an elimination costs beside its size; growth of pivots included (Higham, section 9.3)."""


class Rounding(System):
    """The number system of `Rounded` arrays in one format."""

    def __init__(
        self, precision: Precision, *, decided: bool = False, products: float = 0.0, accumulated: str | None = None
    ) -> None:
        super().__init__()
        self.precision, self.decided, self.products = precision, decided, products
        self.accumulator = PRECISIONS[precision.accumulator if accumulated is None else accumulated]
        self._floats = float64.Floats()

    def exact(self, values: Any) -> Rounded:
        """Values that carry no error."""
        return Rounded(np.asarray(values, dtype=np.float64), None, self)

    def coerce(self, value: Any) -> Rounded:
        """A number of generated code as a value; one that the format doesn't hold is off by its rounding."""
        return value if isinstance(value, Rounded) else self.number(value, 1)

    def charged(
        self,
        value: Array,
        spread: Any,
        roundings: float = 1.0,
        *,
        underflows: bool = True,
        floors: float = 1.0,
        infinite: Callable[[], Any] | None = None,
    ) -> Rounded:
        """A result with the roundings that it costs added to its radius; out of range, the radius is infinite.

        `infinite` says where an infinity that an author wrote went through: it is exact.
        """
        floor = floors * self.precision.smallest_subnormal if underflows else 0.0
        radius = joined(spread, roundings * self.precision.unit_roundoff * np.abs(value) if roundings else None, floor)
        if not max(np.max(value), -np.min(value)) <= self.precision.largest:
            radius = np.where(np.abs(value) <= self.precision.largest, radius, np.inf)
            if infinite is not None:
                radius = np.where(infinite(), 0.0, radius)
        if np.isnan(np.max(radius)):
            radius = np.where(np.isnan(radius), np.inf, radius)
        return Rounded(value, np.asarray(radius), self)

    def number(self, p: int, q: int) -> Rounded:
        value = p / q
        held = Fraction(value) == Fraction(p, q) and self.precision.round(value) == value
        return Rounded(
            np.full((1, 1), value), None if held else np.full((1, 1), abs(value) * self.precision.unit_roundoff), self
        )

    def lift(self, value: Any) -> Rounded:
        return self.coerce(value)

    def _constant(self, value: float) -> Rounded:
        return Rounded(np.full((1, 1), value), np.full((1, 1), abs(value) * self.precision.unit_roundoff), self)

    def pi(self) -> Rounded:
        return self._constant(self._floats.pi())

    def euler(self) -> Rounded:
        return self._constant(self._floats.euler())

    def catalan(self) -> Rounded:
        return self._constant(self._floats.catalan())

    def infinity(self) -> Rounded:
        return self.exact(np.full((1, 1), np.inf))

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        if row.numpy is None:
            return super().elementwise(row)
        function, count, slopes = row.numpy, row.operands or 1, self._floats.bind(partials(row))

        def call(*arguments: Any) -> Rounded:
            operands = [self.coerce(a) for a in arguments[:count]]
            options = [a.value if isinstance(a, Rounded) else a for a in arguments[count:]]
            values = [o.value for o in operands]
            value = function(*values, *options)
            found = slopes(value, *values, *options)
            spread = None
            for k, operand in enumerate(operands):
                if operand.radius is not None:
                    slope = found[k] if count > 1 else found
                    ends = [function(*values[:k], values[k] + s * operand.radius, *values[k + 1 :], *options) for s in (-1, 1)]
                    reach = _propagated(value, slope, operand.radius, ends)
                    if row.swing is not None:  # the values at both ends of a whole period tell nothing
                        reach = np.where(operand.radius >= row.swing[0], row.swing[1], reach)
                    spread = joined(spread, reach)
            roundings = self.precision.of_kernel(row.ulps)
            charged = self.charged(value, spread, roundings, underflows=False)
            assert charged.radius is not None  # charged always sets one
            floor = self.precision.flushed if roundings else 0.0
            return Rounded(charged.value, charged.radius + floor, self)

        return call

    def plus(self, *terms: Any) -> Rounded:
        given = [self.coerce(term) for term in terms]
        value, sizes = (joined(*(f(t.value) for t in given)) for f in (np.asarray, np.abs))
        roundings = additions(len(given)) * self.precision.unit_roundoff * sizes
        through = partial(infinite, value, *given)
        return self.charged(value, joined(*(t.radius for t in given), roundings), 0.0, underflows=False, infinite=through)

    def less(self, a: Any, b: Any) -> Condition:
        difference, radius = self._difference(a, b)
        return Condition(difference > radius, difference > -radius if np.any(radius) else difference > 0)

    def less_equal(self, a: Any, b: Any) -> Condition:
        return self.negation(self.less(b, a))

    def equal(self, a: Any, b: Any) -> Condition:
        difference, radius = self._difference(a, b)
        return Condition((difference == 0) & (radius == 0), (np.abs(difference) <= radius) & (np.abs(difference) < np.inf))

    def _difference(self, a: Any, b: Any) -> tuple[Any, Any]:
        """``b − a`` and how far it may be off; not at all, where conditions are taken as decided."""
        x, y = self.coerce(a), self.coerce(b)
        return y.value - x.value, np.asarray(0.0 if self.decided else joined(x.radius, y.radius, 0.0))

    def both(self, *conditions: Condition) -> Condition:
        return Condition(
            self._floats.both(*(c.certain for c in conditions)), self._floats.both(*(c.possible for c in conditions))
        )

    def either(self, *conditions: Condition) -> Condition:
        return self.negation(self.both(*(self.negation(c) for c in conditions)))

    def negation(self, condition: Condition) -> Condition:
        return Condition(np.logical_not(condition.possible), np.logical_not(condition.certain))

    def choose(self, *branches: Any) -> Rounded:
        """The branch taken; where rounding may take another, the radius reaches to that one too."""
        result = self.coerce(branches[-1])
        for k in range(len(branches) - 3, -1, -2):
            result = self._either_branch(self.coerce(branches[k]), branches[k + 1], result)
        return result

    def _either_branch(self, a: Rounded, condition: Any, b: Rounded) -> Rounded:
        certain, possible = (
            (condition.certain, condition.possible) if isinstance(condition, Condition) else (condition, condition)
        )
        radius_a, radius_b = (np.zeros(()) if r.radius is None else r.radius for r in (a, b))
        apart = np.abs(a.value - b.value)
        reach = np.maximum(radius_b, apart + radius_a)
        radius = np.where(certain, radius_a, np.where(possible, reach, radius_b))
        return Rounded(np.where(certain, a.value, b.value), np.where(np.isnan(radius), np.inf, radius), self)

    def rerounded(self, value: Rounded, times: int) -> Rounded:
        return self.charged(value.value, value.radius, additions(times), underflows=False)

    def total(self, a: Rounded, axis: int | None) -> Rounded:
        radius = None if a.radius is None else self._floats.total(np.broadcast_to(a.radius, a.shape), axis)
        value = self._floats.total(a.value, axis)
        roundings = additions(a.value.size // value.size) * self.accumulator.unit_roundoff
        sizes = self._floats.total(np.abs(a.value), axis)
        strays = joined(radius, roundings * sizes, _drift(a.value, value, axis, self.accumulator))
        return self.charged(value, strays, self._last_rounding, underflows=False)

    @property
    def _last_rounding(self) -> float:
        """Roundings of a result that was accumulated in a wider format."""
        return 0.0 if self.accumulator is self.precision else 1.0

    def mean(self, a: Rounded, axis: int | None) -> Rounded:
        total = self.total(a, axis)
        return total / (a.value.size // total.value.size)

    def amax(self, a: Rounded, axis: int | None) -> Rounded:
        """The greatest entry; it is as far off as an entry that may be the greatest one lets it be."""
        value = self._floats.amax(a.value, axis)
        if a.radius is None:
            return Rounded(value, None, self)
        upper, lower = (self._floats.amax(_moved(a.value, s * a.radius), axis) for s in (1, -1))
        return Rounded(value, _apart(upper, lower, value), self)

    def share(self, a: Rounded, axis: int | None) -> Rounded:
        radius = np.zeros(()) if a.radius is None or self.decided else a.radius
        value = self._floats.share(a.value, axis)
        near = _moved(a.value, radius) >= self._floats.amax(_moved(a.value, -radius), axis)
        contested = (self._floats.total(near.astype(np.float64), axis) > 1) & (radius > 0)
        return Rounded(value, np.where(contested & near, 1.0, 0.0), self)

    def gap(self, a: Rounded, axis: int | None) -> Rounded:
        """The lead of the greatest entry; an entry that can't be among the first two makes it no less certain."""
        value = float64.gap(a.value, axis)
        if a.radius is None or value.size == a.value.size:
            return Rounded(value, None, self)
        lower, upper = (_moved(a.value, s * a.radius) for s in (-1, 1))
        near = upper >= _second(lower, axis)
        radius = np.where(near, np.broadcast_to(a.radius, a.shape), 0.0)
        return Rounded(value, 2 * self._floats.amax(radius, axis), self)

    def embed(self, a: Rounded, *place: int) -> Rounded:
        radius = None if a.radius is None else float64.embedded(np.broadcast_to(a.radius, a.shape), *place)
        return Rounded(float64.embedded(a.value, *place), radius, self)

    def concatenate(self, parts: Sequence[Rounded], axis: int) -> Rounded:
        radii = [np.zeros(p.shape) if p.radius is None else np.broadcast_to(p.radius, p.shape) for p in parts]
        return Rounded(float64.concatenated([p.value for p in parts], axis), float64.concatenated(radii, axis), self)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Rounded:
        given = [self.coerce(cell) for cell in cells]
        radii = [np.zeros((1, 1)) if c.radius is None else c.radius for c in given]
        return Rounded(float64.blocked([c.value for c in given], rows, columns), float64.blocked(radii, rows, columns), self)

    def broadcast(self, a: Any, rows: int, columns: int) -> Rounded:
        given = self.coerce(a)
        radius = None if given.radius is None else np.broadcast_to(given.radius, given.shape)
        return Rounded(
            self._floats.broadcast(given.value, rows, columns),
            None if radius is None else self._floats.broadcast(radius, rows, columns),
            self,
        )

    def identity(self, n: int) -> Rounded:
        return self.exact(np.eye(n))

    def inverse(self, a: Rounded) -> Rounded:
        """``|δ(A⁻¹)| ≤ |A⁻¹| |δA| |A⁻¹|``, δA the radius of A and the backward error of elimination."""
        value = float64.inverted(a.value)
        return self.charged(value, np.abs(value) @ self._backward_error(a) @ np.abs(value))

    def determinant(self, a: Rounded) -> Rounded:
        """``δ det A = det A · tr(A⁻¹ δA)``."""
        value = self._floats.determinant(a.value)
        inverse = np.abs(float64.inverted(a.value))
        spread = np.abs(value) * self._floats.total(inverse.mT * self._backward_error(a), None)
        return self.charged(value, spread, a.shape[-1])

    def _backward_error(self, a: Rounded) -> Array:
        n = a.shape[-1]
        error: Array = ELIMINATION * n * self.precision.unit_roundoff * self._floats.amax(np.abs(a.value), None)
        return error + (0.0 if a.radius is None else a.radius) + np.zeros_like(a.value)


LONG = 64
"""Terms from which on a running sum is looked at for drift; of fewer, min(n − 1, 4√n) roundings are all there can be."""


def _drift(terms: Array, value: Array, axis: int | None, format_: Precision) -> Any:
    """How far a running sum of the terms, rounded each time, strays from their sum; None for few terms."""
    if terms.size // value.size <= LONG:
        return None
    lines = terms.reshape(*terms.shape[:-2], 1, -1) if axis is None else terms.mT if axis == 0 else terms
    kind = np.float64 if format_.name == "float64" else np.float32
    last = np.cumsum(lines.astype(kind), axis=-1, dtype=kind)[..., -1:].astype(np.float64)
    strayed = np.abs((last.mT if axis == 0 else last) - value)
    return np.where(np.isfinite(strayed), strayed, 0.0)


def _moved(values: Array, by: Any) -> Array:
    """Values moved; what is infinite stays where it is."""
    return np.where(np.isinf(values), values, values + by)


def _apart(upper: Array, lower: Array, value: Array) -> Array:
    """How far a value may be off within bounds; an infinite one that both bounds are isn't off at all."""
    reach = np.maximum(upper - value, value - lower)
    return np.where((upper == value) & (lower == value), 0.0, reach)


def _second(values: Array, axis: int | None) -> Array:
    """The second greatest of two entries or more along an axis."""
    lines = values.reshape(*values.shape[:-2], 1, -1) if axis is None else values.mT if axis == 0 else values
    second: Array = np.sort(lines, axis=-1)[..., -2:-1]
    return second.mT if axis == 0 else second


def _propagated(value: Array, slope: Any, radius: Array, ends: list[Array]) -> Array:
    """How far a function of a rounded operand may be off: by its slope, or by its values at both ends, if they tell more."""
    linear = np.where(radius == 0, 0.0, np.abs(slope) * radius)
    reach = np.maximum(linear, np.maximum(np.abs(ends[0] - value), np.abs(ends[1] - value)))
    return np.where(np.isnan(reach), np.inf, reach)
