"""Points where the loss isn't smooth: values that are no subgradients.

EXPECTED: verdict, reason, then the parameters whose values are no subgradients.
"""

import torch

from symgrad import Exercise, abs, relu, scalar, subtract, vector

w, p = scalar("w"), vector("p", 2)


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
                (slope,) = torch.autograd.grad(value(z).sum(), z)
            return adjoint * torch.where(z == 0, at_zero, slope)

    return lambda w: Stated.apply(w)


def at_zero(name, loss, torch_loss):
    return Exercise(name=name, loss=loss, parameters=[w], at=[{"w": 0}], torch_loss=torch_loss)


EXPECTED = {}

relu_difference = at_zero("relu_difference", relu(w) - relu(-w), lambda w: torch.relu(w) - torch.relu(-w))
EXPECTED["relu_difference"] = "fail", "not_a_subgradient", "w"

negative_slope = at_zero("negative_slope", relu(w), with_slope(torch.relu, -0.5))
EXPECTED["negative_slope"] = "fail", "not_a_subgradient", "w"

slope_above_one = at_zero("slope_above_one", relu(w), with_slope(torch.relu, 1.0001))
EXPECTED["slope_above_one"] = "fail", "not_a_subgradient", "w"

slope_two = at_zero("slope_two", abs(w), with_slope(torch.abs, 2.0))
EXPECTED["slope_two"] = "fail", "not_a_subgradient", "w"

# |p₀ − p₁| where both are equal: each entry of (1, 1) lies between −1 and 1, the vector isn't in the hull.
outside_the_hull = Exercise(
    name="outside_the_hull",
    loss=abs(subtract(p[0], p[1])),
    parameters=[p],
    at=[{"p": [0.5, 0.5]}],
    torch_loss=lambda p: (torch.abs(p[0] - p[1]) + (p.sum() - p.sum().detach()) * (p[0] == p[1])).sum(),
)
EXPECTED["outside_the_hull"] = "fail", "not_a_subgradient", "p"

wrong_beside_the_kink = Exercise(
    name="wrong_beside_the_kink",
    loss=relu(w),
    parameters=[w],
    at=[{"w": 0}],
    torch_loss=lambda w: torch.where(w > 0, w, 0.0) + (w - w.detach()) * (w < -1),
)
EXPECTED["wrong_beside_the_kink"] = "fail", "autograd_wrong", "w"
