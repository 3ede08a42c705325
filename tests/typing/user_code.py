"""What users write, for type checkers alone: none of it may be reported."""

from collections import Counter
from typing import Any, Literal, assert_type

import torch

import symgrad
from symgrad import (
    AuthorError,
    CheckResult,
    CouldNotRun,
    Derivation,
    Equation,
    Exercise,
    Report,
    Settings,
    StudentError,
    SymgradError,
    Training,
    UserError,
    check,
    check_paths,
    cross_entropy,
    differentiate,
    grade,
    hadamard,
    matrix,
    norm,
    render,
    scalar,
    sigmoid,
    square,
    step,
    total,
    vector,
    vstack,
)
from symgrad.testing import CheckFailed, assert_answer_correct, assert_check, assert_gradients_match

w1, w2, b = matrix("w1", 2, 1), matrix("w2", 2, 2), vector("b", 2)
x, y, k = matrix("x", 1, 1), matrix("y", 2, 1), scalar("k", positive=True)
z1 = step("z1", w1 * x + b)
y1 = step("y1", sigmoid(z1))
loss = (
    total(square(w2 * y1 - y)) / 2
    + 0.5 * k**2 * total(hadamard(w2, w2))
    - norm(w1, order=2)
    + symgrad.leaky_relu(k, negative_slope=0.1)
)
more = -loss + cross_entropy(vstack(y1, w2.T * y1), vstack(y, y), label_smoothing=0.25) + (y.T * w2 * y)[0, 0]


def torch_loss(w1: Any, w2: Any, b: Any, x: Any, y: Any, k: Any) -> Any:
    return ((w2 @ (w1 @ x + b).sigmoid() - y) ** 2).sum() / 2 + k


exercise = Exercise(
    name="network",
    loss=loss,
    parameters=[w1, "w2", b],
    at=[{"w1": [[1], [2]]}],
    domain={"k": (0, 1)},
    torch_loss=torch_loss,
    published={"w1": ["1.0", "2.0"]},
    training=Training(samples=[{"x": 1}], initial={"w1": [[1], [1]]}, learning_rate=0.1, epochs=2),
    marks={"w1": 2},
)
assert_type(exercise, Exercise)
assert_type(exercise.parameter_names, tuple[str, ...])

result = check(exercise, seed=1, dtype="float32", points=4, rtol=1e-3, certify=True)
assert_type(result, CheckResult)
assert_type(result.passed, bool)
assert_type(result.verdict, Literal["pass", "fail", "inconclusive", "error"])
assert_type(result.rows, list[dict[str, Any]])
assert_type(result.to_dict(), dict[str, Any])
for row in result.rows:
    print(row["parameter"], row["verdict"], row["absolute"])
for gradient in result.gradients:
    assert_type(gradient.shape, tuple[int, int])
    if gradient.worst is not None:
        assert_type(gradient.worst.autograd, float)

report = check_paths(["exercises"], Settings(seed=2), only=["network"])
assert_type(report, Report)
assert_type(report["network"], CheckResult)
assert_type(len(report), int)
assert_type([each.name for each in report], list[str])
assert_type(report.verdicts, Counter[Literal["pass", "fail", "inconclusive", "error"]])
assert_type(render(report, "html"), str)
assert_type(render(result), str)
frame = report.to_dataframe()
print(frame.head())

derivation = differentiate(loss, [w1, "w2"])
assert_type(derivation, Derivation)
assert_type(derivation.to_latex(), str)
assert_type(derivation.equations, tuple[Equation, ...])
assert_type(derivation.operations().total, int)
print(derivation.closed_form("w1"))

try:
    book = grade(["exercises"], "submissions")
    assert_type(book, symgrad.Gradebook)
    assert_type(render(book, "markdown"), str)
    assert_type(book.students[0].score, float)
except (AuthorError, CouldNotRun) as error:
    assert_type(error.path, str | None)
except StudentError as error:
    print(error.found)
except (UserError, SymgradError):
    raise
assert_type(symgrad.__version__, str)


class Doubled(torch.autograd.Function):
    pass


assert_type(symgrad.testing.assert_gradients_match(torch.tanh, symgrad.tanh(x), dtype=torch.float32, seed=2), CheckResult)
assert_type(assert_gradients_match(torch.nn.Linear(1, 1), w2, wrt=[w2], loss=torch.nn.functional.mse_loss), CheckResult)
assert_gradients_match(Doubled, x, at={"x": [[1]]}, domain=(0, 1), expected_gradient={"x": -x}, via="jvp", order=2)
assert_type(assert_check(exercise, certify=True), CheckResult)
assert_type(assert_check("exercises", Settings(seed=1)), Report)
assert_answer_correct(exercise, "w1", "2x")
try:
    assert_check(exercise)
except CheckFailed as failure:
    assert_type(failure.result, CheckResult | Report)
