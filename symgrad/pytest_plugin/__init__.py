"""The pytest plugin: ``pytest --symgrad exercises/`` collects exercises as tests; two fixtures serve tests of one's own.

Installed but unused it costs pytest's start next to nothing: what it needs of symgrad is imported when it is asked for.

Must never know: `torch`, `sympy`, `cli`, `grading`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from symgrad.pytest_plugin import options
from symgrad.pytest_plugin.options import ASKED

if TYPE_CHECKING:
    from symgrad.authoring.exercise import Exercise
    from symgrad.checking.results.results import CheckResult

CONTROLS = "symgrad_controls"
"""The property of a test that carries its controls, as in ``10 planted, 9 caught, 1 couldn't be``."""


def said(result: CheckResult) -> str:
    """The value of that property."""
    return f"{result.planted} planted, {result.caught} caught, {result.uncatchable} couldn't be"


def counted(value: str) -> tuple[int, ...]:
    """How many errors were planted, how many of them caught, and how many couldn't be, by the value of that property."""
    return tuple(int(part.split()[0]) for part in value.split(", "))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and ini settings."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Reads what is asked for, and looks for exercises only if that is asked."""
    config.addinivalue_line("markers", "symgrad: an exercise of symgrad's, collected by --symgrad.")
    config.addinivalue_line(
        "markers",
        "exercises(*paths, only=()): run the test once for each exercise in these files and folders, as its fixture `exercise`;"
        " `only` keeps those of these names.",
    )
    config.stash[ASKED] = options.read(config)
    if config.stash[ASKED].collects:
        import symgrad.pytest_plugin.collecting as collecting

        config.pluginmanager.register(collecting, "symgrad_collecting")


@pytest.fixture
def symgrad_check(request: pytest.FixtureRequest, _symgrad_dtype: str) -> Callable[..., CheckResult]:
    """A function that checks an exercise with the session's settings, or others by name, and returns its CheckResult."""
    asked = request.config.stash[ASKED]

    def checked(exercise: Exercise, **given: Any) -> CheckResult:
        from symgrad.checking.check import check

        result = check(exercise, **{**asked.given, "dtype": _symgrad_dtype, **given})
        if result.planted:
            request.node.user_properties.append((CONTROLS, said(result)))
        return result

    return checked


@pytest.fixture
def exercise(_symgrad_exercise: Exercise) -> Exercise:
    """Each exercise that the marker `exercises` names, or the ini setting symgrad_exercises."""
    return _symgrad_exercise


@pytest.fixture
def _symgrad_exercise(request: pytest.FixtureRequest) -> Any:
    """The exercise behind `exercise`: only a test whose `exercise` isn't the user's own comes to ask for it."""
    if not hasattr(request, "param"):
        from symgrad.basics.messages import message

        pytest.fail(str(message("no_exercises_for_test")), pytrace=False)
    return request.param


@pytest.fixture
def _symgrad_dtype(request: pytest.FixtureRequest) -> str:
    """The format under test."""
    return str(getattr(request, "param", request.config.stash[ASKED].dtypes[0]))


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each exercise and each format, after all others have had their say."""
    if "_symgrad_exercise" in metafunc.fixturenames and not _is_parametrised(metafunc, "exercise"):
        from symgrad.pytest_plugin.files import exercises_of

        found = exercises_of(metafunc.definition)
        if found is not None:
            metafunc.parametrize("_symgrad_exercise", list(found.values()), ids=list(found), indirect=True)
    dtypes = metafunc.config.stash[ASKED].dtypes
    if "_symgrad_dtype" in metafunc.fixturenames and len(dtypes) > 1 and not _is_parametrised(metafunc, "symgrad_check"):
        metafunc.parametrize("_symgrad_dtype", dtypes, indirect=True)


def _is_parametrised(metafunc: pytest.Metafunc, name: str) -> bool:
    """Whether somebody's pytest_generate_tests gives a fixture's values; pytest has no public word for it."""
    return any(name in call.params for call in metafunc._calls)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The controls of all checks, where there were any; with xdist they come with the reports."""
    controls: dict[str, list[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            found = [str(value) for name, value in getattr(report, "user_properties", ()) if name == CONTROLS]
            if found and len(found) >= len(controls.get(report.nodeid, ())):
                controls[report.nodeid] = found
    counts = [counted(value) for each in controls.values() for value in each]
    if counts:
        from symgrad.basics.messages import message

        planted, caught, uncatchable = (sum(column) for column in zip(*counts, strict=True))
        terminalreporter.write_line(str(message("controls", planted=planted, caught=caught, uncatchable=uncatchable)))
