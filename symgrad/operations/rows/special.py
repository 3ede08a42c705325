"""Rows of special functions: entropies, the error and the normal distribution function and their inverses, Bessel functions.

Derivatives are written as PyTorch writes them (derivatives.yaml, version 2.13). Numbering of formulas is that of the
NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special
import sympy
from sympy import Rational, pi, sqrt

from symgrad.operations.row import Composition, Elementwise
from symgrad.operations.rows import arithmetic, elementary
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.sympy_nodes import applied


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


ADD, SUBTRACT = (next(row for row in arithmetic.ROWS if row.name == name) for name in ("add", "subtract"))
GAMMALN = next(row for row in elementary.ROWS if row.name == "gammaln")


def _multigammaln(x: Any, p: Any) -> Any:
    """DLMF 35.3.4, as PyTorch composes it."""
    if not isinstance(p, int) or p < 1:
        raise ValueError(f"p is a whole number from 1 on, found {p}")
    terms = [GAMMALN(x if j == 0 else SUBTRACT(x, Rational(j, 2))) for j in range(p)]
    return terms[0] if p == 1 else ADD(*terms, Rational(p * (p - 1), 4) * sympy.log(pi))


def _density(x: Any, a: Any) -> Any:
    """The derivative of the regularised incomplete gamma function, DLMF 8.8.13."""
    return applied("exp", (a - 1) * applied("log", x) - x - applied("gammaln", a))


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
    Elementwise(
        name="digamma",
        summary="the derivative of ln Γ(x)",
        example="y*digamma(exp(x))",
        partials=lambda v, x: (applied("polygamma", x, 1),),
        numpy=scipy.special.digamma,
        arb=lambda x: x.digamma(),
        torch=lambda torch, x: torch.digamma(x),
        ulps=16,
        domain="x > 0",
    ),
    Composition(
        name="multigammaln",
        summary="ln Γₚ(x), the multivariate gamma function of dimension p",
        options={"p": 1},
        example="y*multigammaln(2 + exp(x), p=3)",
        compose=_multigammaln,
    ),
    Elementwise(
        name="gammainc",
        summary="γ(a, x)/Γ(a), the regularised lower incomplete gamma function",
        options={"a": 1.0},
        example="y*gammainc(exp(x), a=2.5)",
        partials=lambda v, x, a: (_density(x, a),),
        numpy=lambda x, a: scipy.special.gammainc(a, x),
        arb=lambda x, a: x.gamma_lower(a, regularized=1),
        torch=lambda torch, x, a: torch.special.gammainc(torch.full_like(x, a), x),
        ulps=32,
        domain="x > 0",
    ),
    Elementwise(
        name="gammaincc",
        summary="Γ(a, x)/Γ(a), the regularised upper incomplete gamma function",
        options={"a": 1.0},
        example="y*gammaincc(exp(x), a=2.5)",
        partials=lambda v, x, a: (-_density(x, a),),
        numpy=lambda x, a: scipy.special.gammaincc(a, x),
        arb=lambda x, a: x.gamma_upper(a, regularized=1),
        torch=lambda torch, x, a: torch.special.gammaincc(torch.full_like(x, a), x),
        ulps=32,
        domain="x > 0",
    ),
    Elementwise(
        name="zeta",
        summary="Σ 1/(x + k)ˢ over k = 0, 1, …, the Hurwitz zeta function",
        options={"s": 2.0},
        example="y*zeta(exp(x), s=3.5)",
        partials=lambda v, x, s: (-s * applied("zeta", x, s + 1),),
        numpy=lambda x, s: np.where(x > -1e3, scipy.special.zeta(s, np.maximum(x, -1e3)), np.nan),  # SciPy steps up to 0
        arb=lambda x, s: type(x)(s).zeta(x),
        torch=lambda torch, x, s: torch.special.zeta(s, x),
        ulps=8,
        domain="x > 0",
    ),
)
