"""Paths that the gradient doesn't take: detach, .data, .item(), no_grad, NumPy, a tensor made anew.

The loss is right each time. EXPECTED: verdict, reason, then the parameters whose gradients are wrong; for an error words of its message.
"""

import numpy as np
import torch

from symgrad import Exercise, matrix, scalar, sigmoid, square, step, subtract, tanh, total

W, w1, w2 = matrix("W", 3, 4), matrix("w1", 3, 2), matrix("w2", 2, 3)
x, y = matrix("x", 4, 5), matrix("y", 2, 5)
code = step("code", sigmoid(W * x))
tied_loss = total(square(step("decoded", W.T * code) - x))


def tied(name, encoder=lambda W: W, decoder=lambda W: W):
    """An autoencoder that uses one matrix twice."""

    def torch_loss(W, x):
        return ((decoder(W).T @ torch.sigmoid(encoder(W) @ x) - x) ** 2).sum()

    return Exercise(name=name, loss=tied_loss, parameters=[W], torch_loss=torch_loss)


EXPECTED = {}

shared_decoder = tied("shared_decoder", decoder=lambda W: W.detach())
EXPECTED["shared_decoder"] = "fail", "autograd_wrong", "W"

shared_encoder = tied("shared_encoder", encoder=lambda W: W.data)
EXPECTED["shared_encoder"] = "fail", "autograd_wrong", "W"

cloned_then_detached = tied("cloned_then_detached", decoder=lambda W: W.clone().detach().requires_grad_())
EXPECTED["cloned_then_detached"] = "fail", "autograd_wrong", "W"

made_anew = tied(
    "made_anew",
    encoder=lambda W: torch.tensor(W.tolist(), requires_grad=True),
    decoder=lambda W: torch.from_numpy(W.detach().numpy()).requires_grad_(),
)
EXPECTED["made_anew"] = "fail", "autograd_wrong", "W"

a, c = scalar("a"), scalar("c")


def product(name, torch_loss):
    """The product rule has two terms for a: those of sin(a) and of exp(a c)."""
    from symgrad import exp, sin

    return Exercise(name=name, loss=square(step("s", sin(a)) * step("e", exp(a * c))), parameters=[a, c], torch_loss=torch_loss)


dropped_term = product("dropped_term", lambda a, c: (torch.sin(a.detach()) * torch.exp(a * c)) ** 2)
EXPECTED["dropped_term"] = "fail", "autograd_wrong", "a"

item_in_the_middle = product("item_in_the_middle", lambda a, c: (torch.sin(a) * torch.exp(a.item() * c)) ** 2)
EXPECTED["item_in_the_middle"] = "fail", "autograd_wrong", "a"

through_numpy = product("through_numpy", lambda a, c: (float(np.sin(a.detach().numpy())) * torch.exp(a * c)) ** 2)
EXPECTED["through_numpy"] = "fail", "autograd_wrong", "a"

square_detached = product("square_detached", lambda a, c: (s := torch.sin(a) * torch.exp(a * c)) * s.detach())
EXPECTED["square_detached"] = "fail", "autograd_wrong", "a", "c"


def with_no_grad_inside(a, c):
    with torch.no_grad():
        e = torch.exp(a * c)
    return (torch.sin(a) * e) ** 2


no_grad_inside = product("no_grad_inside", with_no_grad_inside)
EXPECTED["no_grad_inside"] = "fail", "autograd_wrong", "a", "c"

no_grad_around = product("no_grad_around", torch.no_grad()(lambda a, c: (torch.sin(a) * torch.exp(a * c)) ** 2))
EXPECTED["no_grad_around"] = "error", "could_not_run", "returned a detached tensor"

inference_mode = product("inference_mode", torch.inference_mode()(lambda a, c: (torch.sin(a) * torch.exp(a * c)) ** 2))
EXPECTED["inference_mode"] = "error", "could_not_run", "returned a detached tensor"

hidden = step("hidden", tanh(w1 * matrix("i", 2, 5)))


def first_layer_frozen(w1, w2, i, y):
    return ((w2 @ torch.tanh(w1 @ i).detach() - y) ** 2).sum()


frozen_layer = Exercise(
    name="frozen_layer", loss=total(square(w2 * hidden - y)), parameters=[w1, w2], torch_loss=first_layer_frozen
)
EXPECTED["frozen_layer"] = "fail", "autograd_wrong", "w1"


def last_sample_only(w1, w2, i, y):
    """Only the last sample of the batch keeps its graph."""
    h = torch.tanh(w1 @ i)
    h = torch.cat([h[:, :-1].detach(), h[:, -1:]], dim=1)
    return ((w2 @ h - y) ** 2).sum()


samples_detached = Exercise(
    name="samples_detached", loss=total(square(w2 * hidden - y)), parameters=[w1, w2], torch_loss=last_sample_only
)
EXPECTED["samples_detached"] = "fail", "autograd_wrong", "w1"

R, h0, target = matrix("R", 3, 3), matrix("h0", 3, 1), matrix("target", 3, 1)
state = h0
for time in range(1, 4):
    state = step(f"h{time}", tanh(R * state))


def truncated_recurrence(R, h0, target):
    h = h0
    for _ in range(3):
        h = torch.tanh(R @ h.detach())
    return ((h - target) ** 2).sum()


truncated_through_time = Exercise(
    name="truncated_through_time",
    loss=total(square(subtract(state, target))),
    parameters=[R, h0],
    torch_loss=truncated_recurrence,
)
EXPECTED["truncated_through_time"] = "fail", "autograd_wrong", "R", "h0"
