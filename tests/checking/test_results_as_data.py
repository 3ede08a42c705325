"""A check in a language in which every sentence is its code: verdicts, warnings, parts of tests come out the same."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from symgrad import Exercise, render, scalar, square, total, vector
from symgrad.authoring.exercise_files import load
from symgrad.checking.check import check, check_paths
from symgrad.pytest_plugin.parts import of_loss, of_parameter
from symgrad.reports.wording.language import Language
from symgrad.reports.wording.saying import speaking
from symgrad.testing import BlindCheck, assert_check

ROOT = Path(__file__).parents[2]
PATHS = [str(ROOT / "tests" / name) for name in ("wrong_on_purpose", "right_but_suspicious")] + [
    str(ROOT / "docs" / "failures")
]
WORDED = {"message", "messages", "notes", "remarks", "hints", "text", "closed_form"}
"""Keys of the JSON that hold words."""


class Codes(Mapping[str, Any]):
    """The words of every code are the code."""

    def __getitem__(self, code: str) -> Any:
        return lambda **values: code

    def __contains__(self, code: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


CODES = Language("codes", Codes())


def without_words(value: Any) -> Any:
    """Plain data without what is worded."""
    if isinstance(value, dict):
        return {key: without_words(each) for key, each in value.items() if key not in WORDED}
    return [without_words(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", PATHS, ids=lambda path: Path(path).name)
def test_verdicts_reasons_and_figures_are_the_same_in_a_language_of_codes(path):
    """What is found doesn't depend on how it is said; the codes said are those of the messages."""
    english = check_paths([path])
    with speaking(CODES):
        coded = check_paths([path])
        assert [r.message for r in coded if r.messages] == ["\n".join(m.code for m in r.messages) for r in coded if r.messages]
        said = json.loads(render(coded, "json"))
        assert all(render(coded, name) for name in ("table", "junit", "markdown", "html"))
    assert without_words(said) == without_words(json.loads(render(english, "json")))
    assert [str([m.plain() for m in r.messages]) for r in coded] == [str([m.plain() for m in r.messages]) for r in english]


def test_the_parts_that_tests_answer_for_are_the_same_in_a_language_of_codes():
    """The plugin shares messages out by what they are; verdict and reason of every part are the same."""
    exercises = [item for item in load(PATHS[:1]) if isinstance(item, Exercise)][:60]

    def parts() -> list[Any]:
        found = []
        for exercise in exercises:
            result = check(exercise)
            each = [*(of_parameter(result, name) for name in exercise.parameter_names), of_loss(result, exercise)]
            found.append([(p.subject, p.verdict, p.result.reason, [m.code for m in p.result.messages]) for p in each])
        return found

    english = parts()
    with speaking(CODES):
        assert parts() == english


def test_a_blind_pass_warns_in_any_language():
    """The warning of a pass that proves little rests on what the remark is."""
    y = vector("y", 3)
    exercise = Exercise(name="blind", loss=total(square(y)), parameters=[y], at=[{"y": [0.01, 0.02, 5]}], points=0)
    with speaking(CODES), pytest.warns(BlindCheck, match="tolerance_allows_more"):
        assert_check(exercise, atol=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_check(exercise)


def test_json_has_code_and_values_beside_each_message():
    """Whoever reads the JSON needs no sentence."""
    x, y = scalar("x"), scalar("y")
    wrong = Exercise(name="wrong", loss=square(x - y), parameters=[x], torch_loss=lambda x, y: (x - y) ** 2 + (x - x.detach()))
    (exercise,) = json.loads(render(check(wrong), "json"))["exercises"]
    (told,) = exercise["messages"]
    assert (told["code"], told["values"]["gradient"], told["text"]) == ("gradient_wrong", "dL/dx", exercise["message"])
    assert [each["text"] for each in exercise["remarks"]] == exercise["notes"]
