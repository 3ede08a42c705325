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
from symgrad.basics.errors import AuthorError, UserError, nearest
from symgrad.basics.source_places import raising_place


@dataclass(frozen=True)
class Broken:
    """A file that holds no exercise that could be read, and why."""

    name: str
    path: str
    message: str


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
            there = f"There are {', '.join(names) or 'none'}"
            broken = "".join(f"\n{item.message}" for item in loaded if isinstance(item, Broken))
            raise UserError(f"no exercise is called '{name}'{nearest(name, names) or '.'} {there}{broken}")
    return [item for item in loaded if not only or item.name in only]


def _files(path: str) -> list[Path]:
    place = Path(path)
    if not path or not place.exists():
        raise UserError(f"{path or 'an empty path'}: no such file or folder")
    if place.is_file():
        if place.suffix != ".py":
            raise UserError(f"{path}: not a Python file; exercises are .py files")
        return [place]
    inside = sorted(file for file in place.rglob("*.py") if file.is_file() and not _is_hidden(file.relative_to(place)))
    if not inside:
        raise UserError(f"{path}: no exercises here (files ending in .py, not beginning with _ or .)")
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
        return [_broken(file, str(error) if error.path else _located(file, error, str(error)), error.exercise)]
    except SyntaxError as error:
        where = f"{error.filename or file}:{error.lineno or 1}"
        return [_broken(file, f"{where}: not valid Python: {error.msg}")]
    except BaseException as error:  # whatever an author's file may raise; a test framework's skip is no Exception
        return [_broken(file, _located(file, error, f"{type(error).__name__}: {_text(error)}"))]
    own = [value for name, value in vars(module).items() if not name.startswith("__")]  # __builtins__ isn't the file's
    exercises = list(dict.fromkeys(exercise for value in own for exercise in _exercises(value)))
    if not exercises:
        return [_broken(file, f"{file}:1: no Exercise here; accepted: a variable that holds an Exercise(…)")]
    names = [exercise.name for exercise in exercises]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        return [_broken(file, f"{file}:1: two exercises are called '{twice}'; accepted: a name for each")]
    return list(exercises)


def _exercises(value: object) -> list[Exercise]:
    """The exercises that a variable holds: one, or a list, a tuple or a dict of them."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
    return [item for item in list(held) if isinstance(item, Exercise)]


def _text(error: BaseException) -> str:
    """An error's own words; a misspelt import from symgrad is told the nearest name."""
    plain = str(error)
    if plain.startswith("("):  # SymPy raises ShapeError("not aligned", 2, 3)
        plain = ", ".join(str(argument) for argument in error.args)
    misspelt = re.match(r"cannot import name '(\w+)' from 'symgrad'", plain)
    hint = nearest(misspelt.group(1), dir(symgrad)) if misspelt else ""
    unknown = re.match(r"name '(\w+)' is not defined", plain)
    if unknown and unknown.group(1) in dir(symgrad):
        hint = f"; symgrad exports it: from symgrad import {unknown.group(1)}"
    if type(error).__name__ in ("ShapeError", "NonSquareMatrixError") or "Mix of Matrix and Scalar" in plain:
        hint = "; between matrices * is the matrix product and ** its power; add, subtract, hadamard, divide and square work"
        hint += " entry by entry, and broadcast scalars, rows and columns"
    return " ".join(plain.split()) + hint or "no message"


def _broken(file: Path, message: str, name: str | None = None) -> Broken:
    return Broken(name or file.stem, str(file), message)


def _located(file: Path, error: BaseException, text: str) -> str:
    """A message that begins with the line of the file that was being run."""
    place = raising_place(error.__traceback__, str(file))
    return f"{file}:{place.line if place else 1}: {text}"


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
