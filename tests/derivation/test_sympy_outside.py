"""Losses and closed forms in the hands of SymPy's own tools: typeset, evaluated, compiled, written down and read again."""

from pathlib import Path

import numpy as np
import pytest
import sympy
from sympy.core.symbol import Str
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.matrices.expressions.matexpr import MatrixElement

import symgrad
from symgrad import matrix, relu, scalar, sigmoid, square, step, total, vector
from symgrad.authoring.exercise_files import load
from symgrad.derivation import backpropagate
from symgrad.graphs.from_sympy import read, symbols_of
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import graph_program
from symgrad.operations.sympy_nodes import Applied, MatrixApplied, MatrixStep, Step, is_matrix, shape_of
from symgrad.operations.table import TABLE

ROOT = Path(__file__).parents[2]
NAMES = {
    **TABLE,
    **{n: getattr(sympy, n) for n in ("Rational", "Max", "Min", "Piecewise", "Matrix", "Identity", "Heaviside")},
    **{"x": scalar("x"), "y": scalar("y"), "c": vector("c", 2)},
    **{name: matrix(name, 2, 2) for name in "ABS"},
}
LOSSES = {name: eval(row.example, dict(NAMES)) for name, row in TABLE.items()}
EXERCISES = {e.name: e for e in load([str(ROOT / "exercises")])}
SMALL = {name: e for name, e in EXERCISES.items() if sum(np.prod(i.shape) for i in e.inputs.values()) < 100}
GRADIENTS = {
    f"{name} {parameter}": backpropagate(e.graph, e.parameter_names).closed_form(parameter)
    for name, e in SMALL.items()
    for parameter in e.parameter_names
}
WRITTEN = {**LOSSES, **{f"loss of {name}": e.loss for name, e in EXERCISES.items()}, **GRADIENTS}
OUR_OWN = {c.__name__: c for c in (Applied, MatrixApplied, Step, MatrixStep)}
NOT_STARRED = {"Str": Str, "MatrixElement": MatrixElement, "ExprCondPair": ExprCondPair}
"""SymPy's own classes that ``srepr`` mentions and ``from sympy import *`` leaves out."""
COMPARED = ("relu_network W1", "relu_network b1")
"""Matrices are compared in them, which SymPy makes anew neither with explicit matrices nor from what ``srepr`` writes."""
LARGE = ("loss of mlp_wide",)
"""Thousands of entries, which no one writes out."""


def point(expression):
    """Short numbers for the symbols of an expression, as floats and as exact ones; matrices far from singular."""
    generator = np.random.default_rng(7)
    values = {}
    for symbol in symbols_of(expression):
        drawn = generator.integers(16, 56, shape_of(symbol)) / 64
        values[symbol] = drawn + np.eye(*drawn.shape) if min(drawn.shape) > 1 else drawn
    plain = {s: v if is_matrix(s) else float(v[0, 0]) for s, v in values.items()}
    exact = {
        s: sympy.Matrix(v).applyfunc(sympy.Rational) if is_matrix(s) else sympy.Rational(float(v)) for s, v in plain.items()
    }
    return plain, exact


def floats(expression, plain):
    """What the project's own float64 says."""
    graph = read(expression)
    values = [np.reshape(plain[i.authored], i.shape) for i in graph.inputs]
    with np.errstate(all="ignore"):
        return np.broadcast_to(Floats().bind(graph_program(graph, graph.inputs))(*values), graph.output_shape)


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_typeset(name):
    """LaTeX holds no class of Python's, and balanced braces; the pretty printer knows it, too."""
    text = sympy.latex(WRITTEN[name])
    assert not any(word in text for word in ("Str(", "Applied", "Step", "None"))
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert "Applied" not in sympy.pretty(WRITTEN[name])


@pytest.mark.parametrize("name", [name for name in WRITTEN if name not in COMPARED])
def test_it_is_written_down_and_read_again(name):
    """What ``srepr`` writes makes the same expression; SymPy itself sorts the terms of a matrix sum, and keeps them unsorted."""
    text = sympy.srepr(WRITTEN[name])
    again = eval(text, {**vars(sympy), **NOT_STARRED, **OUR_OWN})
    assert sympy.srepr(again) == text
    assert again == WRITTEN[name] or WRITTEN[name].has(sympy.MatAdd)


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_compiled_for_numpy(name):
    """What ``lambdify`` makes of it agrees with the project's own float64."""
    plain, _ = point(WRITTEN[name])
    function = sympy.lambdify(list(plain), WRITTEN[name], modules=["scipy", "numpy"])
    with np.errstate(all="ignore"):
        found = function(*plain.values())
    expected = floats(WRITTEN[name], plain)
    assert np.shape(found) == (expected.shape if is_matrix(WRITTEN[name]) else ())
    np.testing.assert_allclose(np.reshape(found, expected.shape), expected, rtol=1e-10)


@pytest.mark.parametrize("name", [name for name in WRITTEN if name not in LARGE])
def test_it_has_a_value_where_everything_is_a_number(name):
    """With numbers in place of its symbols it is a number, of as many digits as one asks for."""
    plain, exact = point(WRITTEN[name])
    written = WRITTEN[name]
    found = symgrad.explicit(written).subs(exact) if name in COMPARED else symgrad.explicit(written.subs(exact))
    cells = list(found.evalf(25)) if is_matrix(found) else [found.evalf(25)]
    assert all(cell.is_Float or cell.is_Rational for cell in cells)
    np.testing.assert_allclose([float(cell) for cell in cells], floats(written, plain).ravel(), rtol=1e-9)


@pytest.mark.parametrize(
    "name", [n for n, e in WRITTEN.items() if not is_matrix(e) and not e.has(MatrixElement) and n not in LARGE]
)
def test_a_scalar_has_a_value_by_itself(name):
    """``subs`` and ``evalf`` are enough for a scalar; of a part of a matrix SymPy itself asks for no value."""
    plain, exact = point(WRITTEN[name])
    found = WRITTEN[name].subs(exact).evalf(25)
    assert found.is_Float or found.is_Rational
    np.testing.assert_allclose(float(found), floats(WRITTEN[name], plain)[0, 0], rtol=1e-9)


def test_a_loss_reads_like_mathematics():
    """Steps by their names, operations by their signs, what binds loosely in brackets; a notebook shows the same."""
    w, x, y = matrix("w1", 2, 2), matrix("x", 2, 1), matrix("y", 2, 1)
    loss = total(square(sigmoid(step("z1", w * x)) - y)) / 2
    shown = r"\frac{\sum\left(\left(\sigma\left(z_{1}\right) - y\right)^{\circ 2}\right)}{2}"
    assert sympy.latex(loss) == shown
    assert loss._repr_latex_() == rf"$\displaystyle {shown}$"
    gradient = symgrad.differentiate(total(square(w * x)), [w]).closed_form("w1")
    assert sympy.latex(gradient) == r"2 w_{1} x x^{T}"
    assert sympy.latex(symgrad.softmax(w, axis=1)) == r"\operatorname{softmax}\left(w_{1}, \mathrm{axis} = 1\right)"


def test_operations_are_written_in_sympys_own_functions():
    """``rewrite`` puts SymPy's own functions in their place, entry by entry where there are matrices."""
    a, w = scalar("a"), matrix("w", 1, 2)
    assert sigmoid(a).rewrite(sympy.exp) == 1 / (1 + sympy.exp(-a))
    assert relu(a).rewrite(sympy.Piecewise) == sympy.Piecewise((a, a > 0), (0, True))
    assert total(w).rewrite(sympy.Add) == w[0, 0] + w[0, 1]
    assert square(w).rewrite(sympy.Matrix) == sympy.ImmutableDenseMatrix([[w[0, 0] ** 2, w[0, 1] ** 2]])
    assert step("z", 2 * sigmoid(a)).rewrite(sympy.exp) == 2 / (1 + sympy.exp(-a))


def test_matrix_products_leave_operations_alone():
    """SymPy's products call ``doit`` on their operands: what an author wrote is still there."""
    w, x = matrix("w", 2, 2), matrix("x", 2, 2)
    product = step("z", sigmoid(w)) * relu(x) * total(x)
    assert {str(node.symbol): node.row.name for node in read(total(product.doit())).nodes} == {
        str(node.symbol): node.row.name for node in read(total(product)).nodes
    }
    assert product.has(MatrixStep)
    assert product.doit().has(MatrixApplied)


def test_half_an_evaluation_leaves_the_rest():
    """Where symbols are left there is nothing to evaluate, and nothing is lost."""
    a, w = scalar("a"), matrix("w", 2, 2)
    assert sigmoid(a).evalf() == sigmoid(a)
    assert total(square(w)).evalf() == total(square(w))
    assert sigmoid(a).subs(a, 0).evalf() == sympy.Float("0.5")
    foreign = sigmoid(sympy.airyai(a))  # no operation of the table
    assert foreign.rewrite(sympy.exp) == foreign
    assert foreign.subs(a, 0).evalf() == foreign.subs(a, 0)
