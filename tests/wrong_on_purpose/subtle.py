"""Small mistakes in losses, normalisations, running results and special functions, as they are made.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import math

import torch
import torch.nn.functional as F
from sympy import Piecewise

from symgrad import (
    Exercise,
    add,
    atan2,
    batch_norm,
    binary_cross_entropy,
    cosine_similarity,
    cross_entropy,
    cumprod,
    cumsum,
    elu,
    entr,
    erf,
    gammainc,
    gammaln,
    gaussian_nll_loss,
    gelu,
    glu,
    group_norm,
    hadamard,
    i1,
    inverse,
    kl_div,
    layer_norm,
    log,
    log_ndtr,
    log_softmax,
    logcumsumexp,
    logdet,
    logsumexp,
    matrix,
    mean,
    multilabel_soft_margin_loss,
    ndtr,
    norm,
    normalize,
    pairwise_distance,
    poisson_nll_loss,
    polygamma,
    prelu,
    prod,
    rms_norm,
    scalar,
    sigmoid,
    sin,
    smooth_l1_loss,
    softmin,
    softplus,
    square,
    std,
    total,
    triplet_margin_loss,
    var,
    vector,
)
from symgrad import round as nearest

A, B = matrix("A", 3, 3), matrix("B", 3, 3)
p, q, t, n = (vector(name, 4) for name in ("p", "q", "t", "n"))
w, x, y, z = map(scalar, ("w", "x", "y", "z"))

EXPECTED, exercises = {}, []


def case(name, reason, loss, torch_loss, *guilty, parameters=(), **options):
    EXPECTED[name] = "fail", reason, *guilty
    exercises.append(Exercise(name=name, loss=loss, parameters=[*guilty, *parameters], torch_loss=torch_loss, **options))


def another(name, *arguments, **options):
    """Another function than the one that was meant."""
    case(name, "losses_differ", *arguments, **options)


def wrong(name, *arguments, **options):
    """The right value with a wrong gradient."""
    case(name, "autograd_wrong", *arguments, **options)


def custom(value, derivative):
    """An operation of one operand with this value and, beside the adjoint, this derivative."""

    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return value(z)

        @staticmethod
        def backward(context, adjoint):
            return derivative(adjoint, context.saved_tensors[0])

    return Custom.apply


# Normalisations along rows. The adjoint is (g − mean g − v mean(g v))/σ.
EPS = 1e-5


def spread(a, eps=EPS):
    return torch.sqrt(a.var(-1, correction=0, keepdim=True) + eps)


def centred(a):
    return a - a.mean(-1, keepdim=True)


def standard(a):
    return centred(a) / spread(a)


def means(g):
    return g.mean(-1, keepdim=True)


def layer(name, wrongly, value):
    """A mistake in the value of a layer_norm."""
    wrongly(name, total(hadamard(layer_norm(A, axis=1), B)), lambda A, B: (value(A) * B).sum(), "A")


def layer_backward(name, derivative):
    """A mistake in its backward."""
    layer(name, wrong, custom(standard, lambda g, a: derivative(g, standard(a), spread(a))))


layer("eps_outside_the_root", another, lambda a: centred(a) / (torch.sqrt(a.var(-1, correction=0, keepdim=True)) + EPS))
layer("eps_left_out", another, lambda a: centred(a) / spread(a, 0.0))
layer("eps_of_another_framework", another, lambda a: F.layer_norm(a, (3,), eps=1e-6))
layer("unbiased_layer_norm", another, lambda a: centred(a) / torch.sqrt(a.var(-1, keepdim=True) + EPS))
layer("layer_norm_over_columns", another, lambda a: F.layer_norm(a.T, (3,)).T)
layer("layer_norm_over_all", another, lambda a: F.layer_norm(a, (3, 3)))
layer("spread_detached", wrong, lambda a: centred(a) / spread(a).detach())
layer("mean_detached", wrong, lambda a: (a - means(a).detach()) / spread(a))
layer_backward("mean_forgotten", lambda g, v, s: (g - v * means(g * v)) / s)
layer_backward("projection_forgotten", lambda g, v, s: (g - means(g)) / s)
layer_backward("only_scaled", lambda g, v, s: g / s)
layer_backward("projection_added", lambda g, v, s: (g - means(g) + v * means(g * v)) / s)
layer_backward("layer_norm_off_by_1e-9", lambda g, v, s: (g - means(g) - v * means(g * v)) / s * (1 + 1e-9))


def rms(a, eps=0.0):
    return torch.sqrt((a**2).mean(-1, keepdim=True) + eps)


rms_loss = total(hadamard(rms_norm(A, axis=1), B))
another("rms_norm_with_eps", rms_loss, lambda A, B: (A / rms(A, 1e-6) * B).sum(), "A")
wrong("rms_detached", rms_loss, lambda A, B: (A / rms(A).detach() * B).sum(), "A")

batch_loss = total(hadamard(batch_norm(A), B))
another("batch_norm_of_rows", batch_loss, lambda A, B: (F.batch_norm(A.T, None, None, training=True).T * B).sum(), "A")
another("batch_norm_not_training", batch_loss, lambda A, B: (F.batch_norm(A, torch.zeros(3), torch.ones(3)) * B).sum(), "A")
C, D = matrix("C", 2, 4), matrix("D", 2, 4)
another("one_group_for_two", total(hadamard(group_norm(C, 2), D)), lambda C, D: (F.group_norm(C, 1) * D).sum(), "C")

# Statistics and norms.
another("biased_variance", var(p), lambda p: p.var(correction=0), "p")
another("root_with_a_little_added", std(p), lambda p: torch.sqrt(p.var() + 1e-12), "p")
wrong("variance_backward_by_n", var(p), lambda p: custom(torch.var, lambda g, p: g * 2 * (p - p.mean()) / 4)(p), "p")
wrong(
    "norm_of_order_3_backward",
    norm(p, 3),
    lambda p: custom(lambda p: torch.linalg.vector_norm(p, 3), lambda g, p: g * p * p.abs())(p),
    "p",
)
wrong(
    "length_detached",
    total(hadamard(normalize(p), q)),
    lambda p, q: (p / torch.linalg.vector_norm(p).detach() * q).sum(),
    "p",
)
wrong(
    "lengths_detached",
    cosine_similarity(p, q),
    lambda p, q: (p * q).sum() / (torch.linalg.vector_norm(p) * torch.linalg.vector_norm(q)).detach(),
    "p",
    "q",
)
another("mean_over_the_wrong_axis", total(square(mean(A, axis=0))), lambda A: (A.mean(1) ** 2).sum(), "A")
wrong(
    "mean_as_a_total_in_backward",
    total(square(mean(A, axis=0))),
    lambda A: (custom(lambda a: a.mean(0), lambda g, a: g.expand_as(a))(A) ** 2).sum(),
    "A",
)

# Classification.
smoothed = cross_entropy(p, t, label_smoothing=0.1)
TARGETS = {"t": (0, 1)}


def forward_of(value, backward):
    """The value of one thing with the gradient of another."""
    return backward + (value - backward).detach()


def entropy(p, t):
    return -(t * torch.log_softmax(p, 0)).sum()


wrong(
    "smoothing_forgotten_in_backward",
    smoothed,
    lambda p, t: forward_of(entropy(p, 0.9 * t + 0.025), entropy(p, t)),
    "p",
    domain=TARGETS,
)
another("smoothing_over_the_others", smoothed, lambda p, t: entropy(p, 0.9 * t + 0.1 / 3 * (1 - t)), "p", domain=TARGETS)
wrong(
    "softmax_less_targets",
    cross_entropy(p, t),
    lambda p, t: custom(lambda p: entropy(p, t), lambda g, p: g * (torch.softmax(p, 0) - t))(p),
    "p",
    domain=TARGETS,
)
wrong(
    "normaliser_detached",
    total(hadamard(log_softmax(p), t)),
    lambda p, t: (t * (p - torch.logsumexp(p, 0).detach())).sum(),
    "p",
)
wrong(
    "one_probability_in_four",
    logsumexp(p),
    lambda p: custom(
        lambda p: torch.logsumexp(p, (0, 1)), lambda g, p: g * torch.softmax(p, 0) * torch.tensor([[1], [1], [1 + 1e-9], [1]])
    )(p),
    "p",
)
another("softmin_of_the_opposite", total(hadamard(softmin(p), q)), lambda p, q: (torch.softmax(p, 0) * q).sum(), "p")
another(
    "total_over_labels",
    multilabel_soft_margin_loss(p, t),
    lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction="sum"),
    "p",
    domain=TARGETS,
)
another("halves_exchanged", total(square(glu(C))), lambda C: (F.glu(C.roll(2, 1)) ** 2).sum(), "C")

# Losses. Probabilities lie in the middle.
PROBABILITIES = {"w": (0.125, 0.875), "y": (0.125, 0.875)}
another("half_a_cross_entropy", binary_cross_entropy(w, y), lambda w, y: -y * torch.log(w), "w", domain=PROBABILITIES)
wrong(
    "half_a_cross_entropy_in_backward",
    binary_cross_entropy(w, y),
    lambda w, y: forward_of(F.binary_cross_entropy(w, y), -y * torch.log(w)),
    "w",
    domain=PROBABILITIES,
)
# PyTorch's own: its backward holds a(1 − a) at 1e-12.
wrong("bce_of_a_tiny_probability", binary_cross_entropy(w, y), None, "w", at=[{"w": 1e-13, "y": 0.5}], domain=PROBABILITIES)
wrong(
    "beta_forgotten_in_backward",
    smooth_l1_loss(x, y, beta=0.5),
    lambda x, y: custom(lambda d: F.smooth_l1_loss(d, d * 0, beta=0.5), lambda g, d: g * d.clamp(-1, 1))(x - y),
    "x",
    "y",
)
another("divergence_the_other_way", kl_div(log(w), y), lambda w, y: w * (w.log() - y.log()), "w", domain=PROBABILITIES)
another(
    "log_target_forgotten",
    kl_div(x, y, log_target=True),
    lambda x, y: F.kl_div(x, y, reduction="sum"),
    "x",
    domain={"y": (0.25, 2)},
)
another("rate_for_its_logarithm", poisson_nll_loss(x, y), lambda x, y: x - y * torch.log(x + 1e-8), "x", domain={"x": (0.5, 2)})
another(
    "poisson_without_eps",
    poisson_nll_loss(x, y, log_input=False),
    lambda x, y: x - y * torch.log(x),
    "x",
    domain={"x": (0.5, 2), "y": (0.5, 2)},
)
POSITIVE = {"z": (0.5, 2)}
another(
    "deviation_for_variance",
    gaussian_nll_loss(x, y, z),
    lambda x, y, z: F.gaussian_nll_loss(x, y, z**2),
    "x",
    "z",
    domain=POSITIVE,
)
wrong(
    "variance_detached",
    gaussian_nll_loss(x, y, z),
    lambda x, y, z: F.gaussian_nll_loss(x, y, z.detach()) + (torch.log(z) - torch.log(z).detach()) / 2,
    "z",
    parameters=["x"],
    domain=POSITIVE,
)
another("distance_without_eps", pairwise_distance(p, q), lambda p, q: torch.linalg.vector_norm(p - q), "p", "q")
another(
    "squared_distances",
    triplet_margin_loss(p, q, n, margin=8),
    lambda p, q, n: torch.relu(((p - q) ** 2).sum() - ((p - n) ** 2).sum() + 8),
    "p",
    "q",
    "n",
)

# Running results and products.
weighted = total(hadamard(cumsum(p), q))
another("running_sum_without_itself", weighted, lambda p, q: ((p.cumsum(0) - p) * q).sum(), "p")
wrong(
    "running_sum_not_turned_back",
    weighted,
    lambda p, q: (custom(lambda p: p.cumsum(0), lambda g, p: g.cumsum(0))(p) * q).sum(),
    "p",
)
FACTORS, ZERO = {"p": (0.5, 2)}, [{"p": [1.5, 0, 2, 0.5], "q": [1, 2, -1, 3]}]
wrong(
    "running_product_by_division",
    total(hadamard(cumprod(p), q)),
    lambda p, q: (custom(lambda p: p.cumprod(0), lambda g, p: (g * p.cumprod(0)).flip(0).cumsum(0).flip(0) / p)(p) * q).sum(),
    "p",
    at=ZERO,
    domain=FACTORS,
)
wrong(
    "running_product_by_logarithms",
    total(hadamard(cumprod(p), q)),
    lambda p, q: (p.log().cumsum(0).exp() * q).sum(),
    "p",
    at=ZERO,
    domain=FACTORS,
)
wrong(
    "product_by_division",
    prod(p),
    lambda p: custom(torch.prod, lambda g, p: g * p.prod() / p)(p),
    "p",
    at=[{"p": [1.5, 0, 2, 0.5]}],
    domain=FACTORS,
)
another(
    "running_logsumexp_overflows",
    total(hadamard(logcumsumexp(p), q)),
    lambda p, q: (p.exp().cumsum(0).log() * q).sum(),
    "p",
    at=[{"p": [1, 800, 0, 2], "q": [1, 2, -1, 3]}],
)


# Functions of one operand: the derivative of the next one, a constant, a branch, a tail.
def function(name, loss, value, derivative, symbol="w", **options):
    own = custom(value, lambda g, z: g * derivative(z))
    wrong(name, loss, {"w": lambda w: own(w), "x": lambda x: own(x)}[symbol], symbol, **options)


SQRT_PI = math.sqrt(math.pi)
function("error_function_without_its_factor", erf(w), torch.erf, lambda z: torch.exp(-(z**2)))
function("error_function_halved", erf(w), torch.erf, lambda z: torch.exp(-(z**2)) / SQRT_PI)
function("other_tail_in_backward", ndtr(w), torch.special.ndtr, lambda z: -torch.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))
another("other_tail", ndtr(w), lambda w: torch.special.ndtr(-w), "w")
another("error_function_of_x", gelu(w), lambda w: w * (1 + torch.erf(w)) / 2, "w")
another(
    "upper_for_lower", gammainc(w, a=2), lambda w: torch.special.gammaincc(torch.tensor(2.0), w), "w", domain={"w": (0.5, 4)}
)
function("digamma_with_the_wrong_sign", gammaln(w), torch.lgamma, lambda z: -torch.digamma(z), domain={"w": (2, 4)})
function(
    "the_same_order_again",
    polygamma(w, n=2),  # of order 1 PyTorch's own value has nine digits in float64: the losses would differ
    lambda z: torch.polygamma(2, z),
    lambda z: torch.polygamma(2, z),
    domain={"w": (0.5, 4)},
)
function("bessel_without_its_quotient", i1(w), torch.special.i1, torch.special.i0)
function("natural_for_binary", log(w) / math.log(2), torch.log2, lambda z: 1 / z, domain={"w": (0.5, 4)})
another("binary_entropy", entr(w), lambda w: -w * torch.log2(w), "w", domain={"w": (0.125, 0.875)})
another("angle_of_the_mirror_image", atan2(y, x), lambda y, x: torch.atan2(x, y), "y", "x")
function("softplus_slope_without_beta", softplus(w, beta=2), lambda z: F.softplus(z, 2), torch.sigmoid)
function("elu_slope_without_alpha", elu(w, alpha=1.5), lambda z: F.elu(z, 1.5), lambda z: torch.where(z > 0, 1.0, z.exp()))
wrong(
    "weight_learns_from_positives",
    prelu(x, w),
    lambda x, w: forward_of(torch.where(x > 0, x, w * x), torch.where(x > 0, x, w.detach() * x) + w * x.detach()),
    "w",
    parameters=["x"],
)
function("rounding_passed_straight_through", w * nearest(w), lambda z: z * torch.round(z), lambda z: z + torch.round(z))
function(
    "only_beyond_minus_30",
    log_ndtr(w),
    torch.special.log_ndtr,
    lambda z: torch.where(z < -30, -z, torch.exp(-torch.special.log_ndtr(z) - z**2 / 2) / math.sqrt(2 * math.pi)),
    at=[{"w": -35}],
)
function(
    "one_branch_of_three",
    Piecewise((sin(w), w < -1), (w**3, w < 1), (sigmoid(w), True)),
    lambda z: torch.where(z < -1, torch.sin(z), torch.where(z < 1, z**3, torch.sigmoid(z))),
    lambda z: torch.where(z < -1, torch.sin(z), torch.where(z < 1, 3 * z**2, torch.sigmoid(z) * (1 - torch.sigmoid(z)))),
)


def clipped(w, x, y):
    """Gradients are held at a length of 1, in the loss instead of the optimiser."""
    w.register_hook(lambda g: g / g.abs().clamp(min=1))
    return (w * x - y) ** 2 * 8


wrong("clipped_by_length", 8 * square(w * x - y), clipped, "w", parameters=["x"])

# Matrices. The derivative of an inverse has transposes on both sides.
S = add(A, [[6, 1, 0], [0, 7, 2], [-1, 0, 8]])
SHIFT = torch.tensor([[6.0, 1, 0], [0, 7, 2], [-1, 0, 8]], dtype=torch.float64)


def inverse_without_transposes(g, s):
    return -torch.linalg.inv(s) @ g @ torch.linalg.inv(s)


wrong(
    "inverse_not_transposed",
    total(hadamard(inverse(S), B)),
    lambda A, B: (custom(torch.linalg.inv, inverse_without_transposes)(A + SHIFT) * B).sum(),
    "A",
)
wrong(
    "determinant_not_transposed",
    logdet(S),
    lambda A: custom(torch.logdet, lambda g, s: g * torch.linalg.inv(s))(A + SHIFT),
    "A",
)
# atan2 at 1e200 isn't here: x² + y² overflows in PyTorch's backward and in the closed form, which is undecided.
