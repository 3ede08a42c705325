"""Too few digits somewhere: float32 in a float64 program, integers, rounded constants, additions of "eps".

EXPECTED: verdict, reason, then the parameters whose gradients are wrong; for an error words of its message.
"""

import math

import numpy as np
import sympy
import torch

from symgrad import Exercise, divide, log, matrix, norm, scalar, sigmoid, softmax, square, total, vector

w, x = matrix("w", 2, 3), matrix("x", 3, 4)


def sigmoids(name, torch_loss):
    return Exercise(name=name, loss=total(square(sigmoid(w * x))), parameters=[w], torch_loss=torch_loss)


EXPECTED = {}

float32_inside = sigmoids("float32_inside", lambda w, x: (torch.sigmoid(w.float() @ x.float()).double() ** 2).sum())
EXPECTED["float32_inside"] = "fail", "losses_differ", "w"

float32_result = sigmoids("float32_result", lambda w, x: (torch.sigmoid(w @ x) ** 2).sum().float())
EXPECTED["float32_result"] = "fail", "losses_differ", "w"

bfloat16_inside = sigmoids("bfloat16_inside", lambda w, x: (torch.sigmoid((w @ x).bfloat16()).double() ** 2).sum())
EXPECTED["bfloat16_inside"] = "fail", "losses_differ", "w"


class Float32Backward(torch.autograd.Function):
    """A sigmoid that keeps its value in float32 for backward(), to save memory."""

    @staticmethod
    def forward(context, z):
        y = torch.sigmoid(z)
        context.save_for_backward(y.float())
        return y

    @staticmethod
    def backward(context, adjoint):
        (y,) = context.saved_tensors
        return adjoint * (y * (1 - y)).double()


float32_saved = sigmoids("float32_saved", lambda w, x: (Float32Backward.apply(w @ x) ** 2).sum())
EXPECTED["float32_saved"] = "fail", "autograd_wrong", "w"

a, t = scalar("a"), scalar("t")


def oscillation(name, torch_loss):
    """The square of a sin(2πt/10)."""
    loss = square(a * sympy.sin(2 * sympy.pi * t / 10))
    return Exercise(name=name, loss=loss, parameters=[a, t], domain={"t": (0.25, 2)}, torch_loss=torch_loss)


pi_to_six_digits = oscillation("pi_to_six_digits", lambda a, t: (a * torch.sin(2 * 3.14159 * t / 10)) ** 2)
EXPECTED["pi_to_six_digits"] = "fail", "losses_differ", "a", "t"

float32_constant = oscillation(
    "float32_constant", lambda a, t: (a * torch.sin(torch.tensor(2 * math.pi / 10, dtype=torch.float32).double() * t)) ** 2
)
EXPECTED["float32_constant"] = "fail", "losses_differ", "a", "t"

numpy_float32 = oscillation("numpy_float32", lambda a, t: (a * torch.sin(float(np.float32(math.pi)) * t / 5)) ** 2)
EXPECTED["numpy_float32"] = "fail", "losses_differ", "a", "t"

integer_division = oscillation("integer_division", lambda a, t: (a * torch.sin(2 * math.pi * t // 10)) ** 2)
EXPECTED["integer_division"] = "error", "could_not_run", "derivative for aten::floor_divide is not implemented"

floor_of_quotient = oscillation("floor_of_quotient", lambda a, t: (a * torch.sin(torch.floor(2 * math.pi * t / 10))) ** 2)
EXPECTED["floor_of_quotient"] = "fail", "losses_differ", "a", "t"

integer_ratio = oscillation("integer_ratio", lambda a, t: (a * torch.sin(2 * math.pi * t * (1 // 10))) ** 2)
EXPECTED["integer_ratio"] = "fail", "losses_differ", "a", "t"

truncated = oscillation("truncated", lambda a, t: (a * torch.sin(2 * math.pi * t.int() / 10)) ** 2)
EXPECTED["truncated"] = "fail", "losses_differ", "a", "t"

rounded = oscillation("rounded", lambda a, t: torch.round((a * torch.sin(2 * math.pi * t / 10)) ** 2, decimals=4))
EXPECTED["rounded"] = "fail", "losses_differ", "a", "t"

p, q = vector("p", 3), vector("q", 3)

eps_in_logarithm = Exercise(
    name="eps_in_logarithm",
    loss=-total(log(softmax(p))),
    parameters=[p],
    torch_loss=lambda p: -torch.log(torch.softmax(p, dim=0) + 1e-8).sum(),
)
EXPECTED["eps_in_logarithm"] = "fail", "losses_differ", "p"

eps_in_norm = Exercise(
    name="eps_in_norm",
    loss=total(divide(p, norm(p))),
    parameters=[p],
    torch_loss=lambda p: (p / torch.sqrt((p**2).sum() + 1e-12)).sum(),
)
EXPECTED["eps_in_norm"] = "fail", "losses_differ", "p"

# (q + 1e9) − 1e9 keeps some seven digits of q.
offset_added_and_taken = Exercise(
    name="offset_added_and_taken",
    loss=total(square(sigmoid(q))),
    parameters=[q],
    torch_loss=lambda q: (torch.sigmoid((q / 3 + 1e9 - 1e9) * 3) ** 2).sum(),
)
EXPECTED["offset_added_and_taken"] = "fail", "losses_differ", "q"
