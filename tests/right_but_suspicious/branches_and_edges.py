"""Right in branches, at lengths of 0 and on either side of a zero's sign.

EXPECTED: verdict and reason.
"""

import torch
from sympy import Piecewise

from symgrad import Exercise, clamp, exp, hadamard, log, matrix, maximum, relu, scalar, sqrt, square, subtract, total, vector

x, y, v, A = scalar("x"), scalar("y"), vector("v", 3), matrix("A", 2, 2)

EXPECTED = {}


def at(name, loss, point, program, reason="agree", parameters=(x,)):
    EXPECTED[name] = "pass", reason
    return Exercise(name=name, loss=loss, parameters=list(parameters), at=[point], points=4, torch_loss=program)


where = torch.where
overflow = at(
    "safe_branch",
    Piecewise((exp(x), x <= 0), (1 + x, True)),
    {"x": 1000},
    lambda x: where(x <= 0, torch.exp(x.clamp(max=0)), 1 + x),
)
of_a_root = at(
    "safe_branch_of_a_root",
    Piecewise((sqrt(x), x > 0), (0, True)) + x,
    {"x": -2},
    lambda x: where(x > 0, torch.sqrt(where(x > 0, x, 1.0)), 0.0) + x,
)
of_a_logarithm = at(
    "branch_without_value", Piecewise((log(x), x > 0), (0, True)) + x, {"x": -2}, lambda x: where(x > 0, torch.log(x), 0.0) + x
)
below_relu = at("safe_below_relu", relu(1 - exp(x)) + x, {"x": 1000}, lambda x: torch.relu(1 - torch.exp(x.clamp(max=9))) + x)
greater = at(
    "safe_below_maximum",
    maximum(1 - exp(x), -2) + x,
    {"x": 1000},
    lambda x: where(x > 1.0986, -2.0, 1 - torch.exp(x.clamp(max=9))) + x,
)
clamped = at(
    "clamped_logarithm",
    clamp(log(x), -100, 5) + x,
    {"x": 1e-200},
    lambda x: torch.clamp(torch.log(x), -100, 5) + x,
)
in_a_matrix = at(
    "safe_in_a_matrix",
    total(relu(subtract(1, exp(A)))) + total(A),
    {"A": [[1000, -1], [1, -1000]]},
    lambda A: torch.relu(1 - torch.exp(A.clamp(max=9))).sum() + A.sum(),
    parameters=(A,),
)
shared = at(
    "factor_shared_by_branches",
    Piecewise((exp(x) * y, x < 0), (y * exp(-x), True)),
    {"x": 3, "y": 2},
    lambda x, y: y * torch.exp(-x.abs()),
    parameters=(x, y),
)

zeros = {"v": [0, 0, 0]}
length_of_squares = at(
    "length_by_norm", sqrt(total(square(v))), zeros, lambda v: torch.linalg.vector_norm(v), "kink", parameters=(v,)
)
length_of_products = at(
    "length_by_choice",
    sqrt(total(hadamard(v, v))),
    zeros,
    lambda v: where((s := (v * v).sum()) > 0, torch.sqrt(where(s > 0, s, 1.0)), 0.0),
    "kink",
    parameters=(v,),
)
two_scalars = at(
    "length_with_a_subgradient",
    sqrt(x**2 + y**2),
    {"x": 0, "y": 0},
    lambda x, y: torch.hypot(x, y) if x != 0 or y != 0 else 0.6 * x + 0.8 * y,
    "kink",
    parameters=(x, y),
)
minus_zero = at("minus_zero", relu(x) + abs(x), {"x": -0.0}, None, "kink")
