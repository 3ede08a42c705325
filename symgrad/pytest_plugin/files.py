"""Which files hold exercises, and what is in them: paths in, exercises out; each file runs once a session."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from symgrad.basics.errors import closest, printable
from symgrad.basics.messages import Message, message

if TYPE_CHECKING:
    from symgrad.authoring.exercise import Exercise
    from symgrad.authoring.exercise_files import Loaded

LOADED = pytest.StashKey[dict[Path, "list[Loaded]"]]()


def is_exercise_file(path: Path, config: pytest.Config, *, asked: bool = False) -> bool:
    """Whether a file is one of exercises, by its name and as it mentions symgrad; `asked` where the user named it."""
    if path.suffix != ".py" or path.name.startswith(("_", ".")) or path.name in ("conftest.py", "setup.py"):
        return False
    if _matches(path, config.getini("python_files")) or not _matches(path, config.getini("symgrad_files")):
        return False
    try:
        return b"symgrad" in path.read_bytes().replace(b"\0", b"")  # UTF-16 has zeros in between, and a message of its own
    except OSError:
        return asked


def is_hidden(path: Path, session: pytest.Session) -> bool:
    """Whether a file lies in a folder for helpers, whose name begins with _, somewhere below what the user named."""
    for folder in path.parents:
        if session.isinitpath(folder) or folder == session.config.rootpath:
            return False
        if folder.name.startswith(("_", ".")):
            return True
    return False


def exercises(path: Path, config: pytest.Config) -> list[Exercise]:
    """The exercises of a file. Raises CollectError with the message for what can't be loaded."""
    from symgrad.authoring.exercise_files import Broken, load_file

    loaded = config.stash.setdefault(LOADED, {})
    if path not in loaded:
        loaded[path] = load_file(as_written(path, config))
    found = []
    for item in loaded[path]:
        if isinstance(item, Broken):
            raise pytest.Collector.CollectError(printable(item.message))
        found.append(item)
    return found


def exercises_of(test: pytest.Item) -> dict[str, Exercise] | None:
    """The exercises that a test is to run for, by its marker or the ini setting; None where neither names a path.

    Raises CollectError for a path or a name that doesn't exist, and for a file that can't be loaded.
    """
    marker = test.get_closest_marker("exercises")
    paths, options = (list(marker.args), marker.kwargs) if marker is not None else ([], {})
    only = [options["only"]] if isinstance(options.get("only"), str) else list(options.get("only", ()))
    if set(options) - {"only"} or not all(isinstance(word, (str, os.PathLike)) for word in [*paths, *only]):
        raise _uncollected(message("marker_takes_paths"))
    root = test.config.rootpath
    places = [_place(path, [test.path.parent, root]) for path in paths] or [
        _place(path, [root]) for path in test.config.getini("symgrad_exercises")
    ]
    if not places:
        return None
    files = dict.fromkeys(file for place in places for file in _files(place, test.config))
    found = [(file, exercise) for file in files for exercise in exercises(file, test.config)]
    names = [exercise.name for _, exercise in found]
    for name in only:
        if name not in names:
            raise _uncollected(message("no_exercise_for_test", name=name, closest=closest(name, names), names=names))
    return {
        e.name if names.count(e.name) == 1 else f"{as_written(file, test.config)}:{e.name}": e
        for file, e in found
        if not only or e.name in only
    }


def _uncollected(found: Message) -> pytest.Collector.CollectError:
    """The error of pytest's for what can't be collected."""
    return pytest.Collector.CollectError(str(found))


def _matches(path: Path, patterns: Iterable[str]) -> bool:
    """Whether one of the globs matches a name, or with a slash in it the end of a path, as pytest has it for python_files."""
    whole = path.as_posix()
    return any(
        fnmatch(whole if "/" in glob else path.name, f"*/{glob}" if "/" in glob and not os.path.isabs(glob) else glob)
        for glob in patterns
    )


def as_written(path: Path, config: pytest.Config) -> Path:
    """A path relative to where pytest was called, as messages and commands show it."""
    here = config.invocation_params.dir
    try:
        return Path(os.path.relpath(path, here)) if Path.cwd() == here else path
    except ValueError:  # another drive
        return path


def _place(path: str | os.PathLike[str], folders: list[Path]) -> Path:
    found = next((folder / path for folder in folders if (folder / path).exists()), None)
    if found is None:
        looked = list(dict.fromkeys(str(folder) for folder in folders))
        raise _uncollected(message("no_place", path=os.fspath(path), folders=looked))
    return Path(os.path.abspath(found))


def _files(place: Path, config: pytest.Config) -> Iterator[Path]:
    """A file itself, or the files with exercises in a folder, in order."""
    if place.is_file():
        yield place
        return
    inside = [path for path in sorted(place.rglob("*.py")) if is_exercise_file(path, config)]
    shown = [path for path in inside if not any(part.startswith(("_", ".")) for part in path.relative_to(place).parts)]
    if not shown:
        raise _uncollected(message("no_exercises_here", path=str(as_written(place, config))))
    yield from shown
