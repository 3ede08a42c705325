"""Figures printed elsewhere and gradients derived by hand, wrong ones.

EXPECTED: verdict, reason, then what is wrong: a parameter, or the loss or step of a published figure.
"""

import torch

from symgrad import Exercise, exp, hadamard, matrix, mean, scalar, sigmoid, sqrt, square, step, subtract, tanh, total

w1, w2 = matrix("w1", 2, 1), matrix("w2", 2, 2)
x, y = matrix("x", 1, 1), matrix("y", 2, 1)
y1 = step("y1", sigmoid(step("z1", w1 * x)))
y2 = step("y2", sigmoid(step("z2", w2 * y1)))


def program(w1, w2, x, y):
    return 0.5 * ((torch.sigmoid(w2 @ torch.sigmoid(w1 @ x)) - y) ** 2).sum()


def network(name, torch_loss=program, **options):
    """The two-layer sigmoid network, right in all that isn't said otherwise."""
    return Exercise(
        name=name,
        loss=total(square(y2 - y)) / 2,
        parameters=[w1, w2],
        at=[{"w1": [[1], [2]], "w2": [[3, 4], [5, 6]], "x": [[1]], "y": [[1], [0]]}],
        torch_loss=torch_loss,
        **options,
    )


EXPECTED = {}

# The truth is 7.8006…e-05. Float32 knows 1 − y2 to three digits here and may print what it got; float64 may not.
in_float32 = {"w1": [["1.2243e-04"], ["7.8005e-05"]]}
last_digit_in_float64 = network("last_digit_in_float64", published=in_float32, published_dtype="float64")
EXPECTED["last_digit_in_float64"] = "fail", "published_differs", "w1"

# A thousandth off, a hundred times what float32 does to it.
third_digit = network("third_digit", published={"w1": [["1.2230e-04"], ["7.8005e-05"]]})
EXPECTED["third_digit"] = "fail", "published_differs", "w1"

fourth_digit = network("fourth_digit", published={"w1": [["1.2246e-04"], ["7.8005e-05"]]})
EXPECTED["fourth_digit"] = "fail", "published_differs", "w1"

last_digit_up = network("last_digit_up", published={"y2": ["0.9968", "0.9999"]})
EXPECTED["last_digit_up"] = "fail", "published_differs", "y2"

last_digit_down = network("last_digit_down", published={"loss": "0.4998"})
EXPECTED["last_digit_down"] = "fail", "published_differs", "loss"

truncated_for_rounded = network("truncated_for_rounded", published={"y1": ["0.7310", "0.8807"]})
EXPECTED["truncated_for_rounded"] = "fail", "published_differs", "y1"

figures_transposed = network(
    "figures_transposed",
    published={"w2": [["-7.8431e-06", "9.5752e-05"], ["-9.4496e-06", "1.1536e-04"]]},
)
EXPECTED["figures_transposed"] = "fail", "published_differs", "w2"

figure_sign = network(
    "figure_sign", published={"loss": "0.4999", "w2": [["7.8431e-06", "-9.4496e-06"], ["9.5752e-05", "1.1536e-04"]]}
)
EXPECTED["figure_sign"] = "fail", "published_differs", "w2"

exponent = network("exponent", published={"w1": [["1.2243e-03"], ["7.8005e-05"]]})
EXPECTED["exponent"] = "fail", "published_differs", "w1"

w, t = scalar("w"), scalar("t")

# 3.8416 in float64 prints so; 3.841600179672241 is what float32 makes of it.
float32_figure = Exercise(
    name="float32_figure",
    loss=square(w * t - 4),
    parameters=[w],
    at=[{"w": 1.02, "t": 2}],
    published={"loss": "3.841600179672241"},
    published_dtype="float64",
)
EXPECTED["float32_figure"] = "fail", "published_differs", "loss"

dz2 = hadamard(y2 - y, hadamard(y2, subtract(1, y2)))
dz1 = hadamard(w2.T * dz2, hadamard(y1, subtract(1, y1)))
right = {"w1": dz1 * x.T, "w2": dz2 * y1.T}

hand_sign = network("hand_sign", hand_derived=right | {"w2": -dz2 * y1.T})
EXPECTED["hand_sign"] = "fail", "closed_form_wrong", "w2"

hand_factor = network("hand_factor", hand_derived=right | {"w1": 2 * dz1 * x.T})
EXPECTED["hand_factor"] = "fail", "closed_form_wrong", "w1"

hand_inner_derivative = network("hand_inner_derivative", hand_derived={"w1": (w2.T * dz2) * x.T})
EXPECTED["hand_inner_derivative"] = "fail", "closed_form_wrong", "w1"

hand_transpose = network("hand_transpose", hand_derived={"w2": y1 * dz2.T})
EXPECTED["hand_transpose"] = "fail", "closed_form_wrong", "w2"

hand_weight_not_transposed = network(
    "hand_weight_not_transposed", hand_derived=right | {"w1": hadamard(w2 * dz2, hadamard(y1, subtract(1, y1))) * x.T}
)
EXPECTED["hand_weight_not_transposed"] = "fail", "closed_form_wrong", "w1"

hand_old_value = network("hand_input_for_output", hand_derived={"w2": dz2 * (w1 * x).T})
EXPECTED["hand_input_for_output"] = "fail", "closed_form_wrong", "w2"

u, v = scalar("u"), scalar("v")


def product(name, torch_loss=lambda u, v: u**3 * torch.tanh(u * v), **options):
    """u³ tanh(uv): the derivative by u has two terms."""
    return Exercise(name=name, loss=u**3 * tanh(u * v), parameters=[u, v], torch_loss=torch_loss, **options)


by_u, by_v = 3 * u**2 * tanh(u * v) + u**3 * v * (1 - tanh(u * v) ** 2), u**4 * (1 - tanh(u * v) ** 2)

hand_dropped_term = product("hand_dropped_term", hand_derived={"u": 3 * u**2 * tanh(u * v), "v": by_v})
EXPECTED["hand_dropped_term"] = "fail", "closed_form_wrong", "u"

# u⁴ for u³ is the same at the given point; the sampled points tell them apart.
hand_right_at_the_point = product(
    "hand_right_at_the_point", at=[{"u": 1, "v": 0.5}], hand_derived={"v": u**3 * (1 - tanh(u * v) ** 2)}
)
EXPECTED["hand_right_at_the_point"] = "fail", "closed_form_wrong", "v"

hand_constant_rounded = product("hand_constant_rounded", hand_derived={"v": 0.99999999 * by_v})
EXPECTED["hand_constant_rounded"] = "fail", "closed_form_wrong", "v"

r = matrix("r", 3, 4)
hand_mean = Exercise(name="hand_mean_for_sum", loss=mean(square(r)), parameters=[r], hand_derived={"r": 2 * r})
EXPECTED["hand_mean_for_sum"] = "fail", "closed_form_wrong", "r"

both_drop_a_term = product(
    "both_drop_a_term",
    torch_loss=lambda u, v: u**3 * torch.tanh(u.detach() * v),
    hand_derived={"u": 3 * u**2 * tanh(u * v), "v": by_v},
)
EXPECTED["both_drop_a_term"] = "fail", "both_wrong", "u"

both_differently = product(
    "both_differently", torch_loss=lambda u, v: u.detach() ** 3 * torch.tanh(u * v), hand_derived={"u": -by_u}
)
EXPECTED["both_differently"] = "fail", "both_wrong", "u"

hand_right_autograd_wrong = product(
    "hand_right_autograd_wrong",
    torch_loss=lambda u, v: u**3 * torch.tanh(u.detach() * v),
    hand_derived={"u": by_u, "v": by_v},
)
EXPECTED["hand_right_autograd_wrong"] = "fail", "autograd_wrong", "u"

each_wrong_elsewhere = product(
    "each_wrong_elsewhere", torch_loss=lambda u, v: u**3 * torch.tanh(u.detach() * v), hand_derived={"u": by_u, "v": -by_v}
)
EXPECTED["each_wrong_elsewhere"] = "fail", "autograd_wrong", "u", "v"

far = {"domain": {"w": (1e8, 1e9)}}
length = sqrt(w**2 + 1) - w


def one_parameter(name, loss, gradient, **options):
    EXPECTED[name] = "fail", "closed_form_wrong", "w"
    return Exercise(name=name, loss=loss, parameters=[w], hand_derived={"w": gradient}, **options)


# No digit of the closed form is left in float64 there; in balls it has a sign and a size.
hand_sign_where_all_cancels = one_parameter("hand_sign_where_all_cancels", length, 1 - w / sqrt(w**2 + 1), **far)
hand_zero_where_all_cancels = one_parameter("hand_zero_where_all_cancels", length, 0 * w, **far)
hand_factor_where_all_cancels = one_parameter("hand_factor_where_all_cancels", length, 2 * w / sqrt(w**2 + 1) - 2, **far)
hand_zero_where_all_underflows = one_parameter("hand_zero_where_all_underflows", exp(-(w**2)), 0 * w, domain={"w": (30, 60)})
hand_literal_of_seven_digits = one_parameter("hand_literal_of_seven_digits", w**3 / 9, 0.3333333 * w**2)
hand_literal_with_a_sign = one_parameter("hand_literal_with_a_sign", 0.1 * w**2, -0.2 * w)
