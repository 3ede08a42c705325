import torch

from symgrad import Exercise, square, total, vector

p, y = vector("p", 3), vector("y", 3)

exercise = Exercise(
    name="squared_error",
    loss=total(square(p - y)),
    parameters=[p],
    torch_loss=lambda p, y: torch.nn.functional.mse_loss(p, y),  # a mean, unless reduction="sum" is said
)
