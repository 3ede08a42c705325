"""Right programs that lose more digits than the formula does, as rounding loses them; and gradients that are zero everywhere.

EXPECTED: verdict and reason.
"""

import sympy
import torch

from symgrad import (
    Exercise,
    add,
    batch_norm,
    cosh,
    elu,
    exp,
    hadamard,
    log,
    matrix,
    maximum,
    scalar,
    sign,
    silu,
    softmax,
    softplus,
    square,
    total,
    vector,
)

x, w = matrix("x", 3, 4), scalar("w")
p, v = vector("p", 3), vector("v", 3000)
n, k, r, t = (scalar(name, positive=True) for name in ("n", "k", "r", "t"))

EXPECTED = {}


def right(name, reason, loss, parameters, **fields):
    EXPECTED[name] = "pass", reason
    globals()[name] = Exercise(name=name, loss=loss, parameters=parameters, **fields)


# PyTorch's derivative of expm1 is result + 1, which cancels.
right(
    "elu_by_expm1",
    "agree",
    total(elu(x)),
    [x],
    domain={"x": (-8, 8)},
    torch_loss=lambda x: torch.where(x > 0, x, torch.expm1(x)).sum(),
)
right(
    "log_cosh_stable",
    "ill_conditioned",
    total(log(cosh(x))),
    [x],
    torch_loss=lambda x: (x.abs() + torch.log1p(torch.exp(-2 * x.abs())) - 0.6931471805599453).sum(),
)
right(
    "logistic_growth_over_one_denominator",
    "ill_conditioned",
    k / (1 + (k / n - 1) * exp(-r * t)),
    [r, t],
    domain={"n": (0.1, 1), "k": (2, 10), "r": (0.5, 2), "t": (0.5, 5)},
    torch_loss=lambda n, k, r, t: k * n * torch.exp(r * t) / (k - n + n * torch.exp(r * t)),
)


class SoftplusOfItsOutput(torch.autograd.Function):
    """ln(1 + eˣ), whose slope is 1 − e⁻ʸ of its output y."""

    @staticmethod
    def forward(context, x):
        y = torch.log1p(torch.exp(x))
        context.save_for_backward(y)
        return y

    @staticmethod
    def backward(context, adjoint):
        (y,) = context.saved_tensors
        return adjoint * (1 - torch.exp(-y))


right(
    "softplus_slope_from_its_output",
    "agree",
    total(softplus(x)),
    [x],
    domain={"x": (-20, 20)},
    torch_loss=lambda x: SoftplusOfItsOutput.apply(x).sum(),
)
right("maximum_of_silu", "agree", total(maximum(silu(x), x)), [x], domain={"x": (-8, 8)})
# 3000 equal terms round the same way each time.
right(
    "running_total_of_equal_terms",
    "agree",
    square(total(v)),
    [v],
    at=[{"v": [0.1] * 3000}],
    points=0,
    torch_loss=lambda v: v.reshape(-1).cumsum(0)[-1] ** 2,
)

right("sum_of_softmax", "agree", total(softmax(p)), [p])
right("steps_only", "agree", sign(w), [w])
z, b, g = matrix("z", 4, 3), matrix("b", 1, 3), matrix("g", 4, 3)
right("bias_before_batch_norm", "agree", total(hadamard(g, batch_norm(add(z, b)))), [z, b])
# √6 loses the same digits whatever p is, in float64 as in float32: so many roundings in either.
right(
    "constant_beside_large_numbers",
    "ill_conditioned",
    sympy.sqrt(6) * k,
    [k],
    domain={"k": (500, 1000)},
    torch_loss=lambda k: ((6**0.5 + k) ** 2 - (6**0.5 - k) ** 2) / 4,
)
