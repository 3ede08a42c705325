"""What random losses are made of: each operation with its words in symgrad, its spellings in PyTorch, its truth in balls.

Templates are filled with `{x}`, `{y}`, `{z}` (operands), `{k}`, `{m}` (constants), `{d}` (an axis), `{n}` (entries along it,
or of the whole), `{r}` and `{c}` (rows and columns of x), `{o}` (the value) and `{t}` (a name of its own for temporaries). A
spelling is an expression, or statements and a last line that is one. A derivative is that of the value by an operand; a
backward, for what acts on whole matrices, is in the adjoint `{g}`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb

Interval = tuple[float, float]
Shape = tuple[int, ...]
Range = Callable[..., Interval | None]

STYLES = ("plain", "functions", "by hand", "algebra", "views", "loops", "custom", "mixed")
"""Ways of writing; an operation without a spelling of its own in a style is written plainly there."""


@dataclass(frozen=True)
class Operation:
    """One operation. `backward` has an entry for each operand; `wrong` are backwards with one thing wrong, by kind."""

    name: str
    symgrad: str
    torch: Mapping[str, tuple[str, ...]]
    truth: Callable[..., Any]
    range: Range
    shape: Callable[..., Shape | None]
    arity: int = 1
    elementwise: bool = False
    backward: tuple[str, ...] = ()
    wrong: tuple[tuple[str, tuple[str, ...]], ...] = ()
    constants: tuple[tuple[float, ...], ...] = field(default=())
    weight: float = 1.0


def _each(function: Callable[..., Any], arity: int = 1) -> Callable[..., Any]:
    """A function of balls, entry by entry."""
    over = np.frompyfunc(function, arity, 1)
    return lambda *operands: np.asarray(over(*operands[:arity]), dtype=object)


def rising(f: Callable[[float], float], low: float = -math.inf, high: float = math.inf) -> Range:
    """The range of an increasing function, of operands between two bounds."""
    return lambda x, *_: (f(x[0]), f(x[1])) if low <= x[0] and x[1] <= high else None


def falling(f: Callable[[float], float], low: float = -math.inf, high: float = math.inf) -> Range:
    """The range of a decreasing function, of operands between two bounds."""
    return lambda x, *_: (f(x[1]), f(x[0])) if low <= x[0] and x[1] <= high else None


def within(low: float, high: float, at_least: float = -math.inf, at_most: float = math.inf) -> Range:
    """A range known beforehand, of operands between two bounds."""
    return lambda x, *_: (low, high) if at_least <= x[0] and x[1] <= at_most else None


def magnitude(x: Interval) -> Interval:
    """The range of |x|."""
    low, high = abs(x[0]), abs(x[1])
    return (0.0 if x[0] <= 0 <= x[1] else min(low, high), max(low, high))


def grown(above: float = 0.0) -> Range:
    """A range between −above and the largest operand."""
    return lambda x, *_: (min(x[0], 0.0) if above == 0 else -above, max(x[1], 0.0))


def _product(x: Interval, y: Interval, *_: float) -> Interval:
    corners = [a * b for a in x for b in y]
    return (min(corners), max(corners))


def _quotient(x: Interval, y: Interval, *_: float) -> Interval | None:
    return _product(x, (1 / y[1], 1 / y[0])) if y[0] > 0.05 or y[1] < -0.05 else None


def _same(x: Shape, *_: Any) -> Shape:
    return x


def _broadcast(x: Shape, y: Shape, *_: Any) -> Shape | None:
    """The shape of two operands together; None where one has to be repeated in one direction and the other in the other."""
    try:
        return tuple(np.broadcast_shapes(x, y))
    except ValueError:
        return None


def unary(
    name: str,
    truth: Callable[..., Any],
    range_: Range,
    derivative: str = "",
    wrong: tuple[str, ...] = (),
    symgrad: str = "",
    constants: tuple[tuple[float, ...], ...] = (),
    weight: float = 1.0,
    **torch: tuple[str, ...],
) -> Operation:
    """A function of one operand, entry by entry; `derivative` is the local one."""
    return Operation(
        name,
        symgrad or f"{name}({{x}})",
        {style.replace("_", " "): spellings for style, spellings in torch.items()},
        _each(truth, 1 + max((len(c) for c in constants), default=0)) if constants else _each(truth),
        range_,
        _same,
        elementwise=True,
        backward=(f"{{g}} * ({derivative})",) if derivative else (),
        wrong=tuple(("wrong derivative", (f"{{g}} * ({w})",)) for w in wrong),
        constants=constants,
        weight=weight,
    )


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + (-x).exp())


def _sigmoid_of(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _softplus(x: Any) -> Any:
    return x.exp().log1p() if x < 0 else x + (-x).exp().log1p()


def _softplus_of(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _if(x: Any, bound: float, above: Any, below: Any) -> Any:
    return above() if x > bound else below()


def _selu(x: Any) -> Any:
    scale, alpha = arb("1.0507009873554804934193349852946"), arb("1.6732632423543772848170429916717")
    return scale * _if(x, 0, lambda: x, lambda: alpha * x.expm1())


def _gelu_tanh(x: Any) -> Any:
    return x * (1 + ((2 / arb.pi()).sqrt() * (x + (arb(44715) / 1000000) * x**3)).tanh()) / 2


UNARY: tuple[Operation, ...] = (
    unary(
        "tanh",
        lambda x: x.tanh(),
        rising(math.tanh),
        "1 - {o} * {o}",
        ("1 - {o}", "1 + {o} * {o}", "1 - {x} * {x}"),
        weight=2,
        plain=("torch.tanh({x})",),
        functions=("torch.nn.functional.tanh({x})", "torch.nn.Tanh()({x})"),
        by_hand=("2 / (1 + torch.exp(-2 * {x})) - 1", "torch.sinh({x}) / torch.cosh({x})"),
        algebra=("2 * torch.sigmoid(2 * {x}) - 1",),
        views=("{x}.clone().tanh_()",),
    ),
    unary(
        "sigmoid",
        _sigmoid,
        rising(_sigmoid_of),
        "{o} * (1 - {o})",
        ("{o}", "1 - {o}", "{o} * (1 + {o})"),
        weight=2,
        plain=("torch.sigmoid({x})",),
        functions=("torch.special.expit({x})", "torch.exp(torch.nn.functional.logsigmoid({x}))"),
        by_hand=("1 / (1 + torch.exp(-{x}))", "(1 + torch.tanh({x} / 2)) / 2"),
        algebra=("1 - torch.sigmoid(-{x})", "torch.exp(-torch.nn.functional.softplus(-{x}))"),
        views=("{x}.clone().sigmoid_()",),
    ),
    unary(
        "exp",
        lambda x: x.exp(),
        rising(lambda v: math.exp(min(v, 700))),
        "{o}",
        ("{o} - 1", "{x} * {o}", "1"),
        weight=1.5,
        plain=("torch.exp({x})",),
        functions=("torch.special.expm1({x}) + 1", "torch.exp2({x} * 1.4426950408889634)"),
        by_hand=("torch.exp({x} / 2) ** 2", "torch.exp({x} / 2) * torch.exp({x} / 2)"),
        algebra=("1 / torch.exp(-{x})",),
        views=("{x}.clone().exp_()",),
    ),
    unary(
        "log",
        lambda x: x.log(),
        rising(lambda v: math.log(v) if v > 0 else 0.0, 0.02),
        "1 / {x}",
        ("1 / ({x} + 1)", "{x}", "1 / ({x} * {x})"),
        weight=1.5,
        plain=("torch.log({x})",),
        functions=("torch.log2({x}) * 0.6931471805599453", "torch.log10({x}) * 2.302585092994046"),
        by_hand=("-torch.log(1 / {x})", "2 * torch.log(torch.sqrt({x}))"),
        algebra=("torch.log({x} * {x}) / 2", "torch.log(4 * {x}) - 1.3862943611198906"),
        views=("{x}.clone().log_()",),
    ),
    unary(
        "log1p",
        lambda x: x.log1p(),
        rising(lambda v: math.log1p(v) if v > -1 else 0.0, -0.9),
        "1 / (1 + {x})",
        ("1 / {x}.abs().clamp_min(0.1)", "1 / (2 + {x})"),
        plain=("torch.log1p({x})",),
        functions=("torch.special.log1p({x})",),
        by_hand=("torch.log(1 + {x})",),
        algebra=("-torch.log(1 / (1 + {x}))",),
        views=("{x}.clone().log1p_()",),
    ),
    unary(
        "expm1",
        lambda x: x.expm1(),
        rising(lambda v: math.expm1(min(v, 700))),
        "{o} + 1",
        ("{o}",),
        plain=("torch.expm1({x})",),
        by_hand=("torch.exp({x}) - 1",),
        algebra=("2 * torch.exp({x} / 2) * torch.sinh({x} / 2)",),
        views=("{x}.clone().expm1_()",),
    ),
    unary(
        "sqrt",
        lambda x: x.sqrt(),
        rising(lambda v: math.sqrt(max(v, 0)), 0.02),
        "0.5 / {o}",
        ("1 / {o}", "0.5 / {x}", "0.5 * {o}"),
        weight=1.5,
        plain=("torch.sqrt({x})",),
        functions=("{x} ** 0.5", "torch.pow({x}, 0.5)"),
        by_hand=("torch.exp(torch.log({x}) / 2)",),
        algebra=("{x} * torch.rsqrt({x})", "{x} / torch.sqrt({x})"),
        views=("{x}.clone().sqrt_()",),
    ),
    unary(
        "square",
        lambda x: x * x,
        lambda x: tuple(v * v for v in magnitude(x)),
        "2 * {x}",
        ("{x}", "2", "2 * {x} * {x}"),
        weight=2.5,
        plain=("torch.square({x})",),
        functions=("{x} ** 2", "torch.pow({x}, 2)"),
        by_hand=("{x} * {x}",),
        algebra=("({x} + 1) * ({x} - 1) + 1", "{x}.abs() ** 2", "(-{x}) * (-{x})"),
        views=("{x}.clone().mul_({x})",),
    ),
    unary(
        "sin",
        lambda x: x.sin(),
        within(-1, 1, -1100, 1100),
        "torch.cos({x})",
        ("-torch.cos({x})", "torch.sin({x})", "1 - {o} * {o}"),
        plain=("torch.sin({x})",),
        functions=("torch.cos({x} - 1.5707963267948966)",),
        by_hand=("2 * torch.sin({x} / 2) * torch.cos({x} / 2)",),
        algebra=("-torch.sin(-{x})",),
        views=("{x}.clone().sin_()",),
    ),
    unary(
        "cos",
        lambda x: x.cos(),
        within(-1, 1, -1100, 1100),
        "-torch.sin({x})",
        ("torch.sin({x})", "-torch.cos({x})"),
        plain=("torch.cos({x})",),
        by_hand=("1 - 2 * torch.sin({x} / 2) ** 2",),
        algebra=("torch.cos(-{x})", "2 * torch.cos({x} / 2) ** 2 - 1"),
        views=("{x}.clone().cos_()",),
    ),
    unary(
        "atan",
        lambda x: x.atan(),
        rising(math.atan),
        "1 / (1 + {x} * {x})",
        ("1 / (1 + {x}.abs())", "1 / (1 + {o} * {o})"),
        plain=("torch.atan({x})",),
        functions=("torch.atan2({x}, torch.ones_like({x}))",),
        by_hand=("torch.asin({x} / torch.sqrt(1 + {x} * {x}))",),
        views=("{x}.clone().atan_()",),
    ),
    unary(
        "asinh",
        lambda x: x.asinh(),
        rising(math.asinh),
        "1 / torch.sqrt(1 + {x} * {x})",
        ("1 / (1 + {x} * {x})",),
        plain=("torch.asinh({x})",),
        by_hand=("torch.sign({x}) * torch.log({x}.abs() + torch.sqrt({x} * {x} + 1))",),
        algebra=("-torch.asinh(-{x})",),
    ),
    unary(
        "cosh",
        lambda x: x.cosh(),
        lambda x: tuple(math.cosh(min(v, 700)) for v in magnitude(x)),
        "torch.sinh({x})",
        ("-torch.sinh({x})", "{o}"),
        plain=("torch.cosh({x})",),
        by_hand=("(torch.exp({x}) + torch.exp(-{x})) / 2",),
        algebra=("1 + 2 * torch.sinh({x} / 2) ** 2",),
    ),
    unary(
        "sinh",
        lambda x: x.sinh(),
        rising(lambda v: math.sinh(max(min(v, 700), -700))),
        "torch.cosh({x})",
        ("{o}",),
        plain=("torch.sinh({x})",),
        by_hand=("(torch.exp({x}) - torch.exp(-{x})) / 2",),
        algebra=("2 * torch.sinh({x} / 2) * torch.cosh({x} / 2)",),
    ),
    unary(
        "erf",
        lambda x: x.erf(),
        within(-1, 1),
        "1.1283791670955126 * torch.exp(-{x} * {x})",
        ("torch.exp(-{x} * {x})", "1.1283791670955126 * torch.exp(-{x})"),
        plain=("torch.erf({x})",),
        functions=("torch.special.erf({x})",),
        algebra=("-torch.erf(-{x})", "1 - torch.erfc({x})"),
        views=("{x}.clone().erf_()",),
    ),
    unary(
        "softplus",
        _softplus,
        rising(_softplus_of),
        "torch.sigmoid({x})",
        ("1 - torch.exp(-{o}) + 0.05", "torch.tanh({x})"),
        weight=1.5,
        plain=("torch.nn.functional.softplus({x})",),
        functions=("torch.logaddexp({x}, torch.zeros_like({x}))", "-torch.nn.functional.logsigmoid(-{x})"),
        by_hand=(
            "torch.log1p(torch.exp({x}))",
            "torch.log(1 + torch.exp({x}))",
            "torch.relu({x}) + torch.log1p(torch.exp(-{x}.abs()))",
        ),
        algebra=("{x} + torch.log1p(torch.exp(-{x}))", "-torch.log(torch.sigmoid(-{x}))"),
    ),
    unary(
        "silu",
        lambda x: x * _sigmoid(x),
        grown(0.3),
        "torch.sigmoid({x}) * (1 + {x} * (1 - torch.sigmoid({x})))",
        ("torch.sigmoid({x})", "torch.sigmoid({x}) + {x} * torch.sigmoid({x})"),
        weight=1.5,
        plain=("torch.nn.functional.silu({x})",),
        functions=("torch.nn.SiLU()({x})",),
        by_hand=("{x} * torch.sigmoid({x})", "{x} / (1 + torch.exp(-{x}))"),
        algebra=("{x} - {x} * torch.sigmoid(-{x})",),
        views=("torch.nn.functional.silu({x}.clone(), inplace=True)",),
    ),
    unary(
        "gelu",
        lambda x: x * (1 + (x / arb(2).sqrt()).erf()) / 2,
        grown(0.2),
        "0.5 * (1 + torch.erf({x} * 0.7071067811865476)) + {x} * torch.exp(-{x} * {x} / 2) * 0.3989422804014327",
        ("0.5 * (1 + torch.erf({x} * 0.7071067811865476))",),
        plain=("torch.nn.functional.gelu({x})",),
        functions=("torch.nn.GELU()({x})", "{x} * torch.special.ndtr({x})"),
        by_hand=("0.5 * {x} * (1 + torch.erf({x} / 2 ** 0.5))",),
        algebra=("{x} * torch.erfc(-{x} * 0.5 ** 0.5) / 2",),
    ),
    unary(
        "gelu_tanh",
        _gelu_tanh,
        grown(0.2),
        plain=("torch.nn.functional.gelu({x}, approximate='tanh')",),
        by_hand=("0.5 * {x} * (1 + torch.tanh((2 / torch.pi) ** 0.5 * ({x} + 0.044715 * {x} ** 3)))",),
        algebra=("{x} * torch.sigmoid(2 * (2 / torch.pi) ** 0.5 * ({x} + 0.044715 * {x} * {x} * {x}))",),
    ),
    unary(
        "relu",
        lambda x: _if(x, 0, lambda: x, lambda: arb(0)),
        lambda x: (max(x[0], 0.0), max(x[1], 0.0)),
        "({x} > 0).to({x}.dtype)",
        ("1 + 0 * {x}", "({x} > 0.5).to({x}.dtype)", "({o} > 0) * {o}"),
        weight=2,
        plain=("torch.relu({x})",),
        functions=("torch.nn.functional.relu({x})", "torch.nn.functional.threshold({x}, 0, 0)"),
        by_hand=("torch.where({x} > 0, {x}, torch.zeros_like({x}))", "{x} * ({x} > 0)"),
        algebra=("({x} + {x}.abs()) / 2", "-torch.minimum(-{x}, torch.zeros_like({x}))"),
        views=("{x}.clone().relu_()", "{x}.masked_fill({x} <= 0, 0.0)"),
    ),
    unary(
        "leaky_relu",
        lambda x: _if(x, 0, lambda: x, lambda: x * arb(0.01)),
        lambda x: (min(x[0], 0.0), max(x[1], 0.0)),
        "torch.where({x} > 0, 1.0, 0.01).to({x}.dtype)",
        ("({x} > 0).to({x}.dtype)", "torch.where({x} > 0, 1.0, 0.1).to({x}.dtype)"),
        plain=("torch.nn.functional.leaky_relu({x})",),
        by_hand=("torch.where({x} > 0, {x}, 0.01 * {x})",),
        algebra=("torch.relu({x}) - 0.01 * torch.relu(-{x})",),
        views=("torch.nn.functional.leaky_relu({x}.clone(), inplace=True)",),
    ),
    unary(
        "elu",
        lambda x: _if(x, 0, lambda: x, lambda: x.expm1()),
        lambda x: (-1.0, max(x[1], 0.0)),
        "torch.where({x} > 0, 1.0, torch.exp(torch.clamp({x}, max=0)))",
        ("torch.where({x} > 0, 1.0, torch.expm1(torch.clamp({x}, max=0)))",),
        plain=("torch.nn.functional.elu({x})",),
        functions=("torch.nn.functional.celu({x})",),
        by_hand=(
            "torch.where({x} > 0, {x}, torch.expm1(torch.clamp({x}, max=0)))",
            "torch.relu({x}) + torch.expm1(-torch.relu(-{x}))",
        ),
        algebra=("torch.where({x} > 0, {x}, torch.exp(torch.clamp({x}, max=0)) - 1)",),
    ),
    unary(
        "abs",
        lambda x: abs(x),
        lambda x: magnitude(x),
        "torch.sign({x})",
        ("1 + 0 * {x}", "-torch.sign({x})", "torch.tanh({x})"),
        plain=("torch.abs({x})",),
        functions=("{x}.abs()",),
        by_hand=("torch.where({x} > 0, {x}, -{x})", "torch.maximum({x}, -{x})"),
        algebra=("torch.relu({x}) + torch.relu(-{x})", "{x} * torch.sign({x})"),
    ),
    unary(
        "reciprocal",
        lambda x: 1 / x,
        lambda x: _quotient((1.0, 1.0), x),
        "-{o} * {o}",
        ("{o} * {o}", "-{o}"),
        plain=("torch.reciprocal({x})",),
        functions=("1 / {x}",),
        by_hand=("{x} ** -1",),
        algebra=("{x} / ({x} * {x})",),
        views=("{x}.clone().reciprocal_()",),
    ),
    unary(
        "rsqrt",
        lambda x: x.rsqrt(),
        falling(lambda v: 1 / math.sqrt(max(v, 1e-9)), 0.05),
        "-0.5 * {o} / {x}",
        ("-0.5 * {o}", "0.5 * {o} / {x}"),
        plain=("torch.rsqrt({x})",),
        functions=("{x} ** -0.5",),
        by_hand=("1 / torch.sqrt({x})",),
        algebra=("torch.sqrt({x}) / {x}", "torch.exp(-0.5 * torch.log({x}))"),
    ),
    unary(
        "logsigmoid",
        lambda x: -_softplus(-x),
        rising(lambda v: -_softplus_of(-v)),
        "torch.sigmoid(-{x})",
        ("torch.sigmoid({x})",),
        plain=("torch.nn.functional.logsigmoid({x})",),
        functions=("-torch.nn.functional.softplus(-{x})",),
        by_hand=("-torch.log1p(torch.exp(-{x}))", "torch.log(torch.sigmoid({x}))"),
        algebra=("{x} - torch.nn.functional.softplus({x})", "-torch.relu(-{x}) - torch.log1p(torch.exp(-{x}.abs()))"),
    ),
    unary(
        "softsign",
        lambda x: x / (1 + abs(x)),
        within(-1, 1),
        "1 / (1 + {x}.abs()) ** 2",
        ("1 / (1 + {x}.abs())",),
        plain=("torch.nn.functional.softsign({x})",),
        by_hand=("{x} / (1 + {x}.abs())",),
        algebra=("torch.sign({x}) * (1 - 1 / (1 + {x}.abs()))",),
    ),
    unary(
        "mish",
        lambda x: x * _softplus(x).tanh(),
        grown(0.4),
        plain=("torch.nn.functional.mish({x})",),
        by_hand=("{x} * torch.tanh(torch.nn.functional.softplus({x}))",),
        algebra=("{x} * (1 - 2 / ((1 + torch.exp({x})) ** 2 + 1))",),
    ),
    unary(
        "huber",
        lambda x: _if(abs(x), 1, lambda: abs(x) - arb(0.5), lambda: x * x / 2),
        lambda x: (0.0, magnitude(x)[1]),
        "torch.clamp({x}, -1, 1)",
        ("{x}", "torch.sign({x})"),
        plain=("torch.nn.functional.huber_loss({x}, torch.zeros_like({x}), reduction='none')",),
        functions=("torch.nn.functional.smooth_l1_loss({x}, torch.zeros_like({x}), reduction='none')",),
        by_hand=("torch.where({x}.abs() <= 1, {x} * {x} / 2, {x}.abs() - 0.5)",),
        algebra=("torch.clamp({x}, -1, 1) * ({x} - torch.clamp({x}, -1, 1) / 2)",),
    ),
    unary(
        "clamp",
        lambda x, k, m: _if(x, m, lambda: arb(m), lambda: _if(x, k, lambda: x, lambda: arb(k))),
        lambda x, k, m: (max(x[0], k), max(min(x[1], m), k)),
        "(({x} >= {k}) & ({x} <= {m})).to({x}.dtype)",
        ("1 + 0 * {x}", "({x} <= {m}).to({x}.dtype)"),
        symgrad="clamp({x}, {k}, {m})",
        constants=((-0.75, 0.8), (-1.0, 1.0), (-3.0, 2.5), (0.1, 20.0)),
        plain=("torch.clamp({x}, {k}, {m})",),
        functions=("{x}.clip({k}, {m})",),
        by_hand=("torch.where({x} < {k}, torch.full_like({x}, {k}), torch.where({x} > {m}, torch.full_like({x}, {m}), {x}))",),
        views=("{x}.clone().clamp_({k}, {m})",),
        algebra=("torch.minimum(torch.maximum({x}, torch.full_like({x}, {k})), torch.full_like({x}, {m}))",),
    ),
    unary(
        "cube",
        lambda x: x**3,
        rising(lambda v: v**3),
        "3 * {x} * {x}",
        ("{x} * {x}", "3 * {x}"),
        symgrad="power({x}, 3)",
        plain=("{x} ** 3",),
        functions=("torch.pow({x}, 3)",),
        by_hand=("{x} * {x} * {x}",),
        algebra=("{x} ** 2 * {x}", "{x} ** 4 / {x}"),
    ),
    unary(
        "power",
        lambda x, k: x ** arb(k),
        lambda x, k: tuple(sorted(v**k for v in x)) if x[0] > 0.05 else None,
        "{k} * {x} ** ({k} - 1)",
        ("{x} ** ({k} - 1)", "{k} * {x} ** {k}"),
        symgrad="power({x}, {k})",
        constants=((1.5,), (-0.5,), (2.5,), (-2.0,), (0.25,)),
        plain=("{x} ** {k}",),
        functions=("torch.pow({x}, {k})",),
        by_hand=("torch.exp({k} * torch.log({x}))",),
        algebra=("{x} * {x} ** ({k} - 1)",),
    ),
    unary(
        "atanh",
        lambda x: x.atanh(),
        rising(lambda v: math.atanh(max(min(v, 0.99), -0.99)), -0.95, 0.95),
        "1 / (1 - {x} * {x})",
        ("1 / (1 + {x} * {x})",),
        plain=("torch.atanh({x})",),
        by_hand=("torch.log((1 + {x}) / (1 - {x})) / 2",),
        algebra=("(torch.log1p({x}) - torch.log1p(-{x})) / 2",),
    ),
    unary(
        "gammaln",
        lambda x: x.lgamma(),
        lambda x: (-0.2, max(math.lgamma(v) for v in x) + 0.1) if x[0] > 0.1 else None,
        "torch.digamma({x})",
        ("1 / {x}",),
        plain=("torch.lgamma({x})",),
        functions=("torch.special.gammaln({x})",),
        by_hand=("torch.lgamma(1 + {x}) - torch.log({x})",),
        weight=0.4,
    ),
    unary(
        "negative",
        lambda x: -x,
        lambda x: (-x[1], -x[0]),
        "-1 + 0 * {x}",
        ("1 + 0 * {x}",),
        plain=("-{x}",),
        functions=("torch.neg({x})",),
        by_hand=("0 - {x}",),
        algebra=("{x} - 2 * {x}",),
        views=("{x}.clone().neg_()",),
        weight=0.5,
    ),
    unary(
        "tanhshrink",
        lambda x: x - x.tanh(),
        rising(lambda v: v - math.tanh(v)),
        "{x}.tanh() ** 2",
        ("1 + 0 * {x}",),
        plain=("torch.nn.functional.tanhshrink({x})",),
        by_hand=("{x} - torch.tanh({x})",),
        weight=0.6,
    ),
    unary(
        "selu",
        _selu,
        lambda x: (-1.8, max(1.06 * x[1], 0.0)),
        plain=("torch.nn.functional.selu({x})",),
        by_hand=("1.0507009873554805 * torch.where({x} > 0, {x}, 1.6732632423543772 * torch.expm1(torch.clamp({x}, max=0)))",),
        weight=0.6,
    ),
    unary(
        "hardswish",
        lambda x: x * _if(x, 3, lambda: arb(1), lambda: _if(x, -3, lambda: x / 6 + arb(1) / 2, lambda: arb(0))),
        grown(0.4),
        plain=("torch.nn.functional.hardswish({x})",),
        by_hand=("{x} * torch.clamp({x} + 3, 0, 6) / 6",),
        functions=("{x} * torch.nn.functional.hardsigmoid({x})",),
        weight=0.6,
    ),
    unary(
        "scaled",
        lambda x, k: x * arb(k),
        lambda x, k: tuple(sorted(v * k for v in x)),
        "{k} + 0 * {x}",
        ("1 + 0 * {x}", "1 / {k} + 0 * {x}"),
        symgrad="{k} * {x}",
        constants=((0.5,), (3.0,), (-1.5,), (0.125,), (10.0,)),
        plain=("{k} * {x}",),
        functions=("torch.mul({x}, {k})",),
        by_hand=("{x} / (1 / {k})",),
        algebra=("({k} - 1) * {x} + {x}",),
        views=("{x}.clone().mul_({k})",),
    ),
    unary(
        "shifted",
        lambda x, k: x + arb(k),
        lambda x, k: (x[0] + k, x[1] + k),
        "1 + 0 * {x}",
        (),
        symgrad="add({x}, {k})",
        constants=((1.0,), (-0.5,), (4.0,)),
        plain=("{x} + {k}",),
        functions=("torch.add({x}, {k})",),
        by_hand=("{k} + {x}",),
        algebra=("{x} - (-{k})",),
        views=("{x}.clone().add_({k})",),
    ),
)


def binary(
    name: str,
    truth: Callable[..., Any],
    range_: Range,
    derivatives: tuple[str, str] | None = None,
    wrong: tuple[tuple[str, str], ...] = (),
    symgrad: str = "",
    weight: float = 1.0,
    **torch: tuple[str, ...],
) -> Operation:
    """A function of two operands that broadcast; `derivatives` are the local ones."""
    bring = ("fit({{g}} * ({0}), {{x}})", "fit({{g}} * ({0}), {{y}})")
    whole = tuple(b.format(d) for b, d in zip(bring, derivatives, strict=True)) if derivatives else ()
    mutated = tuple(("wrong derivative", tuple(b.format(d) for b, d in zip(bring, pair, strict=True))) for pair in wrong)
    return Operation(
        name,
        symgrad or f"{name}({{x}}, {{y}})",
        {style.replace("_", " "): s for style, s in torch.items()},
        _each(truth, 2),
        range_,
        _broadcast,
        arity=2,
        elementwise=True,
        backward=whole,
        wrong=mutated,
        weight=weight,
    )


def _logaddexp(a: Any, b: Any) -> Any:
    return a + _softplus(b - a)


BINARY: tuple[Operation, ...] = (
    binary(
        "add",
        lambda a, b: a + b,
        lambda x, y: (x[0] + y[0], x[1] + y[1]),
        ("1", "1"),
        (("1", "-1"), ("1", "2")),
        weight=3,
        plain=("{x} + {y}",),
        functions=("torch.add({x}, {y})",),
        by_hand=("{x} - (-{y})",),
        algebra=("-(-{x} - {y})", "({x} + 2 * {y}) - {y}"),
        loops=("sum([{x}, {y}])",),
    ),
    binary(
        "subtract",
        lambda a, b: a - b,
        lambda x, y: (x[0] - y[1], x[1] - y[0]),
        ("1", "-1"),
        (("1", "1"), ("-1", "1")),
        weight=2.5,
        plain=("{x} - {y}",),
        functions=("torch.sub({x}, {y})",),
        by_hand=("{x} + (-{y})",),
        algebra=("-({y} - {x})", "torch.lerp({x} + 0 * {y}, -{y} + {x} * 0, 0.5) * 2"),
    ),
    binary(
        "hadamard",
        lambda a, b: a * b,
        _product,
        ("{y}", "{x}"),
        (("{x}", "{y}"), ("{y}", "1"), ("0", "{x}"), ("{y}", "-{x}")),
        weight=3,
        plain=("{x} * {y}",),
        functions=("torch.mul({x}, {y})",),
        by_hand=("{y} * {x}",),
        algebra=("{x} * ({y} - 1) + {x}", "(({x} + {y}) ** 2 - ({x} - {y}) ** 2) / 4", "(-{x}) * (-{y})"),
    ),
    binary(
        "divide",
        lambda a, b: a / b,
        _quotient,
        ("1 / {y}", "-{o} / {y}"),
        (("1 / {y}", "-1 / {y}"), ("1 / {y}", "{o} / {y}"), ("1 / {y}", "0"), ("{y}", "-{o} / {y}")),
        weight=2,
        plain=("{x} / {y}",),
        functions=("torch.div({x}, {y})", "torch.true_divide({x}, {y})"),
        by_hand=("{x} * (1 / {y})", "{x} * {y} ** -1"),
        algebra=("{x} * {y} / ({y} * {y})", "torch.reciprocal({y}) * {x}"),
    ),
    binary(
        "maximum",
        lambda a, b: a if a > b else b,
        lambda x, y: (max(x[0], y[0]), max(x[1], y[1])),
        ("({x} > {y}).to({o}.dtype)", "({x} <= {y}).to({o}.dtype)"),
        (("({x} > {y}).to({o}.dtype)", "1"), ("({x} < {y}).to({o}.dtype)", "({x} >= {y}).to({o}.dtype)")),
        plain=("torch.maximum({x}, {y})",),
        functions=("torch.fmax({x}, {y})", "torch.max({x}, {y})"),
        by_hand=("torch.where({x} > {y}, {x}, {y})",),
        algebra=("{y} + torch.relu({x} - {y})", "({x} + {y} + ({x} - {y}).abs()) / 2"),
    ),
    binary(
        "minimum",
        lambda a, b: a if a < b else b,
        lambda x, y: (min(x[0], y[0]), min(x[1], y[1])),
        ("({x} < {y}).to({o}.dtype)", "({x} >= {y}).to({o}.dtype)"),
        (("({x} < {y}).to({o}.dtype)", "1"),),
        plain=("torch.minimum({x}, {y})",),
        functions=("torch.min({x}, {y})",),
        by_hand=("torch.where({x} < {y}, {x}, {y})",),
        algebra=("-torch.maximum(-{x}, -{y})", "{x} - torch.relu({x} - {y})"),
    ),
    binary(
        "hypot",
        lambda a, b: (a * a + b * b).sqrt(),
        lambda x, y: (math.hypot(magnitude(x)[0], magnitude(y)[0]), math.hypot(magnitude(x)[1], magnitude(y)[1])),
        ("{x} / {o}", "{y} / {o}"),
        (("{x}", "{y}"), ("{y} / {o}", "{x} / {o}")),
        plain=("torch.hypot({x}, {y})",),
        by_hand=("torch.sqrt({x} * {x} + {y} * {y})",),
        functions=("torch.sqrt(torch.square({x}) + torch.square({y}))",),
        weight=0.7,
    ),
    binary(
        "logaddexp",
        _logaddexp,
        lambda x, y: (max(x[0], y[0]), max(x[1], y[1]) + 0.7),
        ("torch.sigmoid({x} - {y})", "torch.sigmoid({y} - {x})"),
        (("torch.sigmoid({y} - {x})", "torch.sigmoid({x} - {y})"), ("torch.sigmoid({x} - {y})", "1")),
        plain=("torch.logaddexp({x}, {y})",),
        by_hand=("torch.log(torch.exp({x}) + torch.exp({y}))",),
        functions=("torch.maximum({x}, {y}) + torch.log1p(torch.exp(-({x} - {y}).abs()))",),
        algebra=("{x} + torch.nn.functional.softplus({y} - {x})",),
    ),
    binary(
        "atan2",
        lambda a, b: arb.atan2(a, b),
        lambda x, y: (-1.6, 1.6) if y[0] > 0.05 else None,
        ("{y} / ({x} ** 2 + {y} ** 2)", "-{x} / ({x} ** 2 + {y} ** 2)"),
        (("{x} / ({x} ** 2 + {y} ** 2)", "-{y} / ({x} ** 2 + {y} ** 2)"),),
        plain=("torch.atan2({x}, {y})",),
        by_hand=("torch.atan({x} / {y})",),
        weight=0.6,
    ),
    binary(
        "power_of_two",
        lambda a, b: a**b,
        lambda x, y: tuple(f(u**v for u in x for v in y) for f in (min, max)) if x[0] > 0.1 and max(map(abs, y)) < 20 else None,
        ("{y} * {x} ** ({y} - 1)", "{o} * torch.log({x})"),
        (("{x} ** ({y} - 1)", "{o} * torch.log({x})"), ("{y} * {x} ** ({y} - 1)", "{o}")),
        symgrad="power({x}, {y})",
        plain=("{x} ** {y}",),
        functions=("torch.pow({x}, {y})",),
        by_hand=("torch.exp({y} * torch.log({x}))",),
        weight=0.8,
    ),
    binary(
        "mse_loss",
        lambda a, b: (a - b) ** 2,
        lambda x, y: (0.0, max(abs(x[1] - y[0]), abs(y[1] - x[0])) ** 2),
        ("2 * ({x} - {y})", "2 * ({y} - {x})"),
        (("{x} - {y}", "{y} - {x}"), ("2 * ({x} - {y})", "2 * ({x} - {y})")),
        symgrad="square(subtract({x}, {y}))",
        plain=("({x} - {y}) ** 2",),
        functions=("torch.square({x} - {y})",),
        by_hand=("({x} - {y}) * ({x} - {y})",),
        algebra=("{x} * {x} - 2 * {x} * {y} + {y} * {y}", "({y} - {x}) ** 2"),
        weight=1.5,
    ),
    binary(
        "choice",
        lambda a, b: a * a if a > b else b,
        lambda x, y: (min(0.0, y[0]), max(magnitude(x)[1] ** 2, y[1])),
        ("torch.where({x} > {y}, 2 * {x}, 0.0)", "({x} <= {y}).to({o}.dtype)"),
        (("torch.where({x} > {y}, {x}, 0.0)", "({x} <= {y}).to({o}.dtype)"), ("2 * {x}", "({x} <= {y}).to({o}.dtype)")),
        symgrad="Piecewise(({x}**2, {x} > {y}), ({y}, True))",
        plain=("torch.where({x} > {y}, {x} ** 2, {y})",),
        by_hand=("({x} > {y}) * {x} ** 2 + ({x} <= {y}) * {y}",),
        views=("torch.square({x}).masked_fill({x} <= {y}, 0.0) + {y} * ({x} <= {y})",),
        weight=1.0,
    ),
)

EACH = UNARY + BINARY
