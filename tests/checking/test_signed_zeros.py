"""Zeros with a sign: where a loss jumps there, nothing is claimed; anywhere else a sign changes nothing."""

import pytest
import torch

from symgrad import Exercise, atan2, copysign, scalar
from symgrad.checking.check import check

x, y = scalar("x"), scalar("y")

JUMPS = [
    (atan2(y, x), {"x": -1.0, "y": -0.0}),
    (atan2(y, x), {"x": -1.0, "y": 0.0}),
    (atan2(-y, x), {"x": -1.0, "y": 0.0}),
    (copysign(x, y) + x, {"x": 2.0, "y": -0.0}),
]


def judged(loss, point, torch_loss=None):
    return check(Exercise(name="zero", loss=loss, parameters=[x, y], at=[point], torch_loss=torch_loss))


@pytest.mark.parametrize(("loss", "point"), JUMPS)
def test_a_jump_at_a_zero_is_undefined(loss, point):
    """PyTorch takes a side by the sign of a zero that the formula doesn't have; the point has no gradient, and says why."""
    result = judged(loss, point)
    assert (result.verdict, result.reason) == ("inconclusive", "undefined")
    assert "no_gradient_at_kink" in [remark.code for remark in result.remarks]


def test_a_value_of_neither_side_is_wrong():
    """At a jump, too, a loss that is one of no side differs."""
    result = judged(atan2(y, x), {"x": -1.0, "y": -0.0}, lambda x, y: torch.atan2(y, x) + 1)
    assert (result.verdict, result.reason) == ("fail", "losses_differ")


def test_a_zero_off_the_cut_is_judged():
    """Where x > 0 the angle is smooth at −0."""
    point = {"x": 1.0, "y": -0.0}
    right = judged(atan2(y, x), point)
    assert right.verdict == "pass"
    wrong = judged(atan2(y, x), point, lambda x, y: torch.atan2(y, x) + where_zero(y))
    assert (wrong.verdict, wrong.reason) == ("fail", "autograd_wrong")


def where_zero(y):
    """0 everywhere, with a slope at 0 alone."""
    return torch.where(y == 0, y, 0.0)
