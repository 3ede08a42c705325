"""An exercise as it comes out of the checks: normalised values, order, place; and what is accepted as a value."""

from __future__ import annotations

import dataclasses
import inspect

import numpy as np
import pytest
import sympy
import torch

from symgrad import AuthorError, Exercise, Training, check, matrix, scalar, square, step, total, vector

w, x = scalar("w"), scalar("x")
W, X, b = matrix("W", 2, 3), matrix("X", 3, 1), vector("b", 2)
ROWS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def matrix_exercise(**fields):
    """An exercise over the matrices W, X and b with a step z."""
    return Exercise(**{"name": "e", "loss": total(square(step("z", W * X + b))), "parameters": [W, b], **fields})


@pytest.mark.parametrize(
    "value",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        np.array(ROWS),
        np.array(ROWS, dtype=np.float16),
        np.array(ROWS, dtype=int),
        torch.tensor(ROWS),
        torch.tensor(ROWS, requires_grad=True),
        torch.tensor(ROWS, dtype=torch.bfloat16),
        list(torch.tensor(ROWS)),
        sympy.Matrix(ROWS),
        sympy.ImmutableDenseMatrix(ROWS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_matrix_may_be_a_list_an_array_or_a_tensor(value):
    """Nested lists, NumPy arrays, PyTorch tensors and SymPy matrices of the right shape all serve as a value."""
    exercise = matrix_exercise(at=[{"W": value, "X": [1, 2, 3], "b": [0, 0]}])
    found = exercise.given[0]["W"]
    assert found.dtype == np.float64
    assert found.tolist() == ROWS


@pytest.mark.parametrize(
    "value", [2, 2.0, np.float32(2), np.array(2), [2], [[2]], torch.tensor(2.0), sympy.Integer(2)], ids=repr
)
def test_a_scalar_may_be_any_number(value):
    """Numbers of Python, NumPy, PyTorch and SymPy serve as a value, and so does a 1×1 array."""
    exercise = Exercise(name="e", loss=square(w), parameters=[w], at=[{"w": value}])
    assert exercise.given[0]["w"].tolist() == [[2.0]]


def test_a_flat_list_is_a_column():
    """Flat lists and flat arrays are columns."""
    exercise = matrix_exercise(at=[{"W": ROWS, "X": np.array([1, 2, 3]), "b": (4, 5)}])
    assert exercise.given[0]["X"].tolist() == [[1], [2], [3]]
    assert exercise.given[0]["b"].tolist() == [[4], [5]]


def test_parameters_may_be_names_and_keep_their_order():
    """Parameters are symbols or names, in the author's order; data are what is left."""
    exercise = matrix_exercise(parameters=["b", W])
    assert exercise.parameter_names == ("b", "W")
    assert list(exercise.inputs) == ["W", "X", "b"]


def test_plain_symbols_are_read_as_real():
    """SymPy's own symbols serve like symgrad's."""
    a = sympy.Symbol("a")
    exercise = Exercise(name="e", loss=(a - 1) ** 2, parameters=[a], points=4)
    assert check(exercise).reason == "agree"


def test_the_same_step_may_stand_twice():
    """Two steps of one name and one definition are one step."""
    exercise = Exercise(name="e", loss=step("z", w + 1) * step("z", w + 1), parameters=[w])
    assert list(exercise.graph.named) == ["z"]


COLUMN = matrix("c", 3, 1)


@pytest.mark.parametrize(
    ("loss", "parameters"),
    [
        (COLUMN.T * COLUMN, ["c"]),
        (matrix("a", 1, 3) * matrix("M", 3, 3) * COLUMN, ["a", "M", "c"]),
        (matrix("o", 1, 1), ["o"]),
        (matrix("o", 1, 1) * matrix("p", 1, 1), ["o", "p"]),
        (sympy.Matrix([[w * x]]), ["w"]),
    ],
    ids=["square", "bilinear", "symbol", "product", "explicit"],
)
def test_a_one_by_one_matrix_is_a_loss(loss, parameters):
    """A 1×1 matrix serves where a scalar is wanted."""
    result = check(Exercise(name="e", loss=loss, parameters=parameters, points=4))
    assert (result.reason, result.message) == ("agree", None)


@pytest.mark.parametrize("name", ["loss", "L", "dw", "self", "torch", "function", "name", "t1", "exp", "number", "_", "π"])
def test_a_symbol_may_have_any_legal_name(name):
    """Names that mean something inside symgrad are an author's to use; the gradient is compared like any other."""
    symbol = scalar(name)
    fields = {"name": "e", "loss": square(symbol), "parameters": [symbol], "points": 4}
    right = check(Exercise(**fields))
    wrong = check(Exercise(**fields, torch_loss=lambda **given: given[name] ** 2 + (given[name] - given[name].detach())))
    other = check(Exercise(**fields, torch_loss=lambda **given: given[name] ** 2 + 1))
    assert [row.parameter for row in right.gradients] == [name]
    assert (right.reason, wrong.reason, other.reason) == ("agree", "autograd_wrong", "losses_differ")


def test_no_points_to_sample_are_fine_where_points_are_given():
    """points=0 looks at the given points only."""
    exercise = Exercise(name="e", loss=square(w), parameters=[w], points=0, at=[{"w": 1}, {"w": 2}])
    (row,) = check(exercise).gradients
    assert row.points == 2


def test_an_exercise_knows_where_it_was_written():
    """The place is the line of the call, not one inside symgrad."""
    line = inspect.currentframe().f_lineno + 1
    exercise = Exercise(name="e", loss=square(w), parameters=[w])
    assert (exercise.place.path, exercise.place.line) == (__file__, line)


def test_an_exercise_is_frozen():
    """A field of an exercise can't be set."""
    exercise = Exercise(name="e", loss=square(w), parameters=[w])
    with pytest.raises(dataclasses.FrozenInstanceError):
        exercise.name = "f"


def test_given_points_are_the_exercises_own():
    """A point that its author changes later doesn't change the exercise."""
    value = np.array(ROWS)
    exercise = matrix_exercise(at=[{"W": value, "X": [1, 2, 3], "b": [0, 0]}])
    value[0, 0] = 99
    assert exercise.given[0]["W"].tolist() == ROWS


@pytest.mark.parametrize("title", [None, 3, b"x", ["a"]], ids=repr)
def test_a_title_is_a_string(title):
    """A title is printed, so it is a string."""
    with pytest.raises(Exception, match=r"exercise 'e', title: found"):
        Exercise(name="e", title=title, loss=square(w), parameters=[w])


def test_samples_may_come_from_a_generator():
    """What an author can go through once is kept: a training can be run twice."""
    training = Training(samples=({"x": k} for k in (1, 2)), initial={"w": 1}, learning_rate=0.1, epochs=1)
    exercise = Exercise(name="e", loss=square(w * x), parameters=[w], training=training)
    assert [len(list(plan.samples)) for plan in exercise.trainings * 2] == [2, 2]


def test_a_figure_may_have_a_typographic_minus():
    """Printed figures come with − as well as with -."""
    exercise = Exercise(name="e", loss=square(w), parameters=[w], points=0, at=[{"w": -1}], published={"w": "−2.00"})
    assert check(exercise).reason == "agree"


def test_tags_are_words_each_once():
    """Tags keep their order, and each stands once; there need not be any."""
    exercise = Exercise(name="e", loss=square(w), parameters=[w], tags=["recurrent", "long-run", "recurrent", "x_2"])
    assert exercise.tags == ("recurrent", "long-run", "x_2")
    assert Exercise(name="e", loss=square(w), parameters=[w]).tags == ()


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["two words"], "'two words'"),
        ([""], "''"),
        (["2nd"], "'2nd'"),
        (["_private"], "'_private'"),
        (["é"], "'é'"),
        ([3], "3"),
        ("recurrent", "the string 'recurrent'"),
        ({"recurrent"}, "a set"),
        (None, "None"),
    ],
    ids=repr,
)
def test_tags_that_are_no_words_are_refused(tags, found):
    """The message says what was found and what a tag looks like."""
    accepted = 'a list of words of letters, digits, _ and -, beginning with a letter, such as ["recurrent"]'
    with pytest.raises(AuthorError) as raised:
        Exercise(name="e", loss=square(w), parameters=[w], tags=tags)
    assert str(raised.value).endswith(f"exercise 'e', tags: found {found}; accepted: {accepted}")


@pytest.mark.parametrize("difficulty", ["", "easy", "medium", "hard"])
def test_a_difficulty_is_one_of_three_words_or_none(difficulty):
    """An exercise need not say how difficult it is."""
    assert Exercise(name="e", loss=square(w), parameters=[w], difficulty=difficulty).difficulty == difficulty


@pytest.mark.parametrize("difficulty", ["Easy", "trivial", 1, None, ["easy"]], ids=repr)
def test_another_difficulty_is_refused(difficulty):
    """The message lists the words."""
    with pytest.raises(AuthorError) as raised:
        Exercise(name="e", loss=square(w), parameters=[w], difficulty=difficulty)
    assert str(raised.value).endswith(f"exercise 'e', difficulty: found {difficulty!r}; accepted: easy, medium, hard")
