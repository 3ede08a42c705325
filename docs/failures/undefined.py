from symgrad import Exercise, log, scalar

p = scalar("p")

exercise = Exercise(name="entropy", loss=-p * log(p), parameters=[p], at=[{"p": 0.5}, {"p": 0}], domain={"p": (0, 1)})
