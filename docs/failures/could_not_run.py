from symgrad import Exercise, square, total, vector

p, y = vector("p", 3), vector("y", 3)


def torch_loss(p, y):
    return (p - y) ** 2  # .sum() was forgotten


exercise = Exercise(name="squared_error", loss=total(square(p - y)), parameters=[p], torch_loss=torch_loss)
