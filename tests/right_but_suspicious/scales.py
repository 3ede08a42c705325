"""Right at scales where it doesn't look so: saturated, cancelling, huge, tiny, subnormal, long.

Only given points are checked. EXPECTED: verdict and reason; ill_conditioned where what rounding explains is more than half
of the digits of some entry.
"""

import math

import torch
import torch.nn.functional as F
from sympy import Piecewise, cosh

from symgrad import (
    Exercise,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cosine_similarity,
    cumprod,
    divide,
    erfc,
    exp,
    gaussian_nll_loss,
    gelu,
    hadamard,
    hypot,
    inverse,
    kl_div,
    layer_norm,
    log,
    log1p,
    log_ndtr,
    log_softmax,
    logaddexp,
    logdet,
    logsumexp,
    matrix,
    mean,
    mish,
    mse_loss,
    normalize,
    prod,
    scalar,
    sigmoid,
    silu,
    softmax,
    softplus,
    sqrt,
    square,
    std,
    step,
    tanh,
    total,
    trace,
    var,
    vector,
)

w, x, y, z = scalar("w"), scalar("x"), scalar("y"), scalar("z")
c, p, q, t = (vector(name, 3) for name in ("c", "p", "q", "t"))
WEIGHTS = [2, -1, 0.25]  # none is their mean: at equal entries it would have the gradient 0

EXPECTED, exercises = {}, []


def case(name, reason, loss, *points, parameters=("w",), torch_loss=None):
    EXPECTED[name] = "pass", reason
    exercises.append(
        Exercise(name=name, loss=loss, parameters=list(parameters), at=list(points), points=0, torch_loss=torch_loss)
    )


def agree(name, *arguments, **options):
    case(name, "agree", *arguments, **options)


def ill_conditioned(name, *arguments, **options):
    case(name, "ill_conditioned", *arguments, **options)


P, XY = ["p"], ["x", "y"]

# Saturated. 1 − tanh² is 2e-4 at 5, of which 12 digits are left, and 6e-8 at 9, of which there are 8 at most.
agree("tanh_before_saturation", tanh(w), {"w": 5}, {"w": -7})
ill_conditioned("tanh_in_saturation", tanh(w), {"w": 9})
# e⁻⁷⁰⁰ is 1e-304: a kernel that flushes what is below 2e-308 may lose some digits, and at −745 all of them.
ill_conditioned("sigmoid_at_minus_700", sigmoid(w), {"w": -700})
# σ(−745) isn't here: its gradient, 3e-324, is nothing that a double holds, and is called vacuous.
agree("silu_far_below", silu(w), {"w": -40}, {"w": 40})
agree("mish_far_below", mish(w), {"w": -40}, {"w": 30})
agree("gelu_far_above", gelu(w), {"w": 8})
# Φ is (1 + erf)/2, whose error is that of 1; the slope is 5e-14.
ill_conditioned("gelu_far_below", gelu(w), {"w": -8})
agree("tail_of_erfc", erfc(w), {"w": 10}, {"w": 25})
agree("tail_of_log_ndtr", log_ndtr(w), {"w": -30})
agree("logsumexp_of_one_only", logsumexp(p), {"p": [50, 0, -50]}, parameters=P)
# The gradient of the winner, s(c − Σ c s), is 1e-17 and the difference of two numbers near 2.
ill_conditioned("softmax_of_one_only", total(hadamard(softmax(p), c)), {"p": [40, 0, 0], "c": WEIGHTS}, parameters=P)
# Differences of 1e8 have an absolute error of 1e-8, which exp makes a relative one; e to the −2e8 is none of the floats.
agree("log_softmax_far_apart", -log_softmax(p)[1, 0], {"p": [1e8, 0, -1e8]}, parameters=P)
ill_conditioned("logsumexp_of_equal_huge_ones", logsumexp(p), {"p": [1e15] * 3}, parameters=P)
agree("softmax_of_equal_huge_ones", total(hadamard(softmax(p), c)), {"p": [1e300] * 3, "c": WEIGHTS}, parameters=P)
agree("logsumexp_of_equal_ones", logsumexp(p), {"p": [700] * 3}, {"p": [-700] * 3}, parameters=P)
agree("logaddexp_of_huge_ones", logaddexp(x, y), {"x": 1e5, "y": 1e5}, parameters=XY)

# Nearly cancelling: 1e-10 keeps 6 of its digits beside 1.
ill_conditioned("one_added_and_taken", square(step("s", w + 1) - 1), {"w": 1e-10})
agree("log1p_of_little", log1p(w), {"w": 1e-10}, {"w": -1e-300})
agree(
    "log_of_cosh", log(cosh(w)), {"w": 300}, torch_loss=lambda w: w.abs() + torch.log1p(torch.exp(-2 * w.abs())) - math.log(2)
)
a, b = vector("a", 400), matrix("b", 100, 100)
# The terms are 40 together, their sum is 1e-9.
SIGNS = [(-1) ** k * 0.1 + (k == 0) * 1e-9 for k in range(400)]
ill_conditioned("alternating_sum_of_many", square(total(a)), {"a": SIGNS}, parameters=["a"])
agree(
    "long_sum",
    square(total(b)),
    {"b": [[1 + (7 * i + 3 * k) % 11 / 10 for k in range(100)] for i in range(100)]},
    parameters=["b"],
)
agree("mean_of_squares_at_the_target", mean(mse_loss(p, q)), {"p": [0.1, 2, 3], "q": [0.1, 2, 1]}, parameters=P)
ill_conditioned("spread_of_nearly_equal_ones", std(p), {"p": [1, 1 + 1e-9, 1 - 3e-9]}, parameters=P)
# The middle one's gradient is 0, the difference of two numbers of 1e8.
ill_conditioned("variance_far_from_zero", var(p), {"p": [1e8 + 0.1, 1e8 + 0.3, 1e8 + 0.2]}, parameters=P)

# Huge and tiny.
agree("huge_times_tiny", w * x, {"w": 1e200, "x": 1e-200}, {"w": 1e-200, "x": 1e200}, parameters=["w", "x"])
agree("root_of_tiny", sqrt(w), {"w": 1e-300}, {"w": 1e300})
agree("reciprocal_of_tiny", divide(1, w), {"w": 1e-150}, {"w": -1e150})
agree("log_of_tiny", w * log(w), {"w": 1e-300}, {"w": 1e300})
agree("fiftieth_power", w**50, {"w": 1e-6}, {"w": 1e6})
agree("hypot_of_huge_ones", hypot(x, y), {"x": 3e200, "y": 4e200}, {"x": 3e-200, "y": -4e-200}, parameters=XY)
agree("exp_near_its_end", exp(w), {"w": 709.5}, {"w": -600})
agree("log_of_a_tiny_probability", -log(softmax(p)[1, 0]), {"p": [0, -600, -1]}, parameters=P)
# At the first point the squares underflow, but eps is divided by; only at the second one can errors be planted.
TINY, SMALL = {"p": [1e-200, 0, 2e-200], "c": WEIGHTS}, {"p": [1e-7, 0, 2e-7], "c": WEIGHTS}
agree("normalized_tiny_vector", total(hadamard(normalize(p), c)), TINY, SMALL, parameters=P)
agree("cosine_of_huge_vectors", cosine_similarity(p, q), {"p": [1e100, 2e100, -1e100], "q": [3e90, -1e90, 2e90]}, parameters=P)

# An intermediate overflows, the gradient doesn't. Nothing bounds what rounding explains there, but PyTorch's value is the
# truth to the last digit, and that agrees; at the second point nothing overflows.
agree(
    "branch_overflows",
    Piecewise((exp(w), w < 1), (w**2, True)),
    {"w": 1000},
    {"w": 0.5},
    torch_loss=lambda w: w**2 if w >= 1 else w.exp(),
)
agree("closed_form_overflows", log(1 + exp(w)), {"w": 1000}, {"w": 2}, torch_loss=lambda w: F.softplus(w))
agree("softplus_of_huge", softplus(w), {"w": 1e308})

# Products of 50 factors, among them a zero.
f = vector("f", 50)
agree("product_of_50", prod(f), {"f": [0.5 + k / 50 for k in range(50)]}, parameters=["f"])
agree("product_of_50_large_ones", prod(f), {"f": [1e6] * 50}, {"f": [-1e-5] * 50}, parameters=["f"])
agree("product_with_a_zero", prod(f), {"f": [0.5 + (k != 17) * k / 50 - (k == 17) / 2 for k in range(50)]}, parameters=["f"])
agree("running_product_with_a_zero", total(cumprod(f)), {"f": [-3, -2, 0.5, 0, 1, 2, 3] + [1.5] * 43}, parameters=["f"])

# Losses at their edges.
agree(
    "bce_near_zero_and_one",
    binary_cross_entropy(w, y),
    {"w": 1e-10, "y": 0.5},
    {"w": 1 - 1e-10, "y": 0.5},
    {"w": 1e-10, "y": 1},
)
agree("logits_of_500", binary_cross_entropy_with_logits(w, y), {"w": 500, "y": 0}, {"w": -500, "y": 1}, {"w": -500, "y": 0})
agree("variance_clamped", gaussian_nll_loss(x, y, z), {"x": 1, "y": 0.5, "z": 1e-9}, parameters=XY)
agree("variance_beside_its_eps", gaussian_nll_loss(x, y, z), {"x": 1, "y": 0.5, "z": 1.5e-6}, parameters=["x", "y", "z"])
agree("divergence_of_zeros", total(kl_div(p, t)), {"p": [-1, -2, -700], "t": [0, 0.25, 0.75]}, parameters=P)

# A spread of 1e-9 keeps 7 digits; eps beside it makes little of the spread, and the gradient keeps all of them.
r = vector("r", 4)
LITTLE = {"r": [1, 1 + 1e-9, 1 - 2e-9, 1 + 3e-9], "v": [1, -2, 0.5, 3]}
v = vector("v", 4)
agree("layer_norm_of_little_spread", total(hadamard(layer_norm(r), v)), LITTLE, parameters=["r"])
ill_conditioned("layer_norm_without_eps", total(hadamard(layer_norm(r, eps=1e-25), v)), LITTLE, parameters=["r"])
FAR = {"r": [1e8 + 1, 1e8 + 2, 1e8 + 4, 1e8 - 3], "v": [1, -2, 0.5, 3]}
ill_conditioned("layer_norm_far_from_zero", total(hadamard(layer_norm(r), v)), FAR, parameters=["r"])

# Condition 1e10 in the square is 1e20 in the derivative of the inverse; 1e2 costs four digits.
s = matrix("s", 2, 2)
NEARLY_SINGULAR = {"s": [[1, 1], [1, 1 + 1e-10]]}
ill_conditioned("inverse_of_condition_1e10", trace(inverse(s)), NEARLY_SINGULAR, parameters=["s"])
ill_conditioned("logdet_of_condition_1e10", logdet(s), NEARLY_SINGULAR, parameters=["s"])
agree("inverse_of_condition_1e2", trace(inverse(s)), {"s": [[1, 1], [1, 1.02]]}, parameters=["s"])
# The error of an inverse is bounded by its condition, as a whole: not every method sees that these columns are only scaled.
ill_conditioned("inverse_of_a_scaled_diagonal", trace(inverse(s)), {"s": [[1e5, 0], [0, 1e-5]]}, parameters=["s"])
