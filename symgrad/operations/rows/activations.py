"""Rows of activation and elementwise loss functions; each is computed by its definition in every number system.

Derivatives and their values at kinks follow PyTorch's kernels (``torch.nn.functional``, version 2.13).
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Rational, pi, sqrt

from symgrad.operations.row import Composition, Elementwise, by_name
from symgrad.operations.rows import arithmetic, elementary
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.rows.of_one_operand import function
from symgrad.operations.sympy_nodes import applied

ROW = by_name(arithmetic.ROWS, elementary.ROWS)
SELU_ALPHA = Rational(1.6732632423543772848170429916717)
SELU_SCALE = Rational(1.0507009873554804934193349852946)
"""Klambauer et al., Self-Normalizing Neural Networks, 2017, as the doubles that PyTorch uses."""


def _phi(x: Any) -> Any:
    """The normal distribution function Φ(x), written so that it cancels where PyTorch's does."""
    return (1 + applied("erf", x / sqrt(2))) / 2


def _gelu_partial(value: Any, x: Any) -> Any:
    return _phi(x) + x * applied("exp", -(x**2) / 2) / sqrt(2 * pi)


def _gelu_tanh_inner(x: Any) -> Any:
    return sqrt(2 / pi) * (x + Rational(44715, 1000000) * x**3)


def _gelu_tanh_partial(value: Any, x: Any) -> Any:
    t = applied("tanh", _gelu_tanh_inner(x))
    inner = sqrt(2 / pi) * (1 + 3 * Rational(44715, 1000000) * x**2)
    return (1 + t) / 2 + x * (1 - t**2) * inner / 2


def _silu_partial(value: Any, x: Any) -> Any:
    s = applied("sigmoid", x)
    return s * (1 + x * (1 - s))


def _mish_partial(value: Any, x: Any) -> Any:
    t = applied("tanh", applied("softplus", x, 1))
    return t + x * applied("sigmoid", x) * (1 - t**2)


def _softplus(x: Any, beta: Any) -> Any:
    z = beta * x
    return (applied("maximum", z, 0) + applied("log1p", applied("exp", -applied("abs", z)))) / beta


def _hardswish_partial(value: Any, x: Any) -> Any:
    return choose(0, x < -3, x / 3 + HALF, x <= 3, 1)


def _softsign_partial(value: Any, x: Any) -> Any:
    """As the quotient rule gives it, which cancels for large x; PyTorch composes softsign of other operations."""
    size = applied("abs", x)
    return 1 / (1 + size) - size / (1 + size) ** 2


def _outside(x: Any, lambd: Any) -> Any:
    return sympy.Or(x > lambd, x < -lambd)


ROWS: tuple[Composition | Elementwise, ...] = (
    function(
        "relu",
        "max(x, 0)",
        lambda v, x: choose(1, x > 0, 0),
        definition=lambda x: choose(x, x > 0, 0),
        ulps=0,
        kinks=lambda x: (x,),
        convention="0 at 0",
    ),
    function(
        "leaky_relu",
        "x above 0, negative_slope·x below",
        lambda v, x, slope: choose(1, x > 0, slope),
        options={"negative_slope": 0.01},
        variants=({"negative_slope": 0.1},),
        definition=lambda x, slope: choose(x, x > 0, slope * x),
        kinks=lambda x, slope: (x,),
        convention="negative_slope at 0",
        chosen="negative_slope=0.25",
    ),
    function(
        "elu",
        "x above 0, alpha·(eˣ − 1) below",
        lambda v, x, alpha: choose(1, x > 0, alpha * applied("exp", x)),
        options={"alpha": 1.0},
        variants=({"alpha": 1.3},),
        definition=lambda x, alpha: choose(x, x > 0, alpha * applied("expm1", x)),
        kinks=lambda x, alpha: () if alpha == 1 else (x,),
        convention="alpha at 0",
        chosen="alpha=1.5",
    ),
    function(
        "celu",
        "x above 0, alpha·(exp(x/alpha) − 1) below",
        lambda v, x, alpha: choose(1, x > 0, applied("exp", x / alpha)),
        options={"alpha": 1.0},
        variants=({"alpha": 1.3},),
        definition=lambda x, alpha: choose(x, x > 0, alpha * applied("expm1", x / alpha)),
        chosen="alpha=2",
    ),
    function(
        "selu",
        "λx above 0, λα(eˣ − 1) below, α = 1.6733, λ = 1.0507",
        lambda v, x: choose(SELU_SCALE, x > 0, SELU_SCALE * SELU_ALPHA * applied("exp", x)),
        definition=lambda x: SELU_SCALE * choose(x, x > 0, SELU_ALPHA * applied("expm1", x)),
        kinks=lambda x: (x,),
        convention="λα at 0",
    ),
    function(
        "softplus",
        "ln(1 + exp(beta·x))/beta",
        lambda v, x, beta: applied("sigmoid", beta * x),
        options={"beta": 1.0},
        variants=({"beta": 1.3},),
        definition=_softplus,
        approximated=lambda x, beta: (beta * x - 20,),  # it takes x itself there: its threshold
        saturates=True,
        vanishes=True,
    ),
    function(
        "silu",
        "x σ(x)",
        _silu_partial,
        aliases=("swish",),
        definition=lambda x: x * applied("sigmoid", x),
        saturates=True,
    ),
    function(
        "gelu",
        "x Φ(x)",
        _gelu_partial,
        definition=lambda x: x * _phi(x),
        saturates=True,
    ),
    function(
        "gelu_tanh",
        "x(1 + tanh(√(2/π)(x + 0.044715 x³)))/2",
        _gelu_tanh_partial,
        definition=lambda x: x * (1 + applied("tanh", _gelu_tanh_inner(x))) / 2,
        saturates=True,
    ),
    function(
        "mish",
        "x tanh(ln(1 + eˣ))",
        _mish_partial,
        definition=lambda x: x * applied("tanh", applied("softplus", x, 1)),
        saturates=True,
    ),
    function(
        "hardtanh",
        "x held between min_val and max_val",
        lambda v, x, low, high: choose(1, sympy.And(x > low, x < high), 0),
        options={"min_val": -1.0, "max_val": 1.0},
        variants=({"min_val": -0.7, "max_val": 1.3},),
        definition=lambda x, low, high: choose(low, x < low, high, x > high, x),
        ulps=0,
        kinks=lambda x, low, high: (x - low, x - high),
        convention="0 at both ends",
    ),
    function(
        "hardsigmoid",
        "x/6 + ½ held between 0 and 1",
        lambda v, x: choose(Rational(1, 6), sympy.And(x > -3, x < 3), 0),
        definition=lambda x: choose(0, x < -3, 1, x > 3, x / 6 + HALF),
        kinks=lambda x: (x + 3, x - 3),
        convention="0 at −3 and 3",
    ),
    function(
        "hardswish",
        "x times hardsigmoid(x)",
        _hardswish_partial,
        definition=lambda x: x * applied("hardsigmoid", x),
        kinks=lambda x: (x + 3, x - 3),
        convention="0 at −3, 3/2 at 3",
    ),
    Composition(
        name="tanhshrink",
        summary="x − tanh x",
        example="y*tanhshrink(x) + total(tanhshrink(A))",
        compose=lambda x: ROW["subtract"](x, ROW["tanh"](x)),
    ),
    function(
        "softsign",
        "x/(1 + |x|)",
        _softsign_partial,
        definition=lambda x: x / (1 + applied("abs", x)),
    ),
    function(
        "huber",
        "x²/2 up to delta, delta·(|x| − delta/2) beyond",
        lambda v, x, delta: choose(delta, x > delta, -delta, x < -delta, x),
        options={"delta": 1.0},
        variants=({"delta": 1.3},),
        definition=lambda x, delta: choose(x**2 / 2, applied("abs", x) <= delta, delta * (applied("abs", x) - delta / 2)),
    ),
    function(
        "hinge",
        "max(0, 1 − x)",
        lambda v, x: choose(-1, x < 1, 0),
        definition=lambda x: choose(1 - x, x < 1, 0),
        kinks=lambda x: (1 - x,),
        convention="0 at 1",
    ),
    function(
        "threshold",
        "x above the threshold, value up to it",
        lambda v, x, threshold, value: choose(1, x > threshold, 0),
        options={"threshold": 0.0, "value": 0.0},
        definition=lambda x, threshold, value: choose(x, x > threshold, value),
        ulps=0,
        kinks=lambda x, threshold, value: (x - threshold,),
        convention="0 at the threshold",
        example="y*threshold(x, 0.25, 2) + total(threshold(A, -0.5, 1))",
    ),
    function(
        "relu6",
        "x held between 0 and 6",
        lambda v, x: choose(1, sympy.And(x > 0, x < 6), 0),
        definition=lambda x: choose(0, x < 0, 6, x > 6, x),
        ulps=0,
        kinks=lambda x: (x, x - 6),
        convention="0 at 0 and 6",
        example="y*relu6(3*x) + total(relu6(4*A))",
    ),
    function(
        "hardshrink",
        "x, but 0 from −lambd to lambd",
        lambda v, x, lambd: choose(1, _outside(x, lambd), 0),
        options={"lambd": 0.5},
        definition=lambda x, lambd: choose(x, _outside(x, lambd), 0),
        ulps=0,
        kinks=lambda x, lambd: (x - lambd, x + lambd),
        convention="0 at −lambd and lambd",
        example="y*hardshrink(x) + total(hardshrink(A, lambd=0.75))",
    ),
    function(
        "softshrink",
        "x moved towards 0 by lambd, at most to 0",
        lambda v, x, lambd: choose(1, _outside(x, lambd), 0),
        options={"lambd": 0.5},
        definition=lambda x, lambd: choose(x - lambd, x > lambd, x + lambd, x < -lambd, 0),
        kinks=lambda x, lambd: (x - lambd, x + lambd),
        convention="0 at −lambd and lambd",
        example="y*softshrink(x) + total(softshrink(A, lambd=0.75))",
    ),
    Elementwise(
        name="prelu",
        summary="a above 0, b a below",
        operands=2,
        example="y*prelu(x, y) + total(prelu(A, c))",
        partials=lambda v, x, weight: (choose(1, x > 0, weight), choose(0, x > 0, x)),
        definition=lambda x, weight: choose(x, x > 0, weight * x),
        kinks=lambda x, weight: (x,),
        convention="b by a and 0 by b at 0",
    ),
)
