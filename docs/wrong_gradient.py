"""A custom autograd.Function whose backward forgets the inner derivative of x²."""

import torch

from symgrad import Exercise, exp, scalar, square, step


class Gaussian(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        y = torch.exp(-(x**2))
        context.save_for_backward(y)
        return y

    @staticmethod
    def backward(context, adjoint):
        (y,) = context.saved_tensors
        return -adjoint * y  # should be -2 * x * adjoint * y


a, x = scalar("a"), scalar("x")
y = step("y", a * exp(-square(x)))


def torch_loss(a, x):
    return (a * Gaussian.apply(x) - 1) ** 2


exercise = Exercise(
    name="gaussian",
    title="A Gaussian with a hand-written backward",
    loss=square(y - 1),
    parameters=[a, x],
    at=[{"a": 2, "x": 1}],
    torch_loss=torch_loss,
)
