import torch

from symgrad import Exercise, scalar, sigmoid


class ByDifferences(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return torch.sigmoid(x)

    @staticmethod
    def backward(context, adjoint):
        (x,) = context.saved_tensors
        return adjoint * (torch.sigmoid(x + 1e-6) - torch.sigmoid(x - 1e-6)) / 2e-6


x = scalar("x")

exercise = Exercise(name="by_differences", loss=sigmoid(x), parameters=[x], torch_loss=ByDifferences.apply)
