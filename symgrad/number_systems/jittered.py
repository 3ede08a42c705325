"""Floats that round at random: every result is off by up to one rounding of the format under test, drawn anew each time.

Monte Carlo arithmetic (Parker, Monte Carlo arithmetic: exploiting randomness in floating-point arithmetic, 1997). Where a
radius bounds each entry, samples say how entries move *together*: a factor that is shared by all entries of a gradient is
rounded once, and then all of them are off by the same share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision
from symgrad.number_systems import float64
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.system import System, listed
from symgrad.operations.row import Elementwise


def jittered(
    code: Program,
    values: Mapping[str, Values],
    shapes: Sequence[tuple[int, int]],
    format_: Precision,
    *,
    samples: int,
    seed: int,
) -> list[Values]:
    """Samples of a program's outputs, each of shape (samples, points, rows, columns)."""
    system = Jitter(format_, seed)
    count = len(next(iter(values.values())))
    with np.errstate(all="ignore"):
        repeated = (Jittered(np.tile(array, (samples, 1, 1)), system) for array in values.values())
        outputs = [system.coerce(output).value for output in listed(system.bind(code)(*repeated))]
    whole = [np.broadcast_to(o, (samples * count, *s)) for o, s in zip(outputs, shapes, strict=True)]
    return [array.reshape(samples, count, *array.shape[1:]) for array in whole]


@dataclass(frozen=True, eq=False)
class Jittered:
    """Values whose arithmetic rounds at random."""

    value: Any
    system: Jitter

    __array_ufunc__ = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    @property
    def mT(self) -> Jittered:  # noqa: N802 - NumPy's and torch's name
        return Jittered(self.value.mT, self.system)

    def __getitem__(self, index: Any) -> Jittered:
        return Jittered(self.value[index], self.system)

    def __neg__(self) -> Jittered:
        return Jittered(-self.value, self.system)

    def __add__(self, other: Any) -> Jittered:
        return self.system.rounded(self.value + self.system.coerce(other).value)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Jittered:
        return self + -self.system.coerce(other)

    def __rsub__(self, other: Any) -> Jittered:
        return self.system.coerce(other) + -self

    def __mul__(self, other: Any) -> Jittered:
        return self.system.rounded(self.value * self.system.coerce(other).value, floor=self.system.tiny)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Jittered:
        return self.system.rounded(self.value / self.system.coerce(other).value, floor=self.system.tiny)

    def __rtruediv__(self, other: Any) -> Jittered:
        return self.system.coerce(other) / self

    def __pow__(self, n: int) -> Jittered:
        return self.system.rounded(self.value**n, max(1, n - 1), floor=self.system.tiny)

    def __matmul__(self, other: Jittered) -> Jittered:
        return self.system.product(self.value, other.value)


class Jitter(System):
    """The number system of `Jittered` arrays in one format; what only arranges entries rounds nothing."""

    def __init__(self, precision: Precision, seed: int = 0) -> None:
        super().__init__()
        self._precision, self._generator, self._floats = precision, np.random.default_rng(seed), float64.Floats()

    def coerce(self, value: Any) -> Jittered:
        """A number of generated code, rounded as the format would have it."""
        return value if isinstance(value, Jittered) else self.number(value, 1)

    def rounded(self, value: Any, roundings: float = 1.0, *, floor: Any = 0.0) -> Jittered:
        """A result, off by so many roundings of its size at most, and by what underflow may take."""
        reach = roundings * self._precision.unit_roundoff * np.abs(value) + floor
        return Jittered(value + reach * self._generator.uniform(-1, 1, np.shape(value)), self)

    @property
    def tiny(self) -> float:
        """What a product or a quotient may lose to underflow."""
        return self._precision.smallest_subnormal

    def number(self, p: int, q: int) -> Jittered:
        value = np.full((1, 1), p / q)
        held = Fraction(p / q) == Fraction(p, q) and float(self._precision.round(p / q)) == p / q
        return Jittered(value, self) if held else self.rounded(value, floor=self.tiny)

    def lift(self, value: Any) -> Jittered:
        return self.coerce(value)

    def pi(self) -> Jittered:
        return self.rounded(np.full((1, 1), self._floats.pi()))

    def euler(self) -> Jittered:
        return self.rounded(np.full((1, 1), self._floats.euler()))

    def catalan(self) -> Jittered:
        return self.rounded(np.full((1, 1), self._floats.catalan()))

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        if row.numpy is None:
            return super().elementwise(row)
        function, count = row.numpy, row.operands or 1

        def call(*arguments: Any) -> Jittered:
            operands = [self.coerce(a).value for a in arguments[:count]]
            options = [a.value if isinstance(a, Jittered) else a for a in arguments[count:]]
            roundings = self._precision.of_kernel(row.ulps)
            return self.rounded(function(*operands, *options), roundings, floor=self._precision.flushed if row.ulps else 0.0)

        return call

    def plus(self, *terms: Any) -> Jittered:
        found = self.coerce(terms[0])
        for term in terms[1:]:
            found = found + term
        return found

    def less(self, a: Any, b: Any) -> Any:
        return self._floats.less(self.coerce(a).value, self.coerce(b).value)

    def less_equal(self, a: Any, b: Any) -> Any:
        return self._floats.less_equal(self.coerce(a).value, self.coerce(b).value)

    def equal(self, a: Any, b: Any) -> Any:
        return self._floats.equal(self.coerce(a).value, self.coerce(b).value)

    def both(self, *conditions: Any) -> Any:
        return self._floats.both(*conditions)

    def either(self, *conditions: Any) -> Any:
        return self._floats.either(*conditions)

    def negation(self, condition: Any) -> Any:
        return self._floats.negation(condition)

    def choose(self, *branches: Any) -> Jittered:
        values = [self.coerce(b).value if k % 2 == 0 else b for k, b in enumerate(branches[:-1])]
        return Jittered(self._floats.choose(*values, self.coerce(branches[-1]).value), self)

    def rerounded(self, value: Jittered, times: int) -> Jittered:
        return self.rounded(value.value, times)

    def product(self, a: Any, b: Any) -> Jittered:
        """A matrix product: in a format that adds up in itself a running sum rounds √n times the sum of magnitudes."""
        inner, tiny = int(a.shape[-1]), a.shape[-1] * self.tiny
        if self._adds_wider:
            return self.rounded(a @ b, floor=tiny)
        reach = math.sqrt(inner) * self._precision.unit_roundoff * (np.abs(a) @ np.abs(b)) + tiny
        return self.rounded(a @ b, 0.0, floor=reach)

    @property
    def _adds_wider(self) -> bool:
        return self._precision.accumulator != self._precision.name

    def total(self, a: Jittered, axis: int | None) -> Jittered:
        value = self._floats.total(a.value, axis)
        if self._adds_wider:
            return self.rounded(value)
        reach = math.sqrt(a.value.size // value.size) * self._precision.unit_roundoff
        return self.rounded(value, 0.0, floor=reach * self._floats.total(np.abs(a.value), axis))

    def mean(self, a: Jittered, axis: int | None) -> Jittered:
        total: Jittered = self.total(a, axis)
        return total / int(a.value.size // total.value.size)

    def amax(self, a: Jittered, axis: int | None) -> Jittered:
        return Jittered(self._floats.amax(a.value, axis), self)

    def share(self, a: Jittered, axis: int | None) -> Jittered:
        return Jittered(self._floats.share(a.value, axis), self)

    def gap(self, a: Jittered, axis: int | None) -> Jittered:
        return Jittered(float64.gap(a.value, axis), self)

    def embed(self, a: Jittered, *place: int) -> Jittered:
        return Jittered(float64.embedded(a.value, *place), self)

    def concatenate(self, parts: Sequence[Jittered], axis: int) -> Jittered:
        return Jittered(float64.concatenated([p.value for p in parts], axis), self)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Jittered:
        return Jittered(float64.blocked([self.coerce(c).value for c in cells], rows, columns), self)

    def broadcast(self, a: Any, rows: int, columns: int) -> Jittered:
        return Jittered(self._floats.broadcast(self.coerce(a).value, rows, columns), self)

    def identity(self, n: int) -> Jittered:
        return Jittered(np.eye(n), self)

    def inverse(self, a: Jittered) -> Jittered:
        return self.rounded(float64.inverted(a.value), a.shape[-1])

    def determinant(self, a: Jittered) -> Jittered:
        return self.rounded(self._floats.determinant(a.value), a.shape[-1])
