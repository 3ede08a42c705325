"""Rows of arithmetic: what ``+ − × ÷ **`` mean entry by entry, comparison and choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from symgrad.operations.row import Elementwise
from symgrad.operations.sympy_nodes import applied

HALF = sympy.Rational(1, 2)


def choose(*branches: Any) -> sympy.Expr:
    """``choose(a, condition, b)``: a where the condition holds, else b; conditions and values alternate, a value ends."""
    if len(branches) == 1 or branches[1] == sympy.true:
        return sympy.sympify(branches[0], strict=True)
    return choose(*branches[2:]) if branches[1] == sympy.false else applied("choose", *branches)


def _add_partials(value: Any, *operands: Any) -> tuple[Any, ...]:
    return (sympy.Integer(1),) * len(operands)


def _multiply_partials(value: Any, *factors: Any) -> tuple[Any, ...]:
    return tuple(sympy.Mul(*factors[:i], *factors[i + 1 :]) for i in range(len(factors)))


def _power_partials(value: Any, base: Any, exponent: Any) -> tuple[Any, ...]:
    return exponent * raised(base, exponent - 1), value * applied("log", base)


def raised(base: Any, exponent: Any) -> sympy.Expr:
    """``base**exponent`` entry by entry; one that isn't whole is an operation of its own."""
    return base**exponent if exponent.is_Integer else applied("power", base, exponent)


def _choose_partials(value: Any, *branches: Any) -> tuple[Any, ...]:
    """For each branch 1 where it is the one chosen; nothing for the conditions."""
    partials: list[Any] = []
    for k in range(len(branches)):
        chosen = [branches[i] if i % 2 else sympy.Integer(int(i == k)) for i in range(len(branches))]
        partials.append(sympy.Integer(0) if k % 2 else choose(*chosen))
    return tuple(partials)


def _choose_kinks(*branches: Any) -> tuple[Any, ...]:
    relations = [r for condition in branches[1::2] for r in condition.atoms(sympy.core.relational.Relational)]
    return tuple(relation.lhs - relation.rhs for relation in relations)


def _extremum_partials(sign: int) -> Any:
    def partials(value: Any, a: Any, b: Any) -> tuple[Any, ...]:
        first, tie = (a > b if sign > 0 else a < b), sympy.Eq(a, b)
        return choose(1, first, HALF, tie, 0), choose(0, first, HALF, tie, 1)

    return partials


ROWS: tuple[Elementwise, ...] = (
    Elementwise(
        name="add",
        additive=True,
        summary="a + b",
        keeps_squares=True,
        operands=None,
        example="total(add(A, x, c))",
        build=sympy.Add,
        partials=_add_partials,
        ulps=1,
        by_hand=False,
        kernel=False,
    ),
    Elementwise(
        name="subtract",
        additive=True,
        summary="a − b",
        operands=2,
        example="total(square(subtract(1, A)))",
        build=lambda a, b: a - b,
        partials=lambda value, a, b: (sympy.Integer(1), sympy.Integer(-1)),
        ulps=1,
        kernel=False,
    ),
    Elementwise(
        name="multiply",
        summary="a b, entry by entry",
        operands=None,
        example="total(multiply(A, c, x))",
        build=sympy.Mul,
        partials=_multiply_partials,
        ulps=1,
        by_hand=False,
        kernel=False,
        product=True,
    ),
    Elementwise(
        name="hadamard",
        summary="a ∘ b",
        aliases=("elementwise",),
        operands=2,
        example="total(hadamard(A, B))",
        build=lambda a, b: a * b,
        partials=lambda value, a, b: (b, a),
        ulps=1,
        kernel=False,
        product=True,
    ),
    Elementwise(
        name="divide",
        summary="a / b, entry by entry",
        operands=2,
        example="total(divide(A, B))",
        build=lambda a, b: a / b,
        partials=lambda value, a, b: (1 / b, -value / b),
        domain="b ≠ 0",
        ulps=1,
        kernel=False,
        vanishes=True,
        product=True,
    ),
    Elementwise(
        name="power",
        summary="a ** b, entry by entry",
        aliases=("pow",),
        operands=2,
        example="x**3 + x**y + total(power(A, 3)) + sqrt(x)*y**Rational(1, 3)",
        build=raised,
        partials=_power_partials,
        numpy=np.power,
        arb=lambda a, b: a**b,
        domain="a > 0, or a whole exponent",
        is_root=lambda a, b: bool(b.is_Rational and 0 < b < 1),
        one_sided=True,
        vanishes=True,
        product=True,
    ),
    Elementwise(
        name="square",
        summary="a²",
        example="total(square(A))",
        build=lambda a: a**2,
        partials=lambda value, a: (2 * a,),
        ulps=1,
        kernel=False,
        vanishes=True,
    ),
    Elementwise(
        name="abs",
        summary="|x|",
        heads=(sympy.Abs,),
        example="abs(x) + total(abs(A))",
        partials=lambda value, x: (applied("sign", x),),
        numpy=np.abs,
        arb=abs,
        ulps=0,
        kinks=lambda x: (x,),
        convention="0 at 0",
        one_sided=True,
    ),
    Elementwise(
        name="sign",
        summary="−1, 0 or 1",
        aliases=("sgn",),
        heads=(sympy.sign,),
        example="y*x*sign(x)",
        partials=lambda value, x: (sympy.Integer(0),),
        definition=lambda x: choose(1, x > 0, -1, x < 0, 0),
        ulps=0,
        kinks=lambda x: (x,),
        convention="0 at 0",
        one_sided=True,
    ),
    Elementwise(
        name="maximum",
        of_one="amax",
        summary="the greater of a and b",
        aliases=("max",),
        operands=2,
        example="Max(x, y) + total(maximum(A, B))",
        partials=_extremum_partials(1),
        definition=lambda a, b: choose(a, a > b, b),
        ulps=0,
        kinks=lambda a, b: (a - b,),
        convention="½ to each at a tie",
        infinities=True,
    ),
    Elementwise(
        name="minimum",
        of_one="amin",
        summary="the smaller of a and b",
        aliases=("min",),
        operands=2,
        example="Min(x, y) + total(minimum(A, B))",
        partials=_extremum_partials(-1),
        definition=lambda a, b: choose(a, a < b, b),
        ulps=0,
        kinks=lambda a, b: (a - b,),
        convention="½ to each at a tie",
        infinities=True,
    ),
    Elementwise(
        name="choose",
        summary="a where the condition holds, else b",
        operands=None,
        example="Piecewise((x**2*y, x > y), (sin(x), x < -1), (y, True))",
        build=choose,
        partials=_choose_partials,
        ulps=0,
        kinks=_choose_kinks,
        convention="the derivative of the branch that is taken",
        infinities=True,
        authored=False,
        by_hand=False,
        kernel=False,
    ),
    Elementwise(
        name="heaviside",
        summary="0 below 0, 1 above",
        aliases=("step",),
        heads=(sympy.Heaviside,),
        example="x*y*Heaviside(x)",
        partials=lambda value, x: (sympy.Integer(0),),
        definition=lambda x: choose(1, x > 0, HALF, sympy.Eq(x, 0), 0),
        ulps=0,
        kinks=lambda x: (x,),
        convention="0 at 0",
        authored=False,
        kernel=False,
    ),
)
