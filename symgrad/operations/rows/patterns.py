"""Rows that arrange entries by a pattern: turned and shifted lines, diagonals, triangles; and two products by pattern.

`axis` means what it means in NumPy, and may be left out for a row or a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.axes import along, kept, ones, part
from symgrad.operations.options import check_whole
from symgrad.operations.row import Structural, Use
from symgrad.operations.rows.linear_algebra import product
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied


def _rolled(shapes: Sequence[Shape], shifts: Any, axis: Any) -> Shape:
    check_whole("shifts", shifts)
    return kept(shapes, axis)


def _flip(system: Any, a: Any, axis: Any) -> Any:
    way = along(a.shape[-2:], axis)
    return system.concatenate([part(a, way, k, k + 1) for k in reversed(range(a.shape[way - 2]))], way)


def _roll(system: Any, a: Any, shifts: int, axis: Any) -> Any:
    way = along(a.shape[-2:], axis)
    length = a.shape[way - 2]
    turned = shifts % length
    return (
        a if not turned else system.concatenate([part(a, way, length - turned, length), part(a, way, 0, length - turned)], way)
    )


def _diagonal_shape(shapes: Sequence[Shape]) -> Shape:
    return min(shapes[0]), 1


def _diagonal(system: Any, a: Any) -> Any:
    return system.concatenate([a[..., k : k + 1, k : k + 1] for k in range(min(a.shape[-2:]))], 0)


def _diag_shape(shapes: Sequence[Shape]) -> Shape:
    kept(shapes)
    return (max(shapes[0]),) * 2


def _diag(system: Any, a: Any) -> Any:
    n, way = max(a.shape[-2:]), along(a.shape[-2:], None)
    entries = [part(a, way, k, k + 1) for k in range(n)]
    return system.block([entries[i] if i == j else 0 for i in range(n) for j in range(n)], n, n)


def _diag_adjoints(use: Use) -> tuple[Any, ...]:
    column = applied("diagonal", use.full_adjoint)
    return (column if use.shapes[0][1] == 1 else applied("transpose", column),)


def _triangle(name: str, mask: Any, summary: str) -> Structural:
    """The part of a matrix on one side of a diagonal, zeros on the other."""

    def shape(shapes: Sequence[Shape], diagonal: Any) -> Shape:
        check_whole("diagonal", diagonal)
        return shapes[0]

    def evaluate(system: Any, a: Any, diagonal: int) -> Any:
        return system.choose(a, mask(np.ones(a.shape[-2:], dtype=bool), diagonal), 0)

    return Structural(
        name=name,
        summary=summary,
        options={"diagonal": 0},
        example=f"total(hadamard({name}(A), B)) + total(square({name}(A*B, diagonal=1)))",
        shape=shape,
        adjoints=lambda use: (applied(name, use.full_adjoint, *use.options),),
        evaluate=evaluate,
        cost="none",
    )


def _kron_shape(shapes: Sequence[Shape]) -> Shape:
    (m, n), (p, q) = shapes
    return m * p, n * q


def _kron(system: Any, a: Any, b: Any) -> Any:
    rows, columns = a.shape[-2:]
    lines = [[a[..., i : i + 1, j : j + 1] * b for j in range(columns)] for i in range(rows)]
    return system.concatenate([system.concatenate(line, 1) for line in lines], 0)


def _kron_adjoints(use: Use) -> tuple[Any, ...]:
    """Totals of the blocks, taken by products with matrices of ones and zeros."""
    (a, b), ((m, n), (p, q)), g = use.operands, use.shapes, use.full_adjoint

    def one_of_each(outer: Shape, inner: Shape) -> Any:
        """The product of a unit matrix and one of ones, or the other way about."""
        made = [applied("identity", r) if r == c else ones(r, c) for r, c in (outer, inner)]
        return applied("kron", *made) if (1, 1) not in (outer, inner) else made[outer == (1, 1)]

    def total(left: Any, weighted: Any, right: Any) -> Any:
        return product(product(left, weighted), right)

    by_a = total(one_of_each((m, m), (1, p)), g * applied("kron", ones(m, n), b), one_of_each((n, n), (q, 1)))
    by_b = total(one_of_each((1, m), (p, p)), g * applied("kron", a, ones(p, q)), one_of_each((n, 1), (q, q)))
    return by_a, by_b


def _cross_shape(shapes: Sequence[Shape]) -> Shape:
    if any(shape not in ((3, 1), (1, 3)) for shape in shapes) or shapes[0] != shapes[1]:
        raise WrongShape(message("no_cross_product", shapes=list(shapes)))
    return shapes[0]


def _cross(system: Any, a: Any, b: Any) -> Any:
    axis = along(a.shape[-2:], None)
    x, y = ([part(v, axis, k, k + 1) for k in range(3)] for v in (a, b))
    return system.concatenate([x[k - 2] * y[k - 1] - x[k - 1] * y[k - 2] for k in range(3)], axis)


ROWS: tuple[Structural, ...] = (
    Structural(
        name="flip",
        summary="rows or columns in reverse order",
        options={"axis": None},
        example="total(hadamard(flip(A, axis=1), B)) + total(hadamard(flip(c), A*c))",
        shape=kept,
        adjoints=lambda use: (applied("flip", use.full_adjoint, *use.options),),
        evaluate=_flip,
        cost="none",
        polynomial=True,
    ),
    Structural(
        name="roll",
        summary="rows or columns moved on by shifts, the last ones to the front",
        options={"shifts": 1, "axis": None},
        example="total(hadamard(roll(A, axis=1), B)) + total(hadamard(roll(vstack(c, A*c), shifts=-1), vstack(c, c)))",
        shape=_rolled,
        adjoints=lambda use: (applied("roll", use.full_adjoint, -use.options[0], use.options[1]),),
        evaluate=_roll,
        cost="none",
        by_hand=False,
        polynomial=True,
    ),
    Structural(
        name="diagonal",
        summary="the diagonal, as a column",
        example="total(square(diagonal(A*B))) + total(hadamard(diagonal(A), c))",
        shape=_diagonal_shape,
        adjoints=lambda use: (applied("embed", applied("diag", use.full_adjoint), *use.shapes[0], 0, 0),),
        evaluate=_diagonal,
        cost="none",
        polynomial=True,
    ),
    Structural(
        name="diag",
        summary="a row or a column as the diagonal of a square matrix",
        example="total(square(diag(c)*A)) + total(hadamard(diag(c.T), B))",
        shape=_diag_shape,
        adjoints=_diag_adjoints,
        evaluate=_diag,
        cost="none",
        polynomial=True,
    ),
    _triangle("tril", np.tril, "the entries on a diagonal and below, 0 above"),
    _triangle("triu", np.triu, "the entries on a diagonal and above, 0 below"),
    Structural(
        name="kron",
        summary="the matrix of all blocks aᵢⱼ B",
        operands=2,
        example="total(square(kron(A, c))) + total(hadamard(kron(c, B), kron(B, c)))",
        shape=_kron_shape,
        adjoints=_kron_adjoints,
        evaluate=_kron,
        cost="result",
        polynomial=True,
    ),
    Structural(
        name="cross",
        summary="the vector product of two columns or two rows of three",
        operands=2,
        cost=3,
        example="total(hadamard(cross(vstack(A*c, c)[0:3, :], Matrix([x, y, 1])), Matrix([1, x*y, y])))",
        shape=_cross_shape,
        adjoints=lambda use: (
            applied("cross", use.operands[1], use.full_adjoint),
            applied("cross", use.full_adjoint, use.operands[0]),
        ),
        evaluate=_cross,
        polynomial=True,
    ),
)
