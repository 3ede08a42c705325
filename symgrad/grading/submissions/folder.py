"""A folder in, the files of its students out: `alice.toml`, `bob.json`, or a folder for each student.

What isn't a student's file (hidden, or of another kind) is skipped. Reading the files is left to `document`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from symgrad.basics.errors import UserError, printable
from symgrad.basics.messages import Message, message
from symgrad.grading.submissions.collecting import Piece
from symgrad.grading.submissions.decoding import obstacle
from symgrad.grading.submissions.document import PARSERS, HandedIn, read_document

LEVELS = 8
"""How deep folders are looked into."""
LINK = message("it_is_a_link")
NOTHING = message("no_answers_here", endings=list(PARSERS))


def read_folder(folder: Path) -> Iterator[Piece]:
    """The pieces of all files of a folder, sorted by name. Raises UserError where it holds none."""
    shown = printable(str(folder), keep="")
    try:
        entries = _entries(folder)
    except OSError as error:
        raise UserError(message("placed", place=shown, found=obstacle(error))) from None
    only_folders = not any(_is_answers(entry) for entry in entries)
    found = [file for entry in entries for file in _handed_in(entry, only_folders)]
    if not any(_is_answers(file.path) or file.obstacle == LINK for file in found):
        raise UserError(message("placed", place=shown, found=NOTHING))
    for file in found:
        yield from read_document(file)


def _handed_in(entry: Path, only_folders: bool) -> Iterator[HandedIn]:
    """The files that an entry of the folder is or holds; a folder is a student who handed in what lies there."""
    if _is_answers(entry):
        yield HandedIn(entry, obstacle=_link(entry))
        return
    if not os.path.isdir(entry) or entry.name.startswith("__"):  # __MACOSX, __pycache__
        return
    try:
        reason = _link(entry)
        files = [] if reason else list(_inside(entry, LEVELS))
    except OSError as error:
        reason, files = obstacle(error), []
    for file in files:
        yield HandedIn(file, entry.name, _link(file))
    if reason or (only_folders and not files):  # beside students' files, a folder without any is no student
        yield HandedIn(entry, entry.name, reason or NOTHING)


def _inside(folder: Path, levels: int) -> Iterator[Path]:
    for entry in _entries(folder):
        is_folder = os.path.isdir(entry)
        if _is_answers(entry) or (is_folder and os.path.islink(entry)):
            yield entry
        elif is_folder and levels:
            yield from _inside(entry, levels - 1)


def _entries(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(os.listdir(folder)) if not name.startswith(".")]


def _is_answers(path: Path) -> bool:
    return path.suffix.lower() in PARSERS


def _link(path: Path) -> Message | None:
    """Why a link isn't read: it could lead to another student's answers, or to the teacher's."""
    return LINK if os.path.islink(path) else None
