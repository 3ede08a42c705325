"""What newcomers try first, and what they are told."""

import pytest
import torch

import symgrad
from symgrad import Exercise, UserError, check, check_paths, matrix, render, scalar, sigmoid, square, step, total
from symgrad.authoring.exercise_files import Broken, load_file

w, x = scalar("w"), scalar("x")
HEADER = "from symgrad import Exercise, matrix, scalar, square\n\nw = scalar('w')\nA = matrix('A', 2, 3)\n"


@pytest.fixture
def broken(tmp_path):
    def of(text):
        file = tmp_path / "file.py"
        file.write_text(HEADER + text, encoding="utf-8")
        (item,) = load_file(file)
        assert isinstance(item, Broken)
        return item.message

    return of


def test_a_backward_that_ignores_the_incoming_adjoint_is_caught_where_it_is_the_loss_itself():
    """A fused loss whose backward forgets its factor g is right for g = 1 only; backward() doesn't start from 1."""

    class Fused(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return torch.sigmoid(z)

        @staticmethod
        def backward(context, adjoint):
            (z,) = context.saved_tensors
            return torch.sigmoid(z) * (1 - torch.sigmoid(z))

    result = check(Exercise(name="fused", loss=sigmoid(w), parameters=[w], torch_loss=lambda w: Fused.apply(w)))
    assert result.message == (
        "dL/dw: autograd is wrong (autograd is -1/32 times the gradient: its backward ignores the adjoint that comes in)"
    )


@pytest.mark.parametrize("factor", [1, 32, 1 / 32, 16])
def test_ignoring_the_adjoint_is_caught_whatever_factor_is_forgotten_beside_it(factor):
    """A usual batch size that is forgotten as well doesn't make up for the adjoint that backward() starts from."""

    class Fused(torch.autograd.Function):
        @staticmethod
        def forward(context, z):
            context.save_for_backward(z)
            return z**2

        @staticmethod
        def backward(context, adjoint):
            (z,) = context.saved_tensors
            return factor * 2 * z

    result = check(Exercise(name="fused", loss=square(w), parameters=[w], torch_loss=lambda w: Fused.apply(w)))
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")


@pytest.mark.parametrize(
    ("program", "hint"),
    [
        (lambda A: (A**2).mean(), "PyTorch's is 1/4 times the SymPy loss (a mean for a total?)"),
        (
            lambda A: (A.float() ** 2 * 1.1).sum().double() / 1.1,
            "has it computed in float32; in float64 throughout, the program is right",
        ),
        (lambda A: (A**2).sum() + 1, "these are two different functions"),
    ],
)
def test_losses_that_differ_come_with_a_hint(program, hint):
    """A factor, or a float32 within, is recognised; what isn't is another function."""
    A = matrix("A", 2, 2)
    result = check(Exercise(name="hint", loss=total(square(A)), parameters=[A], torch_loss=program))
    assert result.reason == "losses_differ"
    assert hint in result.message


@pytest.mark.parametrize("text", ["A * A", "A + w", "1 - A", "A ** 2", "A - matrix('B', 3, 2)"])
def test_matrix_arithmetic_of_sympy_is_explained(broken, text):
    """What SymPy says of shapes is followed by what works entry by entry."""
    message = broken(f"loss = {text}\n")
    assert message.endswith(
        "; between matrices * is the matrix product and ** its power; add, subtract, hadamard, divide and square work"
        " entry by entry, and broadcast scalars, rows and columns"
    )


def test_a_forgotten_import_is_told(broken):
    """A name that symgrad exports is said to be importable."""
    assert broken("softmax(A)\n").endswith(
        "NameError: name 'softmax' is not defined; symgrad exports it: from symgrad import softmax"
    )


def test_exercises_in_lists_and_dicts_are_found(tmp_path):
    """A list, a tuple or a dict of exercises counts as each of them."""
    file = tmp_path / "many.py"
    file.write_text(
        HEADER
        + "def made(name):\n    return Exercise(name=name, loss=square(w), parameters=[w])\n\n"
        + "one = made('a')\nmany = [made('b'), made('c')]\nnamed = {'d': made('d')}\nsame = one\n",
        encoding="utf-8",
    )
    assert [item.name for item in load_file(file)] == ["a", "b", "c", "d"]


def test_points_of_the_command_leave_an_exercise_with_given_points_alone():
    """points=0 means that only the given points make sense."""
    exercise = Exercise(name="given", loss=square(w), parameters=[w], at=[{"w": 2}], points=0)
    assert check(exercise, points=50).gradients[0].points == 1


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_a_pass_without_power_is_said(dtype):
    """Where rounding explains more than the gradient at all entries, the verdict is that nothing was tested."""
    loss = square(step("a", 1000 + w) - 1000)
    result = check(Exercise(name="blind", loss=loss, parameters=[w], domain={"w": (-0.5, 0.5)}), dtype=dtype)
    assert result.verdict == ("inconclusive" if dtype == "bfloat16" else "pass")
    assert (result.reason == "blind") == (dtype == "bfloat16")


def test_a_tolerance_by_hand_is_no_rounding():
    """Within a tolerance given by hand entries agree; nothing is said of conditioning."""
    exercise = Exercise(name="wide", loss=square(w), parameters=[w], at=[{"w": 9}])
    assert check(exercise, atol=10.0).reason == "agree"


def test_a_wrong_gradient_that_a_tolerance_by_hand_lets_pass_is_no_secret():
    """A gradient twice too large isn't told under atol=1e9; the report states the tolerance, and that it tells nothing."""
    wrong = Exercise(name="wide", loss=square(w), parameters=[w], torch_loss=lambda w: w**2 + (w - w.detach()) * 2 * w.detach())
    assert check(wrong).reason == "autograd_wrong"
    result = check(wrong, atol=1e9)
    assert (result.verdict, result.reason) == ("inconclusive", "blind")
    assert "the tolerance given by hand allows more than the gradient itself" in " ".join(result.message.split())
    for format_ in ("table", "markdown"):
        assert "tolerance: allowed = 1e+09 + 0·|reference|, given by hand" in render(result, format_)
    assert "given by hand" not in render(check(Exercise(name="derived", loss=square(w), parameters=[w])))


def test_results_print_as_a_line_and_render_as_a_table():
    """A result's repr fits one line; render gives the report in any format."""
    result = check(Exercise(name="line", loss=square(w), parameters=[w]))
    assert repr(result) == "CheckResult('line', pass: agree, parameters: w)"
    assert render(result).endswith("controls: 4 planted, 4 caught\n")
    assert render(result, "json").startswith('{\n  "schema": "symgrad/check/1"')
    assert repr(sigmoid).startswith("<function sigmoid at ")


def test_wrong_calls_are_told(tmp_path):
    """A loss for an exercise, a misspelt option or format, a gradient that isn't there."""
    with pytest.raises(UserError, match=r"^check takes an Exercise, found a Pow; check_paths takes files and folders$"):
        check(square(w))
    exercise = Exercise(name="e", loss=square(w), parameters=[w])
    with pytest.raises(UserError, match=r"^check has no option 'point'; did you mean 'points'\?$"):
        check(exercise, point=3)
    with pytest.raises(UserError, match=r"^no format 'jsn'; did you mean 'json'"):
        render(check(exercise), "jsn")
    with pytest.raises(symgrad.AuthorError, match=r"^closed_form: no 'v' here"):
        symgrad.differentiate(square(w), w).closed_form("v")
    with pytest.raises(UserError, match="no such file or folder"):
        check_paths(str(tmp_path / "nowhere"))


def test_a_transpose_is_no_equation_of_its_own():
    """Wᵀ used twice is written twice."""
    W, u = matrix("W", 2, 2), matrix("u", 2, 1)
    h = step("h", W * step("g", W * u))
    assert " = Wᵀ\n" not in str(symgrad.differentiate(total(square(h)) + total(square(W.T * h)), [u]))
