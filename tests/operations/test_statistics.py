"""Reductions, running totals, normalisations and patterns against PyTorch, for matrices of several shapes and every axis."""

import numpy as np
import pytest
import sympy
import torch
import torch.nn.functional as F
from flint import arb

from symgrad import Exercise, differentiate, matrix, total
from symgrad.basics.float_formats import PRECISIONS
from symgrad.checking.check import check
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounded_arrays import additions
from symgrad.number_systems.rounding import Rounding, rounded
from symgrad.operations.table import TABLE

SHAPES = ((3, 4), (4, 3), (1, 5), (5, 1))
DTYPES = ("float64", "float32")


def row(name, *operands, **options):
    return TABLE[name](*operands, **options)


def lines(name, function, *axes, **options):
    """A row along axes, and the program for it: ``function(tensor, dim)``."""
    return [
        (f"{name} {axis}", lambda a, axis=axis: row(name, a, axis=axis, **options), lambda a, axis=axis: function(a, axis))
        for axis in axes or (0, 1)
    ]


def normalised(kernel, a, axis, eps):
    if axis is None:
        return kernel(a, a.shape, eps=eps)
    return kernel(a, a.shape[1:], eps=eps) if axis == 1 else kernel(a.T, a.T.shape[1:], eps=eps).T


def diagonal_of(a):
    return torch.diagonal(a)[:, None]


CASES = [
    *lines("prod", torch.prod),
    ("prod", lambda a: row("prod", a), torch.prod),
    *lines("cumsum", torch.cumsum),
    *lines("cumprod", torch.cumprod),
    *lines("logcumsumexp", torch.logcumsumexp),
    *lines("flip", lambda a, axis: torch.flip(a, (axis,))),
    *lines("roll", lambda a, axis: torch.roll(a, 2, axis), shifts=2),
    *lines("roll", lambda a, axis: torch.roll(a, -1, axis), shifts=-1),
    ("tril", lambda a: row("tril", a), torch.tril),
    ("tril 1", lambda a: row("tril", a, diagonal=1), lambda a: torch.tril(a, 1)),
    ("triu", lambda a: row("triu", a), torch.triu),
    ("triu -1", lambda a: row("triu", a, diagonal=-1), lambda a: torch.triu(a, -1)),
    ("diagonal", lambda a: row("diagonal", a), diagonal_of),
    ("kron", lambda a: row("kron", a, row("transpose", a)), lambda a: torch.kron(a, a.T.contiguous())),
    *lines("layer_norm", lambda a, axis: normalised(F.layer_norm, a, axis, 0.25), None, eps=0.25),
    *lines("rms_norm", lambda a, axis: normalised(F.rms_norm, a, axis, 0.25), 0, 1, None, eps=0.25),
]
LARGER = [
    *lines("layer_norm", lambda a, axis: normalised(F.layer_norm, a, axis, 0.25), eps=0.25),
    ("group_norm", lambda a: row("group_norm", a, eps=0.25), lambda a: F.group_norm(a, 1, eps=0.25)),
    *lines("var", torch.var, 0, 1),
    *lines("var", lambda a, axis: torch.var(a, axis, correction=0), correction=0),
    ("var", lambda a: row("var", a), torch.var),
    *lines("std", torch.std, 0, 1),
    ("std", lambda a: row("std", a, correction=0.5), lambda a: torch.std(a, correction=0.5)),
    *lines("diff", lambda a, axis: torch.diff(a, dim=axis)),
    *lines("diff", lambda a, axis: torch.diff(a, 2, axis), n=2),
    ("batch_norm", lambda a: row("batch_norm", a), lambda a: F.batch_norm(a, None, None, training=True)),
    ("instance_norm", lambda a: row("instance_norm", a), lambda a: F.instance_norm(a[None])[0]),
]
GIVEN = [(n, s, made, program_) for s in SHAPES for n, made, program_ in CASES] + [
    (n, s, made, program_) for s in SHAPES[:2] for n, made, program_ in LARGER
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "shape", "made", "function"), GIVEN, ids=[f"{n}, {r}×{c}" for n, (r, c), _, _ in GIVEN])
def test_a_row_agrees_with_pytorch_in_every_shape(name, shape, made, function, dtype):
    """Loss and gradient of a row agree with PyTorch's own function, under an adjoint that differs from entry to entry."""
    a = matrix("a", *shape)
    exercise = Exercise(
        name="row",
        loss=total(row("multiply", row("sin", made(a)), made(row("square", a)))),
        parameters=["a"],
        torch_loss=lambda a: (torch.sin(function(a)) * function(a**2)).sum(),
        points=8,
    )
    result = check(exercise, Settings(dtype=dtype))
    assert (result.verdict, result.message) == ("pass", None)
    assert result.planted == result.caught > 0


@pytest.mark.parametrize(("name", "shape", "made", "function"), GIVEN, ids=[f"{n}, {r}×{c}" for n, (r, c), _, _ in GIVEN])
def test_a_row_takes_an_adjoint_that_broadcasts(name, shape, made, function):
    """A total hands back an adjoint of one entry, a mean along an axis one of a row or a column."""
    a = matrix("a", *shape)
    generator = np.random.default_rng(1)
    values = generator.uniform(0.5, 2, (4, *shape))
    for loss, reduce in (
        (total(made(a)), torch.sum),
        (row("norm", row("mean", made(a), axis=0)), lambda t: torch.atleast_2d(t).mean(0).norm()),
        (row("norm", row("mean", made(a), axis=1)), lambda t: torch.atleast_2d(t).mean(1).norm()),
    ):
        derivation = differentiate(loss, ["a"])
        found = Floats().bind(program(derivation, [derivation.gradients["a"]]))(values)
        for k, value in enumerate(values):
            leaf = torch.tensor(value, requires_grad=True)
            shaped = function(leaf)
            kept = made(a).shape if getattr(made(a), "is_Matrix", False) else (1, 1)
            reduce(shaped.reshape(tuple(int(n) for n in kept))).backward()
            np.testing.assert_allclose(np.broadcast_to(found, (4, *shape))[k], leaf.grad, rtol=1e-7, atol=1e-11)


ZEROS = ([[0, 2, 3], [1, 2, 3]], [[0, 0, 3], [1, 0, 3]], [[1, 2, 0], [4, 0, 0]], [[0, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("name", ("prod", "cumprod"))
@pytest.mark.parametrize("given", ZEROS)
def test_products_with_factors_of_zero(name, given):
    """Where factors are exactly zero, one, several or all of them, a product's gradient is that of the others."""
    a = matrix("a", 2, 3)
    for axis in (0, 1, None) if name == "prod" else (0, 1):
        exercise = Exercise(
            name="zeros",
            loss=total(row("sin", row(name, a, axis=axis))) + total(a),
            parameters=["a"],
            at=[{"a": given}],
            points=0,
        )
        result = check(exercise)
        assert (result.verdict, result.message) == ("pass", None)


def test_a_factor_that_may_be_zero_has_a_finite_radius():
    """A product needs no division, so its gradient is bounded where a factor is zero up to rounding."""
    a = matrix("a", 1, 3)
    loss = row("prod", row("subtract", row("multiply", a, sympy.Rational(1, 3)), sympy.Rational(1, 3)))
    derivation = differentiate(loss, ["a"])
    values = np.array([[[1.0, 2.0, 4.0]]])
    code = program(derivation, [derivation.gradients["a"]])
    for dtype in PRECISIONS:
        ((value, radius),) = rounded(code, {"a": values}, [(1, 3)], PRECISIONS[dtype])
        assert np.isfinite(radius).all()
        assert np.all(np.abs(value - np.array([[[1 / 9, 0, 0]]])) <= radius)


SPREAD = np.random.default_rng(3).normal(size=(6, 3, 8))


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("offset", (0.0, 100.0, 10000.0))
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("layer_norm", {"axis": 1}),
        ("rms_norm", {"axis": 1}),
        ("batch_norm", {}),
        ("instance_norm", {}),
        ("group_norm", {"groups": 2}),
        ("var", {"axis": 1}),
        ("std", {"axis": 1}),
        ("logcumsumexp", {"axis": 1}),
        ("cumsum", {"axis": 1}),
    ],
)
def test_an_offset_is_no_error_of_pytorchs(name, options, offset, dtype):
    """Around a large mean, where a small spread cancels, PyTorch lies within four radii of the truth in every format."""
    a, weights = matrix("a", 3, 8), matrix("weights", 3, 8)
    loss = total(row("hadamard", row(name, a, **options), weights))
    given = PRECISIONS[dtype].round(SPREAD + offset)
    at = [{"a": g.tolist(), "weights": w.tolist()} for g, w in zip(given, SPREAD[::-1], strict=True)]
    roads = gather(
        Question(Exercise(name="offset", loss=loss, parameters=["a", "weights"], at=at, points=0), Settings(dtype=dtype))
    )
    for found, reference, tolerance in zip(roads.said, roads.references, roads.tolerances, strict=True):
        with np.errstate(invalid="ignore"):  # a total of 10⁴s overflows in float16
            near = np.abs((found - reference.high) - reference.low) <= tolerance.allowed
        assert np.all(near | np.isinf(tolerance.allowed))


def test_a_long_running_total_is_charged_its_steps():
    """Hundreds of steps of PyTorch's lie within four radii of the truth, and the radius stays below a few hundred roundings."""
    a, weights = matrix("a", 1, 300), matrix("weights", 1, 300)
    generator = np.random.default_rng(5)
    at = [{"a": generator.normal(50, 1, (1, 300)), "weights": generator.normal(size=(1, 300))} for _ in range(3)]
    for name in ("logcumsumexp", "cumsum"):
        loss = total(row("hadamard", row(name, a, axis=1), weights))
        roads = gather(Question(Exercise(name="long", loss=loss, parameters=["a", "weights"], at=at, points=0), Settings()))
        value = roads.references[2]
        allowed = roads.tolerances[2].allowed
        assert np.all(np.abs((roads.said[2] - value.high) - value.low) <= allowed)
        assert np.all(allowed <= 2000 * PRECISIONS["float64"].unit_roundoff * np.abs(value.high))


def test_a_value_that_is_rounded_often_is_charged_as_a_sum_is():
    """Only the system that follows rounding makes something of how often PyTorch rounds a value on its way."""
    running = Rounding(PRECISIONS["float64"])
    made = running.rerounded(running.exact(np.full((1, 1, 1), 3.0)), 10)
    assert float(made.value[0, 0, 0]) == 3
    assert float(made.radius[0, 0, 0]) == additions(10) * 3 * 2.0**-53 == 9 * 3 * 2.0**-53
    for system in (Floats(), Balls()):
        assert system.rerounded("as it is", 10) == "as it is"


@pytest.mark.parametrize(
    ("made", "operations"),
    [
        (lambda a: total(row("kron", a, a)), 144 + 144),
        (lambda a: row("prod", a), 12),
        (lambda a: total(row("cumsum", a, axis=0)), 12 + 12),
        (lambda a: total(row("cross", row("take", a, 0, 3, 0, 1), row("take", a, 0, 3, 1, 2))), 9 + 3),
        (lambda a: total(row("flip", a, axis=0)), 12),
        (lambda a: total(row("glu", a)), 24 + 6),
    ],
)
def test_operations_are_counted(made, operations):
    """A product of blocks counts one multiplication an entry, an arrangement nothing."""
    assert differentiate(made(matrix("a", 3, 4)), ["a"]).operations().loss == operations


def test_weights_of_a_normalisation_are_written_beside_it():
    """A normalisation times a row of weights plus a row of biases is what PyTorch computes of its own weight and bias."""
    a, w, b = matrix("a", 4, 6), matrix("w", 1, 6), matrix("b", 1, 6)
    kernels = {
        ("layer_norm", "axis", 1): lambda a, w, b: F.layer_norm(a, (6,), w[0], b[0]),
        ("batch_norm", "eps", 1e-5): lambda a, w, b: F.batch_norm(a, None, None, w[0], b[0], training=True),
        ("group_norm", "groups", 3): lambda a, w, b: F.group_norm(a, 3, w[0], b[0]),
    }
    for (name, option, value), function in kernels.items():
        made = row("add", row("hadamard", row(name, a, **{option: value}), w), b)
        exercise = Exercise(
            name="weights",
            loss=total(row("sin", made)),
            parameters=["a", "w", "b"],
            torch_loss=lambda a, w, b, function=function: torch.sin(function(a, w, b)).sum(),
        )
        result = check(exercise)
        assert (result.verdict, result.message) == ("pass", None)


WRONG = {
    "an unbiased variance": (
        total(row("sin", row("layer_norm", matrix("a", 3, 4), axis=1))),
        lambda a: torch.sin((a - a.mean(1, keepdim=True)) / torch.sqrt(a.var(1, keepdim=True) + 1e-5)).sum(),
        "losses_differ",
    ),
    "a detached variance": (
        total(row("sin", row("layer_norm", matrix("a", 3, 4), axis=1))),
        lambda a: torch.sin((a - a.mean(1, keepdim=True)) / torch.sqrt(a.var(1, False, keepdim=True).detach() + 1e-5)).sum(),
        "autograd_wrong",
    ),
    "the wrong axis": (
        total(row("sin", row("batch_norm", matrix("a", 3, 4)))),
        lambda a: torch.sin(F.layer_norm(a, (4,))).sum(),
        "losses_differ",
    ),
    "a running total of the wrong axis": (
        total(row("sin", row("cumsum", matrix("a", 3, 4), axis=1))),
        lambda a: torch.sin(a.cumsum(0)).sum(),
        "losses_differ",
    ),
    "a product by logarithms": (
        total(row("prod", matrix("a", 3, 4), axis=1)),
        lambda a: a.abs().log().sum(1).exp().sum(),
        "losses_differ",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_program_fails(name):
    """A program that normalises or accumulates otherwise fails for that reason."""
    loss, function, reason = WRONG[name]
    result = check(Exercise(name="wrong", loss=loss, parameters=["a"], torch_loss=function))
    assert (result.verdict, result.reason) == ("fail", reason)


@pytest.mark.parametrize("name", ("cumsum", "cumprod", "logcumsumexp", "recurrence", "diff", "flip", "roll"))
def test_a_line_needs_no_axis(name):
    """A row runs along its columns, a column down its rows, where no axis is given."""
    for shape, axis in (((1, 4), 1), ((4, 1), 0)):
        a = matrix("a", *shape)
        operands = (a,) * TABLE[name].operands
        both = [differentiate(total(row("sin", row(name, *operands, **options))), ["a"]) for options in ({}, {"axis": axis})]
        with at_precision(100):
            point = to_balls(np.linspace(0.25, 1.5, 4).reshape(1, *shape))
            first, second = (Balls().bind(program(d, [d.gradients["a"]]))(point) for d in both)
            assert all(bool(abs(arb(p) - arb(q)) < 1e-25) for p, q in zip(np.ravel(first), np.ravel(second), strict=True))


def test_a_recurrence_is_what_it_says():
    """``s = a s + b`` step by step, against a loop of PyTorch's."""
    a, b = matrix("a", 2, 5), matrix("b", 2, 5)

    def steps(a, b):
        s = [b[:, 0]]
        for k in range(1, 5):
            s.append(a[:, k] * s[-1] + b[:, k])
        return torch.stack(s, 1)

    exercise = Exercise(
        name="recurrence",
        loss=total(row("sin", row("recurrence", a, b, axis=1))),
        parameters=["a", "b"],
        torch_loss=lambda a, b: torch.sin(steps(a, b)).sum(),
    )
    assert check(exercise).verdict == "pass"


def test_a_cross_product_is_pytorchs():
    """The vector product of columns and of rows agrees with PyTorch's."""
    for shape, dim in (((3, 1), 0), ((1, 3), 1)):
        a, b = matrix("a", *shape), matrix("b", *shape)
        exercise = Exercise(
            name="cross",
            loss=total(row("sin", row("cross", a, b))),
            parameters=["a", "b"],
            torch_loss=lambda a, b, dim=dim: torch.sin(torch.linalg.cross(a, b, dim=dim)).sum(),
        )
        assert check(exercise).reason == "agree"


def test_a_diagonal_matrix_is_pytorchs():
    """A row or a column on the diagonal agrees with PyTorch's own matrix."""
    for shape in ((3, 1), (1, 3), (1, 1)):
        a = matrix("a", *shape)
        exercise = Exercise(
            name="diag",
            loss=total(row("cos", row("diag", a))) + total(a),
            parameters=["a"],
            torch_loss=lambda a: torch.cos(torch.diag(a.reshape(-1))).sum() + a.sum(),
        )
        assert check(exercise).reason == "agree"
