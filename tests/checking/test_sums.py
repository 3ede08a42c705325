"""Sums of entries: what they allow right programs, and what they tell of wrong ones that every single entry lets pass."""

import numpy as np
import pytest
import torch
from test_calibration import EXERCISES, LARGE, OTHER_PROGRAMS

from symgrad import Exercise, amin, hadamard, matrix, mish, rsqrt, sigmoid, square, tanh, total, vector
from symgrad.authoring.exercise_files import load
from symgrad.checking.check import check
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.judging import sums
from symgrad.checking.judging.gradients import compared
from symgrad.checking.results.settings import Settings

SHORT = ("bfloat16", "float16")


def linear(factor, n):
    """A layer W X whose backward gives so many times the gradient of W."""

    class Linear(torch.autograd.Function):
        @staticmethod
        def forward(context, w, x):
            context.save_for_backward(w, x)
            return w @ x

        @staticmethod
        def backward(context, adjoint):
            w, x = context.saved_tensors
            return factor(adjoint @ x.mT), w.mT @ adjoint

    w, x, g = matrix("w", n, n), matrix("x", n, n), matrix("g", n, n)
    return Exercise(
        name=f"layer_{n}",
        loss=total(hadamard(g, tanh(w * x))),
        parameters=[w],
        points=1,
        torch_loss=lambda w, x, g: (g * torch.tanh(Linear.apply(w, x))).sum(),
    )


@pytest.mark.parametrize("dtype", SHORT)
def test_right_programs_stay_within_two_thirds_of_what_sums_are_allowed(dtype, monkeypatch):
    """The library's exercises and programs that go other ways; each gradient is asked, whatever its entries tell."""
    monkeypatch.setattr(sums, "TELLING", 0.0)
    monkeypatch.setattr(sums, "SAFETY", 2 * sums.SAFETY / 3)
    exercises = [e for e in [*load([str(EXERCISES)]), *OTHER_PROGRAMS, *LARGE] if e.name != "mlp_wide"]
    asked = 0
    for exercise in exercises:
        with np.errstate(all="ignore"):
            _, gradients = compared(gather(Question(exercise, Settings(dtype=dtype))))
        found = [(exercise.name, name, each.sums.off) for name, each in gradients.items() if each.sums is not None]
        asked += len(found)
        assert not any(off for _, _, off in found), found
    assert asked > 50


@pytest.mark.parametrize("n", [16, 128])
@pytest.mark.parametrize("factor", [2, 0, -1, 1.2, 1.02])
def test_a_wrong_factor_of_a_whole_layer_is_told_in_bfloat16(factor, n):
    """Where rounding explains half of a single entry and more, all of them together tell two per cent."""
    result = check(linear(lambda gradient: factor * gradient, n), dtype="bfloat16")
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")


@pytest.mark.parametrize("n", [16, 128, 512])
def test_a_right_layer_passes_in_bfloat16(n):
    """And the right one passes; of a wide layer few single entries tell anything, which is counted."""
    result = check(linear(lambda gradient: gradient, n), dtype="bfloat16")
    assert result.passed, result.message
    (row,) = result.gradients
    share = row.tested / (row.entries * row.points)
    assert share > 0.3 if n == 16 else share < 0.05


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "pass"), (1.02, "fail")])
def test_a_wrong_factor_behind_elementary_functions_is_told_in_float16(factor, verdict):
    """One entry a point, which went through three kernels: each of them rounds once."""
    a = matrix("a", 6, 2)

    def program(a):
        scaled = a.detach() + factor * (a - a.detach())
        return torch.amin(torch.nn.functional.mish(torch.sigmoid(torch.rsqrt(torch.square(scaled)))))

    exercise = Exercise(
        name="smallest",
        loss=amin(mish(sigmoid(rsqrt(square(a))))),
        parameters=[a],
        points=8,
        domain={"a": (0.5, 1.5)},
        torch_loss=program,
    )
    assert check(exercise, dtype="float16", seed=88).verdict == verdict


def test_one_row_that_is_wrong_is_told_by_its_sum():
    """A row that is a fifth too large is a small part of the whole, and all of its own sum."""

    def raised(gradient):
        factors = torch.ones(gradient.shape[0], 1, dtype=gradient.dtype)
        factors[3] = 1.2
        return factors * gradient

    result = check(linear(raised, 128), dtype="bfloat16")
    assert result.reason == "autograd_wrong"
    (row,) = result.gradients
    assert [hint.code for hint in row.hints] == ["sums_off"]
    assert "projected_rows" in row.hints[0].values["sums"]


def test_entries_that_share_a_rounded_factor_are_no_error():
    """All entries of the gradient of a squared dot product are off by the same share, which adds up and is right."""
    u, v = matrix("u", 4000, 1), vector("v", 4000)
    exercise = Exercise(name="dot", loss=square(total(u.T * v)), parameters=[u, v], points=4)
    for dtype in SHORT:
        assert check(exercise, dtype=dtype).verdict != "fail"
