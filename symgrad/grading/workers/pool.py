"""Judging in worker processes under limits: tasks in, results as they come out, and `Failed` for what hung, crashed or burst.

Which task was under way is known from the answers: a worker answers in order, each task as soon as it is done. What a worker
leaves behind goes to a fresh one. The clock is the wall's, and counts only while it is watched: from the moment at which the
previous answer was seen, without the time in which the caller, a stopped job or a sleeping machine kept the pool from looking.
`symgrad.grading.workers.worker` is the other side of the pipes.
"""

from __future__ import annotations

import math
import os
import pickle
import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, TypeAlias

from symgrad.basics.errors import UserError
from symgrad.basics.messages import Message, message
from symgrad.grading.workers import worker
from symgrad.grading.workers.worker import NoAnswer, blocked_signals

Kind: TypeAlias = Literal["time", "memory", "died", "exception", "result"]
Item: TypeAlias = tuple[int, Any]

BATCH = 256
"""Tasks in the largest batch; at 20 µs a task, sending it costs less than a hundredth of its work."""

BATCH_SECONDS = 0.02
"""Work in a batch. More would leave one worker busy at the end when the others are done."""

START_SECONDS = 30.0
"""Until a worker has begun a batch: a fork of a large process on an overloaded machine takes seconds."""

STARTS = 5
"""Workers in a row that may end before they have begun: then the fault isn't a task's."""

PAUSE = 0.001
"""Between looks, while each worker has enough to go on with: waking up for every answer costs both sides 10 µs and more."""

UNWATCHED = 0.25
"""Seconds without a look that are forgiven; shorter ones are the caller at work on some results."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A task without a result: which limit it met, and what is known of that."""

    kind: Kind
    found: Message


def run(
    work: Callable[[Any], Any], tasks: Iterable[Any], *, jobs: int, seconds: float, memory: int
) -> Iterator[tuple[int, Any | Failed]]:
    """The result of `work` for each task with the task's index, as they come, from `jobs` forked processes.

    A result is what JSON makes of it. A task has `seconds` of wall-clock time and `memory` bytes above what the process has
    when it starts. One that kills its worker or uses up the memory is tried again in a fresh one before it is blamed, where
    the worker had served others before: what it met may be their leavings. The tasks may be endless; few are held at a time.

    Raises UserError where processes can't be started, and what `tasks` raises.

    >>> for index, result in sorted(run(len, ["a", "bc", 3], jobs=2, seconds=5, memory=2**28)):
    ...     print(index, result.found if isinstance(result, Failed) else result)
    0 1
    1 2
    2 TypeError: object of type 'int' has no len()
    """
    pool = _Pool(work, enumerate(tasks), max(jobs, 1), seconds, memory)
    try:
        while pool.supply():
            pool.look()
            while pool.done:
                yield pool.done.popleft()
    finally:
        pool.close()


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker and what it owes: in the order in which the answers will come, with None where a batch begins."""

    process: worker.Process
    expected: deque[Item | None] = field(default_factory=deque)
    outbox: bytes = b""
    inbox: bytearray = field(default_factory=bytearray)
    deadline: float = math.inf
    heard: float = 0.0
    answered: int = 0

    def push(self) -> None:
        """Sends what the pipe takes."""
        try:
            self.outbox = self.outbox[os.write(self.process.tasks, self.outbox) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:  # its answers will end, and tell how
            self.outbox = b""


@dataclass(slots=True, eq=False)
class _Pool:
    work: Callable[[Any], Any]
    tasks: Iterator[Item]
    jobs: int
    seconds: float
    memory: int
    workers: list[_Worker] = field(default_factory=list)
    left: deque[list[Item]] = field(default_factory=deque)
    """What lost workers had before them; each is for a fresh one, and there are never more of them than vacancies."""
    done: deque[tuple[int, Any | Failed]] = field(default_factory=deque)
    pace: float = BATCH_SECONDS
    """Seconds a task takes, lately."""
    looked: float = field(default_factory=time.monotonic)
    starts: int = 0

    def supply(self) -> bool:
        """Whether answers are to come, now that each worker has something to do and something to go on with."""
        while len(self.workers) < self.jobs:
            batch = self.left.popleft() if self.left else self._batch()
            if not batch:
                break
            self._give(self._start(), batch)
        for each in self.workers:
            if len(each.expected) < self._size():
                self._give(each, self._batch())
        return any(each.expected for each in self.workers)

    def look(self) -> None:
        """Waits for answers, or until a task's time is over, and takes in what there is.

        A worker is lost for its time only if that was over before the look: its answer may have been there, unread.
        """
        began = time.monotonic()
        self._forgive(began - self.looked)
        ready = self._poll(began)
        for each in list(self.workers):
            if each.process.tasks in ready:
                each.push()
            if each.process.answers in ready:
                self._hear(each)
            if each.deadline <= began:
                self._lose(each, "time", message("took_longer", seconds=self.seconds))

    def close(self) -> None:
        """Ends all workers, whatever they are at."""
        with blocked_signals():
            for each in self.workers:
                worker.kill(each.process)
            while self.workers:
                worker.end(self.workers.pop().process)

    def _size(self) -> int:
        return min(max(int(BATCH_SECONDS / self.pace), 1), BATCH)

    def _batch(self) -> list[Item]:
        return list(islice(self.tasks, self._size()))

    def _start(self) -> _Worker:
        try:
            with blocked_signals():
                fresh = _Worker(worker.start(self.work, self.memory))
                self.workers.append(fresh)
        except OSError as error:
            raise UserError(message("no_worker_can_start", said=str(error.strerror))) from error
        return fresh

    def _give(self, each: _Worker, batch: list[Item]) -> None:
        if not batch:
            return
        if not each.expected:
            each.heard = time.monotonic()
            each.deadline = each.heard + START_SECONDS
        each.expected.append(None)
        each.expected.extend(batch)
        each.outbox += pickle.dumps([task for _, task in batch], pickle.HIGHEST_PROTOCOL)
        each.push()

    def _poll(self, began: float) -> dict[int, int]:
        """The pipes that are ready, by descriptor."""
        if all(len(each.expected) != 1 for each in self.workers):
            time.sleep(max(self.looked + PAUSE - began, 0.0))
        poll = select.poll()
        for each in self.workers:
            poll.register(each.process.answers, select.POLLIN)
            if each.outbox:
                poll.register(each.process.tasks, select.POLLOUT)
        wait = min(max(min(each.deadline for each in self.workers) - began, 0.0), 60.0)
        ready = dict(poll.poll(math.ceil(wait * 1000)))
        self.looked = time.monotonic()
        self._forgive(self.looked - began - wait)
        return ready

    def _forgive(self, unwatched: float) -> None:
        if unwatched > UNWATCHED:
            for each in self.workers:
                each.deadline += unwatched

    def _hear(self, each: _Worker) -> None:
        """Takes in what a worker has written."""
        written = os.read(each.process.answers, 1 << 16)
        if not written:
            return self._lose(each, "died")
        each.inbox += written
        before = each.answered
        try:
            for answer in worker.answers(each.inbox):
                if answer == worker.BURST:
                    return self._lose(each, "memory", message("needed_more_memory", bytes=self.memory))
                self._take(each, answer)
                each.deadline = self.looked + self.seconds if each.expected else math.inf
        except NoAnswer:
            return self._lose(each, "died", message("wrote_no_answer"))
        if each.answered > before:
            self.pace += 0.2 * ((self.looked - each.heard) / (each.answered - before) - self.pace)
            each.heard = self.looked

    def _take(self, each: _Worker, answer: list[Any]) -> None:
        """Writes down one answer. Raises NoAnswer for one that isn't to be expected."""
        item = each.expected[0] if each.expected else None
        if (item is None) != (not answer):
            raise NoAnswer
        if each.expected:
            each.expected.popleft()
        if item is None:
            self.starts = 0
        else:
            each.answered += 1
            self.done.append((item[0], answer[0] if len(answer) == 1 else Failed(answer[0], Message.of(answer[1]))))

    def _lose(self, each: _Worker, kind: Kind, found: Message | None = None) -> None:
        """Ends a worker; the task that was under way is blamed or tried again, and the rest is left for a fresh one."""
        with blocked_signals():
            status = worker.end(each.process)
            self.workers.remove(each)
        each.deadline = math.inf
        rest = [item for item in each.expected if item is not None]
        if rest and each.expected[0] is None:
            self._count_start(status)
        elif rest and (kind == "time" or not each.answered):
            index, _ = rest.pop(0)
            self.done.append((index, Failed(kind, found or status)))
        if rest:
            self.left.append(rest)

    def _count_start(self, status: Message) -> None:
        self.starts += 1
        if self.starts == STARTS:
            raise UserError(message("workers_never_began", count=STARTS, status=status))
