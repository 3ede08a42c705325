"""What a derivation reads like: the equations that a person writes."""

import re

import pytest
import sympy

from symgrad import differentiate, matrix, scalar, step, vector
from symgrad.operations.table import TABLE

sigmoid, square, tanh, total = (TABLE[name] for name in ("sigmoid", "square", "tanh", "total"))
x, y, w, b = (scalar(name) for name in "xywb")
A, B, c = matrix("A", 2, 2), matrix("B", 2, 2), vector("c", 2)


def written(loss, parameters):
    return str(differentiate(loss, parameters)).splitlines()


def test_the_two_layer_sigmoid_network_reads_like_the_textbook():
    """The derivation of the sigmoid network is the list of equations that a person writes by hand."""
    w1, w2, x, y = matrix("w1", 2, 1), matrix("w2", 2, 2), matrix("x", 1, 1), matrix("y", 2, 1)
    y1 = step("y1", sigmoid(step("z1", w1 * x)))
    y2 = step("y2", sigmoid(step("z2", w2 * y1)))
    assert written(total(square(y2 - y)) / 2, [w1, w2]) == [
        "Forward",
        "  (1)  z1  = w1 x",
        "  (2)  y1  = σ(z1)",
        "  (3)  z2  = w2 y1",
        "  (4)  y2  = σ(z2)",
        "  (5)  L   = Σ((y2 − y)²)/2",
        "Backward",
        "  (6)  dy2 = y2 − y",
        "  (7)  dz2 = dy2 ∘ y2 ∘ (1 − y2)",
        "  (8)  dw2 = dz2 y1ᵀ",
        "  (9)  dy1 = w2ᵀ dz2",
        "  (10) dz1 = dy1 ∘ y1 ∘ (1 − y1)",
        "  (11) dw1 = dz1 xᵀ",
    ]


def test_linear_regression():
    """A scalar regression has one line for the residual's adjoint and one for each parameter."""
    assert written(step("r", w * x - y) ** 2 / 2, [w]) == [
        "Forward",
        "  (1) r  = w x − y",
        "  (2) L  = r²/2",
        "Backward",
        "  (3) dr = r",
        "  (4) dw = dr x",
    ]


def test_a_tanh_network():
    """tanh′ is 1 − h², of the value that the forward pass has."""
    assert written(total(square(step("y", B * step("h", tanh(A * c))))), [A, B]) == [
        "Forward",
        "  (1) h  = tanh(A c)",
        "  (2) y  = B h",
        "  (3) L  = Σ(y²)",
        "Backward",
        "  (4) dy = 2 y",
        "  (5) dB = dy hᵀ",
        "  (6) dh = Bᵀ dy",
        "  (7) dA = (dh ∘ (1 − h²)) cᵀ",
    ]


def test_the_mean_of_squares():
    """The mean over two entries divides by 2, which cancels the 2 of the square."""
    assert written(TABLE["mean"](square(step("r", A * c))), [A, c]) == [
        "Forward",
        "  (1) r  = A c",
        "  (2) L  = mean(r²)",
        "Backward",
        "  (3) dr = r",
        "  (4) dA = dr cᵀ",
        "  (5) dc = Aᵀ dr",
    ]


def test_a_bias_that_broadcasts():
    """The gradient of a column that is added to every column is the total of the rows."""
    assert written(total(square(step("z", TABLE["add"](A * B, c)))), [c])[-2:] == ["  (3) dz = 2 z", "  (4) dc = Σ₁(dz)"]


def test_scalar_arithmetic():
    """Scalars are written without ∘, a quotient with one division a line."""
    assert written(x / y, [x])[-1] == "  (2) dx = 1/y"
    assert written(2 * (x + y), [x]) == ["Forward", "  (1) L  = 2 x + 2 y", "Backward", "  (2) dx = 2"]
    assert written(sympy.Piecewise((x**2, x > 1), (0, True)), [x])[1] == "  (1) L  = {x² if x > 1, else 0}"


@pytest.mark.parametrize("loss", [x / y, x**y, sympy.sin(x) * sympy.exp(y), x * y / (1 + x**2), sympy.exp(x * y)])
def test_a_loss_has_no_second_name(loss):
    """What is the loss is called L, without a temporary that only hands it on (``L = t1``)."""
    assert not any(re.search(r"\bL += t\d+$", line) for line in written(loss, [x, y]))


def test_the_gradient_of_a_trace_has_no_unit_matrix():
    """d tr(A B)/dB is Aᵀ, not Aᵀ I."""
    assert written(TABLE["trace"](A * B), [A, B])[-2:] == ["  (2) dA = Bᵀ", "  (3) dB = Aᵀ"]


def test_terms_keep_the_usual_order():
    """A layer reads W x + b, a polynomial falls in powers, and a cross entropy has its y first."""
    W, v = matrix("W", 2, 2), vector("b", 2)
    assert written(total(square(step("z", W * c + v))), [W])[1] == "  (1) z  = W c + b"
    assert written(x**3 - 2 * x**2 + x - 5, [x])[1] == "  (1) L  = x³ − 2 x² + x − 5"


def test_a_float_is_printed_as_it_was_written():
    """0.1 stays exact inside and reads 0.1 outside."""
    lines = written(0.1 * x, [x])
    assert lines == ["Forward", "  (1) L  = 0.1 x", "Backward", "  (2) dx = 0.1"]


def test_no_product_with_one_and_no_matrix_of_ones():
    """The adjoint of the loss is 1 and is never written as a factor, nor spread over a matrix."""
    for loss in (total(square(A * c)), total(A * c), (c.T * A * c), c.T * c, total(tanh(A))):
        text = "\n".join(written(loss, [s for s in (A, c) if loss.has(s)]))
        right = [line.split(" = ")[1] for line in text.splitlines() if " = " in line]
        assert not any(
            word in f" {side} " for side in right for word in (" 1 ", "(1 ", " 1)", "broadcast(1,") if "− " not in side
        ), text


@pytest.mark.parametrize("name", ["sigmoid", "total", "number", "plus", "pi", "lambda_", "print"])
def test_a_name_that_code_reserves_is_printed_as_the_author_wrote_it(name):
    """An underscore that keeps a name apart from a function's shows nowhere."""
    lines = written(scalar(name) ** 2, [name])
    assert lines[1].endswith(f" = {name}²")
    assert lines[-1].endswith(f" d{name} = 2 {name}")
