"""The library of exercises: every one passes, and what each is there to show is shown."""

import runpy
from pathlib import Path

import pytest

from symgrad import check
from symgrad.authoring.exercise_files import load
from symgrad.derivation import backpropagate

FOLDER = Path(__file__).parent.parent / "exercises"
EXERCISES = {exercise.name: exercise for exercise in load([str(FOLDER)])}
NAMES = [
    "cross_entropy_unit",
    "exponential_fit",
    "linear",
    "logistic_regression",
    "matrix_factorisation",
    "mlp",
    "mlp_wide",
    "quadratic",
    "quadratic_form",
    "recurrent",
    "relu_network",
    "ridge",
    "sigmoid_network",
    "softmax_regression",
    "stacked_linear",
    "stacked_sigmoid",
    "swish_unit",
    "tanh_network",
]


def test_the_library_holds_what_it_should():
    """Eighteen exercises, each with a PyTorch program of its own."""
    assert list(EXERCISES) == NAMES
    assert all(exercise.torch_loss is not None for exercise in EXERCISES.values())


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_passes_in_every_dtype(name, dtype):
    """Verdict pass, every planted error caught that can be, every published figure and every gradient by hand right."""
    result = check(EXERCISES[name], dtype=dtype, points=4)
    assert (result.verdict, result.message) == ("pass", None)
    assert result.caught == result.planted - result.uncatchable
    assert result.uncatchable == 0 or dtype in ("bfloat16", "float16")
    assert all(finding.reason == "agree" for finding in result.findings)


def test_published_figures_are_looked_at():
    """The sigmoid network's five published figures and two gradients by hand are findings of its check."""
    findings = check(EXERCISES["sigmoid_network"]).findings
    assert sorted(f.subject for f in findings) == ["loss", "w1", "w1", "w2", "w2", "y1", "y2"]


@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradients_cost_at_most_four_times_the_loss(name):
    """Baur and Strassen's bound, for every exercise."""
    operations = backpropagate(EXERCISES[name].graph, EXERCISES[name].parameter_names).operations()
    assert 1 <= operations.ratio <= 4


def test_a_variant_has_ten_thousand_weights():
    """mlp_wide has 10,000 weights or more."""
    exercise = EXERCISES["mlp_wide"]
    shapes = [exercise.inputs[name].shape for name in exercise.parameter_names if name.startswith("W")]
    assert sum(rows * columns for rows, columns in shapes) == 10_560


def test_two_linear_layers_collapse_to_one():
    """The stacked loss and the program with one layer are the same function, and dW determines dW1 and dW2."""
    result = check(EXERCISES["stacked_linear"])
    assert (result.reason, [f.text for f in result.findings]) == (
        "agree",
        ["the hand-derived dL/dW1 is right", "the hand-derived dL/dW2 is right"],
    )


def test_with_a_sigmoid_between_them_the_collapse_fails():
    """The same claims with a sigmoid between the layers are refuted: another function, and wrong gradients."""
    claimed = runpy.run_path(str(FOLDER / "stacked_linear.py"))["collapse_with_sigmoid"]()
    result = check(claimed)
    assert (result.verdict, result.reason) == ("fail", "losses_differ")
    assert [(f.subject, f.reason) for f in result.findings] == [("W1", "closed_form_wrong"), ("W2", "closed_form_wrong")]
