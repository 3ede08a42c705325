"""What is said at the doors: assertions and the pytest plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.reports.wording.english.phrases import hinted, listed
from symgrad.reports.wording.language import Words


def _settings_of_session(version: str, dtypes: Sequence[str], given: Mapping[str, Any]) -> str:
    return listed([f"symgrad: {version}", *dtypes, *(f"{name} {value}" for name, value in given.items())])


OF_ASSERTIONS: Words = {
    "match_takes_a_function": "assert_gradients_match takes a function of tensors first; found {found}",
    "match_takes_an_expression": "assert_gradients_match takes a SymPy expression second; found {found}",
    "module_is_a_class": "{name} is a class; accepted: an instance of it, such as {name}(…)",
    "goes_with_a_module": "{field} goes with an nn.Module; of a function, all of it stands in the function",
    "parameter_without_symbol": (
        "{what} has a parameter '{name}' that the expression doesn't have;"
        " accepted: a symbol for it, or wrt=[…] to leave it as it is"
    ),
    "adjoint_is_taken": ("a symbol is called '{name}', which is the adjoint of an output that is no scalar; rename it"),
    "expected_gradient_needs_names": "expected_gradient needs names here: {{name: expression}} for some of {count} symbols",
    "shape_has_entries": lambda name, shape, entries: (
        f"shapes['{name}'] is {tuple(shape)}; accepted: a shape with {entries} entries"
    ),
}
OF_PYTEST: Words = {
    "option_found": lambda label, value, accepted, closest=None: (
        f"{label}: found '{value}'{hinted(closest)}; accepted: {accepted}"
    ),
    "option_refused": "{label}: {found}",
    "one_or_two": "1, or 2 for second derivatives too",
    "settings_of_session": _settings_of_session,
    "marker_takes_paths": 'exercises takes paths, as in @pytest.mark.exercises("exercises/", only=["linear"])',
    "marker_of_tag": "{name}: exercises with this tag or difficulty.",
    "no_exercises_for_test": (
        'no exercises to run this test for; write @pytest.mark.exercises("exercises/") above it,'
        " or symgrad_exercises = exercises/ into the settings of pytest"
    ),
    "no_exercise_for_test": lambda name, closest, names: (
        f"no exercise is called '{name}'{hinted(closest) or '.'} There are {listed(names)}"
    ),
    "no_place": lambda path, folders: f"{path}: no such file or folder in {' and '.join(folders)}",
    "no_exercises_here": "{path}: no exercises here",
    "another_part_fails": "another part of the exercise fails, as its tag says",
    "loss_and_claims": "the loss and all other claims",
    "item_of_exercise": lambda exercise, what, dtype: f"{exercise}: {what}" + (f" [{dtype}]" if dtype else ""),
}


def _answer_is(exercise: str, name: str, verdict: str, tags: Sequence[str], answer: str) -> str:
    return f"{exercise}: the answer for {name} is {verdict}{f' ({listed(tags)})' if tags else ''}: {answer}"


WORDS: Words = {
    "assert_check_takes": "assert_check takes an Exercise, a file or a folder; found {found}",
    "assert_answer_takes_exercise": "assert_answer_correct takes an Exercise; found {found}",
    "assert_answer_takes_name": "assert_answer_correct takes the name of what is answered, such as 'w1'; found {found}",
    "answer_is": _answer_is,
    "repeat_with": "repeat: {command}",
    **OF_ASSERTIONS,
    **OF_PYTEST,
}
