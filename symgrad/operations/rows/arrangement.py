"""Rows that move entries without computing: parts, stacks, blocks, broadcasting, and constant matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.row import Structural, Use
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied


def _stack_shape(axis: int) -> Any:
    def shape(shapes: Sequence[Shape]) -> Shape:
        if len({s[1 - axis] for s in shapes}) != 1:
            raise WrongShape(message("stack_uneven", axis=axis, shapes=list(shapes)))
        along = sum(s[axis] for s in shapes)
        return (along, shapes[0][1]) if axis == 0 else (shapes[0][0], along)

    return shape


def _stack_adjoints(axis: int) -> Any:
    def adjoints(use: Use) -> tuple[Any, ...]:
        parts, start = [], 0
        for rows, columns in use.shapes:
            length = (rows, columns)[axis]
            constant = use.adjoint_shape[axis] == 1
            bounds = [0, use.adjoint_shape[0], 0, use.adjoint_shape[1]]
            bounds[2 * axis : 2 * axis + 2] = start, start + length
            parts.append(use.adjoint if constant else applied("take", use.adjoint, *bounds))
            start += length
        return tuple(parts)

    return adjoints


def _take_shape(shapes: Sequence[Shape], top: int, bottom: int, left: int, right: int) -> Shape:
    ((rows, columns),) = shapes
    if not (0 <= top < bottom <= rows and 0 <= left < right <= columns):
        raise WrongShape(message("no_such_part", rows=(top, bottom), columns=(left, right), shape=(rows, columns)))
    return bottom - top, right - left


def _embed_shape(shapes: Sequence[Shape], rows: int, columns: int, top: int, left: int) -> Shape:
    ((r, c),) = shapes
    if top < 0 or left < 0 or top + r > rows or left + c > columns:
        raise WrongShape(message("no_room", shape=(r, c), at=(top, left), within=(rows, columns)))
    return rows, columns


def _take_adjoints(use: Use) -> tuple[Any, ...]:
    top, _, left, _ = use.options
    return (applied("embed", use.full_adjoint, *use.shapes[0], top, left),)


def _embed_adjoints(use: Use) -> tuple[Any, ...]:
    _, _, top, left = use.options
    rows, columns = use.shapes[0]
    return (applied("take", use.full_adjoint, top, top + rows, left, left + columns),)


def _block_shape(shapes: Sequence[Shape], rows: int, columns: int) -> Shape:
    if any(shape != (1, 1) for shape in shapes) or len(shapes) != rows * columns:
        raise WrongShape(message("block_of_scalars", shape=(rows, columns)))
    return rows, columns


def _block_adjoints(use: Use) -> tuple[Any, ...]:
    if use.adjoint_shape == (1, 1):
        return (use.adjoint,) * len(use.operands)
    columns = use.shape[1]
    cells = [divmod(k, columns) for k in range(len(use.operands))]
    return tuple(applied("take", use.full_adjoint, i, i + 1, j, j + 1) for i, j in cells)


def _broadcast_shape(shapes: Sequence[Shape], rows: int, columns: int) -> Shape:
    ((r, c),) = shapes
    if r not in (1, rows) or c not in (1, columns):
        raise WrongShape(message("no_broadcast", shape=(r, c), to=(rows, columns)))
    return rows, columns


def _broadcast_adjoints(use: Use) -> tuple[Any, ...]:
    down, along = (use.shapes[0][axis] == 1 != use.shape[axis] for axis in (0, 1))
    if not (down or along):
        return (use.adjoint,)
    return (applied("total", use.full_adjoint, None if down and along else 0 if down else 1),)


ROWS: tuple[Structural, ...] = (
    Structural(
        name="take",
        summary="a part of a matrix: rows top to bottom, columns left to right (ends excluded)",
        keeps_squares=True,
        options={"top": 0, "bottom": 1, "left": 0, "right": 1},
        example="A[0, 1]*x + total(square(A[1, :])) + total(square(A[:, 0:1]))",
        shape=_take_shape,
        adjoints=_take_adjoints,
        evaluate=lambda system, a, top, bottom, left, right: a[..., top:bottom, left:right],
        cost="none",
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="embed",
        summary="a matrix of zeros with a given part",
        keeps_squares=True,
        options={"rows": 1, "columns": 1, "top": 0, "left": 0},
        variants=({"rows": 4, "columns": 4, "top": 1, "left": 1},),
        example="total(hadamard(embed(c, rows=2, columns=2, top=0, left=1), A))",
        shape=_embed_shape,
        adjoints=_embed_adjoints,
        evaluate=lambda system, a, rows, columns, top, left: system.embed(a, rows, columns, top, left),
        cost="none",
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="vstack",
        summary="matrices above one another",
        keeps_squares=True,
        operands=None,
        example="total(square(vstack(A, c.T*B)))",
        shape=_stack_shape(0),
        adjoints=_stack_adjoints(0),
        evaluate=lambda system, *parts: system.concatenate(parts, 0),
        cost="none",
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="hstack",
        summary="matrices beside one another",
        keeps_squares=True,
        operands=None,
        example="total(square(hstack(A, B*c)))",
        shape=_stack_shape(1),
        adjoints=_stack_adjoints(1),
        evaluate=lambda system, *parts: system.concatenate(parts, 1),
        cost="none",
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="block",
        summary="a matrix of scalars, row by row",
        keeps_squares=True,
        operands=None,
        options={"rows": 1, "columns": 1},
        example="total(square(Matrix([[x, y], [x*y, 1]])*A))",
        shape=_block_shape,
        adjoints=_block_adjoints,
        evaluate=lambda system, *arguments: system.block(arguments[:-2], *arguments[-2:]),
        cost="none",
        infinities=True,
        authored=False,
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="broadcast",
        additive=True,
        summary="a scalar, a row or a column repeated",
        keeps_squares=True,
        options={"rows": 1, "columns": 1},
        variants=({"rows": 3, "columns": 4},),
        example="total(hadamard(broadcast(c, rows=2, columns=2), A))",
        shape=_broadcast_shape,
        adjoints=_broadcast_adjoints,
        evaluate=lambda system, a, rows, columns: system.broadcast(a, rows, columns),
        cost="none",
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="identity",
        summary="the unit matrix",
        operands=0,
        options={"n": 1},
        example="total(square(A + Identity(2)))",
        shape=lambda shapes, n: (n, n),
        adjoints=lambda use: (),
        evaluate=lambda system, n: system.identity(n),
        cost="none",
        by_hand=False,
        kernel=False,
        polynomial=True,
    ),
)
