"""On kinks, beside them, and where pieces meet smoothly: whatever is a mixture of the slopes around is right.

EXPECTED: verdict and reason.
"""

import math

import torch
from sympy import Eq, Piecewise

from symgrad import (
    Exercise,
    abs,
    add,
    amax,
    amin,
    celu,
    clamp,
    elu,
    floor,
    hardswish,
    hardtanh,
    hinge,
    hinge_embedding_loss,
    huber_loss,
    l1_loss,
    leaky_relu,
    logit,
    margin_ranking_loss,
    matrix,
    maximum,
    minimum,
    norm,
    poisson_nll_loss,
    prelu,
    relu,
    scalar,
    sin,
    smooth_l1_loss,
    softshrink,
    square,
    threshold,
    total,
    vector,
    vector_norm,
)

w, x, y, a, low, high, t = map(scalar, ("w", "x", "y", "a", "low", "high", "t"))
p, q, r, s, u, v = vector("p", 2), vector("q", 2), vector("r", 3), vector("s", 7), vector("u", 20), vector("v", 10)
m = matrix("m", 3, 3)
ABOVE, BELOW = math.nextafter(1, 2), math.nextafter(1, 0)

EXPECTED, exercises = {}, []


def case(name, reason, loss, points, torch_loss=None, parameters=("w",), **options):
    EXPECTED[name] = "pass", reason
    points = [points] if isinstance(points, dict) else points
    exercises.append(Exercise(name=name, loss=loss, parameters=list(parameters), at=points, torch_loss=torch_loss, **options))


def kink(name, *arguments, **options):
    """A case of which one point at least lies on a kink."""
    case(name, "kink", *arguments, **options)


def smooth(name, *arguments, **options):
    """A case without a kink."""
    case(name, "agree", *arguments, **options)


def slope(tensor, added, where):
    """Nothing, with a gradient: what is added where a condition holds."""
    return ((tensor - tensor.detach()) * where * torch.as_tensor(added, dtype=tensor.dtype)).sum()


# Conventions of one kink: every slope between those on both sides.
for name, added in {"minus_one": -1.0, "a_third": 1 / 3, "one": 1.0}.items():
    kink(f"abs_slope_{name}", abs(w), {"w": 0}, lambda w, added=added: torch.abs(w) + slope(w, added, w == 0))
kink("clamp_for_relu_at_zero", relu(w), {"w": 0}, lambda w: torch.clamp(w, min=0))
kink("maximum_for_relu_at_zero", relu(w), {"w": 0}, lambda w: torch.maximum(w, torch.zeros_like(w)))
kink("relu_as_half_a_sum", relu(w), {"w": 0}, lambda w: (w + torch.abs(w)) / 2)
kink("relu_by_two_conventions", 2 * relu(w), {"w": 0}, lambda w: torch.relu(w) + torch.clamp(w, min=0))
kink("relu_at_negative_zero", relu(w), {"w": -0.0})
kink("relu_less_its_argument", relu(w) - w, {"w": 0})
kink("on_and_off_the_kink", relu(w), [{"w": 0.5}, {"w": 0}, {"w": -1}, {"w": 1}])
kink("leaky_from_above", leaky_relu(w, 0.25), {"w": 0}, lambda w: torch.where(w >= 0, w, 0.25 * w))
kink("threshold_without_a_jump", threshold(w, 0.25, 0.25), {"w": 0.25})
kink("hinge_by_clamp", hinge(w), {"w": 1}, lambda w: torch.clamp(1 - w, min=0))
kink("hinge_embedding_at_its_margin", hinge_embedding_loss(w, -1, margin=0.25), {"w": 0.25})
kink("hardtanh_by_clamp", hardtanh(w), [{"w": 1}, {"w": -1}], lambda w: torch.clamp(w, -1, 1))
kink("hardswish_by_clamp", hardswish(w), [{"w": 3}, {"w": -3}], lambda w: w * torch.clamp(w + 3, 0, 6) / 6)
kink("logit_at_its_bound", logit(w, eps=0.125), {"w": 0.125}, domain={"w": (0, 1)})
kink(
    "softshrink_by_relus",
    softshrink(w),
    [{"w": 0.5}, {"w": -0.5}],
    lambda w: torch.relu(w - 0.5) - torch.relu(-w - 0.5),
)
kink("relu_of_a_relu", relu(relu(w) - 1), [{"w": 1}, {"w": 0}])
kink("smooth_beside_a_kink", relu(x) + square(y), {"x": 0, "y": 1.5}, parameters=["x", "y"])
kink(
    "prelu_from_above",
    prelu(x, a),
    {"x": 0, "a": 0.25},
    lambda x, a: torch.where(x >= 0, x, a * x),
    parameters=["x", "a"],
)

# Huge and tiny scales.
kink("steep_kink", relu(1e150 * w), {"w": 0})
kink("shallow_kink", relu(1e-150 * w), [{"w": 0}, {"w": 1}])
kink("kink_far_out", abs(w - 1e150), {"w": 1e150})
kink("tie_far_out", maximum(x, y), {"x": 1e150, "y": 1e150}, parameters=["x", "y"])
kink("tie_of_tiny_ones", amax(r), {"r": [1e-150] * 3}, parameters=["r"])

# Ties: one winner, equal shares, other shares. Thirds and tenths don't sum to one in floating point.
XY = ["x", "y"]
kink("minimum_takes_the_first", minimum(x, y), {"x": 3, "y": 3}, lambda x, y: torch.where(x <= y, x, y), XY)
kink("maximum_as_half_a_sum", maximum(x, y), {"x": 3, "y": 3}, lambda x, y: (x + y + torch.abs(x - y)) / 2, XY)
kink("ranking_by_clamp", margin_ranking_loss(x, y, 1), {"x": 3, "y": 3}, lambda x, y: torch.clamp(y - x, min=0), XY)
kink(
    "clamp_by_extrema",
    clamp(x, low, high),
    [{"x": 3, "low": -3, "high": 3}, {"x": -5, "low": -3, "high": 3}],  # low is felt at the second one only
    lambda x, low, high: torch.minimum(torch.maximum(x, low), high),
    ["x", "low", "high"],
    domain={"low": (-4, -3)},
)
kink(
    "l1_from_one_side",
    total(l1_loss(p, q)),
    {"p": [3, -3], "q": [3, -3]},
    lambda p, q: torch.where(p >= q, p - q, q - p).sum(),
    ["p", "q"],
)
kink("two_thirds_each", 2 * amax(r), {"r": [3, 3, 3]}, parameters=["r"])
kink("three_sevenths_each", 3 * amax(s), {"s": [3] * 7}, parameters=["s"])
kink("a_tenth_each", amax(v), {"v": [0.1] * 10}, parameters=["v"])
kink("a_tie_of_two_in_three", amax(r), {"r": [3, 2.5, 3]}, lambda r: r[r.argmax()].sum(), ["r"])
kink("rows_of_ties", total(amax(m, axis=1)), {"m": [[3, 3, 3], [-3, -3, -3], [3, 2.5, 3]]}, parameters=["m"])
kink(
    "uneven_shares",
    amax(r),
    {"r": [3, 3, 3]},
    lambda r: torch.amax(r) + slope(r, [[0.1 - 1 / 3], [0.2 - 1 / 3], [0.7 - 1 / 3]], (r == 3).all()),
    ["r"],
)
kink("median_of_equals", total(r) - amax(r) - amin(r), {"r": [3, 3, 3]}, parameters=["r"])
kink("three_planes_meet", maximum(maximum(p[0], p[1]), -p[0] - p[1]), {"p": [0, 0]}, parameters=["p"])
kink("ridge", abs(p[0] - p[1]), {"p": [3, 3]}, lambda p: torch.where(p[0] >= p[1], p[0] - p[1], p[1] - p[0]).sum(), ["p"])

# Norms at 0: the hull is a ball, a cube, a cube on its corner.
kink("norm_at_the_origin", norm(r), {"r": [0, 0, 0]}, parameters=["r"])
kink(
    "norm_in_a_direction",
    norm(p),
    {"p": [0, 0]},
    lambda p: torch.linalg.vector_norm(p) + slope(p, [[0.6], [0.8]], (p == 0).all()),
    ["p"],
)
kink(
    "norm_of_order_one_in_a_corner",
    norm(r, 1),
    {"r": [0, 0, 0]},
    lambda r: r.abs().sum() + slope(r, [[1.0], [-1.0], [1.0]], (r == 0).all()),
    ["r"],
)
kink("greatest_size_at_the_origin", vector_norm(r, math.inf), {"r": [0, 0, 0]}, parameters=["r"])

# Many kinks at once: the hull has 2²⁰ corners.
ALTERNATING, SPREAD = [[k % 2] for k in range(20)], [[k / 10 - 0.95] for k in range(20)]
kink(
    "a_corner_of_many",
    total(relu(u)),
    {"u": [0] * 20},
    lambda u: torch.relu(u).sum() + slope(u, ALTERNATING, (u == 0).all()),
    ["u"],
)
kink(
    "an_inner_point_of_many",
    total(abs(u)),
    {"u": [0] * 20},
    lambda u: torch.abs(u).sum() + slope(u, SPREAD, (u == 0).all()),
    ["u"],
)
o = vector("o", 40)
kink("amax_of_forty", amax(o), {"o": [0] * 40}, parameters=["o"])
kink(
    "norm_along_an_axis",
    norm(o),
    {"o": [0] * 40},
    lambda o: torch.linalg.vector_norm(o) + slope(o[0], 1.0, (o == 0).all()),
    ["o"],
)
kink(
    "five_planes_meet",
    -relu(-2 * r[0] - r[1] + 2 * r[2])
    - relu(-2 * r[0] - r[1])
    - 2 * relu(r[2] - r[0])
    + 3 * relu(r[0] + 2 * r[1] + r[2])
    + 3 * relu(-r[0] - 2 * r[2])
    + 2 * r[0]
    + 2 * r[1]
    - 2 * r[2],
    {"r": [0, 0, 0]},
    parameters=["r"],
)
W1, W2, b, d = matrix("W1", 4, 3), matrix("W2", 2, 4), vector("b", 4), vector("d", 3)
network = total(square(add(W2 * relu(add(W1 * d, b)), -1)))
ORIGIN = {"W1": [[0] * 3] * 4, "W2": [[1, 2, 0.5, -1], [-2, 1, 0, 1.5]], "b": [0] * 4, "d": [1, 0.5, -1.5]}
NETWORK = ["W1", "W2", "b"]
kink("network_from_zero", network, ORIGIN, parameters=NETWORK)
kink(
    "network_from_zero_by_clamp",
    network,
    ORIGIN,
    lambda W1, W2, b, d: ((W2 @ torch.clamp(W1 @ d + b, min=0) - 1) ** 2).sum(),
    NETWORK,
)

# Kinks that aren't felt: in a branch that isn't taken, in the data, multiplied by zero, in pairs that cancel.
smooth("branch_not_taken", Piecewise((abs(w), w < -10), (w**2, True)), {"w": 0})
smooth("kink_times_zero", x * relu(w) + w, {"w": 0, "x": 0}, domain={"x": (0.5, 2)})
smooth("kink_in_the_data", w * relu(x), {"w": 1, "x": 0}, domain={"x": (0.5, 2)})
smooth("jump_in_the_data", w * floor(x), {"w": 1, "x": 1}, domain={"x": (1, 4)})
smooth("jump_of_a_target", poisson_nll_loss(w, t, full=True), {"w": 0.5, "t": 1}, domain={"t": (0.25, 4)})
smooth("both_extrema", maximum(x, y) + minimum(x, y), {"x": 3, "y": 3}, parameters=XY)
smooth("both_extrema_written_out", maximum(x, y) + minimum(x, y), {"x": 3, "y": 3}, lambda x, y: x + y, XY)
smooth("square_of_abs", abs(w) ** 2, {"w": 0}, lambda w: w * w)

# Pieces that meet smoothly.
smooth("elu_at_zero", elu(w), {"w": 0})
smooth("celu_at_zero", celu(w, alpha=2), {"w": 0})
smooth("smooth_l1_at_beta", smooth_l1_loss(x, y, beta=0.5), [{"x": 1, "y": 0.5}, {"x": 0.5, "y": 1}], parameters=XY)
smooth("huber_loss_at_delta", huber_loss(x, y, delta=0.5), [{"x": 1, "y": 0.5}, {"x": 0.5, "y": 1}], parameters=XY)
smooth("cube_of_abs", abs(w) ** 3, {"w": 0})
smooth("product_with_abs", w * abs(w), {"w": 0})
smooth("cube_of_relu", relu(w) ** 3, {"w": 0})
smooth("huber_in_pieces", Piecewise((w**2 / 2, abs(w) <= 1), (abs(w) - 0.5, True)), [{"w": 1}, {"w": -1}])
smooth("smoothstep", Piecewise((0, w < 0), (3 * w**2 - 2 * w**3, w < 1), (1, True)), [{"w": 0}, {"w": 1}, {"w": 0.5}])


def sinc_by_two_wheres(w):
    """The branch that isn't taken divides by 1, not by 0."""
    safe = torch.where(w == 0, 1.0, w)
    return torch.where(w == 0, 1.0, torch.sin(safe) / safe)


smooth("sinc_in_pieces", Piecewise((1, Eq(w, 0)), (sin(w) / w, True)), {"w": 0}, sinc_by_two_wheres)

# Between the jumps, and one unit in the last place away from kinks and ties.
smooth("floor_between_jumps", w * floor(w), [{"w": 0.5}, {"w": 1.5}, {"w": -0.25}])
smooth("floor_beside_jumps", w * floor(w), [{"w": ABOVE}, {"w": BELOW}, {"w": math.nextafter(2, 0)}])
smooth("relu_beside_its_kink", relu(w - 1), [{"w": ABOVE}, {"w": BELOW}])
smooth("abs_of_the_least_number", abs(w), [{"w": 5e-324}, {"w": -5e-324}])
smooth("hardtanh_beside_its_ends", hardtanh(w), [{"w": ABOVE}, {"w": BELOW}, {"w": -ABOVE}, {"w": -BELOW}])
smooth("no_tie_by_an_ulp", maximum(x, y), [{"x": 1, "y": ABOVE}, {"x": 1, "y": BELOW}], parameters=XY)
smooth("no_tie_of_three_by_an_ulp", amax(r), {"r": [1, ABOVE, 1]}, parameters=["r"])

# Not zero, but rounding may make it so: no kink, and either slope is what rounding explains.
XYT = ["x", "y", "t"]
# Right to the last bit, so it agrees, though four times as much would be allowed.
case("sum_not_quite_zero", "agree", relu(x + y - t), {"x": 0.1, "y": 0.2, "t": 0.3}, parameters=XYT)
case("product_rounded_onto_the_kink", "ill_conditioned", relu(x * y - 1), {"x": 0.1, "y": 10}, parameters=XY)
ABSORBED = {"x": 1e-17, "y": 1, "t": 1}
case("absorbed_into_the_kink", "ill_conditioned", relu(x + y - t), ABSORBED, lambda x, y, t: torch.relu((x + y) - t), XYT)
