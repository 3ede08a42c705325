"""The journal of a run: whatever kills it, what was written whole is known, and nothing else is."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import json
import os
import random
import resource
import signal
import warnings
from contextlib import closing

import pytest

from symgrad.basics.errors import UserError
from symgrad.grading.course import journal
from symgrad.grading.course.journal import Journal

ENTRIES = {"a": {"verdict": "correct", "score": 1.5}, "b": ["σ", None, "\n"], "c\n\ud800": "text", "d": 4}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


def written(path, entries=ENTRIES):
    """The bytes of a journal with some entries."""
    with closing(Journal.open(path, "print", resume=False)) as begun:
        for key, outcome in entries.items():
            begun.add(key, outcome)
    return path.read_bytes()


def known(path):
    """What a resumed run knows."""
    with closing(Journal.open(path, "print", resume=True)) as resumed:
        return dict(resumed.known)


def refusal(path, *, fingerprint="print", resume=True):
    """The message for a journal that isn't opened."""
    with pytest.raises(UserError) as caught:
        Journal.open(path, fingerprint, resume=resume)
    return str(caught.value)


def test_what_was_added_is_known_on_resuming(path):
    """Any key, any outcome that JSON holds; and a resumed run's additions are known to the next one."""
    written(path)
    assert known(path) == ENTRIES
    with closing(Journal.open(path, "print", resume=True)) as resumed:
        resumed.add("e", 5)
        assert "e" not in resumed.known
    assert known(path) == ENTRIES | {"e": 5}


def test_a_journal_is_json_lines(path):
    """A header, and a line for each outcome with its checksum."""
    lines = written(path, {"a": {"x": 1}}).decode().splitlines()
    assert lines == ['{"schema":"symgrad/journal/2","fingerprint":"print"}', '["a",{"x":1},"72b03a2b"]']
    assert [json.loads(line) for line in lines][1][:2] == ["a", {"x": 1}]


def test_resuming_where_there_is_none_begins(path):
    """The same command may be given the first time and every other."""
    assert known(path) == {}
    assert path.exists()


def test_the_later_of_two_outcomes_counts(path):
    """A key that was judged twice has its last outcome."""
    with closing(Journal.open(path, "print", resume=False)) as begun:
        begun.add("a", 1)
        begun.add("a", 2)
    assert known(path) == {"a": 2}


def test_a_journal_torn_at_any_byte_keeps_its_whole_lines(path):
    """Every line that was written with its end is known, the torn one is cut off, and what is added next is whole."""
    content = written(path)
    ends = [n + 1 for n, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        whole = max(sum(end <= cut for end in ends) - 1, 0)
        expected = dict(list(ENTRIES.items())[:whole])
        with closing(Journal.open(path, "print", resume=True)) as resumed:
            assert resumed.known == expected
            assert path.stat().st_size == ends[whole]
            resumed.add("next", cut)
        assert known(path) == expected | {"next": cut}


def test_a_run_killed_before_its_header_was_whole_has_not_begun(path):
    """Such a file has nothing to go on with, and needs no --resume."""
    content = written(path, {})
    for cut in range(len(content)):
        path.write_bytes(content[:cut])
        Journal.open(path, "print", resume=False).close()
        assert path.read_bytes() == content


def test_a_line_damaged_at_any_byte_costs_that_line_alone(path):
    """A changed byte is noticed; where it was the line's end, the next line is lost with it."""
    content = written(path)
    start, stop, *_ = (n + 1 for n, byte in enumerate(content) if byte == ord("\n"))
    second = ENTRIES.keys() - {"a"}
    for at in range(start, stop):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x11]) + content[at + 1 :])
        assert known(path) == {key: ENTRIES[key] for key in (second if at < stop - 1 else second - {"b"})}


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"\0" * 100 + b"\n", b'["e",5,"00000000"]\n', b"[1]\n\n\n", b"\xff\xfe\n"])
def test_damaged_lines_at_the_end_are_cut_off(path, tail):
    """A power cut leaves zeros where data was to be."""
    content = written(path)
    path.write_bytes(content + tail)
    assert known(path) == ENTRIES
    assert path.read_bytes() == content


def test_lines_that_no_run_wrote_are_passed_over(path):
    """A right checksum makes no outcome of a number, a key that is no text, or half an array."""
    content = written(path)
    bodies = (b"[1,2", b'["a"', b'["a",1,2', b'["a",nonsense', b'["a",' + b"[" * 100_000, b"\xff", b"")
    path.write_bytes(content + b"".join(b'%s,"%08x"]\n' % (body, journal.zlib.crc32(body)) for body in bodies))
    assert known(path) == ENTRIES


def test_a_journal_of_another_run_is_refused(path):
    """The fingerprint is that of submissions and exercises."""
    content = written(path)
    message = "this journal belongs to other submissions or exercises, or to another seed or limit; remove it to begin anew"
    assert refusal(path, fingerprint="other") == f"{path}: {message}"
    assert path.read_bytes() == content


def test_an_unfinished_run_is_not_begun_anew(path):
    """Hours of judging aren't lost by a forgotten option."""
    content = written(path)
    for fingerprint in ("print", "other"):
        message = refusal(path, fingerprint=fingerprint, resume=False)
        assert message == f"{path}: an unfinished run is there; --resume goes on with it, or remove it"
    assert path.read_bytes() == content


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("content", [b"student,answer\n", b"{}", b"\n", b"\x00\xff", b'{"schema":"symgrad/grade/2"}\n'])
def test_another_file_is_left_as_it_is(path, content, resume):
    """A path that was mistyped costs no submissions."""
    path.write_bytes(content)
    assert refusal(path, resume=resume) == f"{path}: this is no journal of symgrad's; it is left as it is"
    assert path.read_bytes() == content


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("version", [1, 3, 10, 21])
def test_a_journal_of_another_version_is_refused(path, version, resume):
    """Its outcomes are written in another way; whoever wants them has the version that wrote them."""
    content = written(path).replace(b"journal/2", b"journal/%d" % version)
    path.write_bytes(content)
    message = "this journal was written by another version of symgrad; remove it to begin anew"
    assert refusal(path, resume=resume) == f"{path}: {message}"
    assert path.read_bytes() == content


def test_a_pipe_is_no_journal(path):
    """It isn't waited for, either."""
    os.mkfifo(path)
    assert refusal(path) == f"{path}: this is no file, and can't be a journal"


def test_two_runs_do_not_share_a_journal(path):
    """The second one is refused for as long as the first one has it open."""
    with closing(Journal.open(path, "print", resume=False)):
        assert refusal(path) == f"{path}: another run is writing this journal; wait for it, or end it"
    assert known(path) == {}


def test_a_journal_that_is_removed_while_it_is_opened_is_made_anew(path, monkeypatch):
    """A run that waited at the door of one that was done doesn't write to a file that has no name any more."""
    written(path)
    flock = fcntl.flock

    def late(descriptor, operation):
        if path.exists() and path.stat().st_size:
            path.unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    assert known(path) == {}
    assert path.exists()


def test_a_file_system_without_locks_is_said_so(path, monkeypatch):
    """The system's reason is in the message, and the descriptor is closed."""

    def flock(descriptor, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    before = os.listdir("/dev/fd")
    assert refusal(path) == f"{path}: the journal can't be written: No locks available"
    assert os.listdir("/dev/fd") == before


def test_a_path_that_can_not_be_written_is_said_so(tmp_path):
    """A missing folder, and a folder in place of a file."""
    assert refusal(tmp_path) == f"{tmp_path}: the journal can't be written: Is a directory"
    missing = tmp_path / "missing" / "run.journal"
    assert refusal(str(missing)) == f"{missing}: the journal can't be written: No such file or directory"


@contextlib.contextmanager
def largest_file(size):
    """No file grows beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_so_and_leaves_whole_lines(path):
    """What didn't fit is taken back, so that the journal is good for going on when there is room."""
    content = written(path)
    resumed = Journal.open(path, "print", resume=True)
    resumed.add("long", "x" * 100)
    with largest_file(len(content) + 50):
        with pytest.raises(UserError) as caught:
            resumed.flush()
        resumed.close()  # has nothing more to say
    assert str(caught.value) == f"{path}: the journal can't be written: File too large"
    assert path.read_bytes() == content


def test_a_disk_too_full_for_the_header_is_said_so(path):
    """And the next run begins, where there is room."""
    with largest_file(10):
        assert refusal(path) == f"{path}: the journal can't be written: File too large"
    assert known(path) == {}


def test_outcomes_are_written_many_at_once_and_soon(path, monkeypatch):
    """In one call after 200 of them, or after half a second, or on asking."""
    now = 0.0
    sizes = []
    write = os.write
    monkeypatch.setattr(journal.time, "monotonic", lambda: now)
    with closing(Journal.open(path, "print", resume=False)) as begun:
        monkeypatch.setattr(journal.os, "write", lambda fd, text: sizes.append(bytes(text).count(b"\n")) or write(fd, text))
        begun._flushed = now
        for n in range(450):
            begun.add(str(n), n)
        assert sizes == [200, 200]
        now = 0.5
        begun.add("late", 0)
        assert sizes == [200, 200, 51]
        begun.add("later", 0)
        begun.flush()
        assert sizes == [200, 200, 51, 1]


def test_a_journal_that_is_done_is_removed(path):
    """With what it held back; closing it again does nothing."""
    begun = Journal.open(path, "print", resume=False)
    begun.add("a", 1)
    begun.remove()
    begun.close()
    assert not path.exists()


def test_a_journal_that_can_not_be_removed_is_said_so(path):
    """And it is closed all the same."""
    begun = Journal.open(path, "print", resume=False)
    path.unlink()
    path.mkdir()
    before = len(os.listdir("/dev/fd"))
    with pytest.raises(UserError, match=f"{path}: the journal can't be removed: "):
        begun.remove()
    assert len(os.listdir("/dev/fd")) == before - 1


def going_on(path, keys):
    """A process that adds what isn't known yet, and ends when all is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in worker.start
        pid = os.fork()
    if pid:
        return pid
    try:
        with closing(Journal.open(path, "print", resume=True)) as resumed:
            for key in keys:
                if key not in resumed.known:
                    resumed.add(key, {"key": key})
        os._exit(0)
    finally:
        os._exit(1)


def test_a_run_that_is_killed_five_times_judges_everything_once(path):
    """Killed in the middle of whatever it was at, a run goes on where it was, and no line is there twice or torn."""
    moments = random.Random(7)
    size = 0
    for _ in range(5):
        pid = going_on(path, map(str, itertools.count()))
        size += moments.randrange(200_000)
        while not path.exists() or path.stat().st_size < size:
            assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        size = path.stat().st_size
    keys = [str(n) for n in range(len(known(path)) + 1000)]
    assert os.waitpid(going_on(path, keys), 0)[1] == 0
    assert known(path) == {key: {"key": key} for key in keys}
    assert [json.loads(line)[0] for line in path.read_text().splitlines()[1:]] == keys
