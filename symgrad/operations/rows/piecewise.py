"""Rows of functions with jumps and bounds: rounding to whole numbers, remainders, signs, clamping.

What PyTorch takes at a jump or a bound was measured with version 2.13; a derivative of 0 between jumps is PyTorch's too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sympy import pi

from symgrad.operations.row import Elementwise
from symgrad.operations.rows.arithmetic import choose
from symgrad.operations.rows.of_one_operand import function
from symgrad.operations.sympy_nodes import applied


def _constant(value: Any, x: Any) -> Any:
    return sympy.Integer(0)


def _integers(x: Any) -> tuple[Any, ...]:
    """Zero at the whole numbers."""
    return (applied("sin", pi * x),)


def _nonzero_integers(x: Any) -> tuple[Any, ...]:
    return (applied("sinc", x),)


def _truncated(x: Any) -> Any:
    """A ball's whole part, towards 0; one around 0 has the whole part 0."""
    if abs(x) < 1:
        return type(x)(0)
    if x > 0 or x < 0:
        return x.floor() if x > 0 else x.ceil()
    return x.floor().union(x.ceil())


def _nearest(x: Any) -> Any:
    """The whole number nearest to a ball; of two that are as near, the even one."""
    raised = x + type(x)(0.5)
    if raised.is_integer():  # an exact tie
        return 2 * (raised / 2).floor()
    return x if x.is_integer() else raised.floor()


def _clamp(x: Any, low: Any, high: Any) -> Any:
    """The upper bound where the bounds are crossed, as in PyTorch."""
    return choose(high, sympy.Or(x > high, low > high), low, x < low, x)


def _clamp_partials(value: Any, x: Any, low: Any, high: Any) -> tuple[Any, ...]:
    inside = sympy.And(x >= low, x <= high)
    below, above = sympy.And(x < low, low < high), sympy.Or(x > high, high < low)
    return choose(1, inside, 0), choose(1, below, 0), choose(1, above, 0)


def _clamp_kinks(x: Any, low: Any, high: Any) -> tuple[Any, ...]:
    """At the bounds, unless they are crossed; where they meet, unless x lies above them."""
    apart = low <= high
    return choose(x - low, apart, 1), choose(x - high, apart, 1), choose(low - high, x <= high, 1)


ROWS: tuple[Elementwise, ...] = (
    function(
        "floor",
        "the greatest whole number up to x",
        _constant,
        ulps=0,
        kinks=_integers,
        convention="0 at the whole numbers",
        example="y*x*floor(x) + total(hadamard(A, floor(A)))",
    ),
    function(
        "ceil",
        "the least whole number from x on",
        _constant,
        ulps=0,
        kinks=_integers,
        convention="0 at the whole numbers",
        example="y*x*ceil(x) + total(hadamard(A, ceil(A)))",
    ),
    function(
        "trunc",
        "x without its fraction",
        _constant,
        arb=_truncated,
        ulps=0,
        kinks=_nonzero_integers,
        convention="0 at the whole numbers",
        example="y*x*trunc(4*x) + total(hadamard(A, trunc(A)))",
    ),
    function(
        "round",
        "the whole number nearest to x, the even one of two",
        _constant,
        numpy=np.rint,
        arb=_nearest,
        ulps=0,
        kinks=lambda x: (applied("cos", pi * x),),
        convention="0 halfway between whole numbers",
        example="y*x*round(x) + total(hadamard(A, round(A)))",
    ),
    function(
        "frac",
        "x − trunc x",
        lambda v, x: sympy.Integer(1),
        numpy=lambda x: x - np.trunc(x),
        arb=lambda x: x - _truncated(x),
        ulps=0,
        kinks=_nonzero_integers,
        convention="1 at the whole numbers",
        example="y*frac(x) + total(hadamard(A, frac(B)))",
    ),
    Elementwise(
        name="fmod",
        summary="a − b trunc(a/b)",
        operands=2,
        example="x*fmod(x, y) + total(hadamard(A, fmod(A, B)))",
        partials=lambda v, a, b: (sympy.Integer(1), -applied("trunc", a / b)),
        numpy=np.fmod,
        arb=lambda a, b: a - b * _truncated(a / b),
        ulps=0,
        domain="b ≠ 0",
        kinks=lambda a, b: _nonzero_integers(a / b),
        convention="1 by a, −a/b by b where a/b is whole",
    ),
    Elementwise(
        name="remainder",
        summary="a − b floor(a/b)",
        operands=2,
        example="x*remainder(x, y) + total(hadamard(A, remainder(A, B)))",
        partials=lambda v, a, b: (sympy.Integer(1), -applied("floor", a / b)),
        numpy=np.remainder,
        arb=lambda a, b: a - b * (a / b).floor(),
        ulps=1,
        domain="b ≠ 0",
        kinks=lambda a, b: _integers(a / b),
        convention="1 by a, −a/b by b where a/b is whole",
    ),
    Elementwise(
        name="copysign",
        summary="|a| with the sign of b",
        operands=2,
        example="x*y*copysign(x, y) + total(hadamard(B, copysign(A, B)))",
        partials=lambda v, a, b: (choose(0, sympy.Eq(a, 0), v / a), sympy.Integer(0)),
        definition=lambda a, b: choose(applied("abs", a), b >= 0, -applied("abs", a)),
        domain="b ≠ 0",
        ulps=0,
        kinks=lambda a, b: (a, b),
        signed_zero=True,
        convention="0 by a at 0, 0 by b",
    ),
    Elementwise(
        name="clamp",
        summary="a held between b and c",
        operands=3,
        example="x*clamp(x, y, y + 1) + total(hadamard(A, clamp(B, -c, c)))",
        partials=_clamp_partials,
        definition=_clamp,
        ulps=0,
        kinks=_clamp_kinks,
        convention="1 by a and 0 by the bound that it meets; 0 where the bounds meet",
    ),
    Elementwise(
        name="clamp_min",
        summary="a, but at least b",
        operands=2,
        example="x*clamp_min(x, y) + total(hadamard(A, clamp_min(B, c)))",
        partials=lambda v, x, low: (choose(1, x >= low, 0), choose(1, x < low, 0)),
        definition=lambda x, low: choose(x, x >= low, low),
        ulps=0,
        kinks=lambda x, low: (x - low,),
        convention="1 to a at a tie",
    ),
    Elementwise(
        name="clamp_max",
        summary="a, but at most b",
        operands=2,
        example="x*clamp_max(x, y) + total(hadamard(A, clamp_max(B, c)))",
        partials=lambda v, x, high: (choose(1, x <= high, 0), choose(1, x > high, 0)),
        definition=lambda x, high: choose(x, x <= high, high),
        ulps=0,
        kinks=lambda x, high: (x - high,),
        convention="1 to a at a tie",
    ),
    Elementwise(
        name="fmax",
        of_one="amax",
        summary="the greater of a and b",
        operands=2,
        example="x*fmax(x, y) + total(hadamard(A, fmax(B, c)))",
        partials=lambda v, a, b: (choose(1, a >= b, 0), choose(0, a >= b, 1)),
        definition=lambda a, b: choose(a, a >= b, b),
        ulps=0,
        kinks=lambda a, b: (a - b,),
        convention="1 to a at a tie",
    ),
    Elementwise(
        name="fmin",
        of_one="amin",
        summary="the smaller of a and b",
        operands=2,
        example="x*fmin(x, y) + total(hadamard(A, fmin(B, c)))",
        partials=lambda v, a, b: (choose(1, a <= b, 0), choose(0, a <= b, 1)),
        definition=lambda a, b: choose(a, a <= b, b),
        ulps=0,
        kinks=lambda a, b: (a - b,),
        convention="1 to a at a tie",
    ),
)
