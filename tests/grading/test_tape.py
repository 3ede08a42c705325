"""A tape gives what the derivation gives, in every number system, and what comes of one changed rule."""

import numpy as np
import pytest
import sympy
from corpora import judges

from symgrad.grading.answer_key.target import Target, adjoint_of
from symgrad.grading.equality.decision import decide
from symgrad.grading.equality.evaluating import Evaluation
from symgrad.grading.equality.polynomial_weight import weight
from symgrad.grading.equality.worlds import World
from symgrad.grading.language.grammar import read_text
from symgrad.number_systems.balls import Balls, at_precision
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.polynomials import NotPolynomial
from symgrad.number_systems.programs import program
from symgrad.number_systems.system import listed

NAMES = [name for name in judges() if name != "mlp_wide"]


@pytest.mark.parametrize("name", NAMES)
def test_a_tape_agrees_with_the_derivation(name):
    """Gradients and adjoints of every exercise, node by node, are those of the compiled derivation."""
    key = judges()[name].key
    derivation = key.formula.derivation
    outputs = [*derivation.gradients.values(), *derivation.adjoints.values()]
    asked = [*derivation.gradients, *(adjoint_of(step) for step in derivation.adjoints)]
    with np.errstate(all="ignore"):
        values = listed(Floats().bind(program(derivation, outputs))(*key.points.values()))
    for each, value in zip(asked, values, strict=True):
        truth = key.truth(key.worked, each)
        np.testing.assert_allclose(truth, np.broadcast_to(value, truth.shape), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_balls_enclose_what_floats_say(name):
    """The certified pass beside a point is near the pass in floats at the point."""
    key = judges()[name].key
    with at_precision(160):
        done = key.balls(0)
        for each in key.asked:
            certified = np.array([float(b) for b in key.truth(done, each).flat])
            np.testing.assert_allclose(certified, key.truth(key.worked, each)[0].ravel(), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", ["linear", "quadratic", "stacked_linear", "matrix_factorisation", "quadratic_form", "ridge"])
def test_polynomials_are_decided_exactly(name):
    """A polynomial loss has polynomial gradients, the same as SymPy's own for scalars."""
    key = judges()[name].key
    assert key.polynomials is not None
    system, done = key.polynomials
    point = {n: a[0] for n, a in key.points.items()}
    flat = [float(v) for n in key.exercise.inputs for v in point[n].ravel()]
    for each in key.exercise.parameter_names:
        values = [float(sympy.Rational(str(p(*map(_exact, flat))))) for p in key.truth(done, each).flat]
        np.testing.assert_allclose(values, key.truth(key.worked, each)[0].ravel(), rtol=1e-9)
    assert system.inputs.keys() == key.exercise.inputs.keys()


def _exact(value):
    from flint import fmpq

    return fmpq(*value.as_integer_ratio())


def test_what_grows_too_large_is_no_polynomial():
    """A power of a long sum isn't expanded; balls decide it."""
    key = judges()["matrix_factorisation"].key
    assert weight(read_text("lam^3 + 2", key.vocabulary), {"lam": 1}) == 5
    with pytest.raises(NotPolynomial):
        weight(read_text("(U[1,1]+U[1,2]+U[2,1]+lam)^40", key.vocabulary), {"U": 1, "lam": 1})
    answer = "R V' + lam U + (lam - lam)*(U[1,1]+U[1,2]+U[2,1]+lam)^40*U"
    assert judges()["matrix_factorisation"].judge("U", answer).verdict == "correct"


def test_a_changed_rule_changes_what_rests_on_it():
    """Leaving the derivative of the outer activation out gives the gradients without it, and nothing else."""
    key = judges()["sigmoid_network"].key
    nodes = key.exercise.graph.nodes
    last = max(k for k, node in enumerate(nodes) if node.row.name == "sigmoid")
    done = key.tape.backward(key.floats, key.worked.values, {(last, 0): lambda local: local.adjoint})
    term = read_text("(y2 - y) y1'", key.vocabulary)
    np.testing.assert_allclose(key.truth(done, "w2"), Evaluation(key.floats, key.values)(term), rtol=1e-12)


def test_a_student_s_adjoint_takes_the_place_of_the_true_one():
    """What is right in a student's world follows from the adjoint that is theirs."""
    key = judges()["sigmoid_network"].key
    mine = read_text("3 y2", key.vocabulary)
    world = World(key, {"z2": mine}, carried=("z2",))
    target = Target("w2", (2, 2))
    assert decide(world, read_text("3 y2 y1'", key.vocabulary), target).equal
    assert decide(world, read_text("dz2 y1'", key.vocabulary), target).equal
    assert not decide(World(key), read_text("3 y2 y1'", key.vocabulary), target).equal


def test_every_operation_of_answers_has_a_value_in_floats_and_balls():
    """Functions by name: both number systems agree, and the derivative is that of the table."""
    from symgrad.grading.language.functions import FUNCTIONS
    from symgrad.operations.row import Elementwise
    from symgrad.operations.table import TABLE

    key = judges()["linear"].key
    values = dict(key.values)
    checked = 0
    for name in sorted({f.name for f in FUNCTIONS.values()}):
        row = TABLE.get(name)
        if (
            not isinstance(row, Elementwise)
            or row.operands != 1
            or name in ("zeta", "polygamma", "gammainc", "gammaincc", "logit")
        ):
            continue
        for text in (f"{name}(x/3 + 1/2)", f"{name}'(x/3 + 1/2)")[: 2 if row.build is None else 1]:
            term = read_text(text, key.vocabulary)
            with np.errstate(all="ignore"):
                floats = np.broadcast_to(Evaluation(Floats(), values)(term), (64, 1, 1)).ravel()
            with at_precision(160):
                from symgrad.number_systems.balls import to_balls

                balls = Evaluation(Balls(), {n: to_balls(a) for n, a in values.items()})(term)
                exact = np.array([float(b) for b in np.broadcast_to(np.asarray(balls, dtype=object), (64, 1, 1)).ravel()])
            known = np.isfinite(floats) & np.isfinite(exact)
            np.testing.assert_allclose(floats[known], exact[known], rtol=1e-7, atol=1e-12, err_msg=text)
            checked += int(known.any())
    assert checked > 80
