"""Gradients that an author declares: what PyTorch is meant to say, where that isn't the derivative."""

import pytest
import torch

import symgrad
from symgrad import Exercise, check, hadamard, matrix, relu, square, step, subtract, total
from symgrad.basics.errors import AuthorError
from symgrad.reports import render

x, y = matrix("x", 2, 3), matrix("y", 2, 3)
rounded = step("r", symgrad.round(x))


class Rounded(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, adjoint):
        return adjoint


def straight_through(**options):
    """Σ(round(x) − y)², with a gradient that passes straight through the rounding."""
    return Exercise(
        name="straight_through",
        loss=total(square(rounded - y)),
        parameters=[x, y],
        torch_loss=lambda x, y: ((Rounded.apply(x) - y) ** 2).sum(),
        **options,
    )


def test_what_is_not_declared_is_wrong():
    """Undeclared, a straight-through estimator is autograd's fault: the derivative is zero."""
    result = check(straight_through())
    assert [row.reason for row in result.gradients] == ["autograd_wrong", "agree"]


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_what_is_declared_passes(dtype):
    """Declared, it passes with a reason of its own; the declaration may name steps, and errors planted in it are caught."""
    result = check(straight_through(expected_gradient={"x": 2 * (rounded - y)}), dtype=dtype)
    assert (result.verdict, result.reason) == ("pass", "declared")
    assert result.gradients[0].reason == "declared"
    assert result.gradients[0].declared
    assert not result.gradients[1].declared
    assert result.caught == result.planted == 10


def test_another_gradient_than_the_declared_one_fails():
    """What PyTorch says is compared with the declaration, and how it differs is told."""
    result = check(straight_through(expected_gradient={"x": 4 * (rounded - y)}))
    assert result.message == (
        "dL/dx: autograd is wrong (it isn't the gradient that was declared; autograd is 1/2 times the gradient)"
    )
    assert "\n  declared     dL/dx = −4 y + 4 round(x)\n" in render(result)


def test_a_declaration_that_is_the_derivative_agrees():
    """Nothing is said to be declared where the truth says the same."""
    made = Exercise(name="plain", loss=total(square(x)), parameters=[x], expected_gradient={"x": 2 * x})
    assert check(made).reason == "agree"


def test_a_declaration_that_hides_an_honest_gradient_fails():
    """A program with the true gradient isn't what was declared."""
    made = Exercise(name="honest", loss=total(square(x)), parameters=[x], expected_gradient={"x": -2 * x})
    result = check(made)
    assert (result.reason, result.gradients[0].hint) == (
        "autograd_wrong",
        "it isn't the gradient that was declared; autograd has the wrong sign",
    )


def test_other_parameters_are_judged_as_ever():
    """A wrong gradient beside a declared one is found, at kinks too."""
    made = Exercise(
        name="beside",
        loss=total(hadamard(rounded, relu(y))),
        parameters=[x, y],
        at=[{"x": [[1, 2, 3], [1, 2, 3]], "y": [[0, 1, 2], [0, 1, 2]]}],
        torch_loss=lambda x, y: (Rounded.apply(x) * torch.relu(y)).sum(),
        expected_gradient={"x": relu(y)},
    )
    result = check(made)
    assert [row.reason for row in result.gradients] == ["declared", "kink"]
    assert check(made, certify=True).reason == "kink"
    wrong = Exercise(
        name="beside",
        loss=total(hadamard(rounded, y)),
        parameters=[x, y],
        torch_loss=lambda x, y: (Rounded.apply(x) * (2 * y - y.detach())).sum(),
        expected_gradient={"x": y},
    )
    assert [row.reason for row in check(wrong).gradients] == ["declared", "autograd_wrong"]


def test_a_gradient_that_is_stopped_is_declared_zero():
    """A path that is cut on purpose is declared by zeros; that PyTorch says 0 where the derivative isn't was tested."""
    made = Exercise(
        name="stopped",
        loss=total(hadamard(x, y)),
        parameters=[x, y],
        torch_loss=lambda x, y: (x.detach() * y).sum(),
        expected_gradient={"x": subtract(x, x)},
    )
    result = check(made)
    assert [row.reason for row in result.gradients] == ["declared", "agree"]
    assert result.passed


def test_where_the_loss_is_undefined_nothing_is_said():
    """A declared gradient is undefined, not wrong, at a given point at which the loss has no value."""
    made = Exercise(
        name="outside",
        loss=symgrad.log(symgrad.scalar("p")),
        parameters=["p"],
        at=[{"p": -1}],
        domain={"p": (1, 2)},
        torch_loss=lambda p: torch.log(p),
        expected_gradient={
            "p": symgrad.sqrt(symgrad.scalar("p")) / symgrad.scalar("p") ** 2 * symgrad.sqrt(symgrad.scalar("p"))
        },
    )
    assert check(made).gradients[0].counts["undefined"] == 1
    assert "autograd_wrong" not in check(made).gradients[0].counts


def test_second_derivatives_are_left_out():
    """Of a declared gradient no second derivative is looked at, which is noted."""
    result = check(straight_through(expected_gradient={"x": 2 * (rounded - y)}), order=2)
    assert result.passed
    assert result.notes[-1] == "second derivative: not checked where a gradient is declared"


def test_mistakes_in_a_declaration_are_the_authors():
    """A name that isn't there, a shape that doesn't fit and something that is no expression are told with the field."""
    with pytest.raises(AuthorError, match=r"expected_gradient: parameters has no 'z'"):
        straight_through(expected_gradient={"z": y})
    with pytest.raises(AuthorError, match=r"expected_gradient\['x'\]: found 1×1; accepted: 2×3, the shape of 'x'"):
        straight_through(expected_gradient={"x": total(y)})
    with pytest.raises(AuthorError, match=r"expected_gradient: found a list; accepted: \{parameter: expression\}"):
        straight_through(expected_gradient=[y])
