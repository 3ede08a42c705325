"""Two-layer sigmoid network for students: derive the adjoints of z2 and z1, and dL/dw1 and dL/dw2, by hand."""

import torch

from symgrad import Exercise, hadamard, matrix, sigmoid, square, step, subtract, total

w1, w2 = matrix("w1", 2, 1), matrix("w2", 2, 2)
x, y = matrix("x", 1, 1), matrix("y", 2, 1)

z1 = step("z1", w1 * x)
y1 = step("y1", sigmoid(z1))
z2 = step("z2", w2 * y1)
y2 = step("y2", sigmoid(z2))
loss = total(square(y2 - y)) / 2


def torch_loss(w1, w2, x, y):
    return 0.5 * ((torch.sigmoid(w2 @ torch.sigmoid(w1 @ x)) - y) ** 2).sum()


# By hand: the adjoints of z2 and z1, then the gradients as outer products.
dz2 = hadamard(y2 - y, hadamard(y2, subtract(1, y2)))
dz1 = hadamard(w2.T * dz2, hadamard(y1, subtract(1, y1)))

exercise = Exercise(
    name="sigmoid_network",
    title="Two-layer sigmoid network",
    loss=loss,
    parameters=[w1, w2],
    at=[{"w1": [[1], [2]], "w2": [[3, 4], [5, 6]], "x": [[1]], "y": [[1], [0]]}],
    torch_loss=torch_loss,
    published={
        "y1": ["0.7311", "0.8808"],
        "y2": ["0.9967", "0.9999"],
        "loss": "0.4999",
        "w1": [["1.2243e-04"], ["7.8005e-05"]],
        "w2": [["-7.8431e-06", "-9.4496e-06"], ["9.5752e-05", "1.1536e-04"]],
    },
    hand_derived={"w1": dz1 * x.T, "w2": dz2 * y1.T},
    marks={"dz2": 2, "dz1": 1, "w1": 2, "w2": 3},
    credit={"sign": 0.5, "entries": 1, "carried_forward": 1},
)
