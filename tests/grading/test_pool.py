"""Judging in worker processes: every task gets a result or a reason, and nothing is left behind."""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import resource
import signal
import sys
import time
import warnings
from pathlib import Path

import flint
import pytest

from symgrad.basics.errors import UserError
from symgrad.basics.messages import message
from symgrad.grading.workers import pool, worker
from symgrad.grading.workers.pool import Failed, run

MEMORY = 1 << 28

limited = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no size is known here, so none is limited")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")


def outcomes(work, tasks, *, jobs=1, seconds=20.0, memory=MEMORY):
    """Outcomes in order of tasks, of which each must have exactly one."""
    tasks = list(tasks)
    pairs = list(run(work, tasks, jobs=jobs, seconds=seconds, memory=memory))
    assert sorted(index for index, _ in pairs) == list(range(len(tasks)))
    return [outcome for _, outcome in sorted(pairs, key=lambda pair: pair[0])]


def outcome(work, **limits):
    """What becomes of one call."""
    (only,) = outcomes(lambda _: work(), [None], **limits)
    return only


def forked(body):
    """A child that does something and ends with status 0, or with 1 where it raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in worker.start
        pid = os.fork()
    if pid:
        return pid
    try:
        body()
        os._exit(0)
    finally:
        os._exit(1)


def waited_for(path):
    """The number that a process will have written to a file."""
    while not path.exists() or not path.read_text().endswith("\n"):
        time.sleep(0.002)
    return int(path.read_text())


def announced(path):
    """Writes down which process is here, whole."""
    path.with_suffix(".new").write_text(f"{os.getpid()}\n")
    path.with_suffix(".new").rename(path)


def is_gone(pid):
    """Whether a process has ended; who buries an orphan is not ours to say."""
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def descriptors():
    return sorted(os.listdir("/dev/fd"))


def forever():
    while True:
        pass


def recursion():
    return recursion()


def grow():
    held = bytearray()
    while True:
        held += bytes(1 << 22)


def crash(signal_=signal.SIGSEGV):
    os.kill(os.getpid(), signal_)


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError


def raising(error):
    def work():
        raise error

    return work


def writing(text):
    """Writes to every pipe that can be written, as a worker might that somebody has taken over."""

    def work():
        for descriptor in range(3, 256):
            with contextlib.suppress(OSError):
                os.write(descriptor, text)

    return work


def framed(text):
    return len(text).to_bytes(4, "big") + text


@pytest.mark.parametrize("jobs", [0, 1, 2, 5])
def test_twenty_thousand_tasks_get_their_own_result(jobs):
    """Whatever the number of workers, each task has the result that belongs to it."""
    assert outcomes(lambda task: [task, 2 * task], range(20_000), jobs=jobs) == [[n, 2 * n] for n in range(20_000)]


def test_no_tasks_no_results():
    """An empty run is over at once."""
    assert outcomes(len, []) == []


def test_a_result_is_what_json_makes_of_it():
    """A tuple comes back as a list, and None, nested dicts, odd characters and infinity as they are."""
    results = [None, (1, 2.5), {"a": {"b": [True]}}, "\ud800 σ \x00\n", float("inf"), [], ["memory", "text"]]
    assert outcomes(lambda n: results[n], range(7)) == [None, [1, 2.5], *results[2:]]


def test_what_the_parent_holds_is_inherited():
    """Work may be a closure over what can't be pickled, and large tasks and results go through the pipes in pieces."""
    held = {"generator": (n for n in range(3)), "text": "x" * 500_000}
    assert outcomes(lambda task: task + held["text"], ["y" * 300_000] * 6, jobs=2) == ["y" * 300_000 + held["text"]] * 6


@pytest.mark.parametrize(
    ("work", "limits", "kind", "text"),
    [
        (forever, {"seconds": 0.1}, "time", "it took longer than 0.1 s"),
        (lambda: 9**9**8, {"seconds": 0.1}, "time", "it took longer than 0.1 s"),
        (
            lambda: flint.fmpz((2**521 - 1) * (2**607 - 1)).factor(),
            {"seconds": 0.1},
            "time",
            "it took longer than 0.1 s",
        ),
        pytest.param(grow, {}, "memory", "it needed more than 256 MB", marks=limited),
        pytest.param(lambda: len(bytearray(1 << 29)), {}, "memory", "it needed more than 256 MB", marks=limited),
        (lambda: os._exit(0), {}, "died", "exit status 0"),
        (lambda: os._exit(3), {}, "died", "exit status 3"),
        (crash, {}, "died", "SIGSEGV"),
        (lambda: crash(signal.SIGKILL), {}, "died", "SIGKILL"),
        (lambda: 1 // 0, {}, "exception", "ZeroDivisionError: integer division or modulo by zero"),
        (raising(SystemExit(2)), {}, "exception", "SystemExit: 2"),
        (raising(KeyboardInterrupt()), {}, "exception", "KeyboardInterrupt: no message"),
        (raising(Unspeakable()), {}, "exception", "Unspeakable: no message"),
        (raising(ValueError("x" * 5_000_000)), {}, "exception", "ValueError: " + "x" * 1000),
        (object, {}, "result", "TypeError: Object of type object is not JSON serializable"),
        (lambda: "x" * (1 << 20), {}, "result", "1048580 bytes of JSON; at most 1048576"),
    ],
)
def test_a_task_that_meets_a_limit_is_told_which(work, limits, kind, text):
    """Loops in Python and in C, memory in pieces and at once, ends by exit and by signal, exceptions, unusable results."""
    failed = outcome(work, **limits)
    assert (failed.kind, str(failed.found)) == (kind, text)


def test_a_recursion_without_end_is_an_exception():
    """In the work and in its result alike."""
    assert str(outcome(recursion).found).startswith("RecursionError: maximum recursion depth exceeded")
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert outcome(lambda: deep).kind == "result"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_costs_its_own_task_alone(jobs):
    """Among quick tasks, before and behind it in the same batch, each failure stays where it belongs."""
    bad = {300: forever, 301: crash, 302: lambda: os._exit(1), 700: lambda: 1 // 0, 701: object, 1999: forever, 900: crash}
    bad |= {500: lambda: len(bytearray(1 << 29))} if Path("/proc/self/statm").exists() else {}
    found = outcomes(lambda n: bad[n]() if n in bad else n, range(2000), jobs=jobs, seconds=1.5)
    kinds = {n: result.kind for n, result in enumerate(found) if isinstance(result, Failed)}
    expected = {
        300: "time",
        301: "died",
        302: "died",
        500: "memory",
        700: "exception",
        701: "result",
        900: "died",
        1999: "time",
    }
    assert kinds == {n: kind for n, kind in expected.items() if n in bad}
    assert [result for result in found if not isinstance(result, Failed)] == [n for n in range(2000) if n not in bad]


@limited
def test_memory_that_others_have_used_up_is_no_ones_fault():
    """A task that finds no room in a worker that has served others has its turn in a fresh one."""
    held = []
    assert outcomes(lambda size: held.append(bytearray(size)), [150 << 20] * 3) == [None] * 3


def test_a_crash_that_others_have_prepared_is_no_ones_fault():
    """A task that falls where others have been has its turn in a fresh worker."""
    served = []
    assert outcomes(lambda task: crash() if served else served.append(task), range(3)) == [None] * 3


def test_how_a_worker_ended_is_known_every_time():
    """Its end is asked for when its pipe is shut, which is a moment before it has ended."""
    ends = [lambda: os._exit(7), crash] * 50
    texts = [str(failed.found) for failed in outcomes(lambda n: ends[n](), range(100), jobs=2)]
    assert texts == ["exit status 7", "SIGSEGV"] * 50


def test_what_a_task_prints_goes_nowhere(capfd):
    """Neither through Python nor below it; and there is no input to wait for."""

    def loud():
        print("loud")
        print("loud", file=sys.stderr)
        os.write(1, b"loud")
        os.write(2, b"loud")
        return os.read(0, 1) == b""

    assert outcome(loud) is True
    assert capfd.readouterr() == ("", "")


def test_a_worker_has_nothing_open_but_its_pipes(tmp_path):
    """Nothing of the parent's can be read, written or kept locked from there."""
    with (tmp_path / "open.txt").open("w"):
        assert len(outcome(lambda: os.listdir("/dev/fd"))) == 3 + 2 + 1  # the last one is the list's own


def test_a_worker_minds_no_interrupt_and_dumps_no_core():
    """Ctrl-C reaches all processes of a terminal, and is the parent's to handle."""

    def interrupted():
        os.kill(os.getpid(), signal.SIGINT)
        return resource.getrlimit(resource.RLIMIT_CORE)

    assert outcome(interrupted) == [0, 0]


def test_workers_start_where_the_standard_streams_are_closed():
    """A pipe that gets the number of standard input isn't lost."""

    def body():
        for stream in range(3):
            os.close(stream)
        assert outcome(lambda: 5) == 5

    assert os.waitpid(forked(body), 0)[1] == 0


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xff\xff\xff",
        framed(b"\xff"),
        framed(b"no json"),
        framed(b'{"a":1}'),
        framed(b'["exception",1]'),
        framed(b'["exception","text"]'),
        framed(b'["exception",{}]'),
        framed(b'["exception",{"code":1,"values":{}}]'),
        framed(b'["exception",{"code":"task_raised","values":[]}]'),
        framed(b'[1,{"code":"task_raised","values":{}}]'),
        framed(b"[1,2,3]"),
        framed(b"[" * 100_000),
        framed(b"[]"),
        framed(pickle.dumps(os.getcwd)),
    ],
)
def test_an_answer_that_is_none_is_a_death(text):
    """A worker that somebody has taken over can say nothing that the parent would run or stumble over."""
    assert outcome(writing(text)) == Failed("died", message("wrote_no_answer"))


def test_tasks_are_taken_as_they_are_needed():
    """An endless run holds a few batches at a time, and one or two tasks before it knows how long they take."""
    taken = itertools.count()
    results = run(lambda n: n, (next(taken) for _ in itertools.repeat(None)), jobs=2, seconds=20, memory=MEMORY)
    next(results)
    assert next(taken) <= 4
    for _ in itertools.islice(results, 5000):
        pass
    assert next(taken) <= 5003 + 2 * 2 * pool.BATCH
    results.close()


def test_slow_tasks_are_not_hoarded():
    """A worker that is at a slow task has none behind it that another one could have."""
    taken = itertools.count()
    results = run(lambda n: time.sleep(0.03), (next(taken) for _ in range(100)), jobs=2, seconds=20, memory=MEMORY)
    for expected in range(1, 9):
        next(results)
        assert next(taken) - expected <= expected + 4  # each question takes a number, too
    results.close()


def spin(seconds):
    """Is at work for a while, however busy the machine."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.fixture
def sleep_of_the_machine(monkeypatch):
    """A call after which the clock has gone on by an hour, and everything else has stood still."""
    monotonic, hours = time.monotonic, []
    monkeypatch.setattr(pool.time, "monotonic", lambda: monotonic() + 3600 * len(hours))
    return lambda: hours.append(1)


def test_time_in_which_nobody_looks_is_no_ones_fault(sleep_of_the_machine, tmp_path):
    """A machine that sleeps while the caller is at work on a result costs no task its time."""

    def work(task):
        if task == "quick":
            return waited_for(tmp_path / "pid")
        announced(tmp_path / "pid")
        return spin(0.2)

    results = run(work, ["quick", "slow"], jobs=2, seconds=20, memory=MEMORY)
    assert next(results)[0] == 0  # and by now the other one has begun
    sleep_of_the_machine()
    assert list(results) == [(1, None)]


def test_time_in_which_a_look_is_held_up_is_no_ones_fault(sleep_of_the_machine, monkeypatch):
    """A machine that sleeps, or a job that is stopped, while answers are waited for costs no task its time."""
    poll = pool.select.poll

    def held_up():
        sleep_of_the_machine()
        return poll()

    monkeypatch.setattr(pool.select, "poll", held_up)
    assert outcomes(lambda task: spin(0.01), range(6), jobs=2) == [None] * 6


def test_results_that_wait_for_the_caller_are_not_late(monkeypatch):
    """A task that was done in time stays so, however long the caller takes to ask, and without any forgiveness."""
    monkeypatch.setattr(pool, "UNWATCHED", float("inf"))
    results = run(lambda task: task, range(3), jobs=3, seconds=0.4, memory=MEMORY)
    first = next(results)
    time.sleep(0.45)
    assert sorted([first, *results]) == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("taken", [1, 500, 2000])
def test_nothing_is_left_of_a_run(taken):
    """Closed early, in the middle or at its end, a run leaves no process, living or dead, and no descriptor."""
    before = descriptors()
    results = run(lambda n: crash() if n == 100 else os.getpid(), range(2000), jobs=3, seconds=20, memory=MEMORY)
    pids = {result for _, result in itertools.islice(results, taken) if not isinstance(result, Failed)}
    results.close()
    assert descriptors() == before
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_error_of_the_tasks_is_the_callers():
    """What the iterable raises comes out, and the workers are gone."""

    def tasks():
        yield 1
        raise LookupError("no more")

    before = descriptors()
    with pytest.raises(LookupError, match="no more"):
        list(run(lambda n: n, tasks(), jobs=1, seconds=20, memory=MEMORY))
    assert descriptors() == before


def test_an_interrupted_parent_leaves_no_workers(tmp_path):
    """Ctrl-C ends workers that hang, and they are buried."""

    def body():
        signal.signal(signal.SIGINT, signal.default_int_handler)
        before = descriptors()
        with contextlib.suppress(KeyboardInterrupt):
            for _ in run(lambda _: (announced(tmp_path / "pid"), forever()), [1], jobs=1, seconds=60, memory=MEMORY):
                pass
            os._exit(2)
        assert descriptors() == before
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
            os._exit(3)

    parent = forked(body)
    hanging = waited_for(tmp_path / "pid")
    os.kill(parent, signal.SIGINT)
    assert os.waitpid(parent, 0)[1] == 0
    with pytest.raises(ProcessLookupError):
        os.kill(hanging, 0)


@linux
def test_a_killed_parent_leaves_no_workers(tmp_path):
    """SIGKILL gives a parent no time for anything; its workers end by themselves, hanging as they are."""
    works = lambda _: (announced(tmp_path / "pid"), forever())  # noqa: E731 — the fork must inherit it
    parent = forked(lambda: list(run(works, [1], jobs=1, seconds=60, memory=MEMORY)))
    hanging = waited_for(tmp_path / "pid")
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    for _ in range(10_000):
        if is_gone(hanging):
            return
        time.sleep(0.002)
    os.kill(hanging, signal.SIGKILL)
    pytest.fail("an orphan was left")


class Poison:
    """A task that kills whoever reads it."""

    def __reduce__(self):
        return os._exit, (3,)


def die_once(path):
    """What a worker reads, if the file is there; without it, the worker's end."""
    if not os.path.exists(path):
        open(path, "w").close()
        os._exit(3)
    return path


class PoisonOnce:
    """A task that kills its first reader."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return die_once, (self.path,)


def test_a_worker_that_ends_before_it_begins_costs_no_task(tmp_path):
    """Its tasks are another one's, and it is only many in a row that are too many."""
    paths = [str(tmp_path / str(n)) for n in range(2 * pool.STARTS)]
    tasks = [task for path in paths for task in (PoisonOnce(path), *["between"] * 20)]
    assert outcomes(lambda task: time.sleep(0.001), tasks, jobs=1) == [None] * len(tasks)


class LongInComing:
    """A task whose reader waits for a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return waited_for, (self.path,)


def test_a_task_that_is_long_in_coming_holds_up_no_other(tmp_path):
    """While one worker is still at reading its first task, and its pipe full, there is more for it already."""

    served = []

    def work(task):
        served.append(task)
        if len(served) == 500:
            announced(tmp_path / "pid")
        return len(task)

    tasks = [(LongInComing(tmp_path / "pid"), "x" * 1_000_000), *["y"] * 2000]
    assert outcomes(work, tasks, jobs=2) == [2, *[1] * 2000]


def test_workers_that_never_begin_end_the_run():
    """Where no worker lives long enough to begin, no task is to blame."""
    with pytest.raises(UserError) as caught:
        list(run(len, [Poison()], jobs=1, seconds=20, memory=MEMORY))
    assert str(caught.value) == "5 worker processes ended before they began (exit status 3); fewer --jobs need less memory"


def test_a_machine_without_room_for_processes_is_said_so(monkeypatch):
    """The message has the system's reason and what to do; the pipes are closed again."""

    def fork():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(worker.os, "fork", fork)
    before = descriptors()
    with pytest.raises(UserError) as caught:
        list(run(len, ["a"], jobs=1, seconds=20, memory=MEMORY))
    message = "no worker process can be started: Resource temporarily unavailable; fewer --jobs need fewer"
    assert (str(caught.value), descriptors()) == (message, before)
