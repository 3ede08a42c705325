"""Training loops: run as a user writes them, every gradient and every update checked."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from symgrad import Exercise, Settings, Training, UserError, check, matrix, scalar, square, step, total
from symgrad.authoring.exercise_files import load
from symgrad.checking import training
from symgrad.checking.training import train
from symgrad.cli import cli

EXERCISES = Path(__file__).parents[2] / "exercises"
SAMPLES = [{"x": 1, "y": 2}, {"x": 2, "y": 4}, {"x": 3, "y": 6}]
w, x, y = scalar("w"), scalar("x"), scalar("y")


def exercise(**fields):
    plan = {"samples": SAMPLES, "initial": {"w": 1}, "learning_rate": 0.01, "epochs": 5} | fields
    return Exercise(
        name="line",
        loss=square(step("prediction", w * x) - y),
        parameters=[w],
        training=Training(**plan),
    )


def run(**fields):
    made = exercise(**fields)
    return train(made, made.trainings[0])


def loop(zeroed=True, sign=1, factor=1):
    """An author's own loop, right unless told otherwise."""

    def author_loop(parameters, samples, learning_rate, epochs):
        for _ in range(epochs):
            for sample in samples:
                loss = (parameters["w"] * sample["x"] - sample["y"]) ** 2
                loss.backward()
                yield loss
                with torch.no_grad():
                    parameters["w"] -= sign * factor * learning_rate * parameters["w"].grad
                if zeroed:
                    parameters["w"].grad.zero_()

    return author_loop


def test_the_default_loop_passes_and_every_gradient_is_compared():
    """Five epochs of three samples: fifteen gradients, each certified."""
    result = run()
    assert (result.verdict, result.message) == ("pass", None)
    (row,) = result.gradients
    assert (row.points, row.certified) == (15, 15)
    assert result.caught == result.planted > 0


def test_a_right_loop_of_the_authors_passes():
    """The same loop, written by an author, has the same trajectory."""
    own, default = run(loop=loop()), run()
    assert own.verdict == "pass"
    assert (own.trajectory.gradients["w"] == default.trajectory.gradients["w"]).all()


def test_a_gradient_that_is_not_zeroed_is_seen_and_named():
    """Without zero_() every gradient is the sum of all before it."""
    result = run(loop=loop(zeroed=False))
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")
    assert result.message == (
        "dL/dw: autograd is wrong from step 1 on (each is the sum of all gradients so far: the gradient isn't zeroed)"
    )


def test_an_update_with_the_wrong_sign_is_seen_and_named():
    """Ascent instead of descent."""
    result = run(loop=loop(sign=-1))
    assert (result.verdict, result.reason) == ("fail", "update_differs")
    assert result.message == "step 0 moved w[0, 0] by -0.02; −rate·gradient is 0.02 (the sign is wrong)"


def test_an_update_with_the_wrong_rate_is_seen():
    """A rate that is 0.1 % too large."""
    result = run(loop=loop(factor=1.001))
    assert (result.verdict, result.reason) == ("fail", "update_differs")
    assert result.message == "step 0 moved w[0, 0] by 0.02002; −rate·gradient is 0.02"


def test_a_last_update_that_is_missing_is_seen():
    """A loop that stops before its last update."""

    def short(parameters, samples, learning_rate, epochs):
        yield from list_of_steps(parameters, samples, learning_rate, epochs)

    def list_of_steps(parameters, samples, learning_rate, epochs):
        total_steps = epochs * len(samples)
        for k in range(total_steps):
            sample = samples[k % len(samples)]
            loss = (parameters["w"] * sample["x"] - sample["y"]) ** 2
            loss.backward()
            yield loss
            if k < total_steps - 1:
                with torch.no_grad():
                    parameters["w"] -= learning_rate * parameters["w"].grad
                    parameters["w"].grad.zero_()

    result = run(loop=short)
    assert (result.reason, result.message.split(" moved")[0]) == ("update_differs", "step 14")


def test_rates_by_parameter():
    """Each parameter moves at its own rate."""
    a, b = scalar("a"), scalar("b")
    made = Exercise(
        name="two_rates",
        loss=square(a * x + b - y),
        parameters=[a, b],
        training=Training(
            samples=SAMPLES, initial={"a": 1, "b": 1}, learning_rate={"a": 0.02, "b": 0.01}, epochs=3, dtype="float64"
        ),
    )
    result = train(made, made.trainings[0])
    assert result.verdict == "pass"
    first = result.trajectory
    assert first.parameters["a"][1].item() == 1 - 0.02 * first.gradients["a"][0].item()
    assert first.parameters["b"][1].item() == 1 - 0.01 * first.gradients["b"][0].item()


def test_matrices_are_trained_too():
    """A loss of matrices without a program of the author's runs compiled."""
    W, u, t = matrix("W", 2, 3), matrix("u", 3, 1), matrix("t", 2, 1)
    made = Exercise(
        name="matrices",
        loss=total(square(W * u - t)),
        parameters=[W],
        training=Training(
            samples=[{"u": [1, 2, 3], "t": [1, 0]}, {"u": [0, 1, 0], "t": [2, 2]}],
            initial={"W": [[0, 0, 0], [1, 1, 1]]},
            learning_rate=0.01,
            epochs=4,
        ),
    )
    assert train(made, made.trainings[0]).verdict == "pass"


@pytest.mark.parametrize("name", ["linear", "quadratic"])
def test_published_figures_of_the_library_agree(name):
    """Every printed figure of a training run agrees with the digits printed."""
    (made,) = load([str(EXERCISES / f"{name}.py")])
    findings = [f for training in made.trainings for f in train(made, training).findings]
    assert len(findings) == {"linear": 20, "quadratic": 62}[name]
    assert all(finding.reason == "agree" for finding in findings)


def test_a_published_figure_that_is_off_in_its_last_digit_fails():
    """3.8417 for 3.8416: said with epoch, sample, both values and what was allowed."""
    result = run(published={(0, 1): {"loss": "3.8417"}})
    assert result.reason == "published_differs"
    assert result.message.startswith("epoch 0, sample 1: published loss[0, 0] is 3.8417, the value is 3.84160")
    assert "half a unit of the last digit, 5e-05, and rounding in float32" in result.message


def test_a_published_prediction_is_judged():
    """A prediction before training of 4.1 where it is 4."""
    result = run(prediction="prediction", predict=[{"x": 4}], published_predictions=("4.1", None))
    assert result.reason == "published_differs"
    assert result.message.startswith("prediction before training: published prediction[0, 0] is 4.1, the value is 4: 0.1 apart")


def test_train_prints_predictions_steps_and_verdict():
    """The command prints predictions before and after, gradients and loss by step, and the verdict."""
    result = CliRunner().invoke(cli, ["train", str(EXERCISES / "linear.py")])
    assert result.exit_code == 0
    text = result.stdout
    assert "prediction before training at x = 4: prediction = 4\n" in text
    assert "prediction after training at x = 4: prediction = 7.99999857\n" in text
    assert "      0         2      -16.2288017      7.31594372\n" in text
    assert "  19 of 19 published figures agree with the digits printed\n" in text
    assert text.count("…") == 8


def test_train_shows_every_epoch_on_request():
    """With --all nothing is left out."""
    text = CliRunner().invoke(cli, ["train", str(EXERCISES / "linear.py"), "--all"]).stdout
    assert "…" not in text
    assert text.count("\n") > 600


def test_train_without_a_training_is_an_error():
    """An exercise without a loop has nothing to train, which is said."""
    result = CliRunner().invoke(cli, ["train", str(EXERCISES / "sigmoid_network.py")])
    assert result.exit_code == 2
    assert result.stderr == ("Error: no training in sigmoid_network; an exercise states one with training=Training(…)\n")


def slightly_off(parameters, samples, learning_rate, epochs):
    """A loop whose gradients are half a per cent too large, and whose losses and updates go with them."""
    for _ in range(epochs):
        for sample in samples:
            loss = (parameters["w"] * sample["x"] - sample["y"]) ** 2
            loss.backward()
            parameters["w"].grad *= 1.005
            yield loss
            with torch.no_grad():
                parameters["w"] -= learning_rate * parameters["w"].grad
            parameters["w"].grad.zero_()


def test_a_tolerance_by_hand_reaches_the_loop():
    """What a hand allows of a gradient it allows of a loop's gradients: half a per cent passes with 1 %, not without."""
    made = exercise(loop=slightly_off)
    assert check(made).reason == "autograd_wrong"
    assert check(made, rtol=0.01).reason == "agree"
    result = train(made, made.trainings[0], Settings(rtol=0.01))
    (row,) = result.gradients
    assert row.worst.allowed == pytest.approx(0.01 * abs(row.worst.closed_form), rel=1e-12)
    assert not result.settings.certify


def test_the_rule_of_a_hand_reaches_the_loops_of_the_library():
    """--rtol 0.01 compares the loops' losses by that rule, which near 0 is a stricter one than rounding derives in float32."""
    found = CliRunner().invoke(cli, ["check", str(EXERCISES / "linear.py"), "--rtol", "0.01"])
    assert "tolerance: allowed = 0 + 0.01·|reference|, given by hand" in found.stdout
    assert "training 'rate 0.01, 100 epochs': the losses differ" in found.stdout
    assert CliRunner().invoke(cli, ["check", str(EXERCISES / "linear.py"), "--rtol", "0.01", "--atol", "1e-4"]).exit_code == 0


def test_seed_device_and_certify_reach_the_loop(monkeypatch):
    """A run says what it was made with; a device that isn't there is told before anything runs."""
    made = exercise()
    settings = train(made, made.trainings[0], Settings(seed=7, certify=True, via="jvp", dtype="float64")).settings
    assert (settings.seed, settings.certify, settings.device) == (7, True, "cpu")
    assert (settings.dtype, settings.via) == ("float32", "backward")  # the training's own
    with pytest.raises(UserError, match="no device 'cuda:97' here"):
        train(made, made.trainings[0], Settings(device="cuda:97"))
    devices = []
    descend = training.descend
    monkeypatch.setattr(training, "descend", lambda *given: devices.append(given[3]) or descend(*given))
    check(made, device="cpu")
    assert devices == [torch.device("cpu")]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_loop_runs_on_a_gpu():
    """Parameters, samples and the loop's own tensors lie on the device that is asked for."""
    seen = []

    def watching(parameters, samples, learning_rate, epochs):
        seen.append((parameters["w"].device.type, samples[0]["x"].device.type, torch.zeros(1).device.type))
        yield from loop()(parameters, samples, learning_rate, epochs)

    made = exercise(loop=watching)
    assert train(made, made.trainings[0], Settings(device="cuda")).verdict == "pass"
    assert seen == [("cuda", "cuda", "cuda")]


def test_train_takes_the_settings_of_check_and_writes_json():
    """The command has --seed, --rtol, --atol, --certify and --device, and a form for programs."""
    words = [
        "train",
        str(EXERCISES / "quadratic.py"),
        "--seed",
        "3",
        "--rtol",
        "0",
        "--atol",
        "1e-3",
        "--certify",
        "--format",
        "json",
    ]
    found = CliRunner().invoke(cli, words)
    assert found.exit_code == 0
    data = json.loads(found.stdout)
    assert data["schema"] == "symgrad/train/1"
    one = data["trainings"][0]
    assert (one["seed"], one["verdict"], one["messages"], one["device"]) == (3, "pass", [], "cpu")
    assert len(one["losses"]) == one["gradients"][0]["points"]
