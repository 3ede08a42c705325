"""PyTorch's other ways to a gradient: each gives the same verdicts, and says what it can't do."""

import shutil

import pytest
import torch

from symgrad import Exercise, check, hadamard, matrix, scalar, sigmoid, sign, square, tanh, total
from symgrad.authoring.exercise_files import load
from symgrad.basics.errors import UserError
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.ways import WAYS

COMPILER = pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler, and there is no g++")
ways = pytest.mark.parametrize("via", [pytest.param(n, marks=COMPILER) if n == "compile" else n for n in WAYS])
functional = pytest.mark.parametrize("via", [name for name, way in WAYS.items() if way.functional is not None])
w, x = matrix("w", 2, 3), matrix("x", 3, 4)
GRADCHECKED = load(["exercises"], only=["sigmoid_network", "softmax_regression", "recurrent", "mlp"])


class Own(torch.autograd.Function):
    """tanh in the style that torch.func takes; `slope` is its derivative, by its value, in both modes."""

    generate_vmap_rule = True

    @staticmethod
    def forward(z):
        return torch.tanh(z)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
        ctx.save_for_forward(output)

    @staticmethod
    def slope(y):
        return 1 - y * y

    @classmethod
    def derived(cls, ctx, moving):
        return moving * cls.slope(ctx.saved_tensors[0])


def own(backward, forward=None):
    """A tanh with these derivatives: adjoint, value -> adjoint; tangent, value -> tangent."""

    class Made(Own):
        @staticmethod
        def backward(ctx, adjoint):
            return backward(adjoint, *ctx.saved_tensors)

        @staticmethod
        def jvp(ctx, tangent):
            return (forward or backward)(tangent, *ctx.saved_tensors)

    return Made.apply


def exercise(function, name="own"):
    return Exercise(
        name=name,
        loss=total(square(tanh(w * x))),
        parameters=[w],
        points=4,
        torch_loss=lambda w, x: (function(w @ x) ** 2).sum(),
    )


RIGHT = own(lambda moving, y: moving * (1 - y * y))


@ways
def test_the_librarys_exercises_pass_by_every_way(via):
    """Right programs pass, and planted errors are caught, whatever way PyTorch takes."""
    for each in GRADCHECKED if via != "compile" else GRADCHECKED[:1]:
        result = check(each, via=via, points=4)
        assert result.passed, result.message
        assert result.caught == result.planted > 0


@ways
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_right_custom_function_passes(via, dtype):
    """A custom function that has all that torch.func asks for passes by every way, in both formats."""
    result = check(exercise(RIGHT), via=via, dtype=dtype)
    assert result.passed, result.message


@ways
def test_a_wrong_sign_is_named(via):
    """A derivative with the wrong sign is autograd's fault by every way."""
    result = check(exercise(own(lambda moving, y: -moving * (1 - y * y))), via=via)
    assert (result.reason, result.gradients[0].hint) == ("autograd_wrong", "autograd has the wrong sign")


@pytest.mark.parametrize("via", ["backward", "create_graph", "grad", "vjp", "jacrev"])
def test_a_backward_that_ignores_its_adjoint_shows(via):
    """The adjoint of the loss isn't 1, so a backward that doesn't multiply by it is seen."""

    class Total(Own):
        @staticmethod
        def forward(z):
            return z.sum()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.shape = inputs[0].shape

        @staticmethod
        def backward(ctx, adjoint):
            return torch.ones(ctx.shape)

    made = Exercise(name="sum", loss=total(w), parameters=[w], torch_loss=lambda w: Total.apply(w))
    assert "its backward ignores the adjoint that comes in" in check(made, via=via).message


@pytest.mark.parametrize("via", ["jvp", "jacfwd"])
def test_forward_mode_judges_the_jvp_alone(via):
    """Forward mode sees a wrong jvp and nothing of the backward; reverse mode the other way round."""
    wrong_forward = exercise(own(lambda moving, y: moving * (1 - y * y), lambda moving, y: 2 * moving * (1 - y * y)))
    result = check(wrong_forward, via=via)
    assert (result.reason, result.gradients[0].hint) == ("autograd_wrong", "autograd is 2 times the gradient")
    assert check(wrong_forward, via="backward").passed
    wrong_backward = exercise(own(lambda moving, y: -moving * (1 - y * y), lambda moving, y: moving * (1 - y * y)))
    assert check(wrong_backward, via=via).passed
    assert not check(wrong_backward).passed


@functional
def test_a_function_in_the_old_style_could_not_run(via):
    """torch.func refuses a function without setup_context; its own words are the message, with the program's line."""

    class Old(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z.clone()

        @staticmethod
        def backward(ctx, adjoint):
            return adjoint

    made = Exercise(name="old", loss=total(w), parameters=[w], torch_loss=lambda w: Old.apply(w).sum())
    result = check(made, via=via)
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert "torch_loss raised RuntimeError: In order to use an autograd.Function with functorch transforms" in result.message
    assert result.message.startswith(f"{__file__}:")


@functional
def test_a_detached_program_is_zero_everywhere(via):
    """A transform gives zero where the path is cut, which is said."""
    made = Exercise(name="cut", loss=total(square(w)), parameters=[w], torch_loss=lambda w: (w.detach() ** 2).sum())
    result = check(made, via=via)
    assert result.reason == "autograd_wrong"
    assert result.gradients[0].hint == "autograd is zero everywhere: is the path to this parameter detached?"


@ways
def test_parameters_that_have_no_part_have_the_gradient_zero(via):
    """A parameter that the program doesn't touch has a gradient of zeros, by every way; where truth isn't zero that fails."""
    b = scalar("b")
    made = Exercise(
        name="idle", loss=b * total(square(w)), parameters=[w, b], points=2, torch_loss=lambda w, b: (w**2).sum() * b.detach()
    )
    result = check(made, via=via)
    assert [row.reason for row in result.gradients] == ["agree", "autograd_wrong"]


@COMPILER
def test_every_one_of_many_compiled_programs_is_judged():
    """Programs that a factory makes share their code: none of them falls back on what was compiled before, or on nothing."""

    def made(k):
        factor = -1 if k == 9 else 1
        return Exercise(
            name=f"made_{k}",
            loss=total(square(w)) * (k + 1),
            parameters=[w],
            points=2,
            torch_loss=lambda w: (
                (factor * (w - w.detach()) ** 2 + 2 * (w - w.detach()) * w.detach() * factor).sum() * (k + 1)
                + (w.detach() ** 2).sum() * (k + 1)
            ),
        )

    results = [check(made(k), via="compile") for k in range(10)]
    assert [result.reason for result in results] == ["agree"] * 9 + ["autograd_wrong"]


@COMPILER
def test_breaks_of_a_compiled_program_are_told():
    """What PyTorch doesn't compile is noted, for there the check has seen the usual backward."""

    def broken(w):
        torch._dynamo.graph_break()
        return (w**2).sum()

    result = check(Exercise(name="broken", loss=total(square(w)), parameters=[w], points=2, torch_loss=broken), via="compile")
    assert result.passed
    assert result.notes == ("torch.compile broke the program at 1 place; what lies between wasn't compiled",)


@ways
def test_the_loss_itself_goes_by_every_way(via):
    """Without a program the loss compiled to PyTorch's operations takes the way that was asked for."""
    made = Exercise(name="plain", loss=total(square(sigmoid(hadamard(w, w)))), parameters=[w], points=3)
    assert check(made, via=via).reason == "agree"


def test_an_unknown_way_is_told_the_nearest():
    """The message lists the ways."""
    with pytest.raises(UserError) as caught:
        Settings(via="jvpp")
    assert str(caught.value) == (
        "via is 'jvpp'; did you mean 'jvp'?; accepted: backward, create_graph, compile, grad, vjp, jacrev, jvp, jacfwd"
    )


def test_the_command_line_takes_ways(symgrad, write):
    """--via is in the summary, and in the command that repeats a failure."""
    path = write("parabola.py")
    result = symgrad("check", path, "--via", "jvp")
    assert result.exit_code == 0
    assert "compared in float64 via torch.func.jvp, 3 certified" in result.stdout
    wrong = write(
        "wrong.py",
        "from symgrad import Exercise, scalar\nw = scalar('w')\n"
        "e = Exercise(name='e', loss=w * w, parameters=[w], torch_loss=lambda w: w * w.detach())\n",
    )
    assert "--only e --seed 0 --via vjp" in symgrad("check", wrong, "--via", "vjp").stdout


def test_a_program_that_draws_at_random_draws_the_same_by_every_way():
    """Random numbers come from one seed, so that ways can be compared."""
    seen = {}
    for via in ("backward", "grad"):
        drawn = []

        def program(w, drawn=drawn):
            drawn.append(torch.rand(()).item())
            return (w**2).sum()

        check(Exercise(name="drawn", loss=total(square(w)), parameters=[w], points=2, torch_loss=program), via=via)
        seen[via] = drawn[:2]
    assert seen["backward"] == seen["grad"]


@ways
def test_a_gradient_without_storage_is_zeros(via):
    """The slope of torch.sgn is a ZeroTensor of PyTorch's, which holds no numbers; a gradient that is nothing else is 0."""
    a, b = matrix("a", 3, 1), matrix("b", 3, 1)
    program = lambda a, b: (torch.sgn(a) * b).sum()  # noqa: E731
    loss = total(hadamard(sign(a), b))
    result = check(Exercise(name="signs", loss=loss, parameters=[a, b], points=2, torch_loss=program), via=via)
    assert [(g.parameter, g.reason) for g in result.gradients] == [("a", "agree"), ("b", "agree")]
