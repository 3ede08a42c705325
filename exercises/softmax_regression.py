"""Softmax regression: the mean cross entropy of softmax(W x + b) over a batch, columns are samples."""

import torch

from symgrad import Exercise, add, hadamard, log_softmax, matrix, step, total, vector

classes, features, samples = 3, 4, 5
W, b = matrix("W", classes, features), vector("b", classes)
x, y = matrix("x", features, samples), matrix("y", classes, samples)

z = step("z", add(W * x, b))
loss = -total(hadamard(y, log_softmax(z, axis=0))) / samples


def torch_loss(W, b, x, y):
    return torch.nn.functional.cross_entropy((W @ x + b).T, y.T)


one_hot = [[1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 1]]

exercise = Exercise(
    name="softmax_regression",
    title="Softmax regression, cross entropy",
    loss=loss,
    parameters=[W, b],
    at=[
        {
            "W": [[1, 0, -1, 0.5], [0, 2, 0.25, -1], [-0.5, 1, 1, 0]],
            "b": [0.5, -0.5, 0],
            "x": [[1, 2, 0, -1, 0.5], [0, 1, 1, -2, 0.25], [1, 0, -1, 1, 2], [0.5, 0, 1, 1, -1]],
            "y": one_hot,
        }
    ],
    domain={"y": (0, 1)},
    torch_loss=torch_loss,
)
