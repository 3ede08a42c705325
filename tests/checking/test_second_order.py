"""Second derivatives: products of the Hessian with vectors, and where parameters are few the whole Hessian."""

import pytest
import torch

from symgrad import Exercise, check, exp, hadamard, matrix, relu, scalar, sigmoid, square, step, tanh, total, vector
from symgrad.authoring.exercise_files import load
from symgrad.basics.errors import UserError
from symgrad.checking.check import check_paths
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.ways import WAYS
from symgrad.reports import render

x, y = scalar("x"), scalar("y")
w, d = matrix("w", 2, 3), vector("d", 3)
TWICE = [name for name, way in WAYS.items() if way.twice]
INACCURATE = ("cross_entropy_unit",)
"""PyTorch's second derivative of binary_cross_entropy is off by 1e-10, relatively."""
BY_FORWARD = ("mlp", "mlp_wide")
"""PyTorch can't take forward mode over the gradient of mse_loss."""


def first(row):
    return [each for each in row if each.order == 1], [each for each in row if each.order == 2]


class Cubed(torch.autograd.Function):
    """x³ with the right first derivative, whose own derivative is wrong: half of it is detached."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, adjoint):
        (x,) = ctx.saved_tensors
        return adjoint * 3 * x * x.detach()


cubed = Exercise(name="cubed", loss=x**3, parameters=[x], points=4, torch_loss=lambda x: Cubed.apply(x))


@pytest.mark.parametrize("via", TWICE)
def test_exercises_of_the_library_have_right_hessians(via):
    """Hessian-vector products of the library's exercises agree by every way that PyTorch has."""
    for exercise in load(["exercises"]):
        if exercise.name in INACCURATE or exercise.name == "mlp_wide" or (WAYS[via].forward and exercise.name in BY_FORWARD):
            continue
        result = check(exercise, via=via, order=2, points=3)
        assert result.passed, (exercise.name, result.message)
        assert result.caught == result.planted
        first_rows, second_rows = first(result.gradients)
        assert [r.parameter for r in first_rows] == [r.parameter for r in second_rows] == list(exercise.parameter_names)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_short_formats_have_hessians_too(dtype):
    """In float32 and bfloat16 no right second derivative is failed."""
    for exercise in load(["exercises"]):
        if exercise.name not in INACCURATE:
            result = check(exercise, dtype=dtype, order=2, points=3)
            assert result.passed or result.reason == "blind", (exercise.name, result.message)


def test_a_right_gradient_with_a_wrong_hessian_fails_at_the_second_order():
    """A backward that isn't differentiable in all it uses passes at first order; its Hessian is half of what it should be."""
    assert check(cubed).passed
    result = check(cubed, order=2)
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")
    assert result.message == "d(v·∇L)/dx: autograd is wrong (autograd is 1/2 times the gradient)"
    assert [row.reason for row in result.gradients] == ["agree", "autograd_wrong"]


def test_a_wrong_gradient_is_told_before_any_hessian():
    """Where the gradient itself is wrong, nothing is said of second derivatives."""
    wrong = Exercise(name="wrong", loss=x**2, parameters=[x], torch_loss=lambda x: x * x.detach())
    result = check(wrong, order=2)
    assert [row.order for row in result.gradients] == [1]
    assert result.message == "dL/dx: autograd is wrong (autograd is 1/2 times the gradient)"


def test_a_wrong_entry_of_the_hessian_is_named():
    """The direction of the product that is furthest off is an entry, where it runs along an axis."""

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x**2 * y

        @staticmethod
        def backward(ctx, adjoint):
            x, y = ctx.saved_tensors
            return adjoint * 2 * x * y, adjoint * (x**2).detach()  # d²L/dx dy is lost

    made = Exercise(
        name="lost",
        loss=x**2 * y,
        parameters=[x, y],
        at=[{"x": 2, "y": 3}],
        points=0,
        torch_loss=lambda x, y: Product.apply(x, y),
    )
    result = check(made, order=2)
    assert [row.reason for row in result.gradients] == ["agree", "agree", "autograd_wrong", "agree"]
    worst = result.gradients[2].worst
    assert (worst.along, worst.autograd, worst.closed_form) == ("y", 0.0, 4.0)
    assert "where        d²L/dx[0, 0] dy" in render(result)


def test_how_much_of_the_hessian_was_seen_is_noted():
    """The whole Hessian up to 64 entries of all parameters, else products with vectors."""
    (small,) = load(["exercises"], only=["mlp"])
    few = Exercise(name="few", loss=total(square(tanh(w * d))), parameters=[w, d], points=2)
    assert check(few, order=2).notes[-1] == (
        "second derivative: the whole 9×9 Hessian at the first point, products with one vector at each point"
    )
    assert check(small, order=2, points=1).notes[-1] == (
        "second derivative: products of the 105×105 Hessian with one vector at each point"
    )


def test_a_loss_that_is_linear_in_one_parameter_passes():
    """A row of the Hessian that is zero agrees, as long as another one isn't."""
    result = check(Exercise(name="mixed", loss=x**2 + 3 * y, parameters=[x, y]), order=2)
    assert [row.reason for row in result.gradients] == ["agree"] * 4
    assert result.reason == "agree"


def test_a_hessian_of_zeros_is_noted():
    """What is linear has a Hessian of zeros, which agrees; the note says that it's nothing else."""
    result = check(Exercise(name="linear", loss=2 * x + y, parameters=[x, y]), order=2)
    assert (result.verdict, result.reason, result.message) == ("pass", "agree", None)
    assert "second derivative: zero at every point for x, y, on both roads" in result.notes
    wrong = Exercise(name="bent", loss=2 * x + y, parameters=[x, y], torch_loss=lambda x, y: Bent.apply(x) + y)
    result = check(wrong, order=2)
    assert [row.reason for row in result.gradients] == ["agree", "agree", "autograd_wrong", "agree"]


class Bent(torch.autograd.Function):
    """2x with the right first derivative, whose own derivative isn't zero."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2 * x

    @staticmethod
    def backward(ctx, adjoint):
        (x,) = ctx.saved_tensors
        return adjoint * (2 + x - x.detach())


def test_a_product_with_a_constant_adjoint():
    """Where an adjoint is a number, its product with a matrix is one of arrays all the same."""
    z = step("z", 2 * (matrix("v", 1, 3) * matrix("u", 3, 2) + matrix("b", 1, 2)))
    result = check(Exercise(name="constant", loss=total(z), parameters=["v", "u", "b"], points=3), order=2)
    assert [row.reason for row in result.gradients] == ["agree"] * 6


def test_nothing_is_claimed_where_the_loss_is_undefined():
    """The slope of a logarithm is defined for negative numbers; its second derivative is only looked at where the loss is."""
    import symgrad

    made = Exercise(name="logarithm", loss=symgrad.log(x), parameters=[x], at=[{"x": -1}], points=6)
    result = check(made, order=2)
    assert result.reason == "undefined"
    assert all(row.worst.point["x"][0][0] > 0 for row in result.gradients if row.order == 2)
    assert [row.reason for row in result.gradients] == ["undefined", "agree"]


def test_a_function_that_is_differentiable_once_could_not_run():
    """PyTorch's own words tell that a backward can't be differentiated."""

    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, adjoint):
            return adjoint * 2 * ctx.saved_tensors[0]

    result = check(Exercise(name="once", loss=x**3, parameters=[x], torch_loss=lambda x: Once.apply(x) * x), order=2)
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert "trying to differentiate twice a function that was marked with @once_differentiable" in result.message
    assert result.message.startswith("second derivative: ")
    assert not any("Hessian" in note for note in result.notes)
    assert [row.reason for row in result.gradients] == ["agree"]


def test_kinks_and_steps_keep_their_names():
    """A relu network's Hessian is that of the active pieces; sampled points keep away from kinks."""
    z = step("z", w * d)
    made = Exercise(name="active", loss=total(square(relu(z))) + exp(x) * x, parameters=[w, d, x])
    assert check(made, order=2).passed


def test_a_symbol_may_be_called_like_a_direction():
    """Directions take names that nothing else has."""
    v_x = scalar("v_x")
    result = check(Exercise(name="named", loss=x**3 * v_x, parameters=[x], points=2), order=2)
    assert result.passed
    assert set(result.gradients[1].worst.point) == {"x", "v_x", "v_x_"}


def test_orders_and_ways_that_do_not_go_are_refused():
    """Order 3, and a compiled second derivative, are errors of the call."""
    with pytest.raises(UserError, match=r"order is 3; accepted: 1, or 2 for second derivatives too"):
        Settings(order=3)
    with pytest.raises(UserError, match="PyTorch takes no second derivative via compile; accepted with order=2: backward"):
        Settings(order=2, via="compile")


def test_the_command_line_takes_an_order(symgrad, write):
    """--order 2 adds rows for second derivatives, and stands in the command that repeats a failure."""
    path = write("parabola.py")
    shown = symgrad("check", path, "--order", "2", "-v")
    assert shown.exit_code == 0
    assert "d(v·∇L)/dw" in shown.stdout
    wrong = write(
        "wrong.py",
        "from symgrad import Exercise, scalar\nw = scalar('w')\n"
        "e = Exercise(name='e', loss=w**2, parameters=[w], torch_loss=lambda w: 2 * w * w.detach() - w.detach() ** 2)\n",
    )
    shown = symgrad("check", wrong, "--order", "2")
    assert shown.exit_code == 1
    told = "d(v·∇L)/dw: autograd is wrong (autograd is zero everywhere: is the path to this parameter detached?)"
    assert told in " ".join(shown.stdout.split())
    assert "--seed 0 --order 2" in shown.stdout


def test_a_report_of_many_has_second_orders():
    """check_paths hands the order on."""
    report = check_paths(["exercises/quadratic_form.py"], Settings(order=2))
    assert report.passed
    assert {row.order for row in report.results[0].gradients} == {1, 2}


def test_the_definition_confirms_second_derivatives():
    """With certify the definition of the derivative is asked about each product, too."""
    made = Exercise(name="certified", loss=sigmoid(hadamard(x, x)), parameters=[x], points=3)
    result = check(made, order=2, certify=True)
    assert [row.confirmed for row in result.gradients] == [3, 4]
