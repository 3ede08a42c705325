"""Adversarial points: magnitudes of every size and sign, the neighbourhoods of special numbers, saturation, extremes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision

SPECIAL = (
    0.0,
    0.5,
    1.0,
    1.5,
    2.0,
    3.0,
    6.0,
    np.pi / 2,
    np.pi,
    np.e,
    1.4616321449683623,
    20.0,
    20.5,
    37.0,
    88.7,
    104.0,
    709.7,
    745.0,
)
"""Where kernels change their formula, a function has a zero, or a format its end: ψ vanishes at 1.46…, ln Γ at 1 and 2."""
GRID = 0.375
"""The distance of ordinary points between −30 and 30."""
MAGNITUDES = 48
"""Log-spaced magnitudes of each sign."""
FEW = 24
"""Numbers that pairs and triples are drawn from, beside random ones."""


def numbers(format_: Precision, extra: Iterable[float] = ()) -> Values:
    """Numbers of a format to try an operation of one operand at; `extra` ones with their neighbourhoods, too."""
    exponents = np.linspace(format_.lowest - format_.digits + 1, format_.highest, MAGNITUDES)
    ordinary = np.arange(-30, 30 + GRID, GRID)
    near = [s + sign * d for s in (*SPECIAL, *extra) for d in _distances(format_) for sign in (1, -1)]
    sizes = [
        *(1.3 * 2.0**exponents),
        format_.smallest_normal,
        format_.smallest_subnormal,
        format_.largest,
        *SPECIAL,
        *extra,
        *near,
    ]
    return _of(format_, [*ordinary, *sizes, *(-size for size in sizes)])


def _distances(format_: Precision) -> Values:
    """Distances from a special number: from an eighth down to the last place."""
    return np.asarray(2.0 ** -np.linspace(3, format_.digits - 1, 6).round())


def _of(format_: Precision, values: Iterable[float]) -> Values:
    with np.errstate(all="ignore"):
        rounded = np.unique(format_.round(np.array(list(values), dtype=np.float64)))
    sizes = np.abs(rounded)
    return np.asarray(rounded[(sizes <= format_.largest) & ((sizes >= format_.smallest_subnormal) | (rounded == 0))])


def tuples(
    format_: Precision, operands: int, count: int, generator: np.random.Generator, extra: Iterable[float] = ()
) -> Values:
    """Points of several operands, (points, operands): ordinary, of every size, nearly equal, and special numbers mixed."""
    every = numbers(format_, extra)
    few = _of(format_, [0.0, 0.5, 1.0, -1.0, 2.0, -3.0, 1e-4, -1e-4, 20.0, -20.0, 300.0, -300.0, *extra])
    share = count // 4
    ordinary = generator.uniform(-3, 3, (share, operands))
    between = generator.uniform(0, 1, (share, operands))
    wild = generator.choice(every, (share, operands))
    special = generator.choice(few, (share, operands))
    close = ordinary.copy()
    close[:, 1:] = close[:, :1] * (1 + generator.choice(_distances(format_), (share, operands - 1)))
    return np.unique(format_.round(np.concatenate([ordinary, between, wild, special, close])), axis=0)


def matrices(format_: Precision, shape: tuple[int, int], count: int, generator: np.random.Generator) -> Values:
    """Matrices, (points, rows, columns): ordinary, between 0 and 1, of many sizes, far from 0 with little spread, mixed."""
    share, size = count // 5, (count // 5, *shape)
    largest = min(format_.highest // 2, 40)
    ordinary = generator.normal(size=size)
    scaled = generator.normal(size=size) * 2.0 ** generator.integers(-largest, largest, (share, 1, 1))
    offset = 2.0 ** generator.integers(0, 14, (share, 1, 1)) + generator.normal(size=size)
    mixed = generator.choice([0.0, 1.0, -1.0, 0.5, 20.0, -30.0, 1e-3, 100.0], size)
    return np.asarray(format_.round(np.concatenate([ordinary, generator.uniform(0, 1, size), scaled, offset, mixed])))
