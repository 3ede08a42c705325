"""Literals that are no exact numbers, as inputs of a graph."""

import pytest
import sympy

from symgrad import hadamard, matrix, scalar, total
from symgrad.graphs.from_sympy import read
from symgrad.graphs.laws import check_graph
from symgrad.graphs.literals import inexact_literals, is_inexact, with_literals_as_inputs

x, a = scalar("x"), matrix("a", 2, 2)


@pytest.mark.parametrize(
    ("number", "inexact"),
    [
        (sympy.Rational(0.1), True),
        (sympy.Rational(1 / 3), True),
        (sympy.Rational(1e-8), True),
        (sympy.Rational(0.375), False),
        (sympy.Rational(1, 3), False),
        (sympy.Integer(10**6), False),
        (sympy.Integer(0), False),
        (sympy.pi, False),
    ],
)
def test_a_decimal_fraction_is_inexact(number, inexact):
    """A short binary fraction, a quotient of whole numbers and a constant are what they say."""
    assert is_inexact(number) is inexact


def test_literals_become_inputs_of_every_graph():
    """The same literal is the same input in all graphs, after their own, under a name that is free."""
    literal = scalar("literal")
    graphs = [read(0.1 * x**2 + 0.3 * literal), read(total(hadamard(0.1 * a, a)) / 2, declared=[x, literal])]
    literals = inexact_literals(graphs)
    assert [float(number) for number in literals] == [0.1, 0.3]
    assert all(item.name not in ("x", "a", "literal") for item in literals.values())
    for graph in graphs:
        changed = with_literals_as_inputs(graph, literals)
        check_graph(changed)
        assert changed.inputs == (*graph.inputs, *literals.values())
        assert not inexact_literals([changed])
