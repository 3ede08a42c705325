"""The assertions: a function, a module or an exercise comes in; nothing happens, or an AssertionError says what is wrong.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

from symgrad.authoring.exercise import SAMPLED, Exercise
from symgrad.authoring.field_checks import kind
from symgrad.basics.errors import StudentError, SymgradError, UserError
from symgrad.basics.messages import message
from symgrad.basics.source_places import PACKAGE
from symgrad.checking.check import check, check_paths
from symgrad.checking.results.results import CheckResult, Report
from symgrad.checking.results.settings import Settings
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target_names import target_of
from symgrad.grading.judge import Judge
from symgrad.testing.failure import AnswerNotCorrect, BlindCheck, CheckFailed, relative, repeating
from symgrad.testing.making import exercise_of


def assert_gradients_match(
    torch_function: Callable[..., Any],
    expression: Any,
    wrt: Any = None,
    *,
    at: Any = (),
    domain: Any = None,
    points: int = SAMPLED,
    inputs: Iterable[Any] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    loss: Callable[..., Any] | None = None,
    parameters: Mapping[Any, str] | None = None,
    expected_gradient: Any = None,
    name: str | None = None,
    dtype: Any = "float64",
    device: Any = "cpu",
    seed: int = 0,
    via: str = "backward",
    order: int = 1,
    rtol: float | None = None,
    atol: float | None = None,
    certify: bool = False,
) -> CheckResult:
    """Asserts that PyTorch's gradients of a function are those of a SymPy expression; gives the result of the check.

    * `torch_function`: a function of tensors, an `autograd.Function`, or an `nn.Module`. It is called with the symbols of the
      expression by name; where its arguments are called otherwise, `inputs` gives the symbols in their order. Of a module,
      symbols called like parameters and buffers stand for them (``layer_weight`` for ``layer.weight``; `parameters` says it of
      others: ``{"W": "0.weight"}``), the others go to its forward, the rest to `loss`, after the output.
    * `expression`: what it computes. One that is no scalar is multiplied entry by entry with an adjoint, the symbol
      ``grad_output``, which is sampled, and summed: so every entry of the output counts.
    * `wrt`: symbols to differentiate by, or their names; of a module its parameters, else all symbols of the expression.
    * `at`: a point or a list of points, values by name (of a module's parameters its own, where a point has none); `points`:
      how many more are sampled, within `domain`, a pair for all symbols or one by name.
    * `shapes`: shapes of tensors by name, where that isn't (rows, columns), such as ``{"bias": (4,)}``; that of the output,
      where it has more axes, under ``grad_output``.
    * `expected_gradient`: what a function says on purpose that isn't the derivative: an expression, or expressions by name.
    * `name`: what reports call the function; its own name, unless said.
    * `dtype`, `device` (names, or PyTorch's own), and what else `symgrad.check` takes: `seed`; `via`, PyTorch's way to the
      gradient (``"backward"``, ``"create_graph"``, ``"compile"``, ``"grad"``, ``"vjp"``, ``"jacrev"``, ``"jvp"``,
      ``"jacfwd"``); `order`, 2 for second derivatives, too; `rtol`, `atol`, `certify`.

    Raises CheckFailed, an AssertionError that carries the report, or UserError where the call itself is wrong. Warns
    BlindCheck where it passes and rounding explains more than the gradient itself, as it may in a short format.

    >>> import torch
    >>> from symgrad import matrix, tanh
    >>> x = matrix("x", 2, 3)
    >>> assert_gradients_match(torch.tanh, tanh(x)).reason
    'agree'
    """
    __tracebackhide__ = True
    try:
        exercise = exercise_of(
            torch_function,
            expression,
            wrt,
            at=at,
            domain=domain,
            points=points,
            inputs=inputs,
            shapes=shapes or {},
            loss=loss,
            parameters=parameters or {},
            expected_gradient=expected_gradient,
            name=name,
        )
    except SymgradError as error:
        raise error.with_traceback(None) from None  # what is wrong is the call, which is where the traceback ends
    settings = Settings(
        seed=seed,
        dtype=str(dtype).removeprefix("torch."),
        rtol=rtol,
        atol=atol,
        certify=certify,
        via=via,
        order=order,
        device=str(device),
    )
    return assert_check(exercise, settings)


@overload
def assert_check(exercise: Exercise, settings: Settings | None = None, **options: Any) -> CheckResult: ...


@overload
def assert_check(exercise: str | Path, settings: Settings | None = None, **options: Any) -> Report: ...


def assert_check(exercise: Exercise | str | Path, settings: Settings | None = None, **options: Any) -> CheckResult | Report:
    """Asserts that an exercise passes, or all exercises of a file or folder; gives the result, or the report.

    Options are those of `symgrad.check`. Raises CheckFailed, an AssertionError that carries the report.

    >>> from symgrad import scalar, square
    >>> w = scalar("w")
    >>> assert_check(Exercise(name="parabola", loss=square(w - 1), parameters=[w]))
    CheckResult('parabola', pass: agree, parameters: w)
    """
    __tracebackhide__ = True
    result: CheckResult | Report
    if isinstance(exercise, (str, Path)):
        result = check_paths([str(exercise)], settings or Settings(**options))
    elif isinstance(exercise, Exercise):
        result = check(exercise, settings, **options)
        result = replace(result, path=relative(result.path), repeat=repeating())
    else:
        raise UserError(message("assert_check_takes", found=kind(exercise)))
    if not result:
        raise CheckFailed(result)
    for each in result.report:
        for remark in each.blind:
            warnings.warn(f"{each.name}: {remark}", BlindCheck, stacklevel=_outside())
    return result


def _outside() -> int:
    """How many calls the caller is away from here that isn't in this package."""
    frame, count = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, count = frame.f_back, count + 1
    return count


def assert_answer_correct(exercise: Exercise, name: str, answer: Any) -> None:
    """Asserts that an answer is right, in whatever form: a text in the notation of paper or code, a number, lists of them.

    `name` is what the answer is for: a parameter, an entry as ``"w2[1,2]"``, a step's adjoint as ``"dz2"``. Answers are read,
    never executed. Raises AnswerNotCorrect, an AssertionError with what a student is told.

    >>> from symgrad import scalar, square
    >>> w = scalar("w")
    >>> assert_answer_correct(Exercise(name="parabola", loss=square(w - 1), parameters=[w]), "w", "2(w - 1)")
    """
    __tracebackhide__ = True
    if not isinstance(exercise, Exercise):
        raise UserError(message("assert_answer_takes_exercise", found=kind(exercise)))
    if not isinstance(name, str):
        raise UserError(message("assert_answer_takes_name", found=kind(name)))
    given = answer.tolist() if hasattr(answer, "tolist") else answer
    key = Key(exercise)
    try:
        target_of(name, key)
    except StudentError as error:
        raise UserError(error.message) from None
    outcome = Judge(key).judge(name, given)
    if outcome.verdict != "correct":
        about = {"exercise": exercise.name, "name": name, "verdict": outcome.verdict, "tags": list(outcome.tags)}
        wrong, again = message("answer_is", **about, answer=repr(given)), repeating()
        lines = [str(wrong), outcome.message, outcome.note_text, str(message("repeat_with", command=again)) if again else ""]
        raise AnswerNotCorrect("\n".join(line for line in lines if line), outcome.verdict, outcome.tags)
