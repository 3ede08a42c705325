"""Where PyTorch computes: devices that aren't there, one that is, and products in a format of fewer digits."""

import contextlib

import pytest
import torch

from symgrad import Exercise, check, matrix, square, tanh, total, vector
from symgrad.authoring.exercise_files import load
from symgrad.basics.errors import UserError
from symgrad.frameworks.pytorch.devices import available, lost, products, remarks, usable

CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch has no CUDA device here")
w, x = matrix("w", 8, 64), vector("x", 64)
CPU = torch.device("cpu")


@contextlib.contextmanager
def allowed(precision):
    """PyTorch's setting for products in float32, and back again."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(precision)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def shortened(digits):
    """A product whose factors are rounded to so many digits on the way in, forward and backward, as TF32 does."""

    def cut(tensor):
        mantissa, exponent = torch.frexp(tensor)
        return torch.ldexp(torch.round(mantissa * 2**digits), exponent - digits)

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, w, x):
            ctx.save_for_backward(w, x)
            return cut(w) @ cut(x)

        @staticmethod
        def backward(ctx, adjoint):
            w, x = ctx.saved_tensors
            return cut(adjoint) @ cut(x).mT, cut(w).mT @ cut(adjoint)

    return Exercise(
        name="shortened",
        loss=total(square(tanh(w * x))),
        parameters=[w, x],
        domain={"w": (-0.123, 0.127)},
        torch_loss=lambda w, x: (torch.tanh(Product.apply(w, x)) ** 2).sum(),
    )


@pytest.mark.parametrize("name", ["cuda:99", "meta", "gpu"])
def test_a_device_that_is_not_there_is_an_error_of_the_call(name):
    """The message says which devices PyTorch has."""
    made = Exercise(name="plain", loss=total(square(x)), parameters=[x])
    with pytest.raises(UserError, match=f"^no device '{name}' here .*; PyTorch has cpu"):
        check(made, device=name)


def test_the_cpu_is_always_there():
    """The devices begin with the CPU."""
    assert available()[0] == "cpu"
    assert usable("cpu") == CPU


def test_the_command_line_tells_of_a_missing_device(symgrad, write):
    """--device with what isn't there ends with 2, in one line."""
    result = symgrad("check", write("parabola.py"), "--device", "cuda:99")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: no device 'cuda:99' here (")
    assert len(result.stderr.splitlines()) == 1


def test_settings_that_cost_digits_of_products_are_known():
    """What PyTorch may round factors to follows its settings, in float32 alone."""
    assert products(CPU, "float32") == "float32"
    assert list(remarks(CPU, "float32")) == []
    with allowed("medium"):
        assert products(CPU, "float32") == "bf16"
        assert products(CPU, "float64") == "float64"
        assert lost(CPU, "float32") == 2**-8
        assert lost(CPU, "float64") == 0
        assert list(map(str, remarks(CPU, "float32"))) == [
            "PyTorch may round factors of matrix products to bf16, which the tolerance allows for"
        ]


def test_products_of_few_digits_pass_where_pytorch_was_told_so():
    """A product with factors of 11 digits fails in float32, unless PyTorch's settings allow TF32; then it's noted."""
    assert check(shortened(11), dtype="float32").verdict == "fail"
    with allowed("high"):
        result = check(shortened(11), dtype="float32")
        assert result.passed, result.message
        assert result.notes[0] == "PyTorch may round factors of matrix products to tf32, which the tolerance allows for"
        assert result.caught == result.planted > 0
        assert check(shortened(4), dtype="float32").verdict == "fail"


def test_a_wrong_sign_is_seen_with_short_products():
    """What TF32 explains is no blank cheque."""
    made = Exercise(
        name="signed",
        loss=total(square(w * x)),
        parameters=[w],
        torch_loss=lambda w, x: -((w @ x) ** 2).sum() + 2 * ((w.detach() @ x) ** 2).sum(),
    )
    with allowed("high"):
        assert check(made, dtype="float32").reason == "autograd_wrong"


@CUDA
@pytest.mark.parametrize("via", ["backward", "grad", "jvp"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_exercises_pass_on_a_gpu(via, dtype):
    """The library's exercises pass there as well, and the report names the device."""
    for exercise in load(["exercises"], only=["sigmoid_network", "mlp", "softmax_regression", "recurrent"]):
        result = check(exercise, device="cuda", via=via, dtype=dtype)
        assert result.passed, result.message
        assert result.notes[0].startswith("computed on cuda")


@CUDA
def test_tf32_is_reported_on_a_gpu():
    """In float32 it is said whether TF32 is on, and what it costs is allowed for."""
    made = Exercise(name="product", loss=total(square(tanh(w * x))), parameters=[w, x])
    assert check(made, device="cuda", dtype="float32").notes[0].endswith("; TF32 is off in matrix products")
    with allowed("high"):
        result = check(made, device="cuda", dtype="float32")
        assert result.passed, result.message
        assert "may round factors of matrix products to tf32" in result.notes[0]


@CUDA
def test_a_second_order_goes_on_a_gpu():
    """Hessian-vector products are taken there, too."""
    (exercise,) = load(["exercises"], only=["tanh_network"])
    assert check(exercise, device="cuda", order=2).passed
