"""Two formulas of one quantity, compared in balls without a tolerance."""

import numpy as np
import pytest
import sympy

from symgrad import scalar, sqrt
from symgrad.graphs.from_sympy import read
from symgrad.number_systems.code_generation import compile_
from symgrad.number_systems.programs import graph_program
from symgrad.truth.exact_comparison import Sameness, compared

x = scalar("x")
symbol = sympy.Symbol("x", real=True)


def said(claimed, true, value):
    first, second = (read(sympy.sympify(e), declared=[x]) for e in (claimed, true))
    programs = [graph_program(graph, first.inputs) for graph in (first, second)]
    return Sameness(int(compared(*programs, {"x": np.full((1, 1, 1), value)}, (1, 1))[0, 0, 0]))


EQUAL = [
    (2 * x, x + x, 0.3),
    (1 / (sqrt(x**2 + 1) + x), sqrt(x**2 + 1) - x, 1e9),
    (sympy.sinh(x), (sympy.exp(x) - sympy.exp(-x)) / 2, 1e-200),
    (0 * x, sympy.sin(x) ** 2 + sympy.cos(x) ** 2 - 1, 0.7),
    (1 - sympy.tanh(x) ** 2, 1 / sympy.cosh(x) ** 2, 600.0),
]
DIFFERENT = [
    (0 * x, sympy.exp(-(x**2)), 60.0),
    (-sympy.exp(-(x**2)), sympy.exp(-(x**2)), 60.0),
    (0 * x, 1 - sympy.tanh(x) ** 2, 600.0),
    (x * (1 + sympy.Rational(1, 2**80)), x, 0.3),
    (sympy.log(x - 1), x, 0.5),
]


@pytest.mark.parametrize(("claimed", "true", "value"), EQUAL)
def test_two_spellings_of_one_formula_are_equal(claimed, true, value):
    """However much of one spelling cancels, its ball gets sharp at some precision."""
    assert said(claimed, true, value) == Sameness.EQUAL


@pytest.mark.parametrize(("claimed", "true", "value"), DIFFERENT)
def test_no_difference_is_too_small_to_be_seen(claimed, true, value):
    """A zero for 1e-1500, a sign, 2⁻⁸⁰ of the value, no number: disjoint balls prove it."""
    assert said(claimed, true, value) == Sameness.DIFFERENT


def test_what_is_undefined_on_both_sides_stays_unknown():
    """Nothing is claimed of two formulas that have no value."""
    assert said(sympy.log(x), sympy.log(x), -1.0) == Sameness.UNKNOWN


@pytest.mark.parametrize(
    ("factor", "power", "expected"),
    [(3, 2, Sameness.EQUAL), (3 * (1 + 1e-13), 2, Sameness.DIFFERENT), (-3, 2, Sameness.DIFFERENT)],
)
def test_a_literal_is_known_up_to_its_rounding(factor, power, expected):
    """A factor off by more than a literal's rounding is told from one that isn't."""
    literal = sympy.Symbol("literal", real=True)
    programs = [compile_([symbol, literal], (), [c * literal * symbol**power]) for c in (sympy.Rational(factor), 3)]
    points = {"x": np.full((1, 1, 1), 0.7)}
    assert compared(*programs, points, (1, 1), {"literal": 0.1})[0, 0, 0] == expected


def test_a_ball_too_wide_for_a_sign_says_nothing():
    """Where a literal's rounding is as large as the gradient, equality isn't claimed."""
    literal = sympy.Symbol("literal", real=True)
    both = compile_([symbol, literal], (), [literal * symbol - sympy.Rational(0.1) * symbol])
    assert compared(both, both, {"x": np.full((1, 1, 1), 0.7)}, (1, 1), {"literal": 0.1})[0, 0, 0] == Sameness.UNKNOWN
