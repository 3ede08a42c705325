"""At kinks: values that are no mixture of the slopes around them, and values that are no numbers.

EXPECTED: verdict, reason, then the parameters that it is said of.
"""

import math

import torch
import torch.nn.functional as F
from sympy import Eq, Ne, Piecewise

from symgrad import (
    Exercise,
    abs,
    add,
    amax,
    amin,
    clamp,
    elu,
    exp,
    floor,
    hardswish,
    hardtanh,
    hinge,
    huber,
    l1_loss,
    leaky_relu,
    log,
    margin_ranking_loss,
    matrix,
    maximum,
    minimum,
    norm,
    prelu,
    relu,
    scalar,
    sin,
    smooth_l1_loss,
    softshrink,
    sqrt,
    square,
    total,
    vector,
    vector_norm,
)

w, x, y, a, low, high = map(scalar, ("w", "x", "y", "a", "low", "high"))
p, q, r, u = vector("p", 2), vector("q", 2), vector("r", 3), vector("u", 10)

EXPECTED, exercises = {}, []


def case(name, reason, loss, points, torch_loss, *guilty, verdict="fail", parameters=(), **options):
    """A case at a point or at several; parameters beside the guilty ones are right."""
    EXPECTED[name] = verdict, reason, *guilty
    points = [points] if isinstance(points, dict) else points
    parameters = [*guilty, *parameters]
    exercises.append(Exercise(name=name, loss=loss, parameters=parameters, at=points, torch_loss=torch_loss, **options))


def outside(name, *arguments, **options):
    """A case whose value lies outside of the hull."""
    case(name, "not_a_subgradient", *arguments, **options)


def slope(tensor, added, where):
    """Nothing, with a gradient: what is added where a condition holds."""
    return ((tensor - tensor.detach()) * where * torch.as_tensor(added, dtype=tensor.dtype)).sum()


def with_slope(value, at_zero):
    """An operation whose slope at 0 is stated; elsewhere it is left to autograd."""

    class Stated(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return value(z)

        @staticmethod
        def backward(context, adjoint):
            (z,) = context.saved_tensors
            with torch.enable_grad():
                z = z.detach().requires_grad_()
                (elsewhere,) = torch.autograd.grad(value(z).sum(), z)
            return adjoint * torch.where(z == 0, at_zero, elsewhere)

    return lambda w: Stated.apply(w)


# One kink of one parameter.
outside("abs_slope_above_one", abs(w), {"w": 0}, with_slope(torch.abs, 1.5), "w")
outside("second_of_three_points", abs(w), [{"w": 1}, {"w": 0}, {"w": -1}], with_slope(torch.abs, 1 + 1e-9), "w")
outside("sign_of_seven", abs(w), {"w": 0}, lambda w: w * torch.where(w > 0, 1, torch.where(w < 0, -1, 7)), "w")
outside("hinge_rises", hinge(w), {"w": 1}, lambda w: torch.relu(1 - w) + slope(w, 0.5, w == 1), "w")
outside("hardtanh_falls", hardtanh(w), {"w": 1}, lambda w: F.hardtanh(w) + slope(w, -1e-6, w == 1), "w")
outside("softshrink_falls", softshrink(w), {"w": -0.5}, lambda w: F.softshrink(w) + slope(w, -1.0, w == -0.5), "w")
# The slopes on both sides of 3 are 3/2 and 1.
outside("hardswish_too_steep", hardswish(w), {"w": 3}, lambda w: w * torch.clamp(w + 3, 0, 6) / 6 + slope(w, 0.25, w == 3), "w")
outside(
    "steeper_after_the_kink", square(relu(w) - 1), {"w": 0}, lambda w: (torch.relu(w) - 1) ** 2 + slope(w, -2.5, w == 0), "w"
)
outside(
    "kink_far_out_left", abs(w - 1e150), {"w": 1e150}, lambda w: torch.abs(w - 1e150) + slope(w, -1 - 1e-9, w == 1e150), "w"
)
outside("kink_of_tiny_slopes", relu(1e-150 * w), {"w": 0}, lambda w: torch.relu(1e-150 * w) + slope(w, 1.001e-150, w == 0), "w")

# Two masks, and none of them holds at the kink: slope 0, where the slopes around are 1/4 and 1.
outside("leaky_by_two_masks", leaky_relu(w, 0.25), {"w": 0}, lambda w: w * (w > 0) + 0.25 * w * (w < 0), "w")
outside(
    "prelu_by_two_masks",
    prelu(x, a),
    {"x": 0, "a": 0.25},
    lambda x, a: x * (x > 0) + a * x * (x < 0),
    "x",
    parameters=["a"],
)
outside(
    "prelu_weight_at_zero",
    prelu(x, a),
    {"x": 0, "a": 0.25},
    lambda x, a: torch.where(x > 0, x, a * x) + slope(a, 1.0, x == 0),
    "a",
    parameters=["x"],
)

# Two spellings of relu have two conventions; a difference of both leaves the hull.
outside("two_spellings_of_relu", relu(w) / 2, {"w": 0}, lambda w: torch.relu(w) - torch.clamp(w, min=0) / 2, "w")
outside("difference_of_clamps", relu(w) - relu(-w), {"w": 0}, lambda w: torch.clamp(w, min=0) - torch.clamp(-w, min=0), "w")
outside(
    "three_spellings",
    w + relu(w) + relu(-w) - abs(w),
    {"w": 0},
    lambda w: w + torch.clamp(w, min=0) + torch.relu(-w) - torch.abs(w),
    "w",
)
outside(
    "two_spellings_beside_a_square",
    relu(x) - relu(-x) + square(y),
    {"x": 0, "y": 1},
    lambda x, y: torch.relu(x) - torch.relu(-x) + y**2,
    "x",
    parameters=["y"],
)
# The loss as it is stated has no kink.
case(
    "kinks_in_the_program_only",
    "autograd_wrong",
    w * x,
    {"w": 0, "x": 1.5},
    lambda w, x: (torch.relu(w) - torch.relu(-w)) * x,
    "w",
)

# Ties: every entry lies between its bounds, the gradient as a whole doesn't lie in the hull.
outside(
    "maximum_counts_twice",
    maximum(p[0], p[1]),
    {"p": [3, 3]},
    lambda p: torch.maximum(p[0], p[1]).sum() + slope(p, 0.5, p == 3),
    "p",
)
outside(
    "minimum_by_strict_masks",
    minimum(p[0], p[1]),
    {"p": [3, 3]},
    lambda p: (p * (p < p.flip(0))).sum() + (p[0] * (p[0] == p[1])).detach().sum(),
    "p",
)
outside(
    "maximum_of_two_parameters",
    maximum(x, y),
    {"x": 3, "y": 3},
    lambda x, y: torch.maximum(x, y) + slope(x, 0.5, x == y) + slope(y, 0.5, x == y),
    "x",
    "y",
)
outside(
    "clamp_and_its_bound",
    clamp(x, low, high),
    {"x": 3, "low": -3, "high": 3},
    lambda x, low, high: torch.clamp(x, low, high) + slope(high, 1.0, x == high),
    "x",
    "high",
    domain={"low": (-4, -3)},
)
outside(
    "l1_with_equal_signs",
    total(l1_loss(p, q)),
    {"p": [3, -3], "q": [3, -3]},
    lambda p, q: torch.abs(p - q).sum() + slope(p, 1.0, p == q) + slope(q, 1.0, p == q),
    "p",
    "q",
)
outside(
    "smooth_l1_of_beta_0",
    smooth_l1_loss(x, y, beta=0),
    {"x": 3, "y": 3},
    lambda x, y: torch.abs(x - y) + slope(x, 2.0, x == y),
    "x",
    parameters=["y"],
)
t = scalar("t")
outside(
    "ranking_of_one_alone",
    margin_ranking_loss(x, y, t),
    {"x": 3, "y": 3, "t": 1},
    lambda x, y, t: torch.relu(-t * (x - y)) + slope(x, -1.0, x == y),
    "x",
    "y",
)


def tie(name, loss, point, added, sign=1):
    """A tie of all entries, of which torch.amax gives each an equal share."""
    ((symbol, values),) = point.items()

    def torch_loss(**tensors):
        entries = tensors[symbol]
        return sign * torch.amax(sign * entries) + slope(entries, added, (entries == values[0]).all())

    program = {"p": lambda p: torch_loss(p=p), "r": lambda r: torch_loss(r=r), "u": lambda u: torch_loss(u=u)}[symbol]
    outside(name, loss, point, program, symbol)


tie("amax_of_two_ones", amax(p), {"p": [3, 3]}, 1 / 2)
tie("amax_of_three_halves", amax(r), {"r": [3, 3, 3]}, 1 / 6)
tie("amax_of_ten_ninths", amax(u), {"u": [3] * 10}, 1 / 90)
# Shares that sum to 1 + 1e-9 aren't here: so near to the hull its separation from the value isn't found (undecided).
tie("amin_of_three_zeros", amin(r), {"r": [-3, -3, -3]}, -1 / 3, sign=-1)
outside(
    "amax_to_a_smaller_entry",
    amax(r),
    {"r": [3, 3, 2.5]},
    lambda r: torch.amax(r) + slope(r, [[-0.125], [-0.125], [0.25]], r[2] == 2.5),
    "r",
)
outside(
    "first_and_first",
    maximum(p[0], p[1]) + minimum(p[0], p[1]),
    {"p": [3, 3]},
    lambda p: (p[p.argmax()] + p[p.argmin()]).sum(),
    "p",
)
outside(
    "median_of_a_tie",
    total(r) - amax(r) - amin(r),
    {"r": [3, 3, 3]},
    lambda r: (r.sum() - r[r.argmax()] - r[r.argmin()]).sum(),
    "r",
)
outside(
    "three_planes",
    maximum(maximum(p[0], p[1]), -p[0] - p[1]),
    {"p": [0, 0]},
    lambda p: torch.amax(torch.stack([p[0], p[1], -p[0] - p[1]])) + slope(p, 0.9, (p == 0).all()),
    "p",
)

# Norms at 0: the hull is a ball, a square, a square on its corner.
outside(
    "norm_beyond_the_ball", norm(p), {"p": [0, 0]}, lambda p: torch.linalg.vector_norm(p) + slope(p, 0.8, (p == 0).all()), "p"
)
outside(
    "norm_beyond_the_square", norm(p, 1), {"p": [0, 0]}, lambda p: p.abs().sum() + slope(p, [[1.5], [0]], (p == 0).all()), "p"
)
outside(
    "norm_beyond_the_corner",
    vector_norm(p, math.inf),
    {"p": [0, 0]},
    lambda p: torch.amax(p.abs()) + slope(p, 0.6, (p == 0).all()),
    "p",
)

# Many units at once.
W, b, d = matrix("W", 2, 2), vector("b", 2), vector("d", 2)
outside(
    "weights_and_bias_apart",
    total(relu(add(W * d, b))),
    {"W": [[0, 0], [0, 0]], "b": [0, 0], "d": [1, 2]},
    lambda W, b, d: torch.relu(W @ d + b.detach()).sum() + slope(torch.clamp(W.detach() @ d + b, min=0), 1.0, True),
    "W",
    "b",
)
outside(
    "one_unit_of_ten",
    total(relu(u)),
    {"u": [0] * 10},
    lambda u: torch.relu(u).sum() + slope(u[3], 1 + 1e-9, (u == 0).all()),
    "u",
)
outside(
    "inner_kink_is_hidden",
    relu(relu(w) - 1),
    {"w": 0},
    lambda w: torch.relu(torch.relu(w) - 1) + slope(w, 1.0, w == 0),
    "w",
    domain={"w": (-4, 4)},
)
outside(
    "one_of_two_kinks",
    relu(x) + relu(y),
    {"x": 0, "y": 0},
    lambda x, y: torch.relu(x) + torch.relu(y) + slope(y, 1.5, y == 0),
    "y",
    parameters=["x"],
)
case(
    "smooth_one_beside_a_kink",
    "autograd_wrong",
    relu(x) + square(y),
    {"x": 0, "y": 1.5},
    lambda x, y: torch.relu(x) - y**2 + 2 * (y**2).detach(),
    "y",
    parameters=["x"],
)

# Pieces that meet. Without a kink the slope is one number, and another one is wrong.
outside(
    "piecewise_of_three",
    Piecewise((-w - 1, w < -1), (0, w < 1), (w - 1, True)),
    [{"w": -1}, {"w": 1}],
    lambda w: torch.relu(-w - 1) + torch.relu(w - 1) + slope(w, -2.0, w == -1),
    "w",
)
case(
    "wrong_branch_beside_a_right_kink",
    "autograd_wrong",
    Piecewise((-w, w < 0), (w**2, True)),
    [{"w": 0}, {"w": 1.5}],
    lambda w: torch.where(w < 0, -w, torch.where(w > 1, w * w.detach(), w**2)),
    "w",
)


def huber_by_masks(at_the_joint):
    """Two masks, and a value without a gradient at the joint."""

    def torch_loss(w):
        size = w.abs()
        return w**2 / 2 * (size < 1) + (size - 0.5) * (size > 1) + at_the_joint * (size == 1)

    return torch_loss


case("huber_joint_missed", "autograd_wrong", huber(w), {"w": 1}, huber_by_masks(0.5), "w")
outside("piecewise_joint_missed", Piecewise((w**2 / 2, abs(w) <= 1), (abs(w) - 0.5, True)), {"w": 1}, huber_by_masks(0.5), "w")
case("huber_joint_left_out", "losses_differ", huber(w), {"w": 1}, huber_by_masks(0), "w")
case("elu_half_at_zero", "autograd_wrong", elu(w), {"w": 0}, with_slope(F.elu, 0.5), "w")
outside("piecewise_elu_half_at_zero", Piecewise((w, w > 0), (exp(w) - 1, True)), {"w": 0}, with_slope(F.elu, 0.5), "w")
outside("squared_relu_slightly", square(relu(w)), {"w": 0}, lambda w: torch.relu(w) ** 2 + slope(w, 1e-9, w == 0), "w")

# No numbers: infinite slopes of roots, and of branches that aren't taken.
case("root_of_a_square", "autograd_wrong", abs(w), {"w": 0}, lambda w: torch.sqrt(w * w), "w")
case("norm_by_root", "autograd_wrong", norm(p), {"p": [0, 0]}, lambda p: torch.sqrt((p**2).sum()), "p")
case("nan_at_zero", "autograd_wrong", relu(w), {"w": 0}, with_slope(torch.relu, math.nan), "w")
case("infinite_at_zero", "autograd_wrong", relu(w), {"w": 0}, with_slope(torch.relu, math.inf), "w")
case(
    "root_in_the_other_branch",
    "autograd_wrong",
    Piecewise((w * sqrt(w), w > 0), (0, True)),
    {"w": 0},
    lambda w: torch.where(w > 0, w * torch.sqrt(w), 0.0),
    "w",
    domain={"w": (0.25, 2)},
)
case(
    "division_in_the_other_branch",
    "autograd_wrong",
    Piecewise((w / x, Ne(x, 0)), (w, True)),
    {"w": 1, "x": 0},
    lambda w, x: torch.where(x != 0, w / x, w),
    "w",
)
case(
    "logarithm_in_the_other_branch",
    "autograd_wrong",
    Piecewise((w * log(w), w > 0), (w, True)),
    {"w": -1},
    lambda w: torch.where(w > 0, w * torch.log(w), w),
    "w",
    domain={"w": (0.5, 2)},
)
case(
    "sinc_by_where",
    "autograd_wrong",
    Piecewise((1, Eq(w, 0)), (sin(w) / w, True)),
    {"w": 0},
    lambda w: torch.where(w == 0, 1.0, torch.sin(w) / w),
    "w",
)


# Nothing to be a subgradient of: jumps, vertical tangents, the edge of the domain.
def undefined(name, loss, point, **options):
    case(name, "undefined", loss, point, None, "w", verdict="inconclusive", **options)


undefined("jump", w * floor(w), {"w": 1})
undefined("vertical_on_one_side", Piecewise((sqrt(w), w > 0), (0, True)), {"w": 0}, domain={"w": (0.25, 2)})
undefined("cusp", sqrt(abs(w)), {"w": 0})
undefined("logarithm_of_relu", log(relu(w)), {"w": 0}, domain={"w": (0.25, 2)})
