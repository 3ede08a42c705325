"""The derivation of random matrix losses against PyTorch's autograd in float64, op by op the same loss."""

import numpy as np
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symgrad import differentiate, matrix, scalar, step, vector
from symgrad.basics.float_formats import PRECISIONS
from symgrad.derivation.laws import check_derivation
from symgrad.graphs.from_sympy import read, symbols_of
from symgrad.graphs.laws import check_graph
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.code_generation import compile_
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import rounded
from symgrad.operations.table import TABLE

INPUTS = {"A": matrix("A", 2, 3), "B": matrix("B", 3, 2), "c": vector("c", 3), "s": scalar("s")}
SHAPES = {"A": (2, 3), "B": (3, 2), "c": (3, 1), "s": (1, 1)}
RANDOM = np.random.default_rng(11)
VALUES = {name: RANDOM.integers(-96, 97, (3, *shape)) / 64 for name, shape in SHAPES.items()}
"""Three points of multiples of 1/64."""


def broadcast(p, q):
    """The common shape, or None."""
    fine = all(a == b or 1 in (a, b) for a, b in zip(p, q, strict=True))
    return tuple(map(max, p, q)) if fine else None


UNARY = {
    "tanh": (TABLE["tanh"], torch.tanh),
    "sigmoid": (TABLE["sigmoid"], torch.sigmoid),
    "square": (TABLE["square"], torch.square),
    "relu": (TABLE["relu"], torch.relu),
    "bell": (lambda a: TABLE["exp"](-TABLE["square"](a)), lambda a: torch.exp(-(a**2))),
    "root": (lambda a: TABLE["sqrt"](TABLE["add"](TABLE["square"](a), 1)), lambda a: torch.sqrt(a**2 + 1)),
    "gelu": (TABLE["gelu"], torch.nn.functional.gelu),
    "transpose": (lambda a: a.T if hasattr(a, "T") else a, lambda a: a.mT),
    "negative": (lambda a: -a, lambda a: -a),
    "half": (lambda a: a / 2, lambda a: a / 2),
    "matrix times s": (lambda a: a * INPUTS["s"], None),
}
REDUCED = {
    "total": (TABLE["total"], lambda a, d: a.sum(d, keepdim=True)),
    "mean": (TABLE["mean"], lambda a, d: a.mean(d, keepdim=True)),
    "amax": (TABLE["amax"], lambda a, d: a.amax(d, keepdim=True)),
    "logsumexp": (TABLE["logsumexp"], lambda a, d: torch.logsumexp(a, d, keepdim=True)),
    "norm": (lambda a, axis: TABLE["norm"](a, axis=axis), lambda a, d: torch.linalg.vector_norm(a, dim=d, keepdim=True)),
    "softmax": (TABLE["softmax"], lambda a, d: torch.softmax(a, d)),
    "log_softmax": (TABLE["log_softmax"], lambda a, d: torch.log_softmax(a, d)),
}
BINARY = {
    "add": (TABLE["add"], torch.add),
    "subtract": (TABLE["subtract"], torch.sub),
    "hadamard": (TABLE["hadamard"], torch.mul),
    "divide": (
        lambda a, b: TABLE["divide"](a, TABLE["add"](1, TABLE["square"](b))),
        lambda a, b: a / (1 + b**2),
    ),
    "maximum": (TABLE["maximum"], torch.maximum),
}


@st.composite
def matrices(draw):
    """A matrix expression, PyTorch's function of a dictionary of tensors, and the shape."""
    pool = [(symbol, lambda t, n=name: t[n], SHAPES[name]) for name, symbol in INPUTS.items()]
    for k in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["matmul", "matmul", "binary", "binary", "unary", "reduced", "stack", "slice"]))
        e, f, shape = draw(st.sampled_from(pool[::-1]))
        if kind == "unary":
            authored, own = UNARY[draw(st.sampled_from(sorted(UNARY)))]
            own = own or (lambda a: a)
            scaled = authored is UNARY["matrix times s"][0]
            transposed = authored is UNARY["transpose"][0]
            shape_made = shape[::-1] if transposed else shape
            made = authored(e)
            function = (lambda t, f=f: f(t) * t["s"]) if scaled else (lambda t, f=f, own=own: own(f(t)))
        elif kind == "reduced":
            name, axis = draw(st.sampled_from(sorted(REDUCED))), draw(st.sampled_from([0, 1]))
            authored, own = REDUCED[name]
            made = authored(e, axis=axis)
            function = lambda t, f=f, own=own, axis=axis: own(f(t), axis - 2)  # noqa: E731
            shape_made = shape if "softmax" in name else (1, shape[1]) if axis == 0 else (shape[0], 1)
        elif kind == "slice":
            top, left = draw(st.integers(0, shape[0] - 1)), draw(st.integers(0, shape[1] - 1))
            bottom, right = draw(st.integers(top + 1, shape[0])), draw(st.integers(left + 1, shape[1]))
            made = TABLE["take"](e, top, bottom, left, right)
            function = lambda t, f=f, b=(top, bottom, left, right): f(t)[..., b[0] : b[1], b[2] : b[3]]  # noqa: E731
            shape_made = bottom - top, right - left
        else:
            fits = {
                "matmul": lambda p, q: (p[0], q[1]) if p[1] == q[0] else None,
                "binary": broadcast,
                "stack": lambda p, q: (p[0] + q[0], p[1]) if p[1] == q[1] and p[0] + q[0] < 6 else None,
            }[kind]
            partners = [entry for entry in pool[::-1] if fits(shape, entry[2])]
            if not partners:
                continue
            e2, f2, shape2 = draw(st.sampled_from(partners))
            if kind == "matmul":
                authored, own = TABLE["matmul"], torch.matmul
            elif kind == "stack":
                authored, own = TABLE["vstack"], lambda a, b: torch.cat([a, b], -2)
            else:
                authored, own = BINARY[draw(st.sampled_from(sorted(BINARY)))]
            made = authored(e, e2)
            function = lambda t, f=f, f2=f2, own=own: own(f(t), f2(t))  # noqa: E731
            shape_made = fits(shape, shape2)
        if draw(st.booleans()):
            made = step(f"S{k}", made)
        pool.append((made, function, shape_made))
    assume(symbols_of(pool[-1][0]))
    return pool[-1]


def evaluated(code, values):
    """The outputs of a program in float64; what it raises is an assertion, for its line differs from run to run."""
    try:
        with np.errstate(all="ignore"):
            return Floats().bind(code)(*values.values())
    except (ValueError, TypeError, AttributeError) as error:
        raise AssertionError(f"generated code doesn't run: {error}\n{code.source}") from None


def check_against_torch(loss, function):
    """Loss and gradients in float64 lie within the radii of both roads of what autograd says."""
    derivation, graph = differentiate(loss, INPUTS.values()), read(loss, declared=INPUTS.values())
    check_graph(graph)
    check_derivation(derivation, graph)
    assert set(derivation.gradients) == set(INPUTS)
    tensors = {name: torch.tensor(values).requires_grad_() for name, values in VALUES.items()}
    torch_loss = function(tensors)
    torch_loss.sum().backward()
    expected = [torch_loss, *(t.grad if t.grad is not None else torch.zeros_like(t) for t in tensors.values())]
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    values = {i.name: VALUES[i.name] for i in derivation.inputs}
    shapes = [(1, 1), *SHAPES.values()]
    found = evaluated(code, values)
    for closed, tensor, (_, radius), shape in zip(
        found, expected, rounded(code, values, shapes, PRECISIONS["float64"]), shapes, strict=True
    ):
        assume(np.isfinite(radius).all())
        assert np.shape(closed)[-2:] in (shape, (1, 1), ())
        assert np.all(np.abs(closed - tensor.detach().numpy()) <= 5 * radius)
    return derivation


@settings(max_examples=120, deadline=None, database=None, derandomize=True)
@given(matrices())
def test_gradients_of_a_curved_loss_equal_autograd(made):
    """The gradients of Σ sin(M) of a random matrix M are what PyTorch's autograd says."""
    expression, function, _ = made
    check_against_torch(TABLE["total"](TABLE["sin"](expression)), lambda t: torch.sin(function(t)).sum((-2, -1), keepdim=True))


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(matrices())
def test_gradients_of_a_plain_total_equal_autograd(made):
    """The gradients of ΣM, whose adjoint is the number 1, are what PyTorch's autograd says."""
    expression, function, _ = made
    check_against_torch(TABLE["total"](expression), lambda t: function(t).sum((-2, -1), keepdim=True))


@settings(max_examples=40, deadline=None, database=None, derandomize=True)
@given(matrices())
def test_no_matrix_of_ones_is_written(made):
    """A derivation never fills a matrix with a number that isn't the author's, but for a gradient of equal entries."""
    derivation = differentiate(TABLE["total"](TABLE["sin"](made[0])), INPUTS.values())
    gradients = set(derivation.gradients.values())
    assert not any("broadcast(1" in str(e) for e in derivation.equations if e.symbol not in gradients)
    assert "1 " not in [
        word for line in str(derivation).splitlines() for word in line.split(" = ")[1:2] if word.startswith("1 ")
    ]


@settings(max_examples=40, deadline=None, database=None, derandomize=True)
@given(matrices())
def test_a_closed_form_of_matrices_read_again_has_the_same_values(made):
    """The closed form of every gradient, read as an author's expression, has the values of the gradient."""
    derivation = differentiate(TABLE["total"](TABLE["sin"](made[0])), INPUTS.values())
    code = program(derivation, list(derivation.gradients.values()))
    with at_precision(200):
        outputs = Balls().bind(code)(*(to_balls(VALUES[i.name]) for i in derivation.inputs))
        for (name, shape), output in zip(SHAPES.items(), outputs, strict=True):
            graph = read(derivation.closed_form(name), declared=INPUTS.values())
            assert graph.output_shape == shape
            again = compile_([i.symbol for i in graph.inputs], [(n.symbol, n.expression) for n in graph.nodes], [graph.output])
            found = Balls().bind(again)(*(to_balls(VALUES[i.name]) for i in graph.inputs))
            difference = np.broadcast_to(np.asarray(found - output, dtype=object), (3, *shape))
            assert all(entry == 0 or entry.contains(0) or entry.is_nan() for entry in difference.ravel())
