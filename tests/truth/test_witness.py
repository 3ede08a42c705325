"""The third witness: the definition of the derivative names the culprit, also where our own rule is the wrong one."""

import contextlib

import numpy as np
import pytest
import torch
from flint import arb

import symgrad.truth.third_witness
from symgrad import Exercise, abs, differentiate, exp, log, matrix, scalar, square, step, tanh, total, vector
from symgrad.checking.check import check, check_paths
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.judging.gradients import compared
from symgrad.checking.results.settings import Settings
from symgrad.number_systems import system
from symgrad.number_systems.balls import at_precision
from symgrad.number_systems.programs import program
from symgrad.operations.table import TABLE
from symgrad.truth.difference_quotients import LEVELS, scale, slopes

x, y = scalar("x"), scalar("y")


@contextlib.contextmanager
def rule(name, partials):
    """Within, a row of the table has another derivative rule."""
    row, right = TABLE[name], TABLE[name].partials
    for chosen in (partials, right):
        system.partials.cache_clear()
        object.__setattr__(row, "partials", chosen)
        if chosen is partials:
            try:
                yield
            except BaseException:
                object.__setattr__(row, "partials", right)
                system.partials.cache_clear()
                raise


class WrongTanh(torch.autograd.Function):
    """tanh with the derivative 1 + tanh²."""

    @staticmethod
    def forward(context, z):
        context.save_for_backward(torch.tanh(z))
        return torch.tanh(z)

    @staticmethod
    def backward(context, adjoint):
        (t,) = context.saved_tensors
        return adjoint * (1 + t * t)


def wrong_rule():
    return rule("tanh", lambda v, z: (1 + v**2,))


def tangent(**fields):
    return Exercise(name="tangent", loss=y * tanh(x), parameters=[x, y], **{"points": 4, **fields})


def wrong_program(x, y):
    return y * WrongTanh.apply(x)


def reasons(result):
    return [row.reason for row in result.gradients]


def slope_of(loss, point, level=LEVELS[0]):
    code = program(differentiate(loss, [x]), [differentiate(loss, [x]).loss])
    values = np.array([[[point]]])
    (ball,) = slopes(code, {"x": values}, {"x": scale(values)}, level)
    with at_precision(level[0]):
        return ball / arb(float(scale(values)[0, 0, 0]))


@pytest.mark.parametrize(
    ("loss", "point", "truth"),
    [
        (square(x), 3.0, 6.0),
        (x**3, 0.0, 0.0),
        (log(x), 2.0**-1000, 2.0**1000),
        (exp(x), 0.0, 1.0),
        (1 / x, 2.0**500, -(2.0**-1000)),
    ],
)
def test_the_definition_encloses_the_slope(loss, point, truth):
    """At points of any size the true slope lies in the ball, and the ball is sharper than any format."""
    ball = slope_of(loss, point)
    assert ball.contains(arb(truth))
    assert float(ball.rad()) <= 2.0**-70 * np.abs(truth) + (2.0**-240 if truth == 0 else 0)


def test_a_kink_isnt_taken_for_a_slope():
    """At 0 both sides of |x| stay apart, however small the step: the ball holds −1 and 1, not the symmetric quotient 0 alone."""
    for level in LEVELS:
        ball = slope_of(abs(x), 0.0, level)
        assert ball.contains(1)
        assert ball.contains(-1)


def test_autograd_is_wrong_where_the_definition_confirms_the_closed_form():
    """A wrong backward: the definition confirms the closed form at every point in dispute."""
    result = check(tangent(torch_loss=wrong_program))
    assert reasons(result) == ["autograd_wrong", "agree"]
    assert result.gradients[0].confirmed == 11


def test_the_closed_form_is_wrong_where_the_definition_says_so():
    """A wrong rule of our own table is found, PyTorch is cleared, and the certified value is the true one."""
    with wrong_rule():
        result = check(tangent())
    assert (result.verdict, result.reason) == ("fail", "closed_form_wrong")
    assert reasons(result) == ["closed_form_wrong", "agree"]
    assert "dL/dx: the closed form is wrong: the definition of the derivative contradicts it" in result.message
    worst = result.gradients[0].worst
    assert float(worst.reference) == pytest.approx(worst.autograd, rel=1e-14)


def test_both_are_wrong_where_the_definition_confirms_neither():
    """A wrong rule, and a backward that is wrong in another way: both are named."""
    with rule("tanh", lambda v, z: (1 - v,)):
        assert reasons(check(tangent(torch_loss=wrong_program))) == ["both_wrong", "agree"]


def test_both_wrong_in_the_same_way_shows_when_every_entry_is_certified():
    """The same wrong rule on both roads: they agree, and only a witness who is asked at every point can tell."""
    with wrong_rule():
        assert check(tangent(torch_loss=wrong_program)).reason == "agree"
        assert reasons(check(tangent(torch_loss=wrong_program), certify=True)) == ["both_wrong", "agree"]


def test_a_right_form_by_hand_is_right_though_our_rule_is_wrong():
    """A gradient derived by hand is judged by the definition, apart from the derivation's own."""
    with wrong_rule():
        result = check(tangent(hand_derived={"x": y * (1 - tanh(x) ** 2)}))
        assert [f.reason for f in result.findings] == ["agree"]
        assert reasons(result)[0] == "closed_form_wrong"
        result = check(tangent(hand_derived={"x": y * (1 + tanh(x) ** 2)}))
        assert [f.reason for f in result.findings] == ["closed_form_wrong"]
        assert "the gradient has" in result.findings[0].text


def test_one_wrong_entry_of_many_is_found_by_one_direction(monkeypatch):
    """A closed form that is off by 10⁻¹² in one entry of 400 doesn't have the slope along a random direction."""
    w = matrix("w", 20, 20)
    roads = gather(Question(Exercise(name="many", loss=total(square(w)), parameters=[w], points=2), Settings(certify=True)))
    along = symgrad.truth.third_witness.Witness._along

    def spoilt(self, points, directions, bits):
        found = along(self, points, directions, bits)
        return [ball + float(directions["w"][k, 7, 11]) * arb("1e-12") for k, ball in enumerate(found)]

    monkeypatch.setattr(symgrad.truth.third_witness.Witness, "_along", spoilt)
    with np.errstate(all="ignore"):
        _, gradients = compared(roads)
    assert np.argwhere(gradients["w"].refuted).tolist() == [[0, 7, 11], [1, 7, 11]]


def test_what_no_quotient_separates_is_undecided(monkeypatch):
    """With too few bits to see the difference, nobody is blamed."""
    nearly = tangent(torch_loss=lambda x, y: y * torch.tanh(x) + 1e-13 * (x - x.detach()), points=3)  # none far out
    assert check(nearly).reason == "autograd_wrong"
    monkeypatch.setattr(symgrad.truth.third_witness, "LEVELS", ((64, 30),))
    result = check(nearly)
    assert (result.verdict, result.reason) == ("inconclusive", "undecided")


def test_a_branch_that_isnt_taken_has_no_say():
    """where(x > 0, √x, x) at −1: the closed form has 0·nan, the definition 1; PyTorch's nan is wrong, and its origin named."""
    import sympy

    loss = sympy.Piecewise((sympy.sqrt(x), x > 0), (x, True))
    result = check(Exercise(name="branch", loss=loss, parameters=[x], at=[{"x": -1}], points=2))
    assert result.reason == "autograd_wrong"
    assert result.gradients[0].worst.reference == "1"
    origin = "the first nan comes from SqrtBackward0, which multiplies an adjoint of 0 by a slope that is infinite or undefined"
    assert f"{origin}, as in a branch of where() that isn't taken" in result.message
    careful = Exercise(
        name="branch",
        loss=loss,
        parameters=[x],
        at=[{"x": -1}],
        points=2,
        torch_loss=lambda x: torch.where(x > 0, torch.sqrt(torch.where(x > 0, x, 1.0)), x),
    )
    assert check(careful).reason == "agree"


def test_certify_confirms_every_entry(write):
    """With certify every entry is certified and confirmed, and the summary says so."""
    from symgrad import render

    report = check_paths([write("parabola.py")], Settings(certify=True))
    assert (report.entries, report.confirmed) == (3, 3)
    assert "third witness: the definition of the derivative confirms 3 of 3 entries\n" in render(report)
    assert "third witness" not in render(check_paths([write("parabola.py")]))


def test_certify_reaches_beyond_the_budget(monkeypatch):
    """Entries that exceed the budget of certification are certified all the same when that is asked for."""
    monkeypatch.setattr("symgrad.truth.certified_entries.CERTIFIED_ENTRIES", 10)
    W, v = matrix("W", 4, 4), vector("v", 4)
    exercise = Exercise(name="large", loss=total(square(tanh(step("z", W * v)))), parameters=[W], points=3)
    (sampled,), (every,) = (check(exercise, certify=c).gradients for c in (False, True))
    assert sampled.certified < 48
    assert (every.certified, every.confirmed) == (48, 48)
