from symgrad import Exercise, scalar, sigmoid, square

z, y = scalar("z"), scalar("y")

exercise = Exercise(name="saturated", loss=square(sigmoid(z) - y), parameters=[z], at=[{"z": 25, "y": 1}])
