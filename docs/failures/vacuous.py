from symgrad import Exercise, matrix, relu, square, subtract, total, vector

w, x, y = matrix("w", 1, 2), vector("x", 2), matrix("y", 1, 1)

exercise = Exercise(
    name="dead_relu",
    loss=total(square(subtract(relu(w * x), y))),
    parameters=[w],
    domain={"w": (-2, -1), "x": (0.5, 2)},  # w x is below 0 at every point
)
