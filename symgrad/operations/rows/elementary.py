"""Rows of elementary and special functions, each with the derivative written as PyTorch writes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special
import sympy
from sympy import pi, sqrt

from symgrad.operations.row import Elementwise
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.rows.of_one_operand import function
from symgrad.operations.sympy_nodes import applied

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


def _sinc_partial(value: Any, x: Any) -> Any:
    """0 at 0; elsewhere a difference that cancels near 0."""
    z = pi * x
    return choose(0, sympy.Eq(x, 0), (z * applied("cos", z) - applied("sin", z)) / (pi * x**2))


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


ROWS: tuple[Elementwise, ...] = (
    function("exp", "eˣ", lambda v, x: v, latex=r"\exp", heads=(sympy.exp,), saturates=True, vanishes=True),
    function(
        "log",
        "ln x",
        lambda v, x: 1 / x,
        sign="ln",
        latex=r"\ln",
        aliases=("ln",),
        heads=(sympy.log,),
        argument="x**2 + 1",
        domain="x > 0",
        one_sided=True,
    ),
    function("log1p", "ln(1 + x)", lambda v, x: 1 / (1 + x), argument=INSIDE, domain="x > −1", one_sided=True),
    function("expm1", "eˣ − 1", lambda v, x: v + 1, saturates=True),
    function(
        "sqrt",
        "√x",
        lambda v, x: 1 / (2 * v),
        heads=(sympy.sqrt,),
        argument="x**2 + 1",
        domain="x > 0",
        is_root=lambda x: True,
        one_sided=True,
    ),
    function("sin", "sin x", lambda v, x: applied("cos", x), latex=r"\sin", heads=(sympy.sin,), swing=(np.pi / 2, 2.0)),
    function("cos", "cos x", lambda v, x: -applied("sin", x), latex=r"\cos", heads=(sympy.cos,), swing=(np.pi / 2, 2.0)),
    function(
        "tan",
        "tan x",
        lambda v, x: 1 + v**2,
        latex=r"\tan",
        aliases=("tg",),
        heads=(sympy.tan,),
        domain="cos x ≠ 0",
        swing=(np.pi / 2, np.inf),
    ),
    function(
        "asin",
        "arcsin x",
        lambda v, x: 1 / applied("sqrt", 1 - x**2),
        aliases=("arcsin",),
        heads=(sympy.asin,),
        argument=INSIDE,
        domain="|x| < 1",
    ),
    function(
        "acos",
        "arccos x",
        lambda v, x: -1 / applied("sqrt", 1 - x**2),
        aliases=("arccos",),
        heads=(sympy.acos,),
        argument=INSIDE,
        domain="|x| < 1",
    ),
    function("atan", "arctan x", lambda v, x: 1 / (1 + x**2), aliases=("arctan",), heads=(sympy.atan,)),
    function(
        "sinh", "sinh x", lambda v, x: applied("cosh", x), latex=r"\sinh", aliases=("sh",), heads=(sympy.sinh,), saturates=True
    ),
    function(
        "cosh", "cosh x", lambda v, x: applied("sinh", x), latex=r"\cosh", aliases=("ch",), heads=(sympy.cosh,), saturates=True
    ),
    function("tanh", "tanh x", lambda v, x: 1 - v**2, latex=r"\tanh", aliases=("th",), heads=(sympy.tanh,), saturates=True),
    function("asinh", "arsinh x", lambda v, x: 1 / applied("sqrt", x**2 + 1), aliases=("arsinh",), heads=(sympy.asinh,)),
    function(
        "acosh",
        "arcosh x",
        lambda v, x: 1 / applied("sqrt", x**2 - 1),
        aliases=("arcosh",),
        heads=(sympy.acosh,),
        argument="1 + exp(x)",
        domain="x > 1",
    ),
    function(
        "atanh",
        "artanh x",
        lambda v, x: 1 / (1 - x**2),
        aliases=("artanh",),
        heads=(sympy.atanh,),
        argument=INSIDE,
        domain="|x| < 1",
    ),
    function(
        "erf",
        "2/√π ∫₀ˣ exp(−t²) dt",
        lambda v, x: 2 / sqrt(pi) * applied("exp", -(x**2)),
        heads=(sympy.erf,),
        numpy=scipy.special.erf,
        saturates=True,
    ),
    function(
        "erfc",
        "1 − erf x",
        lambda v, x: -2 / sqrt(pi) * applied("exp", -(x**2)),
        heads=(sympy.erfc,),
        numpy=scipy.special.erfc,
        saturates=True,
        vanishes=True,
    ),
    function(
        "gammaln",
        "ln |Γ(x)|",
        lambda v, x: applied("polygamma", x, 0),
        sign="ln Γ",
        latex=r"\ln \Gamma",
        aliases=("lgamma",),
        heads=(sympy.loggamma,),
        numpy=scipy.special.gammaln,
        arb="lgamma",
        argument="exp(x)",
        domain="x > 0",
    ),
    function(
        "polygamma",
        "the derivative of order n + 1 of ln Γ(x)",
        lambda v, x, n: applied("polygamma", x, n + 1),
        options={"n": 0},
        numpy=_polygamma_floats,
        arb=lambda x, n: _polygamma(n, x),
        ulps=16,
        domain="x > 0",
        example="y*polygamma(exp(x), n=1)",
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
        domain="not both 0",
        kinks=lambda y, x: (applied("abs", y) + applied("relu", x),),
        convention="that of the side on which a zero's sign puts y, where x < 0",
        signed_zero=True,
    ),
    function(
        "sigmoid",
        "1/(1 + e⁻ˣ)",
        lambda v, x: v * (1 - v),
        sign="σ",
        latex=r"\sigma",
        aliases=(
            "σ",
            "sigma",
            "expit",
            "logistic",
        ),
        definition=lambda x: 1 / (1 + applied("exp", -x)),
        numpy=scipy.special.expit,
        arb=lambda x: 1 / (1 + (-x).exp()),
        saturates=True,
        vanishes=True,
    ),
    function(
        "logsigmoid",
        "ln σ(x)",
        lambda v, x: applied("sigmoid", -x),
        aliases=("log_sigmoid",),
        definition=lambda x: -applied("log1p", applied("exp", -x)),
        numpy=scipy.special.log_expit,
        arb=lambda x: -(-x).exp().log1p(),
        saturates=True,
        vanishes=True,
    ),
    function("exp2", "2ˣ", lambda v, x: v * applied("log", 2), arb=lambda x: type(x)(2) ** x, saturates=True, vanishes=True),
    function(
        "log2",
        "log₂ x",
        lambda v, x: 1 / (x * applied("log", 2)),
        arb=lambda x: x.log_base(2),
        domain="x > 0",
        argument="x**2 + 1",
        one_sided=True,
    ),
    function(
        "log10",
        "log₁₀ x",
        lambda v, x: 1 / (x * applied("log", 10)),
        aliases=("lg",),
        arb=lambda x: x.log_base(10),
        domain="x > 0",
        argument="x**2 + 1",
        one_sided=True,
    ),
    function(
        "rsqrt",
        "1/√x",
        lambda v, x: -(v**3) / 2,
        numpy=lambda x: 1 / np.sqrt(x),
        domain="x > 0",
        argument="x**2 + 1",
        one_sided=True,
    ),
    function(
        "reciprocal",
        "1/x",
        lambda v, x: -(v**2),
        definition=lambda x: 1 / x,
        domain="x ≠ 0",
    ),
    function(
        "negative",
        "−x",
        lambda v, x: sympy.Integer(-1),
        definition=lambda x: -x,
        ulps=0,
        additive=True,
        example="y*exp(negative(x)) + total(negative(square(A)))",
    ),
    function(
        "sinc",
        "sin(πx)/(πx), 1 at 0",
        _sinc_partial,
        definition=lambda x: choose(1, sympy.Eq(x, 0), applied("sin", pi * x) / (pi * x)),
        arb="sinc_pi",
    ),
    Elementwise(
        name="hypot",
        of_one="norm",
        summary="√(a² + b²)",
        operands=2,
        example="x*hypot(x, y) + total(hypot(A, B))",
        partials=lambda v, a, b: (a / v, b / v),
        numpy=np.hypot,
        arb=lambda a, b: (a * a + b * b).nonnegative_part().sqrt(),
        kinks=lambda a, b: (applied("abs", a) + applied("abs", b),),
        convention="nan at (0, 0)",
    ),
    Elementwise(
        name="logaddexp",
        of_one="logsumexp",
        summary="ln(eᵃ + eᵇ)",
        operands=2,
        example="logaddexp(x, y) + total(logaddexp(A, c))",
        partials=_share("exp"),
        definition=_logaddexp,
    ),
    Elementwise(
        name="logaddexp2",
        summary="log₂(2ᵃ + 2ᵇ)",
        operands=2,
        example="logaddexp2(x, y) + total(logaddexp2(A, c))",
        partials=_share("exp2"),
        definition=_logaddexp2,
    ),
    Elementwise(
        name="lerp",
        summary="a + c(b − a)",
        operands=3,
        example="lerp(x, y**2, x*y) + total(lerp(A, B, x))",
        partials=lambda v, a, b, weight: (1 - weight, weight, b - a),
        definition=_lerp,
        by_hand=False,
    ),
    Elementwise(
        name="addcmul",
        summary="a + value·b c",
        operands=3,
        options={"value": 1.0},
        example="addcmul(x, y, x) + total(addcmul(c, A, B, value=0.75))",
        partials=lambda v, a, b, c, value: (sympy.Integer(1), value * c, value * b),
        definition=lambda a, b, c, value: a + value * b * c,
        by_hand=False,
    ),
    Elementwise(
        name="addcdiv",
        summary="a + value·b/c",
        operands=3,
        options={"value": 1.0},
        example="addcdiv(x, y, x) + total(addcdiv(c, A, B, value=0.75))",
        partials=lambda v, a, b, c, value: (sympy.Integer(1), value / c, -value * b / c**2),
        definition=lambda a, b, c, value: a + value * b / c,
        domain="c ≠ 0",
        by_hand=False,
    ),
    Elementwise(
        name="ldexp",
        summary="a 2ᵇ",
        operands=2,
        example="ldexp(x, y) + total(ldexp(A, c))",
        partials=lambda v, a, b: (applied("exp2", b), v * applied("log", 2)),
        definition=lambda a, b: a * applied("exp2", b),
        by_hand=False,
    ),
    function(
        "deg2rad",
        "πx/180",
        lambda v, x: pi / 180,
        definition=lambda x: pi * x / 180,
        example="y*deg2rad(square(x)) + total(deg2rad(square(A)))",
    ),
    function(
        "rad2deg",
        "180x/π",
        lambda v, x: 180 / pi,
        definition=lambda x: 180 * x / pi,
        example="y*rad2deg(square(x)) + total(rad2deg(square(A)))",
    ),
)
