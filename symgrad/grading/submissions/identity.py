"""Who and what: the text of a student, an exercise or a name as it is compared, and file names made of students."""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator

from symgrad.grading.submissions.decoding import encodable

LONGEST = 80
"""Characters of a file name: what all file systems take, with room for an ending."""
DIGITS = 8
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(10))}
"""Devices of Windows, whatever ending follows them."""


def identifier(value: object) -> str | None:
    """The text of a student, an exercise or a name without white space around it; None where there is none.

    >>> identifier(" alice "), identifier("  "), identifier(["alice"])
    ('alice', None, None)
    """
    return (encodable(str(value)).strip() or None) if isinstance(value, str) else None


def safe_names(students: Iterable[str]) -> dict[str, str]:
    """A file name, without ending, for each student: safe and distinct on Linux, macOS and Windows.

    A name is the student's id where that is one, and otherwise what can be read of it with 8 digits of its SHA-256.

    >>> safe_names(["alice", "Alice", "josé", "../../etc/passwd"])["josé"]
    'jose-d994e1d0'
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for student in students:
        if student not in names:
            name = next(name for name in _candidates(student) if name.lower() not in taken)
            names[student] = name
            taken.add(name.lower())
    return names


def _candidates(student: str) -> Iterator[str]:
    """Names of a student, best first, without end: digests can be made to collide, and others can be called like them."""
    readable = _readable(student)
    if readable == student:
        yield student
    stem = readable[: LONGEST - DIGITS - 1]
    encoded = student.encode("utf-8", "surrogatepass")
    for count in itertools.count():
        digest = hashlib.sha256(encoded + b"\0" * count).hexdigest()
        yield f"{stem}-{digest[:DIGITS]}"


def _readable(student: str) -> str:
    """What can be read of an id in ASCII letters, digits, ``.``, ``_`` and ``-``; never a device or a hidden file."""
    start = unicodedata.normalize("NFKD", student[: 2 * LONGEST])  # sorting thousands of accents takes time squared
    plain = "".join(c for c in start if not unicodedata.combining(c))
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).lstrip(".-")[:LONGEST].rstrip(".")
    if name.split(".")[0].lower() in RESERVED:
        name = f"_{name}"
    return name or "student"
