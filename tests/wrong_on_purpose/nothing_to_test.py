"""Exercises in which nothing was tested: gradients that are zero everywhere, points where the loss isn't defined.

EXPECTED: verdict, reason, then the parameters that it is said of.
"""

import torch

from symgrad import Exercise, divide, exp, log, matrix, relu, scalar, sqrt, square, step, total, vector

w, x = scalar("w"), scalar("x")

EXPECTED = {}

dead_relu = Exercise(name="dead_relu", loss=square(relu(w)), parameters=[w], domain={"w": (-3, -1)})
EXPECTED["dead_relu"] = "inconclusive", "vacuous", "w"

w1, w2, i = matrix("w1", 3, 2), matrix("w2", 1, 3), vector("i", 2)
hidden = step("hidden", relu(w1 * i))
dead_first_layer = Exercise(
    name="dead_first_layer",
    loss=total(square(w2 * hidden + step("skip", w2 * (w2.T)))),
    parameters=[w1, w2],
    domain={"w1": (-2, -1), "i": (1, 2)},
)
EXPECTED["dead_first_layer"] = "inconclusive", "vacuous", "w1"

multiplied_by_zero = Exercise(
    name="multiplied_by_zero", loss=w**2 * x, parameters=[w, x], at=[{"w": 0, "x": 0}, {"w": 0, "x": 3}], points=0
)
EXPECTED["multiplied_by_zero"] = "inconclusive", "vacuous", "w", "x"

log_of_negative = Exercise(name="log_of_negative", loss=log(w), parameters=[w], at=[{"w": -1}], points=0)
EXPECTED["log_of_negative"] = "inconclusive", "undefined", "w"

one_point_of_many = Exercise(name="one_point_of_many", loss=log(w), parameters=[w], at=[{"w": 2}, {"w": -0.5}])
EXPECTED["one_point_of_many"] = "inconclusive", "undefined", "w"

root_of_negative = Exercise(
    name="root_of_negative", loss=sqrt(w) * x, parameters=[w, x], at=[{"w": -4, "x": 1}], domain={"w": (0.5, 4)}
)
EXPECTED["root_of_negative"] = "inconclusive", "undefined", "w", "x"

division_by_zero = Exercise(name="division_by_zero", loss=divide(w, x), parameters=[w], at=[{"w": 1, "x": 0}])
EXPECTED["division_by_zero"] = "inconclusive", "undefined", "w"

own_program_undefined = Exercise(
    name="own_program_undefined",
    loss=square(log(w)),
    parameters=[w],
    at=[{"w": -1}],
    domain={"w": (0.5, 2)},
    torch_loss=lambda w: torch.log(w) ** 2,
)
EXPECTED["own_program_undefined"] = "inconclusive", "undefined", "w"

overflow = Exercise(name="overflow", loss=exp(w), parameters=[w], at=[{"w": 1000}], points=0)
EXPECTED["overflow"] = "inconclusive", "undefined", "w"

never_defined = Exercise(name="never_defined", loss=log(-1 - square(w)), parameters=[w])
EXPECTED["never_defined"] = "inconclusive", "undefined"
