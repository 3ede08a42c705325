"""A file in, its lines of text out: UTF-8, or what a byte order mark says; bytes that aren't text are reported, not fatal.

Lines end in LF, whether they came from Windows or an old Mac. What the lines mean is left to `values` and `rows`.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from symgrad.basics.messages import Message, message
from symgrad.grading.submissions.answers import Problem

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks; UTF-32 comes first, for its mark begins with one of UTF-16's."""
NOT_TEXT = re.compile("[\udc00-\udcff]")
LONE_SURROGATES = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def _carried(error: UnicodeError) -> tuple[str, int]:
    """A lone surrogate that carries the first byte of what can't be decoded; no valid text holds one."""
    assert isinstance(error, UnicodeDecodeError)  # reading only decodes
    return chr(0xDC00 + error.object[error.start]), error.end


codecs.register_error("symgrad.carried", _carried)  # as "surrogateescape", which knows no bytes below 128 and so no UTF-16


class NoFile(OSError):
    """Something that isn't a file, and what it is."""

    def __init__(self, found: Message) -> None:
        super().__init__()
        self.found = found


def obstacle(error: OSError) -> Message:
    """Why something can't be read: what it is, or else what the system says."""
    return message("cannot_be_read", said=error.found if isinstance(error, NoFile) else str(error.strerror))


def opened(path: Path) -> io.TextIOWrapper:
    """The file, open, in the encoding that its first bytes say. A pipe isn't waited for.

    Raises OSError, of which `obstacle` says why it can't be read.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise NoFile(message("it_is_a_folder"))
    if not stat.S_ISREG(mode):
        raise NoFile(message("it_is_a_device"))
    with open(path, "rb") as stream:
        start = stream.read(4)
    encoding = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8-sig")
    return open(path, encoding=encoding, errors="symgrad.carried")


def lines(text: io.TextIOWrapper, place: str, problems: list[Problem]) -> Iterator[str]:
    """The lines of a file, one at a time; what isn't text reads as U+FFFD, and `problems` gets its place."""
    encoding = text.encoding.removesuffix("-sig").upper()
    for number, line in enumerate(text, 1):
        found = None if line.isascii() else NOT_TEXT.search(line)
        if found is None:
            yield line
            continue
        byte = message("byte_is_no_text", byte=ord(found[0]) - 0xDC00, encoding=encoding, read_as=REPLACEMENT)
        problems.append(Problem(f"{place}:{number}", byte))
        yield NOT_TEXT.sub(REPLACEMENT, line)


def encodable(text: str) -> str:
    r"""The text with U+FFFD for lone surrogates, which JSON can write and no file can hold.

    >>> encodable("a\ud800") == "a\ufffd"
    True
    """
    return text if text.isascii() else LONE_SURROGATES.sub(REPLACEMENT, text)
