"""Answers and exercises that were made to fool the grader: by points, by magnitudes, by names, by circles."""

import pytest
from corpora import judges

import symgrad
from symgrad import (
    Exercise,
    add,
    exp,
    hardsigmoid,
    leaky_relu,
    matrix,
    maximum,
    relu,
    relu6,
    scalar,
    sigmoid,
    square,
    step,
    tanh,
    total,
)
from symgrad import abs as absolute
from symgrad.basics.errors import AuthorError
from symgrad.grading.answer_key.key import Key
from symgrad.grading.judge import Judge

SEEDS = range(5)
w, x, y, b, z = (scalar(name) for name in ("w", "x", "y", "b", "z"))


def judge(loss, parameters, seed=0, **fields):
    return Judge(Key(Exercise(name="e", loss=loss, parameters=parameters, **fields), seed))


def said(loss, parameters, name, answer, seed=0, **fields):
    outcome = judge(loss, parameters, seed, **fields).judge(name, answer)
    assert outcome.note_text == ""
    return outcome.verdict


@pytest.mark.parametrize(
    ("loss", "answer"),
    [
        (0.1 * square(w) + x * w, "0.2w + x"),
        (0.1 * square(w) + x * w, "w/5 + x"),
        (square(0.3 * w - x), "0.6(0.3w - x)"),
        (x * leaky_relu(w), "x[w > 0] + 0.01x[w < 0]"),
        (x * leaky_relu(w), "x leaky_relu'(w)"),
        (x * leaky_relu(w, negative_slope=0.2), "x [w > 0] + (x/5) [w < 0]"),
        (1 / 3 * w**3, "w²"),
        (0.1 * 0.1 * square(w), "0.02w"),
        (0.001 * square(tanh(w)), "0.002 tanh(w)(1 - tanh²(w))"),
        (1.999 * w * x, "1.999x"),
    ],
)
def test_decimals_of_authors_are_decimals(loss, answer):
    """0.1 in an exercise is a tenth, to those who answer it."""
    assert said(loss, [w], "w", answer) == "correct"
    assert said(loss, [w], "w", f"({answer})(1 + 1e-13)") == "incorrect"


def test_decimals_at_given_points_are_decimals():
    """At x = 0.1 the square is 0.01, exactly."""
    given = judge(square(x) * w, [x, w], at=[{"x": 0.1, "w": 1}])
    assert [given.judge(*each).verdict for each in (("x", "0.2"), ("w", "0.01"), ("w", "1/100"), ("w", 0.01))] == [
        "correct"
    ] * 4
    assert given.judge("w", "0.0100000000002").verdict == "incorrect"


def test_names_that_begin_with_a_d_are_names():
    """d, delta and dz are parameters like others; dz beside a step z is the parameter."""
    for name in ("d", "delta", "d1"):
        own = scalar(name)
        assert said(square(own - y), [own], name, f"2({name} - y)") == "correct"
        assert said(square(own - y), [own], name, name) == "incorrect"
    dz = scalar("dz")
    both = judge(square(step("z", w * x) + dz), [w, dz])
    assert both.judge("dz", "2(z + dz)").verdict == "correct"
    assert both.judge("dL/dz", "2(z + dz)").verdict == "correct"
    assert both.judge("dz", "2z").verdict == "incorrect"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("loss", "name", "wrong"),
    [
        (square(tanh(relu(w * x))) * exp(b), "w", "0.9999999·2 tanh(relu(w x)) (1 - tanh²(relu(w x))) [w x > 0] x e^b"),
        (exp(50 * w) * absolute(x), "x", "exp(50w)"),
        (exp(10 * w * x) * relu(b), "b", "exp(10 w x)"),
        (square(hardsigmoid(w * x) - y), "w", "(wx/6 + 1/2 - y)*x/3"),
        (square(relu6(w * x + b) - y), "w", "2(relu(wx + b) - y) x [wx + b > 0]"),
        (square(maximum(tanh(w * x), y)), "y", "2 max(tanh(wx), y)[wx < y]"),
        (absolute(relu(w * x)), "w", "x"),
        (square(tanh(w * x) - y), "w", "2(tanh(wx) - y)(1 - tanh²(wx)) x + relu(w - 3)"),
        (square(tanh(w * x) - y), "w", "2(tanh(wx) - y)(1 - tanh²(wx)) x [w > -3]"),
        (square(w * x - y), "w", "2x(wx - y) + 1e-10 relu(w)"),
        (square(w * x - y), "w", "2x(wx - y)(1 + 1e-7 [w > 0])"),
        (square(w * x - y), "w", "2x(wx - y) + exp(-200)"),
        (square(w * x - y), "w", "2x(wx - y) tanh(100)"),
        (square(w * x - y), "w", "2x(wx - y) tanh(1000)"),
    ],
)
def test_what_is_wrong_somewhere_is_wrong(loss, name, wrong, seed):
    """In a region, by a little, where another point is much larger, or where something is saturated."""
    parameters = [s for s in (w, x, y, b) if s.name == name]
    assert said(loss, parameters, name, wrong, seed) == "incorrect"


def test_saturated_losses_are_told_from_their_limits():
    """tanh(100) isn't 1, so a forgotten factor tanh is seen."""
    fields = {"domain": {"b": (100, 1000), "w": (0, 1), "x": (0, 1)}}
    loss = square(tanh(step("z", w * x + b)))
    assert said(loss, [b], "b", "2 tanh(z)(1 - tanh²(z))", **fields) == "correct"
    assert said(loss, [b], "b", "2 (1 - tanh²(z))", **fields) == "incorrect"


def test_pieces_are_right_on_both_sides():
    """The right gradients of losses made of pieces are right."""
    for loss, name, answer in (
        (absolute(relu(w * x)), "w", "x [wx > 0]"),
        (square(relu6(w * x + b) - y), "w", "2(relu6(wx + b) - y) x [wx + b > 0][wx + b < 6]"),
        (square(hardsigmoid(w * x) - y), "w", "2(hardsigmoid(wx) - y) (x/6) [wx > -3][wx < 3]"),
        (square(maximum(w, y)), "w", "2w [w > y]"),
    ):
        parameters = [s for s in (w, x, y, b) if s.name == name]
        assert said(loss, parameters, name, answer) == "correct", answer


def test_the_greatest_entry_is_found_by_comparing_it():
    """[v = q] of a maximum q is 1 at its entry."""
    v = symgrad.vector("v", 3)
    assert said(square(step("q", symgrad.amax(v))), [v], "v", "2 q [v = q]") == "correct"
    assert said(square(step("q", symgrad.amax(v))), [v], "v", "2 q [v >= max(v)]") == "correct"
    assert said(square(step("q", symgrad.amax(v))), [v], "v", "2 q [v < q]") == "incorrect"


def test_narrow_domains_are_sampled_within():
    """Points don't collapse to the ends of a domain that is narrower than the grid."""
    key = judge(square(w * x), [w], domain={"x": (0, 1e-3), "w": (0.001, 0.001000001)}).key
    for name, low, high in (("x", 0, 1e-3), ("w", 0.001, 0.001000001)):
        values = key.points[name].ravel()
        assert len(set(values.tolist())) > 32
        assert all(low <= v <= high for v in values)


def test_an_adjoint_rests_on_those_nearer_to_the_loss():
    """Circles are refused: nothing is derived by going round in them."""
    network = judges()["sigmoid_network"]
    assert network.judge("dz2", "inv(w2') (dz1/(y1 ∘ (1 - y1)))").verdict == "unreadable"
    said_ = network.judge("dz2", "dz1").message.splitlines()[0]
    assert said_ == "dL/dz1 doesn't come before dL/dz2; an adjoint rests on those nearer to the loss (dL/dy2)"
    assert network.judge("dz1", "(w2' dz2) ∘ σ'(z1)").verdict == "correct"


def test_an_exercise_without_points_is_the_author_s_error():
    """A loss that is undefined where it is sampled can't be graded."""
    with pytest.raises(AuthorError, match="no point was found at which the loss is defined and smooth"):
        judge(symgrad.log(w - 30) * x, [w]).prepare(figures=False)


def test_deep_linear_networks_are_not_expanded():
    """Polynomials of too many terms are left to balls."""
    layers = [matrix(f"W{k}", 6, 6) for k in range(4)]
    u = symgrad.vector("u", 6)
    product = layers[0] * layers[1] * layers[2] * layers[3] * u
    deep = judge(total(square(step("r", product))) / 2, layers[:1])
    assert deep.key.polynomials is None
    assert deep.judge("W0", "dr (W1 W2 W3 u)'").verdict == "correct"


@pytest.mark.parametrize("value", ["1.51", "-3.27", "0.44", "4.98", "2.06", "-0.91"])
@pytest.mark.parametrize(("exercise", "name"), [("linear", "w"), ("sigmoid_network", "w1[1,1]"), ("quadratic", "w1")])
def test_numbers_out_of_the_blue_are_not_explained(exercise, name, value):
    """A number that is nobody's mistake gets no invented one, and no factor that would tell the answer."""
    outcome = judges()[exercise].judge(name, value)
    assert (outcome.verdict, outcome.tags) == ("incorrect", ())


def test_a_factor_two_is_no_mean():
    """Where the loss has no mean, a factor is a factor."""
    assert judges()["sigmoid_network"].judge("w2", "2 dz2 y1'").tags[:1] == ("factor",)
    assert judges()["tanh_network"].judge("W2", "4 dz2 h'").tags[:1] == ("sum_for_mean",)


def test_activations_with_a_bias_are_judged_at_both_sides(monkeypatch):
    """The points of a relu network lie on both sides of each of its kinks."""
    key = judges()["relu_network"].key
    sides = key.values["z"] > 0
    assert sides.any(axis=0).all()
    assert (~sides).any(axis=0).all()
    assert (
        said(
            total(relu(add(matrix("W", 2, 2) * symgrad.vector("v", 2), symgrad.vector("c", 2)))), ["W"], "W", "[W v + c > 0] v'"
        )
        == "correct"
    )
    assert sigmoid(z) is not None


def test_adjoints_of_steps_are_compared_where_they_are_defined():
    """Where a relu is dead, what comes after it lies on the next one's kink: any convention there is right."""
    inner = step("h", relu(w * x))
    outer = step("q", y * inner)
    loss = square(relu(outer) - 1)
    for answer in ("2(relu(q) - 1)[q > 0]", "2(relu(q) - 1) relu'(q)", "2(relu(q) - 1)(1 + sign(q))/2"):
        assert said(loss, [w], "dq", answer) == "correct", answer
    assert said(loss, [w], "dq", "2(relu(q) - 1)[q > 1]") == "incorrect"
    assert said(loss, [w], "w", "2(relu(q) - 1)[q > 0] y [wx > 0] x") == "correct"


@pytest.mark.parametrize("answer", ["2x(wx-y) + max(0, x - 10^6)", "2x(wx-y) + relu(w - 10^5)"])
def test_what_is_wrong_far_away_alone_is_decided(answer):
    """Beyond all points an answer may be wrong unseen; that is no reason to leave it undecided."""
    assert judges()["linear"].judge("w", answer).verdict == "correct"


def test_what_takes_too_many_bits_far_out_is_settled_by_the_other_points():
    """Four times further out sums of σ(w₂ (w₁ x)²) lie more than 20,000 bits apart."""
    x, y, w1, w2 = matrix("x", 3, 3), matrix("y", 3, 3), matrix("w1", 2, 3), matrix("w2", 3, 2)
    z = step("z", w1 @ x)
    p = step("p", sigmoid(w2 @ square(z)))
    loss = symgrad.mean(square(symgrad.multiply(p, y)))
    right = "1/9 * ((w2^T ((p ∘ y + σ(w2 z^2) ∘ y) ∘ y ∘ (1/(2 + exp(w2 (w1 x)^2) + exp(-(w2 (w1 x)^2)))))) ∘ (2 z))"
    for seed in range(8):
        assert said(loss, [w1, w2], "dz", right, seed) == "correct", seed
        assert said(loss, [w1, w2], "dz", right.replace("2 +", "3 +"), seed) == "incorrect", seed
