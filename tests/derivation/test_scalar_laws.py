"""The derivation of random scalar losses against ``sympy.diff`` of the same loss written out."""

import mpmath
import numpy as np
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad import differentiate, scalar, step
from symgrad.basics.float_formats import PRECISIONS
from symgrad.derivation.laws import check_derivation
from symgrad.graphs.from_sympy import read, steps_of
from symgrad.graphs.laws import check_graph
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import compile_
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import rounded
from symgrad.operations.table import TABLE

x, y, z = SYMBOLS = scalar("x"), scalar("y"), scalar("z")
POINTS = {"x": [0.375, -1.25, 2.0], "y": [-0.5, 1.75, 0.25], "z": [1.5, -0.125, -2.25]}
VALUES = {name: np.array(values).reshape(-1, 1, 1) for name, values in POINTS.items()}
BITS, DIGITS = 300, 80


def plain_sigmoid(a):
    return 1 / (1 + sympy.exp(-a))


def both(function):
    """An operation that is the same in both languages."""
    return function, function


UNARY = {
    "square": (TABLE["square"], lambda a: a**2),
    "cube": both(lambda a: a**3),
    "negative": both(lambda a: -a),
    "double": both(lambda a: 2 * a),
    "third": both(lambda a: a / 3),
    "sin": both(sympy.sin),
    "tanh": (TABLE["tanh"], sympy.tanh),
    "bell": both(lambda a: sympy.exp(-(a**2))),
    "root": (lambda a: TABLE["sqrt"](1 + a**2), lambda a: sympy.sqrt(1 + a**2)),
    "log": both(lambda a: sympy.log(2 + a**2)),
    "sigmoid": (TABLE["sigmoid"], plain_sigmoid),
    "softplus": (TABLE["softplus"], lambda a: sympy.log(1 + sympy.exp(a))),
    "silu": (TABLE["silu"], lambda a: a * plain_sigmoid(a)),
    "atan": both(sympy.atan),
    "relu": (TABLE["relu"], lambda a: sympy.Piecewise((a, a > 0), (0, True))),
    "huber": (
        TABLE["huber"],
        lambda a: sympy.Piecewise((a**2 / 2, sympy.Abs(a) <= 1), (sympy.Abs(a) - sympy.Rational(1, 2), True)),
    ),
    "reciprocal": both(lambda a: 1 / (3 + a**2)),
    "inverse square": both(lambda a: (1 + a**2) ** -2),
    "two thirds": both(lambda a: (1 + a**2) ** sympy.Rational(2, 3)),
}
BINARY = {
    "add": both(lambda a, b: a + b),
    "subtract": both(lambda a, b: a - b),
    "multiply": both(lambda a, b: a * b),
    "triple": both(lambda a, b: a * b * a),
    "divide": both(lambda a, b: a / (1 + b**2)),
    "row of divide": (lambda a, b: TABLE["divide"](a, 2 + b**2), lambda a, b: a / (2 + b**2)),
    "power": both(lambda a, b: (1 + a**2) ** sympy.tanh(b)),
    "row of power": (lambda a, b: TABLE["power"](2 + a**2, sympy.sin(b)), lambda a, b: (2 + a**2) ** sympy.sin(b)),
    "atan2": (lambda a, b: TABLE["atan2"](a, 1 + b**2), lambda a, b: sympy.atan(a / (1 + b**2))),
}


@st.composite
def losses(draw):
    """A loss as an author writes it, and the same without a node of symgrad's own; subexpressions are shared."""
    leaves = [(s, s, 0) for s in SYMBOLS]
    pool = list(leaves)
    for k in range(draw(st.integers(1, 7))):
        name = draw(st.sampled_from([*UNARY, *BINARY, *BINARY]))
        shallow = [entry for entry in pool if entry[2] < 5]
        operands = [draw(st.sampled_from(shallow[::-1])) for _ in range(1 if name in UNARY else 2)]
        authored, plain = UNARY.get(name) or BINARY[name]
        made = authored(*(o[0] for o in operands))
        if draw(st.booleans()):
            made = step(f"s{k}", made)
        pool.append((made, plain(*(o[1] for o in operands)), 1 + max(o[2] for o in operands)))
    return pool[-1][:2]


def truth(expression):
    """Values of a plain SymPy expression at the points, by mpmath."""
    function = sympy.lambdify(SYMBOLS, expression, "mpmath")
    return [function(*(mpmath.mpf(v) for v in point)) for point in zip(*POINTS.values(), strict=True)]


def encloses(ball, value):
    """Whether a ball and an mpmath number agree to 60 digits."""
    ball = ball if isinstance(ball, arb) else arb(ball)
    text = mpmath.nstr(value, DIGITS - 5)
    return abs(ball - arb(text)) <= arb(10) ** -60 * (1 + abs(arb(text))) or ball.contains(arb(text))


def column(output):
    """One entry a point of an output in balls."""
    return np.broadcast_to(np.asarray(output, dtype=object), (len(POINTS["x"]), 1, 1))[:, 0, 0]


@settings(max_examples=120, deadline=None, database=None, derandomize=True)
@given(losses())
def test_loss_and_gradients_equal_sympy_diff_of_the_loss_written_out(loss):
    """Loss and gradients in balls enclose the loss written out and what ``sympy.diff`` makes of it."""
    authored, plain = loss
    derivation, graph = differentiate(authored, SYMBOLS), read(authored, declared=SYMBOLS)
    check_graph(graph)
    check_derivation(derivation, graph)
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    with at_precision(BITS), mpmath.workdps(DIGITS):
        outputs = Balls().bind(code)(*(to_balls(VALUES[i.name]) for i in derivation.inputs))
        for output, expression in zip(outputs, [plain, *(plain.diff(s) for s in SYMBOLS)], strict=True):
            assert all(encloses(b, v) for b, v in zip(column(output), truth(expression), strict=True))


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(losses())
def test_a_closed_form_read_again_has_the_same_values(loss):
    """The closed form of every gradient, read as an author's expression, has the values of the gradient and no steps."""
    derivation = differentiate(loss[0], SYMBOLS)
    code = program(derivation, list(derivation.gradients.values()))
    with at_precision(BITS):
        outputs = Balls().bind(code)(*(to_balls(VALUES[i.name]) for i in derivation.inputs))
        for name, output in zip(derivation.gradients, outputs, strict=True):
            closed = derivation.closed_form(name)
            assert steps_of(closed) == {}
            graph = read(closed, declared=SYMBOLS)
            again = compile_([i.symbol for i in graph.inputs], [(n.symbol, n.expression) for n in graph.nodes], [graph.output])
            found = Balls().bind(again)(*(to_balls(VALUES[i.name]) for i in graph.inputs))
            for a, b in zip(column(output), column(found), strict=True):
                assert (a if isinstance(a, arb) else arb(a)).overlaps(b if isinstance(b, arb) else arb(b))


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(losses())
def test_the_float_lies_within_the_radius_of_the_ball(loss):
    """In float64 the closed form is off by no more than the radius of the running error analysis says."""
    derivation = differentiate(loss[0], SYMBOLS)
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    values = {i.name: VALUES[i.name] for i in derivation.inputs}
    shapes = [(1, 1)] * 4
    with np.errstate(all="ignore"):
        floats = Floats().bind(code)(*values.values())
    radii = [radius for _, radius in rounded(code, values, shapes, PRECISIONS["float64"])]
    with at_precision(BITS):
        balls = Balls().bind(code)(*map(to_balls, values.values()))
        for value, radius, ball in zip(floats, radii, balls, strict=True):
            given_values = np.broadcast_to(value, (3, 1, 1))[:, 0, 0]
            for v, r, b in zip(given_values, radius[:, 0, 0], column(ball), strict=True):
                b = b if isinstance(b, arb) else arb(b)
                assert not np.isfinite(r) or abs(b - float(v)) <= float(r) or b.rad() > 1e-60
