"""What of an operation is surveyed: one of its results as a loss, by operands and options, and the points to try."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from symgrad.authoring.symbols import matrix, scalar
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import Precision
from symgrad.operations.row import Composition, Elementwise, Structural
from symgrad.operations.sympy_nodes import is_matrix, shape_of
from symgrad.operations.table import TABLE, Row
from symgrad.survey import adversarial_points

INTERNAL = tuple(name for name, row in TABLE.own.items() if not row.authored or row.operands == 0)
"""Rows that authors don't write, or that have no operand."""
NAMES = "xyzuvw"
SHAPES = (((2, 3),) * 6, ((3, 3),) * 6, ((2, 3), (3, 2)), ((3, 1),) * 6, ((2, 3), (1, 3), (1, 3)), ((2, 2),) * 6)
"""Shapes of operands that are tried in order, until an operation takes them."""
BOUNDS = {"x > 0": (0.0, np.inf), "x ≥ 0": (0.0, np.inf), "0 < x < 1": (0.0, 1.0)}
"""Domains that points are kept to: elsewhere kernels may not even end (PyTorch's zeta counts up to 0 one by one)."""
TUPLES, MATRICES = 240, 60
"""Points of an operation on several scalars, and on matrices."""


@dataclass(frozen=True)
class Case:
    """One operation with one choice of options, as a loss of symbols."""

    operation: str
    options: Mapping[str, Any]
    loss: Any
    symbols: tuple[Any, ...]

    @property
    def label(self) -> str:
        """The operation with its options: ``celu(alpha=1.3)``."""
        inner = ", ".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.operation}({inner})" if inner else self.operation

    def points(self, format_: Precision) -> dict[str, Values]:
        """Points to try in a format, (points, rows, columns) by name; the same ones in every run."""
        generator = np.random.default_rng(zlib.crc32(self.label.encode()))
        special = [float(k) for kink in self.kinks for k in kink]
        if any(is_matrix(s) for s in self.symbols):
            return {s.name: adversarial_points.matrices(format_, shape_of(s), MATRICES, generator) for s in self.symbols}
        if len(self.symbols) == 1:
            every = adversarial_points.numbers(format_, special)
            low, high = BOUNDS.get(TABLE[self.operation].domain, (-np.inf, np.inf))
            return {self.symbols[0].name: every[(every >= low) & (every <= high), None, None]}
        drawn = adversarial_points.tuples(format_, len(self.symbols), TUPLES, generator, special)
        return {s.name: drawn[:, k, None, None] for k, s in enumerate(self.symbols)}

    @property
    def kinks(self) -> list[tuple[float, ...]]:
        """Points on kinks, one number for each symbol."""
        row = TABLE[self.operation]
        if not isinstance(row, Elementwise) or any(is_matrix(s) for s in self.symbols):
            return []
        options = [sympy.Rational(v) if isinstance(v, float) else v for v in {**row.options, **self.options}.values()]
        *others, last = self.symbols
        fixed = {symbol: sympy.Rational(k + 1, 2) for k, symbol in enumerate(others)}
        found = []
        for vanishing in row.kinks(*self.symbols, *options):
            for solution in _roots(vanishing.subs(fixed), last):
                found.append((*(float(v) for v in fixed.values()), solution))
        return found


def _roots(vanishing: Any, symbol: Any) -> list[float]:
    """Where an expression vanishes; nothing, where SymPy doesn't find it."""
    try:
        solutions = sympy.solve(vanishing, symbol)
    except NotImplementedError:
        return []
    return [float(s) for s in solutions if getattr(s, "is_real", False) and s.is_number]


def cases(row: Row) -> Iterator[Case]:
    """An operation with its default options, then with others; nothing where there is nothing to survey."""
    if row.name in INTERNAL:
        return
    for options in ({}, *row.variants):
        made = _case(row, options)
        if made is not None:
            yield made


def _case(row: Row, options: Mapping[str, Any]) -> Case | None:
    count = 2 if row.operands is None else row.operands
    names = NAMES[:count]
    over_matrices = isinstance(row, Structural) or (isinstance(row, Composition) and row.over_matrices)
    if not over_matrices and "axis" not in row.options:
        scalars = tuple(scalar(name) for name in names)
        with contextlib.suppress(ValueError, TypeError):
            return Case(row.name, options, row(*scalars, **options), scalars)
    for shapes in SHAPES:
        symbols = tuple(matrix(name, *shape) for name, shape in zip(names, shapes, strict=False))
        try:
            value = row(*symbols, **options)
        except (ValueError, TypeError):
            continue
        if is_matrix(value):
            rows, columns = shape_of(value)
            value = value[rows - 1, columns - 1]
        return Case(row.name, options, value, symbols)
    return None
