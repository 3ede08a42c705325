"""Where in an author's file something was written."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

PACKAGE = str(Path(__file__).parent.parent) + os.sep


@dataclass(frozen=True)
class Place:
    """A file and a line of it."""

    path: str
    line: int


def calling_place() -> Place | None:
    """The innermost place outside this package on the way to the caller; None where there is no file."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(("<ipython", "<stdin>")):
            return None  # a prompt
        if not name.startswith(PACKAGE) and not name.startswith("<"):
            return Place(name, frame.f_lineno) if os.path.exists(name) else None  # a notebook's cell has no file
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None


def running_place() -> Place | None:
    """The innermost place in somebody's own file that runs beneath this package; None where there is none."""
    frame, beneath = sys._getframe(1), False
    while frame is not None:
        name = frame.f_code.co_filename
        if _is_users(name):
            return Place(name, frame.f_lineno)
        if name.startswith(PACKAGE) and beneath:
            return None  # from here on it's this package that calls
        beneath |= not name.startswith(PACKAGE)
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return None


def users_place(trace: TracebackType | None) -> Place | None:
    """The innermost place of a traceback in somebody's own file: not in this package, nor in an installed library."""
    for entry in reversed(traceback.extract_tb(trace)):
        if _is_users(entry.filename):
            return Place(entry.filename, entry.lineno or 1)
    return None


def _is_users(filename: str) -> bool:
    return not filename.startswith((PACKAGE, "<", sys.base_prefix)) and "site-packages" not in filename


def raising_place(trace: TracebackType | None, path: str) -> Place | None:
    """The innermost line of a file that a traceback passed through."""
    lines = [entry.lineno for entry in traceback.extract_tb(trace) if entry.filename == path]
    return Place(path, lines[-1] or 1) if lines else None
