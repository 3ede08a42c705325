from symgrad import Exercise, scalar, sqrt

w = scalar("w")

exercise = Exercise(name="hyperbola", loss=sqrt(w**2 + 1) - w, parameters=[w], domain={"w": (1e8, 1e9)})
