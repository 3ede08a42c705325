"""An exercise as tests: which items it has, what each answers for, and what it says."""

import pytest

NAMES = ("w", "x", "loss")


def of(name, *outcomes):
    """The outcomes of the items of an exercise in the file e.py."""
    return {f"e.py::{name}::{item}": outcome for item, outcome in zip(NAMES, outcomes, strict=True)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("right", ("PASSED", "PASSED", "PASSED")),
        ("wrong", ("PASSED", "FAILED", "PASSED")),
        ("other_loss", ("PASSED", "PASSED", "FAILED")),
        ("published", ("PASSED", "PASSED", "FAILED")),
        ("by_hand", ("FAILED", "PASSED", "PASSED")),
        ("kink", ("PASSED", "PASSED", "PASSED")),
        ("open_question", ("FAILED", "PASSED", "PASSED")),
        ("undefined", ("FAILED", "FAILED", "FAILED")),
        ("nowhere", ("FAILED", "FAILED", "FAILED")),
        ("raises", ("ERROR", "ERROR", "ERROR")),
    ],
)
def test_each_item_has_its_own_outcome(name, expected, write, outcomes):
    """A parameter's item answers for its gradient and what is claimed of it, the loss's item for everything else."""
    write("e.py", name)
    assert outcomes("e.py") == of(name, *expected)


def test_a_failure_shows_the_paragraph_of_its_item(write, run):
    """Reason, sentence, place, both values, what is certified, differences, rule, point, derivation, the commands; no traceback."""
    write("e.py", "wrong: at=[{'w': 1, 'x': 3}]")
    text = run("e.py", "--symgrad-points", "0").stdout.str()
    said = text[text.index("FAIL: ") : text.index("--- Captured symgrad")]
    headings = [line[2:15].strip() for line in said.splitlines()[2:-1]]
    assert headings == [
        "where",
        "autograd",
        "closed form",
        "certified",
        "difference",
        "rule",
        "point",
        "entries",
        "derivation",
        "repeat",
        "or",
    ]
    for line in (
        "FAIL: autograd wrong: wrong, dL/dx (e.py)",
        "  dL/dx: autograd is wrong (autograd is 3/2 times the gradient)",
        "  where        dL/dx[0, 0]",
        "  autograd     6",
        "  closed form  4",
        "  certified    4",
        "  rule         allowed = 4 × what rounding explains in float64, by the running error analysis of the closed form",
        "  point        w = 1, x = 3",
        "  entries      1 autograd wrong",
        "  derivation   dL/dx = −2 (w − x)",
        "  repeat       python -m pytest --symgrad --symgrad-points 0 e.py::wrong::x",
        "  or           python -m symgrad check e.py --only wrong --seed 0 --points 0",
    ):
        assert line in said.splitlines()
    assert "dL/dw" not in said
    assert "Traceback" not in text


def test_the_summary_line_gives_the_reason(write, run):
    """Where pytest lists failures, the exercise's reason stands, and its own line for a place."""
    write("e.py", "wrong")
    result = run("e.py", "--tb=line")
    result.stdout.fnmatch_lines(
        ["*e.py:5: autograd wrong: dL/dx: autograd is wrong*", "FAILED e.py::wrong::x - autograd wrong*"]
    )


def test_the_items_loss_and_by_hand_say_what_differs(write, run):
    """Published figures and gradients derived by hand are told in their own items."""
    write("e.py", "published", "by_hand")
    text = run("e.py").stdout.str()
    assert "FAIL: published differs: published, loss (e.py)\n  published loss[0, 0] is 4.1, the value is 4: 0.1 apart" in text
    assert "FAIL: closed form wrong: by_hand, dL/dw (e.py)\n  the hand-derived dL/dw is wrong: [0, 0] is " in text


def test_losses_that_differ_are_told_in_the_item_of_the_loss(write, run):
    """The loss's item shows both losses."""
    write("e.py", "other_loss")
    text = run("e.py").stdout.str()
    assert "FAIL: losses differ: other_loss, loss (e.py)\n  the losses differ: PyTorch has " in text
    assert "  where        the loss\n" in text


def test_a_gradient_of_another_loss_says_so(write, run, outcomes):
    """Where the losses differ, a gradient that differs too has a sentence of its own, beside the item of the loss."""
    write("e.py", "right: torch_loss=lambda w, x: (w + x) ** 2")
    assert outcomes("e.py") == of("right", "FAILED", "FAILED", "FAILED")
    text = run("e.py", "-k", "x").stdout.str()
    assert (
        "FAIL: losses differ: right, dL/dx (e.py)\n  dL/dx: the losses differ, so these are two different functions\n" in text
    )
    assert "  where        dL/dx[0, 0]\n" in text


def test_what_could_not_run_is_an_error_in_setup(write, run):
    """A program that raises is an error with its message, in every item."""
    write("e.py", "raises")
    result = run("e.py")
    result.assert_outcomes(errors=3)
    text = result.stdout.str()
    assert "ERROR: could not run: raises, dL/dw (e.py)\n  e.py:5: torch_loss raised AttributeError: " in text
    assert "Traceback" not in text
    result.stdout.fnmatch_lines(["ERROR e.py::raises::w - could not run: e.py:5: torch_loss raised *"])


def test_open_questions_fail_unless_they_are_to_be_skipped(write, run, pytester):
    """symgrad_inconclusive = skip skips what can't be decided, with the reason; the default fails it."""
    write("e.py", "open_question")
    run("e.py").assert_outcomes(passed=2, failed=1)
    pytester.makeini("[pytest]\nsymgrad_inconclusive = skip")
    result = run("e.py", "-rs")
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*e.py:5: vacuous: dL/dw: the gradient is zero at every point*"])


def test_without_any_point_every_item_is_open(write, run, pytester):
    """Where no point was found all items are inconclusive, and say why."""
    pytester.makeini("[pytest]\nsymgrad_inconclusive = skip")
    write("e.py", "nowhere")
    result = run("e.py", "-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED*undefined: no point was found at which*"])


def test_a_training_loop_belongs_to_the_item_of_the_loss(write, outcomes, pytester):
    """A training loop that goes wrong fails the loss's item alone."""
    loop = """
from symgrad import Training

def loop(parameters, samples, learning_rate, epochs):
    w = parameters["w"]
    for _ in range(epochs):
        for sample in samples:
            loss = (w - sample["x"]) ** 2
            w.grad = None
            loss.backward()
            yield loss
            with torch.no_grad():
                w += learning_rate * w.grad

trained = Exercise(name="trained", loss=square(w - x), parameters=[w], points=2, training=Training(
    samples=[{"x": 1}], initial={"w": 3}, learning_rate=0.125, epochs=2, loop=loop))
"""
    write("e.py", text=loop)
    assert outcomes("e.py") == {"e.py::trained::w": "PASSED", "e.py::trained::loss": "FAILED"}


def test_a_parameter_called_loss_keeps_its_name(pytester, write, outcomes):
    """The item of the loss steps aside for parameters."""
    write(
        "e.py",
        text="loss, loss_ = scalar('loss'), scalar('loss_')\ne = Exercise(name='e', loss=loss * loss_, parameters=[loss, loss_])\n",
    )
    assert list(outcomes("e.py")) == ["e.py::e::loss", "e.py::e::loss_", "e.py::e::loss__"]


def test_every_item_has_its_row_of_the_report(write, run):
    """With -rA a test shows its row, aligned, the loss's item the controls, and all of them the notes."""
    write("e.py", "kink")
    lines = run("e.py", "-rA").outlines
    for line in (
        "  exercise     kink",
        "  verdict      pass: kink",
        "  parameter    w",
        "  points       1",
        "  autograd     0",
        "  controls     4 planted, 4 caught",
    ):
        assert any(found.startswith(line) for found in lines), line
    assert sum("for dL/dw PyTorch takes 0; the subdifferential is [0, 1]" in line for line in lines) == 3


def test_a_failure_of_the_plugin_itself_has_a_traceback(write, run, monkeypatch):
    """Only an exercise's failures are told without a traceback."""
    import symgrad.pytest_plugin.parts as parts

    monkeypatch.setattr(parts, "paragraph", lambda *_: 1 / 0)
    write("e.py", "wrong")
    result = run("e.py")
    result.assert_outcomes(passed=2, failed=1)
    text = result.stdout.str()
    assert "def _fail(self, part: Part)" in text
    assert "ZeroDivisionError: division by zero" in text


def test_planted_errors_that_get_through_fail_the_item_of_the_loss(write, run, monkeypatch):
    """A check that is blind for a planted error fails, though everything else agrees."""
    import symgrad.checking.check

    monkeypatch.setattr(symgrad.checking.check, "controls", lambda *_: (10, 9, 0))
    write("e.py", "right")
    result = run("e.py")
    result.assert_outcomes(passed=2, failed=1)
    text = result.stdout.str()
    assert (
        "FAIL: planted errors missed: right, loss (e.py)\n  9 of 10 planted errors were caught: errors can pass this check\n"
        in text
    )
    assert "controls: 10 planted, 9 caught" in text


def test_an_exercise_is_checked_once(write, run, monkeypatch):
    """All items of an exercise share one check."""
    import symgrad.checking.check

    seen, check = [], symgrad.checking.check.check
    monkeypatch.setattr(
        symgrad.checking.check, "check", lambda exercise, settings: seen.append(exercise.name) or check(exercise, settings)
    )
    write("e.py", "right", "wrong")
    run("e.py")
    assert seen == ["right", "wrong"]
