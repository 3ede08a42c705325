"""Types, as users' checkers see them: the stub is up to date, right programs aren't reported, and wrong lines are."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import stub

import symgrad
from symgrad.operations.table import TABLE

HERE = Path(__file__).parent
MISTAKES = HERE / "user_mistakes.py"


def lines_by_mypy(file, folder):
    """Lines of a file that mypy reports under --strict, run where no configuration of this project is found."""
    words = ["mypy", "--strict", "--no-error-summary", "--config-file=", f"--cache-dir={folder / 'cache'}", str(file)]
    result = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    found = [re.match(r"(.*?):(\d+): error: ", line) for line in result.stdout.splitlines()]
    return {int(match.group(2)) for match in found if match and Path(match.group(1)).name == file.name}


def lines_by_pyright(file, folder):
    """Lines of a file that pyright reports as errors, with its own settings."""
    words = ["pyright", "--outputjson", f"--pythonpath={sys.executable}", str(file)]
    given = os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    result = subprocess.run([sys.executable, "-m", *words], cwd=folder, env=given, capture_output=True, text=True, check=False)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    found = json.loads(result.stdout)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1 for each in found if each["severity"] == "error"}


CHECKERS = {"mypy": lines_by_mypy, "pyright": lines_by_pyright}


@pytest.fixture(scope="module", params=CHECKERS)
def reported(request, tmp_path_factory):
    """A checker; where it isn't installed the test is skipped, or fails if the environment says that both are required."""
    if importlib.util.find_spec(request.param) is None:
        said = f"{request.param} isn't installed; install it with: pip install -c constraints.txt -e '.[dev]'"
        if os.environ.get("TYPE_CHECKERS") == "required":
            pytest.fail(said)
        pytest.skip(said)
    folder = tmp_path_factory.mktemp(request.param)
    return lambda file: CHECKERS[request.param](file, folder)


def test_the_stub_is_made_of_the_exports_and_the_table():
    """A new export or operation stands in the stub; to write it anew: python tests/typing/stub.py."""
    assert stub.FILE.read_text(encoding="utf-8") == stub.stub()


def test_the_stub_offers_what_the_package_offers():
    """Names in the stub are those of dir(symgrad), but for what is private."""
    text = stub.stub()
    named = set(re.findall(r"^from \S+ import (\w+) as \1$|^def (\w+)\(|^(\w+): ", text, flags=re.MULTILINE))
    public = {next(filter(None, found)) for found in named}
    assert {name for name in public if not name.startswith("_") or name == "__version__"} == set(dir(symgrad))


@pytest.mark.parametrize("name", TABLE)
def test_every_operation_can_say_its_signature(name):
    """help() and completion know operands and options of every operation."""
    row = TABLE[name]
    parameters = inspect.signature(row).parameters.values()
    assert {p.name: p.default for p in parameters if p.default is not p.empty} == dict(row.options)


def test_no_right_program_is_reported(reported):
    """A user's program with every part of the interface has no error, and its results have the types that are asserted."""
    assert reported(HERE / "user_code.py") == set()


def test_every_mistake_is_reported_where_it_is(reported):
    """Misspelt names, options that don't exist and values of a wrong type are found, and nothing else is."""
    lines = MISTAKES.read_text(encoding="utf-8").splitlines()
    assert reported(MISTAKES) == {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
