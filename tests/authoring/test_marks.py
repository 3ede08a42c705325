"""What an exercise asks of students and what it is worth: fields that are checked as it is made."""

import numpy as np
import pytest

from symgrad import Exercise, log_softmax, matrix, step, total
from symgrad.basics.errors import AuthorError
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings

W, x, y = matrix("W", 2, 3), matrix("x", 3, 4), matrix("y", 2, 4)
z = step("z", W * x)
LOSS = -total(matrix("y", 2, 4).T * log_softmax(z, axis=0))


def exercise(**fields):
    return Exercise(name="e", loss=LOSS, parameters=[W], **fields)


def test_marks_and_credit_are_kept():
    """Parameters, entries and steps, in the author's order."""
    made = exercise(marks={"dz": 1, "W": 2.5, "W[2,3]": 0}, credit={"sign": 0.5, "entries": 1})
    assert list(made.marks.items()) == [("dz", 1.0), ("W", 2.5), ("W[2,3]", 0.0)]
    assert made.credit == {"sign": 0.5, "entries": 1.0}
    assert exercise().marks == {}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"marks": {"V": 1}}, "exercise 'e', marks: the exercise has no 'V'; accepted: dz, W"),
        ({"marks": {"z": 1}}, "exercise 'e', marks: the exercise has no 'z'; did you mean 'dz'?; accepted: dz, W"),
        ({"marks": {"W[3,1]": 1}}, "exercise 'e', marks: 'W[3,1]' is no entry; accepted: an entry of 2×3, counted from 1"),
        ({"marks": {"W[1]": 1}}, "exercise 'e', marks: 'W[1]' is no entry; accepted: an entry of 2×3, counted from 1"),
        ({"marks": {"W": -1}}, "exercise 'e', marks['W']: found -1; accepted: a number of marks, 0 or more"),
        ({"marks": {"W": "2"}}, "exercise 'e', marks['W']: found '2'; accepted: a number of marks, 0 or more"),
        ({"marks": {1: 1}}, "exercise 'e', marks: found an int for a name; accepted: a name in quotes: dz, W"),
        ({"marks": ["W"]}, "exercise 'e', marks: found a list; accepted: {name: marks}"),
        ({"credit": {"sign": 2}}, "exercise 'e', credit['sign']: found 2; accepted: a share between 0 and 1"),
        ({"credit": {"sign": "half"}}, "exercise 'e', credit['sign']: found 'half'; accepted: a share between 0 and 1"),
        ({"credit": {1: 1}}, "exercise 'e', credit: found an int for a tag; accepted: tags in quotes, such as \"sign\""),
        (
            {"domain": {"y": "onehot"}},
            "exercise 'e', domain: 'y': found the string 'onehot'; accepted: (low, high), or \"one_hot\"",
        ),
    ],
)
def test_mistakes_in_them_are_the_author_s(fields, message):
    """Each names the field, what was found and what is accepted."""
    with pytest.raises(AuthorError) as caught:
        exercise(**fields)
    assert str(caught.value).split(": ", 1)[1] == message


def test_a_row_has_no_one_hot_columns():
    """A column of one entry can't be one-hot; a positive symbol's may."""
    row = matrix("row", 1, 3)
    with pytest.raises(AuthorError, match=r"'row' has no column with a single 1; accepted: \(low, high\)"):
        Exercise(name="e", loss=total(row * x), parameters=[row], domain={"row": "one_hot"})


def test_one_hot_points_are_drawn():
    """Sampled columns have a single 1, at special points too, and not always the same one."""
    points = gather(Question(exercise(domain={"y": "one_hot"}), Settings())).points.values["y"]
    assert points.shape == (40, 2, 4)
    assert np.all((points == 0) | (points == 1))
    assert np.all(points.sum(axis=1) == 1)
    assert 0 < points[:, 0].mean() < 1
