"""Wrong in few places: near zeros, ties, thresholds and ends, far out, or in digits that short numbers don't have.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import math

import sympy
import torch
import torch.nn.functional as F

from symgrad import (
    Exercise,
    add,
    divide,
    gelu,
    hadamard,
    huber_loss,
    layer_norm,
    log,
    matrix,
    maximum,
    norm,
    normalize,
    prod,
    relu,
    scalar,
    sigmoid,
    sinc,
    softplus,
    sqrt,
    square,
    subtract,
    tanh,
    total,
    vector,
)

EXPECTED = {}
A, B, G = matrix("A", 3, 4), matrix("B", 3, 4), matrix("G", 3, 4)
t, u = scalar("t"), scalar("u")
p = scalar("p", positive=True)
v, g = vector("v", 3), vector("g", 3)


def wrong(name, reason, loss, program, parameters, wrong=None, **options):
    EXPECTED[name] = ("fail", reason, *(str(s.name) for s in (parameters if wrong is None else wrong)))
    return Exercise(name=name, loss=loss, parameters=parameters, torch_loss=program, **options)


def custom(forward, backward):
    """An operation of one operand with a backward of its own, ``backward(adjoint, x)``."""

    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(context, adjoint):
            return backward(adjoint, *context.saved_tensors)

    return Custom.apply


def rounded_product(kept):
    """A product that keeps its factors in another form."""

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(context, a, b):
            context.save_for_backward(kept(a), kept(b))
            return a * b

        @staticmethod
        def backward(context, adjoint):
            a, b = (saved.to(adjoint.dtype) for saved in context.saved_tensors)
            return adjoint * b, adjoint * a

    return Product.apply


def straight_through(function):
    return custom(function, lambda adjoint, x: adjoint)


half, brain = rounded_product(torch.Tensor.half), rounded_product(torch.Tensor.bfloat16)
coded = rounded_product(lambda x: torch.round(x * 1024) / 1024)
decimals, grid = (straight_through(f) for f in (lambda x: torch.round(x, decimals=5), lambda x: torch.round(x * 4096) / 4096))

product = total(square(hadamard(A, B)))
in_float16 = wrong("kept_in_float16", "autograd_wrong", product, lambda A, B: (half(A, B) ** 2).sum(), [A, B])
in_bfloat16 = wrong("kept_in_bfloat16", "autograd_wrong", product, lambda A, B: (brain(A, B) ** 2).sum(), [A, B])
in_steps = wrong("kept_in_steps_of_1024", "autograd_wrong", product, lambda A, B: (coded(A, B) ** 2).sum(), [A, B])
to_decimals = wrong("rounded_to_decimals", "losses_differ", total(tanh(A)), lambda A: torch.tanh(decimals(A)).sum(), [A])
to_a_grid = wrong("rounded_to_a_grid", "losses_differ", total(tanh(A)), lambda A: torch.tanh(grid(A)).sum(), [A])


def short_series(t):
    small = t.abs() < 5e-3
    safe = torch.where(small, torch.ones_like(t), t)
    return torch.where(small, 1 - t * t / 3, torch.sin(safe) / safe)


series = wrong("sinc_by_a_wrong_series", "losses_differ", sinc(t / sympy.pi), short_series, [t])
tanh_series = wrong(
    "tanh_linear_near_zero",
    "losses_differ",
    total(tanh(A)),
    lambda A: torch.where(A.abs() < 2e-2, A, torch.tanh(A)).sum(),
    [A],
)
length = wrong(
    "length_at_least_a_thousandth",
    "losses_differ",
    total(hadamard(g, divide(v, norm(v)))),
    lambda g, v: (g * F.normalize(v, dim=0, eps=1e-3)).sum(),
    [v],
)
rows = wrong(
    "rows_of_at_least_a_thousandth",
    "losses_differ",
    total(hadamard(G, normalize(A, axis=1))),
    lambda A, G: (G * A / A.norm(dim=1, keepdim=True).clamp(min=1e-3)).sum(),
    [A],
)
slope_cut = wrong(
    "slope_of_tanh_cut_near_zero",
    "autograd_wrong",
    total(tanh(A)),
    lambda A: custom(torch.tanh, lambda adjoint, x: adjoint * (1 - torch.tanh(x) ** 2) * (x.abs() > 1e-4))(A).sum(),
    [A],
)
root = wrong("root_with_epsilon", "losses_differ", sqrt(p), lambda p: torch.sqrt(p.clamp(min=1e-3)), [p])
logarithm = wrong("log_of_at_least", "losses_differ", p * log(p), lambda p: p * torch.log(p.clamp(min=1e-3)), [p])
softplus_5 = wrong("softplus_linear_above_5", "losses_differ", softplus(t), lambda t: F.softplus(t, threshold=5), [t])
tail = wrong("gelu_without_tail", "losses_differ", gelu(t), lambda t: torch.where(t > 3, t, F.gelu(t)), [t])
capped = wrong("exp_capped_at_10", "losses_differ", sympy.exp(t / 2), lambda t: torch.exp(t.clamp(max=10) / 2), [t])
saturating = wrong(
    "sigmoid_cut_at_6",
    "autograd_wrong",
    sigmoid(t),
    lambda t: custom(torch.sigmoid, lambda adjoint, x: adjoint * torch.sigmoid(x) * torch.sigmoid(-x) * (x.abs() < 6))(t),
    [t],
)
delta = wrong(
    "huber_flat_beside_delta",
    "autograd_wrong",
    huber_loss(t, u),
    lambda t, u: custom(
        lambda d: torch.where(d.abs() <= 1, d * d / 2, d.abs() - 0.5),
        lambda adjoint, d: adjoint * d.clamp(-1, 1) * ((d.abs() - 1).abs() > 1e-3),
    )(t - u),
    [t],
)
near_ties = wrong(
    "both_near_ties",
    "autograd_wrong",
    maximum(t, u),
    lambda t, u: custom(lambda d: torch.relu(d), lambda adjoint, d: adjoint * (d > -1e-3))(t - u) + u,
    [t, u],
)
slope_at_kink = wrong(
    "thousand_for_the_slope_of_relu_at_zero",
    "not_a_subgradient",
    relu(t) * u,
    lambda t, u: custom(torch.relu, lambda adjoint, x: adjoint * ((x > 0) + 1000.0 * (x == 0)))(t) * u,
    [t],
)
end = wrong(
    "wrong_at_the_end",
    "losses_differ",
    square(t),
    lambda t: torch.where(t < 0.995, t * t, 2 * t * t - 0.5),
    [t],
    domain={"t": (0, 1)},
)


class FromOutput(torch.autograd.Function):
    """A product with a weight that takes its input back from its output: nan where the weight is 0."""

    @staticmethod
    def forward(context, x, w):
        y = x * w
        context.save_for_backward(y, w)
        return y.clone()

    @staticmethod
    def backward(context, adjoint):
        y, w = context.saved_tensors
        return adjoint * w, adjoint * y / w


at_zero = wrong(
    "nan_where_a_weight_is_zero",
    "autograd_wrong",
    total(square(hadamard(A, B))),
    lambda A, B: (FromOutput.apply(A, B) ** 2).sum(),
    [A, B],
    wrong=[B],
)
of_product = wrong(
    "product_over_its_factors",
    "autograd_wrong",
    prod(v),
    lambda v: custom(lambda x: x.prod(), lambda adjoint, x: adjoint * x.prod() / x)(v),
    [v],
)
x, w, b = matrix("x", 2, 4), matrix("w", 1, 4), matrix("b", 1, 4)
c = matrix("c", 2, 4)


class Norm(torch.autograd.Function):
    """A layer norm that divides by its weight in backward."""

    @staticmethod
    def forward(context, x, w):
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, unbiased=False, keepdim=True)
        scale = torch.rsqrt(variance + 1e-5)
        y = (x - mean) * scale * w
        context.save_for_backward(y, w, scale)
        return y.clone()

    @staticmethod
    def backward(context, adjoint):
        y, w, scale = context.saved_tensors
        h, d = y / w, adjoint * w
        dx = scale * (d - d.mean(-1, keepdim=True) - h * (d * h).mean(-1, keepdim=True))
        return dx, (adjoint * h).sum(0, keepdim=True)


norm_at_zero = wrong(
    "layer_norm_over_its_weight",
    "autograd_wrong",
    total(hadamard(c, add(hadamard(layer_norm(x, axis=1), w), b))),
    lambda x, w, b, c: (c * (Norm.apply(x, w) + b)).sum(),
    [x, w, b],
    wrong=[x, w],
)
garbage = wrong(
    "garbage_at_zero",
    "autograd_wrong",
    square(t) + t,
    lambda t: custom(lambda x: x * x + x, lambda adjoint, x: adjoint * torch.where(x == 0, 100 * math.pi, 2 * x + 1))(t),
    [t],
)
squares = wrong(
    "squares_of_differences_flat_at_ties",
    "losses_differ",
    total(square(subtract(A, B))),
    lambda A, B: (torch.where((A - B).abs() < 1e-2, 0 * A, A - B) ** 2).sum(),
    [A, B],
)
