from symgrad import Exercise, scalar, square

w, x, y = scalar("w"), scalar("x"), scalar("y")

exercise = Exercise(
    name="line",
    loss=square(w * x - y),
    parameters=[w],
    at=[{"w": 1.02, "x": 2, "y": 4}],
    published={"loss": "3.84", "w": "-7.48"},  # −7.84; two digits are swapped
)
