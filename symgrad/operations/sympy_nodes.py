"""The SymPy nodes that losses are made of beside SymPy's own: named steps and applied operations.

SymPy rewrites eagerly (``2*(x + y)`` distributes, ``exp(log(x))`` vanishes), and its matrix expressions know no
elementwise functions. These nodes are inert: what an author writes is what the derivation reads. In a loss their operands
are scalars or matrices; in the equations of a derivation every operand is a plain symbol that stands for an array.

To SymPy's own tools they are mathematics all the same: ``latex``, ``pprint``, ``subs``, ``evalf``, ``lambdify`` with NumPy,
``srepr``, and ``rewrite``, which writes them in SymPy's own functions. ``doit`` leaves them alone, for a product of matrices
calls it on its operands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import sympy
from sympy.core.evalf import prec_to_dps
from sympy.core.kind import NumberKind
from sympy.core.symbol import Str
from sympy.logic.boolalg import BooleanAtom
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr
from sympy.printing.latex import LatexPrinter
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.stringpict import prettyForm
from sympy.printing.str import StrPrinter

import symgrad
from symgrad.basics.errors import SymgradError, WrongShape
from symgrad.basics.messages import message
from symgrad.operations.shapes import SCALAR, Shape

NUMPY = "symgrad.number_systems.numpy_functions"
NUMPY_PREFIX = "symgrad_"
"""Where generated code finds an operation, and what stands before its name there."""


def _hashed(node: Any) -> Any:
    """A node that knows its hash: SymPy computes it from the operands', by recursion where they don't know theirs."""
    hash(node)
    return node


class _Node:
    """What nodes have in common to SymPy's tools."""

    free_symbols: set[Any]
    func: Any

    def _eval_evalf(self, precision: int) -> Any:
        """Its value, where everything in it is a number."""
        written = None if self.free_symbols else _written_out(self)
        return None if written is None else written.evalf(prec_to_dps(precision))

    def _eval_rewrite(self, rule: Any, args: Any, **hints: Any) -> Any:
        """In SymPy's own functions, whichever are asked for; a matrix entry by entry."""
        return _written_out(self.func(*args))


def _written_out(node: Any) -> Any:
    """A node in SymPy's own functions; None where something in it isn't of the table."""
    try:
        return symgrad.explicit(node)
    except SymgradError:
        return None


class _Named(_Node):
    """An intermediate with a name, which stands for its definition."""

    args: tuple[Any, ...]

    def _sympystr(self, printer: StrPrinter) -> str:
        return str(self.args[0])

    def _latex(self, printer: LatexPrinter) -> str:
        return str(printer._print(sympy.Symbol(str(self.args[0]))))

    def _pretty(self, printer: PrettyPrinter) -> prettyForm:
        return printer._print(sympy.Symbol(str(self.args[0])))

    def _numpycode(self, printer: NumPyPrinter) -> str:
        return f"({printer._print(self.args[1])})"


class _Operation(_Node):
    """An operation of the table applied."""

    args: tuple[Any, ...]
    first: ClassVar[int]
    """Where operands and options begin among the arguments that SymPy knows."""

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def arguments(self) -> tuple[sympy.Basic, ...]:
        return tuple(self.args[self.first :])

    def _sympystr(self, printer: StrPrinter) -> str:
        return f"{self.name}({', '.join(printer._print(a) for a in self.arguments)})"

    def _latex(self, printer: LatexPrinter) -> str:
        from symgrad.operations.typesetting import as_latex  # it knows the table, which knows these nodes

        return as_latex(self, printer)

    def _pretty(self, printer: PrettyPrinter) -> prettyForm:
        arguments = printer._print_seq(self.arguments, "(", ")")
        return prettyForm(*prettyForm(self.name).right(arguments), binding=prettyForm.FUNC)

    def _numpycode(self, printer: NumPyPrinter) -> str:
        """A call of a function that the code imports; of a whole matrix with a scalar as result, its single entry."""
        function = printer._module_format(f"{NUMPY}.{NUMPY_PREFIX}{self.name}")
        arguments = [repr(decode(a)) if isinstance(a, (Str, BooleanAtom)) else printer._print(a) for a in self.arguments]
        single = any(is_matrix(a) for a in self.arguments) and not is_matrix(self)
        return f"{function}({', '.join(arguments)}){'[..., 0, 0]' if single else ''}"


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


class Step(_Named, _Scalar):
    """A scalar intermediate with a name: ``Step(Str(name), definition)``."""


class MatrixStep(_Named, _Matrix):
    """A matrix intermediate with a name: ``MatrixStep(Str(name), definition)``."""

    @property
    def shape(self) -> Any:
        return self.args[1].shape


class Applied(_Operation, _Scalar):
    """An operation of the table applied: ``Applied(Str(name), *operands, *options)``, a scalar."""

    first = 1


class MatrixApplied(_Operation, _Matrix):
    """An operation applied, with a matrix as result: ``MatrixApplied(Str(name), rows, columns, *operands, *options)``."""

    first = 3

    @property
    def shape(self) -> Any:
        return self.args[1:3]


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
        raise WrongShape(message("shape_of_no_numbers", rows=str(rows), columns=str(columns)))
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
