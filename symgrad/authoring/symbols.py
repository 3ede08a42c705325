"""What an author writes a loss with: symbols, named steps, and the operations of the table."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.symbol import Str

from symgrad.basics.errors import AuthorError
from symgrad.basics.messages import message
from symgrad.graphs.from_sympy import check_name
from symgrad.operations.sympy_nodes import MatrixStep, Step, is_matrix


def scalar(name: str, *, positive: bool | None = None) -> sympy.Symbol:
    """A real scalar symbol; `positive` ones are sampled above 0.

    >>> scalar("x") + 1
    x + 1
    """
    check_name(_text(name), "symbol")
    return sympy.Symbol(name, real=True) if positive is None else sympy.Symbol(name, real=True, positive=positive)


def matrix(name: str, rows: int, columns: int) -> sympy.MatrixSymbol:
    """A real matrix symbol of shape rows×columns.

    >>> (matrix("w", 2, 3) * matrix("x", 3, 1)).shape
    (2, 1)
    """
    check_name(_text(name), "symbol")
    for count in (rows, columns):
        if isinstance(count, bool) or not isinstance(count, (int, sympy.Integer)) or count < 1:
            found = message("is_of_shape", name=name, shape=(str(rows), str(columns)))
            raise AuthorError(found, field="symbol", accepted=message("rows_and_columns"))
    return sympy.MatrixSymbol(name, rows, columns)


def vector(name: str, n: int) -> sympy.MatrixSymbol:
    """A real column with n entries.

    >>> vector("b", 3).shape
    (3, 1)
    """
    return matrix(name, n, 1)


def step(name: str, expression: Any) -> Any:
    """An intermediate of a loss with a name; its adjoint is called d + name.

    SymPy doesn't look into it, so what was written stays written:

    >>> x = scalar("x")
    >>> 2 * (x + 1), 2 * step("z", x + 1)
    (2*x + 2, 2*z)
    """
    check_name(_text(name), "step")
    number = isinstance(expression, (int, float)) and not isinstance(expression, bool)
    if not number and not isinstance(expression, (sympy.Expr, sympy.MatrixBase)):
        found = message("step_is_a", name=name, type=type(expression).__name__)
        raise AuthorError(found, field="step", accepted=message("a_scalar_or_matrix_expression"))
    given = sympy.sympify(expression, strict=True)
    if is_matrix(given):
        return MatrixStep(Str(name), given.as_immutable() if isinstance(given, sympy.MatrixBase) else given)
    return Step(Str(name), given)


def _text(name: Any) -> str:
    if not isinstance(name, str):
        raise AuthorError(message("a_name_is_a", type=type(name).__name__), field="symbol", accepted=message("a_string"))
    return name


ADJOINT = "grad_output"
"""The symbol of the adjoint of an output that is no scalar, called as in a backward of PyTorch's."""
