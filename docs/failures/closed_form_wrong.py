from symgrad import Exercise, scalar, tanh

w, x = scalar("w"), scalar("x")

exercise = Exercise(
    name="unit",
    loss=tanh(w * x),
    parameters=[w],
    hand_derived={"w": 1 - tanh(w * x) ** 2},  # the inner derivative, x, was forgotten
)
