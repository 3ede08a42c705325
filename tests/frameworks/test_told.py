"""What is told of programs that run, as data: what they raised or returned, where a nan comes from, how they are called."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from symgrad import Exercise, check, square, total, vector
from symgrad.basics.errors import CouldNotRun, UserError
from symgrad.basics.messages import Message, message
from symgrad.frameworks.pytorch.functions import matched
from symgrad.frameworks.pytorch.gradients import TorchRun, run_program
from symgrad.frameworks.pytorch.nan_origin import Watch
from symgrad.frameworks.pytorch.program_of_function import by_name, program
from symgrad.graphs.from_sympy import read

w = vector("w", 2)
INPUTS = {i.name: i for i in read(total(w)).inputs}


def refused(function):
    """The error of a program at one point."""
    with pytest.raises(CouldNotRun) as caught:
        run_program(function, {"w": np.ones((1, 2, 1))}, TorchRun(INPUTS, ("w",)))
    return caught.value


def again(told):
    """A message as JSON brings it back."""
    return Message.of(json.loads(json.dumps(told.plain())))


def raising(w):
    raise ValueError("no\n  luck\n\npages of a compiler")


def returning_two(w):
    return w * w


def returning_number(w):
    return 1


def detached(w):
    return w.detach().sum()


@pytest.mark.parametrize(
    ("function", "found", "said"),
    [
        (
            raising,
            message("raised", what="torch_loss", type="ValueError", said="no luck"),
            "torch_loss raised ValueError: no luck",
        ),
        (
            returning_two,
            message(
                "returned", what="torch_loss", found=message("a_tensor_of_shape", shape=(2, 1)), accepted=message("one_entry")
            ),
            "torch_loss returned a tensor of shape (2, 1); accepted: a tensor with one entry",
        ),
        (
            returning_number,
            message(
                "returned", what="torch_loss", found=message("a_thing", type="int"), accepted=message("one_entry_without_item")
            ),
            "torch_loss returned an int; accepted: a tensor with one entry (without .item())",
        ),
        (
            detached,
            message("returned", what="torch_loss", found=message("a_detached_tensor"), accepted=message("one_on_the_tape")),
            "torch_loss returned a detached tensor; accepted: one that depends on the parameters"
            " (no .detach(), .data, .item() or no_grad on the way)",
        ),
    ],
    ids=["raising", "returning_two", "returning_number", "detached"],
)
def test_what_a_program_did_is_data(function, found, said):
    """The code says what happened, the values whose words and shapes they were; JSON keeps all of it."""
    error = refused(function)
    assert error.found == found
    assert str(error.found) == str(again(error.found)) == said


def test_shapes_that_do_not_fit_are_told_with_how_to_pass_a_flat_tensor():
    """What PyTorch raised stays what it is; the hint stands beside it."""
    function = lambda w: torch.nn.functional.linear(torch.ones(1, 2), torch.ones(2, 2), w).sum()  # noqa: E731  # as users write it
    found = refused(program(by_name(function, matched(function, ["w"], None, "f")), function, (1, 1), {})).found
    assert (found.code, found.values["type"]) == ("raised_with_hint", "RuntimeError")
    assert found.values["hint"] == message("passed_as_column", name="w", count=2)
    assert str(found).endswith(" (w was passed as (2, 1); shapes={'w': (2,)} passes it flat)")


@pytest.mark.parametrize(
    ("function", "values"),
    [
        (lambda w: torch.sqrt(w * w), {"node": "MulBackward0", "from_zero": False, "after": "SqrtBackward0", "branch": False}),
        (lambda w: torch.sqrt(w) * 0, {"node": "SqrtBackward0", "from_zero": True, "after": None, "branch": False}),
        (
            lambda w: torch.where(w > 0, torch.sqrt(w), 0),
            {"node": "SqrtBackward0", "from_zero": True, "after": None, "branch": True},
        ),
    ],
)
def test_the_origin_of_a_nan_is_data(function, values):
    """Which step made it, whether out of an adjoint of 0, after which infinite slope, and whether a branch was chosen."""
    watch, w = Watch(), torch.zeros((), dtype=torch.float64, requires_grad=True)
    loss = function(w)
    watch(loss)
    loss.backward()
    assert watch.origin == Message("first_nan", values)


class Overflowing(torch.autograd.Function):
    """x² in float16, whose backward overflows on the way."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, adjoint):
        (x,) = ctx.saved_tensors
        return adjoint * 60000 * x * 2 / 60000


def test_the_origin_of_an_infinity_is_named():
    """A backward that overflows by itself is named, with the largest number there is; the check's report says so."""
    result = check(
        Exercise(name="off", loss=total(square(w)), parameters=[w], torch_loss=lambda w: Overflowing.apply(w).sum()),
        dtype="float16",
    )
    (row,) = result.gradients
    assert Message("first_infinity", {"node": "OverflowingBackward", "largest": 65504.0}) in row.hints
    assert "OverflowingBackward makes the first infinity out of finite numbers; the format's largest is 65504" in result.message


def test_without_a_nan_there_is_no_origin():
    """A backward() that makes none is told nothing of."""
    watch, w = Watch(), torch.ones((), requires_grad=True)
    watch(w * w)
    (w * w).backward()
    assert watch.origin is None


def test_a_function_that_takes_other_names_is_told_as_data():
    """The near name is a value, and so are the names that would be taken."""
    with pytest.raises(UserError) as caught:
        matched(lambda wieght, x: wieght * x, ["weight", "x"], None, "f")
    assert caught.value.found == message(
        "function_takes_unknown",
        what="f",
        name="wieght",
        closest="weight",
        accepted=message("arguments_like_symbols", names=["weight", "x"]),
    )
