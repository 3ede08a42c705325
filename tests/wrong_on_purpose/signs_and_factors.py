"""Wrong signs and factors, in the loss itself or in the gradient alone.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import torch

from symgrad import Exercise, add, matrix, power, sigmoid, square, step, total, vector

w, b = matrix("w", 2, 3), vector("b", 2)
x, y = matrix("x", 3, 4), matrix("y", 2, 4)
p = step("p", sigmoid(add(w * x, b)))


def neurons(name, torch_loss):
    """Two sigmoid neurons with half the squared error."""
    return Exercise(name=name, loss=total(square(p - y)) / 2, parameters=[w, b], torch_loss=torch_loss)


def program(w, b, x, y):
    return ((torch.sigmoid(w @ x + b) - y) ** 2).sum() / 2


EXPECTED = {}

residual_sign = neurons("residual_sign", lambda w, b, x, y: ((torch.sigmoid(w @ x + b) + y) ** 2).sum() / 2)
EXPECTED["residual_sign"] = "fail", "losses_differ", "w", "b"

loss_sign = neurons("loss_sign", lambda w, b, x, y: -program(w, b, x, y))
EXPECTED["loss_sign"] = "fail", "losses_differ", "w", "b"

bias_sign = neurons("bias_sign", lambda w, b, x, y: program(w, -b, x, y))
EXPECTED["bias_sign"] = "fail", "losses_differ", "w", "b"

factor_two = neurons("factor_two", lambda w, b, x, y: ((torch.sigmoid(w @ x + b) - y) ** 2).sum())
EXPECTED["factor_two"] = "fail", "losses_differ", "w", "b"

factor_half = neurons("factor_half", lambda w, b, x, y: program(w, b, x, y) / 2)
EXPECTED["factor_half"] = "fail", "losses_differ", "w", "b"

# The gradients are right: only the loss gives it away.
constant_added = neurons("constant_added", lambda w, b, x, y: program(w, b, x, y) + 1)
EXPECTED["constant_added"] = ("fail", "losses_differ")

# From here on the loss is right to the last bit, and only its gradient is wrong.
gradient_sign = neurons("gradient_sign", lambda w, b, x, y: program(2 * w.detach() - w, b, x, y))
EXPECTED["gradient_sign"] = "fail", "autograd_wrong", "w"

gradient_doubled = neurons("gradient_doubled", lambda w, b, x, y: program(w, 2 * b - b.detach(), x, y))
EXPECTED["gradient_doubled"] = "fail", "autograd_wrong", "b"

gradient_halved = neurons("gradient_halved", lambda w, b, x, y: program((w + w.detach()) / 2, b, x, y))
EXPECTED["gradient_halved"] = "fail", "autograd_wrong", "w"


def scaled_by_hook(w, b, x, y):
    """Gradient clipping left in the program."""
    b.register_hook(lambda gradient: gradient.clamp(-1e-3, 1e-3))
    return program(w, b, x, y)


gradient_clipped = neurons("gradient_clipped", scaled_by_hook)
EXPECTED["gradient_clipped"] = "fail", "autograd_wrong", "b"


def one_column_hook(w, b, x, y):
    """The first column of the weights is frozen, as for padding."""
    mask = torch.ones_like(w)
    mask[:, 0] = 0
    w.register_hook(lambda gradient: gradient * mask)
    return program(w, b, x, y)


column_frozen = neurons("column_frozen", one_column_hook)
EXPECTED["column_frozen"] = "fail", "autograd_wrong", "w"


def backward_inside(w, b, x, y):
    """The program runs backward() itself, so that the gradients are there twice."""
    loss = program(w, b, x, y)
    loss.backward(retain_graph=True)
    return loss


backward_twice = neurons("backward_twice", backward_inside)
EXPECTED["backward_twice"] = "fail", "autograd_wrong", "w", "b"

u, v = matrix("u", 2, 2), matrix("v", 2, 2)


def exchanged(u, v):
    """Each of two matrices receives the gradient of the other."""
    same_u, same_v = u.detach() + (v - v.detach()), v.detach() + (u - u.detach())
    return (same_u**2).sum() + 3 * (same_v**3).sum()


gradients_exchanged = Exercise(
    name="gradients_exchanged",
    loss=total(square(u)) + 3 * total(power(v, 3)),
    parameters=[u, v],
    torch_loss=exchanged,
)
EXPECTED["gradients_exchanged"] = "fail", "autograd_wrong", "u", "v"
