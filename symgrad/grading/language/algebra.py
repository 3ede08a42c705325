"""Sums, products, powers, transposes, entries and matrices of terms, with the shapes that go together.

A 1×1 matrix is a scalar and the reverse. Scalars combine with matrices entry by entry; nothing else is stretched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from symgrad.basics.errors import StudentError
from symgrad.grading.language.terms import Number, Term, sized
from symgrad.operations.shapes import SCALAR, Shape

TWO = Fraction(2)


def common(terms: Sequence[Term], what: str) -> Shape:
    """The shape of terms that combine entry by entry. Raises StudentError."""
    shape = SCALAR
    for term in terms:
        if term.shape not in (SCALAR, shape):
            if shape != SCALAR:
                said = f"{sized(shape)} {what} {sized(term.shape)} doesn't go together entry by entry"
                raise StudentError(said, terms[0].start, term.end)
            shape = term.shape
    return shape


def add(terms: Sequence[Term], signs: tuple[int, ...]) -> Term:
    """The sum of terms with their signs."""
    shape = common(terms, "plus" if signs[1] > 0 else "minus")
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
        said = f"{sized(a.shape)} times {sized(b.shape)} isn't a matrix product"
        if a.shape == b.shape:
            said += "; write ∘ (or .*) for entry by entry"
        elif a.shape[0] == b.shape[0] or a.shape[1] == b.shape[1]:
            said += "; is a transpose missing?"
        raise StudentError(said, a.start, b.end)
    return Term("matmul", (a, b), None, (a.shape[0], b.shape[1]), a.start, b.end)


def hadamard(a: Term, b: Term) -> Term:
    """The product entry by entry."""
    common((a, b), "∘")
    return _product(a, b)


def _product(a: Term, b: Term) -> Term:
    operands = (*a.operands, b) if a.head == "product" else (a, b)
    return Term("product", operands, None, b.shape if a.is_scalar else a.shape, a.start, b.end)


def divide(a: Term, b: Term) -> Term:
    """A / b, entry by entry."""
    return Term("divide", (a, b), None, common((a, b), "divided by"), a.start, b.end)


def power(base: Term, exponent: Term) -> Term:
    """A power; of a square matrix only the inverse is read."""
    rows, columns = base.shape
    if rows == columns > 1:
        if _constant(exponent) == -1:
            return Term("inverse", (base,), (), base.shape, base.start, exponent.end)
        said = (
            f"a power of a square matrix ({sized(base.shape)}) is read in two ways; "
            "write ∘^2 for the power of each entry, A A for the matrix power"
        )
        raise StudentError(said, base.start, exponent.end)
    if exponent.shape[0] == exponent.shape[1] > 1:
        said = f"a square matrix as an exponent ({sized(exponent.shape)}) is read in two ways; write exp(…) for each entry"
        raise StudentError(said, base.start, exponent.end)
    return elementwise_power(base, exponent)


def elementwise_power(base: Term, exponent: Term) -> Term:
    """The power of each entry."""
    shape = common((base, exponent), "to the power of")
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
        raise StudentError("an index is made of whole numbers, counted from 1: w[2] or w[1,2]", start, end)
    numbers = [int(part) for part in written]
    if len(numbers) == 1 and 1 in (rows, columns):
        numbers = [1, *numbers] if rows == 1 else [*numbers, 1]
    if len(numbers) != 2:
        wanted = "one index" if 1 in (rows, columns) else "two indices, row and column"
        raise StudentError(f"{sized(base.shape)} has {wanted}, found {len(written)}", start, end)
    row, column = numbers
    if not (1 <= row <= rows and 1 <= column <= columns):
        raise StudentError(f"there is no entry [{index.strip()}] in {sized((rows, columns))}; entries count from 1", start, end)
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
            raise StudentError("the rows of the matrix have different lengths", start, end)
        return block([[cell] for cell in cells], start, end)
    return block(rows, start, end)


def block(rows: Sequence[Sequence[Term]], start: int, end: int) -> Term:
    """A matrix of scalars, row by row. Raises StudentError for ragged rows."""
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise StudentError("the rows of the matrix have different lengths", start, end)
    for cell in (cell for row in rows for cell in row):
        if not cell.is_scalar:
            raise StudentError(f"an entry of a matrix is a scalar, found {sized(cell.shape)}", cell.start, cell.end)
    shape = len(rows), lengths.pop()
    return Term("block", tuple(cell for row in rows for cell in row), shape, shape, start, end)


def indicator(left: Term, relation: str, right: Term) -> Term:
    """1 where the relation holds, else 0."""
    return Term("indicator", (left, right), relation, common((left, right), "compared with"), left.start, right.end)


def filled(value: int, shape: Shape, start: int, end: int) -> Term:
    """A matrix with one number in every entry."""
    if shape == SCALAR:
        return Term("number", value=Number(Fraction(value)), start=start, end=end)
    return Term("filled", (), value, shape, start, end)
