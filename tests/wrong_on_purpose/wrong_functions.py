"""Another function than the one that was meant: activations, losses, dropout, softmax taken twice.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import torch
import torch.nn.functional as F

from symgrad import (
    Exercise,
    add,
    gelu,
    hadamard,
    huber,
    log_softmax,
    matrix,
    mean,
    relu,
    sigmoid,
    softplus,
    square,
    step,
    subtract,
    total,
    vector,
)

w, x = matrix("w", 3, 2), matrix("x", 2, 5)
z = step("z", w * x)


def activated(name, activation, torch_activation):
    return Exercise(
        name=name,
        loss=total(square(activation(z))),
        parameters=[w],
        torch_loss=lambda w, x: (torch_activation(w @ x) ** 2).sum(),
    )


EXPECTED = {}

clamp_for_relu = activated("clamp_for_relu", relu, lambda z: torch.clamp(z, 0, 1))
EXPECTED["clamp_for_relu"] = "fail", "losses_differ", "w"

max_for_min = activated("max_for_min", relu, lambda z: torch.clamp(z, max=0))
EXPECTED["max_for_min"] = "fail", "losses_differ", "w"

leaky_for_relu = activated("leaky_for_relu", relu, F.leaky_relu)
EXPECTED["leaky_for_relu"] = "fail", "losses_differ", "w"

tanh_for_sigmoid = activated("tanh_for_sigmoid", sigmoid, torch.tanh)
EXPECTED["tanh_for_sigmoid"] = "fail", "losses_differ", "w"

gelu_approximated = activated("gelu_approximated", gelu, lambda z: F.gelu(z, approximate="tanh"))
EXPECTED["gelu_approximated"] = "fail", "losses_differ", "w"

activation_forgotten = activated("activation_forgotten", sigmoid, lambda z: z)
EXPECTED["activation_forgotten"] = "fail", "losses_differ", "w"

activated_twice = activated("activated_twice", sigmoid, lambda z: torch.sigmoid(torch.sigmoid(z)))
EXPECTED["activated_twice"] = "fail", "losses_differ", "w"

dropout_left_on = activated("dropout_left_on", sigmoid, lambda z: F.dropout(torch.sigmoid(z)))
EXPECTED["dropout_left_on"] = "fail", "losses_differ", "w"

noise_added = activated("noise_added", sigmoid, lambda z: torch.sigmoid(z) + 1e-6 * torch.randn_like(z))
EXPECTED["noise_added"] = "fail", "losses_differ", "w"

y = matrix("y", 3, 5)


def fitted(name, residual_loss, torch_loss, **options):
    return Exercise(name=name, loss=residual_loss, parameters=[w], torch_loss=torch_loss, **options)


residual = subtract(z, y)
l1_for_l2 = fitted("l1_for_l2", mean(square(residual)), lambda w, x, y: F.l1_loss(w @ x, y))
EXPECTED["l1_for_l2"] = "fail", "losses_differ", "w"

norm_for_square = fitted("norm_for_square", total(square(residual)), lambda w, x, y: torch.linalg.vector_norm(w @ x - y))
EXPECTED["norm_for_square"] = "fail", "losses_differ", "w"

# huber_loss is delta times smooth_l1_loss with beta = delta.
smooth_l1_for_huber = fitted(
    "smooth_l1_for_huber", mean(huber(residual, 2)), lambda w, x, y: F.smooth_l1_loss(w @ x, y, beta=2.0)
)
EXPECTED["smooth_l1_for_huber"] = "fail", "losses_differ", "w"

cross_entropy = -total(hadamard(y, log_softmax(z, axis=0))) / 5
softmax_twice = fitted(
    "softmax_twice",
    cross_entropy,
    lambda w, x, y: F.cross_entropy(torch.softmax(w @ x, dim=0).T, y.T),
    domain={"y": (0, 1)},
)
EXPECTED["softmax_twice"] = "fail", "losses_differ", "w"

logits_for_probabilities = fitted(
    "logits_for_probabilities",
    mean(softplus(z) - hadamard(y, z)),
    lambda w, x, y: F.binary_cross_entropy_with_logits(torch.sigmoid(w @ x), y),
    domain={"y": (0, 1)},
)
EXPECTED["logits_for_probabilities"] = "fail", "losses_differ", "w"

penalty_forgotten = fitted(
    "penalty_forgotten", total(square(residual)) + total(square(w)) / 8, lambda w, x, y: ((w @ x - y) ** 2).sum()
)
EXPECTED["penalty_forgotten"] = "fail", "losses_differ", "w"

bias = vector("b", 3)
bias_unused = Exercise(
    name="bias_unused",
    loss=total(square(add(z, bias))),
    parameters=[w, bias],
    torch_loss=lambda w, x, b: ((w @ x) ** 2).sum(),
)
EXPECTED["bias_unused"] = "fail", "losses_differ", "w", "b"

sample = vector("s", 4)
variance_of_a_sample = Exercise(
    name="variance_of_a_sample",
    loss=mean(square(subtract(sample, mean(sample)))),
    parameters=[sample],
    torch_loss=lambda s: s.var(),
)
EXPECTED["variance_of_a_sample"] = "fail", "losses_differ", "s"
