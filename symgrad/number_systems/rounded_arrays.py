"""Midpoint–radius arrays: values with a bound on how far rounding may have moved them.

Arithmetic between `Rounded` arrays propagates radii and charges each result its own rounding, in the format of the
`Charges` that it was made with; `rounding` supplies those, and everything that isn't an operator.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from symgrad.basics.float_formats import Precision

Array = npt.NDArray[np.float64]


class Charges(Protocol):
    """What arithmetic needs to know of the system that an array belongs to."""

    precision: Precision
    accumulator: Precision
    products: float

    def coerce(self, value: Any) -> Rounded: ...

    def charged(
        self,
        value: Array,
        spread: Any,
        roundings: float = 1.0,
        *,
        underflows: bool = True,
        floors: float = 1.0,
        infinite: Callable[[], Any] | None = None,
    ) -> Rounded: ...


def additions(n: int) -> float:
    """How many roundings a sum of n terms is charged."""
    return min(n - 1.0, 4.0 * math.sqrt(n))


@dataclass(frozen=True)
class Condition:
    """A comparison of rounded values: where it certainly holds, and where it may hold."""

    certain: Any
    possible: Any


@dataclass(frozen=True, eq=False)
class Rounded:
    """Values with radii; a radius of None means exact."""

    value: Array
    radius: Array | None
    system: Charges

    __array_ufunc__ = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def mT(self) -> Rounded:  # noqa: N802 - NumPy's and torch's name
        radius = None if self.radius is None else np.broadcast_to(self.radius, self.value.shape).mT
        return Rounded(self.value.mT, radius, self.system)

    def __getitem__(self, index: Any) -> Rounded:
        radius = None if self.radius is None else np.broadcast_to(self.radius, self.value.shape)[index]
        return Rounded(self.value[index], radius, self.system)

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.radius, self.system)

    def __add__(self, other: Any) -> Rounded:
        b = self.system.coerce(other)
        value = self.value + b.value
        through = partial(infinite, value, self, b)
        return self.system.charged(value, joined(self.radius, b.radius), underflows=False, infinite=through)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Rounded:
        return self + -self.system.coerce(other)

    def __rsub__(self, other: Any) -> Rounded:
        return self.system.coerce(other) + -self

    def __mul__(self, other: Any) -> Rounded:
        b = self.system.coerce(other)
        value = self.value * b.value
        return self.system.charged(value, _product(np.multiply, self, b), infinite=partial(infinite, value, self, b))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Rounded:
        b = self.system.coerce(other)
        value = self.value / b.value
        spread = joined(self.radius, None if b.radius is None else np.abs(value) * b.radius)
        if spread is not None:
            margin = np.abs(b.value) - (0.0 if b.radius is None else b.radius)
            spread = np.where(margin > 0, spread / np.where(margin > 0, margin, 1.0), np.inf)
        return self.system.charged(value, spread, infinite=partial(infinite, value, self))

    def __rtruediv__(self, other: Any) -> Rounded:
        return self.system.coerce(other) / self

    def __pow__(self, n: int) -> Rounded:
        value = self.value**n
        spread = None
        if self.radius is not None:
            size = np.abs(self.value)
            slope = n * size ** (n - 1) * self.radius
            spread = np.maximum(slope, (size + self.radius) ** n - size**n)
        return self.system.charged(value, spread, max(1, n - 1))

    def __matmul__(self, other: Rounded) -> Rounded:
        """The product; the radius of both factors and of all roundings is one product of matrices, too."""
        inner, u = self.shape[-1], self.system.accumulator.unit_roundoff
        last = 0.0 if self.system.accumulator is self.system.precision else 1.0
        left, right = np.abs(self.value), np.abs(other.value)
        charged = ((additions(inner) + 1.0) * u + 2 * self.system.products) * right + (
            0.0 if other.radius is None else other.radius
        )
        if self.radius is None:
            spread = left @ charged
        else:
            reached = right if other.radius is None else right + other.radius
            radius = np.broadcast_to(self.radius, left.shape)
            spread = np.concatenate([left, radius], axis=-1) @ _stacked(charged, reached)
        return self.system.charged(self.value @ other.value, spread, last, floors=inner)


def _stacked(above: Array, below: Array) -> Array:
    shape = np.broadcast_shapes(above.shape, below.shape)
    return np.concatenate([np.broadcast_to(above, shape), np.broadcast_to(below, shape)], axis=-2)


def infinite(value: Array, *operands: Rounded) -> Any:
    """Where a result is infinite since an operand is, exactly."""
    exact = [np.isinf(o.value) & (True if o.radius is None else o.radius == 0) for o in operands]
    return np.isinf(value) & np.any(np.broadcast_arrays(*exact), axis=0)


def joined(*radii: Any) -> Any:
    """The sum of radii; None where all are None."""
    known = [r for r in radii if r is not None]
    return sum(known[1:], known[0]) if known else None


def _product(multiply: Any, a: Rounded, b: Rounded) -> Any:
    """The radius of a product of rounded values, before its own rounding."""
    if a.radius is None and b.radius is None:
        return None
    if b.radius is None:
        return multiply(a.radius, np.abs(b.value))
    if a.radius is None:
        return multiply(np.abs(a.value), b.radius)
    return multiply(np.abs(a.value) + a.radius, b.radius) + multiply(a.radius, np.abs(b.value))
