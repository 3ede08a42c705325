"""What a derivation costs: shared nodes once, long products linearly, deep losses without recursion."""

from pathlib import Path

import numpy as np
import pytest
import sympy
from flint import arb

from symgrad import differentiate, matrix, scalar, step, vector
from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import load
from symgrad.derivation import inlining
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.operations.table import TABLE

x, y = scalar("x"), scalar("y")
sigmoid, total = TABLE["sigmoid"], TABLE["total"]
EXERCISES = load([str(Path(__file__).parents[2] / "exercises")])


def values(derivation, **points):
    """Loss and gradients in float64 at one point, as floats."""
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    arrays = [np.full((1, *i.shape), points[i.name]) for i in derivation.inputs]
    found = Floats().bind(code)(*arrays)
    return [float(np.ravel(v)[0]) for v in (found if isinstance(found, list) else [found])]


def repeated(function, times, start=x):
    for k in range(times):
        start = function(start, k)
    return start


def test_a_shared_subexpression_is_computed_once():
    """A subexpression that stands in a loss twice is one node, with a name or without."""
    shared = sigmoid(x * y)
    once, twice = differentiate(sympy.sin(shared), [x]), differentiate(sympy.sin(shared) + shared, [x])
    assert twice.operations().loss == once.operations().loss + 1
    assert str(twice).count("σ") == 1


def test_the_same_subexpression_with_and_without_a_name_is_one_node():
    """What is a step in one place and written out in another is computed once."""
    derivation = differentiate(step("s", sigmoid(x)) + sympy.cos(sigmoid(x)), [x])
    assert str(derivation).count("σ") == 1
    assert derivation.operations().loss == differentiate(sigmoid(x), [x]).operations().loss + 2


def test_every_contribution_arrives_before_a_node_is_visited():
    """A node that is used at two depths passes on its whole adjoint, once."""
    s = step("s", x**2)
    loss = s * step("t", sympy.sin(s)) + s
    assert values(differentiate(loss, [x]), x=0.75)[1] == pytest.approx(
        float((2 * x * (sympy.sin(x**2) + x**2 * sympy.cos(x**2) + 1)).subs(x, 0.75)), rel=1e-14
    )


def test_a_product_of_forty_factors_costs_linearly():
    """Loss and all forty gradients of a product take fewer than four times the operations of the product."""
    factors = [scalar(f"a{k}") for k in range(40)]
    derivation = differentiate(sympy.Mul(*factors), factors)
    counted = derivation.operations()
    assert counted.loss == 39
    assert counted.total <= 4 * 39
    double = [scalar(f"a{k}") for k in range(80)]
    assert differentiate(sympy.Mul(*double), double).operations().total <= 2.2 * counted.total


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_an_exercise_costs_at_most_four_times_its_loss(exercise):
    """Baur and Strassen's bound, in the library: all gradients with the loss cost at most four times the loss."""
    assert isinstance(exercise, Exercise)
    counted = differentiate(exercise.loss, exercise.parameter_names).operations()
    assert 1 <= counted.ratio <= 4


def test_a_product_of_scalars_halves_without_losing_a_factor():
    """Each gradient of a long product is the product of the others."""
    factors = [scalar(f"a{k:02}") for k in range(11)]
    points = {f"a{k:02}": 1 + k / 8 for k in range(11)}
    loss, *gradients = values(differentiate(sympy.Mul(*factors), factors), **points)
    assert [g * p for g, p in zip(gradients, points.values(), strict=True)] == pytest.approx([loss] * 11, rel=1e-14)


def test_a_chain_of_three_thousand_steps_has_a_derivation():
    """A loss of 3,000 nested steps is read, differentiated, printed and evaluated."""
    loss = repeated(lambda e, k: step(f"s{k}", e + e**2 / 10**6), 3000)
    derivation = differentiate(loss, [x])
    assert len(str(derivation).splitlines()) > 6000
    found = values(derivation, x=0.5)
    value, slope = 0.5, 1.0
    for _ in range(3000):
        value, slope = value + value**2 / 10**6, slope * (1 + 2 * value / 10**6)
    assert found == pytest.approx([value, slope], rel=1e-12)


def test_three_thousand_nested_operations_have_a_derivation():
    """A loss nested 3,000 deep without names is read without recursion."""
    found = values(differentiate(repeated(lambda e, k: sigmoid(e), 3000), [x]), x=0.5)
    assert found[0] == pytest.approx(0.659046068407)
    assert found[1] == 0.0


def test_three_thousand_layers_have_a_derivation():
    """A network of 3,000 layers is read without recursion."""
    A, c = matrix("A", 2, 2), vector("c", 2)
    loss = total(TABLE["square"](repeated(lambda e, k: TABLE["tanh"](A * e), 3000, c)))
    assert all(np.isfinite(values(differentiate(loss, [A]), A=0.25, c=0.5)))


def test_the_work_for_a_deep_loss_grows_with_its_depth(monkeypatch):
    """Twice the depth of a recurrence over shared inputs, e = σ(e) y + x, is about twice the work of writing it short."""
    count = [0]
    original = inlining.leaves

    def counted(expression):
        count[0] += 1
        return original(expression)

    monkeypatch.setattr(inlining, "leaves", counted)
    work = []
    for depth in (40, 80):
        count[0] = 0
        differentiate(repeated(lambda e, k: sigmoid(e) * y + x, depth), [x, y])
        work.append(count[0])
    assert work[1] <= 2.5 * work[0]


def test_elementary_operations_are_counted_as_documented():
    """σ(z) = 1/(1 + e⁻ᶻ) is three operations: an exponential, a sum and a quotient; a product of m×k and k×n mn(2k − 1)."""
    assert differentiate(sigmoid(x), [x]).operations().loss == 3
    W, v = matrix("W", 3, 4), vector("v", 4)
    assert differentiate(total(W * v), [W]).operations().loss == 3 * 7 + 3


def test_sixty_doublings_dont_blow_up():
    """A graph with 2⁶⁰ paths has 60 nodes: e = e·e + e, sixty times."""
    loss = repeated(lambda e, k: step(f"s{k}", e * e + e), 60)
    derivation = differentiate(loss, [x])
    assert len(derivation.equations) < 200
    code = program(derivation, [derivation.loss, derivation.gradients["x"]])
    with at_precision(2000):
        found = Balls().bind(code)(to_balls(np.full((1, 1, 1), 2.0**-70)))
        value, slope = arb(2) ** -70, arb(1)
        for _ in range(60):
            value, slope = value * value + value, slope * (2 * value + 1)
        assert found[0][0, 0, 0].overlaps(value)
        assert found[1][0, 0, 0].overlaps(slope)
        assert found[1][0, 0, 0].rad() < 1e-300


def test_sixty_doublings_without_names_dont_blow_up():
    """Sharing is found where there are no names as well."""
    loss = repeated(lambda e, k: sigmoid(e) * sigmoid(e) + sigmoid(e), 60)
    assert len(differentiate(loss, [x]).equations) < 500
