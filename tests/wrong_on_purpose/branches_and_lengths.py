"""PyTorch's nan in branches that aren't taken and in lengths at 0, and a wrong slope beside one that has no bound.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import torch
from sympy import Piecewise

from symgrad import (
    Exercise,
    dot,
    exp,
    hadamard,
    log,
    matrix,
    mean,
    relu,
    scalar,
    sqrt,
    square,
    subtract,
    total,
    trace,
    vector,
)

x, y, v, A = scalar("x"), scalar("y"), vector("v", 3), matrix("A", 2, 2)

EXPECTED = {}


def at(name, loss, point, program, reason="autograd_wrong", wrong=("x",), parameters=(x,)):
    EXPECTED[name] = "fail", reason, *wrong
    return Exercise(name=name, loss=loss, parameters=list(parameters), at=[point], points=0, torch_loss=program)


where = torch.where
overflow = at(
    "exponential_in_a_branch",
    Piecewise((exp(x), x <= 0), (1 + x, True)),
    {"x": 1000},
    lambda x: where(x <= 0, torch.exp(x), 1 + x),
)
overflow_below = at(
    "branch_overflows_below", Piecewise((exp(-x), x > 0), (x, True)), {"x": -1000}, lambda x: where(x > 0, torch.exp(-x), x)
)
of_a_root = at(
    "branch_of_a_root", Piecewise((sqrt(x), x > 0), (0, True)) + x, {"x": -2}, lambda x: where(x > 0, torch.sqrt(x), 0.0) + x
)
of_a_quotient = at(
    "branch_of_a_quotient", Piecewise((1 / x, x > 1e-9), (0, True)) + x, {"x": 0}, lambda x: where(x > 1e-9, 1 / x, 0.0) + x
)
nested = at(
    "branches_nested",
    Piecewise((Piecewise((exp(x * x), x < 3), (x, True)), x > 0), (sqrt(1 - x), True)),
    {"x": 100},
    lambda x: where(x > 0, where(x < 3, torch.exp(x * x), x), torch.sqrt(1 - x)),
)
below_relu = at("overflow_below_relu", relu(1 - exp(x)) + x, {"x": 1000}, lambda x: torch.relu(1 - torch.exp(x)) + x)
in_a_matrix = at(
    "overflow_in_a_matrix",
    total(relu(subtract(1, exp(A)))) + total(A),
    {"A": [[1000, -1], [1, -1000]]},
    lambda A: torch.relu(1 - torch.exp(A)).sum() + A.sum(),
    wrong=("A",),
    parameters=(A,),
)
# The branch is taken: what flows through it is lost where the program clamps too much.
taken = at(
    "branch_taken_and_clamped",
    Piecewise((exp(x), x <= 5), (1 + x, True)),
    {"x": 3},
    lambda x: where(x <= 5, torch.exp(x.clamp(max=0)) + torch.exp(x).detach() - 1, 1 + x),
)
of_a_logarithm = at(
    "branch_of_a_logarithm",
    Piecewise((log(x), x > 0), (x, True)),
    {"x": 2},
    lambda x: where(x > 0, torch.log(x.detach()) + (x - x.detach()), x),
)

zeros = {"v": [0, 0, 0]}


def length(name, loss, program, reason="autograd_wrong", point=zeros, parameter=v):
    return at(name, loss, point, program, reason, (parameter.name,), (parameter,))


length_of_squares = length("length_of_squares", sqrt(total(square(v))), lambda v: (v * v).sum().sqrt())
length_of_products = length("length_of_products", sqrt(total(hadamard(v, v))), lambda v: (v**2).sum().sqrt())
length_by_dot = length("length_by_dot", sqrt(dot(v, v)), lambda v: (v @ v).sqrt() if v.dim() == 1 else (v * v).sum().sqrt())
length_by_gram = length("length_by_gram", sqrt((v.T * v)[0, 0]), lambda v: (v * v).sum().sqrt())
root_mean_square = length("root_mean_square", sqrt(mean(square(v))), lambda v: (v * v).mean().sqrt())
scaled_length = length("scaled_length", sqrt(2 * total(square(v)) / 3), lambda v: (2 * (v * v).sum() / 3).sqrt())
roots_of_squares = length("roots_of_squares", total(sqrt(square(v))), lambda v: (v * v).sqrt().sum(), point={"v": [0, 1, -2]})
length_of_a_row = length(
    "length_of_a_row",
    total(sqrt(total(square(A), axis=1))),
    lambda A: (A * A).sum(1).sqrt().sum(),
    point={"A": [[0, 0], [1, 2]]},
    parameter=A,
)
frobenius = length(
    "frobenius", sqrt(trace(A.T * A)), lambda A: torch.trace(A.T @ A).sqrt(), point={"A": [[0, 0], [0, 0]]}, parameter=A
)
two_scalars = at(
    "length_of_two_scalars",
    sqrt(x**2 + y**2),
    {"x": 0, "y": 0},
    lambda x, y: 0.8 * x + 0.8 * y,
    "not_a_subgradient",
    ("x", "y"),
    (x, y),
)

# √x has no slope at 0; that of y² is 6 all the same.
beside_a_root = at(
    "wrong_beside_a_root",
    sqrt(x) + y**2,
    {"x": 0, "y": 3},
    lambda x, y: x.sqrt() + y.detach() * y,
    "autograd_wrong",
    ("x", "y"),
    (x, y),
)
beside_a_cusp = at(
    "wrong_beside_a_cusp",
    sqrt(abs(x)) + y**2,
    {"x": 0, "y": 3},
    lambda x, y: x.abs().sqrt() + y.detach() * y,
    "not_a_subgradient",
    ("x", "y"),
    (x, y),
)
