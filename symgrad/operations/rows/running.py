"""Rows of running results along an axis: sums, products, log-sum-exps, linear recurrences.

`axis` means what it means in NumPy, and may be left out for a row or a column. Adjoints of a running result run backwards.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.axes import along, cut, kept, ones, part, reduced, stacked
from symgrad.operations.options import check_whole
from symgrad.operations.row import Composition, Structural, Use, by_name
from symgrad.operations.rows import arithmetic, arrangement
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied, shape_of

ROW = by_name(arithmetic.ROWS, arrangement.ROWS)


def scanned(system: Any, a: Any, axis: Any, step: Callable[[Any, int], Any]) -> Any:
    """Running results: the first row or column as it is, then what ``step(result so far, index)`` makes of each next."""
    axis = along(a.shape[-2:], axis)
    results = [part(a, axis, 0, 1)]
    for k in range(1, a.shape[axis - 2]):
        results.append(step(results[-1], k))
    return system.concatenate(results, axis)


def _running(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Running results of an operation of two."""

    def evaluate(system: Any, a: Any, axis: Any) -> Any:
        way = along(a.shape[-2:], axis)
        return scanned(system, a, axis, lambda result, k: combine(result, part(a, way, k, k + 1)))

    return evaluate


_cumprod = _running(operator.mul)


def _prod(system: Any, a: Any, axis: Any) -> Any:
    for way in (1, 0) if axis is None else (axis,):
        products = _cumprod(system, a, way)
        length = a.shape[way - 2]
        a = part(products, way, length - 1, length)
    return a


def _logcumsumexp(system: Any, a: Any, axis: Any) -> Any:
    """Each result from the beginning, as if rounded in every step of PyTorch's.

    The first one is charged a rounding too, though it is exact: PyTorch's backward takes it apart and together again.
    """
    way = along(a.shape[-2:], axis)
    results = [system.logsumexp(part(a, way, 0, k + 1), way) for k in range(a.shape[way - 2])]
    return system.concatenate([system.rerounded(result, k + 1) for k, result in enumerate(results)], way)


def _recurrence(system: Any, a: Any, b: Any, axis: Any) -> Any:
    way = along(b.shape[-2:], axis)
    return scanned(system, b, axis, lambda result, k: part(a, way, k, k + 1) * result + part(b, way, k, k + 1))


def _alike(shapes: Sequence[Shape], axis: Any) -> Shape:
    if len(set(shapes)) > 1:
        raise WrongShape(message("recurrence_uneven", shapes=list(shapes)))
    return kept(shapes[:1], axis)


def _first_ones(shape: Shape, axis: int) -> Any:
    return ones(*((1, shape[1]) if axis == 0 else (shape[0], 1)))


def _backwards(factors: Any, terms: Any, shape: Shape, axis: int) -> Any:
    """``t_k = terms_k + factors_k t_{k+1}``, from the last term backwards; there is one factor fewer than terms."""
    if shape[axis] == 1:
        return terms
    turned = factors if shape[axis] == 2 else applied("flip", factors, axis)
    turned = stacked(axis, _first_ones(shape, axis), turned)  # the first factor isn't used
    return applied("flip", applied("recurrence", turned, applied("flip", terms, axis), axis), axis)


def _before(products: Any, shape: Shape, axis: int) -> Any:
    """Running products, each without its own factor."""
    first, length = _first_ones(shape, axis), shape[axis]
    return first if length == 1 else stacked(axis, first, cut(products, shape, axis, 0, length - 1))


def _others(a: Any, shape: Shape, axis: int) -> Any:
    """The product of all the other factors, without a division: it serves where factors are zero."""
    turned = applied("cumprod", applied("flip", a, axis), axis)
    after = applied("flip", _before(turned, shape, axis), axis)
    return _before(applied("cumprod", a, axis), shape, axis) * after


def _prod_adjoints(use: Use) -> tuple[Any, ...]:
    (a,), (shape,), (axis,) = use.operands, use.shapes, use.options
    if axis is not None:
        return (use.adjoint * _others(a, shape, axis),)
    down = _others(applied("prod", a, 1), (shape[0], 1), 0)
    return (use.adjoint * _others(a, shape, 1) * down,)


def _cumsum_adjoints(use: Use) -> tuple[Any, ...]:
    axis = along(use.shape, use.options[0])
    return (applied("flip", applied("cumsum", applied("flip", use.full_adjoint, axis), axis), axis),)


def _cumprod_adjoints(use: Use) -> tuple[Any, ...]:
    (a,), shape = use.operands, use.shape
    axis = along(shape, use.options[0])
    following = cut(a, shape, axis, 1, shape[axis]) if shape[axis] > 1 else None
    return (_before(use.value, shape, axis) * _backwards(following, use.full_adjoint, shape, axis),)


def _logcumsumexp_adjoints(use: Use) -> tuple[Any, ...]:
    """``Σ_{j≥k} g_j exp(a_k − v_j)``; no exponent is above 0, for results never fall."""
    (a,), shape, v = use.operands, use.shape, use.value
    axis, n = along(shape, use.options[0]), shape[along(shape, use.options[0])]
    rises = applied("exp", cut(v, shape, axis, 0, n - 1) - cut(v, shape, axis, 1, n)) if n > 1 else None
    return (applied("exp", a - v) * _backwards(rises, use.full_adjoint, shape, axis),)


def _recurrence_adjoints(use: Use) -> tuple[Any, ...]:
    (a, _), shape = use.operands, use.shape
    axis = along(shape, use.options[0])
    n = shape[axis]
    if n == 1:
        return 0, use.adjoint
    by_term = _backwards(cut(a, shape, axis, 1, n), use.full_adjoint, shape, axis)
    previous = applied("embed", cut(use.value, shape, axis, 0, n - 1), *shape, 1 - axis, axis)
    return by_term * previous, by_term


def _diff(a: Any, n: int, axis: Any) -> Any:
    """Differences of neighbours, taken n times."""
    check_whole("n", n, least=0)
    way = along(shape_of(a), axis)
    for _ in range(n):
        shape = shape_of(a)
        length = shape[way]
        if length == 1:
            raise WrongShape(message("one_line_alone", operation="diff", axis=way, shape=shape))
        ends = [(start, length - 1 + start) for start in (1, 0)]
        a = ROW["subtract"](*(ROW["take"](a, *(*end, 0, shape[1]) if way == 0 else (0, shape[0], *end)) for end in ends))
    return a


ROWS: tuple[Composition | Structural, ...] = (
    Structural(
        name="prod",
        summary="Π of the entries",
        aliases=("Π",),
        options={"axis": None},
        example="prod(A)*x + total(square(prod(A, axis=1))) + total(square(prod(B, axis=0)))",
        scalar_valued=True,
        shape=reduced,
        adjoints=_prod_adjoints,
        evaluate=_prod,
    ),
    Structural(
        name="cumsum",
        summary="Σ of the entries up to each",
        options={"axis": None},
        example="total(square(cumsum(A, axis=1))) + total(hadamard(cumsum(c), A*c))",
        shape=kept,
        adjoints=_cumsum_adjoints,
        evaluate=_running(operator.add),
    ),
    Structural(
        name="cumprod",
        summary="Π of the entries up to each",
        options={"axis": None},
        example="total(square(cumprod(A, axis=1))) + total(hadamard(cumprod(c), A*c))",
        shape=kept,
        adjoints=_cumprod_adjoints,
        evaluate=_cumprod,
    ),
    Structural(
        name="logcumsumexp",
        summary="ln Σ exp of the entries up to each",
        cost=4,
        options={"axis": None},
        example="total(square(logcumsumexp(A, axis=1))) + total(hadamard(logcumsumexp(c), A*c))",
        shape=kept,
        adjoints=_logcumsumexp_adjoints,
        evaluate=_logcumsumexp,
        by_hand=False,
    ),
    Structural(
        name="recurrence",
        summary="sₖ = aₖ sₖ₋₁ + bₖ, beginning with s₀ = b₀",
        operands=2,
        cost=2,
        options={"axis": None},
        example="total(square(recurrence(A, B, axis=1))) + total(hadamard(recurrence(c, A*c), c))",
        shape=_alike,
        adjoints=_recurrence_adjoints,
        evaluate=_recurrence,
        by_hand=False,
        kernel=False,
    ),
    Composition(
        name="diff",
        summary="the difference of each entry and the one before it, n times",
        options={"n": 1, "axis": None},
        example="total(square(diff(A, axis=1))) + x*total(square(diff(vstack(A, B), n=2, axis=0)))",
        compose=_diff,
    ),
)
