"""Points where the loss isn't smooth: values that are subgradients, whatever the convention, and pieces that meet smoothly.

EXPECTED: verdict and reason.
"""

import torch

from symgrad import Exercise, amax, exp, huber, maximum, relu, scalar, square, tanh, total, vector

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
relu_at_zero = at_zero("relu_at_zero", relu(w), lambda w: torch.relu(w))
EXPECTED["relu_at_zero"] = "pass", "kink"

half_slope = at_zero("half_slope", relu(w), with_slope(torch.relu, 0.5))
EXPECTED["half_slope"] = "pass", "kink"

whole_slope = at_zero("whole_slope", relu(w), lambda w: torch.where(w >= 0, w, 0.0))
EXPECTED["whole_slope"] = "pass", "kink"

one_of_two_maxima = Exercise(
    name="one_of_two_maxima",
    loss=amax(p),
    parameters=[p],
    at=[{"p": [1, 1]}],
    torch_loss=lambda p: p[p.argmax()].sum(),
)
EXPECTED["one_of_two_maxima"] = "pass", "kink"

tied_maximum = Exercise(name="tied_maximum", loss=maximum(p[0], p[1]), parameters=[p], at=[{"p": [1, 1]}])
EXPECTED["tied_maximum"] = "pass", "kink"

# No kinks: the pieces meet with the same slope, or are the same everywhere.
same_twice = Exercise(name="same_twice", loss=maximum(tanh(w), 1 - 2 / (exp(2 * w) + 1)), parameters=[w], points=4)
EXPECTED["same_twice"] = "pass", "agree"

equal_arms = Exercise(name="equal_arms", loss=w * maximum(w, w), parameters=[w], at=[{"w": 1}], points=4)
EXPECTED["equal_arms"] = "pass", "agree"

huber_at_its_joint = Exercise(name="huber_at_its_joint", loss=huber(w), parameters=[w], at=[{"w": 1}, {"w": -1}])
EXPECTED["huber_at_its_joint"] = "pass", "agree"

squared_relu = Exercise(name="squared_relu", loss=total(square(relu(p))), parameters=[p], at=[{"p": [0, 2]}])
EXPECTED["squared_relu"] = "pass", "agree"

smooth_sum_of_kinks = at_zero("smooth_sum_of_kinks", relu(w) - relu(-w), lambda w: w.clone())
EXPECTED["smooth_sum_of_kinks"] = "pass", "agree"
