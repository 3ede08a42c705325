"""Rows of elementary and special functions, each with the derivative written as PyTorch writes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special
import sympy
from sympy import pi, sqrt

from symgrad.operations.nodes import applied
from symgrad.operations.row import Elementwise, Rule


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
)
