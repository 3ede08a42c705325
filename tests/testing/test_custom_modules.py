"""Modules: plain ones, nested names, buffers, tied parameters, and modules of functions with a backward of their own."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from functions.modules import Centred, Network, Tied, TiedDetached, WrongNorm
from torch import nn

from symgrad import add, gelu, hadamard, layer_norm, matrix, mean, mse_loss, rms_norm, subtract, tanh, total
from symgrad.basics.errors import UserError
from symgrad.testing import CheckFailed, assert_gradients_match

x, y = matrix("x", 3, 4), matrix("y", 3, 2)
linear = add(x * matrix("weight", 2, 4).T, matrix("bias", 1, 2))
row, bias = matrix("weight", 1, 4), matrix("bias", 1, 4)
normed = add(hadamard(layer_norm(x, axis=1), row), bias)
tied = matrix("first_weight", 4, 4)

w1, b1, w2, b2 = matrix("W1", 5, 4), matrix("b1", 1, 5), matrix("W2", 2, 5), matrix("b2", 1, 2)
perceptron = add(tanh(add(x * w1.T, b1)) * w2.T, b2)
NUMBERED = {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}

norm = hadamard(rms_norm(x, axis=1, eps=1e-5), matrix("block_norm_weight", 1, 4))
projected = add(norm * matrix("block_project_weight", 4, 4).T, matrix("block_project_bias", 1, 4))
network = add((x + gelu(projected)) * matrix("head_weight", 2, 4).T, matrix("head_bias", 1, 2))
NESTED = ["block_norm_weight", "block_project_bias", "block_project_weight", "head_bias", "head_weight"]


def two_layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))


MODULES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "Linear": (lambda: nn.Linear(4, 2), linear, {}),
    "Linear and mse_loss": (lambda: nn.Linear(4, 2), mean(mse_loss(linear, y)), {"loss": nn.functional.mse_loss}),
    "Sequential": (two_layers, perceptron, {"parameters": NUMBERED}),
    "LayerNorm": (lambda: nn.LayerNorm(4), normed, {}),
    "buffer": (Centred, hadamard(subtract(x, matrix("centre", 1, 4)), matrix("scale", 1, 4)), {}),
    "tied": (Tied, tanh(x * tied.T) * tied.T, {}),
    "nested": (Network, network, {}),
}


def said(options: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in options.items()) or "backward"


def parameters(result: Any) -> list[str]:
    return sorted({gradient.parameter for gradient in result.gradients})


@pytest.mark.parametrize("options", [
    {}, {"dtype": "float32"}, {"via": "create_graph"}, {"via": "grad"}, {"via": "vjp"}, {"via": "jacrev"},
], ids=said)  # fmt: skip
@pytest.mark.parametrize("name", MODULES)
def test_modules_agree(name, options):
    """Parameters and buffers go by name, the rest is the input, and by every way the gradients are the same."""
    make, expression, settings = MODULES[name]
    assert assert_gradients_match(make(), expression, **settings, **options).passed


@pytest.mark.parametrize("name", ["Linear and mse_loss", "Sequential", "tied", "nested"])
def test_second_derivatives_of_modules_agree(name):
    """By all parameters together."""
    make, expression, settings = MODULES[name]
    assert assert_gradients_match(make(), expression, order=2, **settings).passed


@pytest.mark.parametrize("name", ["Linear", "LayerNorm", "buffer"])
def test_second_derivatives_of_linear_modules_need_the_input(name):
    """A module that is linear in its parameters has zeros by them alone, which is noted; by parameters and input it hasn't."""
    make, expression, settings = MODULES[name]
    alone = assert_gradients_match(make(), expression, order=2, **settings)
    assert any(note.startswith("second derivative: zero at every point for ") for note in alone.notes)
    both = ["x", *parameters(assert_gradients_match(make(), expression, **settings))]
    assert assert_gradients_match(make(), expression, order=2, wrt=both, **settings).passed


@pytest.mark.parametrize("name", ["Linear", "Linear and mse_loss", "LayerNorm"])
def test_modules_agree_in_forward_mode(name):
    """PyTorch's own layers have forward mode, and modules pass through it."""
    make, expression, settings = MODULES[name]
    assert assert_gradients_match(make(), expression, via="jvp", **settings).passed


@pytest.mark.parametrize(("name", "expected"), [
    ("Linear and mse_loss", ["bias", "weight"]),
    ("Sequential", ["W1", "W2", "b1", "b2"]),
    ("buffer", ["scale"]),
    ("tied", ["first_weight"]),
    ("nested", NESTED),
])  # fmt: skip
def test_a_modules_gradients_are_those_of_its_parameters(name, expected):
    """Without `wrt` neither the input nor a buffer is differentiated by."""
    make, expression, settings = MODULES[name]
    assert parameters(assert_gradients_match(make(), expression, **settings)) == expected


def test_a_module_is_left_as_it_was():
    """Parameters keep values, format and the gradient they had."""
    module = two_layers()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    assert_gradients_match(module, perceptron, parameters=NUMBERED)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert [parameter.grad for parameter in module.parameters()] == [None] * 4


def test_inputs_of_a_module_can_be_asked_for():
    """`wrt` names inputs, parameters, or both."""
    result = assert_gradients_match(nn.Linear(4, 2), linear, wrt=["x", "weight"])
    assert parameters(result) == ["weight", "x"]


def test_parameters_go_by_symbol_too():
    """The names of `parameters` may be the symbols themselves."""
    by_symbol = {w1: "0.weight", b1: "0.bias", w2: "2.weight", b2: "2.bias"}
    assert assert_gradients_match(two_layers(), perceptron, parameters=by_symbol).reason == "agree"


def test_a_criterion_is_a_loss():
    """A loss may be a module, as nn.MSELoss() is; what is left after the input goes to it in order."""
    result = assert_gradients_match(nn.Linear(4, 2), mean(mse_loss(linear, y)), loss=nn.MSELoss())
    assert result.reason == "agree"


def test_a_total_is_no_mean():
    """mse_loss divides by the number of entries, and the report says by which."""
    with pytest.raises(CheckFailed, match="1/6 times the SymPy loss") as raised:
        assert_gradients_match(nn.Linear(4, 2), total(mse_loss(linear, y)), loss=nn.functional.mse_loss)
    assert raised.value.result.reason == "losses_differ"


def test_a_forgotten_bias_is_another_function():
    """A parameter that the expression leaves out keeps the module's own value."""
    with pytest.raises(CheckFailed) as raised:
        assert_gradients_match(nn.Linear(4, 2), x * matrix("weight", 2, 4).T, wrt="weight")
    assert raised.value.result.reason == "losses_differ"


def test_a_detached_use_of_a_tied_weight_is_wrong():
    """A tied weight gets the sum over its uses."""
    with pytest.raises(CheckFailed) as raised:
        assert_gradients_match(TiedDetached(), tanh(x * tied.T) * tied.T)
    assert raised.value.result.reason == "autograd_wrong"


def test_a_module_with_a_wrong_function_is_wrong_for_its_input():
    """Weight and bias are right all the same."""
    assert assert_gradients_match(WrongNorm(4), normed).reason == "agree"
    with pytest.raises(CheckFailed) as raised:
        assert_gradients_match(WrongNorm(4), normed, wrt=["x", "weight", "bias"])
    wrong = [gradient.parameter for gradient in raised.value.result.gradients if gradient.reason == "autograd_wrong"]
    assert wrong == ["x"]


def test_dropout_in_training_is_another_function():
    """In eval mode it is the identity."""
    module = nn.Sequential(nn.Linear(4, 2), nn.Dropout(0.5))
    names = {"weight": "0.weight", "bias": "0.bias"}
    with pytest.raises(CheckFailed) as raised:
        assert_gradients_match(module, linear, parameters=names)
    assert raised.value.result.reason == "losses_differ"
    assert assert_gradients_match(module.eval(), linear, parameters=names).reason == "agree"


def test_a_misspelt_parameter_gets_the_nearest_name():
    """And all there are."""
    with pytest.raises(UserError, match=r"has no '0\.weigth'; did you mean '0\.weight'\?; accepted: 0\.weight, 0\.bias"):
        assert_gradients_match(two_layers(), perceptron, parameters={**NUMBERED, "W1": "0.weigth"})
