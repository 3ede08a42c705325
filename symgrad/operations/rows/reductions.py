"""Rows that reduce a matrix: totals, means, norms, extremes, and the softmax family.

`axis` means what it means in NumPy: 0 runs down the rows (a row comes out), 1 along the columns (a column comes out),
None over the whole. Results keep two axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Integer, Rational

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.axes import kept, reduced
from symgrad.operations.options import plain
from symgrad.operations.row import Structural, Use
from symgrad.operations.rows.arithmetic import choose, raised
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied


def _count(use: Use) -> int:
    (shape,) = use.shapes
    return (shape[0] * shape[1]) // (use.shape[0] * use.shape[1])


def _softmax_adjoints(use: Use) -> tuple[Any, ...]:
    weighted = applied("total", use.adjoint * use.value, *use.options)
    return (use.value * (use.adjoint - weighted),)


def _log_softmax_adjoints(use: Use) -> tuple[Any, ...]:
    total = applied("total", use.full_adjoint, *use.options)
    return (use.adjoint - applied("exp", use.value) * total,)


def _logsumexp(system: Any, z: Any, axis: Any) -> Any:
    """Shifted by the maximum, as PyTorch does (Higham & Higham, Accurately computing log-sum-exp, 2021)."""
    top = system.amax(z, axis)
    return top + system.log(system.total(system.exp(z - top), axis))


def _softmax(system: Any, z: Any, axis: Any) -> Any:
    weights = system.exp(z - system.amax(z, axis))
    return weights / system.total(weights, axis)


def _norm(system: Any, a: Any, order: Any, axis: Any) -> Any:
    if order is None or order == 2:
        return system.sqrt(system.total(a**2, axis))
    size = system.abs(a)
    if order == 1:
        return system.total(size, axis)
    whole = isinstance(order, int)  # any other order is a number of the system
    powers = size**order if whole else system.power(size, order)
    return system.power(system.total(powers, axis), system.number(1, order) if whole else 1 / order)


def _norm_adjoints(use: Use) -> tuple[Any, ...]:
    """As PyTorch has it: a power of |a| below order 2, a itself beside one from there on."""
    (a,), (order, _) = use.operands, use.options
    if order == 1:
        return (use.adjoint * applied("sign", a),)
    p, size = Integer(2) if order is None else Rational(order), applied("abs", a)
    above = applied("sign", a) * raised(size, p - 1) if p < 2 else a * raised(size, p - 2)
    return (use.adjoint * choose(above / raised(use.value, p - 1), use.value > 0, 0),)


def _norm_shape(shapes: Sequence[Shape], order: Any, axis: Any) -> Shape:
    if order is not None and order < 1:
        raise WrongShape(message("order_too_small", found=plain(order)))
    return reduced(shapes, axis)


def _extreme_adjoints(use: Use) -> tuple[Any, ...]:
    return (use.adjoint * applied("share", *use.operands, *use.options),)


def _lowest_adjoints(use: Use) -> tuple[Any, ...]:
    return (use.adjoint * applied("share", -use.operands[0], *use.options),)


def _no_adjoints(use: Use) -> tuple[Any, ...]:
    return (0,) * len(use.operands)


ROWS: tuple[Structural, ...] = (
    Structural(
        name="total",
        summary="Σ of the entries",
        keeps_squares=True,
        sign="Σ",
        latex=r"\sum",
        aliases=(
            "sum",
            "Σ",
        ),
        options={"axis": None},
        example="total(A) + total(square(total(A, axis=1))) + total(square(total(A, axis=0)))",
        scalar_valued=True,
        shape=reduced,
        adjoints=lambda use: (use.adjoint,),
        evaluate=lambda system, a, axis: system.total(a, axis),
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="mean",
        summary="Σ of the entries, divided by their number",
        keeps_squares=True,
        aliases=(
            "avg",
            "average",
        ),
        options={"axis": None},
        example="mean(square(A)) + total(square(mean(A, axis=0)))",
        scalar_valued=True,
        shape=reduced,
        adjoints=lambda use: (use.adjoint / _count(use),),
        evaluate=lambda system, a, axis: system.mean(a, axis),
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="norm",
        summary="(Σ |a|ᵖ)¹ᐟᵖ of order p, 2 where none is given",
        cost=2,
        options={"order": None, "axis": None},
        example="norm(A) + norm(A, 1) + total(norm(A, 2, axis=1)) + norm(A, 3) + total(norm(B, 1.5, axis=0))",
        scalar_valued=True,
        shape=_norm_shape,
        adjoints=_norm_adjoints,
        evaluate=_norm,
        kinks=lambda value, a, order, axis: (a,) if order == 1 else (value,),
        convention="0 at 0",
        one_sided=True,
    ),
    Structural(
        name="amax",
        summary="the greatest entry",
        options={"axis": None},
        example="amax(A)*x + total(amax(A, axis=1))",
        scalar_valued=True,
        shape=reduced,
        adjoints=_extreme_adjoints,
        evaluate=lambda system, a, axis: system.amax(a, axis),
        kinks=lambda value, a, axis: (applied("gap", a, axis),),
        convention="equal shares at ties",
        kernel=False,
    ),
    Structural(
        name="amin",
        summary="the smallest entry",
        options={"axis": None},
        example="amin(A)*x + total(amin(A, axis=1))",
        scalar_valued=True,
        shape=reduced,
        adjoints=_lowest_adjoints,
        evaluate=lambda system, a, axis: -system.amax(-a, axis),
        kinks=lambda value, a, axis: (applied("gap", -a, axis),),
        convention="equal shares at ties",
    ),
    Structural(
        name="share",
        summary="1 at the greatest entry, equal shares at ties, 0 elsewhere",
        cost=2,
        options={"axis": None},
        example="total(hadamard(share(A, axis=1), B))*x",
        shape=lambda shapes, axis: shapes[0],
        adjoints=_no_adjoints,
        evaluate=lambda system, a, axis: system.share(a, axis),
        kinks=lambda value, a, axis: (applied("gap", a, axis),),
        convention="0 at ties",
        authored=False,
        by_hand=False,
        kernel=False,
    ),
    Structural(
        name="gap",
        summary="by how much the greatest entry exceeds the next",
        cost=2,
        options={"axis": None},
        example="x*y*sign(gap(A))",
        scalar_valued=True,
        shape=reduced,
        adjoints=_no_adjoints,
        evaluate=lambda system, a, axis: system.gap(a, axis),
        authored=False,
        by_hand=False,
        kernel=False,
    ),
    Structural(
        name="logsumexp",
        summary="ln Σ exp(a)",
        cost=4,
        options={"axis": None},
        example="logsumexp(A) + total(logsumexp(A, axis=1))",
        scalar_valued=True,
        shape=reduced,
        adjoints=lambda use: (use.adjoint * applied("exp", use.operands[0] - use.value),),
        evaluate=_logsumexp,
        saturates=True,
    ),
    Structural(
        name="softmax",
        centred=True,
        summary="exp(a) / Σ exp(a)",
        cost=4,
        options={"axis": None},
        example="total(hadamard(softmax(A, axis=1), B)) + total(square(softmax(c)))",
        shape=kept,
        adjoints=_softmax_adjoints,
        evaluate=_softmax,
        saturates=True,
        vanishes=True,
    ),
    Structural(
        name="log_softmax",
        centred=True,
        summary="a − ln Σ exp(a)",
        aliases=("logsoftmax",),
        cost=5,
        options={"axis": None},
        example="total(hadamard(log_softmax(A, axis=0), B)) + total(square(log_softmax(c)))",
        shape=kept,
        adjoints=_log_softmax_adjoints,
        evaluate=lambda system, a, axis: a - _logsumexp(system, a, axis),
        saturates=True,
    ),
)
