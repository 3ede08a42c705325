import torch

from symgrad import Exercise, Training, scalar, square

w, x, y = scalar("w"), scalar("x"), scalar("y")


def loop(parameters, samples, learning_rate, epochs):
    (w,) = parameters.values()
    for _ in range(epochs):
        for sample in samples:
            loss = (w * sample["x"] - sample["y"]) ** 2
            loss.backward()
            yield loss
            with torch.no_grad():
                w += learning_rate * w.grad  # uphill
                w.grad = None


exercise = Exercise(
    name="line",
    loss=square(w * x - y),
    parameters=[w],
    training=Training(
        samples=[{"x": 1, "y": 2}, {"x": 2, "y": 4}],
        initial={"w": 1},
        learning_rate=0.25,
        epochs=2,
        loop=loop,
    ),
)
