"""Files and folders in, exercises out; what can't be loaded is `Broken`, and hides nothing else."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tokenize
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import symgrad
from symgrad.authoring.exercise import Exercise
from symgrad.authoring.sympy_refusals import refusal, way_out
from symgrad.basics.errors import AuthorError, SymgradError, UserError, WrongShape, closest, printable, python_name
from symgrad.basics.messages import Message, message
from symgrad.basics.source_places import Place, raising_place

MISSPELT = re.compile(r"cannot import name '(\w+)' from 'symgrad'")
"""What Python says of a name that a package doesn't have; before 3.12 the error itself doesn't know the name."""


@dataclass(frozen=True)
class Broken:
    """A file that holds no exercise that could be read: what was found, and where (which may be a file that it imports)."""

    name: str
    path: str
    found: Message
    place: Place

    @property
    def line(self) -> int | None:
        """The line of the file itself; None where what was found stands in another file."""
        return self.place.line if self.place.path == self.path else None

    @property
    def told(self) -> Message:
        """Place and what was found there."""
        return message("at_place", path=self.place.path, line=self.place.line, found=self.found)

    @property
    def message(self) -> str:
        """Place and what was found there, in words on one line."""
        return printable(str(self.told), keep="")


Loaded: TypeAlias = Exercise | Broken


def load(paths: Iterable[str], *, only: Sequence[str] = ()) -> list[Loaded]:
    """All exercises of files and folders, in order of paths; `only` keeps those of these names.

    Raises UserError for a missing path, a folder without exercises, or a name that no exercise has.
    """
    files = [file for path in paths for file in _files(path)]
    loaded = [item for file in dict.fromkeys(files) for item in load_file(file)]
    names = [item.name for item in loaded]
    for name in only:
        if name not in names:
            broken = [item.told for item in loaded if isinstance(item, Broken)]
            near = closest(name, names)
            raise UserError(message("no_exercise_called", name=name, closest=near, names=names, broken=broken))
    return [item for item in loaded if not only or item.name in only]


def _files(path: str) -> list[Path]:
    place = Path(path)
    if not path or not place.exists():
        raise UserError(message("no_such_path", path=path))
    if place.is_file():
        if place.suffix != ".py":
            raise UserError(message("not_a_python_file", path=path))
        return [place]
    inside = sorted(file for file in place.rglob("*.py") if file.is_file() and not _is_hidden(file.relative_to(place)))
    if not inside:
        raise UserError(message("no_exercises_in", path=path))
    return inside


def _is_hidden(relative: Path) -> bool:
    return any(part.startswith((".", "_")) for part in relative.parts)


def load_file(file: Path) -> list[Loaded]:
    """The exercises of one file in the order in which it defines them, or what is wrong with it."""
    try:
        module = _run(file)
    except KeyboardInterrupt:
        raise
    except AuthorError as error:
        place = Place(error.path, error.line or 1) if error.path else _place(file, error)
        return [Broken(error.exercise or file.stem, str(file), error.told, place)]
    except SyntaxError as error:
        place = Place(error.filename or str(file), error.lineno or 1)
        return [Broken(file.stem, str(file), message("not_valid_python", said=error.msg), place)]
    except BaseException as error:  # whatever an author's file may raise; a test framework's skip is no Exception
        return [Broken(file.stem, str(file), _raised(error), _place(file, error))]
    own = [value for name, value in vars(module).items() if not name.startswith("__")]  # __builtins__ isn't the file's
    exercises = list(dict.fromkeys(exercise for value in own for exercise in _exercises(value)))
    if not exercises:
        return [Broken(file.stem, str(file), message("no_exercise_here"), Place(str(file), 1))]
    names = [exercise.name for exercise in exercises]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return [Broken(file.stem, str(file), message("two_exercises_called", name=twice), Place(str(file), 1))]
    return list(exercises)


def _exercises(value: object) -> list[Exercise]:
    """The exercises that a variable holds: one, or a list, a tuple or a dict of them."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
    return [item for item in list(held) if isinstance(item, Exercise)]


def _raised(error: BaseException) -> Message:
    """An error by its kind and in its own words; a misspelt import from symgrad is told the nearest name."""
    return message("file_raised", type=python_name(error), said=_said(error), hint=_hint(error))


def _said(error: BaseException) -> Message | str:
    """What an error says, on one line."""
    if isinstance(error, WrongShape) and error.operation and "operation" not in error.found.values:
        return message("in_operation", operation=error.operation, found=error.found)
    if isinstance(error, SymgradError):
        return error.found
    refused = refusal(error)
    if refused is not None:
        return refused
    text = str(error)
    if len(error.args) > 1 and text == str(error.args):  # SymPy raises ShapeError("not aligned", 2, 3)
        text = ", ".join(map(str, error.args))
    return " ".join(text.split()) or message("says_nothing")


def _hint(error: BaseException) -> Message | None:
    """What may help with an error of Python's or SymPy's."""
    if isinstance(error, ImportError) and (misspelt := MISSPELT.match(str(error))):
        near = closest(misspelt[1], dir(symgrad))
        return message("did_you_mean", name=near) if near else None
    if isinstance(error, NameError) and error.name in dir(symgrad):
        return message("symgrad_exports_it", name=error.name)
    return way_out(error)


def _place(file: Path, error: BaseException) -> Place:
    """The line of the file that was being run."""
    return raising_place(error.__traceback__, str(file)) or Place(str(file), 1)


def _run(file: Path) -> ModuleType:
    """The file run as a module of its own; what it prints goes to standard error, and what lies beside it is importable.

    Run from its source, so that places read as the path that was given and nothing is written beside the file.
    """
    name = f"symgrad_exercises_{zlib.crc32(str(file.resolve()).encode()):x}"
    with tokenize.open(file) as stream:
        source = stream.read()
    module = ModuleType(name)
    module.__file__ = str(file)
    folder, here, before = str(file.resolve().parent), os.getcwd(), set(sys.modules)
    sys.modules[name] = module
    sys.path.insert(0, folder)
    try:
        code = compile(source, str(file), "exec", dont_inherit=True)
        with contextlib.redirect_stdout(sys.stderr):
            exec(code, module.__dict__)
    finally:
        os.chdir(here)
        if folder in sys.path:
            sys.path.remove(folder)
        for added in set(sys.modules) - before:  # what lies beside the file is its own: another folder may call it the same
            if str(getattr(sys.modules[added], "__file__", None)).startswith(folder + os.sep):
                del sys.modules[added]
        sys.modules.pop(name, None)
    return module
