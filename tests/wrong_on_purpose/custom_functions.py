"""Operations with their own backward, and the backward is wrong.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong; for an error words of its message.
"""

import torch

from symgrad import Exercise, hadamard, log, matrix, scalar, sigmoid, softplus, square, step, tanh, total, vector


def custom(value, derivative):
    """An operation with this value and this derivative, entry by entry."""

    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return value(z)

        @staticmethod
        def backward(context, adjoint):
            return adjoint * derivative(context.saved_tensors[0])

    return Custom.apply


w, x, b = matrix("w", 2, 3), matrix("x", 3, 4), scalar("b")


def sigmoid_prime(z):
    return torch.sigmoid(z) * (1 - torch.sigmoid(z))


def with_sigmoid(name, derivative):
    own = custom(torch.sigmoid, derivative)
    return Exercise(
        name=name, loss=total(square(sigmoid(w * x))), parameters=[w], torch_loss=lambda w, x: (own(w @ x) ** 2).sum()
    )


EXPECTED = {}

backward_sign = with_sigmoid("backward_sign", lambda z: -sigmoid_prime(z))
EXPECTED["backward_sign"] = "fail", "autograd_wrong", "w"

backward_factor = with_sigmoid("backward_factor", lambda z: sigmoid_prime(z) / 2)
EXPECTED["backward_factor"] = "fail", "autograd_wrong", "w"

inner_derivative_forgotten = with_sigmoid("inner_derivative_forgotten", torch.ones_like)
EXPECTED["inner_derivative_forgotten"] = "fail", "autograd_wrong", "w"

wrong_derivative = with_sigmoid("wrong_derivative", lambda z: torch.sigmoid(z) * (1 + torch.sigmoid(z)))
EXPECTED["wrong_derivative"] = "fail", "autograd_wrong", "w"

derivative_of_the_value = with_sigmoid("derivative_of_the_value", lambda z: sigmoid_prime(torch.sigmoid(z)))
EXPECTED["derivative_of_the_value"] = "fail", "autograd_wrong", "w"

relative_1e_9 = with_sigmoid("relative_1e-9", lambda z: sigmoid_prime(z) * (1 + 1e-9))
EXPECTED["relative_1e-9"] = "fail", "autograd_wrong", "w"

relative_1e_12 = with_sigmoid("relative_1e-12", lambda z: sigmoid_prime(z) * (1 + 1e-12))
EXPECTED["relative_1e-12"] = "fail", "autograd_wrong", "w"

finite_differences = with_sigmoid("finite_differences", lambda z: (torch.sigmoid(z + 1e-6) - torch.sigmoid(z - 1e-6)) / 2e-6)
# What it is off by is rounding, divided by a small step: another number of either sign at each input.
EXPECTED["finite_differences"] = "fail", "inaccurate", "w"

straight_through = Exercise(
    name="straight_through",
    loss=total(square(tanh(w * x))),
    parameters=[w],
    torch_loss=lambda w, x: (custom(torch.tanh, lambda z: (z.abs() < 1).to(z.dtype))(w @ x) ** 2).sum(),
)
EXPECTED["straight_through"] = "fail", "autograd_wrong", "w"


def log_of_one_plus_exp(z):
    return torch.logaddexp(z, torch.zeros_like(z))


flat_softplus = custom(log_of_one_plus_exp, lambda z: torch.where(z.abs() > 20, 0.0, torch.sigmoid(z)))


def beyond(name, z_given):
    """A softplus whose derivative is wrong only beyond ±20: a point that lies there is given."""
    z = scalar("z")
    return Exercise(
        name=name, loss=softplus(z), parameters=[z], at=[{"z": 1}, {"z": z_given}], torch_loss=lambda z: flat_softplus(z)
    )


wrong_above_20 = beyond("wrong_above_20", 25)
EXPECTED["wrong_above_20"] = "fail", "autograd_wrong", "z"

# The slope is 1.4e-11 here: wrong by all of it, not by much.
wrong_below_minus_20 = beyond("wrong_below_minus_20", -25)
EXPECTED["wrong_below_minus_20"] = "fail", "autograd_wrong", "z"

v = matrix("v", 100, 100)


def one_entry(name, points, wrong):
    """The square of 10,000 entries; `wrong` spoils one of the derivatives."""

    def derivative(z):
        result = 2 * z
        result[37, 59] = wrong(result[37, 59])
        return result

    own = custom(torch.square, derivative)
    return Exercise(
        name=name, loss=total(square(v)), parameters=[v], points=points, torch_loss=lambda v: own(v).sum(), domain={"v": (1, 2)}
    )


one_of_10_000 = one_entry("one_of_10_000", 2, lambda entry: -entry)
EXPECTED["one_of_10_000"] = "fail", "autograd_wrong", "v"

one_of_10_000_slightly = one_entry("one_of_10_000_slightly", 2, lambda entry: entry * (1 + 1e-9))
EXPECTED["one_of_10_000_slightly"] = "fail", "autograd_wrong", "v"

# More than are certified entry by entry: the wrong one has to be suspected to be found.
one_of_80_000_slightly = one_entry("one_of_80_000_slightly", 8, lambda entry: entry * (1 + 1e-9))
EXPECTED["one_of_80_000_slightly"] = "fail", "autograd_wrong", "v"


class SecondFactorForgotten(torch.autograd.Function):
    """The product a∘b whose backward leaves out one factor."""

    @staticmethod
    def forward(context, a, b):
        context.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(context, adjoint):
        return adjoint * context.saved_tensors[1], adjoint


p, q = vector("p", 3), vector("q", 3)
second_factor_forgotten = Exercise(
    name="second_factor_forgotten",
    loss=total(square(step("product", hadamard(p, q)))),
    parameters=[p, q],
    torch_loss=lambda p, q: (SecondFactorForgotten.apply(p, q) ** 2).sum(),
)
EXPECTED["second_factor_forgotten"] = "fail", "autograd_wrong", "q"

logarithm = custom(torch.log, lambda z: 1 / torch.where(z.abs() < 0.5, z**2, z))
wrong_in_half_the_domain = Exercise(
    name="wrong_in_half_the_domain",
    loss=log(b),
    parameters=[b],
    domain={"b": (0.25, 4)},
    at=[{"b": 0.375}],
    torch_loss=lambda b: logarithm(b),
)
EXPECTED["wrong_in_half_the_domain"] = "fail", "autograd_wrong", "b"


def no_derivative(z):
    raise NotImplementedError("no derivative of a table")


backward_raises = with_sigmoid("backward_raises", no_derivative)
EXPECTED["backward_raises"] = "error", "could_not_run", "NotImplementedError: no derivative of a table"

backward_nan = with_sigmoid("backward_nan", lambda z: z * float("nan"))
EXPECTED["backward_nan"] = "fail", "autograd_wrong", "w"
