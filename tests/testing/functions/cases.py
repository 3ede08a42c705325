"""What the functions compute, as expressions, and how a test calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.activations import GELU, GELUTanh, SiLU, Softplus
from functions.losses import IndexedCrossEntropy, SigmoidCrossEntropy, SoftmaxCrossEntropy
from functions.norms import EPS, LayerNorm, RMSNorm, RMSNormKeepsRms
from functions.products import BatchedProduct, Linear, Outer
from functions.sequences import Attention, Recurrence
from symgrad import (
    add,
    binary_cross_entropy_with_logits,
    cross_entropy,
    gelu,
    gelu_tanh,
    hadamard,
    layer_norm,
    matrix,
    mean,
    outer,
    rms_norm,
    silu,
    softmax,
    softplus,
    step,
    take,
    tanh,
    vector,
    vstack,
)
from symgrad.testing import CheckFailed, assert_gradients_match


@dataclass(frozen=True)
class Case:
    """An expression, the program that computes it with a function given, and options of the assertion."""

    expression: Any
    program: Callable[[Any], Callable[..., Any]] = lambda function: function
    options: Mapping[str, Any] = field(default_factory=dict)


def states(x: Any, w: Any, u: Any, b: Any) -> Any:
    """The states hₜ = tanh(W xₜ + U hₜ₋₁ + b) in rows, from h₀ = 0."""
    rows, h = [], None
    for t in range(x.rows):
        z = w * take(x, t, t + 1, 0, x.cols).T
        h = step(f"h{t + 1}", tanh(add(z if h is None else z + u * h, b)))
        rows.append(h.T)
    return vstack(*rows)


def blocks(a: Any, b: Any, number: int) -> Any:
    """The products of as many blocks of a with those of b, above one another."""
    rows, inner = a.rows // number, b.rows // number
    return vstack(
        *(take(a, i * rows, (i + 1) * rows, 0, a.cols) * take(b, i * inner, (i + 1) * inner, 0, b.cols) for i in range(number))
    )


x, z, t = matrix("x", 3, 4), matrix("z", 3, 4), matrix("t", 3, 4)
row, bias = matrix("weight", 1, 4), matrix("bias", 1, 4)
square = matrix("weight", 4, 4)
columns = matrix("t", 4, 3)  # one-hot targets have a single 1 in each column, so samples lie in columns
q, k, v = matrix("q", 3, 4), matrix("k", 3, 4), matrix("v", 3, 2)
a, b = matrix("a", 6, 2), matrix("b", 6, 2)

CASES: dict[type, Case] = {
    SiLU: Case(silu(x)),
    GELU: Case(gelu(x)),
    GELUTanh: Case(gelu_tanh(x)),
    Softplus: Case(softplus(x)),
    SigmoidCrossEntropy: Case(mean(binary_cross_entropy_with_logits(z, t))),
    SoftmaxCrossEntropy: Case(mean(cross_entropy(z, t, axis=1))),
    IndexedCrossEntropy: Case(
        mean(cross_entropy(z, columns.T, axis=1)),
        program=lambda function: lambda z, t: function.apply(z, t.argmax(0)),
        options={"wrt": "z", "domain": {"t": "one_hot"}},
    ),
    RMSNorm: Case(
        hadamard(rms_norm(x, axis=1, eps=EPS), row),
        program=lambda function: lambda x, weight: function.apply(x, weight)[0],
        options={"shapes": {"weight": (4,)}},
    ),
    RMSNormKeepsRms: Case(hadamard(rms_norm(x, axis=1, eps=EPS), row), options={"shapes": {"weight": (4,)}}),
    LayerNorm: Case(
        add(hadamard(layer_norm(x, axis=1, eps=EPS), row), bias), options={"shapes": {"weight": (4,), "bias": (4,)}}
    ),
    Linear: Case(add(x * square.T, bias), options={"shapes": {"bias": (4,)}}),
    BatchedProduct: Case(
        blocks(a, b, 3),
        program=lambda function: lambda a, b: function.apply(a, b).flatten(0, 1),
        options={"shapes": {"a": (3, 2, 2), "b": (3, 2, 2)}},
    ),
    Outer: Case(outer(vector("u", 3), vector("v", 3)), options={"shapes": {"u": (3,), "v": (3,)}}),
    Attention: Case(softmax(q * k.T / 2, axis=1) * v),
    Recurrence: Case(
        states(matrix("x", 3, 2), matrix("w", 3, 2), matrix("u", 3, 3), vector("b", 3)), options={"shapes": {"b": (3,)}}
    ),
}


def check(function: type, case: Case, **options: Any) -> Any:
    """The result of the assertion about a function in the place of the case's."""
    return assert_gradients_match(case.program(function), case.expression, **{**case.options, **options})


def failed(function: type, case: Case, **options: Any) -> CheckFailed:
    """The failure of the assertion, which has to fail."""
    with pytest.raises(CheckFailed) as raised:
        check(function, case, **options)
    return raised.value
