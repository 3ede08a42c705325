from symgrad import Exercise, scalar, square

w, x, y = scalar("w"), scalar("x"), scalar("y")


def torch_loss(w, x, y):
    residual = (w * x - y).float()  # the rest is float64
    return residual**2 + w**2


exercise = Exercise(name="ridge", loss=square(w * x - y) + w**2, parameters=[w], torch_loss=torch_loss)
