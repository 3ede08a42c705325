"""What a course handed in comes in as a folder, a table or a file, and goes out as `Submissions`.

Reading never judges: content goes on as it stood there, and what couldn't be read is a `Problem` that hides nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from symgrad.basics.errors import UserError, closest, printable
from symgrad.basics.messages import message
from symgrad.grading.submissions.collecting import Piece, Submissions, collect
from symgrad.grading.submissions.document import HandedIn, read_document
from symgrad.grading.submissions.folder import read_folder
from symgrad.grading.submissions.identity import safe_names
from symgrad.grading.submissions.rows import read_csv, read_json_lines

__all__ = ["Submissions", "read_submissions", "safe_names"]


def _read_one(path: Path) -> Iterator[Piece]:
    return read_document(HandedIn(path))


KINDS: dict[str, Callable[[Path], Iterator[Piece]]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".toml": _read_one,
    ".json": _read_one,
}
"""Kinds of files, by their endings: tables of all students, and the files of one."""


def read_submissions(path: str) -> Submissions:
    """The submissions of a folder with a file or a folder for each student, of one table, or of one student's file.

    Raises UserError for a missing path, a folder without answers, an unknown kind of file, and a table whose header lacks a
    column. Everything else that is wrong is among the problems.
    """
    place, shown = Path(path), printable(path, keep="")
    if not path or not os.path.exists(place):
        raise UserError(message("no_such_path", path=shown))
    if os.path.isdir(place):
        return collect(read_folder(place))
    ending = place.suffix.lower()
    if ending not in KINDS:
        found = message("holds_no_answers", closest=closest(ending, KINDS), kinds=list(KINDS))
        raise UserError(message("placed", place=shown, found=found))
    return collect(KINDS[ending](place))
