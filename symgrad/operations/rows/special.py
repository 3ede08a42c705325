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

from symgrad.operations.options import check_whole
from symgrad.operations.row import Composition, Elementwise, by_name
from symgrad.operations.rows import arithmetic, elementary
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.rows.of_one_operand import function
from symgrad.operations.sympy_nodes import applied

ROW = by_name(arithmetic.ROWS, elementary.ROWS)


def _logit(x: Any, eps: Any) -> Any:
    held = x if eps is None else choose(eps, x < eps, 1 - eps, x > 1 - eps, x)
    return applied("log", held / (1 - held))


def _logit_partial(value: Any, x: Any, eps: Any) -> Any:
    slope = 1 / (x * (1 - x))
    return slope if eps is None else choose(slope, sympy.And(x >= eps, x <= 1 - eps), 0)


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


def _i1_partial(value: Any, x: Any) -> Any:
    return choose(HALF, sympy.Eq(x, 0), applied("i0", x) - value / x)


def _i1e_partial(value: Any, x: Any) -> Any:
    return choose(HALF, sympy.Eq(x, 0), applied("i0e", x) - value * (applied("sign", x) + 1 / x))


def _multigammaln(x: Any, p: Any) -> Any:
    """DLMF 35.3.4, as PyTorch composes it."""
    check_whole("p", p, least=1)
    terms = [ROW["gammaln"](x if j == 0 else ROW["subtract"](x, Rational(j, 2))) for j in range(p)]
    return terms[0] if p == 1 else ROW["add"](*terms, Rational(p * (p - 1), 4) * sympy.log(pi))


def _density(x: Any, a: Any) -> Any:
    """The derivative of the regularised incomplete gamma function, DLMF 8.8.13."""
    return applied("exp", (a - 1) * applied("log", x) - x - applied("gammaln", a))


ROWS: tuple[Composition | Elementwise, ...] = (
    Elementwise(
        name="xlogy",
        summary="a ln b, 0 where a is 0",
        operands=2,
        example="xlogy(x, y**2 + 1) + total(xlogy(A, exp(x)))",
        partials=lambda v, a, b: (choose(0, sympy.And(sympy.Eq(a, 0), b <= 0), applied("log", b)), a / b),
        definition=lambda a, b: choose(0, sympy.Eq(a, 0), a * applied("log", b)),
        domain="b > 0",
    ),
    Elementwise(
        name="xlog1py",
        summary="a ln(1 + b), 0 where a is 0",
        operands=2,
        example="xlog1py(x, y**2) + total(xlog1py(A, exp(x)))",
        partials=lambda v, a, b: (choose(0, sympy.And(sympy.Eq(a, 0), b <= -1), applied("log1p", b)), a / (b + 1)),
        definition=lambda a, b: choose(0, sympy.Eq(a, 0), a * applied("log1p", b)),
        domain="b > −1",
    ),
    function(
        "entr",
        "−x ln x, 0 at 0",
        lambda v, x: -(1 + applied("log", x)),
        definition=lambda x: choose(0, sympy.Eq(x, 0), -x * applied("log", x)),
        domain="x > 0",
        argument="exp(x)",
    ),
    function(
        "logit",
        "ln(x/(1 − x)), of x held between eps and 1 − eps if there is an eps",
        _logit_partial,
        options={"eps": None},
        definition=_logit,
        domain="0 < x < 1",
        kinks=lambda x, eps: () if eps is None else (x - eps, x - (1 - eps)),
        convention="1/(x(1 − x)) at eps and 1 − eps",
        example="y*logit(sigmoid(x)) + total(logit(A, eps=0.125))",
    ),
    function(
        "erfinv",
        "the inverse of erf",
        lambda v, x: sqrt(pi) / 2 * applied("exp", v**2),
        numpy=scipy.special.erfinv,
        domain="|x| < 1",
        argument="x/4",
    ),
    function(
        "erfcx",
        "exp(x²) erfc x",
        lambda v, x: 2 * x * v - 2 / sqrt(pi),
        definition=_by_the_tail,
        arb=_erfcx,
    ),
    function(
        "erfcx_tail",
        "erfcx of x above 0; internal",
        lambda v, x: 2 * x * v - 2 / sqrt(pi),
        numpy=scipy.special.erfcx,
        arb=_erfcx,
        domain="x > 0",
        argument="exp(x)",
        authored=False,
        by_hand=False,
    ),
    function(
        "ndtr",
        "Φ(x), the normal distribution function",
        lambda v, x: applied("exp", -(x**2) / 2) / sqrt(2 * pi),
        definition=lambda x: (1 + applied("erf", x / sqrt(2))) / 2,
        arb=_lower_tail,
        saturates=True,
        vanishes=True,
    ),
    function(
        "ndtri",
        "the inverse of Φ",
        lambda v, x: sqrt(2 * pi) * applied("exp", v**2 / 2),
        numpy=scipy.special.ndtri,
        arb=lambda x: -type(x)(2).sqrt() * (2 * x).erfcinv(),
        domain="0 < x < 1",
        argument="sigmoid(x)",
    ),
    function(
        "log_ndtr",
        "ln Φ(x)",
        lambda v, x: applied("exp", -(v + x**2 / 2)) / sqrt(2 * pi),
        definition=_log_ndtr,
        arb=_log_lower_tail,
        saturates=True,
    ),
    function(
        "i0",
        "I₀(x), a modified Bessel function",
        lambda v, x: applied("i1", x),
        definition=lambda x: applied("exp", applied("abs", x)) * applied("i0e", x),
        arb=lambda x: x.bessel_i(0),
    ),
    function(
        "i0e",
        "exp(−|x|) I₀(x)",
        lambda v, x: applied("i1e", x) - applied("sign", x) * v,
        numpy=scipy.special.i0e,
        ulps=8,
        arb=lambda x: abs(x).bessel_i(0, scaled=True),
        kinks=lambda x: (x,),
        convention="0 at 0",
    ),
    function(
        "i1",
        "I₁(x), a modified Bessel function",
        _i1_partial,
        definition=lambda x: applied("exp", applied("abs", x)) * applied("i1e", x),
        arb=lambda x: x.bessel_i(1),
    ),
    function(
        "i1e",
        "exp(−|x|) I₁(x)",
        _i1e_partial,
        numpy=scipy.special.i1e,
        ulps=16,
        arb=lambda x: x.sgn() * abs(x).bessel_i(1, scaled=True),
    ),
    function(
        "digamma",
        "the derivative of ln Γ(x)",
        lambda v, x: applied("polygamma", x, 1),
        numpy=scipy.special.digamma,
        ulps=16,
        domain="x > 0",
        argument="exp(x)",
    ),
    Composition(
        name="multigammaln",
        summary="ln Γₚ(x), the multivariate gamma function of dimension p",
        options={"p": 1},
        example="y*multigammaln(2 + exp(x), p=3)",
        compose=_multigammaln,
    ),
    function(
        "gammainc",
        "γ(a, x)/Γ(a), the regularised lower incomplete gamma function",
        lambda v, x, a: _density(x, a),
        options={"a": 1.0},
        numpy=lambda x, a: scipy.special.gammainc(a, x),
        arb=lambda x, a: x.gamma_lower(a, regularized=1),
        ulps=32,
        domain="x > 0",
        example="y*gammainc(exp(x), a=2.5)",
    ),
    function(
        "gammaincc",
        "Γ(a, x)/Γ(a), the regularised upper incomplete gamma function",
        lambda v, x, a: -_density(x, a),
        options={"a": 1.0},
        numpy=lambda x, a: scipy.special.gammaincc(a, x),
        arb=lambda x, a: x.gamma_upper(a, regularized=1),
        ulps=32,
        domain="x > 0",
        example="y*gammaincc(exp(x), a=2.5)",
    ),
    function(
        "zeta",
        "Σ 1/(x + k)ˢ over k = 0, 1, …, the Hurwitz zeta function",
        lambda v, x, s: -s * applied("zeta", x, s + 1),
        options={"s": 2.0},
        numpy=lambda x, s: np.where(x > -1e3, scipy.special.zeta(s, np.maximum(x, -1e3)), np.nan),
        arb=lambda x, s: type(x)(s).zeta(x),
        ulps=8,
        domain="x > 0",
        example="y*zeta(exp(x), s=3.5)",
    ),
)
