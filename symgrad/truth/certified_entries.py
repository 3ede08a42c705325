"""Which entries are certified, and the reference that comes of it.

All entries, as long as they are few; of more, as many points as the budget allows and every suspicious one; where a single
point exceeds the budget, a block of rows of each gradient. What isn't certified is the closed form in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.derivation import Derivation
from symgrad.graphs.shapes import array_shape
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.programs import program
from symgrad.operations.sympy_nodes import Applied, applied
from symgrad.truth.certified_values import certify
from symgrad.truth.reference import Reference, Tolerance

CERTIFIED_ENTRIES = 50_000
"""Entries times points up to which every one is certified; above, as many points as that, and whatever is suspicious."""
SAMPLED_ENTRIES = 4_096
"""Entries of a gradient that are certified where one point alone has more than the budget."""


@dataclass(frozen=True)
class Outputs:
    """The outputs of a derivation: the loss and the gradients, as a program, in float64, and how far each may be off."""

    derivation: Derivation
    program: Program
    shapes: list[tuple[int, int]]
    closed_form: list[Values]
    tolerances: list[Tolerance]


def references(outputs: Outputs, autograd: Sequence[Values], points: PointSet, *, every: bool = False) -> list[Reference]:
    """A reference for each output; `every` entry is certified where that is asked for, however many there are."""
    count = len(points)
    found = [
        Reference(closed.copy(), np.zeros_like(closed), np.zeros_like(closed), np.zeros((count, closed.shape[1], 1), bool))
        for closed in outputs.closed_form
    ]
    entries = sum(r * c for r, c in outputs.shapes)
    share = CERTIFIED_ENTRIES // entries
    if every:
        size = max(1, share)
        for start in range(0, count, size):
            _certify(found, outputs, outputs.program, outputs.shapes, points, np.arange(start, min(start + size, count)))
        return found
    suspects = suspicious(outputs, autograd) if share < count else []
    if share:
        chosen = np.arange(count) if share >= count else np.array(sorted({*range(share), *suspects[:share]}))
        _certify(found, outputs, outputs.program, outputs.shapes, points, chosen)
    else:
        sampled, shapes = _first_rows(outputs)
        _certify(found, outputs, program(outputs.derivation, sampled), shapes, points, np.arange(1))
        if suspects:
            _certify(found, outputs, outputs.program, outputs.shapes, points, np.array(suspects[:1]))
    return found


def suspicious(outputs: Outputs, autograd: Sequence[Values]) -> list[int]:
    """Points at which PyTorch and the closed form differ by more than half of what is allowed, most suspicious first."""
    suspicion = np.zeros(len(autograd[0]))
    for values, closed, tolerance in zip(autograd, outputs.closed_form, outputs.tolerances, strict=True):
        with np.errstate(all="ignore"):
            ratio = (np.abs(values - closed) / tolerance.allowed).max(axis=(1, 2))
        suspicion = np.maximum(suspicion, np.where(np.isfinite(ratio), ratio, np.inf))
    return [int(k) for k in np.argsort(-suspicion, kind="stable") if suspicion[k] > 0.5]


def _certify(
    found: list[Reference],
    outputs: Outputs,
    code: Program,
    shapes: Sequence[tuple[int, int]],
    points: PointSet,
    chosen: Values,
) -> None:
    """Writes certified values of the first rows of each output at chosen points into references."""
    limits = [
        np.broadcast_to(t.allowed, closed.shape)[chosen][:, :rows]
        for t, closed, (rows, _) in zip(outputs.tolerances, outputs.closed_form, shapes, strict=True)
    ]
    certified = certify(code, points.subset(chosen), limits, shapes)
    for reference, truth, (rows, _) in zip(found, certified, shapes, strict=True):
        reference.high[chosen, :rows], reference.low[chosen, :rows] = truth.high, truth.low
        reference.radius[chosen, :rows], reference.certified[chosen, :rows] = truth.radius, True


def _first_rows(outputs: Outputs) -> tuple[list[Any], list[tuple[int, int]]]:
    """The outputs, of a gradient that ends in a matrix product only the first rows."""
    derivation = outputs.derivation
    definitions = {e.symbol: e.expression for e in derivation.equations}
    expressions: list[Any] = [derivation.loss]
    shapes = [outputs.shapes[0]]
    for symbol, (rows, columns) in zip(derivation.gradients.values(), outputs.shapes[1:], strict=True):
        last, kept = definitions[symbol], max(1, SAMPLED_ENTRIES // columns)
        if isinstance(last, Applied) and last.name == "matmul" and kept < rows:
            left, right = last.arguments
            inner = array_shape(left, derivation.shapes)[1]
            expressions.append(applied("matmul", applied("take", left, 0, kept, 0, inner), right))
            shapes.append((kept, columns))
        else:
            expressions.append(symbol)
            shapes.append((rows, columns))
    return expressions, shapes
