"""The floating-point formats under test: unit roundoff, underflow floor, largest number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import message


@dataclass(frozen=True)
class Precision:
    """A binary format with `digits` bits of significand and exponents from `lowest` (of the smallest normal number)."""

    name: str
    digits: int
    lowest: int
    highest: int

    @property
    def unit_roundoff(self) -> float:
        """Half the distance from 1 to the next number: the relative error of one rounding."""
        return 2.0**-self.digits

    @property
    def smallest_normal(self) -> float:
        """The smallest number with a full significand; kernels that flush to zero lose up to this."""
        return 2.0**self.lowest

    @property
    def smallest_subnormal(self) -> float:
        """The smallest number above 0."""
        return float(np.ldexp(1.0, self.lowest - self.digits + 1))

    @property
    def flushed(self) -> float:
        """What a kernel may lose to underflow: it may flush to zero, except in float16, which is computed in float32."""
        return self.smallest_subnormal if self.name == "float16" else self.smallest_normal

    @property
    def accumulator(self) -> str:
        """The format that kernels add up in: float32 in the short formats, of which a result is then rounded once."""
        return self.name if self.digits >= 24 else "float32"

    def of_kernel(self, roundings: float) -> float:
        """Roundings that a kernel costs which is off by so many where it computes, and then rounds to the format once."""
        if self.accumulator == self.name or not roundings:
            return roundings
        return 1.0 + roundings * PRECISIONS[self.accumulator].unit_roundoff / self.unit_roundoff

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return float(np.ldexp(2.0 - 2.0 ** (1 - self.digits), self.highest))

    def round(self, values: Any) -> Any:
        """Numbers rounded to the format, ties to even: to multiples of the smallest one near 0, to infinity beyond the largest.

        >>> float(PRECISIONS["bfloat16"].round(0.1))
        0.10009765625
        """
        given = np.asarray(values, dtype=np.float64)
        _, exponent = np.frexp(given)
        last = np.maximum(exponent, self.lowest + 1) - self.digits
        rounded = np.ldexp(np.round(np.ldexp(given, -last)), last)
        return np.where(np.abs(rounded) > self.largest, np.copysign(np.inf, rounded), rounded)

    def ulp(self, values: Any) -> Any:
        """The distance between neighbouring numbers of the format at the size of `values`."""
        _, exponent = np.frexp(np.asarray(values, dtype=np.float64))
        return np.ldexp(1.0, np.maximum(exponent, self.lowest + 1) - self.digits)


PRECISIONS: Mapping[str, Precision] = MappingProxyType(
    {
        p.name: p
        for p in (
            Precision("float64", 53, -1022, 1023),
            Precision("float32", 24, -126, 127),
            Precision("bfloat16", 8, -126, 127),
            Precision("float16", 11, -14, 15),
        )
    }
)


def precision(name: str) -> Precision:
    """The format of a name. Raises UserError for an unknown one."""
    if name not in PRECISIONS:
        raise UserError(message("no_dtype", name=name, closest=closest(name, PRECISIONS), names=list(PRECISIONS)))
    return PRECISIONS[name]
