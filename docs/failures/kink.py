from symgrad import Exercise, relu, scalar

x = scalar("x")

exercise = Exercise(name="rectifier", loss=relu(x), parameters=[x], at=[{"x": 0}])
