import torch

from symgrad import Exercise, scalar

x = scalar("x")


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x * x.detach()  # right, but its own derivative isn't


exercise = Exercise(name="cube", loss=x**3, parameters=[x], torch_loss=lambda x: Cube.apply(x))
