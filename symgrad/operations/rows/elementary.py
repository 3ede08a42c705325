"""Rows of elementary and special functions, each with the derivative written as PyTorch writes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special
import sympy
from sympy import pi, sqrt

from symgrad.operations.row import Elementwise, Rule
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.sympy_nodes import applied


def _function(
    name: str,
    summary: str,
    partial: Any,
    *,
    head: Any = None,
    numpy: Any = None,
    arb: str | None = None,
    argument: str = "x",
    domain: str = "all reals",
    torch: str | None = None,
    swing: tuple[float, float] | None = None,
) -> Elementwise:
    """A function of one operand that every number system knows under a name."""
    method, attribute = arb or name, torch or name

    def call_torch(module: Any, x: Any) -> Any:
        return getattr(module, attribute)(x)

    def partials(value: Any, x: Any) -> tuple[Any, ...]:
        return (partial(value, x),)

    rule: Rule = partials
    return Elementwise(
        name=name,
        summary=summary,
        heads=() if head is None else (head,),
        example=f"y*{name}({argument})" + (f" + total({name}(A))" if argument == "x" else ""),
        partials=rule,
        numpy=numpy or getattr(np, name),
        arb=lambda ball: getattr(ball, method)(),
        torch=call_torch,
        domain=domain,
        swing=swing,
    )


INSIDE = "x/4"
"""An argument that lies within (−1, 1) at the points that examples are sampled at."""


def _polygamma_floats(x: Any, n: Any) -> Any:
    """ψ⁽ⁿ⁾ by SciPy, which steps up to 0 one by one: far below, that doesn't end, and there is no digit left anyway."""
    if n == 0:
        return scipy.special.digamma(x)
    return np.where(x > -1e3, scipy.special.polygamma(int(n), np.maximum(x, -1e3)), np.nan)


def _polygamma(n: Any, x: Any) -> Any:
    """ψ⁽ⁿ⁾ in balls: (−1)ⁿ⁺¹ n! ζ(n+1, x), DLMF 25.11.12."""
    order = int(n)
    if order == 0:
        return x.digamma()
    one = type(x)(order + 1)
    return (-1) ** (order + 1) * one.gamma() * one.zeta(x)


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
    _function("exp", "eˣ", lambda v, x: v, head=sympy.exp),
    _function("log", "ln x", lambda v, x: 1 / x, head=sympy.log, argument="x**2 + 1", domain="x > 0"),
    _function("log1p", "ln(1 + x)", lambda v, x: 1 / (1 + x), argument=INSIDE, domain="x > −1"),
    _function("expm1", "eˣ − 1", lambda v, x: v + 1),
    _function("sqrt", "√x", lambda v, x: 1 / (2 * v), head=sympy.sqrt, argument="x**2 + 1", domain="x > 0"),
    _function("sin", "sin x", lambda v, x: applied("cos", x), head=sympy.sin, swing=(np.pi / 2, 2.0)),
    _function("cos", "cos x", lambda v, x: -applied("sin", x), head=sympy.cos, swing=(np.pi / 2, 2.0)),
    _function("tan", "tan x", lambda v, x: 1 + v**2, head=sympy.tan, domain="cos x ≠ 0", swing=(np.pi / 2, np.inf)),
    _function(
        "asin", "arcsin x", lambda v, x: 1 / applied("sqrt", 1 - x**2), head=sympy.asin, argument=INSIDE, domain="|x| < 1"
    ),
    _function(
        "acos", "arccos x", lambda v, x: -1 / applied("sqrt", 1 - x**2), head=sympy.acos, argument=INSIDE, domain="|x| < 1"
    ),
    _function("atan", "arctan x", lambda v, x: 1 / (1 + x**2), head=sympy.atan),
    _function("sinh", "sinh x", lambda v, x: applied("cosh", x), head=sympy.sinh),
    _function("cosh", "cosh x", lambda v, x: applied("sinh", x), head=sympy.cosh),
    _function("tanh", "tanh x", lambda v, x: 1 - v**2, head=sympy.tanh),
    _function("asinh", "arsinh x", lambda v, x: 1 / applied("sqrt", x**2 + 1), head=sympy.asinh),
    _function(
        "acosh",
        "arcosh x",
        lambda v, x: 1 / applied("sqrt", x**2 - 1),
        head=sympy.acosh,
        argument="1 + exp(x)",
        domain="x > 1",
    ),
    _function("atanh", "artanh x", lambda v, x: 1 / (1 - x**2), head=sympy.atanh, argument=INSIDE, domain="|x| < 1"),
    _function(
        "erf",
        "2/√π ∫₀ˣ exp(−t²) dt",
        lambda v, x: 2 / sqrt(pi) * applied("exp", -(x**2)),
        head=sympy.erf,
        numpy=scipy.special.erf,
    ),
    _function(
        "erfc",
        "1 − erf x",
        lambda v, x: -2 / sqrt(pi) * applied("exp", -(x**2)),
        head=sympy.erfc,
        numpy=scipy.special.erfc,
    ),
    _function(
        "gammaln",
        "ln |Γ(x)|",
        lambda v, x: applied("polygamma", x, 0),
        head=sympy.loggamma,
        numpy=scipy.special.gammaln,
        arb="lgamma",
        torch="lgamma",
        argument="exp(x)",
        domain="x > 0",
    ),
    Elementwise(
        name="polygamma",
        summary="the derivative of order n + 1 of ln Γ(x)",
        options={"n": 0},
        example="y*polygamma(exp(x), n=1)",
        partials=lambda v, x, n: (applied("polygamma", x, n + 1),),
        numpy=_polygamma_floats,
        arb=lambda x, n: _polygamma(n, x),
        torch=lambda torch, x, n: torch.polygamma(int(n), x),
        ulps=16,
        domain="x > 0",
    ),
    Elementwise(
        name="atan2",
        summary="the angle of the point (x, y)",
        operands=2,
        heads=(sympy.atan2,),
        example="atan2(y, x)",
        partials=lambda v, y, x: (x / (x**2 + y**2), -y / (x**2 + y**2)),
        numpy=np.arctan2,
        arb=lambda y, x: type(x).atan2(y, x),
        torch=lambda torch, y, x: torch.atan2(y, x),
        domain="not both 0",
    ),
    Elementwise(
        name="sigmoid",
        summary="1/(1 + e⁻ˣ)",
        example="y*sigmoid(x) + total(sigmoid(A))",
        partials=lambda v, x: (v * (1 - v),),
        definition=lambda x: 1 / (1 + applied("exp", -x)),
        numpy=scipy.special.expit,
        arb=lambda x: 1 / (1 + (-x).exp()),
        torch=lambda torch, x: torch.sigmoid(x),
    ),
    Elementwise(
        name="logsigmoid",
        summary="ln σ(x)",
        example="y*logsigmoid(x) + total(logsigmoid(A))",
        partials=lambda v, x: (applied("sigmoid", -x),),
        definition=lambda x: -applied("log1p", applied("exp", -x)),
        numpy=scipy.special.log_expit,
        arb=lambda x: -(-x).exp().log1p(),
        torch=lambda torch, x: torch.nn.functional.logsigmoid(x),
    ),
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
