"""SymPy's own heads, taken apart: which row of the table an expression is, over which operands.

One function a head; a head that is a plain function of one row needs none, its row names it. Products are divided into
a quotient and halved until they are short, so that reverse mode over them costs no more than prefix and suffix products.
Other packages add heads as entry points of the group `symgrad.heads`, each a `Head` under the name of its class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import sympy
from sympy.codegen import cfunctions
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice
from sympy.matrices.expressions.special import GenericIdentity

from symgrad.basics.errors import AuthorError
from symgrad.basics.messages import message
from symgrad.basics.registries import Registry, instance_of
from symgrad.graphs.products import divides
from symgrad.operations.table import BY_HEAD, row_of

LONGEST_PRODUCT = 3
"""Factors of a product whose partial derivatives are written out; longer products are halved."""


@dataclass(frozen=True)
class Operands:
    """An expression as a row of the table (or a leaf, by `kind`) over subexpressions, with decoded options."""

    kind: str
    children: tuple[Any, ...]
    options: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Head:
    """A head of SymPy's, and how an expression of it is taken apart; None where the table has no row for that one."""

    head: type
    apart: Callable[[Any], Operands | None]

    @property
    def name(self) -> str:
        return self.head.__name__


def _product(factors: list[Any]) -> Any:
    return factors[0] if len(factors) == 1 else sympy.Mul(*factors, evaluate=False)


def _mul(e: Any) -> Operands:
    above: list[Any] = []
    below: list[Any] = []
    for factor in e.args:
        (below if divides(factor) else above).append(1 / factor if divides(factor) else factor)
    if below:
        return Operands("divide", (_product(above or [sympy.S.One]), _product(below)))
    if len([f for f in above if not f.is_Number]) <= LONGEST_PRODUCT:
        return Operands("multiply", tuple(above))
    half = len(above) // 2
    return Operands("multiply", (_product(above[:half]), _product(above[half:])))


def _pow(e: Any) -> Operands:
    base, exponent = e.base, e.exp
    if exponent.is_Rational and exponent.is_negative:
        return Operands("divide", (sympy.S.One, base if exponent == -1 else base**-exponent))
    if exponent == sympy.S.Half:
        return Operands("sqrt", (base,))
    return Operands("square", (base,)) if exponent == 2 else Operands("power", (base, exponent))


def _extremum(name: str) -> Callable[[Any], Operands]:
    def taken_apart(e: Any) -> Operands:
        *rest, last = e.args
        return Operands(name, (rest[0] if len(rest) == 1 else e.func(*rest, evaluate=False), last))

    return taken_apart


def _piecewise(e: Any) -> Operands:
    branches: list[Any] = []
    for value, condition in e.args:
        if condition == sympy.true:
            return Operands("choose", (*branches, value))
        branches += [value, condition]
    raise AuthorError(message("piecewise_with_gaps"), field="loss", accepted=message("a_last_branch"))


def _polygamma(e: Any) -> Operands | None:
    order, x = e.args
    if order == 0:
        return Operands("digamma", (x,))
    return Operands("polygamma", (x,), (order,)) if order.is_Integer and order > 0 else None


def _zeta(e: Any) -> Operands:
    order, x = e.args if len(e.args) == 2 else (*e.args, sympy.S.One)
    if not order.is_Rational or order <= 1:
        found = message("order_of_zeta", expression=str(e), order=str(order))
        raise AuthorError(found, field="loss", accepted=message("a_number_above_1"))
    return Operands("zeta", (x,), (order,))


def _besseli(e: Any) -> Operands | None:
    order, x = e.args
    return Operands(f"i{order}", (x,)) if order in (0, 1) else None


def _mat_mul(e: Any) -> Operands:
    coefficient, matrices = e.as_coeff_matrices()
    if coefficient != 1:
        return Operands("multiply", (coefficient, _chain(matrices)))
    if len(matrices) == 1:
        return Operands("add", (matrices[0],))
    if matrices[-1].shape[1] == 1:  # a column at the end: from the right, every product is a column
        return Operands("matmul", (matrices[0], _chain(matrices[1:])))
    return Operands("matmul", (_chain(matrices[:-1]), matrices[-1]))


def _chain(matrices: Any) -> Any:
    return matrices[0] if len(matrices) == 1 else sympy.MatMul(*matrices)


def _mat_pow(e: Any) -> Operands | None:
    if not e.exp.is_Integer or e.exp == 0:
        return None
    if e.exp < 0:
        return Operands("inverse", (_chain([e.base] * -int(e.exp)),))
    return Operands("matmul", (_chain([e.base] * (int(e.exp) - 1)), e.base))


def _element(e: Any) -> Operands | None:
    parent, i, j = e.args
    if not (i.is_Integer and j.is_Integer):
        return None
    return Operands("take", (parent,), (int(i), int(i) + 1, int(j), int(j) + 1))


def _slice(e: Any) -> Operands:
    (top, bottom, down), (left, right, along) = e.rowslice, e.colslice
    if down != 1 or along != 1:
        raise AuthorError(message("part_with_a_stride", expression=str(e)), field="loss", accepted=message("slices"))
    return Operands("take", (e.parent,), (int(top), int(bottom), int(left), int(right)))


def _constant_matrix(value: int) -> Callable[[Any], Operands]:
    return lambda e: Operands("broadcast", (sympy.Integer(value),), (int(e.shape[0]), int(e.shape[1])))


def _dense(e: Any) -> Operands:
    return Operands("block", tuple(e.flat()), (int(e.rows), int(e.cols)))


TAKEN_APART: Mapping[Any, Callable[[Any], Operands | None]] = {
    sympy.Add: lambda e: Operands("add", tuple(e.args)),
    sympy.Mul: _mul,
    sympy.Pow: _pow,
    sympy.Max: _extremum("maximum"),
    sympy.Min: _extremum("minimum"),
    sympy.Piecewise: _piecewise,
    sympy.polygamma: _polygamma,
    sympy.digamma: lambda e: Operands("digamma", tuple(e.args)),
    sympy.trigamma: lambda e: Operands("polygamma", tuple(e.args), (sympy.S.One,)),
    sympy.zeta: _zeta,
    sympy.besseli: _besseli,
    sympy.sinc: lambda e: Operands("sinc", (e.args[0] / sympy.pi,)),
    sympy.frac: lambda e: Operands("remainder", (e.args[0], sympy.S.One)),
    sympy.Heaviside: lambda e: Operands("heaviside", (e.args[0],)) if e.args[1] == sympy.S.Half else None,
    sympy.MatAdd: lambda e: Operands("add", tuple(e.args)),
    sympy.MatMul: _mat_mul,
    sympy.MatPow: _mat_pow,
    sympy.Inverse: lambda e: Operands("inverse", (e.arg,)),
    sympy.Transpose: lambda e: Operands("transpose", (e.arg,)),
    sympy.Trace: lambda e: Operands("trace", (e.arg,)),
    sympy.Determinant: lambda e: Operands("determinant", (e.arg,)),
    HadamardProduct: lambda e: Operands("multiply", tuple(e.args)),
    HadamardPower: lambda e: Operands("square" if e.exp == 2 else "power", (e.base,) if e.exp == 2 else (e.base, e.exp)),
    MatrixElement: _element,
    MatrixSlice: _slice,
    sympy.Identity: lambda e: None if isinstance(e, GenericIdentity) else Operands("identity", (), (int(e.shape[0]),)),
    sympy.ZeroMatrix: _constant_matrix(0),
    sympy.OneMatrix: _constant_matrix(1),
    sympy.ImmutableDenseMatrix: _dense,
    sympy.GoldenRatio.func: lambda e: Operands("divide", (1 + sympy.sqrt(5), sympy.Integer(2))),
}
READ: Mapping[Any, str] = {
    sympy.erfinv: "erfinv",
    sympy.floor: "floor",
    sympy.ceiling: "ceil",
    sympy.Mod: "remainder",
    cfunctions.exp2: "exp2",
    cfunctions.expm1: "expm1",
    cfunctions.log2: "log2",
    cfunctions.log10: "log10",
    cfunctions.log1p: "log1p",
    cfunctions.hypot: "hypot",
}
"""Heads that are read as a row, over the same operands, and never built: SymPy rewrites some of them eagerly."""


def _as_row(name: str, expression: Any) -> Operands:
    return Operands(name, tuple(expression.args))


_OWN: Mapping[Any, Callable[[Any], Operands | None]] = {
    **{head: partial(_as_row, row.name) for head, row in BY_HEAD.items()},
    **{head: partial(_as_row, name) for head, name in READ.items()},
    **TAKEN_APART,
}
HEADS: Registry[Head] = Registry(
    MappingProxyType({head.__name__: Head(head, apart) for head, apart in _OWN.items()}), "symgrad.heads", instance_of(Head)
)
"""Every head that is read, by the name of its class."""


def parts(expression: Any) -> Operands | None:
    """An expression of SymPy's taken apart, or None where the table has no row for it."""
    head = type(expression)
    known = HEADS.get(head.__name__)
    if known is not None and known.head is head:
        return known.apart(expression)
    row = row_of(head)
    return None if row is None else _as_row(row.name, expression)
