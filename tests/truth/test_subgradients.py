"""Kinks: what lies in the convex hull of limiting gradients, however many pieces meet."""

import numpy as np
import pytest
import sympy
import torch

from symgrad import (
    Exercise,
    abs,
    add,
    amax,
    expm1,
    hardtanh,
    heaviside,
    matrix,
    maximum,
    norm,
    relu,
    scalar,
    sigmoid,
    sqrt,
    square,
    total,
    vector,
)
from symgrad.checking.check import check
from symgrad.truth.convex_hull import membership

x, y = scalar("x"), scalar("y")
u, v = vector("u", 10), vector("v", 10)
ZEROS = {"u": [0] * 10, "v": [0] * 10}


def at(loss, parameters, point, program=None, **fields):
    return Exercise(name="kink", loss=loss, parameters=parameters, at=[point], points=0, torch_loss=program, **fields)


def reason(*arguments, **fields):
    result = check(at(*arguments, **fields))
    assert "symgrad itself failed" not in (result.message or "")
    return result.reason


def held(vertices, target, slack=1e-16):
    return membership(np.array(vertices, float), np.array(target, float), np.full(len(target), slack))[0]


@pytest.mark.parametrize(
    ("vertices", "target", "inside"),
    [
        ([[0], [1]], [0], True),
        ([[0], [1]], [1 / 3], True),
        ([[0], [1]], [1 + 1e-9], False),
        ([[0], [1]], [-1e-15], False),
        ([[1, -1], [-1, 1]], [0.25, -0.25], True),
        ([[1, -1], [-1, 1]], [0.25, 0.25], False),
        (2 * np.eye(3), [2 / 3, 2 / 3, 2 / 3], True),
        (np.eye(3), [0.5, 0.5, 0.5], False),
        ([[0.0], [1000.0]], [1e-3], True),
    ],
)
def test_membership_in_a_hull(vertices, target, inside):
    """Balls decide whether a vector is a mixture of others, up to a slack of one rounding."""
    assert held(vertices, target) is inside


@pytest.mark.parametrize("size", [2, 20, 200])
def test_a_mixture_is_inside_and_a_step_beyond_is_not(size):
    """A random mixture of 40 vertices lies in their hull; moved out along the way from the centre, it doesn't."""
    generator = np.random.default_rng(size)
    vertices = generator.normal(size=(40, size))
    mixture = generator.dirichlet(np.ones(40)) @ vertices
    assert held(vertices, mixture, 1e-14) is True
    assert held(vertices, mixture + 10 * np.abs(vertices).max(), 1e-14) is False


# Many pieces at once: PyTorch's value is one corner of a box with 2¹⁰ or 2²⁰ corners, or the centre of a ball.
@pytest.mark.parametrize(
    ("loss", "parameters"),
    [
        (total(relu(u)), [u]),
        (-total(relu(u)), [u]),
        (total(relu(u)) - total(relu(v)), [u, v]),
        (total(abs(u)) - 3 * total(relu(v)) + total(u), [u, v]),
        (norm(u), [u]),
        (amax(u), [u]),
        (-amax(u) + norm(v), [u, v]),
        (total(hardtanh(add(u, 1))), [u]),
    ],
)
def test_pytorch_is_right_where_many_pieces_meet(loss, parameters):
    """Whatever convention PyTorch has, its value is a mixture of limiting gradients."""
    names = {str(p.name) for p in parameters}
    assert reason(loss, parameters, {n: z for n, z in ZEROS.items() if n in names}) == "kink"


@pytest.mark.parametrize(
    ("loss", "program"),
    [
        (total(relu(u)), lambda u: 1.001 * torch.nn.functional.leaky_relu(u, 1.0).sum()),
        (norm(u), lambda u: torch.sqrt((u**2).sum() + 1e-300) + 0.5 * (u - u.detach()).sum()),
        (amax(u), lambda u: u.sum() / 9),
        (abs(u[0] - u[1]), lambda u: torch.abs(u[0] - u[1]).sum() + 0.1 * (u - u.detach())[:2].sum()),
    ],
)
def test_no_mixture_is_found_out(loss, program):
    """A value outside of the hull is no subgradient, though each of its entries may lie within its bounds."""
    assert reason(loss, [u], {"u": [0] * 10}, program) == "not_a_subgradient"


def test_the_guilty_parameter_is_named():
    """Of two parameters, the one whose own values lie outside is no subgradient, the other is on a kink."""
    result = check(
        at(relu(x) + relu(y), [x, y], {"x": 0, "y": 0}, lambda x, y: torch.relu(x) + torch.nn.functional.leaky_relu(y, -1.0))
    )
    assert [row.reason for row in result.gradients] == ["kink", "not_a_subgradient"]
    assert result.gradients[1].worst.reference == "[0, 1]"


def test_the_convention_is_named_in_words():
    """relu at 0, its dual convention, and the entry where there are several."""
    result = check(at(relu(x), [x], {"x": 0}))
    assert result.notes == ("given point 0 lies on a kink of relu: for dL/dx PyTorch takes 0; the subdifferential is [0, 1]",)
    result = check(at(relu(x), [x], {"x": 0}, lambda x: torch.clamp(x, min=0)))
    assert result.notes == ("given point 0 lies on a kink of relu: for dL/dx PyTorch takes 1; the subdifferential is [0, 1]",)
    result = check(at(total(maximum(u, 0)), [u], {"u": [1, 0, *[2] * 8]}))
    assert result.notes == (
        "given point 0 lies on a kink of maximum: for dL/du[1, 0] PyTorch takes 0.5; the subdifferential is [0, 1]",
    )


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_pieces_that_meet_smoothly_are_no_kink(dtype):
    """Where the slopes of both sides are one, the value has to be that slope, in every format."""
    joint = at(square(relu(x)) + sigmoid(x), [x], {"x": 0})
    assert check(joint, dtype=dtype).reason == "agree"
    wrong = at(relu(x) - relu(-x), [x], {"x": 0})
    assert check(wrong, dtype=dtype).reason == "not_a_subgradient"


def test_a_kink_beside_a_wrong_smooth_entry():
    """An entry that isn't touched by the kink is judged as anywhere else."""
    program = lambda x, y: torch.relu(x) + y**2 + 1e-9 * (y - y.detach())  # noqa: E731
    result = check(at(relu(x) + square(y), [x, y], {"x": 0, "y": 1}, program))
    assert [row.reason for row in result.gradients] == ["kink", "not_a_subgradient"]


def test_nan_on_a_kink_is_wrong_and_its_origin_named():
    """√(x²) for |x|: PyTorch's nan at 0 is no convention."""
    result = check(at(abs(x), [x], {"x": 0}, lambda x: torch.sqrt(x * x)))
    assert result.reason == "autograd_wrong"
    assert "the first nan comes from MulBackward0, after an infinite slope of SqrtBackward0" in result.message


def test_a_slope_without_bound_leaves_the_others_judged():
    """Where the slope by one parameter has no bound, that is said, and the other's is right or wrong as anywhere."""
    loss, point = sympy.Piecewise((sqrt(x), x > 0), (sympy.Integer(0), True)) + y, {"x": 0, "y": 1}
    right = check(at(loss, [x, y], point))
    assert [row.reason for row in right.gradients] == ["undefined", "agree"]
    assert "given point 0 lies on a kink of choose: the slope has no bound there, by dL/dx" in right.notes[0]
    wrong = check(at(loss, [x, y], point, lambda x, y: torch.relu(x).sqrt() + 2 * y - y.detach()))
    assert [row.reason for row in wrong.gradients] == ["undefined", "not_a_subgradient"]
    assert wrong.verdict == "fail"


@pytest.mark.parametrize("loss", [y * heaviside(x), sqrt(abs(x) + abs(y - 1))])
def test_a_jump_or_an_infinite_slope_has_no_gradient(loss):
    """Where the loss jumps, or its slopes have no bound, nothing is claimed, and that is said."""
    result = check(at(loss, [x, y], {"x": 0, "y": 1}))
    assert result.reason == "undefined"
    assert "the loss jumps there, or its slope has no bound; it has no gradient" in result.notes[0]


def test_planted_errors_at_a_kink_are_caught():
    """Smooth entries of a point on a kink take part in the controls."""
    result = check(at(relu(x) + square(y), [x, y], {"x": 0, "y": 1}))
    assert result.planted == result.caught > 0


def test_a_network_that_starts_from_zero_is_on_many_kinks():
    """Biases and weights of 0: every relu is at its kink, and PyTorch's zeros are subgradients."""
    W, b = matrix("W", 6, 4), vector("b", 6)
    data = vector("d", 4)
    loss = total(square(add(relu(add(W * data, b)), -1)))
    point = {"W": [[0] * 4] * 6, "b": [0] * 6, "d": [1, 2, -1, 0.5]}
    assert reason(loss, [W, b], point) == "kink"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("slope", "verdict"), [(0.0, "pass"), (1e-4, "fail")])
def test_a_program_loses_digits_on_a_kink_as_elsewhere(slope, verdict, dtype):
    """exp(b) − 1 cancels, where another parameter lies on its kink, too; a slope that is wrong only there is wrong."""
    a, b = vector("a", 3), vector("b", 3)

    def program(a, b):
        wrong = slope * (b - b.detach()).sum() * (a == 0).any()
        return torch.abs(a).sum() + ((torch.exp(b) - 1) ** 2).sum() + wrong

    exercise = Exercise(
        name="beside",
        loss=total(abs(a)) + total(square(expm1(b))),
        parameters=[a, b],
        domain={"b": (1e-3, 1e-2)},
        torch_loss=program,
    )
    result = check(exercise, dtype=dtype)
    assert result.verdict == verdict, result.message
    assert result.reason in ("ill_conditioned", "autograd_wrong", "not_a_subgradient")
