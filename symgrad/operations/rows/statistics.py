"""Rows of statistics and normalisations: variances, and entries with mean 0 and variance 1 along an axis.

`axis` means what it means in NumPy; None is the whole. Weights and biases are written beside a normalisation:
``add(hadamard(layer_norm(A, axis=1), w), b)`` is what PyTorch computes of its weight and bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.axes import cut, part, reduced
from symgrad.operations.options import plain
from symgrad.operations.row import Structural, Use
from symgrad.operations.rows.arithmetic import choose
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied


def _count(shape: Sequence[int], axis: Any) -> int:
    """The number of entries along an axis."""
    return shape[-2] * shape[-1] if axis is None else shape[axis - 2]


def _spread(shapes: Sequence[Shape], axis: Any, correction: Any) -> Shape:
    left, n = reduced(shapes, axis), _count(shapes[0], axis)
    if n <= correction:
        raise WrongShape(message("no_variance", entries=n, correction=plain(correction)))
    return left


def _var(system: Any, a: Any, axis: Any, correction: Any) -> Any:
    deviation = a - system.mean(a, axis)
    return system.total(deviation**2, axis) / (_count(a.shape, axis) - correction)


def _var_slope(use: Use) -> Any:
    (a,), (axis, correction) = use.operands, use.options
    return 2 * (a - applied("mean", a, axis)) / (_count(use.shapes[0], axis) - correction)


def _std_adjoints(use: Use) -> tuple[Any, ...]:
    return (use.adjoint * choose(_var_slope(use) / (2 * use.value), use.value > 0, 0),)


def _normalised(shapes: Sequence[Shape], axis: Any, eps: Any) -> Shape:
    reduced(shapes, axis)
    return shapes[0]


def _of_many(name: str, axis: int) -> Any:
    def shape(shapes: Sequence[Shape], eps: Any) -> Shape:
        if shapes[0][axis] == 1:
            raise WrongShape(message("one_line_alone", operation=name, axis=axis, shape=shapes[0]))
        return shapes[0]

    return shape


def _standard(system: Any, a: Any, axis: Any, eps: Any) -> Any:
    """Entries with mean 0 and variance 1 along an axis."""
    deviation = a - system.mean(a, axis)
    return deviation / system.sqrt(system.mean(deviation**2, axis) + eps)


def _standard_slope(g: Any, value: Any, a: Any, axis: Any, eps: Any) -> Any:
    """The adjoint of entries that were given mean 0 and variance 1."""
    inner = g - applied("mean", g, axis) - value * applied("mean", g * value, axis)
    return inner / applied("sqrt", applied("var", a, axis, 0) + eps)


def _layer_norm_adjoints(use: Use) -> tuple[Any, ...]:
    return (_standard_slope(use.full_adjoint, use.value, use.operands[0], *use.options),)


def _along(axis: int) -> Any:
    """The adjoint of a normalisation whose axis is no option."""
    return lambda use: (_standard_slope(use.full_adjoint, use.value, use.operands[0], axis, *use.options),)


def _rms(system: Any, a: Any, axis: Any, eps: Any) -> Any:
    return a / system.sqrt(system.mean(a**2, axis) + eps)


def _rms_adjoints(use: Use) -> tuple[Any, ...]:
    (a,), (axis, eps), g = use.operands, use.options, use.full_adjoint
    size = applied("sqrt", applied("mean", a**2, axis) + eps)
    return ((g - use.value * applied("mean", g * use.value, axis)) / size,)


def _grouped(shapes: Sequence[Shape], groups: Any, eps: Any) -> Shape:
    ((rows, columns),) = shapes
    if not isinstance(groups, int) or groups < 1 or columns % groups:
        raise WrongShape(message("groups_uneven", columns=columns, groups=plain(groups)))
    return rows, columns


def _bounds(columns: int, groups: int) -> list[tuple[int, int]]:
    width = columns // groups
    return [(k * width, (k + 1) * width) for k in range(groups)]


def _group_norm(system: Any, a: Any, groups: int, eps: Any) -> Any:
    return system.concatenate([_standard(system, part(a, 1, *ends), 1, eps) for ends in _bounds(a.shape[-1], groups)], 1)


def _group_norm_adjoints(use: Use) -> tuple[Any, ...]:
    (groups, eps), shape = use.options, use.shape
    whole = (use.full_adjoint, use.value, use.operands[0])
    if groups == 1:
        return (_standard_slope(*whole, 1, eps),)
    blocks = [[cut(e, shape, 1, *ends) for e in whole] for ends in _bounds(shape[1], groups)]
    return (applied("hstack", *(_standard_slope(g, value, a, 1, eps) for g, value, a in blocks)),)


ROWS: tuple[Structural, ...] = (
    Structural(
        name="var",
        centred=True,
        summary="Σ (a − mean a)², divided by the number of entries less the correction",
        cost=3,
        options={"axis": None, "correction": 1},
        example="var(A)*x + total(square(var(A, axis=1))) + total(var(B, axis=0, correction=0))",
        scalar_valued=True,
        shape=_spread,
        adjoints=lambda use: (use.adjoint * _var_slope(use),),
        evaluate=_var,
    ),
    Structural(
        name="std",
        centred=True,
        summary="the square root of the variance",
        cost=3,
        options={"axis": None, "correction": 1},
        example="std(A)*x + total(square(std(A, axis=1))) + total(std(B, axis=0, correction=0))",
        scalar_valued=True,
        shape=_spread,
        adjoints=_std_adjoints,
        evaluate=lambda system, a, axis, correction: system.sqrt(_var(system, a, axis, correction)),
        kinks=lambda value, a, axis, correction: (value,),
        convention="0 where all entries are equal",
    ),
    Structural(
        name="layer_norm",
        centred=True,
        summary="(a − mean a)/√(var a + eps), the variance without correction",
        cost=6,
        options={"axis": None, "eps": 1e-5},
        example="total(hadamard(layer_norm(A, axis=1, eps=0.25), B)) + total(hadamard(layer_norm(B), A))",
        shape=_normalised,
        adjoints=_layer_norm_adjoints,
        evaluate=_standard,
        by_hand=False,
    ),
    Structural(
        name="rms_norm",
        summary="a/√(mean a² + eps); eps is 0 where none is given, PyTorch's is then the format's own",
        cost=4,
        options={"axis": None, "eps": 0.0},
        example="total(hadamard(rms_norm(A, axis=1), B)) + total(hadamard(rms_norm(B, eps=0.25), A))",
        shape=_normalised,
        adjoints=_rms_adjoints,
        evaluate=_rms,
        domain="not all entries 0 where eps is 0",
        by_hand=False,
    ),
    Structural(
        name="batch_norm",
        centred=True,
        summary="every column (a channel of a batch of rows) with mean 0 and variance 1, as in training",
        cost=6,
        options={"eps": 1e-5},
        example="total(hadamard(batch_norm(A, eps=0.25), B)) + total(hadamard(batch_norm(vstack(A, S)), vstack(B, A)))",
        shape=_of_many("batch_norm", 0),
        adjoints=_along(0),
        evaluate=lambda system, a, eps: _standard(system, a, 0, eps),
        by_hand=False,
    ),
    Structural(
        name="instance_norm",
        centred=True,
        summary="every row (a channel of one instance) with mean 0 and variance 1",
        cost=6,
        options={"eps": 1e-5},
        example="total(hadamard(instance_norm(A, eps=0.25), B)) + total(hadamard(instance_norm(hstack(A, S)), hstack(B, A)))",
        shape=_of_many("instance_norm", 1),
        adjoints=_along(1),
        evaluate=lambda system, a, eps: _standard(system, a, 1, eps),
        by_hand=False,
    ),
    Structural(
        name="group_norm",
        centred=True,
        summary="every row (a sample) in groups of columns with mean 0 and variance 1",
        cost=6,
        options={"groups": 1, "eps": 1e-5},
        example="total(hadamard(group_norm(hstack(A, S), 2, eps=0.5), hstack(B, A))) + x*total(hadamard(group_norm(B), A))",
        shape=_grouped,
        adjoints=_group_norm_adjoints,
        evaluate=_group_norm,
        by_hand=False,
    ),
)
