"""Functions that mean to lie: wrong unless they say what their backward computes, and wrong where they say something else."""

from __future__ import annotations

from typing import Any

import pytest
from functions.activations import SiLU
from functions.estimators import (
    ClippedGradient,
    ClippedGradientAboveOnly,
    ClippedGradientByNorm,
    GradientReversal,
    GradientReversalNotReversed,
    GradientReversalWithoutFactor,
    Quantiser,
    QuantiserMaskedAboveOnly,
    QuantiserNeverZero,
    StraightThrough,
    StraightThroughHalved,
    StraightThroughOnes,
)

from symgrad import abs as absolute
from symgrad import add, clamp, hadamard, matrix, sigmoid, sign, silu, subtract, tanh
from symgrad import round as nearest
from symgrad.basics.errors import AuthorError
from symgrad.testing import CheckFailed, assert_gradients_match

x, adjoint = matrix("x", 3, 4), matrix("grad_output", 3, 4)
quantised = nearest(clamp(x, -1, 1) * 4) / 4
between = add(1, sign(subtract(1, absolute(x)))) / 2  # 1 where |x| < 1, else 0

LIARS = {
    StraightThrough: (nearest(x), adjoint, ()),
    GradientReversal: (x, -adjoint / 4, (0.25,)),
    ClippedGradient: (x, clamp(adjoint, -0.5, 0.5), (0.5,)),
    Quantiser: (quantised, hadamard(adjoint, between), (-1.0, 1.0, 9)),
}
CONTEXTLESS = [StraightThrough, GradientReversal]

VARIANTS = [
    (StraightThrough, StraightThroughHalved, "1/2 times the gradient"),
    (StraightThrough, StraightThroughOnes, ""),
    (GradientReversal, GradientReversalNotReversed, "wrong sign"),
    (GradientReversal, GradientReversalWithoutFactor, "4 times the gradient"),
    (ClippedGradient, ClippedGradientAboveOnly, ""),
    (ClippedGradient, ClippedGradientByNorm, ""),
    (Quantiser, QuantiserNeverZero, ""),
    (Quantiser, QuantiserMaskedAboveOnly, "entries are wrong"),
]


def said(options: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in options.items()) or "backward"


def check(liar: type, function: type | None = None, **options: Any) -> Any:
    """The assertion about a liar, or about a variant in its place."""
    expression, _, constants = LIARS[liar]
    return assert_gradients_match(lambda x: (function or liar).apply(x, *constants), expression, **options)


def failed(*arguments: Any, **options: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as raised:
        check(*arguments, **options)
    return raised.value


@pytest.mark.parametrize("liar", LIARS)
def test_undeclared_they_are_wrong(liar):
    """Against the derivative of the forward, the backward is wrong."""
    error = failed(liar)
    assert error.result.reason == "autograd_wrong"
    assert "it isn't the gradient that was declared" not in str(error)


@pytest.mark.parametrize("options", [{}, {"dtype": "float32"}, {"via": "create_graph"}, {"order": 2}], ids=said)
@pytest.mark.parametrize("liar", LIARS)
def test_declared_they_pass(liar, options):
    """With what they say on purpose as the expected gradient, they pass, and the reason says so."""
    assert check(liar, expected_gradient=LIARS[liar][1], **options).reason == "declared"


@pytest.mark.parametrize("liar", LIARS)
def test_declared_by_name_they_pass(liar):
    """Declarations may go by the name of the symbol."""
    assert check(liar, expected_gradient={"x": LIARS[liar][1]}).reason == "declared"


@pytest.mark.parametrize("via", ["grad", "vjp", "jacrev"])
@pytest.mark.parametrize("liar", CONTEXTLESS)
def test_declared_they_pass_through_transforms(liar, via):
    """Those with setup_context lie alike under torch.func."""
    assert check(liar, expected_gradient=LIARS[liar][1], via=via).reason == "declared"


def test_a_declared_tangent_passes():
    """A jvp that lies like the backward passes in forward mode."""
    for via in ("jvp", "jacfwd"):
        assert check(StraightThrough, expected_gradient=adjoint, via=via).reason == "declared"


@pytest.mark.parametrize("declaration", [-2 * adjoint, 0 * adjoint, tanh(adjoint)], ids=str)
@pytest.mark.parametrize("liar", LIARS)
def test_another_declaration_is_wrong(liar, declaration):
    """What is declared is checked like a derivative."""
    error = failed(liar, expected_gradient=declaration)
    assert error.result.reason == "autograd_wrong"
    assert "it isn't the gradient that was declared" in str(error)


@pytest.mark.parametrize(("liar", "variant", "hint"), VARIANTS)
def test_variants_are_not_what_was_declared(liar, variant, hint):
    """A lie that isn't the one that was declared is wrong, and a mistake that has a name is named."""
    error = failed(liar, variant, expected_gradient=LIARS[liar][1])
    assert error.result.reason == "autograd_wrong"
    assert hint in (error.result.gradients[0].hint or "")


def test_a_mask_is_seen_where_points_lie_beyond_it():
    """Within the range the quantiser is straight through, and a mask that was forgotten isn't seen."""
    inside = {"domain": (-0.875, 0.875)}
    assert check(Quantiser, QuantiserNeverZero, expected_gradient=adjoint, **inside).reason == "declared"
    assert check(Quantiser, expected_gradient=adjoint, **inside).reason == "declared"
    assert failed(Quantiser, expected_gradient=adjoint).result.reason == "autograd_wrong"


def test_a_right_function_is_not_what_was_declared_of_it():
    """A declaration replaces the derivative even where the function is honest."""
    with pytest.raises(CheckFailed, match="it isn't the gradient that was declared"):
        assert_gradients_match(SiLU, silu(x), expected_gradient=adjoint)


def test_the_derivative_itself_may_be_declared():
    """A declaration that is the derivative is no lie: the reason is the usual one."""
    slope = hadamard(sigmoid(x), add(1, hadamard(x, sigmoid(-x))))
    assert assert_gradients_match(SiLU, silu(x), expected_gradient=hadamard(adjoint, slope)).reason == "agree"


def test_a_declaration_has_the_shape_of_its_parameter():
    """A transposed adjoint is refused with both shapes."""
    with pytest.raises(AuthorError, match="found 4×3; accepted: 3×4, the shape of 'x'"):
        check(StraightThrough, expected_gradient=adjoint.T)


def test_a_declaration_names_a_parameter():
    """An unknown name is refused with those there are."""
    with pytest.raises(AuthorError, match="has no 'y'; accepted: x"):
        check(StraightThrough, expected_gradient={"y": adjoint})


def test_another_forward_is_not_excused():
    """A declaration speaks of the backward; the losses have to agree all the same."""
    with pytest.raises(CheckFailed) as raised:
        assert_gradients_match(StraightThrough, x, expected_gradient=adjoint)
    assert raised.value.result.reason == "losses_differ"
