"""Rows of classification: cross-entropies over an axis of classes, and two relatives of softmax and sigmoid.

Targets are probabilities, or ones and zeros: an index is no symbol. As with PyTorch's reduction="none" one loss comes out
for each sample; `axis` is the one along which the classes lie, and may be left out for a row or a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations import axes
from symgrad.operations.axes import along, cut, part, stacked
from symgrad.operations.options import plain
from symgrad.operations.row import Composition, Structural, Use, by_name
from symgrad.operations.rows import arithmetic, elementary, reductions
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied, shape_of

ROW = by_name(arithmetic.ROWS, elementary.ROWS, reductions.ROWS)


def _nll(log_probabilities: Any, t: Any, axis: Any) -> Any:
    axes.kept([shape_of(log_probabilities)], axis)
    return -ROW["total"](ROW["hadamard"](t, log_probabilities), axis=axis)


def _cross_entropy(z: Any, t: Any, axis: Any, label_smoothing: Any) -> Any:
    if not 0 <= label_smoothing <= 1:
        raise WrongShape(message("label_smoothing_outside", found=plain(label_smoothing)))
    log_probabilities = ROW["log_softmax"](z, axis=axis)
    if label_smoothing:
        shape = shape_of(z)
        classes = shape[along(shape, axis)]
        t = ROW["add"](ROW["multiply"](t, 1 - label_smoothing), label_smoothing / classes)
    return _nll(log_probabilities, t, axis)


def _soft_margin(z: Any, y: Any, axis: Any) -> Any:
    """The mean over the classes."""
    axes.kept([shape_of(z)], axis)
    hit = ROW["hadamard"](y, ROW["logsigmoid"](z))
    missed = ROW["hadamard"](ROW["subtract"](1, y), ROW["logsigmoid"](-z))
    return ROW["mean"](-ROW["add"](hit, missed), axis=axis)


def _half(shapes: Sequence[Shape], axis: Any) -> Shape:
    (shape,) = shapes
    axis = along(shape, axis)
    length = shape[axis]
    if length % 2:
        raise WrongShape(message("halves_uneven", operation="glu", axis=axis, found=length))
    return (length // 2, shape[1]) if axis == 0 else (shape[0], length // 2)


def _glu(system: Any, a: Any, axis: Any) -> Any:
    axis = along(a.shape[-2:], axis)
    length = a.shape[axis - 2]
    return part(a, axis, 0, length // 2) * system.sigmoid(part(a, axis, length // 2, length))


def _glu_adjoints(use: Use) -> tuple[Any, ...]:
    (a,), (shape,) = use.operands, use.shapes
    axis = along(shape, use.options[0])
    half, whole = shape[axis] // 2, shape[axis]
    gate = applied("sigmoid", cut(a, shape, axis, half, whole))
    by_gate = use.adjoint * cut(a, shape, axis, 0, half) * gate * (1 - gate)
    return (stacked(axis, use.adjoint * gate, by_gate),)


ROWS: tuple[Composition | Structural, ...] = (
    Composition(
        name="nll_loss",
        summary="−Σ b a, a being logarithms of probabilities",
        operands=2,
        options={"axis": None},
        example="mean(nll_loss(log_softmax(A, axis=1), B, axis=1)) + x*nll_loss(c, A*c)",
        compose=_nll,
    ),
    Composition(
        name="cross_entropy",
        summary="−Σ b ln softmax(a), b being mixed with as much as label_smoothing of the uniform distribution",
        operands=2,
        options={"axis": None, "label_smoothing": 0.0},
        example="mean(cross_entropy(A, B, axis=1)) + x*cross_entropy(c, A*c, label_smoothing=0.25)",
        compose=_cross_entropy,
    ),
    Composition(
        name="multilabel_soft_margin_loss",
        summary="the mean of −b ln σ(a) − (1 − b) ln σ(−a)",
        operands=2,
        options={"axis": None},
        example="mean(multilabel_soft_margin_loss(A, B, axis=1)) + x*multilabel_soft_margin_loss(c, A*c)",
        compose=_soft_margin,
    ),
    Composition(
        name="softmin",
        centred=True,
        summary="exp(−a) / Σ exp(−a)",
        options={"axis": None},
        example="total(hadamard(softmin(A, axis=1), B)) + total(square(softmin(c)))",
        compose=lambda a, axis: ROW["softmax"](-a, axis=axis),
    ),
    Structural(
        name="glu",
        summary="the first half, each entry times σ of its fellow in the second half",
        cost=2,
        options={"axis": 1},
        example="total(hadamard(glu(A), c)) + total(square(glu(B, axis=0)))",
        shape=_half,
        adjoints=_glu_adjoints,
        evaluate=_glu,
        by_hand=False,
    ),
)
