"""The safety factor: how far right programs stray from the truth, in units of the radius of the running error analysis."""

from pathlib import Path

import numpy as np
import pytest
import torch

from symgrad import (
    Exercise,
    add,
    exp,
    log,
    log_softmax,
    logsumexp,
    matrix,
    mean,
    power,
    relu,
    scalar,
    sigmoid,
    softplus,
    sqrt,
    square,
    step,
    tanh,
    total,
    vector,
)
from symgrad.authoring.exercise_files import load
from symgrad.checking.check import sloped
from symgrad.checking.evidence.evidence import gather, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.judging.comparison import Outcome
from symgrad.checking.judging.gradients import compared
from symgrad.checking.results.settings import Settings
from symgrad.truth.reference import SAFETY

EXERCISES = Path(__file__).parents[2] / "exercises"
DTYPES = ("float64", "float32", "bfloat16", "float16")

A, w, b = matrix("A", 4, 3), vector("w", 3), vector("b", 4)
x, y, s = scalar("x"), scalar("y"), scalar("s", positive=True)
r = step("r", A * w - b)


def network(scale):
    """A two-layer sigmoid network of 83 parameters whose weights are `scale` times as large as usual."""
    w1, b1, w2, b2 = matrix("w1", 8, 6), vector("b1", 8), matrix("w2", 3, 8), vector("b2", 3)
    data, target = matrix("x", 6, 1), vector("y", 3)
    y1 = step("y1", sigmoid(step("z1", w1 * data + b1)))
    y2 = step("y2", sigmoid(step("z2", w2 * y1 + b2)))
    return Exercise(
        name=f"network_{scale}",
        loss=total(square(y2 - target)) / 2,
        parameters=[w1, b1, w2, b2],
        domain=dict.fromkeys(("w1", "b1", "w2", "b2"), (-scale, scale)),
    )


def least_squares(name, program):
    return Exercise(name=name, loss=total(square(r)), parameters=[A, w, b], torch_loss=program)


def by_hand(A, w, b):
    loss = 0
    for i in range(4):
        dot = 0
        for j in (2, 0, 1):
            dot = dot + A[i, j] * w[j, 0]
        loss = loss + (b[i, 0] - dot) * (b[i, 0] - dot)
    return loss


def shifted_softmax(A):
    weights = torch.exp(A - A.max())
    return torch.log(weights.sum(0) / weights.sum()).sum()


OTHER_PROGRAMS = [
    least_squares("norm_squared", lambda A, w, b: torch.linalg.vector_norm(A @ w - b) ** 2),
    least_squares("loops", by_hand),
    least_squares("mse_times_n", lambda A, w, b: 4 * torch.nn.functional.mse_loss(A @ w, b)),
    least_squares("gram", lambda A, w, b: ((A @ w - b).T @ (A @ w - b)).squeeze()),
    least_squares("einsum", lambda A, w, b: torch.einsum("ij,jk->i", A, w).sub(b[:, 0]).pow(2).sum()),
    Exercise(name="naive_sigmoid", loss=y * sigmoid(x), parameters=[x, y], torch_loss=lambda x, y: y / (1 + torch.exp(-x))),
    Exercise(
        name="tanh_of_half", loss=y * sigmoid(x), parameters=[x, y], torch_loss=lambda x, y: y * (torch.tanh(x / 2) + 1) / 2
    ),
    Exercise(name="cube", loss=y * x**3, parameters=[x, y], torch_loss=lambda x, y: y * x * x * x),
    Exercise(name="quotient", loss=x / s, parameters=[x, s], torch_loss=lambda x, s: x * s**-1),
    Exercise(name="root", loss=x * sqrt(s), parameters=[x, s], torch_loss=lambda x, s: x * torch.exp(torch.log(s) / 2)),
    Exercise(name="softplus", loss=y * softplus(x), parameters=[x, y], torch_loss=lambda x, y: y * torch.log1p(torch.exp(x))),
    Exercise(
        name="log_sum", loss=total(log_softmax(w)), parameters=[w], torch_loss=lambda w: (w - torch.logsumexp(w, 0)).sum()
    ),
    Exercise(name="whole", loss=logsumexp(A), parameters=[A], torch_loss=lambda A: torch.log(torch.exp(A).sum())),
    Exercise(
        name="power", loss=y * power(s, x), parameters=[x, y, s], torch_loss=lambda x, y, s: y * torch.exp(x * torch.log(s))
    ),
]
LARGE = [
    Exercise(name="dot_4000", loss=square(total(matrix("u", 4000, 1).T * vector("v", 4000))), parameters=["u", "v"], points=4),
    Exercise(name="mean_relu", loss=mean(relu(matrix("B", 64, 64) * vector("v", 64))), parameters=["B", "v"], points=8),
    Exercise(name="chain", loss=total(tanh(add(exp(tanh(A * w)), log(1 + exp(x))))), parameters=[A, w, x], points=64),
]


def strays(exercise, dtype, via="backward", order=1):
    """The largest ``|torch − truth| / radius`` of loss and gradients, or of the slope and the products with the Hessian."""
    found = gather(Question(exercise, Settings(dtype=dtype, via=via)))
    special = [int(k) for k in np.flatnonzero(found.points.special)]  # where programs lose digits that formulas keep
    roads = gathered(found.question, found.formula, found.where.without(special))
    with np.errstate(all="ignore"):
        loss, gradients = compared(roads if order == 1 else gather(sloped(roads)))
    comparisons = [loss, *gradients.values()]
    assert all(c.worst_outcome <= Outcome.ILL_CONDITIONED for c in comparisons)
    ratios = [SAFETY * c.absolute / np.where(c.tolerance.allowed == 0, np.inf, c.tolerance.allowed) for c in comparisons]
    return max(float(ratio.max()) for ratio in ratios)


@pytest.mark.parametrize("dtype", DTYPES)
def test_exercises_stay_within_half_of_what_is_allowed(dtype):
    """The library's own exercises stray by less than half the safety factor in every dtype."""
    assert max(strays(exercise, dtype) for exercise in load([str(EXERCISES)])) <= SAFETY / 2


@pytest.mark.parametrize("dtype", DTYPES[:3])
@pytest.mark.parametrize(("via", "order"), [("grad", 1), ("jvp", 1), ("backward", 2), ("jvp", 2)])
def test_other_ways_and_second_derivatives_stay_within_it_too(via, order, dtype):
    """The analysis of the closed form covers what forward mode and the gradient of a gradient round differently."""
    left_out = ("mlp_wide", "cross_entropy_unit", "mlp")  # thousands of tangents; what PyTorch gets wrong, or can't do
    exercises = [e for e in load([str(EXERCISES)]) if e.name not in left_out]
    assert max(strays(exercise, dtype, via, order) for exercise in exercises) <= SAFETY / 2


@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("scale", (1, 10, 300))
def test_saturation_is_no_error(scale, dtype):
    """A network whose sigmoids saturate strays by less than half the safety factor."""
    assert strays(network(scale), dtype) <= SAFETY / 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("exercise", OTHER_PROGRAMS, ids=lambda e: e.name)
def test_other_programs_of_the_same_formula_pass(exercise, dtype):
    """A program that computes the same formula another way lies within what is allowed."""
    assert strays(exercise, dtype) <= SAFETY


@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("exercise", LARGE, ids=lambda e: e.name)
def test_long_sums_pass(exercise, dtype):
    """Sums of thousands of terms stray by less than half the safety factor."""
    assert strays(exercise, dtype) <= SAFETY / 2


def test_the_radius_is_no_blank_cheque():
    """The allowed difference of the sigmoid network in float64 stays below 1e-10 of every gradient entry."""
    (exercise,) = load([str(EXERCISES / "sigmoid_network.py")])
    evidence = gather(Question(exercise, Settings()))
    loss, gradients = compared(evidence)
    for comparison in (loss, *gradients.values()):
        within = comparison.tolerance.allowed <= 1e-10 * np.abs(comparison.reference.high)
        assert within[~evidence.points.special].all()
