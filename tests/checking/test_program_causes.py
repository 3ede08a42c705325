"""Why a program is off, as its operations show: its formats, what overflows, what stretches; each with its line."""

from __future__ import annotations

import inspect

import pytest
import torch

from symgrad import Exercise, check, divide, exp, hadamard, logsumexp, mean, norm, sigmoid, square, subtract, total, vector

a, b = vector("a", 3), vector("b", 3)
TENTHS = torch.tensor([[0.1, 0.2, 0.3]])
HALVES = torch.tensor([[0.5, 1.0, -2.0]])


class Saved(torch.autograd.Function):
    """A sigmoid that keeps its value in bfloat16 for backward()."""

    @staticmethod
    def forward(context, z):
        y = torch.sigmoid(z)
        context.save_for_backward(y.bfloat16())
        return y

    @staticmethod
    def backward(context, adjoint):
        (y,) = context.saved_tensors
        return adjoint * (y * (1 - y)).double()


def judged(loss, program, dtype="float64", **fields):
    """The result of a check of `program`, at a few points."""
    return check(Exercise(name="e", loss=loss, parameters=[a], points=4, torch_loss=program, **fields), dtype=dtype)


def here(function):
    """The line that a function begins on, as ``path:line``."""
    return f"{__file__}:{inspect.getsourcelines(function)[1]}"


SHORT = {
    "float": (total(square(sigmoid(a))), lambda a: (torch.sigmoid(a.float()) ** 2).sum(), "float32"),
    "half": (total(square(sigmoid(a))), lambda a: (torch.sigmoid(a.half()).double() ** 2).sum(), "float16"),
    "bfloat16": (total(square(sigmoid(a))), lambda a: (torch.sigmoid(a.bfloat16()).double() ** 2).sum(), "bfloat16"),
    "to": (total(square(sigmoid(a))), lambda a: (torch.sigmoid(a.to(torch.float32)).double() ** 2).sum(), "float32"),
    "tensor": (total(square(a)) / 10, lambda a: (a**2).sum() * torch.tensor(0.1, dtype=torch.float32).double(), "float32"),
}


@pytest.mark.parametrize("name", SHORT)
def test_a_short_format_inside_is_named_with_its_line(name):
    """Where an error goes away in the format under test throughout, the format and what brought it in are told."""
    loss, program, format_ = SHORT[name]
    result = judged(loss, program)
    assert result.reason == "losses_differ"
    assert f" relative: {name} ({here(program)}) has it computed in {format_}; in float64 throughout, the program is right" in (
        result.message
    )


def test_a_short_format_of_a_backward_is_named():
    """What is kept for backward() in fewer digits makes the gradient wrong alone; that says so, too."""
    result = judged(total(square(sigmoid(a))), lambda a: (Saved.apply(a) ** 2).sum())
    assert result.reason == "autograd_wrong"
    assert result.message.startswith("dL/da: autograd is wrong (0.")
    assert result.message.endswith(" has it computed in bfloat16; in float64 throughout, the program is right)")


def test_numbers_that_come_in_a_short_format_are_named():
    """A constant of the author's that was rounded to float32 keeps that: another rounding of it makes an error as large."""
    program = lambda a: (TENTHS.double() @ a).sum()  # noqa: E731
    result = judged(total(hadamard([[0.1, 0.2, 0.3]], a.T)), program)
    assert result.message.endswith(f" relative, as roundings of the numbers in float32 are that double ({here(program)}) takes")


@pytest.mark.parametrize(
    "program",
    [
        lambda a: (a**2).sum() * (1 + 3e-8),
        lambda a: (a**2).sum() * (1 + 3e-8) + 0 * a.float().sum().double(),
        lambda a: (a**2 * HALVES.T.double().abs() / HALVES.T.abs().double()).sum() * (1 + 3e-8),
    ],
)
def test_a_wrong_factor_of_the_size_of_a_rounding_has_no_such_name(program):
    """Neither where nothing is in another format, nor where something is that has no part in it."""
    result = judged(total(square(a)), program)
    assert result.reason == "losses_differ"
    assert result.message.endswith(": 3e-08 relative, more than rounding in float64 explains")


def test_what_overflows_in_a_program_is_named_with_its_line():
    """The formula stays finite where the program doesn't: the first operation that leaves the format is told."""
    program = lambda a: torch.log(torch.exp(a).sum())  # noqa: E731
    result = judged(logsumexp(a), program, dtype="float16", domain={"a": (11.5, 13)})
    assert (result.reason, len(result.messages)) == ("losses_differ", 1)
    assert result.message.endswith(
        f": exp ({here(program)}) overflows in float16, whose largest number is 65504; a wider --dtype reaches further, a"
        " narrower domain keeps it smaller"
    )


def test_an_overflow_of_float64_has_no_wider_format():
    """Beyond float64 there is nothing to turn to."""
    program = lambda a: torch.log(torch.exp(a).sum())  # noqa: E731
    result = judged(logsumexp(a), program, at=[{"a": [800, 3, 4]}])
    assert result.message.endswith(f": exp ({here(program)}) overflows in float64, whose largest number is 1.7977e+308")


def test_an_overflow_at_a_given_point_is_named():
    """A given point stays, though the loss is beyond the format there; it's told what overflows."""
    program = lambda a: (a**2).sum()  # noqa: E731
    result = judged(total(square(a)), program, dtype="float16", at=[{"a": [300, 3, 4]}])
    assert result.reason == "undefined"
    assert f"the SymPy loss 90025; pow ({here(program)}) overflows in float16" in result.message


def test_a_pole_is_no_overflow():
    """1/0 is infinite in every format."""
    result = judged(total(square(a)), lambda a: (1 / a).sum(), at=[{"a": [0, 1, 2]}])
    assert result.message.endswith("these are two different functions")


@pytest.mark.parametrize(
    ("loss", "bounds", "what"),
    [
        (total(exp(a)), (11.5, 13), "the loss"),
        (total(divide(1, square(a))), (0.02, 0.025), "dL/da"),
        (norm(a), (200, 300), "what it is made of"),
    ],
)
def test_a_loss_beyond_a_format_is_said_to_be_that(loss, bounds, what):
    """Where no point is found for the format's range alone, what leaves it is told, and what to do."""
    result = check(Exercise(name="e", loss=loss, parameters=[a], domain={"a": bounds}), dtype="float16")
    assert (result.reason, result.message) == (
        "undefined",
        f"no point was found: wherever it was looked at, {what} leaves the range of float16, whose largest number is 65504;"
        " check in a wider --dtype, or give a narrower domain, or points in at",
    )
    assert check(Exercise(name="e", loss=loss, parameters=[a], domain={"a": bounds}), points=4).reason == "agree"


STRETCHES = {
    "mse_loss": lambda a, b: torch.nn.functional.mse_loss(a.squeeze(1), b),
    "sub": lambda a, b: ((a.squeeze(1) - b) ** 2).mean(),
    "subtract": lambda a, b: (torch.subtract(a.squeeze(1), b) ** 2).mean(),
}


@pytest.mark.filterwarnings("ignore:Using a target size:UserWarning")
@pytest.mark.parametrize("name", STRETCHES)
def test_shapes_that_stretch_one_another_are_named(name):
    """A loss over (3,) and (3, 1) is one over 3×3 pairs, which the formula isn't."""
    result = judged(mean(square(a - b)), STRETCHES[name])
    assert result.message.endswith(
        f": {name} ({here(STRETCHES[name])}) stretches (3,) and (3, 1) to (3, 3), which the formula doesn't"
    )


def test_shapes_that_the_formula_stretches_as_well_are_none():
    """All pairs of entries are what the formula means, too; that it is something else has another reason."""
    loss = mean(square(subtract(a, b.T)))
    result = judged(loss, lambda a, b: ((a - b.T) ** 2).mean() + 1)
    assert result.message.endswith("these are two different functions")
    result = judged(total(a * b.T), lambda a, b: (a * b.T).sum() + 1)
    assert result.message.endswith("these are two different functions")


def test_the_loss_compiled_names_operations_alone():
    """Without a program of the author's there is no line to name."""
    point = [{"a": [300, 3, 4]}]
    result = check(Exercise(name="e", loss=total(square(a)), parameters=[a], at=point, points=4), dtype="float16")
    assert "; pow overflows in float16, whose largest number is 65504" in result.message
