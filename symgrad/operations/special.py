"""Rows of special functions: entropies, the error and the normal distribution function and their inverses, Bessel functions.

Derivatives are written as PyTorch writes them (derivatives.yaml, version 2.13). Numbering of formulas is that of the
NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov.
"""

from __future__ import annotations

from typing import Any

import scipy.special
import sympy
from sympy import pi, sqrt

from symgrad.operations.arithmetic import HALF, choose
from symgrad.operations.nodes import applied
from symgrad.operations.row import Elementwise


def _logit(x: Any, eps: Any) -> Any:
    held = x if eps is None else choose(eps, x < eps, 1 - eps, x > 1 - eps, x)
    return applied("log", held / (1 - held))


def _logit_partials(value: Any, x: Any, eps: Any) -> tuple[Any, ...]:
    slope = 1 / (x * (1 - x))
    return (slope if eps is None else choose(slope, sympy.And(x >= eps, x <= 1 - eps), 0),)


def _erfcx(x: Any) -> Any:
    """DLMF 7.11.5 for greater x, where exp(x²) would leave the range."""
    if x > 2:
        return (x * x).hypgeom_u(0.5, 0.5) / type(x).pi().sqrt()
    return (x * x).exp() * x.erfc()


def _by_the_tail(x: Any) -> Any:
    """As kernels compute it: for negative x the square of x is rounded before it is raised."""
    tail = applied("erfcx_tail", applied("abs", x))
    return choose(tail, x >= 0, 2 * applied("exp", x**2) - tail)


def _log_ndtr(x: Any) -> Any:
    """As PyTorch's kernel computes it, on either side of −1."""
    z = x / sqrt(2)
    lower = applied("log", applied("erfcx", -z) / 2) - z**2
    return choose(lower, x < -1, applied("log1p", -applied("erfc", z) / 2))


def _lower_tail(x: Any) -> Any:
    return (-x / type(x)(2).sqrt()).erfc() / 2


def _log_lower_tail(x: Any) -> Any:
    return (-_lower_tail(-x)).log1p() if x > 0 else _lower_tail(x).log()


def _i1_partials(value: Any, x: Any) -> tuple[Any, ...]:
    return (choose(HALF, sympy.Eq(x, 0), applied("i0", x) - value / x),)


def _i1e_partials(value: Any, x: Any) -> tuple[Any, ...]:
    return (choose(HALF, sympy.Eq(x, 0), applied("i0e", x) - value * (applied("sign", x) + 1 / x)),)


ROWS = (
    Elementwise(
        name="xlogy",
        summary="a ln b, 0 where a is 0",
        operands=2,
        example="xlogy(x, y**2 + 1) + total(xlogy(A, exp(x)))",
        partials=lambda v, a, b: (choose(0, sympy.And(sympy.Eq(a, 0), b <= 0), applied("log", b)), a / b),
        definition=lambda a, b: choose(0, sympy.Eq(a, 0), a * applied("log", b)),
        torch=lambda torch, a, b: torch.xlogy(a, b),
        domain="b > 0",
    ),
    Elementwise(
        name="xlog1py",
        summary="a ln(1 + b), 0 where a is 0",
        operands=2,
        example="xlog1py(x, y**2) + total(xlog1py(A, exp(x)))",
        partials=lambda v, a, b: (choose(0, sympy.And(sympy.Eq(a, 0), b <= -1), applied("log1p", b)), a / (b + 1)),
        definition=lambda a, b: choose(0, sympy.Eq(a, 0), a * applied("log1p", b)),
        torch=lambda torch, a, b: torch.special.xlog1py(a, b),
        domain="b > −1",
    ),
    Elementwise(
        name="entr",
        summary="−x ln x, 0 at 0",
        example="y*entr(exp(x))",
        partials=lambda v, x: (-(1 + applied("log", x)),),
        definition=lambda x: choose(0, sympy.Eq(x, 0), -x * applied("log", x)),
        torch=lambda torch, x: torch.special.entr(x),
        domain="x > 0",
    ),
    Elementwise(
        name="logit",
        summary="ln(x/(1 − x)), of x held between eps and 1 − eps if there is an eps",
        options={"eps": None},
        example="y*logit(sigmoid(x)) + total(logit(A, eps=0.125))",
        partials=_logit_partials,
        definition=_logit,
        torch=lambda torch, x, eps: torch.logit(x, eps),
        domain="0 < x < 1",
        kinks=lambda x, eps: () if eps is None else (x - eps, x - (1 - eps)),
        convention="1/(x(1 − x)) at eps and 1 − eps",
    ),
    Elementwise(
        name="erfinv",
        summary="the inverse of erf",
        example="y*erfinv(x/4)",
        partials=lambda v, x: (sqrt(pi) / 2 * applied("exp", v**2),),
        numpy=scipy.special.erfinv,
        arb=lambda x: x.erfinv(),
        torch=lambda torch, x: torch.erfinv(x),
        domain="|x| < 1",
    ),
    Elementwise(
        name="erfcx",
        summary="exp(x²) erfc x",
        example="y*erfcx(x) + total(erfcx(A))",
        partials=lambda v, x: (2 * x * v - 2 / sqrt(pi),),
        definition=_by_the_tail,
        arb=_erfcx,
        torch=lambda torch, x: torch.special.erfcx(x),
    ),
    Elementwise(
        name="erfcx_tail",
        summary="erfcx of x above 0; internal",
        example="y*erfcx_tail(exp(x))",
        partials=lambda v, x: (2 * x * v - 2 / sqrt(pi),),
        numpy=scipy.special.erfcx,
        arb=_erfcx,
        torch=lambda torch, x: torch.special.erfcx(x),
        domain="x > 0",
    ),
    Elementwise(
        name="ndtr",
        summary="Φ(x), the normal distribution function",
        example="y*ndtr(x) + total(ndtr(A))",
        partials=lambda v, x: (applied("exp", -(x**2) / 2) / sqrt(2 * pi),),
        definition=lambda x: (1 + applied("erf", x / sqrt(2))) / 2,
        arb=_lower_tail,
        torch=lambda torch, x: torch.special.ndtr(x),
    ),
    Elementwise(
        name="ndtri",
        summary="the inverse of Φ",
        example="y*ndtri(sigmoid(x))",
        partials=lambda v, x: (sqrt(2 * pi) * applied("exp", v**2 / 2),),
        numpy=scipy.special.ndtri,
        arb=lambda x: -type(x)(2).sqrt() * (2 * x).erfcinv(),
        torch=lambda torch, x: torch.special.ndtri(x),
        domain="0 < x < 1",
    ),
    Elementwise(
        name="log_ndtr",
        summary="ln Φ(x)",
        example="y*log_ndtr(x) + total(log_ndtr(A))",
        partials=lambda v, x: (applied("exp", -(v + x**2 / 2)) / sqrt(2 * pi),),
        definition=_log_ndtr,
        arb=_log_lower_tail,
        torch=lambda torch, x: torch.special.log_ndtr(x),
    ),
    Elementwise(
        name="i0",
        summary="I₀(x), a modified Bessel function",
        example="y*i0(x) + total(i0(A))",
        partials=lambda v, x: (applied("i1", x),),
        definition=lambda x: applied("exp", applied("abs", x)) * applied("i0e", x),
        arb=lambda x: x.bessel_i(0),
        torch=lambda torch, x: torch.special.i0(x),
    ),
    Elementwise(
        name="i0e",
        summary="exp(−|x|) I₀(x)",
        example="y*i0e(x) + total(i0e(A))",
        partials=lambda v, x: (applied("i1e", x) - applied("sign", x) * v,),
        numpy=scipy.special.i0e,
        arb=lambda x: abs(x).bessel_i(0, scaled=True),
        torch=lambda torch, x: torch.special.i0e(x),
        kinks=lambda x: (x,),
        convention="0 at 0",
    ),
    Elementwise(
        name="i1",
        summary="I₁(x), a modified Bessel function",
        example="y*i1(x) + total(i1(A))",
        partials=_i1_partials,
        definition=lambda x: applied("exp", applied("abs", x)) * applied("i1e", x),
        arb=lambda x: x.bessel_i(1),
        torch=lambda torch, x: torch.special.i1(x),
    ),
    Elementwise(
        name="i1e",
        summary="exp(−|x|) I₁(x)",
        example="y*i1e(x) + total(i1e(A))",
        partials=_i1e_partials,
        numpy=scipy.special.i1e,
        arb=lambda x: x.sgn() * abs(x).bessel_i(1, scaled=True),
        torch=lambda torch, x: torch.special.i1e(x),
        ulps=8,
    ),
)
