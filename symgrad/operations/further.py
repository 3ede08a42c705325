"""Rows of elementary functions beyond the commonest: other bases, reciprocals, sums of logarithms, fused arithmetic.

Derivatives are written as PyTorch writes them (derivatives.yaml, version 2.13).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from sympy import pi

from symgrad.operations.arithmetic import HALF, choose
from symgrad.operations.nodes import applied
from symgrad.operations.row import Elementwise


def _sinc_partials(value: Any, x: Any) -> tuple[Any, ...]:
    """0 at 0; elsewhere a difference that cancels near 0."""
    z = pi * x
    return (choose(0, sympy.Eq(x, 0), (z * applied("cos", z) - applied("sin", z)) / (pi * x**2)),)


def _logaddexp(a: Any, b: Any) -> Any:
    return applied("maximum", a, b) + applied("log1p", applied("exp", -applied("abs", a - b)))


def _logaddexp2(a: Any, b: Any) -> Any:
    rest = applied("log1p", applied("exp2", -applied("abs", a - b)))
    return applied("maximum", a, b) + rest / applied("log", 2)


def _share(exponential: str) -> Any:
    """The derivatives of a sum of logarithms: the share of each operand."""

    def partials(value: Any, a: Any, b: Any) -> tuple[Any, ...]:
        return 1 / (1 + applied(exponential, b - a)), 1 / (1 + applied(exponential, a - b))

    return partials


def _lerp(a: Any, b: Any, weight: Any) -> Any:
    """From the end that is nearer, as PyTorch's kernel goes."""
    return choose(a + weight * (b - a), applied("abs", weight) < HALF, b - (b - a) * (1 - weight))


ROWS = (
    Elementwise(
        name="exp2",
        summary="2ˣ",
        example="y*exp2(x) + total(exp2(A))",
        partials=lambda v, x: (v * applied("log", 2),),
        numpy=np.exp2,
        arb=lambda x: type(x)(2) ** x,
        torch=lambda torch, x: torch.exp2(x),
    ),
    Elementwise(
        name="log2",
        summary="log₂ x",
        example="y*log2(x**2 + 1)",
        partials=lambda v, x: (1 / (x * applied("log", 2)),),
        numpy=np.log2,
        arb=lambda x: x.log_base(2),
        torch=lambda torch, x: torch.log2(x),
        domain="x > 0",
    ),
    Elementwise(
        name="log10",
        summary="log₁₀ x",
        example="y*log10(x**2 + 1)",
        partials=lambda v, x: (1 / (x * applied("log", 10)),),
        numpy=np.log10,
        arb=lambda x: x.log_base(10),
        torch=lambda torch, x: torch.log10(x),
        domain="x > 0",
    ),
    Elementwise(
        name="rsqrt",
        summary="1/√x",
        example="y*rsqrt(x**2 + 1)",
        partials=lambda v, x: (-(v**3) / 2,),
        numpy=lambda x: 1 / np.sqrt(x),
        arb=lambda x: x.rsqrt(),
        torch=lambda torch, x: torch.rsqrt(x),
        domain="x > 0",
    ),
    Elementwise(
        name="reciprocal",
        summary="1/x",
        example="y*reciprocal(x) + total(reciprocal(A))",
        partials=lambda v, x: (-(v**2),),
        definition=lambda x: 1 / x,
        torch=lambda torch, x: torch.reciprocal(x),
        domain="x ≠ 0",
    ),
    Elementwise(
        name="negative",
        summary="−x",
        example="y*exp(negative(x)) + total(negative(square(A)))",
        partials=lambda v, x: (sympy.Integer(-1),),
        definition=lambda x: -x,
        torch=lambda torch, x: torch.negative(x),
        ulps=0,
    ),
    Elementwise(
        name="sinc",
        summary="sin(πx)/(πx), 1 at 0",
        example="y*sinc(x) + total(sinc(A))",
        partials=_sinc_partials,
        definition=lambda x: choose(1, sympy.Eq(x, 0), applied("sin", pi * x) / (pi * x)),
        arb=lambda x: x.sinc_pi(),
        torch=lambda torch, x: torch.sinc(x),
    ),
    Elementwise(
        name="hypot",
        summary="√(a² + b²)",
        operands=2,
        example="x*hypot(x, y) + total(hypot(A, B))",
        partials=lambda v, a, b: (a / v, b / v),
        numpy=np.hypot,
        arb=lambda a, b: (a * a + b * b).nonnegative_part().sqrt(),
        torch=lambda torch, a, b: torch.hypot(a, b),
        kinks=lambda a, b: (applied("abs", a) + applied("abs", b),),
        convention="nan at (0, 0)",
    ),
    Elementwise(
        name="logaddexp",
        summary="ln(eᵃ + eᵇ)",
        operands=2,
        example="logaddexp(x, y) + total(logaddexp(A, c))",
        partials=_share("exp"),
        definition=_logaddexp,
        torch=lambda torch, a, b: torch.logaddexp(a, b),
    ),
    Elementwise(
        name="logaddexp2",
        summary="log₂(2ᵃ + 2ᵇ)",
        operands=2,
        example="logaddexp2(x, y) + total(logaddexp2(A, c))",
        partials=_share("exp2"),
        definition=_logaddexp2,
        torch=lambda torch, a, b: torch.logaddexp2(a, b),
    ),
    Elementwise(
        name="lerp",
        summary="a + c(b − a)",
        operands=3,
        example="lerp(x, y**2, x*y) + total(lerp(A, B, x))",
        partials=lambda v, a, b, weight: (1 - weight, weight, b - a),
        definition=_lerp,
        torch=lambda torch, a, b, weight: torch.lerp(a, b, weight),
    ),
    Elementwise(
        name="addcmul",
        summary="a + value·b c",
        operands=3,
        options={"value": 1.0},
        example="addcmul(x, y, x) + total(addcmul(c, A, B, value=0.75))",
        partials=lambda v, a, b, c, value: (sympy.Integer(1), value * c, value * b),
        definition=lambda a, b, c, value: a + value * b * c,
        torch=lambda torch, a, b, c, value: torch.addcmul(a, b, c, value=value),
    ),
    Elementwise(
        name="addcdiv",
        summary="a + value·b/c",
        operands=3,
        options={"value": 1.0},
        example="addcdiv(x, y, x) + total(addcdiv(c, A, B, value=0.75))",
        partials=lambda v, a, b, c, value: (sympy.Integer(1), value / c, -value * b / c**2),
        definition=lambda a, b, c, value: a + value * b / c,
        torch=lambda torch, a, b, c, value: torch.addcdiv(a, b, c, value=value),
        domain="c ≠ 0",
    ),
    Elementwise(
        name="ldexp",
        summary="a 2ᵇ",
        operands=2,
        example="ldexp(x, y) + total(ldexp(A, c))",
        partials=lambda v, a, b: (applied("exp2", b), v * applied("log", 2)),
        definition=lambda a, b: a * applied("exp2", b),
        torch=lambda torch, a, b: torch.ldexp(a, b),
    ),
    Elementwise(
        name="deg2rad",
        summary="πx/180",
        example="y*deg2rad(square(x)) + total(deg2rad(square(A)))",
        partials=lambda v, x: (pi / 180,),
        definition=lambda x: pi * x / 180,
        torch=lambda torch, x: torch.deg2rad(x),
    ),
    Elementwise(
        name="rad2deg",
        summary="180x/π",
        example="y*rad2deg(square(x)) + total(rad2deg(square(A)))",
        partials=lambda v, x: (180 / pi,),
        definition=lambda x: 180 * x / pi,
        torch=lambda torch, x: torch.rad2deg(x),
    ),
)
