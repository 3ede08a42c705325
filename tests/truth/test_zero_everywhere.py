"""Zero everywhere, told from zero at the points at hand; and the reason that is given for it, only where it holds."""

import pytest

from symgrad import Exercise, add, batch_norm, exp, floor, hadamard, matrix, relu, scalar, softmax, square, step, total, vector
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.truth.zero_everywhere import centred_by, zero_everywhere

x, y = scalar("x"), scalar("y")
b, g = vector("b", 3), vector("g", 3)
X, G, row, column = matrix("X", 3, 4), matrix("G", 3, 4), matrix("row", 1, 4), matrix("column", 3, 1)


def found(loss, name):
    exercise = Exercise(name="made", loss=loss, parameters=[name])
    return name in zero_everywhere(differentiated(exercise).derivation, exercise.inputs, [name])


def reason(loss, name):
    return centred_by(Exercise(name="made", loss=loss, parameters=[name]).graph, name)


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        (total(softmax(b, axis=0)) + y**2, "b"),
        (total(floor(b)) + y**2, "b"),
        (total(square(relu(batch_norm(add(X, row))))), "row"),
        (total(relu(b)) - total(relu(-b)) - total(b), "b"),
        (relu(step("c", 3 + 0 * y)) * y + total(softmax(b, axis=0)), "b"),
    ],
    ids=["softmax", "floor", "batch_norm", "relus", "constant"],
)
def test_what_is_zero_everywhere_is_found(loss, name):
    """Sums of shares, steps, a bias before batch norm, kinks that cancel."""
    assert found(loss, name)


@pytest.mark.parametrize(
    "loss",
    [
        y**2 + relu(x - 100),
        y**2 + relu(-x - 1000) ** 2,
        y**2 + x * exp(-200),
        y**2 + x / 10**60,
        total(softmax(b, axis=0)) + x,
    ],
    ids=["beyond", "below", "tiny", "tinier", "another"],
)
def test_what_is_zero_here_alone_is_not(loss):
    """A slope that no usual number shows, or that is tiny, is none that is zero everywhere."""
    assert not found(loss, "x")


def test_a_reason_is_given_where_it_holds():
    """What is added to all that a row puts in relation doesn't change it; what is added to some of it does."""
    assert reason(total(hadamard(G, batch_norm(add(X, row)))), "row") == ["batch_norm"]
    assert reason(total(hadamard(g, softmax(add(b, x), axis=0))), "x") == ["softmax"]
    assert reason(total(hadamard(G, softmax(add(X, column), axis=1))), "column") == ["softmax"]


def test_no_reason_is_given_where_another_one_holds():
    """Shares sum to 1, whatever they are: softmax changes by its operand, though the loss doesn't."""
    assert reason(total(softmax(b, axis=0)), "b") == []
    assert reason(total(softmax(add(X, row), axis=1)), "row") == []
    assert reason(total(hadamard(G, batch_norm(add(X, row)))) + total(row), "row") == []
