"""PyTorch returns nan or infinity where the loss and its gradient are finite.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import torch

from symgrad import Exercise, exp, log_softmax, matrix, relu, scalar, sigmoid, softplus, sqrt, square, total, vector

w, p = scalar("w"), vector("p", 3)

EXPECTED = {}

# The classic: where() takes the right branch, its backward() multiplies the other one's infinity by zero.
where_of_root = Exercise(
    name="where_of_root",
    loss=square(sqrt(relu(w) + 1)),
    parameters=[w],
    at=[{"w": -2}],
    torch_loss=lambda w: torch.where(w > 0, torch.sqrt(w) ** 2 + 1, 1.0),
)
EXPECTED["where_of_root"] = "fail", "autograd_wrong", "w"

norm_at_zero = Exercise(
    name="norm_at_zero",
    loss=total(square(p)),
    parameters=[p],
    at=[{"p": [0, 0, 0]}],
    torch_loss=lambda p: torch.sqrt((p**2).sum()) ** 2,
)
EXPECTED["norm_at_zero"] = "fail", "autograd_wrong", "p"

naive_sigmoid = Exercise(
    name="naive_sigmoid",
    loss=sigmoid(w) + square(w) / 4,
    parameters=[w],
    at=[{"w": -1000}],
    torch_loss=lambda w: 1 / (1 + torch.exp(-w)) + w**2 / 4,
)
EXPECTED["naive_sigmoid"] = "fail", "autograd_wrong", "w"

naive_softplus = Exercise(
    name="naive_softplus",
    loss=softplus(w),
    parameters=[w],
    at=[{"w": 1000}],
    torch_loss=lambda w: torch.log(1 + torch.exp(w)),
)
EXPECTED["naive_softplus"] = "fail", "losses_differ", "w"

naive_softmax = Exercise(
    name="naive_softmax",
    loss=-total(log_softmax(p)),
    parameters=[p],
    at=[{"p": [1000, 999, 998]}],
    torch_loss=lambda p: -torch.log(torch.exp(p) / torch.exp(p).sum()).sum(),
)
EXPECTED["naive_softmax"] = "fail", "losses_differ", "p"

m = matrix("m", 2, 2)
product_of_exponentials = Exercise(
    name="product_of_exponentials",
    loss=exp(total(m)),
    parameters=[m],
    at=[{"m": [[800, -800], [0.5, 0.25]]}],
    torch_loss=lambda m: torch.exp(m).prod(),
)
EXPECTED["product_of_exponentials"] = "fail", "losses_differ", "m"
