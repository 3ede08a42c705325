"""Right, though they don't look it: other programs for the same function, detours, backward() written by hand.

EXPECTED: verdict and reason.
"""

import torch
import torch.nn.functional as F

from symgrad import (
    Exercise,
    add,
    cos,
    hadamard,
    inverse,
    log_softmax,
    logdet,
    logsumexp,
    matrix,
    mean,
    relu,
    scalar,
    sigmoid,
    softplus,
    square,
    step,
    subtract,
    total,
    trace,
    vector,
)

a, b = scalar("a"), scalar("b")
w, x, y = matrix("w", 3, 2), matrix("x", 2, 4), matrix("y", 3, 4)
p = vector("p", 3)
z = step("z", w * x)
r = subtract(z, y)

EXPECTED = {}


def fitted(name, loss, torch_loss, reason="agree", parameters=(w,), **options):
    EXPECTED[name] = "pass", reason
    return Exercise(name=name, loss=loss, parameters=list(parameters), torch_loss=torch_loss, **options)


norm_squared = fitted("norm_squared", total(square(r)), lambda w, x, y: torch.linalg.vector_norm(w @ x - y) ** 2)


def sum_by_loops(w, x, y):
    loss = 0
    for i in range(3):
        for j in range(4):
            loss = loss + (sum(w[i, k] * x[k, j] for k in range(2)) - y[i, j]) ** 2
    return loss


explicit_loops = fitted("explicit_loops", total(square(r)), sum_by_loops)
einsum = fitted("einsum", total(square(r)), lambda w, x, y: torch.einsum("ij,ik,kj->", q := w @ x - y, torch.eye(3), q))
trace_of_gram = fitted("trace_of_gram", total(square(r)), lambda w, x, y: torch.trace((w @ x - y).T @ (w @ x - y)))
transposed_twice = fitted("transposed_twice", total(square(r)), lambda w, x, y: ((x.T @ w.T - y.T) ** 2).sum())
backwards = fitted("backwards", total(square(r)), lambda w, x, y: ((w @ x - y).flip(0, 1) ** 2).flatten().cumsum(0)[-1])
other_sign = fitted("other_sign", total(square(r)), lambda w, x, y: -((y - w @ x) * (w @ x - y)).sum())
mse_by_hand = fitted("mse_by_hand", mean(square(r)), lambda w, x, y: F.mse_loss(w @ x, y, reduction="sum") / 24 * 2)
broadcast_by_hand = fitted(
    "broadcast_by_hand", total(square(add(z, p))), lambda w, x, p: ((w @ x + p.expand(3, 4)) ** 2).sum(), parameters=(w, p)
)

reciprocal = fitted("reciprocal", total(sigmoid(z)), lambda w, x: (1 / (1 + torch.exp(-(w @ x)))).sum())
half_tanh = fitted("half_tanh", total(sigmoid(z)), lambda w, x: (0.5 * (1 + torch.tanh(w @ x / 2))).sum())
log_of_softmax = fitted(
    "log_of_softmax",
    -total(hadamard(y, log_softmax(z, axis=0))),
    lambda w, x, y: -(y * torch.log(torch.softmax(w @ x, 0))).sum(),
)
clamp_as_relu = fitted("clamp_as_relu", total(square(relu(z))), lambda w, x: (torch.clamp(w @ x, min=0) ** 2).sum())
relu_as_product = fitted("relu_as_product", total(square(relu(z))), lambda w, x: ((w @ x) * (w @ x > 0)).square().sum())
bce_of_sigmoid = fitted(
    "bce_of_sigmoid",
    mean(softplus(z) - hadamard(y, z)),
    lambda w, x, y: F.binary_cross_entropy(torch.sigmoid(w @ x), y),
    domain={"w": (-0.5, 0.5), "y": (0, 1)},
)


def logsumexp_by_hand(p):
    """The maximum is detached, which is right: it cancels."""
    m = p.max().detach()
    return torch.log(torch.exp(p - m).sum()) + m


maximum_detached = fitted("maximum_detached", logsumexp(p), logsumexp_by_hand, parameters=(p,), at=[{"p": [1000, 999, 1001.5]}])

cube = fitted("cube", a**3, lambda a: a * a * a, parameters=(a,))
even_power = fitted("even_power", a**8, lambda a: ((a * a) ** 2) ** 2, parameters=(a,))
# Multiples of 1/64 of a few bits: exact in each order, in which rounding may not be excused by cancellation.
square_expanded = fitted("square_expanded", (a - b) ** 2, lambda a, b: a**2 - 2 * a * b + b**2, parameters=(a, b))
twice_detached = fitted("twice_detached", a**2, lambda a: a.detach() ** 2 + 2 * a.detach() * (a - a.detach()), parameters=(a,))
zero_added = fitted(
    "zero_added", a**2, lambda a: a**2 + 0 * torch.sin(a) - (a - a.detach()) + (a - a.detach()), parameters=(a,)
)


class Reversed(torch.autograd.Function):
    @staticmethod
    def forward(context, z):
        return z.view_as(z)

    @staticmethod
    def backward(context, adjoint):
        return -adjoint


reversed_twice = fitted("reversed_twice", total(square(z)), lambda w, x: (Reversed.apply(Reversed.apply(w) @ x) ** 2).sum())


class OwnSigmoid(torch.autograd.Function):
    @staticmethod
    def forward(context, z):
        s = torch.sigmoid(z)
        context.save_for_backward(s)
        return s

    @staticmethod
    def backward(context, adjoint):
        (s,) = context.saved_tensors
        return (adjoint * s) * (1 - s)


own_sigmoid = fitted("own_sigmoid", total(square(sigmoid(z))), lambda w, x: (OwnSigmoid.apply(w @ x) ** 2).sum())


def derivative_as_loss(a, b):
    """The loss is itself a derivative: (d sin(ab)/da)²."""
    (slope,) = torch.autograd.grad(torch.sin(a * b), a, create_graph=True)
    return slope**2


gradient_penalty = fitted("gradient_penalty", square(b * cos(a * b)), derivative_as_loss, parameters=(a, b))


def filled_in_place(w, x):
    h = torch.zeros(3, 4)
    for i in range(3):
        h[i] += w[i] @ x
    h.mul_(2).div_(2)
    return (h**2).sum()


in_place_of_its_own = fitted("in_place_of_its_own", total(square(z)), filled_in_place)
one_entry_loss = fitted("one_entry_loss", total(square(z)), lambda w, x: ((w @ x) ** 2).sum().reshape(1, 1))
checkpointed = fitted(
    "checkpointed",
    total(square(sigmoid(z))),
    lambda w, x: torch.utils.checkpoint.checkpoint(lambda w: (torch.sigmoid(w @ x) ** 2).sum(), w, use_reentrant=False),
)
float64_stated = fitted(
    "float64_stated", total(square(sigmoid(z))), lambda w, x: (torch.sigmoid(w.double() @ x.double()) ** 2).sum()
)

s = matrix("s", 2, 2)
shifted = step("shifted", add(s, matrix("k", 2, 2)))
given = [{"s": [[0.25, 0.5], [-0.25, 0]], "k": [[2, 0], [0, 3]]}]
solve_for_inverse = fitted(
    "solve_for_inverse",
    trace(inverse(shifted)),
    lambda s, k: torch.linalg.solve(s + k, torch.eye(2)).trace(),
    parameters=(s,),
    at=given,
    points=0,
)
log_of_determinant = fitted(
    "log_of_determinant", logdet(shifted), lambda s, k: torch.log(torch.linalg.det(s + k)), parameters=(s,), at=given, points=0
)

# Where nothing can cancel, float32 agrees to the last digits too; elsewhere an entry may happen to be nearly zero.
AGREE_IN_FLOAT32 = "cube", "even_power", "square_expanded", "twice_detached", "zero_added"
