"""A worker process: pickled batches of tasks come in on one pipe, one answer a task goes out on another, in JSON.

It is forked, so that it inherits what the parent has computed; it sets its own limits, and keeps nothing open of the parent's
(a journal's lock would outlive the parent). `symgrad.grading.workers.pool` decides what to send, how long to wait, whom to
blame.

An answer is a length and a JSON array: ``[]`` a batch has begun, ``[result]`` done, ``[kind, message]`` failed. After `BURST`
the worker ends, for its heap may be in pieces.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import json
import os
import pickle
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symgrad.basics.messages import Message, message

LARGEST = 1 << 20
"""Bytes of the longest answer; a sentence for a student has a few hundred."""

BURST = ["memory", None]
"""The answer where the memory is used up."""

TEXT = 1000
"""Characters kept of an exception's text, which may repeat a whole submission."""

DESCRIPTORS = 1 << 16
"""Descriptors that are closed in a worker; where the kernel has no close_range, each costs a call."""

PR_SET_PDEATHSIG = 1  # linux/prctl.h

_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class NoAnswer(Exception):
    """What a worker wrote is no answer."""


@dataclass(frozen=True, slots=True)
class Process:
    """A running worker, seen from the parent: its number, and the parent's ends of the two pipes."""

    pid: int
    tasks: int
    answers: int


@contextlib.contextmanager
def blocked_signals() -> Iterator[None]:
    """Ctrl-C waits until the end of the block, so that no process is born or buried without being written down."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start(work: Callable[[Any], Any], memory: int) -> Process:
    """A fresh worker; to be called with signals blocked. Raises OSError where there is no process or descriptor left."""
    ends: list[int] = []
    parent = os.getpid()
    try:
        ends += os.pipe()
        ends += os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of OpenBLAS's threads, which mind forks
            pid = os.fork()
    except OSError:
        for end in ends:
            os.close(end)
        raise
    if pid == 0:
        try:
            _live(work, ends[0], ends[3], memory, parent)
        finally:
            os._exit(1)  # never back into the parent's stack
    os.close(ends[0])
    os.close(ends[3])
    os.set_blocking(ends[1], False)
    return Process(pid, ends[1], ends[2])


def kill(process: Process) -> None:
    """Says that a worker is to end now; a loop in C heeds no other signal."""
    with contextlib.suppress(ProcessLookupError):  # somebody ignores SIGCHLD, and the kernel has buried it
        os.kill(process.pid, signal.SIGKILL)


def end(process: Process) -> Message:
    """How a worker ended: by a signal, or with a status; it is killed where it hasn't ended. Nothing is left of it."""
    with blocked_signals():
        kill(process)  # changes nothing for one that is ending already
        try:
            status = os.waitstatus_to_exitcode(os.waitpid(process.pid, 0)[1])
        except ChildProcessError:
            status = -signal.SIGKILL
        os.close(process.tasks)
        os.close(process.answers)
    if status >= 0:
        return message("exit_status", status=status)
    name = signal.Signals(-status).name if -status in set(signal.Signals) else None
    return message("ended_by_signal", number=-status, name=name)


def answers(inbox: bytearray) -> Iterator[list[Any]]:
    """The answers that have come in whole, which leave the inbox. Raises NoAnswer for what is none."""
    at = 0
    while len(inbox) - at >= 4:
        stop = at + 4 + int.from_bytes(inbox[at : at + 4], "big")
        if stop - at - 4 > LARGEST:
            raise NoAnswer
        if stop > len(inbox):
            break
        try:
            answer = _decode(inbox[at + 4 : stop].decode("ascii"))
        except (ValueError, RecursionError) as error:  # no JSON, or too deep
            raise NoAnswer from error
        if (
            not isinstance(answer, list)
            or len(answer) > 2
            or (len(answer) == 2 and answer != BURST and not _is_failure(answer))
        ):
            raise NoAnswer
        yield answer
        at = stop
    del inbox[:at]


def _is_failure(answer: list[Any]) -> bool:
    """Whether an answer is a kind and a message."""
    kind, plain = answer
    if type(kind) is not str or type(plain) is not dict or plain.keys() != {"code", "values"}:
        return False
    return type(plain["code"]) is str and type(plain["values"]) is dict


def _live(work: Callable[[Any], Any], tasks: int, answers: int, memory: int, parent: int) -> None:
    """The whole life of a worker."""
    _mind_signals(parent)
    tasks, answers = _close_all_but(tasks, answers)
    _one_thread()
    gc.freeze()  # a collection would touch, and so copy, all that was inherited
    _limit(memory)
    with open(tasks, "rb") as stream, contextlib.suppress(EOFError):
        while _serve(work, pickle.load(stream), answers):
            pass
    os._exit(0)


def _mind_signals(parent: int) -> None:
    """Ctrl-C is the parent's to handle; its end is the worker's end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that was said
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _close_all_but(tasks: int, answers: int) -> tuple[int, int]:
    """The pipes' ends, away from the standard streams, which lead nowhere now, like everything that was open."""
    tasks, answers = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in (tasks, answers))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    low, high = sorted((tasks, answers))
    os.closerange(3, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, DESCRIPTORS)
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 — for life
    return tasks, answers


def _one_thread() -> None:
    """The parent's threads aren't here, and OpenMP would wait for them; what is imported from now on starts none."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def _limit(memory: int) -> None:
    """No core dumps, `memory` bytes above the present size, and the first to go where the machine runs short."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return  # macOS says no size, and keeps no such limit
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = size + memory
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _serve(work: Callable[[Any], Any], batch: list[Any], answers: int) -> bool:
    """Whether the batch was gone through with the memory there is; each answer is sent at once, for the parent's clock."""
    _send(answers, b"[]")
    try:
        for task in batch:
            _send(answers, _answer(work, task))
    except MemoryError:
        pass  # and what it held is gone on leaving here
    else:
        return True
    _send(answers, _encode(BURST).encode())
    return False


def _answer(work: Callable[[Any], Any], task: Any) -> bytes:
    try:
        result = work(task)
    except MemoryError:
        raise
    except BaseException as error:  # whatever it may raise; SystemExit isn't the end of the worker
        return _failure("exception", _raised(error))
    try:
        answer = _encode([result]).encode()
    except MemoryError:
        raise
    except Exception as error:  # a result may have methods that raise anything
        return _failure("result", _raised(error))
    if len(answer) > LARGEST:
        return _failure("result", message("result_too_long", bytes=len(answer), most=LARGEST))
    return answer


def _failure(kind: str, found: Message) -> bytes:
    return _encode([kind, found.plain()]).encode()


def _raised(error: BaseException) -> Message:
    """An exception with its own words, as far as it has any."""
    try:
        said = str(error)[:TEXT]
    except Exception:
        said = ""
    return message("task_raised", type=type(error).__name__, said=said)


def _send(answers: int, answer: bytes) -> None:
    """An answer written whole; a pipe takes a long one in pieces."""
    rest = memoryview(len(answer).to_bytes(4, "big") + answer)
    while rest:
        rest = rest[os.write(answers, rest) :]
