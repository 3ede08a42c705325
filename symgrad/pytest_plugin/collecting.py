"""Exercises as tests: a file, its exercises, and an item for each parameter and one for what else an exercise claims.

Registered with pytest only where exercises are asked for. An exercise is checked when its first item is set up.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from symgrad.basics.errors import UserError
from symgrad.basics.messages import message
from symgrad.checking.results.results import CheckResult
from symgrad.checking.results.settings import Settings
from symgrad.pytest_plugin import CONTROLS, said
from symgrad.pytest_plugin.files import as_written, exercises, is_exercise_file, is_hidden
from symgrad.pytest_plugin.options import ASKED

if TYPE_CHECKING:
    from symgrad.authoring.exercise import Exercise
    from symgrad.pytest_plugin.parts import Part


def pytest_report_header(config: pytest.Config) -> str:
    """The line that says what exercises are checked with."""
    asked = config.stash[ASKED]
    given = {"seed": 0, **asked.given}
    return str(message("settings_of_session", version=version("symgrad"), dtypes=asked.dtypes, given=given))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file with exercises; one that the user names comes by way of `pytest_pycollect_makemodule`."""
    session = parent.session
    if session.isinitpath(file_path) or not is_exercise_file(file_path, parent.config) or is_hidden(file_path, session):
        return None
    collector: ExerciseFile = ExerciseFile.from_parent(parent, path=file_path)
    return collector


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file that the user names: exercises instead of a module, so that it neither runs nor is listed twice."""
    if not parent.session.isinitpath(module_path) or not is_exercise_file(module_path, parent.config, asked=True):
        return None
    collector: ExerciseFile = ExerciseFile.from_parent(parent, path=module_path)
    return collector


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A report that blames the exercise's own line and gives the reason in short, where pytest would name this file."""
    report = yield
    crash = getattr(report.longrepr, "reprcrash", None)
    raised = call.excinfo.value if call.excinfo is not None else None
    if (
        crash is not None
        and isinstance(item, ExerciseItem)
        and isinstance(raised, pytest.fail.Exception)
        and not raised.pytrace
    ):
        crash.path, crash.lineno = item.place
        crash.message = item.part.headline if item.part is not None else str(raised)
    return report


class ExerciseFile(pytest.File):
    """A file with exercises."""

    def collect(self) -> Iterator[ExerciseCollector]:
        for exercise in exercises(self.path, self.config):
            yield ExerciseCollector.from_parent(self, name=exercise.name, exercise=exercise)


class ExerciseCollector(pytest.Collector):
    """An exercise, with the result of its check once there is one."""

    def __init__(self, *, exercise: Exercise, **given: Any) -> None:
        super().__init__(**given)
        self.exercise = exercise
        self._results: dict[Settings, CheckResult] = {}
        self.add_marker("symgrad")
        self.extra_keyword_matches.update(exercise.tags)
        for word in filter(None, (*exercise.tags, exercise.difficulty)):
            name = word.replace("-", "_")
            self.config.addinivalue_line("markers", str(message("marker_of_tag", name=name)))
            self.add_marker(name)

    def collect(self) -> Iterator[ExerciseItem]:
        asked, names = self.config.stash[ASKED], self.exercise.parameter_names
        other = "loss"
        while other in names:
            other += "_"
        for dtype in asked.dtypes:
            settings = Settings(**{**asked.given, "dtype": dtype})
            which = f"[{dtype}]" if len(asked.dtypes) > 1 else ""
            for parameter in (*names, None):
                name = f"{other if parameter is None else parameter}{which}"
                yield ExerciseItem.from_parent(self, name=name, of=self, parameter=parameter, settings=settings)

    def result(self, settings: Settings) -> CheckResult:
        """The check, made once."""
        if settings not in self._results:
            from symgrad.checking.check import check

            self._results[settings] = check(self.exercise, settings)
        return self._results[settings]


class ExerciseItem(pytest.Item):
    """What an exercise claims of one parameter's gradient, or, without a parameter, everything else."""

    def __init__(self, *, of: ExerciseCollector, parameter: str | None, settings: Settings, **given: Any) -> None:
        super().__init__(**given)
        self.of = of
        self.parameter = parameter
        self.settings = settings
        self.part: Part | None = None

    def setup(self) -> None:
        """Checks the exercise; one that can't be checked is an error, not a failure."""
        from symgrad.pytest_plugin.parts import of_loss, of_parameter

        try:
            result = self.of.result(self.settings)
        except UserError as error:
            pytest.fail(str(error), pytrace=False)
        self.part = of_loss(result, self.of.exercise) if self.parameter is None else of_parameter(result, self.parameter)
        self._tell(self.part, result)
        if self.part.verdict == "error":
            self._fail(self.part)

    def runtest(self) -> None:
        """Fails where the check does."""
        assert self.part is not None  # pytest sets an item up before it runs it
        if self.part.verdict == "inconclusive" and self.config.stash[ASKED].skips:
            raise pytest.skip.Exception(self.part.headline, _use_item_location=True)
        if self.part.verdict != "pass":
            self._fail(self.part)
        if "xfail" in self.of.exercise.tags and not self.of.result(self.settings).passed:
            pytest.xfail(str(message("another_part_fails")))

    def reportinfo(self) -> tuple[str, int, str]:
        """Where the exercise is written, with the line from 0, and what of it is tested."""
        path, line = self.place
        what = f"dL/d{self.parameter}" if self.parameter is not None else message("loss_and_claims")
        dtype = self.settings.dtype if len(self.config.stash[ASKED].dtypes) > 1 else None
        label = message("item_of_exercise", exercise=self.of.exercise.name, what=what, dtype=dtype)
        return path, line - 1, str(label)

    @property
    def place(self) -> tuple[str, int]:
        """File and line of the exercise."""
        place = self.of.exercise.place
        return (os.path.abspath(place.path), place.line) if place is not None else (str(self.path), 1)

    def _fail(self, part: Part) -> None:
        """Fails with the report's paragraph for a text."""
        from symgrad.pytest_plugin.parts import paragraph

        words = self.config.stash[ASKED].words(self.settings.dtype)
        path, name = as_written(self.path, self.config).as_posix(), self.name.partition("[")[0]
        command = ["python", "-m", "pytest", "--symgrad", *words, f"{path}::{self.of.exercise.name}::{name}"]
        pytest.fail(paragraph(part, command), pytrace=False)

    def _tell(self, part: Part, result: CheckResult) -> None:
        """The row of the report as a section, and the controls as a property of the item that stands for the loss."""
        from symgrad.pytest_plugin.parts import section

        self.add_report_section("call", "symgrad", section(part, result))
        controls = (CONTROLS, said(result))
        if self.parameter is None and result.planted and controls not in self.user_properties:
            self.user_properties.append(controls)
