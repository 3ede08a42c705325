"""The SymPy nodes that losses are made of beside SymPy's own: named steps and applied operations.

SymPy rewrites eagerly (``2*(x + y)`` distributes, ``exp(log(x))`` vanishes), and its matrix expressions know no
elementwise functions. These nodes are inert: what an author writes is what the derivation reads. In a loss their operands
are scalars or matrices; in the equations of a derivation every operand is a plain symbol that stands for an array.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy
from sympy.core.kind import NumberKind
from sympy.core.symbol import Str
from sympy.logic.boolalg import BooleanAtom
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr
from sympy.printing.str import StrPrinter

from symgrad.operations.shapes import SCALAR, Shape


def _hashed(node: Any) -> Any:
    """A node that knows its hash: SymPy computes it from the operands', by recursion where they don't know theirs."""
    hash(node)
    return node


class _Scalar(sympy.Expr):  # type: ignore[misc]  # sympy is untyped
    """A real scalar that SymPy looks at from outside only."""

    is_commutative = True
    is_extended_real = True
    kind = NumberKind

    def __new__(cls, *args: Any) -> Any:
        return _hashed(super().__new__(cls, *args))

    def doit(self, **hints: Any) -> sympy.Expr:
        return self


class _Matrix(MatrixExpr):  # type: ignore[misc]  # sympy is untyped
    """A real matrix that SymPy looks at from outside only."""

    is_commutative = False

    def __new__(cls, *args: Any) -> Any:
        return _hashed(super().__new__(cls, *args))

    def doit(self, **hints: Any) -> MatrixExpr:
        return self

    def _entry(self, i: Any, j: Any, **hints: Any) -> sympy.Expr:
        return MatrixElement(self, i, j)

    def _eval_transpose(self) -> MatrixExpr | None:
        return None


class Step(_Scalar):
    """A scalar intermediate with a name: ``Step(Str(name), definition)``."""

    def _sympystr(self, printer: StrPrinter) -> str:
        return str(self.args[0])


class MatrixStep(_Matrix):
    """A matrix intermediate with a name: ``MatrixStep(Str(name), definition)``."""

    @property
    def shape(self) -> Any:
        return self.args[1].shape

    def _sympystr(self, printer: StrPrinter) -> str:
        return str(self.args[0])


class Applied(_Scalar):
    """An operation of the table applied: ``Applied(Str(name), *operands, *options)``, a scalar."""

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def arguments(self) -> tuple[sympy.Basic, ...]:
        return tuple(self.args[1:])

    def _sympystr(self, printer: StrPrinter) -> str:
        return f"{self.name}({', '.join(printer._print(a) for a in self.arguments)})"


class MatrixApplied(_Matrix):
    """An operation applied, with a matrix as result: ``MatrixApplied(Str(name), rows, columns, *operands, *options)``."""

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def shape(self) -> Any:
        return self.args[1:3]

    @property
    def arguments(self) -> tuple[sympy.Basic, ...]:
        return tuple(self.args[3:])

    def _sympystr(self, printer: StrPrinter) -> str:
        return f"{self.name}({', '.join(printer._print(a) for a in self.arguments)})"


def is_matrix(expression: Any) -> bool:
    """Whether an expression of a loss is a matrix (a 1×1 matrix is one)."""
    return bool(getattr(expression, "is_Matrix", False))


def walk(expression: Any) -> Iterator[Any]:
    """Every distinct subexpression once, without recursion; symbols are leaves.

    SymPy's own traversals visit a shared subexpression once a path, which is exponential in a deep loss.
    """
    seen = set()
    stack = [expression]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        if not isinstance(current, (sympy.Symbol, sympy.MatrixSymbol)):
            stack.extend(reversed(current.args))


def shape_of(expression: Any) -> Shape:
    """The shape of an expression of a loss; a scalar is 1×1.

    Raises ValueError for a symbolic shape: the number systems need to know how many entries there are.
    """
    if not is_matrix(expression):
        return SCALAR
    rows, columns = expression.shape
    if not (sympy.sympify(rows).is_Integer and sympy.sympify(columns).is_Integer):
        raise ValueError(f"the shape ({rows}, {columns}) isn't made of whole numbers")
    return int(rows), int(columns)


def applied(name: str, *arguments: Any) -> Applied:
    """An operation of the table as a scalar node (in a derivation: on symbols that stand for arrays)."""
    node: Applied = Applied(Str(name), *(encode(argument) for argument in arguments))
    return node


def matrix_applied(name: str, shape: Shape, *arguments: Any) -> MatrixApplied:
    """An operation of the table as a matrix node."""
    rows, columns = (sympy.Integer(length) for length in shape)
    node: MatrixApplied = MatrixApplied(Str(name), rows, columns, *(encode(a) for a in arguments))
    return node


def encode(value: Any) -> sympy.Basic:
    """An option as a SymPy object; a Python float becomes the rational number that it is exactly."""
    if isinstance(value, sympy.Basic):
        return value
    if value is None:
        return Str("None")
    if isinstance(value, str):
        return Str(value)
    if isinstance(value, float):
        return sympy.Rational(value) if value == value and abs(value) != float("inf") else sympy.Float(value)
    return sympy.sympify(value, strict=True)


def decode(value: Any) -> Any:
    """An option as the rules of an operation take it: None, a truth value, a string, a whole number or a SymPy number."""
    if isinstance(value, Str):
        return None if value.name == "None" else value.name
    if isinstance(value, BooleanAtom):
        return bool(value)
    if isinstance(value, sympy.Integer):
        return int(value)
    return value
