"""Rows of linear algebra. Adjoints after Giles, Collected matrix derivative results for forward and reverse mode, 2008."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.row import Composition, Structural, Use, by_name
from symgrad.operations.rows import arithmetic
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied, is_matrix


def transposed(a: Any) -> Any:
    """aᵀ over symbols that stand for arrays; a transpose of a transpose, or of a number, is plain."""
    if getattr(a, "is_Number", False):
        return a
    if getattr(a, "name", None) == "transpose":
        return a.arguments[0]
    return applied("transpose", a)


def product(a: Any, b: Any) -> Any:
    """A B over symbols that stand for arrays; the product with a unit matrix is the other factor."""
    if getattr(a, "name", None) == "identity":
        return b
    return a if getattr(b, "name", None) == "identity" else applied("matmul", a, b)


def _square(shapes: Sequence[Shape], *_: Any) -> Shape:
    ((rows, columns),) = shapes
    if rows != columns:
        raise WrongShape(message("not_square", shape=(rows, columns)))
    return rows, columns


def _scalar_of_square(shapes: Sequence[Shape], *_: Any) -> Shape:
    _square(shapes)
    return 1, 1


def _matmul_shape(shapes: Sequence[Shape]) -> Shape:
    (rows, inner), (inner_too, columns) = shapes
    if inner != inner_too:
        raise WrongShape(message("no_matrix_product", left=(rows, inner), right=(inner_too, columns)))
    return rows, columns


def _matmul_adjoints(use: Use) -> tuple[Any, ...]:
    """``(g bᵀ, aᵀ g)``; where g broadcasts along an axis, the product is the total of the other factor along it."""
    (a, b), g = use.operands, use.adjoint
    number = use.is_number
    if use.adjoint_shape[1] != use.shape[1]:
        by_a = g * transposed(applied("total", b, 1))
    else:
        by_a = g * transposed(b) if number else product(g, transposed(b))
    if use.adjoint_shape[0] != use.shape[0]:
        by_b = transposed(applied("total", a, 0)) * g
    else:
        by_b = transposed(a) * g if number else product(transposed(a), g)
    return by_a, by_b


def _inverse_adjoints(use: Use) -> tuple[Any, ...]:
    inverse = transposed(use.value)
    return (-applied("matmul", applied("matmul", inverse, use.full_adjoint), inverse),)


def _trace(system: Any, a: Any) -> Any:
    return system.total(a * system.identity(a.shape[-1]), None)


def _dot(a: Any, b: Any) -> Any:
    product = ROW["hadamard"](a, b)
    return applied("total", product, None) if is_matrix(product) else product


_ROWS: tuple[Composition | Structural, ...] = (
    Structural(
        name="matmul",
        summary="A B, the matrix product",
        aliases=("mm",),
        operands=2,
        example="total(square(A*B*c)) + (c.T*A*c)[0, 0]",
        shape=_matmul_shape,
        adjoints=_matmul_adjoints,
        evaluate=lambda system, a, b: a @ b,
        cost="product",
        by_hand=False,
        kernel=False,
        product=True,
        polynomial=True,
    ),
    Structural(
        name="transpose",
        summary="Aᵀ",
        keeps_squares=True,
        example="total(hadamard(A.T, B))",
        shape=lambda shapes: (shapes[0][1], shapes[0][0]),
        adjoints=lambda use: (transposed(use.adjoint),),
        evaluate=lambda system, a: a.mT,
        cost="none",
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="trace",
        summary="Σ of the diagonal",
        sign="tr",
        latex=r"\operatorname{tr}",
        aliases=("tr",),
        example="trace(A*B)",
        scalar_valued=True,
        shape=_scalar_of_square,
        adjoints=lambda use: (use.adjoint * applied("identity", use.shapes[0][0]),),
        evaluate=_trace,
        kernel=False,
        polynomial=True,
    ),
    Structural(
        name="inverse",
        summary="A⁻¹",
        aliases=("inv",),
        example="total(hadamard(inverse(S), B))",
        shape=_square,
        adjoints=_inverse_adjoints,
        evaluate=lambda system, a: system.inverse(a),
        cost="cube",
        domain="det A ≠ 0",
        kernel=False,
    ),
    Structural(
        name="determinant",
        summary="det A",
        sign="det",
        latex=r"\det",
        aliases=("det",),
        example="determinant(S)*x",
        scalar_valued=True,
        shape=_scalar_of_square,
        adjoints=lambda use: (use.adjoint * use.value * transposed(applied("inverse", use.operands[0])),),
        evaluate=lambda system, a: system.determinant(a),
        cost="cube",
        domain="det A ≠ 0",
        kernel=False,
    ),
    Structural(
        name="logdet",
        summary="ln det A",
        sign="ln det",
        latex=r"\ln \det",
        example="logdet(S)*x",
        scalar_valued=True,
        shape=_scalar_of_square,
        adjoints=lambda use: (use.adjoint * transposed(applied("inverse", use.operands[0])),),
        evaluate=lambda system, a: system.log(system.determinant(a)),
        cost="cube",
        domain="det A > 0",
    ),
)

ROW = by_name(arithmetic.ROWS, _ROWS)

ROWS: tuple[Composition | Structural, ...] = (
    *_ROWS,
    Composition(
        name="dot",
        summary="Σ a∘b",
        operands=2,
        example="dot(A*c, c)",
        compose=_dot,
        over_matrices=True,
    ),
    Composition(
        name="outer",
        summary="a bᵀ",
        operands=2,
        example="total(hadamard(outer(c, A*c), B))",
        compose=lambda a, b: ROW["matmul"](a, ROW["transpose"](b)),
        over_matrices=True,
    ),
)
