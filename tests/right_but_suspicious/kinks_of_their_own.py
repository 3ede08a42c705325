"""Right, though they have kinks of their own, lose digits near zeros or far out, or switch to a series where it is exact.

EXPECTED: verdict and reason.
"""

import sympy
import torch
import torch.nn.functional as F

from symgrad import (
    Exercise,
    add,
    binary_cross_entropy_with_logits,
    clamp,
    divide,
    gelu,
    hadamard,
    layer_norm,
    leaky_relu,
    log,
    matrix,
    maximum,
    mean,
    norm,
    prod,
    relu,
    scalar,
    sinc,
    softplus,
    square,
    total,
    vector,
)

EXPECTED = {}
A, B = matrix("A", 3, 4), matrix("B", 3, 4)
t, u = scalar("t"), scalar("u")
p = scalar("p", positive=True)
v, g = vector("v", 3), vector("g", 3)


def right(name, reason, loss, program, parameters, **options):
    EXPECTED[name] = "pass", reason
    return Exercise(name=name, loss=loss, parameters=parameters, torch_loss=program, **options)


class Product(torch.autograd.Function):
    """A product that keeps its factors as they are."""

    @staticmethod
    def forward(context, a, b):
        context.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(context, adjoint):
        a, b = context.saved_tensors
        return adjoint * b, adjoint * a


kept = right("kept_as_it_is", "agree", total(square(hadamard(A, B))), lambda A, B: (Product.apply(A, B) ** 2).sum(), [A, B])

# Kinks of the program at 0, where the formula is smooth: PyTorch takes 0 for both slopes, or 1 for both.
identity = right("identity_by_two_relus", "kink", t, lambda t: torch.relu(t) - torch.relu(-t), [t])
clamps = right("identity_by_two_clamps", "kink", total(A), lambda A: (A.clamp(min=0) + A.clamp(max=0)).sum(), [A])
by_the_book = right(
    "cross_entropy_by_clamp_and_abs",
    "kink",
    mean(binary_cross_entropy_with_logits(A, B)),
    lambda A, B: (A.clamp(min=0) - A * B + torch.log1p(torch.exp(-A.abs()))).mean(),
    [A],
    domain={"B": (0.01, 1)},
)
leaky = right("leaky_relu_by_two_relus", "kink", leaky_relu(t, 0.1), lambda t: torch.relu(t) - 0.1 * torch.relu(-t), [t])
ramps = right("ramp_above_another", "agree", maximum(t, u), lambda t, u: torch.relu(t - u) + u, [t])
stable_softplus = right(
    "softplus_by_relu_and_abs", "kink", softplus(t), lambda t: torch.relu(t) + torch.log1p(torch.exp(-t.abs())), [t]
)
# |t|·|t| is smooth, and so is what PyTorch says of it.
squared_size = right("square_of_the_size", "agree", square(t), lambda t: t.abs() * t.abs(), [t])
sum_of_both = right("greater_and_smaller", "agree", t + u, lambda t, u: torch.maximum(t, u) + torch.minimum(t, u), [t, u])


def good_series(t):
    small = t.abs() < 1e-2
    safe = torch.where(small, torch.ones_like(t), t)
    s = t * t
    return torch.where(small, 1 - s / 6 * (1 - s / 20 * (1 - s / 42)), torch.sin(safe) / safe)


series = right("sinc_by_its_series", "agree", sinc(t / sympy.pi), good_series, [t])
length = right(
    "length_with_a_tiny_floor",
    "agree",
    total(hadamard(g, divide(v, norm(v)))),
    lambda g, v: (g * F.normalize(v, dim=0)).sum(),
    [v],
)
naive_softplus = right("softplus_by_log_of_one_and_exp", "agree", softplus(t), lambda t: torch.log(1 + torch.exp(t)), [t])
naive_entropy = right(
    "cross_entropy_by_two_logs",
    "agree",
    binary_cross_entropy_with_logits(t, u),
    lambda t, u: -(u * torch.log(torch.sigmoid(t)) + (1 - u) * torch.log(1 - torch.sigmoid(t))),
    [t],
    domain={"u": (0.1, 0.9)},
)
by_parts = right("gelu_by_erf", "agree", gelu(t), lambda t: t / 2 * (1 + torch.erf(t / 2**0.5)), [t])
product = right("product_of_three", "agree", prod(v), lambda v: v[0] * v[1] * v[2], [v])
x, w, b, c = matrix("x", 2, 4), matrix("w", 1, 4), matrix("b", 1, 4), matrix("c", 2, 4)
layer = right(
    "layer_norm_with_weight",
    "agree",
    total(hadamard(c, add(hadamard(layer_norm(x, axis=1), w), b))),
    lambda x, w, b, c: (c * F.layer_norm(x, (4,), w[0], b[0])).sum(),
    [x, w, b],
)
ramp = right("ramp_at_zero", "agree", relu(t) * u, lambda t, u: torch.relu(t) * u, [t, u])
halves = right("halves_at_ties", "agree", total(maximum(A, B)), lambda A, B: torch.maximum(A, B).sum(), [A, B])
ends = right("held_within_ends", "agree", square(clamp(t, -1, 1)) + t, lambda t: t.clamp(-1, 1) ** 2 + t, [t])
entropy = right("small_times_log", "agree", p * log(p), lambda p: p * torch.log(p), [p])
# Equal everywhere, so that every point lies on the kink: looked at as a last resort.
always = right("tie_everywhere", "agree", maximum(t * (u + 1), t * u + t), lambda t, u: t * u + t, [t, u])
