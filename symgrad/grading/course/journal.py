"""A journal on disk: the outcomes of a run so far by key, so that a run that was killed at any moment goes on.

JSON Lines. The first line says whose outcomes these are; each further one is ``[key, outcome, checksum]``, written whole and
with many others at once. What a kill or a power cut left torn at the end is cut off before going on, a line that was damaged
further up is passed over, and both are only judged again. The file is locked while it is open.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import stat
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from symgrad.basics.errors import UserError
from symgrad.basics.messages import Message, message

SCHEMA = "symgrad/journal/2"
ANY_SCHEMA = re.compile(rb'\{"schema":"symgrad/journal/[0-9]+"')
"""How journals of any version begin."""

LINES = 200
"""Outcomes that are held back at most, which are those that a kill costs."""

SECONDS = 0.5
"""Between two writings, where outcomes are added all the time."""

TAIL = len(',"89abcdef"]')
"""Bytes of a line that say its checksum."""

_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


@dataclass(slots=True, eq=False)
class Journal:
    """An open journal, to be closed; `known` is what was read back, and doesn't grow."""

    path: Path
    known: Mapping[str, Any]
    _descriptor: int
    _size: int
    """Bytes of the file that are whole lines."""
    _lines: list[str] = field(default_factory=list)
    _flushed: float = field(default_factory=time.monotonic)

    @classmethod
    def open(cls, path: str | Path, fingerprint: str, *, resume: bool) -> Journal:
        """The journal of a run, begun where there is none.

        Raises UserError for one that is there and isn't to be resumed, or is another run's, or in use; for a file that is no
        journal, which is left as it is; and where the file can't be read or written.
        """
        path = Path(path)
        descriptor = _locked(path)
        try:
            known, size = _begun(path, descriptor, _header(fingerprint), resume)
        except OSError as error:
            os.close(descriptor)
            raise _unwritable(path, error) from error
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, MappingProxyType(known), descriptor, size)

    def add(self, key: str, outcome: Any) -> None:
        """Writes down an outcome, with those before it or a moment later. Raises UserError where it can't be written."""
        self._lines.append(_line(key, outcome))
        if len(self._lines) >= LINES or time.monotonic() - self._flushed >= SECONDS:
            self.flush()

    def flush(self) -> None:
        """Writes what is held back: for a caller that will have nothing to add for a while."""
        written = "".join(self._lines).encode()
        try:
            _write(self._descriptor, written)
        except OSError as error:
            self._lines.clear()
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise _unwritable(self.path, error) from error
        self._lines.clear()
        self._size += len(written)
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Writes what is held back, and lets go of the file; the second time nothing."""
        if self._descriptor < 0:
            return
        try:
            self.flush()
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def remove(self) -> None:
        """Ends the journal of a run that is done. Raises UserError where it can't be removed."""
        self._lines.clear()
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _refused(self.path, message("journal_not_removed", said=str(error.strerror))) from error
        finally:
            self.close()


def _header(fingerprint: str) -> bytes:
    return _encode({"schema": SCHEMA, "fingerprint": fingerprint}).encode() + b"\n"


def _line(key: str, outcome: Any) -> str:
    body = _encode([key, outcome])[:-1]
    return f'{body},"{zlib.crc32(body.encode()):08x}"]\n'


def _entry(line: bytes) -> tuple[str, Any] | None:
    """Key and outcome of a line as it was written, or None for a damaged one."""
    body = line[:-TAIL]
    if line[-TAIL:] != b',"%08x"]' % zlib.crc32(body):
        return None
    try:
        key, outcome = _decode(f"{body.decode()}]")
    except (ValueError, RecursionError):  # somebody has written it by hand
        return None
    return (key, outcome) if isinstance(key, str) else None


def _locked(path: Path) -> int:
    """A descriptor of the file, which is made where there is none, and is nobody else's while it is open."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass  # its run was done, and removed it, between the two calls
        except BlockingIOError as error:
            os.close(descriptor)
            raise _refused(path, message("journal_in_use")) from error
        except OSError as error:
            os.close(descriptor)
            raise _unwritable(path, error) from error
        os.close(descriptor)


def _begun(path: Path, descriptor: int, header: bytes, resume: bool) -> tuple[dict[str, Any], int]:
    """What a file knows, and its bytes, with the header written and the torn end cut off."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise _refused(path, message("journal_is_no_file"))
    content = _read(descriptor)
    if b"\n" not in content and header.startswith(content):  # killed before there was a header
        os.ftruncate(descriptor, 0)
        _write(descriptor, header)
        return {}, len(header)
    first, _, lines = content.partition(b"\n")
    if not ANY_SCHEMA.match(first):
        raise _refused(path, message("no_journal"))
    if not _is_header(first):
        raise _refused(path, message("journal_of_another_version"))
    if not resume:
        raise _refused(path, message("journal_is_unfinished"))
    if first + b"\n" != header:
        raise _refused(path, message("journal_of_another_run"))
    known, whole = _known(lines)
    os.ftruncate(descriptor, len(header) + whole)
    return known, len(header) + whole


def _is_header(line: bytes) -> bool:
    return line.startswith(_encode({"schema": SCHEMA}).encode()[:-1])


def _known(lines: bytes) -> tuple[dict[str, Any], int]:
    """The outcomes by key, the later of two; and the bytes up to the end of the last line that isn't damaged."""
    known: dict[str, Any] = {}
    at = whole = 0
    for line in lines.split(b"\n")[:-1]:  # what has no line end is torn
        at += len(line) + 1
        entry = _entry(line)
        if entry is not None:
            known[entry[0]] = entry[1]
            whole = at
    return known, whole


def _read(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as stream:
        return stream.read()


def _write(descriptor: int, written: bytes) -> None:
    """All of it, in one go where the disk has room; the second go says why the first one stopped."""
    rest = memoryview(written)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _unwritable(path: Path, error: OSError) -> UserError:
    return _refused(path, message("journal_not_written", said=str(error.strerror)))


def _refused(path: Path, found: Message) -> UserError:
    return UserError(message("placed", place=str(path), found=found))
