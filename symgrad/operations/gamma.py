"""Rows of the gamma function and its kin: digamma, multivariate and incomplete gamma functions, the Hurwitz zeta function.

Derivatives are written as PyTorch writes them (derivatives.yaml, version 2.13); by the order of a zeta function and by the
parameter of an incomplete gamma function it has none, so these are options. Numbering of formulas is that of the NIST
Digital Library of Mathematical Functions, https://dlmf.nist.gov.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special
import sympy
from sympy import Rational, pi

from symgrad.operations import arithmetic, elementary
from symgrad.operations.nodes import applied
from symgrad.operations.row import Composition, Elementwise

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
