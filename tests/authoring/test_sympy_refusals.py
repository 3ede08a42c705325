"""What SymPy refuses of matrices is said in an author's words: operands, shapes, and what takes them instead."""

from __future__ import annotations

import pytest

from symgrad.authoring.exercise_files import Broken, load_file

HEAD = """\
import sympy
from symgrad import *
x, y, s = vector("x", 3), vector("y", 4), scalar("s")
A, B = matrix("A", 2, 3), matrix("B", 2, 4)
"""
INSTEAD = (
    "; between matrices * is the matrix product and ** its power; add, subtract, hadamard, divide and square work entry by"
    " entry, and broadcast scalars, rows and columns"
)
COMPARED = "; of matrices, gt, ge, lt, le, eq and ne compare entry by entry, maximum and minimum choose, and where takes a mask"
ONE_SHAPE = "by SymPy, which needs matrices of one shape"
REFUSED = {
    "x + y": f"ShapeError: x (3×1) and y (4×1) can't be added {ONE_SHAPE}",
    "A * x - y": f"ShapeError: A*x (2×1) and -y (4×1) can't be added {ONE_SHAPE}",
    "sympy.Matrix([1, 2]) + x": f"ShapeError: Matrix([[1], [2]]) (2×1) and x (3×1) can't be added {ONE_SHAPE}",
    "x + s": f"TypeError: x (3×1) and s (a scalar) can't be added {ONE_SHAPE}",
    "sum([x, x])": f"TypeError: 0 (a scalar) and x (3×1) can't be added {ONE_SHAPE}",
    "sympy.HadamardProduct(x, y)": f"ShapeError: x (3×1) and y (4×1) can't be multiplied entry by entry {ONE_SHAPE}",
    "A * B": "ShapeError: A (2×3) times B (2×4) isn't a matrix product",
    "s * x.T * y": "ShapeError: s*x.T (1×3) times y (4×1) isn't a matrix product",
    "A**2": "NonSquareMatrixError: a square matrix is needed, found A (2×3)",
    "x / y": "NonSquareMatrixError: a square matrix is needed, found y (4×1)",
    "sympy.Trace(A)": "NonSquareMatrixError: a square matrix is needed, found A (2×3)",
    "1 / x": "NotImplementedError: no message",
}
WITHOUT_SYMPY = {
    "hadamard(x, y)": "ValueError: hadamard: shapes 3×1 and 4×1 don't go together entry by entry",
    "maximum(x, y)": "ValueError: maximum: shapes 3×1 and 4×1 don't go together entry by entry",
    "where(x, y, s)": "ValueError: where: shapes 3×1 and 4×1 and 1×1 don't go together entry by entry",
    "matmul(A, B)": "ValueError: matmul: 2×3 times 2×4 isn't a matrix product",
    "softmax(A)": ("ValueError: softmax: axis may be left out for a row or a column, found 2×3; give axis=0 or axis=1"),
    "hstack(A, y)": "ValueError: hstack: stacked matrices need the same number of rows, found 2×3, 4×1",
    "trace(A)": "ValueError: trace: a square matrix is needed, found 2×3",
    "glu(x)": "ValueError: glu halves an even number of columns, found 1",
    "maximum(A)": "TypeError: maximum takes 2 operands, found 1; of the entries of a single one it's amax",
    "sympy.Sum(x)": "ValueError: Sum requires values for lower and upper bounds.",
    "x.cat(y)": "AttributeError: 'MatrixSymbol' object has no attribute 'cat'",
}


@pytest.fixture
def said(tmp_path):
    """What is said of a file that has one expression, after its place."""

    def of(expression):
        path = tmp_path / "wrong.py"
        path.write_text(f"{HEAD}loss = {expression}\n", encoding="utf-8")
        (found,) = load_file(path)
        assert isinstance(found, Broken)
        place, _, rest = found.message.partition(": ")
        assert place == f"{path}:5"
        return rest

    return of


@pytest.mark.parametrize("expression", REFUSED)
def test_what_sympy_refuses_names_operands_and_shapes(said, expression):
    """Where SymPy says of a sum, a product or a power that it has no shape, the operands are named, and what takes them."""
    assert said(expression) == REFUSED[expression] + INSTEAD


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x > 0", f"TypeError: Invalid comparison of non-real x{COMPARED}"),
        ("max(x, s)", f"TypeError: Invalid comparison of non-real x{COMPARED}"),
        ("sympy.Max(x, 0)", f"ValueError: The argument 'x' is not comparable.{COMPARED}"),
        ("x[5]", "IndexError: Invalid index 5; entries of x (3×1) are counted from 0"),
    ],
)
def test_what_works_on_matrices_instead_is_told(said, expression, words):
    """Comparisons, extrema and entries have their own way out."""
    assert said(expression) == words


@pytest.mark.parametrize("expression", WITHOUT_SYMPY)
def test_an_operation_is_named_with_its_shapes(said, expression):
    """What symgrad's own operations refuse names the operation once; what has nothing to do with shapes stays as it is."""
    assert said(expression) == WITHOUT_SYMPY[expression]
