"""Small exercises, and pytest run on them in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import symgrad.checking.check
import symgrad.reports  # noqa: F401  # torch and sympy, here once: runs inside a test forget what they import, and neither bears it

HEAD = "import torch\nfrom symgrad import Exercise, log, relu, scalar, square\n\nw, x = scalar('w'), scalar('x')\n"
FIELDS = {
    "right": "loss=square(w - x), parameters=[w, x]",
    "wrong": "loss=square(w - x), parameters=[w, x], torch_loss=lambda w, x: (w - x) ** 2 + 2 * (x - x.detach())",
    "other_loss": "loss=square(w - x), parameters=[w, x], torch_loss=lambda w, x: (w - x) ** 2 + 1",
    "published": "loss=square(w - x), parameters=[w, x], at=[{'w': 1, 'x': 3}], published={'loss': '4.1', 'w': '-4.0'}",
    "by_hand": "loss=square(w - x), parameters=[w, x], hand_derived={'w': w - x, 'x': 2 * (x - w)}",
    "kink": "loss=relu(w) + square(x), parameters=[w, x], at=[{'w': 0, 'x': 1}], points=0",
    "open_question": "loss=square(x) + relu(w - 8), parameters=[w, x]",
    "undefined": "loss=log(w) + x, parameters=[w, x], at=[{'w': -1, 'x': 1}], points=0",
    "nowhere": "loss=log(-square(w) - 1) + x, parameters=[w, x]",
    "raises": "loss=square(w - x), parameters=[w, x], torch_loss=lambda w, x: w.no_such_thing()",
}
"""Fields of an exercise by its name; each has the parameters w and x."""


@pytest.fixture
def write(pytester: pytest.Pytester) -> Callable[..., None]:
    """Writes a file with exercises, given as `name` or `name: further fields`."""

    def written(path: str, *exercises: str, text: str = "") -> None:
        lines = []
        for each in exercises:
            name, _, more = each.partition(": ")
            fields = FIELDS.get(name, FIELDS["right"])
            points = "" if "points=" in fields else "points=2, "
            lines.append(f"{name} = Exercise(name={name!r}, {points}{fields}, {more})\n")
        file = pytester.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEAD + "".join(lines) + text, encoding="utf-8")

    return written


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Runs ``pytest --symgrad`` in this process."""

    def ran(*words: object) -> pytest.RunResult:
        return pytester.runpytest_inprocess("--symgrad", *map(str, words))

    return ran


@pytest.fixture
def outcomes(run: Callable[..., pytest.RunResult]) -> Callable[..., dict[str, str]]:
    """Runs ``pytest --symgrad`` and gives every test's outcome by its node id, as -rA lists them."""

    def listed(*words: object) -> dict[str, str]:
        found = {}
        for line in run("-rA", *words).outlines:
            outcome, _, rest = line.partition(" ")
            if outcome in ("PASSED", "FAILED", "ERROR", "XFAIL", "XPASS") and "::" in rest:
                found[rest.partition(" - ")[0].removeprefix("at setup of ")] = outcome
        return found

    return listed
