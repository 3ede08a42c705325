"""nn.Modules asserted: parameters and buffers by name, data to forward, the rest to the loss."""

import pytest
import torch
from torch import nn

from symgrad import add, batch_norm, hadamard, layer_norm, matrix, mean, sigmoid, square, tanh, total, vector
from symgrad.basics.errors import UserError
from symgrad.testing import CheckFailed, assert_gradients_match

x, y = matrix("x", 5, 3), matrix("y", 5, 2)
weight, bias = matrix("weight", 2, 3), vector("bias", 2)
affine = add(x * weight.T, bias.T)


def refusal(*arguments, **options):
    with pytest.raises(UserError) as caught:
        assert_gradients_match(*arguments, **options)
    return str(caught.value)


class Encoder(nn.Module):
    """Nested names, and a forward whose argument is called like the symbol."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 4)
        self.block = nn.ModuleDict({"out": nn.Linear(4, 2, bias=False)})

    def forward(self, x):
        return self.block["out"](torch.tanh(self.hidden(x)))


def test_a_linear_layer_with_its_loss():
    """Parameters by name, the input to forward, the target to the loss, whatever PyTorch calls them."""
    for loss in (nn.functional.mse_loss, nn.MSELoss(), lambda output, y: ((output - y) ** 2).mean()):
        result = assert_gradients_match(nn.Linear(3, 2), mean(square(affine - y)), loss=loss)
        assert [row.parameter for row in result.gradients] == ["bias", "weight"]


def test_a_module_without_a_loss():
    """The output itself is compared, entry by entry; data can be differentiated by, too."""
    assert [r.parameter for r in assert_gradients_match(nn.Linear(3, 2), affine).gradients] == ["bias", "weight"]
    assert [r.parameter for r in assert_gradients_match(nn.Linear(3, 2), affine, ["x", "weight"]).gradients] == ["x", "weight"]
    assert [r.parameter for r in assert_gradients_match(nn.Tanh(), tanh(x)).gradients] == ["x"]


def test_nested_names():
    """A dot in a path is an underscore in a symbol; other names are given by `parameters`."""
    w1, b1, w2 = matrix("hidden_weight", 4, 3), vector("hidden_bias", 4), matrix("block_out_weight", 2, 4)
    assert_gradients_match(Encoder(), tanh(add(x * w1.T, b1.T)) * w2.T)
    v1, c1, v2 = matrix("W1", 4, 3), vector("b1", 4), matrix("W2", 2, 4)
    paths = {v1: "hidden.weight", "b1": "hidden.bias", v2: "block.out.weight"}
    assert_gradients_match(Encoder(), tanh(add(x * v1.T, c1.T)) * v2.T, parameters=paths, dtype="float32")


def test_a_sequence_of_layers():
    """The paths of nn.Sequential are numbers, which need names."""
    v1, c1, v2, c2 = matrix("W1", 4, 3), vector("b1", 4), matrix("W2", 2, 4), vector("b2", 2)
    network = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 2))
    paths = {"W1": "0.weight", "b1": "0.bias", "W2": "2.weight", "b2": "2.bias"}
    expression = mean(square(add(sigmoid(add(x * v1.T, c1.T)) * v2.T, c2.T) - y))
    result = assert_gradients_match(network, expression, loss=nn.functional.mse_loss, parameters=paths, order=2, points=3)
    assert len(result.gradients) == 8


def test_the_modules_own_values_are_a_point():
    """A given point without values for parameters takes those of the module."""
    torch.manual_seed(0)
    layer = nn.Linear(3, 2)
    data = {"x": torch.randn(5, 3), "y": torch.randn(5, 2)}
    result = assert_gradients_match(layer, mean(square(affine - y)), at=data, points=0, loss=nn.functional.mse_loss)
    assert result.gradients[1].worst.point["weight"] == layer.weight.detach().double().tolist()


def test_a_module_stays_as_it_is():
    """Parameters, gradients, buffers and dtype of the module that was handed in don't change."""
    norm = nn.BatchNorm1d(3)
    w, b = vector("weight", 3), vector("bias", 3)
    before = {name: tensor.clone() for name, tensor in norm.state_dict().items()}
    assert_gradients_match(norm, add(hadamard(batch_norm(x), w.T), b.T), points=3)
    assert all(torch.equal(before[name], tensor) for name, tensor in norm.state_dict().items())
    assert norm.weight.grad is None
    assert norm.weight.dtype == torch.float32


def test_normalising_layers():
    """A weight of one axis is a column of the symbol's."""
    w, b = vector("weight", 3), vector("bias", 3)
    assert_gradients_match(nn.LayerNorm(3), add(hadamard(layer_norm(x, axis=1), w.T), b.T), ["weight", "bias", "x"])


def test_buffers_can_be_symbols():
    """A buffer is found by name like a parameter, but isn't differentiated by unless it is asked for."""

    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2, 3))
            self.register_buffer("scale", torch.full((3,), 2.0))

        def forward(self, x):
            return (x * self.scale) @ self.weight.T

    scale = vector("scale", 3)
    expression = hadamard(x, scale.T) * weight.T
    assert [r.parameter for r in assert_gradients_match(Scaled(), expression).gradients] == ["weight"]
    assert [r.parameter for r in assert_gradients_match(Scaled(), expression, "scale").gradients] == ["scale"]


def test_a_wrong_module_fails():
    """A layer that detaches its weight, and one that computes something else."""

    class Detached(nn.Linear):
        def forward(self, x):
            return nn.functional.linear(x, self.weight.detach(), self.bias)

    with pytest.raises(CheckFailed, match=r"dL/dweight: autograd is wrong \(autograd is zero everywhere"):
        assert_gradients_match(Detached(3, 2), affine)
    with pytest.raises(CheckFailed, match="the losses differ"):
        assert_gradients_match(nn.Linear(3, 2), tanh(affine))


def test_hooks_see_the_arguments():
    """A forward's arguments go by place, whatever the symbol is called, so that hooks of the module work."""
    layer = nn.Linear(3, 2)
    layer.register_full_backward_hook(lambda module, given, made: tuple(2 * g for g in given))
    data = matrix("input", 5, 3)
    with pytest.raises(CheckFailed, match="dL/dinput: autograd is wrong \\(autograd is 2 times the gradient\\)"):
        assert_gradients_match(layer, add(data * weight.T, bias.T), ["input"])


def test_the_loss_keeps_the_data_that_it_names():
    """A symbol called like an argument of the loss goes there, and `inputs` may list both."""
    target = matrix("target", 5, 2)
    expression = mean(square(affine - target))
    assert_gradients_match(nn.Linear(3, 2), expression, loss=nn.functional.mse_loss)
    assert_gradients_match(nn.Linear(3, 2), expression, loss=nn.functional.mse_loss, inputs=["x", "target"])


def test_a_parameter_that_is_not_in_the_expression_is_no_pass():
    """All parameters are checked, unless `wrt` says which."""
    told = "Linear has a parameter 'bias' that the expression doesn't have; accepted: a symbol for it, or wrt=[…] to leave it"
    layer = nn.Linear(3, 2)
    nn.init.zeros_(layer.bias)
    assert refusal(layer, x * weight.T).startswith(told)
    assert_gradients_match(layer, x * weight.T, ["weight"])


def test_what_does_not_fit_is_told():
    """Shapes, names and arguments that don't match are errors of the call."""
    assert refusal(nn.Linear(2, 3), affine) == "'bias' is 2×1, Linear's bias has the shape (3,)"
    assert refusal(nn.Linear(3, 2), affine + y) == (
        "Linear has no 'y', and its forward doesn't take it; its parameters and buffers: weight, bias"
    )
    assert refusal(nn.Sequential(nn.Linear(3, 2)), affine) == (
        "Sequential has no 'weight', and its forward doesn't take it; its parameters and buffers: 0.weight, 0.bias;"
        " where names differ, say parameters={'bias': '0.bias', …}"
    )
    assert refusal(nn.Linear(3, 2), affine, parameters={"W": "weight"}) == (
        "parameters: the expression has no 'W'; accepted: bias, weight, x"
    )
    assert refusal(nn.Linear(3, 2), affine, parameters={"weight": "wieght"}) == (
        "parameters: Linear has no 'wieght'; did you mean 'weight'?; accepted: weight, bias"
    )
    assert refusal(nn.Linear(3, 2), total(affine - y), loss=lambda output: output.sum()).startswith(
        "loss (<lambda>) doesn't take 'y'; accepted: "
    )
