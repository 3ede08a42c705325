"""Gradients that rounding hides: what it explains is larger than they are, so that any value would pass, 0 among them.

The programs are right, as far as anybody can tell. EXPECTED: verdict, reason, then the parameters that it is said of.
"""

from symgrad import (
    Exercise,
    binary_cross_entropy_with_logits,
    exp,
    matrix,
    mean,
    scalar,
    sigmoid,
    sqrt,
    square,
    step,
    tanh,
    vector,
)

w, x, y = scalar("w"), scalar("x"), scalar("y")

EXPECTED = {}


def blind(name, loss, *points, parameters=("w",), **fields):
    EXPECTED[name] = "inconclusive", "blind", *parameters
    exercise = Exercise(name=name, loss=loss, parameters=list(parameters), at=list(points), points=0, **fields)
    globals()[name] = exercise


# σ(40) rounds to 1 and PyTorch's slope to 0; it is 4e-18.
blind("saturated_above", sigmoid(w), {"w": 40})
blind("saturated_tanh_alone", tanh(w), {"w": 20}, {"w": -18})
blind("cancels_all", square(step("sum", w + x) - x), {"w": 0.3, "x": 1e17})
blind("residual_nearly_zero", square(w * 3 - x), {"w": 0.1, "x": 0.3})
blind("underflows", square(w * x), {"w": 1.1, "x": 1e-200})
blind("exp_subnormal", exp(w), {"w": -740})
blind("product_underflows", w * x * y, {"w": 1e-200, "x": 1e-200, "y": 1.5}, parameters=["y"])
blind("logits_of_500_on_the_right_side", binary_cross_entropy_with_logits(w, y), {"w": 500, "y": 1})
# x(1/√(x² + 1) − 1/x) keeps no digit.
blind("hyperbola_and_its_asymptote", sqrt(w**2 + 1) - w, {"w": 1e8})
v, m = vector("v", 3), matrix("m", 2, 3)
blind("equal_logits_of_a_saturated_layer", mean(tanh(m * v)), {"m": [[9] * 3] * 2, "v": [9] * 3}, parameters=["m"])
