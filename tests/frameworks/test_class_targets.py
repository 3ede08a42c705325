"""What a loss over classes raises over its target comes with what it takes for one, and what it got."""

from __future__ import annotations

import pytest
from torch import tensor
from torch.nn import CrossEntropyLoss
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, log_softmax, nll_loss, one_hot

from symgrad import Exercise, check, hadamard, matrix, total, vector
from symgrad import log_softmax as normalized

z, t = matrix("z", 4, 3), matrix("t", 4, 3)
v, p = vector("v", 3), vector("p", 3)
INDICES = "class indices, whole numbers from 0 to 2 of shape (4,)"
EITHER = f"cross_entropy takes {INDICES}, or probabilities, floating-point numbers of shape (4, 3)"
TARGETS = {
    "whole_probabilities": (lambda z, t: cross_entropy(z, t.long()), f"{EITHER}; found torch.int64 of shape (4, 3)"),
    "one_hot": (
        lambda z, t: cross_entropy(z, one_hot(tensor([1, 2, 0, 0]), 3)),
        f"{EITHER}; found torch.int64 of shape (4, 3)",
    ),
    "floating_indices": (
        lambda z, t: cross_entropy(z, t.argmax(1).double()),
        f"{EITHER}; found torch.float64 of shape (4,)",
    ),
    "a_module": (
        lambda z, t: CrossEntropyLoss()(z, t.argmax(1).double()),
        f"{EITHER}; found torch.float64 of shape (4,)",
    ),
    "a_column_of_indices": (
        lambda z, t: cross_entropy(z, t.argmax(1, keepdim=True)),
        f"{EITHER}; found torch.int64 of shape (4, 1)",
    ),
    "counted_from_one": (
        lambda z, t: cross_entropy(z, tensor([1, 2, 3, 1])),
        f"{EITHER}; found torch.int64 up to 3 of shape (4,)",
    ),
    "probabilities_for_indices": (
        lambda z, t: nll_loss(log_softmax(z, 1), t),
        f"nll_loss takes {INDICES}; found torch.float64 of shape (4, 3)",
    ),
    "whole_of_two": (
        lambda z, t: binary_cross_entropy_with_logits(z, t.long()),
        "binary_cross_entropy_with_logits takes probabilities, floating-point numbers of shape (4, 3); found torch.int64 of"
        " shape (4, 3)",
    ),
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_that_is_not_taken_is_told_what_is(name):
    """PyTorch's own words say what it doesn't take; the hint says what it takes, in shapes and formats."""
    program, hint = TARGETS[name]
    loss = -total(hadamard(t, normalized(z, axis=1))) / 4
    result = check(Exercise(name="e", loss=loss, parameters=[z], domain={"t": (0, 1)}, points=2, torch_loss=program))
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert result.message.endswith(f" ({hint})")


def test_an_error_of_a_target_that_is_taken_has_no_hint():
    """Weights for as many classes as there are not are no matter of the target."""
    program = lambda z, t: cross_entropy(z, t.argmax(1), weight=tensor([1.0, 2.0]))  # noqa: E731
    loss = -total(hadamard(t, normalized(z, axis=1))) / 4
    result = check(Exercise(name="e", loss=loss, parameters=[z], domain={"t": (0, 1)}, points=2, torch_loss=program))
    assert result.reason == "could_not_run"
    assert "class indices" not in result.message


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("cross_entropy", lambda v, p: cross_entropy(v, p)),
        ("log_softmax", lambda v, p: -(p * log_softmax(v, 1)).sum()),
        ("log_softmax", lambda v, p: -(p * v.log_softmax(dim=-1)).sum()),
    ],
)
def test_a_column_is_no_row_of_classes(name, program):
    """A column of scores is taken for samples of one class each, of which the loss is constant."""
    loss = -total(hadamard(p, normalized(v)))
    result = check(Exercise(name="e", loss=loss, parameters=[v], domain={"p": "one_hot"}, points=2, torch_loss=program))
    assert result.reason == "losses_differ"
    assert f": {name} ({__file__}:" in result.message
    assert result.message.endswith(") is constant over the single class of shape (3, 1)")
