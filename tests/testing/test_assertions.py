"""assert_gradients_match and its kin: what they take, what they say, and how a failure reads."""

import os
import random
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

import symgrad
from symgrad import Exercise, add, exp, hadamard, matrix, maximum, relu, scalar, square, tanh, total, vector
from symgrad.basics.errors import AuthorError, UserError
from symgrad.checking.results.results import CheckResult, Report
from symgrad.testing import (
    AnswerNotCorrect,
    BlindCheck,
    CheckFailed,
    assert_answer_correct,
    assert_check,
    assert_gradients_match,
)

x, y = matrix("x", 2, 3), matrix("y", 2, 3)
a, b = scalar("a"), scalar("b")
grad_output = matrix("grad_output", 2, 3)


class WrongTanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return torch.tanh(z)

    @staticmethod
    def backward(ctx, adjoint):
        return -adjoint * (1 - torch.tanh(ctx.saved_tensors[0]) ** 2)


def failure(*arguments, **options):
    with pytest.raises(CheckFailed) as caught:
        assert_gradients_match(*arguments, **options)
    return caught.value


def refusal(*arguments, **options):
    with pytest.raises(UserError) as caught:
        assert_gradients_match(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("function", "expression"),
    [
        (torch.tanh, tanh(x)),
        (lambda x, y: (x * y).sum(), total(hadamard(x, y))),
        (lambda y, x: x * y, hadamard(x, y)),
        (lambda *, x, y: x * y, hadamard(x, y)),
        (lambda x, /, y: x * y, hadamard(x, y)),
        (lambda **given: given["x"] * given["y"], hadamard(x, y)),
        (lambda x, y, scale=1.0: scale * x * y, hadamard(x, y)),
        (lambda z: torch.tanh(z), tanh(x)),
        (torch.nn.functional.relu, relu(x)),
        (torch.nn.Tanh(), tanh(x)),
        (lambda a, b: a * b**2, a * b**2),
    ],
)
def test_right_functions_pass(function, expression):
    """Whatever can be called: arguments by name, by place, with defaults, built-ins of one argument."""
    result = assert_gradients_match(function, expression)
    assert isinstance(result, CheckResult)
    assert result.passed
    assert result.planted == result.caught > 0


def test_a_failure_says_where_what_by_how_much_and_who():
    """The message is the report: culprit, diagnosis, entry, values, certified value, tolerance in words, point, how to repeat."""
    lines = str(failure(WrongTanh, tanh(x), seed=3)).splitlines()
    assert lines[0] == "FAIL: autograd wrong: WrongTanh (tests/testing/test_assertions.py)"
    lines = ["", *lines]
    assert lines[2] == "  dL/dx: autograd is wrong (autograd has the wrong sign)"
    headings = [line[2:14].strip() for line in lines[3:12]]
    assert headings == [
        "where",
        "autograd",
        "closed form",
        "certified",
        "difference",
        "rule",
        "point",
        "entries",
        "derivation",
    ]
    assert re.fullmatch(r"  difference   [\d.e+-]+ absolute, [\d.e+-]+ relative, [\d.e+-]+ ulps; allowed [\d.e-]+", lines[7])
    assert lines[8] == (
        "  rule         allowed = 4 × what rounding explains in float64, by the running error analysis of the closed form"
    )
    assert lines[11] == "  derivation   dL/dx = grad_output ∘ (1 − tanh(x)²)"
    assert lines[12] == (
        "  repeat       python -m pytest tests/testing/test_assertions.py::test_a_failure_says_where_what_by_how_much_and_who"
    )
    assert lines[-3].startswith("1 exercise: 1 fail; ")
    assert lines[-2].startswith("points: 12 generic, 4 short, 12 near edges, ")


def test_a_failure_carries_its_result():
    """The exception is an AssertionError with the result, for who wants more than text."""
    caught = failure(WrongTanh.apply, tanh(x))
    assert isinstance(caught, AssertionError)
    assert caught.result.reason == "autograd_wrong"
    assert caught.result.name == "WrongTanh"


def test_every_entry_of_an_output_counts():
    """An output that is no scalar is weighted by an adjoint that differs from entry to entry and from point to point."""

    class OneEntryLost(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return 2 * z

        @staticmethod
        def backward(ctx, adjoint):
            lost = adjoint.clone()
            lost[1, 2] = 0
            return 2 * lost

    assert re.search(r"\d\d of \d\d\d entries are wrong, the first at \[1, 2\]", str(failure(OneEntryLost, 2 * x)))

    class Averaged(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z.clone()

        @staticmethod
        def backward(ctx, adjoint):
            return adjoint.mean().expand(2, 3)

    assert failure(Averaged, x).result.reason == "autograd_wrong"


def test_another_forward_is_told_as_such():
    """Two different functions are no wrong gradient."""
    caught = failure(torch.sigmoid, tanh(x))
    assert caught.result.reason == "losses_differ"
    assert "the losses differ: PyTorch has " in str(caught)


def test_a_shape_that_does_not_fit_is_told():
    """An output of another shape, or that is none, is named with what is accepted; the place is the function's."""
    assert "spread returned a tensor of shape (3, 2); accepted: a tensor of 2×3, the expression's shape" in str(
        failure(spread, tanh(x))
    )
    assert "nothing returned None (is a return missing?); accepted: a tensor of 2×3" in str(failure(nothing, tanh(x)))
    assert "listed returned a list; accepted: a tensor with one entry" in str(failure(listed, total(x)))


def spread(x):
    return torch.tanh(x).mT


def nothing(x):
    torch.tanh(x)


def listed(x):
    return [x.sum()]


def test_what_a_function_raises_is_told_with_its_line():
    """An error in the function is one of running, with the line of the user's file."""

    def broken(x):
        raise ValueError("no luck")

    text = str(failure(broken, tanh(x)))
    assert "ERROR: could not run: broken" in text
    assert re.search(r"test_assertions\.py:\d+: broken raised ValueError: no luck", text)


def test_a_detached_output_is_told():
    """What has no tape has no gradient."""
    assert "cut returned a detached tensor; accepted: one that depends on the parameters" in str(
        failure(cut, total(x), at=[{"x": np.ones((2, 3))}])
    )


def cut(x):
    return x.detach().sum()


def test_nothing_tested_is_no_pass():
    """A gradient that is zero at all points fails the assertion: nothing was tested."""
    caught = failure(lambda x: torch.relu(x).sum(), total(relu(x)), domain=(-3, -1))
    assert caught.result.verdict == "inconclusive"
    assert "INCONCLUSIVE: vacuous" in str(caught)


def test_symbols_to_differentiate_by_can_be_chosen():
    """`wrt` is a symbol, a name, or a list of them."""
    detached_y = lambda x, y: x * y.detach()  # noqa: E731
    for chosen in (x, "x", [x], ["x"], (x,)):
        assert [g.parameter for g in assert_gradients_match(detached_y, hadamard(x, y), chosen).gradients] == ["x"]
    assert failure(detached_y, hadamard(x, y)).result.gradients[1].reason == "autograd_wrong"


def test_points_and_domains():
    """Points are given as one dict or as a list, with lists, arrays or tensors; a domain is a pair for all, or by name."""
    for given in ({"a": 3, "b": 2}, [{"a": 3, "b": 2}], [{"a": torch.tensor(3.0), "b": np.float32(2)}]):
        (row,) = assert_gradients_match(lambda a, b: a * b, a * b, "a", at=given, points=0).gradients
        assert (row.points, row.worst.point) == (1, {"a": [[3.0]], "b": [[2.0]]})
    for domain in ((3, 4), {"a": (3, 4), "b": (3, 4)}):
        (row,) = assert_gradients_match(lambda a, b: a * b, a * b, "a", domain=domain).gradients
        assert all(3 <= value[0][0] <= 4 for value in row.worst.point.values())


@pytest.mark.parametrize("dtype", ["float32", torch.float32, torch.bfloat16])
def test_formats_are_strings_or_pytorchs(dtype):
    """`dtype` is a name or one of PyTorch's; the tolerance is that format's."""
    result = assert_gradients_match(torch.tanh, tanh(x), dtype=dtype)
    assert result.settings.dtype == str(dtype).removeprefix("torch.")


def test_shapes_of_tensors_can_be_others():
    """A function of vectors, or of tensors with more axes, takes symbols in the shapes that it is used to."""
    column = vector("v", 6)
    assert_gradients_match(lambda v: v.square().sum(), total(square(column)), shapes={"v": (6,)})
    assert_gradients_match(lambda v: torch.tanh(v), tanh(column), shapes={"v": (6,)})
    assert_gradients_match(lambda v: v.reshape(6).square().sum(), total(square(column)), shapes={"v": (1, 2, 3)})
    assert refusal(torch.tanh, tanh(column), shapes={"v": (5,)}) == "shapes['v'] is (5,); accepted: a shape with 6 entries"
    assert (
        refusal(torch.tanh, tanh(column), shapes={"w": (6,)}) == "shapes: the expression has no 'w'; accepted: v, grad_output"
    )


def test_arguments_of_other_names_need_an_order():
    """Where names differ and there are several, `inputs` says which is which; the message says so."""
    assert refusal(lambda p, q: p * q, hadamard(x, y)) == (
        "<lambda> takes 'p', which the expression doesn't have; accepted: arguments called like the symbols (x, y),"
        " or inputs=[…] in the order of the arguments; what is no symbol stands in a functools.partial or a lambda"
    )
    assert_gradients_match(lambda p, q: p * q.exp(), hadamard(y, exp(x)), inputs=[y, x])
    assert_gradients_match(torch.maximum, maximum(x, y), inputs=["x", "y"])
    assert refusal(torch.maximum, maximum(x, y)).startswith("maximum doesn't say what its arguments are called; accepted: ")
    assert refusal(lambda x: x, hadamard(x, y)).startswith("<lambda> doesn't take 'y'; accepted: ")
    assert refusal(torch.maximum, maximum(x, y), inputs=["x", "z"]) == ("inputs: the expression has no 'z'; accepted: x, y")


def test_a_lie_can_be_declared():
    """`expected_gradient` takes an expression in symbols and grad_output, alone or by name."""

    class Reversed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, adjoint):
            return -adjoint

    assert failure(Reversed, x).result.reason == "autograd_wrong"
    for declared in (-grad_output, {"x": -grad_output}, {x: -grad_output}):
        assert assert_gradients_match(Reversed, x, expected_gradient=declared).reason == "declared"
    assert "it isn't the gradient that was declared" in str(failure(Reversed, x, expected_gradient=-2 * grad_output))
    assert refusal(lambda x, y: x * y, hadamard(x, y), expected_gradient=-grad_output) == (
        "expected_gradient needs names here: {name: expression} for some of 2 symbols"
    )


def test_a_given_point_needs_no_adjoint():
    """At a given point the adjoint of an output that is no scalar is drawn, unless it is given too."""
    ones = np.ones((2, 3))
    result = assert_gradients_match(torch.tanh, tanh(x), at=[{"x": ones}, {"x": ones}], points=0)
    assert np.abs(np.array(result.gradients[0].worst.point["grad_output"])).min() > 0
    given = {"x": ones, "grad_output": 2 * ones}
    assert assert_gradients_match(torch.tanh, tanh(x), at=given, points=0).gradients[0].worst.point["grad_output"][0] == [
        2,
        2,
        2,
    ]


def test_a_program_that_is_random_is_told():
    """Where the losses differ and differ again, that is said instead of two different functions."""
    assert "it gives another loss when it is called again: is something random (dropout), or kept" in str(
        failure(torch.nn.Dropout(0.5), x)
    )
    assert "two different functions" in str(failure(torch.sigmoid, tanh(x)))


def test_shapes_that_do_not_fit_are_told_how():
    """A column meant as a flat tensor, and an output with more axes, come with what to write."""
    column = vector("bias", 3)
    said = str(failure(lambda x, bias: torch.tanh(x) + bias, add(tanh(x), column.T)))
    assert "(bias was passed as (3, 1); shapes={'bias': (3,)} passes it flat)" in said
    said = str(failure(lambda x: torch.tanh(x).reshape(1, 3, 2), tanh(x)))
    assert "; or say shapes={'grad_output': (1, 3, 2)}, if its rows are the expression's" in said


def test_what_a_function_leaves_behind_is_put_back():
    """Modes and defaults of PyTorch, random numbers and the folder are as before, and what was around isn't seen inside."""

    def careless(x):
        torch.autocast("cpu").__enter__()
        torch.set_default_device("meta")
        torch.set_default_dtype(torch.float16)
        torch.use_deterministic_algorithms(True)
        torch.autograd.set_detect_anomaly(True)
        os.chdir("/")
        return torch.tanh(x)

    here, drawn = os.getcwd(), random.getstate()
    assert_gradients_match(careless, tanh(x), dtype="float32")
    assert not torch.is_autocast_enabled("cpu")
    assert torch.get_default_device() == torch.device("cpu")
    assert torch.get_default_dtype() == torch.float32
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.is_anomaly_enabled()
    assert (os.getcwd(), random.getstate()) == (here, drawn)
    with torch.autocast("cpu"), torch.no_grad():
        assert_gradients_match(lambda x: x @ x.mT, x * x.T, dtype="float32")
    with torch.inference_mode():
        assert_gradients_match(torch.tanh, tanh(x))


def test_whatever_is_raised_is_told():
    """Something that is no Exception ends no run."""

    class Odd(BaseException):
        pass

    def odd(x):
        raise Odd("odd")

    assert "odd raised Odd: odd" in str(failure(odd, tanh(x)))


def test_a_result_is_true_if_it_passed():
    """``assert check(exercise)`` says what it seems to say."""
    wrong = Exercise(name="wrong", loss=a**2, parameters=[a], torch_loss=lambda a: a * a.detach())
    assert not symgrad.check(wrong)
    blind = replace(symgrad.check(Exercise(name="blind", loss=a**2, parameters=[a])), caught=0)
    assert blind.passed
    assert not blind
    assert symgrad.check(Exercise(name="right", loss=a**2, parameters=[a]))
    assert not symgrad.check_paths(["docs/wrong_gradient.py"])


def test_what_makes_no_sense_is_refused():
    """Things that are no function and no expression, options that aren't there, names that are taken."""
    assert refusal(3, tanh(x)) == "assert_gradients_match takes a function of tensors first; found an int"
    assert refusal(torch.tanh, "tanh(x)") == (
        "assert_gradients_match takes a SymPy expression second; found the string 'tanh(x)'"
    )
    with pytest.raises(TypeError, match="unexpected keyword argument 'sead'"):
        assert_gradients_match(torch.tanh, tanh(x), sead=3)
    assert refusal(torch.tanh, tanh(grad_output)).startswith("a symbol is called 'grad_output', which is the adjoint of")
    assert refusal(torch.tanh, tanh(x), loss=torch.nn.MSELoss()) == (
        "loss goes with an nn.Module; of a function, all of it stands in the function"
    )
    assert refusal(torch.nn.Linear, tanh(x)) == "Linear is a class; accepted: an instance of it, such as Linear(…)"
    with pytest.raises(AuthorError, match=r"at: found an int; accepted: a list of points, each \{name: value\}"):
        assert_gradients_match(torch.tanh, tanh(x), at=3)
    with pytest.raises(AuthorError, match=r"at\[0\]: found a list; accepted: \{name: value\}"):
        assert_gradients_match(torch.tanh, tanh(x), at=[[1, 2]])
    assert refusal(torch.tanh, tanh(x), dtype="float8").startswith("no dtype 'float8'")


def test_a_pass_that_proves_little_warns():
    """Where rounding explains more than the gradient at most entries, the assertion passes with a warning at its line."""
    far = {"a": (60, 70), "b": (-70, -60)}
    with pytest.warns(
        BlindCheck, match=r"dL/da: at \d\d of \d\d entries rounding in bfloat16 explains more than the gradient"
    ) as said:
        assert_gradients_match(
            lambda a, b: torch.tanh(a) * b, tanh(a) * b, "a", at={"a": 1, "b": 3}, domain=far, dtype="bfloat16"
        )
    assert said[0].filename == __file__


def test_an_adjoint_need_not_be_contiguous():
    """A backward that takes the memory of its adjoint as it comes could not run, and is told by PyTorch."""

    class Flattened(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, adjoint):
            return (2 * adjoint.view(-1)).reshape(2, 3)

    assert "view size is not compatible with input tensor's size and stride" in str(failure(Flattened, 2 * x))


def test_an_output_with_more_axes_has_a_shape_of_its_own():
    """A batch of matrices is compared as one of its rows."""
    rows = matrix("z", 6, 2)
    assert_gradients_match(lambda z: torch.tanh(z), tanh(rows), shapes={"z": (3, 2, 2), "grad_output": (3, 2, 2)})


def test_one_of_several_outputs_is_chosen_in_a_lambda():
    """A tuple is refused with the remedy."""
    both = lambda x: (torch.tanh(x), x)  # noqa: E731
    assert (
        "<lambda> returned a tuple; accepted: a tensor of 2×3, the expression's shape (choose one of several outputs in a"
        in str(failure(both, tanh(x)))
    )


def test_an_adjoint_may_be_expanded():
    """`sum()` hands on an adjoint whose entries share their memory; a backward that can't take it is found out."""

    class AllButExpanded(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, adjoint):
            return adjoint * (3 if 0 in adjoint.stride() else 2)

    result = failure(AllButExpanded, 2 * x).result
    (row,) = result.gradients
    assert row.counts["autograd_wrong"] == row.entries  # at one point


def test_a_backward_that_ignores_its_adjoint_is_named():
    """For an output that is no scalar, too."""

    class Ignoring(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x.exp())
            return x.exp()

        @staticmethod
        def backward(ctx, adjoint):
            return ctx.saved_tensors[0]

    caught = failure(Ignoring, exp(x))
    assert (
        caught.result.gradients[0].hint == "the factor grad_output is missing: its backward ignores the adjoint that comes in"
    )


def test_ways_and_orders_go_on_to_the_check():
    """Further options are those of a check."""
    assert assert_gradients_match(torch.tanh, tanh(x), via="jvp", certify=True).settings.via == "jvp"
    assert {row.order for row in assert_gradients_match(torch.tanh, tanh(x), order=2, points=2).gradients} == {1, 2}


def test_the_assertions_hang_on_the_package():
    """``symgrad.testing`` is there without an import of its own."""
    assert symgrad.testing.assert_check is assert_check


def test_exercises_and_folders_are_asserted():
    """assert_check takes an exercise, a file or a folder, and gives what it found."""
    assert isinstance(assert_check("exercises/quadratic_form.py"), Report)
    right = Exercise(name="right", loss=a**2, parameters=[a])
    assert assert_check(right, seed=2).settings.seed == 2
    wrong = Exercise(name="wrong", loss=a**2, parameters=[a], torch_loss=lambda a: a * a.detach())
    with pytest.raises(CheckFailed, match="autograd is 1/2 times the gradient"):
        assert_check(wrong)
    with pytest.raises(CheckFailed, match=r"FAIL: autograd wrong: gaussian \(docs/wrong_gradient\.py\)") as caught:
        assert_check("docs/wrong_gradient.py")
    assert "repeat       python -m symgrad check docs/wrong_gradient.py --only gaussian --seed 0" in str(caught.value)
    with pytest.raises(UserError, match="assert_check takes an Exercise, a file or a folder; found an int"):
        assert_check(3)


def test_answers_are_asserted():
    """An answer in any form that is right passes; a wrong one fails with what a student is told, and its tags."""
    made = Exercise(
        name="answered", loss=total(square(x - y)), parameters=[x], at=[{"x": np.ones((2, 3)), "y": np.zeros((2, 3))}]
    )
    assert_answer_correct(made, "x", "2(x − y)")
    assert_answer_correct(made, "x", "dL/dx = x - y + x - y")
    assert_answer_correct(made, "x[1,2]", "2*(x[1,2]-y[1,2])")
    assert_answer_correct(made, "x", np.full((2, 3), 2.0))
    with pytest.raises(AnswerNotCorrect) as caught:
        assert_answer_correct(made, "x", "-2(x - y)")
    assert caught.value.verdict == "incorrect"
    assert caught.value.tags[0] == "sign"
    lines = str(caught.value).splitlines()
    assert lines[0] == "answered: the answer for x is incorrect (sign, target_exchanged): '-2(x - y)'"
    assert lines[1] == "The sign is wrong. Or: In x − y prediction and target are exchanged."
    assert lines[-1] == "repeat: python -m pytest tests/testing/test_assertions.py::test_answers_are_asserted"
    with pytest.raises(AnswerNotCorrect, match="unreadable") as caught:
        assert_answer_correct(made, "x", "2(x - z)")
    assert "^" in str(caught.value)
    with pytest.raises(UserError, match="takes an Exercise; found the string 'x'"):
        assert_answer_correct("x", "x", "2x")
    with pytest.raises(UserError, match="`xx` names no answer of this exercise"):
        assert_answer_correct(made, "xx", "2x")
    with pytest.raises(UserError, match="takes the name of what is answered, such as 'w1'; found an int"):
        assert_answer_correct(made, 1, "2x")
