"""Rows of loss functions, entry by entry (PyTorch's reduction="none"); mean or total makes a scalar of them.

Values follow PyTorch's (``torch.nn.functional``, version 2.13), what it clamps included, and derivatives are written as its
kernels write them. They are the derivatives of those values everywhere: where PyTorch's backward clamps something else
than its forward, PyTorch is what is off.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import pi

from symgrad.operations.row import Composition, Elementwise, by_name
from symgrad.operations.rows import arithmetic
from symgrad.operations.rows.arithmetic import HALF, choose
from symgrad.operations.sympy_nodes import applied

ROW = by_name(arithmetic.ROWS)
LEAST_LOG = sympy.Integer(-100)
"""What PyTorch clamps the logarithms of a binary cross-entropy at."""


def _smooth_l1(a: Any, b: Any, beta: Any) -> Any:
    size = applied("abs", a - b)
    return choose(size**2 / (2 * beta), size < beta, size - beta / 2)


def _smooth_l1_partials(value: Any, a: Any, b: Any, beta: Any) -> tuple[Any, ...]:
    x = a - b
    slope = applied("sign", x) if beta == 0 else choose(-1, x <= -beta, 1, x >= beta, x / beta)
    return slope, -slope


def _huber(a: Any, b: Any, delta: Any) -> Any:
    size = applied("abs", a - b)
    return choose(size**2 / 2, size <= delta, delta * (size - delta / 2))


def _huber_partials(value: Any, a: Any, b: Any, delta: Any) -> tuple[Any, ...]:
    x = a - b
    slope = choose(-delta, x <= -delta, delta, x >= delta, x)
    return slope, -slope


def _least() -> Any:
    """The number whose logarithm PyTorch clamps at."""
    return applied("exp", LEAST_LOG)


def _clamped_log(x: Any, log: Any) -> Any:
    return choose(log, x > _least(), LEAST_LOG)


def _cross_entropy(p: Any, y: Any) -> Any:
    return (y - 1) * _clamped_log(1 - p, applied("log1p", -p)) - y * _clamped_log(p, applied("log", p))


def _cross_entropy_partials(value: Any, p: Any, y: Any) -> tuple[Any, ...]:
    """Where a logarithm is clamped, the derivative is the other one's."""
    by_p = choose((1 - y) / (1 - p), p <= _least(), -y / p, 1 - p <= _least(), (p - y) / ((1 - p) * p))
    return by_p, _clamped_log(1 - p, applied("log1p", -p)) - _clamped_log(p, applied("log", p))


def _with_logits(z: Any, y: Any, pos_weight: Any) -> Any:
    weight = 1 if pos_weight is None else 1 + (pos_weight - 1) * y
    return (1 - y) * z - weight * applied("logsigmoid", z)


def _with_logits_partials(value: Any, z: Any, y: Any, pos_weight: Any) -> tuple[Any, ...]:
    s = applied("sigmoid", z)
    if pos_weight is None:
        return s - y, -z
    weighted = pos_weight * y
    by_target = applied("logsigmoid", -z) - pos_weight * applied("logsigmoid", z)
    return (weighted + 1 - y) * s - weighted, by_target


def _kl_div(x: Any, t: Any, log_target: Any) -> Any:
    if log_target:
        return applied("exp", t) * (t - x)
    return choose(0, sympy.Eq(t, 0), t * applied("log", t)) - t * x


def _kl_div_partials(value: Any, x: Any, t: Any, log_target: Any) -> tuple[Any, ...]:
    if log_target:
        return -applied("exp", t), value + applied("exp", t)
    return -t, applied("log", t) + 1 - x


def _poisson(x: Any, t: Any, log_input: Any, full: Any, eps: Any) -> Any:
    stirling = choose(t * applied("log", t) - t + applied("log", 2 * pi * t) / 2, t > 1, 0)
    loss = applied("exp", x) - t * x if log_input else x - t * applied("log", x + eps)
    return loss + stirling if full else loss


def _poisson_partials(value: Any, x: Any, t: Any, log_input: Any, full: Any, eps: Any) -> tuple[Any, ...]:
    stirling = choose(applied("log", t) + 1 / (2 * t), t > 1, 0) if full else 0
    if log_input:
        return applied("exp", x) - t, stirling - x
    return 1 - t / (x + eps), stirling - applied("log", x + eps)


def _gaussian(x: Any, t: Any, var: Any, full: Any, eps: Any) -> Any:
    clamped = applied("maximum", var, eps)
    loss = sympy.Mul(HALF, applied("log", clamped) + (x - t) ** 2 / clamped, evaluate=False)  # halved last, as in PyTorch
    return loss + applied("log", 2 * pi) / 2 if full else loss


def _gaussian_partials(value: Any, x: Any, t: Any, var: Any, full: Any, eps: Any) -> tuple[Any, ...]:
    clamped = applied("maximum", var, eps)
    slope = (x - t) / clamped
    return slope, -slope, choose((1 - (x - t) ** 2 / clamped) / clamped / 2, var >= eps, 0)


def _soft_margin_partials(value: Any, x: Any, y: Any) -> tuple[Any, ...]:
    s = applied("sigmoid", -y * x)
    return -y * s, -x * s


def _hinge_embedding(x: Any, y: Any, margin: Any) -> Any:
    below = choose(applied("maximum", margin - x, 0), sympy.Ne(y, 1), 0)
    return below + choose(x, sympy.Ne(y, -1), 0)


def _hinge_embedding_partials(value: Any, x: Any, y: Any, margin: Any) -> tuple[Any, ...]:
    below = choose(-1, sympy.And(sympy.Ne(y, 1), x <= margin), 0)
    return below + choose(1, sympy.Ne(y, -1), 0), sympy.Integer(0)


def _ranking(a: Any, b: Any, y: Any, margin: Any) -> Any:
    return -y * (a - b) + margin


def _ranking_partials(value: Any, a: Any, b: Any, y: Any, margin: Any) -> tuple[Any, ...]:
    active = choose(1, _ranking(a, b, y, margin) >= 0, 0)
    return -y * active, y * active, -(a - b) * active


ROWS: tuple[Composition | Elementwise, ...] = (
    Composition(
        name="l1_loss",
        summary="|a − b|",
        operands=2,
        example="total(l1_loss(A, B)) + y*l1_loss(x, y)",
        compose=lambda a, b: ROW["abs"](ROW["subtract"](a, b)),
    ),
    Elementwise(
        name="mse_loss",
        summary="(a − b)²",
        operands=2,
        example="mean(mse_loss(A, B)) + y*mse_loss(x, y)",
        partials=lambda v, a, b: (2 * (a - b), -2 * (a - b)),
        definition=lambda a, b: (a - b) ** 2,
    ),
    Elementwise(
        name="smooth_l1_loss",
        summary="(a − b)²/(2 beta) while |a − b| < beta, |a − b| − beta/2 beyond",
        operands=2,
        options={"beta": 1.0},
        example="mean(smooth_l1_loss(A, B, beta=0.7)) + y*smooth_l1_loss(x, y, beta=0.3) + smooth_l1_loss(x, 2, beta=0)",
        partials=_smooth_l1_partials,
        definition=_smooth_l1,
        kinks=lambda a, b, beta: (a - b,) if beta == 0 else (),
        convention="0 at a = b where beta is 0",
    ),
    Elementwise(
        name="huber_loss",
        summary="(a − b)²/2 while |a − b| ≤ delta, delta·(|a − b| − delta/2) beyond",
        operands=2,
        options={"delta": 1.0},
        example="mean(huber_loss(A, B, delta=0.7)) + y*huber_loss(x, y, delta=0.3)",
        partials=_huber_partials,
        definition=_huber,
    ),
    Elementwise(
        name="binary_cross_entropy",
        summary="−b ln a − (1 − b) ln(1 − a), either logarithm −100 at least",
        operands=2,
        example="mean(binary_cross_entropy(sigmoid(A), B)) + x*binary_cross_entropy(sigmoid(x), y)",
        partials=_cross_entropy_partials,
        definition=_cross_entropy,
        domain="a and b between 0 and 1; PyTorch's derivative by a isn't that of its own value where a(1 − a) < 10⁻¹²",
        kinks=lambda p, y: (p - _least(), 1 - p - _least()),
        convention="0 from the logarithm that is clamped",
    ),
    Elementwise(
        name="binary_cross_entropy_with_logits",
        summary="(1 − b) a − (1 + (pos_weight − 1) b) ln σ(a)",
        operands=2,
        options={"pos_weight": None},
        example="mean(binary_cross_entropy_with_logits(A, B)) + binary_cross_entropy_with_logits(x, y, pos_weight=3)",
        partials=_with_logits_partials,
        definition=_with_logits,
    ),
    Elementwise(
        name="kl_div",
        summary="b (ln b − a), or eᵇ (b − a) where log_target",
        operands=2,
        options={"log_target": False},
        example="mean(kl_div(A, exp(B))) + kl_div(x, y, log_target=True)",
        partials=_kl_div_partials,
        definition=_kl_div,
        domain="b ≥ 0, unless log_target",
    ),
    Elementwise(
        name="poisson_nll_loss",
        summary="eᵃ − b a (a − b ln(a + eps) without log_input), where full and b > 1 with b ln b − b + ln(2πb)/2",
        operands=2,
        options={"log_input": True, "full": False, "eps": 1e-8},
        example="mean(poisson_nll_loss(A, B)) + poisson_nll_loss(exp(x), exp(y), log_input=False, full=True)",
        partials=_poisson_partials,
        definition=_poisson,
        domain="a > 0 without log_input; where full PyTorch's derivative by b is nan for b ≤ 0",
        kinks=lambda x, t, log_input, full, eps: (t - 1,) if full else (),
        convention="without the last term at b = 1",
    ),
    Elementwise(
        name="gaussian_nll_loss",
        summary="(ln c + (a − b)²/c)/2, c being eps at least, with ln(2π)/2 where full",
        operands=3,
        options={"full": False, "eps": 1e-6},
        example="mean(gaussian_nll_loss(A, B, exp(c))) + gaussian_nll_loss(x, y, exp(x), full=True)",
        partials=_gaussian_partials,
        definition=_gaussian,
        domain="c ≥ 0; below eps PyTorch's derivative by c is that at eps, for its clamp lets it through",
        kinks=lambda x, t, var, full, eps: (var - eps,),
        convention="the one above at c = eps",
    ),
    Elementwise(
        name="soft_margin_loss",
        summary="ln(1 + exp(−b a))",
        operands=2,
        example="mean(soft_margin_loss(A, [[1, -1], [-1, 1]])) + y*soft_margin_loss(x, 1)",
        partials=_soft_margin_partials,
        definition=lambda x, y: applied("softplus", -y * x, 1),
        domain="all reals; PyTorch has no derivative by b, and overflows with exp(−b a)",
    ),
    Elementwise(
        name="hinge_embedding_loss",
        summary="a where b is 1, max(0, margin − a) where b is −1",
        operands=2,
        options={"margin": 1.0},
        example="mean(hinge_embedding_loss(A, [[1, -1], [-1, 1]])) + y*hinge_embedding_loss(x, -1, margin=0.25)",
        partials=_hinge_embedding_partials,
        definition=_hinge_embedding,
        domain="b is −1 or 1",
        kinks=lambda x, y, margin: (choose(margin - x, sympy.Ne(y, 1), 1),),
        convention="−1 at a = margin",
    ),
    Elementwise(
        name="margin_ranking_loss",
        summary="max(0, margin − c (a − b))",
        operands=3,
        options={"margin": 0},
        example="mean(margin_ranking_loss(A, B, c)) + margin_ranking_loss(x, y, 1, margin=0.25)",
        partials=_ranking_partials,
        definition=lambda a, b, y, margin: applied("maximum", _ranking(a, b, y, margin), 0),
        kinks=lambda a, b, y, margin: (_ranking(a, b, y, margin),),
        convention="that above 0 at 0",
    ),
)
