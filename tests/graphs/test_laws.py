"""The laws of graphs and derivations: every loss keeps them, and a violation of each is seen."""

from dataclasses import replace
from pathlib import Path

import pytest
import sympy

from symgrad import matrix, scalar, sigmoid, square, step, total, vector
from symgrad.authoring.exercise_files import load
from symgrad.basics.errors import SymgradError
from symgrad.derivation import backpropagate
from symgrad.derivation.equations import Kink
from symgrad.derivation.laws import check_derivation
from symgrad.graphs.from_sympy import read, symbols_of
from symgrad.graphs.laws import BrokenLaw, check_graph
from symgrad.operations.table import TABLE
from symgrad.survey.cases import cases

ROOT = Path(__file__).parents[2]
EXERCISES = [e for e in load([str(ROOT / "exercises")]) if hasattr(e, "graph")]
NAMES = {
    **TABLE,
    **{n: getattr(sympy, n) for n in ("Rational", "Max", "Min", "Piecewise", "Matrix", "Identity", "Heaviside")},
    **{"x": scalar("x"), "y": scalar("y"), "c": vector("c", 2)},
    **{name: matrix(name, 2, 2) for name in "ABS"},
}


def lawful(graph, parameters):
    """Raises where a graph or its derivation breaks a law."""
    check_graph(graph)
    check_derivation(backpropagate(graph, parameters), graph)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_exercise_is_lawful(exercise):
    """Graphs and derivations of the library's exercises keep all laws, and so do gradients that were derived by hand."""
    lawful(exercise.graph, exercise.parameter_names)
    for graph in (*exercise.hand_derived.values(), *exercise.expected_gradient.values()):
        check_graph(graph)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_operation_is_lawful(name):
    """The example of every row, and every case of it that the survey looks at, keeps all laws."""
    losses = [eval(TABLE[name].example, dict(NAMES)), *(case.loss for case in cases(TABLE[name]))]
    for loss in losses:
        symbols = symbols_of(loss)
        lawful(read(loss), [s.name for s in symbols])
        lawful(read(loss), [s.name for s in symbols[:1]])


@pytest.mark.parametrize(
    "loss",
    [
        TABLE["floor"](step("z", 3 * scalar("x"))) * scalar("x"),
        total(TABLE["subtract"](*(step("V", 2 * step("U", scalar("x") * matrix("A", 2, 2))),) * 2)),
        sympy.Piecewise((scalar("y"), step("z", scalar("x") ** 2) > 1), (scalar("x"), True)),
        step("z", scalar("y") ** 2) + scalar("x"),
        sympy.Integer(3),
    ],
    ids=["steps", "cancelled", "condition", "unused", "constant"],
)
def test_where_nothing_flows_no_adjoint_is_asked_for(loss):
    """A derivative that vanishes by its rule, terms that cancel, a condition, a parameter that isn't asked, a constant."""
    lawful(read(loss, declared=[scalar("x")]), ["x"])


W, X, Y = matrix("W", 2, 3), matrix("X", 3, 4), matrix("Y", 2, 4)
GRAPH = read(total(square(step("y", sigmoid(step("z", W * X))) - Y)))
DERIVATION = backpropagate(GRAPH, ["W"])
STRAY = sympy.Symbol("stray", real=True)


def with_node(name, **changed):
    return replace(GRAPH, nodes=tuple(replace(n, **changed) if str(n.symbol) == name else n for n in GRAPH.nodes))


def with_equation(name, **changed):
    return replace(
        DERIVATION, equations=tuple(replace(e, **changed) if str(e.symbol) == name else e for e in DERIVATION.equations)
    )


def turned_round(defined):
    """z and y exchanged in a list of nodes or equations: y comes before what it is made of."""
    z, y = (next(each for each in defined if str(each.symbol) == name) for name in "zy")
    return tuple({z: y, y: z}.get(each, each) for each in defined)


Z, SIGMOID = (next(n for n in GRAPH.nodes if n.name == name) for name in "zy")
GRAPHS = {
    "law_bound_once": (replace(GRAPH, nodes=(*GRAPH.nodes, Z)), "'z' is bound twice"),
    "law_names_distinct": (with_node("z", symbol=sympy.Symbol("W")), "two symbols are called 'W'"),
    "law_names_free": (with_node("z", symbol=sympy.Symbol("exp", real=True)), "'exp' means something else in generated code"),
    "law_operands_first": (
        replace(GRAPH, nodes=turned_round(GRAPH.nodes)),
        "'y' is made of 'z', which comes later",
    ),
    "law_symbols_known": (with_node("y", operands=(STRAY,)), "'y' is made of 'stray', which nothing binds"),
    "law_outputs_known": (replace(GRAPH, output=STRAY), "'stray' comes out, and nothing binds it"),
    "law_inputs": (replace(GRAPH, inputs=(replace(GRAPH.inputs[0], shape=(0, 3)), *GRAPH.inputs[1:])), "input 'W' is 0×3"),
    "law_operands_counted": (with_node("z", operands=Z.operands[:1]), "'z' has other operands or options than matmul takes"),
    "law_shapes": (with_node("y", shape=(2, 3)), "'y' is said to be 2×3, and is 2×4"),
    "law_steps": (replace(GRAPH, named={"z": SIGMOID.symbol}), "step 'z' is no node of that name"),
}
DERIVATIONS = {
    "law_bound_once": (
        replace(DERIVATION, equations=(*DERIVATION.equations, DERIVATION.equations[-1])),
        "'dW' is bound twice",
    ),
    "law_operands_first": (
        replace(DERIVATION, equations=turned_round(DERIVATION.equations)),
        "'y' is made of 'z', which comes later",
    ),
    "law_symbols_known": (with_equation("y", expression=STRAY), "'y' is made of 'stray', which nothing binds"),
    "law_outputs_known": (replace(DERIVATION, loss=STRAY), "'stray' comes out, and nothing binds it"),
    "law_forward_first": (with_equation("dW", kind="forward"), "'dW' belongs to the loss, and stands among the gradients"),
    "law_shapes": (with_equation("z", shape=(2, 3)), "'z' is said to be 2×3, and is 2×4"),
    "law_gradients": (with_equation("dW", kind="adjoint"), "'W' is no input with an equation for its gradient"),
    "law_adjoints_of_steps": (
        replace(DERIVATION, adjoints={**DERIVATION.adjoints, "w": DERIVATION.adjoints["z"]}),
        "'w' has an adjoint, and is no step",
    ),
    "law_adjoints_complete": (
        replace(DERIVATION, adjoints={"y": DERIVATION.adjoints["y"]}),
        "step 'z' has no adjoint, though the loss depends on it",
    ),
    "law_kinks_known": (
        replace(DERIVATION, kinks=(Kink("abs", STRAY),)),
        "a kink of abs is made of 'stray', which nothing binds",
    ),
    "law_names_known": (
        replace(DERIVATION, names={**DERIVATION.names, STRAY: "s"}),
        "'s' is what an author calls a symbol that nothing binds",
    ),
}


@pytest.mark.parametrize("law", GRAPHS)
def test_a_graph_that_breaks_a_law_is_seen(law):
    """The exception says which law, and where."""
    graph, said = GRAPHS[law]
    with pytest.raises(BrokenLaw) as caught:
        check_graph(graph)
    assert (caught.value.law, str(caught.value)) == (law, said)


@pytest.mark.parametrize("law", DERIVATIONS)
def test_a_derivation_that_breaks_a_law_is_seen(law):
    """The exception says which law, and where."""
    derivation, said = DERIVATIONS[law]
    with pytest.raises(BrokenLaw) as caught:
        check_derivation(derivation, GRAPH)
    assert (caught.value.law, str(caught.value)) == (law, said)
    assert isinstance(caught.value, AssertionError)
    assert isinstance(caught.value, SymgradError)


def test_a_gradient_of_what_the_loss_does_not_depend_on_rests_on_nothing():
    """A parameter that the loss doesn't hold has a gradient of zeros, and no other one."""
    loss = read(total(square(W)), declared=[matrix("V", 2, 3)])
    derivation = backpropagate(loss, ["W", "V"])
    check_derivation(derivation, loss)
    exchanged = {"W": derivation.gradients["W"], "V": derivation.gradients["W"]}
    with pytest.raises(BrokenLaw) as caught:
        check_derivation(replace(derivation, gradients=exchanged), loss)
    assert str(caught.value) == "the loss doesn't depend on 'V', and its gradient rests on something"


@pytest.mark.parametrize(
    ("field", "name", "symbol", "said"),
    [
        ("gradients", "W", "z", "'W' is no input with an equation for its gradient"),
        ("gradients", "X", "dW", "'dW' is said to be 2×3, and is 3×4"),
        ("adjoints", "z", "dW", "'dW' is said to be 2×3, and is 2×4"),
    ],
)
def test_a_gradient_or_an_adjoint_of_something_else_is_seen(field, name, symbol, said):
    """Each is the equation of what it is the derivative by, and has its shape or broadcasts to it."""
    found = next(e.symbol for e in DERIVATION.equations if str(e.symbol) == symbol)
    with pytest.raises(BrokenLaw) as caught:
        check_derivation(replace(DERIVATION, **{field: {**getattr(DERIVATION, field), name: found}}), GRAPH)
    assert str(caught.value) == said
