"""Judging: what is right is right in any form, what is wrong is refuted, numbers by their digits, errors carried forward."""

import numpy as np
import pytest
from corpora import judges

from symgrad import Exercise, relu, scalar, sigmoid, square, step
from symgrad.grading.answer_key.key import Key
from symgrad.grading.judge import Judge
from symgrad.grading.submissions.written_number import Figure


def judged(exercise, name, content, own=None):
    return judges()[exercise].judge(name, content, own)


def verdict(exercise, name, content, own=None):
    outcome = judged(exercise, name, content, own)
    assert outcome.note_text == ""
    return outcome.verdict, *outcome.tags


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("2x(wx - y)^2/(wx - y)", ("correct",)),
        ("2x(wx - y) x/x", ("correct",)),
        ("2x(wx - y)(y - y)/(y - y)", ("incorrect", "undefined")),
        ("2 sqrt(x)^2 (wx - y)", ("incorrect", "positive_axis_only")),
        ("2 exp(ln(x)) (wx - y)", ("incorrect", "positive_axis_only")),
        ("2 |x| (wx - y)", ("incorrect", "positive_axis_only")),
        ("2.000002 x(wx - y)", ("incorrect", "factor")),
        ("2x(wx - y) + 0", ("correct",)),
        ("0", ("incorrect",)),
        ("(1/3 + 1/3 + 1/3)*2x(wx-y)", ("correct",)),
        ("(0.1 + 0.2 - 0.3 + 1)*2x(wx-y)", ("correct",)),
        ("2x(wx - y) + (x^2 + 1)^30 - (x^2 + 1)^30", ("correct",)),
        ("2x(wx - y) + exp(-700 - x^2)", ("incorrect",)),
    ],
)
def test_verdicts_of_a_polynomial_loss(answer, expected):
    """Singularities, one-sided forms, decimals that are exact, terms that cancel or hide."""
    assert verdict("linear", "w", answer) == expected


def test_cancelling_forms_are_right():
    """The textbook's h(1 − h) far out, where floats keep few digits, and large differences of equal terms."""
    z, y = scalar("z"), scalar("y")
    far = Judge(Key(Exercise(name="far", loss=square(step("h", sigmoid(z)) - y) / 2, parameters=[z], domain={"z": (20, 36)})))
    assert far.judge("z", "(h - y) h (1 - h)").verdict == "correct"
    assert far.judge("z", "(h - y)/(1 + exp(-z))*(1 - 1/(1 + exp(-z)))").verdict == "correct"
    assert far.judge("z", "(h - y) h (1 - h)(1 + 1e-12)").verdict == "incorrect"
    assert far.judge("z", "0*z").verdict == "incorrect"
    assert verdict("linear", "w", "2x(wx - y) + 1e20 x - 1e20 x") == ("correct",)


def test_a_positive_symbol_is_not_judged_where_it_is_negative():
    """√x² is x where the exercise says that x is positive."""
    w, x = scalar("w"), scalar("x", positive=True)
    judge = Judge(Key(Exercise(name="positive", loss=square(w * x - 1), parameters=[w])))
    assert judge.judge("w", "2 sqrt(x)^2 (wx - 1)").verdict == "correct"


def test_one_hot_columns_sum_to_one():
    """softmax − y is the gradient where y is one-hot, and isn't where y may be anything."""
    assert verdict("softmax_regression", "W", "(softmax(z, axis=0) - y) x'/5") == ("correct",)
    assert verdict("softmax_regression", "W", "(softmax(z, axis=0) ∘ (ones(3,1) sum(y, axis=0)) - y) x'/5") == ("correct",)
    key = judges()["softmax_regression"].key
    assert np.all(key.points["y"].sum(axis=1) == 1)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a", "-0.194", ("correct",)), ("a", "-0.19442", ("correct",)), ("a", "-0.2", ("incorrect", "too_few_digits")), ("a", "-0.1", ("incorrect",)), ("a", "0", ("incorrect",)), ("a", "-1.9442·10⁻¹", ("correct",)), ("a", "-0.0019442*10^2", ("correct",)),
        ("a", "-0.19", ("incorrect", "too_few_digits")), ("a", Figure("-1.94e-1"), ("correct",)), ("a", -0.1944, ("correct",)),
        ("a", "0.194", ("incorrect", "sign")), ("a", "-4.00", ("incorrect", "wrong_point")), ("b", "8.00", ("incorrect", "wrong_point")),
        ("b", "0.1944", ("incorrect", "factor")), ("b", "-2 * 2 * exp(-1) * (2 exp(-1) - 1) ", ("correct",)), ("b", "-4/e*(2/e - 1)", ("correct",)),
        ("b", "-4/e*(2/e - 1.0000001)", ("incorrect",)), ("b", "1e400", ("incorrect", "undefined")), ("b", "", ("missing",)), ("b", None, ("missing",)),
        ("b", True, ("unreadable",)), ("b", {"a": 1}, ("unreadable",)),
    ],
)  # fmt: skip
def test_numbers_at_the_first_point(name, content, expected):
    """A number agrees to the digits that were written, needs three of them or to be exact, and is explained at that point."""
    found = verdict("exponential_fit", name, content)
    assert found[: len(expected)] == expected


def test_numbers_may_be_those_of_float32():
    """The sigmoid network's published figures are off in the last digit, as PyTorch computes them in float32."""
    assert verdict("sigmoid_network", "w1", [["1.2243e-04"], ["7.8005e-05"]]) == ("correct",)
    assert verdict("sigmoid_network", "w1", [[Figure("1.2243e-04")], [Figure("7.8006e-05")]]) == ("correct",)
    assert verdict("sigmoid_network", "w1", [["1.2243e-04"], ["7.8003e-05"]])[0] == "incorrect"
    assert judged("sigmoid_network", "w1", ["1.2243e-04", "7.8103e-05"]).share == 0.5


def test_matrices_are_handed_in_as_text_or_lists():
    """A flat list is a column; ragged rows, deep lists and empty cells are told with their place."""
    cells = ["dz1[1] x", "dz1[2] x"]
    assert verdict("sigmoid_network", "w1", cells) == ("correct",)
    assert verdict("sigmoid_network", "w1", [[cell] for cell in cells]) == ("correct",)
    assert verdict("sigmoid_network", "w1", f"[{', '.join(cells)}]") == ("correct",)
    assert judged("sigmoid_network", "w1", [cells[0], ["x"]]).message.startswith("rows and single entries in one list")
    assert judged("sigmoid_network", "w1", [["1", "2"], ["3"]]).message.startswith(
        "the rows of the matrix have different lengths"
    )
    assert judged("sigmoid_network", "w1", [cells[0], "q9"]).message.startswith("entry [2,1]: `q9` isn't in this exercise")
    assert judged("sigmoid_network", "w1", [cells[0], ""]).message == "entry [2,1]: nothing stands here"
    assert judged("sigmoid_network", "w1", []).message == "an empty list"


def test_entries_and_steps_are_asked_by_name():
    """w2[1,2], dz2, dL/dz2, ∂L/∂z_2; a name that isn't there is told with the nearest."""
    assert verdict("sigmoid_network", "w2[1,2]", "dz2[1] y1[2]") == ("correct",)
    assert verdict("sigmoid_network", "dL/dw2[1,2]", "dz2[1] y1[2]") == ("correct",)
    assert verdict("sigmoid_network", "w1[2]", "dz1[2] x") == ("correct",)
    assert verdict("sigmoid_network", "w2[2,1]", "dz2[1] y1[2]")[:2] == ("incorrect", "transposed")
    for name in ("dz2", "dL/dz2", "∂L/∂z_2", "z2"):
        assert verdict("sigmoid_network", name, "(y2 - y) ∘ σ'(z2)") == ("correct",), name
    assert judged("sigmoid_network", "w9", "x").message == "`w9` names no answer of this exercise; did you mean `w2`?"
    assert judged("sigmoid_network", "w2[3,1]", "x").message == "`w2[3,1]`: there is no such entry in 2×2; entries count from 1"
    assert judged("sigmoid_network", "x", "x").verdict == "unreadable"
    assert judged("sigmoid_network", "w" * 1000, "x").verdict == "unreadable"


def test_a_wrong_shape_is_incorrect():
    """Reads well, but has another shape; a transpose is named."""
    assert verdict("sigmoid_network", "w1", "dz1' x") == ("incorrect", "transposed")
    assert verdict("sigmoid_network", "w2", "x")[0] == "incorrect"
    assert judged("sigmoid_network", "w1", "w2").message == "This is 2×2, the gradient is 2×1."


def test_what_follows_from_a_wrong_adjoint_is_right():
    """By name or written out, over one step or several; the message says from which."""
    own = {"z2": "y2 - y"}
    assert verdict("sigmoid_network", "w2", "dz2 y1'", own) == ("correct", "carried_forward")
    assert verdict("sigmoid_network", "w2", "(y2 - y) y1'", own) == ("correct", "carried_forward")
    assert verdict("sigmoid_network", "w1", "((w2'(y2 - y)) ∘ σ'(z1)) x", own) == ("correct", "carried_forward")
    assert judged("sigmoid_network", "w2", "(y2 - y) y1'", own).message == "This follows from your dL/dz2."
    both = {"z2": "y2 - y", "z1": "(w2' dz2) ∘ y1"}
    assert verdict("sigmoid_network", "w1", "dz1 x", both) == ("correct", "carried_forward")
    assert verdict("sigmoid_network", "w1", "((w2'(y2 - y)) ∘ y1) x", both) == ("correct", "carried_forward")
    assert verdict("sigmoid_network", "dz1", "(w2'(y2 - y)) ∘ σ'(z1)", own) == ("correct", "carried_forward")


def test_what_is_right_stays_right_beside_a_wrong_adjoint():
    """A student who gets a step wrong and the gradient right loses nothing."""
    own = {"z2": "y2 - y"}
    assert verdict("sigmoid_network", "w2", "((y2 - y) ∘ σ'(z2)) y1'", own) == ("correct",)
    assert verdict("sigmoid_network", "w2", "-(y2 - y) y1'", own)[0] == "incorrect"


def test_nothing_is_carried_forward_from_nothing():
    """Zeros, answers that can't be read, of another shape, or that speak of each other, carry nothing."""
    for own in ({"z2": "0*y"}, {"z2": "y - y"}, {"z2": "q"}, {"z2": "x"}, {"z2": "(y-y)/(y-y)"}, {"z2": "w2 dy2"}):
        assert verdict("sigmoid_network", "w2", "w2 - w2", own)[0] == "incorrect"
    circle = {"z2": "dy2 + y - y", "y2": "dz2 ∘ y"}
    assert judged("sigmoid_network", "w2", "dz2 y1'", circle).verdict in ("correct", "incorrect")


def test_entries_that_are_right_are_counted():
    """The share of right entries, and which they are."""
    outcome = judged("sigmoid_network", "w2", "[[dz2[1] y1[1], 0], [dz2[2] y1[1], x]]")
    assert (outcome.verdict, outcome.share) == ("incorrect", 0.5)
    assert outcome.message == "This is not the gradient. 2 of 4 entries are right: [1,1], [2,1]."


def test_a_failure_of_the_tool_is_undecided(monkeypatch):
    """Whatever goes wrong inside costs no mark; the note says what it was."""
    judge = Judge(Key(judges()["linear"].key.exercise))
    monkeypatch.setattr("symgrad.grading.judge.decide", lambda *_: 1 / 0)
    outcome = judge.judge("w", "2x")
    assert (outcome.verdict, outcome.message) == ("undecided", "This couldn't be judged; a person will look at it.")
    assert outcome.note_text == "ZeroDivisionError: division by zero"


def test_points_lie_off_every_grid_and_within_the_domain():
    """Generic points aren't multiples of 1/64, keep to a domain, and away from kinks."""
    w, x = scalar("w"), scalar("x")
    key = Key(Exercise(name="narrow", loss=relu(w * x) * 3, parameters=[w], domain={"x": (0, 0.5)}))
    assert len(key.points["x"]) == 64
    assert np.all((key.points["x"] >= 0) & (key.points["x"] <= 0.5))
    assert np.all(np.abs(key.points["w"] * key.points["x"]) > 1e-7)
    assert not np.any(key.points["w"] * 64 == np.round(key.points["w"] * 64))


def test_an_exercise_with_given_points_alone_is_judged_all_the_same():
    """points=0 asks the check for nothing more; answers are compared at generic points nevertheless."""
    w = scalar("w")
    judge = Judge(Key(Exercise(name="given", loss=square(w - 1), parameters=[w], at=[{"w": 3}], points=0)))
    assert judge.judge("w", "2(w - 1)").verdict == "correct"
    assert judge.judge("w", "w + 1").verdict == "incorrect"
    assert judge.judge("w", "4").verdict == "correct"


def test_an_adjoint_that_was_not_handed_in_follows_from_those_that_were():
    """With a wrong dL/da2 of the student's own, dL/da1 in the answer for w means what comes of it."""
    own = {"a2": "(h2 + y)(1 - h2²)"}
    assert verdict("recurrent", "w", "da2 x2 + da1 x1", own) == ("correct", "carried_forward")
    assert verdict("recurrent", "da1", "dh1 (1 - h1²)", own)[0] == "correct"
    assert verdict("swish_unit", "dz", "do s + ds s(1 - s)", {"o": "2(o - y)"}) == ("correct", "carried_forward")
