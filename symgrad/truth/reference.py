"""The nouns of truth: what is certified of an array, and how far a value may be from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision

SAFETY = 4.0
"""How many times the radius of the running error analysis a difference may be; see tests/checking/test_calibration.py."""


@dataclass(frozen=True)
class Reference:
    """What is true, as the unevaluated sum ``high + low``, known up to `radius`; `certified` where a ball encloses it.

    Arrays of shape (points, rows, columns), `certified` of shape (points, rows, 1). Where truth is undefined, high is nan.
    """

    high: Values
    low: Values
    radius: Values
    certified: Values


def largest(values: Values) -> float:
    """The size of the largest entry that is a number; 0 where there is none."""
    size = np.abs(values)
    return float(np.max(size, where=np.isfinite(size), initial=0.0))


@dataclass(frozen=True)
class Tolerance:
    """The allowed difference of each entry, and whether it was derived (or given by hand: ``atol + rtol·|reference|``)."""

    allowed: Values
    precision: Precision
    derived: bool = True
