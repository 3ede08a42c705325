"""Masks: comparisons of matrices, what is chosen by them, and −∞ under softmax, log-sum-exp and extremes."""

import math

import pytest
import sympy
import torch

from symgrad import (
    Exercise,
    amax,
    eq,
    ge,
    gt,
    hadamard,
    le,
    log,
    log_softmax,
    logsumexp,
    lt,
    masked_fill,
    matrix,
    maximum,
    ne,
    scalar,
    softmax,
    sqrt,
    square,
    subtract,
    total,
    where,
)
from symgrad.basics.errors import AuthorError
from symgrad.checking.check import check
from symgrad.checking.results.settings import Settings
from symgrad.number_systems.expressions import explicit

S, T, V = matrix("S", 3, 3), matrix("T", 3, 3), matrix("V", 3, 2)
x = scalar("x")
LATER = [[0, 1, 1], [0, 0, 1], [0, 0, 0]]
MASK = torch.tensor(LATER).bool()
ADDED = sympy.Matrix(3, 3, lambda i, j: -sympy.oo if LATER[i][j] else 0)
MASKED = masked_fill(S, LATER, -sympy.oo)


def filled(s):
    return s.masked_fill(MASK, -math.inf)


def weighted(weights):
    return total(square(weights * V))


RIGHT = {
    "softmax": (weighted(softmax(MASKED, axis=1)), lambda S, V: (torch.softmax(filled(S), -1) @ V).square().sum()),
    "float": (
        weighted(softmax(masked_fill(S, LATER, -math.inf), axis=1)),
        lambda S, V: (torch.softmax(filled(S), -1) @ V).square().sum(),
    ),
    "where": (
        weighted(softmax(where(LATER, -sympy.oo, S), axis=1)),
        lambda S, V: (torch.softmax(filled(S), -1) @ V).square().sum(),
    ),
    "added": (weighted(softmax(S + ADDED, axis=1)), lambda S, V: (torch.softmax(filled(S), -1) @ V).square().sum()),
    "scaled": (weighted(softmax(MASKED / 3, axis=1)), lambda S, V: (torch.softmax(filled(S) / 3, -1) @ V).square().sum()),
    "logsumexp": (total(logsumexp(MASKED, axis=1)), lambda S: torch.logsumexp(filled(S), -1).sum()),
    "log_softmax": (
        total(where(LATER, 0, log_softmax(MASKED, axis=1))),
        lambda S: torch.where(MASK, 0.0, torch.log_softmax(filled(S), -1)).sum(),
    ),
    "amax": (total(amax(MASKED, axis=1)), lambda S: filled(S).amax(-1).sum()),
    "maximum": (total(maximum(MASKED, T)), lambda S, T: torch.maximum(filled(S), T).sum()),
    "compared": (total(where(gt(S, T), square(S), T)), lambda S, T: torch.where(S > T, S**2, T).sum()),
    "threshold": (
        total(square(masked_fill(S, lt(S, 0), 2))),
        lambda S: S.masked_fill(S < 0, 2.0).square().sum(),
    ),
    "safe": (
        total(where(gt(S, 0), log(S), 0)),
        lambda S: torch.where(S > 0, torch.log(torch.where(S > 0, S, 1.0)), 0.0).sum(),
    ),
}


def judged(loss, program, dtype="float64"):
    parameters = [s for s in (S, T, V) if s in loss.free_symbols]
    exercise = Exercise(name="masked", loss=loss, parameters=parameters, torch_loss=program, points=6)
    return check(exercise, Settings(dtype=dtype))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_mask_is_read_and_judged(name, dtype):
    """The author's program and the loss compiled agree, and planted errors are caught."""
    for program in (RIGHT[name][1], None):
        result = judged(RIGHT[name][0], program, dtype)
        assert result.verdict == "pass", result.message
        assert result.planted == result.caught > 0


class Off(torch.autograd.Function):
    """A softmax whose backward is 0.2 % too large."""

    @staticmethod
    def forward(ctx, s):
        y = torch.softmax(s, -1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return 1.002 * y * (g - (g * y).sum(-1, keepdim=True))


WRONG = [
    (RIGHT["softmax"][0], lambda S, V: (Off.apply(filled(S)) @ V).square().sum()),
    (RIGHT["amax"][0], lambda S: filled(S).detach().amax(-1).sum() + S.sum() - S.sum().detach()),
    (RIGHT["compared"][0], lambda S, T: torch.where(S > T, S**2, T.detach()).sum()),
    (RIGHT["threshold"][0], lambda S: S.masked_fill(S < 0, 2.0).detach().mul(S).sum()),
    (total(where(gt(S, 0), sqrt(S), 0)), lambda S: torch.where(S > 0, torch.sqrt(S), 0.0).sum()),
]


@pytest.mark.parametrize(("loss", "program"), WRONG)
def test_a_wrong_gradient_under_a_mask_fails(loss, program):
    """−∞ makes no tolerance wide; a nan of a branch that a mask leaves out is PyTorch's."""
    assert judged(loss, program).verdict == "fail"


@pytest.mark.parametrize("loss", [total(MASKED), total(hadamard(subtract(1, LATER), log_softmax(MASKED, axis=1)))])
def test_an_infinity_that_stays_is_undefined(loss):
    """A loss of −∞, and 0 times −∞, have no value."""
    result = judged(loss, None)
    assert (result.verdict, result.reason) == ("inconclusive", "undefined")


@pytest.mark.parametrize("loss", [-sympy.oo, total(hadamard(S, -sympy.oo)), total(subtract(S, math.inf))])
def test_an_infinity_outside_of_a_mask_is_no_loss(loss):
    """Where no operation takes it, an infinity is an author's error, by name."""
    with pytest.raises(AuthorError, match="real number"):
        Exercise(name="infinite", loss=loss, parameters=[x])


@pytest.mark.parametrize(
    ("row", "values"), [(gt, (0, 0, 1)), (ge, (0, 1, 1)), (lt, (1, 0, 0)), (le, (1, 1, 0)), (eq, (0, 1, 0)), (ne, (1, 0, 1))]
)
def test_a_comparison_is_a_matrix_of_0_and_1(row, values):
    """Below, at and above."""
    found = explicit(row(sympy.Matrix([[1, 2, 3]]), 2))
    assert tuple(found) == values


def test_a_choice_is_written_out():
    """A mask in SymPy's own functions."""
    found = explicit(where([[1, 0]], -sympy.oo, sympy.Matrix([[x, x]])))
    assert list(found) == [-sympy.oo, x]
