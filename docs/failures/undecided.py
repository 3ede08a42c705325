from symgrad import Exercise, hadamard, leaky_relu, scalar, square, total, vector

w1, w2, x, y = vector("w1", 2), vector("w2", 2), scalar("x"), scalar("y")


def torch_loss(w1, w2, x, y):
    z = w1 * x
    hidden = z * (z > 0) + 0.25 * z * (z < 0)  # neither mask holds at 0
    return ((w2 * hidden).sum() - y) ** 2


exercise = Exercise(
    name="from_zero",
    loss=square(total(hadamard(w2, leaky_relu(w1 * x, 0.25))) - y),
    parameters=[w1, w2],
    at=[{"w1": [0, 0], "w2": [1, -1], "x": 1, "y": 1}],  # a network that starts from zero
    torch_loss=torch_loss,
)
