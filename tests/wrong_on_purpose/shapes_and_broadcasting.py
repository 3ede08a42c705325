"""Wrong shapes that PyTorch puts up with: broadcasting, axes, transposes, mean for sum.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong.
"""

import torch

from symgrad import Exercise, add, hadamard, log_softmax, matrix, mean, square, step, tanh, total, vector

X, w, y = matrix("X", 5, 3), vector("w", 3), vector("y", 5)


def regression(name, torch_loss):
    """Least squares, samples are rows."""
    return Exercise(name=name, loss=mean(square(X * w - y)), parameters=[w], torch_loss=torch_loss)


EXPECTED = {}

column_minus_row = regression("column_minus_row", lambda X, w, y: ((X @ w - y.flatten()) ** 2).mean())
EXPECTED["column_minus_row"] = "fail", "losses_differ", "w"

target_size = regression("target_size", lambda X, w, y: torch.nn.functional.mse_loss(X @ w, y.squeeze(1)))
EXPECTED["target_size"] = "fail", "losses_differ", "w"

sum_for_mean = regression("sum_for_mean", lambda X, w, y: ((X @ w - y) ** 2).sum())
EXPECTED["sum_for_mean"] = "fail", "losses_differ", "w"

mean_over_features = regression("mean_over_features", lambda X, w, y: ((X @ w - y) ** 2).sum() / len(w))
EXPECTED["mean_over_features"] = "fail", "losses_differ", "w"

first_sample_only = regression("first_sample_only", lambda X, w, y: ((X @ w - y)[:1] ** 2).mean())
EXPECTED["first_sample_only"] = "fail", "losses_differ", "w"

last_sample_left_out = regression("last_sample_left_out", lambda X, w, y: ((X @ w - y)[:-1] ** 2).sum() / 5)
EXPECTED["last_sample_left_out"] = "fail", "losses_differ", "w"

shuffled_targets = regression("shuffled_targets", lambda X, w, y: ((X @ w - y.flip(0)) ** 2).mean())
EXPECTED["shuffled_targets"] = "fail", "losses_differ", "w"

U, V, z = matrix("U", 3, 3), matrix("V", 3, 3), vector("z", 3)


def squares(name, torch_loss):
    """Square weights, where each transpose and each order fits."""
    return Exercise(name=name, loss=total(square(U * tanh(V * z))), parameters=[U, V], torch_loss=torch_loss)


transposed_weight = squares("transposed_weight", lambda U, V, z: ((U @ torch.tanh(V.T @ z)) ** 2).sum())
EXPECTED["transposed_weight"] = "fail", "losses_differ", "U", "V"

layers_in_the_other_order = squares("layers_in_the_other_order", lambda U, V, z: ((V @ torch.tanh(U @ z)) ** 2).sum())
EXPECTED["layers_in_the_other_order"] = "fail", "losses_differ", "U", "V"

elementwise_product = squares("elementwise_product", lambda U, V, z: ((U @ torch.tanh(V * z)) ** 2).sum())
EXPECTED["elementwise_product"] = "fail", "losses_differ", "U", "V"


def transposed_gradient(U, V, z):
    """The value of V with the graph of its transpose."""
    return ((U @ torch.tanh((V.detach() + (V - V.detach()).T) @ z)) ** 2).sum()


gradient_transposed = squares("gradient_transposed", transposed_gradient)
EXPECTED["gradient_transposed"] = "fail", "autograd_wrong", "V"

W, b, x, t = matrix("W", 3, 2), vector("b", 3), matrix("x", 2, 3), matrix("t", 3, 3)
logits = step("logits", add(W * x, b))


def classifier(name, torch_loss):
    """As many classes as samples, so that the wrong axis fits; columns are samples."""
    return Exercise(
        name=name,
        loss=-total(hadamard(t, log_softmax(logits, axis=0))) / 3,
        parameters=[W, b],
        domain={"t": (0, 1)},
        torch_loss=torch_loss,
    )


softmax_axis = classifier("softmax_axis", lambda W, b, x, t: -(t * torch.log_softmax(W @ x + b, dim=1)).sum() / 3)
EXPECTED["softmax_axis"] = "fail", "losses_differ", "W", "b"

samples_as_rows = classifier("samples_as_rows", lambda W, b, x, t: torch.nn.functional.cross_entropy(W @ x + b, t))
EXPECTED["samples_as_rows"] = "fail", "losses_differ", "W", "b"

bias_as_row = classifier("bias_as_row", lambda W, b, x, t: -(t * torch.log_softmax(W @ x + b.T, dim=0)).sum() / 3)
EXPECTED["bias_as_row"] = "fail", "losses_differ", "W", "b"

mean_of_all = classifier("mean_of_all", lambda W, b, x, t: -(t * torch.log_softmax(W @ x + b, dim=0)).mean())
EXPECTED["mean_of_all"] = "fail", "losses_differ", "W", "b"

reshaped = regression("reshaped", lambda X, w, y: ((X.T.reshape(5, 3) @ w - y) ** 2).mean())
EXPECTED["reshaped"] = "fail", "losses_differ", "w"
