"""Functions with a backward of their own: right ones pass, by every way to a gradient.

The right ones stand in `functions.cases.CASES`. Those that mean to lie are in `test_declared_functions`, variants that are wrong in `test_wrong_functions`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from functions import activations, losses, norms, products
from functions.cases import CASES, check, failed

from symgrad import add, gelu, gelu_tanh, hadamard, matrix, mean, mse_loss, rms_norm, silu, softplus
from symgrad.testing import assert_gradients_match

KEEPS_ASIDE = [norms.RMSNormKeepsRms, losses.IndexedCrossEntropy]
TWICE = [function for function in CASES if function not in KEEPS_ASIDE]
TRANSFORMED = [function for function in CASES if function.generate_vmap_rule]
FORWARD = [function for function in CASES if "jvp" in vars(function)]


def named(function: Any) -> str:
    return getattr(function, "__name__", str(function))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("function", CASES, ids=named)
def test_right_ones_agree_in_both_formats(function, dtype):
    """What is right passes; in float32 entries may be ill conditioned."""
    assert check(function, CASES[function], dtype=dtype).reason in {"agree", "ill_conditioned"}


@pytest.mark.parametrize("function", CASES, ids=named)
def test_right_ones_agree_where_the_graph_is_kept(function):
    """With create_graph=True a backward runs under autograd, and says the same."""
    assert check(function, CASES[function], via="create_graph").passed


@pytest.mark.parametrize("function", TWICE, ids=named)
def test_second_derivatives_agree(function):
    """A backward that is made of saved inputs and outputs can be differentiated again."""
    result = check(function, CASES[function], order=2)
    assert {gradient.order for gradient in result.gradients} == {1, 2}


@pytest.mark.parametrize("function", KEEPS_ASIDE, ids=named)
def test_what_is_kept_aside_is_a_constant_to_the_second_derivative(function):
    """A tensor that is neither input nor output has no history: the first derivative is right, the second is wrong."""
    error = failed(function, CASES[function], order=2)
    assert error.result.reason == "autograd_wrong"
    assert {gradient.order for gradient in error.result.gradients if gradient.reason == "autograd_wrong"} == {2}


@pytest.mark.parametrize("via", ["grad", "vjp", "jacrev"])
@pytest.mark.parametrize("function", TRANSFORMED, ids=named)
def test_transforms_agree(function, via):
    """Functions with setup_context and a rule for vmap pass through torch.func."""
    assert check(function, CASES[function], via=via).reason == "agree"


@pytest.mark.parametrize("via", ["jvp", "jacfwd"])
@pytest.mark.parametrize("function", FORWARD, ids=named)
def test_forward_mode_agrees(function, via):
    """A jvp of its own is checked like a backward."""
    assert check(function, CASES[function], via=via).reason == "agree"


@pytest.mark.parametrize(("function", "via", "message"), [
    (losses.SoftmaxCrossEntropy, "grad", "must override the setup_context staticmethod"),
    (norms.LayerNorm, "jvp", "You must implement the jvp function"),
], ids=named)  # fmt: skip
def test_a_way_that_a_function_does_not_support_is_an_error(function, via, message):
    """PyTorch's own words say what is missing; nothing is called wrong."""
    error = failed(function, CASES[function], via=via)
    assert error.result.reason == "could_not_run"
    assert message in str(error)


x = matrix("x", 3, 4)


@pytest.mark.parametrize(("function", "right", "expression"), [
    (activations.GELUTanh, activations.GELU, gelu(x)),
    (activations.GELU, activations.GELUTanh, gelu_tanh(x)),
    (activations.SiLU, activations.SiLU, gelu(x)),
    (activations.SiLU, activations.SiLU, silu(x) / 2),
    (activations.Softplus, activations.Softplus, softplus(x, beta=2)),
    (norms.LayerNormUnbiased, norms.LayerNorm, CASES[norms.LayerNorm].expression),
    (norms.RMSNorm, norms.RMSNorm, hadamard(rms_norm(x, axis=1, eps=1e-3), matrix("weight", 1, 4))),
    (products.Linear, products.Linear, add(x * matrix("weight", 4, 4), matrix("bias", 1, 4))),
], ids=named)  # fmt: skip
def test_another_forward_is_another_function(function, right, expression):
    """Losses are compared first; where they differ, no gradient is judged."""
    error = failed(function, replace(CASES[right], expression=expression))
    assert error.result.reason == "losses_differ"
    assert {gradient.reason for gradient in error.result.gradients} <= {"losses_differ", "agree"}


def test_functions_are_checked_together():
    """Two layers and a loss made of four functions."""
    y, w, v = matrix("y", 3, 2), matrix("w", 5, 4), matrix("v", 2, 5)
    hidden = add(x * w.T, matrix("b", 1, 5))

    def program(x, y, w, b, v, c):
        out = products.Linear.apply(activations.GELU.apply(products.Linear.apply(x, w, b)), v, c)
        return torch.nn.functional.mse_loss(out, y)

    expression = mean(mse_loss(add(gelu(hidden) * v.T, matrix("c", 1, 2)), y))
    shapes = {"b": (5,), "c": (2,)}
    assert assert_gradients_match(program, expression, shapes=shapes).reason == "agree"
    assert assert_gradients_match(program, expression, shapes=shapes, order=2).passed
