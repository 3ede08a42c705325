"""Branches that aren't taken, as a derivation writes them."""

import numpy as np
import pytest
import sympy
from sympy import Piecewise

from symgrad import Exercise, check, differentiate, exp, log, matrix, maximum, relu, scalar, sqrt, square, step, subtract, total
from symgrad.basics.float_formats import precision
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import Rounding

x, y, z, A = scalar("x"), scalar("y"), scalar("z"), matrix("A", 2, 2)


def slope(loss, parameter, value):
    """The gradient in float64, its radius in the running error analysis, and as balls."""
    derivation = differentiate(loss, [parameter])
    code = program(derivation, [derivation.gradients[str(parameter.name)]])
    points, system = np.asarray(value, dtype=float).reshape(1, *np.shape(value)[-2:] or (1, 1)), Rounding(precision("float64"))
    with np.errstate(all="ignore"):
        radius = system.bind(code)(system.exact(points)).radius
        plain = Floats().bind(code)(points)
    with at_precision(128):
        balls = np.frompyfunc(float, 1, 1)(Balls().bind(code)(to_balls(points))).astype(float)
    return np.ravel(plain), np.ravel(radius), np.ravel(balls)


LOSSES = [
    (Piecewise((exp(-x), x > 0), (x, True)), -1000, 1),
    (Piecewise((log(x), x > 0), (0, True)), -2, 0),
    (Piecewise((1 / x, x > 1), (3 * x, True)), 0, 3),
    (Piecewise((Piecewise((exp(x * x), x < 3), (x, True)), x > 0), (sqrt(1 - x), True)), 100, 1),
    (Piecewise((step("s", exp(x)) ** 2, x < 0), (x, True)), 1000, 1),
    (relu(1 - exp(x)), 1000, 0),
    (maximum(1 - exp(x), -2), 1000, 0),
    (Piecewise((exp(x), x < 0), (0, True)) + Piecewise((exp(x), x < 1), (0, True)), 1000, 0),
]


@pytest.mark.parametrize(("loss", "value", "expected"), LOSSES)
def test_a_branch_that_is_not_taken_contributes_nothing(loss, value, expected):
    """In floats, their radii and balls, though a slope in it overflows or isn't defined."""
    plain, radius, ball = slope(loss, x, value)
    assert (plain, ball) == (expected, expected)
    assert radius < 1e-14


def test_entries_of_a_matrix_choose_for_themselves():
    """Where one entry overflows in a branch that it doesn't take, the others are untouched."""
    plain, radius, ball = slope(total(relu(subtract(1, exp(A)))), A, [[1000.0, -1.0], [-2.0, 3.0]])
    expected = np.array([0.0, -np.exp(-1), -np.exp(-2), 0.0])
    assert np.allclose(plain, expected, rtol=1e-14, atol=0)
    assert np.allclose(ball, expected, rtol=1e-14, atol=0)
    assert np.all(radius < 1e-14)


def test_a_slope_of_zero_is_no_branch():
    """A zero that values make isn't one of a branch: √x squared has the slope 1, and at 0 no arithmetic knows."""
    plain, _, ball = slope(square(step("r", sqrt(x))), x, 0)
    assert np.isnan(plain).all()
    assert np.isnan(ball).all()


def test_a_network_is_written_as_before():
    """Where a product with 0 is 0 anyway, no choice is written."""
    w, v = matrix("w", 2, 2), matrix("v", 2, 1)
    assert str(differentiate(total(relu(w * v)), [w])).splitlines()[-1] == "  (3) dw = [t1 > 0] vᵀ"
    assert str(differentiate(relu(3 * x), [x])).splitlines()[-1] == "  (3) dx = 3 [t1 > 0]"


CONDITIONS = {
    "xor": sympy.Xor(x > 0, y > 0),
    "implies": sympy.Implies(x > 0, y > 0),
    "equivalent": sympy.Equivalent(x > 0, y > 0),
    "if_then_else": sympy.ITE(x > 0, y > 0, z > 0),
    "not_both": sympy.Nand(x > 0, y > 0),
    "on_a_choice": sympy.Piecewise((x, y > 0), (z, True)) > 0,
}


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_of_sympys_is_read(name, order):
    """Of a condition on a Piecewise SymPy makes an if-then-else of conditions."""
    loss = sympy.Piecewise((x**2 * y, CONDITIONS[name]), (z**3 * x, True))
    result = check(Exercise(name=name, loss=loss, parameters=[x, y, z]), order=order)
    assert (result.verdict, result.reason) == ("pass", "agree")
