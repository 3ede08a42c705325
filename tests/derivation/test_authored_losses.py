"""What a loss may hold: SymPy's matrix algebra, constants, folding, plain symbols, and names that code reserves."""

import os
import subprocess
import sys

import numpy as np
import pytest
import sympy
import torch
from flint import arb
from sympy import (
    Determinant,
    HadamardProduct,
    Identity,
    Matrix,
    OneMatrix,
    Rational,
    Trace,
    ZeroMatrix,
)
from sympy.matrices.expressions.hadamard import HadamardPower

from symgrad import Exercise, differentiate, matrix, scalar, step, vector
from symgrad.basics.errors import AuthorError
from symgrad.checking.check import check
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.operations.table import TABLE

x, y = scalar("x"), scalar("y")
A, B, c, m = matrix("A", 2, 2), matrix("B", 2, 2), vector("c", 2), matrix("m", 1, 1)
total, square = TABLE["total"], TABLE["square"]
VALUES = {
    "A": [[1.25, -0.5], [0.75, 2.0]],
    "B": [[0.5, 1.5], [-1.0, 0.25]],
    "c": [[0.75], [-1.25]],
    "m": [[1.5]],
    "x": 0.625,
    "y": -1.75,
}
inverse = torch.linalg.inv
eye, ones = torch.eye(2, dtype=torch.float64), torch.ones((2, 2), dtype=torch.float64)

UNDERSTOOD = {
    "transpose": (total(HadamardProduct(A.T, B)), lambda A, B: (A.T * B).sum()),
    "inverse": (total(HadamardProduct(A.inv(), B)), lambda A, B: (inverse(A) * B).sum()),
    "power −1": (Trace(A**-1 * B), lambda A, B: (inverse(A) @ B).trace()),
    "power −2": (Trace(A**-2), lambda A: (inverse(A) @ inverse(A)).trace()),
    "power 3": (Trace(A**3), lambda A: (A @ A @ A).trace()),
    "power 0": (total(HadamardProduct(A**0, B)), lambda B: (eye * B).sum()),
    "determinant": (Determinant(A) * x, lambda A, x: torch.linalg.det(A) * x),
    "hadamard": (total(HadamardProduct(A, B, A)), lambda A, B: (A * B * A).sum()),
    "hadamard power": (total(HadamardPower(A, 3)), lambda A: (A**3).sum()),
    "element": (A[0, 1] * x + A[1, 1], lambda A, x: A[0, 1] * x + A[1, 1]),
    "elements alone": (A[0, 1] + A[1, 0], lambda A: A[0, 1] + A[1, 0]),
    "column": (total(square(A[:, 0])), lambda A: (A[:, 0] ** 2).sum()),
    "column alone": (total(A[:, 0]), lambda A: A[:, 0].sum()),
    "row": (total(square(A[1, :])) + A[0, 0], lambda A: (A[1, :] ** 2).sum() + A[0, 0]),
    "identity": (total(square(A + Identity(2))), lambda A: ((A + eye) ** 2).sum()),
    "identity times": (total(square(A + x * Identity(2))), lambda A, x: ((A + x * eye) ** 2).sum()),
    "zeros and ones": (total(square(A + ZeroMatrix(2, 2) + OneMatrix(2, 2))), lambda A: ((A + ones) ** 2).sum()),
    "ones times": (Trace(OneMatrix(2, 2) * A), lambda A: (ones @ A).trace()),
    "a matrix of scalars": (
        total(square(Matrix([[x, y], [x * y, 1]]) * A)),
        lambda A, x, y: ((torch.stack([x, y, x * y, torch.ones_like(x)]).reshape(2, 2) @ A) ** 2).sum(),
    ),
    "a matrix of scalars alone": (total(Matrix([[x, y], [x * y, 1]])), lambda x, y: x + y + x * y + 1),
    "a matrix of numbers": (
        total(Matrix([[1, 2], [3, 4]]) * A),
        lambda A: (torch.tensor([[1.0, 2], [3, 4]]).double() @ A).sum(),
    ),
    "a chain": (total(square(A * B * c)), lambda A, B, c: ((A @ B @ c) ** 2).sum()),
    "a plain total of a product": (total(A * c), lambda A, c: (A @ c).sum()),
    "a quadratic form": (c.T * A * c, lambda A, c: (c.T @ A @ c).sum()),
    "a quadratic form, taken out": ((c.T * A * c)[0, 0], lambda A, c: (c.T @ A @ c)[0, 0]),
    "a squared length": (c.T * c, lambda c: (c.T @ c).sum()),
    "a 1×1 matrix as a scalar": (total(TABLE["multiply"](m, x)) + m[0, 0] ** 2, lambda m, x: (m * x + m**2).sum()),
    "a product with a 1×1 matrix": (total(square(c * m)), lambda c, m: ((c @ m) ** 2).sum()),
    "matrix over scalar": (total(square(A / x)), lambda A, x: ((A / x) ** 2).sum()),
    "minus": (total(square(-A + 2 * B)), lambda A, B: ((2 * B - A) ** 2).sum()),
    "Frobenius": (sympy.sqrt(Trace(A.T * A)), lambda A: torch.linalg.matrix_norm(A)),
    "trace of transpose": (Trace((A * B).T), lambda A, B: (A @ B).trace()),
    "cross entropy": (TABLE["logsumexp"](c) - c[0, 0], lambda c: torch.logsumexp(c, (0, 1)) - c[0, 0]),
    "mean along": (TABLE["mean"](A, axis=0) * c, lambda A, c: (A.mean(0, keepdim=True) @ c).sum()),
    "Max of three": (sympy.Max(x, y, x * y), lambda x, y: torch.maximum(torch.maximum(x, y), x * y)),
    "exponent 2**x": (2**x * sympy.E + sympy.pi * y, lambda x, y: 2**x * torch.e + torch.pi * y),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_an_author_may_write(name):
    """SymPy's own matrix algebra is understood: loss and gradients are those of the same loss in PyTorch."""
    loss, function = UNDERSTOOD[name]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    tensors = {n: torch.tensor(VALUES[n], dtype=torch.float64, requires_grad=True) for n in names}
    expected = function(**tensors)
    expected.backward()
    derivation = differentiate(loss, names)
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    arrays = [np.array(VALUES[i.name]).reshape(1, *i.shape) for i in derivation.inputs]
    found = Floats().bind(code)(*arrays)
    np.testing.assert_allclose(np.ravel(found[0])[0], expected.item(), rtol=1e-13)
    for n, gradient in zip(names, found[1:], strict=True):
        shape = derivation.shapes[derivation.gradients[n]]
        np.testing.assert_allclose(
            np.broadcast_to(gradient, (1, *shape))[0], tensors[n].grad.numpy().reshape(shape), rtol=1e-13
        )


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_an_author_may_write_passes_a_check(name):
    """The same losses, checked in float64 and float32, pass."""
    loss, function = UNDERSTOOD[name]
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    for dtype in ("float64", "float32"):
        result = check(
            Exercise(name="t", loss=loss, parameters=names, points=2, at=[{n: VALUES[n] for n in names}]), dtype=dtype
        )
        assert (result.verdict, result.message) == ("pass", None), dtype


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (sympy.re(sympy.Symbol("q")), "re isn't in the table of operations"),
        (sympy.LambertW(x), "LambertW isn't in the table of operations"),
        (sympy.gamma(x), "gamma isn't in the table of operations; did you mean 'gammaln'?"),
        (sympy.I * x, "I isn't a real number"),
        (x + sympy.oo * y, "oo isn't a real number"),
        (A, "the loss is 2×2, not a scalar"),
        (total(A[::2, 0]), "a part of a matrix with a stride"),
        (sympy.Piecewise((x, x > 0)), "a Piecewise leaves points without a value"),
    ],
)
def test_what_an_author_may_not_write(loss, message):
    """What the table doesn't hold is refused by name."""
    with pytest.raises(AuthorError) as raised:
        differentiate(loss, ["x"] if loss.has(x) else [])
    assert message in str(raised.value)


def in_balls(loss, parameters, **points):
    derivation = differentiate(loss, parameters)
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    outputs = Balls().bind(code)(*(to_balls(np.array(points[i.name], float).reshape(1, *i.shape)) for i in derivation.inputs))
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return [arb(np.ravel(np.asarray(o, dtype=object))[0]) for o in outputs]


def test_a_float_is_the_double_that_it_is():
    """0.1 in a loss is the double nearest to one tenth, not one tenth."""
    with at_precision(200):
        loss, slope = in_balls(0.1 * x, [x], x=1)
        assert slope == loss == arb(0.1)
        assert slope != arb(1) / 10


@pytest.mark.parametrize(
    "loss", [x / 3, x * Rational(1, 3), TABLE["divide"](x, 3), step("s", x / 3), step("s", step("r", x) / 3)]
)
def test_a_rational_number_is_exact_under_balls(loss):
    """One third is a third to all the bits that are asked for, with and without names."""
    with at_precision(400):
        value, slope = in_balls(loss, [x], x=1)
        for found in (value, slope):
            assert found.contains(arb(1) / 3) or found.overlaps(arb(1) / 3)
            assert abs(found - arb(1) / 3) < arb(2) ** -380


def test_a_named_linear_loss_passes_a_check():
    """A loss whose adjoints are plain numbers is checked like any other, in every dtype."""
    for dtype in ("float64", "float32", "bfloat16", "float16"):
        result = check(Exercise(name="t", loss=step("s", x / 3) + y**2, parameters=[x, y], points=4), dtype=dtype)
        assert (result.reason, result.message) == ("agree", None)


def test_what_folds_keeps_its_value():
    """x/x is 1 and x − x is 0, as SymPy has it; the gradient is 0."""
    assert in_balls(x / x + y, [x, y], x=3, y=5)[:3] == [arb(6), arb(0), arb(1)]
    assert in_balls(x - x + y, [y], y=5) == [arb(5), arb(1)]


def test_a_matrix_that_folds_keeps_its_shape():
    """Σ A/A counts the entries of A, Σ (A − A) is 0, and their gradients have the shape of A."""
    for operation, expected in ((TABLE["divide"], 6), (TABLE["subtract"], 0)):
        W = matrix("W", 2, 3)
        derivation = differentiate(total(operation(W, W)), [W])
        assert derivation.shapes[derivation.gradients["W"]] == (2, 3)
        outputs = Floats().bind(program(derivation, [derivation.loss, derivation.gradients["W"]]))(np.full((1, 2, 3), 3.0))
        assert float(np.ravel(outputs[0])[0]) == expected
        assert np.all(np.broadcast_to(outputs[1], (1, 2, 3)) == 0)


@pytest.mark.parametrize(
    "loss", [sympy.Integer(3), sympy.pi**2 + sympy.sqrt(2), TABLE["sigmoid"](1), total(Matrix([[1, 2], [3, 4]]))]
)
def test_a_constant_loss_has_zero_gradients(loss):
    """A loss without symbols is a number, and its gradient is 0."""
    derivation = differentiate(loss, [x])
    value, slope = Floats().bind(program(derivation, [derivation.loss, derivation.gradients["x"]]))(np.ones((1, 1, 1)))
    assert np.isfinite(float(np.ravel(value)[0]))
    assert float(np.ravel(slope)[0]) == 0


def test_a_total_of_a_number_is_the_number():
    """A total of a constant that SymPy folded is still computed."""
    assert in_balls(total(sympy.sin(x - x)) + y, [y], y=5) == [arb(5), arb(1)]


def test_a_parameter_that_is_not_used_has_a_zero_gradient_of_its_shape():
    """A parameter that the loss doesn't hold has a gradient of zeros."""
    derivation = differentiate(x**2, [x, A])
    assert derivation.shapes[derivation.gradients["A"]] == (2, 2)
    assert derivation.closed_form("A").shape == (2, 2)


def test_a_parameter_that_does_not_exist_is_named():
    """A parameter that is only a name has to be in the loss."""
    with pytest.raises(AuthorError) as raised:
        differentiate(x**2, ["xx"])
    assert str(raised.value).startswith("parameters: the loss has no 'xx'; did you mean 'x'?")


def test_a_plain_symbol_is_read_as_real():
    """A symbol of SymPy's own without assumptions is a real one, and the same as a real one of its name."""
    p = sympy.Symbol("x")
    loss, slope = in_balls(sympy.sqrt(p**2) + sympy.Abs(p) + p * x, ["x"], x=-2)
    assert (loss, slope) == (arb(8), arb(-6))


@pytest.mark.parametrize(
    "name",
    [
        "sigmoid",
        "total",
        "L",
        "L_",
        "t1",
        "t2",
        "dz1",
        "dL",
        "lambda_",
        "e",
        "pi",
        "E",
        "number",
        "plus",
        "power",
        "exp",
        "sqrt",
        "both",
        "less",
        "choose",
        "value",
        "x0",
        "print",
        "None_",
        "mT",
        "z1_",
        "dx",
        "self",
        "_",
        "__import__",
        "_lambdifygenerated",
    ],
)
def test_a_parameter_may_have_any_name(name):
    """A parameter called like a function, a temporary or an adjoint is told apart from it."""
    p, other = scalar(name), scalar("other")
    s = step("z1", p * x)
    loss = TABLE["sigmoid"](s) * sympy.exp(s) + sympy.pi * p ** Rational(1, 3) + sympy.sqrt(p) * other + TABLE["relu"](p) * s
    q = sympy.Symbol("q", real=True)
    plain = sympy.exp(q * x) / (1 + sympy.exp(-q * x)) + sympy.pi * q ** Rational(1, 3) + sympy.sqrt(q) * other + q * q * x
    derivation = differentiate(loss, [p, x, other])
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    at = {name: 0.75, "x": -0.5, "other": 1.25}
    found = Floats().bind(code)(*(np.full((1, 1, 1), at[i.name]) for i in derivation.inputs))
    point = {q: 0.75, x: -0.5, other: 1.25}
    expected = [float(e.subs(point)) for e in (plain, plain.diff(q), plain.diff(x), plain.diff(other))]
    np.testing.assert_allclose([float(np.ravel(v)[0]) for v in found], expected, rtol=1e-13)


def test_matrices_may_have_the_names_of_operations():
    """Matrices called like the operations that act on them are told apart from them."""
    p, q = matrix("total", 2, 2), matrix("matmul", 2, 2)
    derivation = differentiate(total(square(p * q)), [p, q])
    code = program(derivation, [derivation.loss, *derivation.gradients.values()])
    found = Floats().bind(code)(*(np.eye(2)[None] * 2 for _ in derivation.inputs))
    assert float(np.ravel(found[0])[0]) == 32
    np.testing.assert_array_equal(found[1][0], 16 * np.eye(2))


def test_a_symbol_and_a_step_of_one_name_are_refused():
    """A step has a name of its own, and two steps have two."""
    with pytest.raises(AuthorError, match="'x' is a symbol and a step"):
        differentiate(step("x", x**2), [x])
    with pytest.raises(AuthorError, match="two different steps are called 's'"):
        differentiate(step("s", x**2) + step("s", x**3), [x])
    with pytest.raises(AuthorError, match=r"'A' is used with two shapes, (2×2 and 3×3|3×3 and 2×2)"):
        differentiate(Trace(A) + Trace(matrix("A", 3, 3)), ["A"])


def test_two_symbols_of_one_name_are_told_apart_the_same_way_every_time():
    """What is said of symbols that share a name doesn't depend on Python's hash seed."""
    code = (
        "from sympy import Symbol, Trace; from symgrad import differentiate, matrix; from symgrad.graphs.from_sympy import read\n"
        "print(read(Symbol('q') * Symbol('q', real=True, positive=True)).inputs[0].authored.is_positive)\n"
        "try: differentiate(Trace(matrix('A', 2, 2)) + Trace(matrix('A', 3, 3)), ['A'])\n"
        "except Exception as error: print(ascii(str(error)))\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "4")
    }
    assert len(said) == 1, said
