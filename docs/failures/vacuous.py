from symgrad import Exercise, matrix, softmax, square, subtract, total, vector

w, x, y = matrix("w", 1, 2), vector("x", 2), matrix("y", 1, 1)

exercise = Exercise(name="one_class", loss=total(square(subtract(softmax(w * x, axis=0), y))), parameters=[w])
