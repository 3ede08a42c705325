"""The corpora of answers, written for this project by people who hadn't seen the grader, and judges for the library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from symgrad.authoring.exercise_files import load
from symgrad.grading.answer_key.key import Key
from symgrad.grading.judge import Judge

HERE = Path(__file__).parent
EXERCISES = HERE.parent.parent / "exercises"


@cache
def judges() -> dict[str, Judge]:
    """A judge for every exercise of the library."""
    return {exercise.name: Judge(Key(exercise)) for exercise in load([str(EXERCISES)])}


def corpus(name: str) -> list[dict[str, Any]]:
    """The cases of one corpus."""
    lines = (HERE / "corpus" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def answer(case: dict[str, Any]) -> Any:
    """What is handed in: as it stands, or made by a recipe where it would be too long to write down."""
    recipe = case.get("recipe")
    if recipe is None:
        return case["answer"]
    if "repeat" in recipe:
        return recipe["repeat"] * recipe["times"] + recipe["then"] + recipe["after"] * recipe["after_times"]
    if "join" in recipe:
        return recipe["join"].join([recipe["of"]] * recipe["times"])
    if "list" in recipe:
        return [recipe["list"]] * recipe["times"]
    nested: Any = "x"
    for _ in range(recipe["nest"]):
        nested = [nested]
    return nested


def own(case: dict[str, Any]) -> dict[str, Any]:
    """The student's own answers to steps, by step."""
    return {
        name.translate(str.maketrans("∂", "d")).removeprefix("dL/").removeprefix("d"): a
        for name, a in case.get("with", {}).items()
    }


def judged(name: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every case of a corpus with what is said of it."""
    for case in corpus(name):
        yield case, judges()[case["exercise"]].judge(case["name"], answer(case), own(case))
