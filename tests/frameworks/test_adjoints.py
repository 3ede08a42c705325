"""backward() starts from adjoints of both signs, twice: what isn't linear in its adjoint, or isn't the same twice, is told."""

import pytest
import torch

from symgrad import Exercise, scalar, square, total, vector
from symgrad.basics.format_names import FORMAT_NAMES
from symgrad.checking.check import check

x, w, v = scalar("x"), scalar("w"), vector("v", 3)


def cube(backward, calls=None):
    """A cube with a backward of its own, of the input and the adjoint."""

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(context, adjoint):
            (x,) = context.saved_tensors
            return backward(x, adjoint)

    return Exercise(name="cube", loss=x**3, parameters=[x], domain={"x": (0.5, 2)}, torch_loss=lambda x: Cube.apply(x))


NOT_LINEAR = {
    "ignored": lambda x, g: 3 * x * x,
    "size_alone": lambda x, g: g.abs() * 3 * x * x,
    "minus_size": lambda x, g: -g.abs() * 3 * x * x,
    "in_log_space": lambda x, g: torch.exp(torch.log(g) + torch.log(3 * x * x)),
    "root": lambda x, g: g.sqrt() * 3 * x * x,
    "sign_alone": lambda x, g: g.sign() * 3 * x * x,
    "positive_alone": lambda x, g: g.clamp(min=0) * 3 * x * x,
    "negative_alone": lambda x, g: g.clamp(max=0) * 3 * x * x,
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_an_adjoint_that_is_kept_in_fewer_digits_is_wrong(dtype):
    """A power of two loses nothing in bfloat16; the second adjoint has all digits."""
    (row,) = check(cube(lambda x, g: g.to(torch.bfloat16).to(g.dtype) * 3 * x * x), dtype=dtype).gradients
    assert row.reason == "autograd_wrong"
    assert "not_linear_in_adjoint" in [hint.code for hint in row.hints]


@pytest.mark.parametrize("via", ["backward", "create_graph"])
@pytest.mark.parametrize("dtype", FORMAT_NAMES)
@pytest.mark.parametrize("name", NOT_LINEAR)
def test_a_backward_that_is_not_linear_in_its_adjoint_is_wrong(name, dtype, via):
    """Whatever it makes of the adjoint that comes in: an adjoint of the other sign, or of another size, shows it."""
    result = check(cube(NOT_LINEAR[name]), dtype=dtype, via=via)
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")


@pytest.mark.parametrize("dtype", FORMAT_NAMES)
def test_a_linear_one_passes(dtype):
    """The right backward passes in all formats."""
    assert check(cube(lambda x, g: g * 3 * x * x), dtype=dtype).passed


def test_what_is_right_for_one_adjoint_alone_is_told_by_name():
    """A backward that takes −|g| for g is right for the first adjoint, and wrong for the second."""
    result = check(cube(NOT_LINEAR["minus_size"]))
    (row,) = result.gradients
    assert "not_linear_in_adjoint" in [hint.code for hint in row.hints]


def test_what_is_wrong_the_second_time_is_told():
    """A backward that keeps something from call to call is right once."""
    calls = []

    def backward(x, g):
        calls.append(1)
        return g * 3 * x * x * (1 if len(calls) <= 16 else 2)

    result = check(cube(backward))
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")


def test_one_that_is_random_is_told():
    """A backward that draws random numbers says something else each time."""
    state = torch.Generator().manual_seed(1)
    result = check(cube(lambda x, g: g * 3 * x * x * (torch.rand((), generator=state, dtype=x.dtype) > 0.3)))
    assert result.verdict == "fail"


def test_a_declared_gradient_leaves_the_adjoints_of_others_as_they_are():
    """One that is clipped starts from 1; the other parameter's backward, which ignores its adjoint, is told."""

    class Clipped(torch.autograd.Function):
        @staticmethod
        def forward(context, w):
            return w.clone()

        @staticmethod
        def backward(context, adjoint):
            return adjoint.clamp(-1, 1)

    class Ignoring(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(context, adjoint):
            (x,) = context.saved_tensors
            return 2 * x

    def exercise(function):
        return Exercise(
            name="both",
            loss=w + x**2,
            parameters=[w, x],
            expected_gradient={"w": 1 + 0 * w},
            torch_loss=lambda w, x: Clipped.apply(w) + function(x),
        )

    assert check(exercise(lambda x: x**2)).passed
    wrong = check(exercise(Ignoring.apply))
    assert {row.parameter: row.verdict for row in wrong.gradients} == {"w": "pass", "x": "fail"}


def test_a_large_adjoint_that_leaves_the_range_is_no_error():
    """In float16 twice 40,000 is infinite; from an adjoint of 1 the gradient is a number."""
    exercise = Exercise(
        name="large",
        loss=total(square(v)),
        parameters=[v],
        at=[{"v": [20000, 1, 2]}],
        points=0,
        torch_loss=lambda v: (v * v).sum(),
    )
    row = check(exercise, dtype="float16").gradients[0]
    assert row.reason != "autograd_wrong"
