"""Sums, products, powers, transposes, entries and matrices of terms, with the shapes that go together.

A 1×1 matrix is a scalar and the reverse. Scalars combine with matrices entry by entry; nothing else is stretched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
from symgrad.grading.language.terms import Number, Term
from symgrad.operations.shapes import SCALAR, Shape

TWO = Fraction(2)


def common(terms: Sequence[Term], operation: str) -> Shape:
    """The shape of terms that combine entry by entry, in an operation that a message names. Raises StudentError."""
    shape = SCALAR
    for term in terms:
        if term.shape not in (SCALAR, shape):
            if shape != SCALAR:
                said = message("not_entry_by_entry", left=shape, operation=operation, right=term.shape)
                raise StudentError(said, terms[0].start, term.end)
            shape = term.shape
    return shape


def add(terms: Sequence[Term], signs: tuple[int, ...]) -> Term:
    """The sum of terms with their signs."""
    shape = common(terms, "add" if signs[1] > 0 else "subtract")
    return Term("sum", tuple(terms), signs, shape, terms[0].start, terms[-1].end)


def negative(term: Term, start: int) -> Term:
    """−a; of a negative, a itself."""
    if term.head == "negative":
        inner = term.operands[0]
        return Term(inner.head, inner.operands, inner.value, inner.shape, start, term.end)
    return Term("negative", (term,), None, term.shape, start, term.end)


def multiply(a: Term, b: Term) -> Term:
    """The product: of matrices the matrix product."""
    if a.is_scalar or b.is_scalar:
        return _product(a, b)
    if a.shape[1] != b.shape[0]:
        raise StudentError(message("factors_apart", left=a.shape, right=b.shape), a.start, b.end)
    return Term("matmul", (a, b), None, (a.shape[0], b.shape[1]), a.start, b.end)


def hadamard(a: Term, b: Term) -> Term:
    """The product entry by entry."""
    common((a, b), "hadamard")
    return _product(a, b)


def _product(a: Term, b: Term) -> Term:
    operands = (*a.operands, b) if a.head == "product" else (a, b)
    return Term("product", operands, None, b.shape if a.is_scalar else a.shape, a.start, b.end)


def divide(a: Term, b: Term) -> Term:
    """A / b, entry by entry."""
    return Term("divide", (a, b), None, common((a, b), "divide"), a.start, b.end)


def power(base: Term, exponent: Term) -> Term:
    """A power; of a square matrix only the inverse is read."""
    rows, columns = base.shape
    if rows == columns > 1:
        if _constant(exponent) == -1:
            return Term("inverse", (base,), (), base.shape, base.start, exponent.end)
        raise StudentError(message("power_of_square_matrix", shape=base.shape), base.start, exponent.end)
    if exponent.shape[0] == exponent.shape[1] > 1:
        raise StudentError(message("square_matrix_as_exponent", shape=exponent.shape), base.start, exponent.end)
    return elementwise_power(base, exponent)


def elementwise_power(base: Term, exponent: Term) -> Term:
    """The power of each entry."""
    shape = common((base, exponent), "power")
    if _constant(exponent) == TWO:
        return Term("square", (base,), (), shape, base.start, exponent.end)
    return Term("power", (base, exponent), None, shape, base.start, exponent.end)


def _constant(term: Term) -> Fraction | None:
    sign = 1
    if term.head == "negative":
        sign, term = -1, term.operands[0]
    return sign * term.value.value if term.head == "number" else None


def transpose(base: Term, end: int) -> Term:
    """The transpose; of a scalar, the scalar."""
    if base.is_scalar:
        return Term(base.head, base.operands, base.value, base.shape, base.start, end)
    return Term("transpose", (base,), (), (base.shape[1], base.shape[0]), base.start, end)


def entry(base: Term, index: str, start: int, end: int) -> Term:
    """An entry, counted from 1: two indices, or one of a row or a column."""
    rows, columns = base.shape
    written = [part.strip() for part in index.split(",")]
    if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in written):
        raise StudentError(message("index_not_whole"), start, end)
    numbers = [int(part) for part in written]
    if len(numbers) == 1 and 1 in (rows, columns):
        numbers = [1, *numbers] if rows == 1 else [*numbers, 1]
    if len(numbers) != 2:
        raise StudentError(message("indices_wanted", shape=base.shape, found=len(written)), start, end)
    row, column = numbers
    if not (1 <= row <= rows and 1 <= column <= columns):
        raise StudentError(message("no_entry", index=index.strip(), shape=base.shape), start, end)
    if base.is_scalar:
        return base
    if base.head == "block":
        return base.operands[(row - 1) * columns + column - 1]
    return Term("take", (base,), (row - 1, row, column - 1, column), SCALAR, base.start, end)


def matrix(rows: Sequence[Sequence[Term]], start: int, end: int) -> Term:
    """A list in brackets: a column, or a matrix of rows; a single expression is just that."""
    if len(rows) == 1 and len(rows[0]) == 1:
        (inner,) = rows[0]
        if inner.head == "block" and inner.value == inner.shape and inner.shape[1] == 1:  # [[a, b]] is a row
            return Term("block", inner.operands, (1, inner.shape[0]), (1, inner.shape[0]), start, end)
        return Term(inner.head, inner.operands, inner.value, inner.shape, start, end)
    if len(rows) == 1:
        cells = rows[0]
        listed = [cell.head == "block" and cell.shape[1] == 1 for cell in cells]
        if all(listed):
            return block([cell.operands for cell in cells], start, end)
        if any(listed):
            raise StudentError(message("ragged_rows"), start, end)
        return block([[cell] for cell in cells], start, end)
    return block(rows, start, end)


def block(rows: Sequence[Sequence[Term]], start: int, end: int) -> Term:
    """A matrix of scalars, row by row. Raises StudentError for ragged rows."""
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise StudentError(message("ragged_rows"), start, end)
    for cell in (cell for row in rows for cell in row):
        if not cell.is_scalar:
            raise StudentError(message("entry_no_scalar", shape=cell.shape), cell.start, cell.end)
    shape = len(rows), lengths.pop()
    return Term("block", tuple(cell for row in rows for cell in row), shape, shape, start, end)


def indicator(left: Term, relation: str, right: Term) -> Term:
    """1 where the relation holds, else 0."""
    return Term("indicator", (left, right), relation, common((left, right), "compare"), left.start, right.end)


def filled(value: int, shape: Shape, start: int, end: int) -> Term:
    """A matrix with one number in every entry."""
    if shape == SCALAR:
        return Term("number", value=Number(Fraction(value)), start=start, end=end)
    return Term("filled", (), value, shape, start, end)
