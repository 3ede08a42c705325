"""Rows of activation and elementwise loss functions; each is computed by its definition in every number system.

Derivatives and their values at kinks follow PyTorch's kernels (``torch.nn.functional``, version 2.13).
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Rational, pi, sqrt

from symgrad.operations.row import Composition, Elementwise
from symgrad.operations.rows import arithmetic, elementary
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.sympy_nodes import applied

SUBTRACT = next(row for row in arithmetic.ROWS if row.name == "subtract")
TANH = next(row for row in elementary.ROWS if row.name == "tanh")
SELU_ALPHA = Rational(1.6732632423543772848170429916717)
SELU_SCALE = Rational(1.0507009873554804934193349852946)
"""Klambauer et al., Self-Normalizing Neural Networks, 2017, as the doubles that PyTorch uses."""


def _phi(x: Any) -> Any:
    """The normal distribution function Φ(x), written so that it cancels where PyTorch's does."""
    return (1 + applied("erf", x / sqrt(2))) / 2


def _gelu_partials(value: Any, x: Any) -> tuple[Any, ...]:
    return (_phi(x) + x * applied("exp", -(x**2) / 2) / sqrt(2 * pi),)


def _gelu_tanh_inner(x: Any) -> Any:
    return sqrt(2 / pi) * (x + Rational(44715, 1000000) * x**3)


def _gelu_tanh_partials(value: Any, x: Any) -> tuple[Any, ...]:
    t = applied("tanh", _gelu_tanh_inner(x))
    inner = sqrt(2 / pi) * (1 + 3 * Rational(44715, 1000000) * x**2)
    return ((1 + t) / 2 + x * (1 - t**2) * inner / 2,)


def _silu_partials(value: Any, x: Any) -> tuple[Any, ...]:
    s = applied("sigmoid", x)
    return (s * (1 + x * (1 - s)),)


def _mish_partials(value: Any, x: Any) -> tuple[Any, ...]:
    t = applied("tanh", applied("softplus", x, 1))
    return (t + x * applied("sigmoid", x) * (1 - t**2),)


def _softplus(x: Any, beta: Any) -> Any:
    z = beta * x
    return (applied("maximum", z, 0) + applied("log1p", applied("exp", -applied("abs", z)))) / beta


def _hardswish_partials(value: Any, x: Any) -> tuple[Any, ...]:
    return (choose(0, x < -3, x / 3 + HALF, x <= 3, 1),)


def _softsign_partials(value: Any, x: Any) -> tuple[Any, ...]:
    """As the quotient rule gives it, which cancels for large x; PyTorch composes softsign of other operations."""
    size = applied("abs", x)
    return (1 / (1 + size) - size / (1 + size) ** 2,)


def _both(name: str, options: str = "") -> str:
    return f"y*{name}(x{options}) + total({name}(A{options}))"


def _outside(x: Any, lambd: Any) -> Any:
    return sympy.Or(x > lambd, x < -lambd)


def _prelu(torch: Any, x: Any, weight: Any) -> Any:
    """PyTorch's own kernel has one weight a channel: every entry becomes a channel of one sample."""
    entries, weights = torch.broadcast_tensors(x, weight)
    return torch.nn.functional.prelu(entries.reshape(1, -1), weights.reshape(-1)).reshape(entries.shape)


ROWS = (
    Elementwise(
        name="relu",
        summary="max(x, 0)",
        example=_both("relu"),
        partials=lambda v, x: (choose(1, x > 0, 0),),
        definition=lambda x: choose(x, x > 0, 0),
        torch=lambda torch, x: torch.relu(x),
        ulps=0,
        kinks=lambda x: (x,),
        convention="0 at 0",
    ),
    Elementwise(
        name="leaky_relu",
        summary="x above 0, negative_slope·x below",
        options={"negative_slope": 0.01},
        variants=({"negative_slope": 0.1},),
        example=_both("leaky_relu", ", negative_slope=0.25"),
        partials=lambda v, x, slope: (choose(1, x > 0, slope),),
        definition=lambda x, slope: choose(x, x > 0, slope * x),
        torch=lambda torch, x, slope: torch.nn.functional.leaky_relu(x, slope),
        kinks=lambda x, slope: (x,),
        convention="negative_slope at 0",
    ),
    Elementwise(
        name="elu",
        summary="x above 0, alpha·(eˣ − 1) below",
        options={"alpha": 1.0},
        variants=({"alpha": 1.3},),
        example=_both("elu", ", alpha=1.5"),
        partials=lambda v, x, alpha: (choose(1, x > 0, alpha * applied("exp", x)),),
        definition=lambda x, alpha: choose(x, x > 0, alpha * applied("expm1", x)),
        torch=lambda torch, x, alpha: torch.nn.functional.elu(x, alpha),
        kinks=lambda x, alpha: () if alpha == 1 else (x,),
        convention="alpha at 0",
    ),
    Elementwise(
        name="celu",
        summary="x above 0, alpha·(exp(x/alpha) − 1) below",
        options={"alpha": 1.0},
        variants=({"alpha": 1.3},),
        example=_both("celu", ", alpha=2"),
        partials=lambda v, x, alpha: (choose(1, x > 0, applied("exp", x / alpha)),),
        definition=lambda x, alpha: choose(x, x > 0, alpha * applied("expm1", x / alpha)),
        torch=lambda torch, x, alpha: torch.nn.functional.celu(x, alpha),
    ),
    Elementwise(
        name="selu",
        summary="λx above 0, λα(eˣ − 1) below, α = 1.6733, λ = 1.0507",
        example=_both("selu"),
        partials=lambda v, x: (choose(SELU_SCALE, x > 0, SELU_SCALE * SELU_ALPHA * applied("exp", x)),),
        definition=lambda x: SELU_SCALE * choose(x, x > 0, SELU_ALPHA * applied("expm1", x)),
        torch=lambda torch, x: torch.nn.functional.selu(x),
        kinks=lambda x: (x,),
        convention="λα at 0",
    ),
    Elementwise(
        name="softplus",
        summary="ln(1 + exp(beta·x))/beta",
        options={"beta": 1.0},
        variants=({"beta": 1.3},),
        example=_both("softplus"),
        partials=lambda v, x, beta: (applied("sigmoid", beta * x),),
        definition=_softplus,
        torch=lambda torch, x, beta: torch.nn.functional.softplus(x, beta),
    ),
    Elementwise(
        name="silu",
        summary="x σ(x)",
        example=_both("silu"),
        partials=_silu_partials,
        definition=lambda x: x * applied("sigmoid", x),
        torch=lambda torch, x: torch.nn.functional.silu(x),
    ),
    Elementwise(
        name="gelu",
        summary="x Φ(x)",
        example=_both("gelu"),
        partials=_gelu_partials,
        definition=lambda x: x * _phi(x),
        torch=lambda torch, x: torch.nn.functional.gelu(x),
    ),
    Elementwise(
        name="gelu_tanh",
        summary="x(1 + tanh(√(2/π)(x + 0.044715 x³)))/2",
        example=_both("gelu_tanh"),
        partials=_gelu_tanh_partials,
        definition=lambda x: x * (1 + applied("tanh", _gelu_tanh_inner(x))) / 2,
        torch=lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    ),
    Elementwise(
        name="mish",
        summary="x tanh(ln(1 + eˣ))",
        example=_both("mish"),
        partials=_mish_partials,
        definition=lambda x: x * applied("tanh", applied("softplus", x, 1)),
        torch=lambda torch, x: torch.nn.functional.mish(x),
    ),
    Elementwise(
        name="hardtanh",
        summary="x held between min_val and max_val",
        options={"min_val": -1.0, "max_val": 1.0},
        variants=({"min_val": -0.7, "max_val": 1.3},),
        example=_both("hardtanh"),
        partials=lambda v, x, low, high: (choose(1, sympy.And(x > low, x < high), 0),),
        definition=lambda x, low, high: choose(low, x < low, high, x > high, x),
        torch=lambda torch, x, low, high: torch.nn.functional.hardtanh(x, low, high),
        ulps=0,
        kinks=lambda x, low, high: (x - low, x - high),
        convention="0 at both ends",
    ),
    Elementwise(
        name="hardsigmoid",
        summary="x/6 + ½ held between 0 and 1",
        example=_both("hardsigmoid"),
        partials=lambda v, x: (choose(Rational(1, 6), sympy.And(x > -3, x < 3), 0),),
        definition=lambda x: choose(0, x < -3, 1, x > 3, x / 6 + HALF),
        torch=lambda torch, x: torch.nn.functional.hardsigmoid(x),
        kinks=lambda x: (x + 3, x - 3),
        convention="0 at −3 and 3",
    ),
    Elementwise(
        name="hardswish",
        summary="x times hardsigmoid(x)",
        example=_both("hardswish"),
        partials=_hardswish_partials,
        definition=lambda x: x * applied("hardsigmoid", x),
        torch=lambda torch, x: torch.nn.functional.hardswish(x),
        kinks=lambda x: (x + 3, x - 3),
        convention="0 at −3, 3/2 at 3",
    ),
    Composition(
        name="tanhshrink",
        summary="x − tanh x",
        example=_both("tanhshrink"),
        compose=lambda x: SUBTRACT(x, TANH(x)),
    ),
    Elementwise(
        name="softsign",
        summary="x/(1 + |x|)",
        example=_both("softsign"),
        partials=_softsign_partials,
        definition=lambda x: x / (1 + applied("abs", x)),
        torch=lambda torch, x: torch.nn.functional.softsign(x),
    ),
    Elementwise(
        name="huber",
        summary="x²/2 up to delta, delta·(|x| − delta/2) beyond",
        options={"delta": 1.0},
        variants=({"delta": 1.3},),
        example=_both("huber"),
        partials=lambda v, x, delta: (choose(delta, x > delta, -delta, x < -delta, x),),
        definition=lambda x, delta: choose(x**2 / 2, applied("abs", x) <= delta, delta * (applied("abs", x) - delta / 2)),
        torch=lambda torch, x, delta: torch.nn.functional.huber_loss(x, torch.zeros_like(x), reduction="none", delta=delta),
    ),
    Elementwise(
        name="hinge",
        summary="max(0, 1 − x)",
        example=_both("hinge"),
        partials=lambda v, x: (choose(-1, x < 1, 0),),
        definition=lambda x: choose(1 - x, x < 1, 0),
        torch=lambda torch, x: torch.relu(1 - x),
        kinks=lambda x: (1 - x,),
        convention="0 at 1",
    ),
    Elementwise(
        name="threshold",
        summary="x above the threshold, value up to it",
        options={"threshold": 0.0, "value": 0.0},
        example="y*threshold(x, 0.25, 2) + total(threshold(A, -0.5, 1))",
        partials=lambda v, x, threshold, value: (choose(1, x > threshold, 0),),
        definition=lambda x, threshold, value: choose(x, x > threshold, value),
        torch=lambda torch, x, threshold, value: torch.nn.functional.threshold(x, threshold, value),
        ulps=0,
        kinks=lambda x, threshold, value: (x - threshold,),
        convention="0 at the threshold",
    ),
    Elementwise(
        name="relu6",
        summary="x held between 0 and 6",
        example="y*relu6(3*x) + total(relu6(4*A))",
        partials=lambda v, x: (choose(1, sympy.And(x > 0, x < 6), 0),),
        definition=lambda x: choose(0, x < 0, 6, x > 6, x),
        torch=lambda torch, x: torch.nn.functional.relu6(x),
        ulps=0,
        kinks=lambda x: (x, x - 6),
        convention="0 at 0 and 6",
    ),
    Elementwise(
        name="hardshrink",
        summary="x, but 0 from −lambd to lambd",
        options={"lambd": 0.5},
        example="y*hardshrink(x) + total(hardshrink(A, lambd=0.75))",
        partials=lambda v, x, lambd: (choose(1, _outside(x, lambd), 0),),
        definition=lambda x, lambd: choose(x, _outside(x, lambd), 0),
        torch=lambda torch, x, lambd: torch.nn.functional.hardshrink(x, lambd),
        ulps=0,
        kinks=lambda x, lambd: (x - lambd, x + lambd),
        convention="0 at −lambd and lambd",
    ),
    Elementwise(
        name="softshrink",
        summary="x moved towards 0 by lambd, at most to 0",
        options={"lambd": 0.5},
        example="y*softshrink(x) + total(softshrink(A, lambd=0.75))",
        partials=lambda v, x, lambd: (choose(1, _outside(x, lambd), 0),),
        definition=lambda x, lambd: choose(x - lambd, x > lambd, x + lambd, x < -lambd, 0),
        torch=lambda torch, x, lambd: torch.nn.functional.softshrink(x, lambd),
        kinks=lambda x, lambd: (x - lambd, x + lambd),
        convention="0 at −lambd and lambd",
    ),
    Elementwise(
        name="prelu",
        summary="a above 0, b a below",
        operands=2,
        example="y*prelu(x, y) + total(prelu(A, c))",
        partials=lambda v, x, weight: (choose(1, x > 0, weight), choose(0, x > 0, x)),
        definition=lambda x, weight: choose(x, x > 0, weight * x),
        torch=_prelu,
        kinks=lambda x, weight: (x,),
        convention="b by a and 0 by b at 0",
    ),
)
