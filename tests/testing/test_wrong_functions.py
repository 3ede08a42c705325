"""Functions with a wrong backward fail, for just the gradients that are wrong; and which mistakes can hide, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from functions import activations, losses, norms, products, sequences
from functions.cases import CASES, Case, check, failed

from symgrad import add, matrix, silu
from symgrad.testing import CheckFailed


@dataclass(frozen=True)
class Wrong:
    """A wrong variant of a right function: the parameters whose gradients are wrong, and words of the hint."""

    function: type
    right: type
    parameters: str
    hint: str = ""
    options: dict[str, Any] = field(default_factory=dict)


WRONG = [
    Wrong(activations.SiLUWithoutProductRule, activations.SiLU, "x"),
    Wrong(activations.SiLUSavesOutput, activations.SiLU, "x"),
    Wrong(activations.SiLUIgnoresAdjoint, activations.SiLU, "x", "ignores the adjoint"),
    Wrong(activations.SiLUWrongTangent, activations.SiLU, "x", "wrong sign", {"via": "jvp"}),
    Wrong(activations.GELUWithoutDensity, activations.GELU, "x"),
    Wrong(activations.GELUWithoutNormalisation, activations.GELU, "x"),
    Wrong(activations.GELUTanhWithErfBackward, activations.GELUTanh, "x"),
    Wrong(activations.GELUTanhForgetsThree, activations.GELUTanh, "x"),
    Wrong(activations.SoftplusMirrored, activations.Softplus, "x"),
    Wrong(activations.SoftplusLinearAbove, activations.Softplus, "x", "entries are wrong", {"domain": (-8, 8)}),
    Wrong(
        activations.SoftplusOverflows, activations.Softplus, "x", "not finite where the gradient is", {"domain": (-900, 900)}
    ),
    Wrong(losses.SigmoidCrossEntropyOfOne, losses.SigmoidCrossEntropy, "t z", "12 times the gradient"),
    Wrong(losses.SigmoidCrossEntropyReversed, losses.SigmoidCrossEntropy, "z", "wrong sign"),
    Wrong(losses.SigmoidCrossEntropyIgnoresAdjoint, losses.SigmoidCrossEntropy, "t z", "ignores the adjoint that comes in"),
    Wrong(losses.SigmoidCrossEntropyOfProbabilities, losses.SigmoidCrossEntropy, "t z"),
    Wrong(losses.SoftmaxCrossEntropyOfOneHot, losses.SoftmaxCrossEntropy, "z"),
    Wrong(losses.SoftmaxCrossEntropyReversed, losses.SoftmaxCrossEntropy, "z", "wrong sign"),
    Wrong(losses.IndexedCrossEntropyOfOne, losses.IndexedCrossEntropy, "z", "3 times the gradient"),
    Wrong(losses.IndexedCrossEntropyWithoutTarget, losses.IndexedCrossEntropy, "z"),
    Wrong(losses.IndexedCrossEntropyShiftedByOne, losses.IndexedCrossEntropy, "z"),
    Wrong(norms.RMSNormWithoutProjection, norms.RMSNormKeepsRms, "x"),
    Wrong(norms.RMSNormForgetsWeight, norms.RMSNormKeepsRms, "x"),
    Wrong(norms.RMSNormSavesRms, norms.RMSNormKeepsRms, "weight x"),
    Wrong(norms.LayerNormWithoutMean, norms.LayerNorm, "x"),
    Wrong(norms.LayerNormWithoutVariance, norms.LayerNorm, "x"),
    Wrong(norms.LayerNormMeanOfBatch, norms.LayerNorm, "bias weight", "1/3 times the gradient"),
    Wrong(norms.LayerNormFirstRow, norms.LayerNorm, "bias"),
    Wrong(products.LinearTransposed, products.Linear, "weight", "is the transpose of the gradient"),
    Wrong(products.LinearWeightTransposed, products.Linear, "x"),
    Wrong(products.LinearFirstRow, products.Linear, "bias"),
    Wrong(products.LinearMeanOfBatch, products.Linear, "bias", "1/3 times the gradient"),
    Wrong(products.LinearWithoutBias, products.Linear, "bias", "zero everywhere"),
    Wrong(products.LinearAsNeededElsewhere, products.Linear, "weight", "zero everywhere", {"wrt": "weight"}),
    Wrong(products.BatchedProductSwapped, products.BatchedProduct, "b"),
    Wrong(products.BatchedProductOfFirst, products.BatchedProduct, "a"),
    Wrong(products.OuterTransposed, products.Outer, "u"),
    Wrong(products.OuterReversed, products.Outer, "v", "wrong sign"),
    Wrong(sequences.AttentionForgetsScale, sequences.Attention, "k", "2 times the gradient"),
    Wrong(sequences.AttentionWithoutRowSum, sequences.Attention, "k q"),
    Wrong(sequences.AttentionScoresTransposed, sequences.Attention, "k"),
    Wrong(sequences.RecurrenceTruncated, sequences.Recurrence, "b u w x"),
    Wrong(sequences.RecurrenceSameStep, sequences.Recurrence, "u"),
    Wrong(sequences.RecurrenceNotTransposed, sequences.Recurrence, "b u w x"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.function.__name__)
def test_wrong_ones_are_wrong(wrong):
    """Just the gradients that are wrong are called wrong, and a mistake that has a name is named."""
    error = failed(wrong.function, CASES[wrong.right], **wrong.options)
    gradients = [gradient for gradient in error.result.gradients if gradient.reason == "autograd_wrong"]
    assert error.result.reason == "autograd_wrong"
    assert sorted(gradient.parameter for gradient in gradients) == wrong.parameters.split()
    for gradient in gradients:
        assert f"dL/d{gradient.parameter}: autograd is wrong" in str(error)
        assert wrong.hint in (gradient.hint or "")


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.function.__name__)
def test_wrong_ones_are_wrong_in_float32(wrong):
    """No mistake hides behind the rounding of a shorter format."""
    assert failed(wrong.function, CASES[wrong.right], dtype="float32", **wrong.options).result.reason == "autograd_wrong"


def test_every_function_has_two_wrong_variants():
    """A right function that nobody tried to get wrong would show little."""
    covered = [wrong.right for wrong in WRONG]
    assert [function for function in CASES if covered.count(function) < 2 and function is not norms.RMSNorm] == []


def test_a_mistake_outside_the_domain_is_not_seen():
    """Most points lie between −2 and 2 where no domain says otherwise, and some lie as far out as ±30."""
    with pytest.raises(CheckFailed, match="dL/dx: autograd is wrong"):
        check(activations.SoftplusLinearAbove, CASES[activations.Softplus])
    assert check(activations.SoftplusLinearAbove, CASES[activations.Softplus], domain=(-2, 2)).passed
    assert check(activations.SoftplusOverflows, CASES[activations.Softplus]).passed


def test_a_stable_backward_agrees_at_both_ends():
    """σ of the input neither overflows nor is it called wrong where it underflows."""
    for dtype in ("float64", "float32"):
        assert check(activations.Softplus, CASES[activations.Softplus], domain=(-900, 900), dtype=dtype).passed


def test_a_shortcut_for_one_hot_targets_is_right_for_them():
    """softmax − t is the gradient where every row of targets sums to 1."""
    case = Case(CASES[losses.IndexedCrossEntropy].expression, lambda function: lambda z, t: function.apply(z, t.T))
    one_hot = {"wrt": "z", "domain": {"t": "one_hot"}}
    assert check(losses.SoftmaxCrossEntropyOfOneHot, case, **one_hot).reason == "agree"
    assert failed(losses.SoftmaxCrossEntropyOfOneHot, case, wrt="z").result.reason == "autograd_wrong"


def test_a_softmax_without_shift_overflows():
    """exp of a great logit is infinite, and the loss is no number before any gradient is taken."""
    error = failed(
        losses.IndexedCrossEntropyWithoutShift, CASES[losses.IndexedCrossEntropy], domain={"z": (-900, 900), "t": "one_hot"}
    )
    assert error.result.reason == "losses_differ"


def test_what_is_right_for_a_batch_of_one_agrees_there():
    """One row hides a sum over the batch that was forgotten."""
    for function in (products.LinearMeanOfBatch, products.LinearFirstRow):
        one = Case(add(matrix("x", 1, 4) * matrix("weight", 4, 4).T, matrix("bias", 1, 4)))
        assert check(function, one, shapes={"bias": (4,)}).reason == "agree"


def test_an_unsummed_adjoint_of_a_bias_is_right():
    """PyTorch sums a gradient to the shape of what was broadcast."""
    assert check(products.LinearUnsummed, CASES[products.Linear]).reason == "agree"


@pytest.mark.parametrize("wrt", [None, "x", "weight", ["weight", "bias"]])
def test_gradients_computed_as_needed_agree(wrt):
    """With `wrt` PyTorch asks for some of the gradients only."""
    assert check(products.LinearAsNeeded, CASES[products.Linear], wrt=wrt).reason == "agree"


def test_a_mistake_in_what_is_needed_is_not_seen_where_all_is_needed():
    """Only a `wrt` that leaves x out shows it."""
    assert check(products.LinearAsNeededElsewhere, CASES[products.Linear]).passed


def test_a_gradient_of_the_wrong_shape_is_pytorchs_error():
    """PyTorch refuses a transposed gradient of a weight that isn't square."""
    x, weight = matrix("x", 3, 4), matrix("weight", 2, 4)
    error = failed(products.LinearTransposed, Case(add(x * weight.T, matrix("bias", 1, 2)), options={"shapes": {"bias": (2,)}}))
    assert error.result.reason == "could_not_run"
    assert "returned an invalid gradient at index 1" in str(error)


def test_a_short_format_inside_is_inaccurate():
    """float32 where float64 was promised is told apart from a wrong formula."""
    error = failed(activations.SiLUInFloat32, CASES[activations.SiLU])
    assert "more than rounding explains" in str(error)
    assert check(activations.SiLUInFloat32, CASES[activations.SiLU], dtype="float32").passed


def test_an_edited_adjoint_is_wrong_where_it_is_shared():
    """In x + f(x) the adjoint goes both ways."""
    x = matrix("x", 3, 4)
    shared = Case(x + silu(x), program=lambda function: lambda x: x + function.apply(x))
    assert check(activations.SiLUEditsAdjoint, CASES[activations.SiLU]).passed
    assert failed(activations.SiLUEditsAdjoint, shared).result.reason == "autograd_wrong"
    assert check(activations.SiLU, shared).reason == "agree"
