"""Rows of distances and similarities, and the losses that are made of them; each is a composition, as in PyTorch.

`axis` is the one along which entries are compared; without it a row or a column is compared as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from symgrad.operations import axes
from symgrad.operations.row import Composition, by_name
from symgrad.operations.rows import arithmetic, elementary, losses, piecewise, reductions
from symgrad.operations.sympy_nodes import shape_of

ROW = by_name(arithmetic.ROWS, elementary.ROWS, losses.ROWS, piecewise.ROWS, reductions.ROWS)
PYTORCH_EPSILON = sympy.Rational(float(np.float32(1e-12)))
"""What PyTorch adds to squared lengths in a cosine embedding loss: 10⁻¹² in float32, whatever the dtype."""


def _along(a: Any, axis: Any) -> Any:
    """An axis that is given, or None for a row or a column. Raises WrongShape otherwise."""
    axes.kept([shape_of(a)], axis)
    return axis


def vector_norm(a: Any, order: Any, axis: Any) -> Any:
    """The norm of any order, ∞ and −∞ included."""
    if order in (sympy.oo, -sympy.oo):
        return ROW["amax" if order > 0 else "amin"](ROW["abs"](a), axis=axis)
    return ROW["norm"](a, order=None if order == 2 else order, axis=axis)


def _normalize(a: Any, order: Any, axis: Any, eps: Any) -> Any:
    return ROW["divide"](a, ROW["clamp_min"](vector_norm(a, order, _along(a, axis)), eps))


def _cosine_similarity(a: Any, b: Any, axis: Any, eps: Any) -> Any:
    first, second = (_normalize(operand, 2, axis, eps) for operand in (a, b))
    return ROW["total"](ROW["hadamard"](first, second), axis=axis)


def _pairwise_distance(a: Any, b: Any, order: Any, eps: Any, axis: Any) -> Any:
    difference = ROW["add"](ROW["subtract"](a, b), eps)
    return vector_norm(difference, order, _along(difference, axis))


def _triplet(a: Any, near: Any, far: Any, margin: Any, order: Any, eps: Any, swap: Any, axis: Any) -> Any:
    to_near, to_far = (_pairwise_distance(a, other, order, eps, axis) for other in (near, far))
    if swap:
        to_far = ROW["minimum"](to_far, _pairwise_distance(near, far, order, eps, axis))
    return ROW["clamp_min"](ROW["subtract"](ROW["add"](to_near, margin), to_far), 0)


def _cosine_embedding(a: Any, b: Any, y: Any, margin: Any, axis: Any) -> Any:
    """The hinge of 1 − cos: a target of −1 leaves max(0, (1 − margin) − (1 − cos)), which is max(0, cos − margin)."""
    squares = [ROW["add"](ROW["total"](ROW["square"](e), axis=_along(e, axis)), PYTORCH_EPSILON) for e in (a, b)]
    product = ROW["total"](ROW["hadamard"](a, b), axis=axis)
    cosine = ROW["divide"](product, ROW["sqrt"](ROW["hadamard"](*squares)))
    return ROW["hinge_embedding_loss"](ROW["subtract"](1, cosine), y, margin=1 - sympy.sympify(margin, strict=True))


ROWS: tuple[Composition, ...] = (
    Composition(
        name="vector_norm",
        summary="(Σ |a|ᵖ)¹ᐟᵖ, the greatest |a| where the order is ∞, the smallest where it is −∞",
        options={"order": 2, "axis": None},
        example="vector_norm(A, float('inf')) + total(vector_norm(A, order=-float('inf'), axis=1)) + vector_norm(B, 3)",
        compose=vector_norm,
    ),
    Composition(
        name="dist",
        summary="the norm of a − b",
        operands=2,
        options={"order": 2},
        example="dist(A, B) + x*dist(A, c, order=3)",
        compose=lambda a, b, order: vector_norm(ROW["subtract"](a, b), order, None),
        over_matrices=True,
    ),
    Composition(
        name="normalize",
        summary="a divided by its norm, by eps at least",
        options={"order": 2, "axis": None, "eps": 1e-12},
        example="total(hadamard(normalize(A, axis=1), B)) + total(hadamard(normalize(c, order=1), A*c))",
        compose=_normalize,
    ),
    Composition(
        name="cosine_similarity",
        summary="Σ a b/(|a| |b|), neither length below eps",
        operands=2,
        options={"axis": None, "eps": 1e-8},
        example="total(cosine_similarity(A, B, axis=1)) + x*cosine_similarity(c, A*c)",
        compose=_cosine_similarity,
    ),
    Composition(
        name="pairwise_distance",
        summary="the norm of a − b + eps",
        operands=2,
        options={"order": 2, "eps": 1e-6, "axis": None},
        example="total(pairwise_distance(A, B, axis=1)) + x*pairwise_distance(c, A*c, order=1)",
        compose=_pairwise_distance,
    ),
    Composition(
        name="triplet_margin_loss",
        summary="max(0, |a − b| − |a − c| + margin); where swap, c as far from b if that is nearer",
        operands=3,
        options={"margin": 1.0, "order": 2, "eps": 1e-6, "swap": False, "axis": None},
        example="total(triplet_margin_loss(A, B, S, axis=1)) + triplet_margin_loss(A, B, S, margin=4, swap=True, axis=0)[0, 1]",
        compose=_triplet,
    ),
    Composition(
        name="cosine_embedding_loss",
        summary="1 − cos(a, b) where c is 1, max(0, cos(a, b) − margin) where c is −1",
        operands=3,
        options={"margin": 0, "axis": None},
        example="total(cosine_embedding_loss(A, B, [1, -1], axis=1)) + x*cosine_embedding_loss(c, A*c, -1, margin=-0.5)",
        compose=_cosine_embedding,
    ),
)
