"""Fixtures that several files share: exercise files written to a folder, and the command line run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symgrad.cli import cli

pytest_plugins = ["pytester"]

os.environ.pop("COLUMNS", None)  # of the terminal in which the tests run; reports would be as wide
os.environ.setdefault("OMP_NUM_THREADS", "1")  # torch isn't imported yet; threads gain nothing here, and lose on a busy machine

PARABOLA = """\
from symgrad import Exercise, scalar, square

w = scalar("w")
exercise = Exercise(name="parabola", title="A parabola", loss=square(w - 1), parameters=[w], points=3)
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a file under a temporary folder, which becomes the current one, and returns its relative path."""
    monkeypatch.chdir(tmp_path)

    def written(name: str, text: str | bytes = PARABOLA) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return name

    return written


@pytest.fixture
def symgrad() -> Callable[..., Result]:
    """Runs a command line in this process; anything but a SystemExit on the way out is raised, so a traceback fails."""

    def run(*words: object) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], prog_name="symgrad", catch_exceptions=False)

    return run
