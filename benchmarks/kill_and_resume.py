"""A course graded once without a break, and once more with five kills: are the grades the same, byte by byte?

Run: python benchmarks/kill_and_resume.py [ANSWERS] [--students N] [--jobs N] [--kills 5] [--seed 0] [--keep DIR]

The command grades ANSWERS answers (100,000 unless said; `answers.py`) into folder A. Then it grades them into folder B, where
its whole process group gets SIGKILL at random moments, spread over the work that A did (from its first outcome to its last
file), and goes on with --resume each time; the last run goes to its end. Memory is the sum of PSS (what processes share is
counted once) of the command and its workers, looked at ten times a second, beside the largest resident set of any one process.
Exits with 1 where A and B differ, or where memory goes beyond 2 GiB.
"""

from __future__ import annotations

import argparse
import filecmp
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

from answers import write
from students.subjects import SUBJECTS
from tabulate import tabulate

EXERCISES = Path(__file__).parent.parent / "exercises"
MOST_MEMORY = 2**31
HEADER = 200
"""Bytes beyond which a journal has outcomes."""
LOOK = 0.1
"""Seconds between two looks at memory."""
MOST_WORK = 0.9
"""Share of the work by which the last kill comes; the pace of a shared machine wanders."""
MOST_LISTED = 20
"""Differing files that are named."""
ENDED_WELL = (0, 2)
"""Exit statuses of a run that went to its end; 2 says that a person has to look at some answers."""


@dataclass(frozen=True)
class Ran:
    """One run of the command: how it ended, how long it took, and the most memory that it had."""

    status: int
    seconds: float
    memory: int
    began: float
    """Seconds until the journal grew."""
    journal: int
    """Bytes of the journal when the run had ended."""


def run(arguments: Sequence[str], folder: Path, kill_after: float | None) -> Ran:
    """The command as a process group of its own, killed some seconds after its journal grew, if it still runs then."""
    command = [sys.executable, "-m", "symgrad", "grade", *arguments, "--folder", str(folder)]
    journal, start, most, began = folder / "journal.jsonl", time.monotonic(), 0, math.inf
    before = max(_size(journal), HEADER)
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True)
        while process.poll() is None:
            now = time.monotonic() - start
            if began == math.inf and _size(journal) > before:
                began = now
            if kill_after is not None and now >= began + kill_after:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                break
            most = max(most, _pss(process.pid))
            time.sleep(LOOK)
    return Ran(process.returncode, time.monotonic() - start, most, began, _size(journal))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _pss(group: int) -> int:
    """Bytes of memory of the processes of a group, what they share counted once."""
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
                lines = (entry / "smaps_rollup").read_text().splitlines()
                total += sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except OSError:  # it has just ended
            continue
    return total


def moments(count: int, whole: Ran, chance: Random) -> list[float]:
    """Seconds of work after which each run is killed: together as much as at a random moment of each part of the whole run."""
    shares = [0.0, *(MOST_WORK * (k + chance.random()) / count for k in range(count))]
    work = max(whole.seconds - whole.began, 0.0)
    return [work * (after - before) for before, after in pairwise(shares)]


def differences(a: Path, b: Path) -> list[str]:
    """The files that only one folder has, or that differ in some byte."""
    listed = [{str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} for folder in (a, b)]
    both = sorted(listed[0] & listed[1])
    return sorted(listed[0] ^ listed[1]) + [name for name in both if not filecmp.cmp(a / name, b / name, shallow=False)]


def compared(runs: Sequence[tuple[str, Ran]]) -> str:
    """The table of all runs."""
    rows = [
        [what, f"{ran.seconds:.1f} s", f"{ran.memory / 2**20:,.0f} MiB", f"{ran.journal / 2**20:,.1f} MiB", _status(ran.status)]
        for what, ran in runs
    ]
    headers = ["run", "time", "memory at most", "journal left", "ended"]
    return tabulate(rows, headers=headers, disable_numparse=True, colalign=("left", *["right"] * 3, "left"))


def _status(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def graded_twice(folder: Path, arguments: Sequence[str], kills: int, seed: int) -> tuple[list[tuple[str, Ran]], list[str]]:
    """All runs, and what differs in the end."""
    a, b = folder / "A", folder / "B"
    runs = [("A, without a break", run(arguments, a, None))]
    for number, moment in enumerate(moments(kills, runs[0][1], Random(seed)), 1):
        resumed = ["--resume"] if number > 1 else []
        runs.append((f"B, killed after {moment:.1f} s of work", run([*arguments, *resumed], b, moment)))
    runs.append(("B, resumed to the end", run([*arguments, "--resume"], b, None)))
    return runs, differences(a, b)


def main() -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("answers", type=int, nargs="?", default=100_000)
    parser.add_argument("--students", type=int, help="one for 50 answers, unless said")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a new folder for what is written, to be looked at afterwards")
    given = parser.parse_args()
    with nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=not given.keep)
        path = folder / "answers.csv"
        distinct, _ = write(path, given.answers, given.students or max(1, given.answers // 50), given.seed)
        only = [part for subject in SUBJECTS for part in ("--only", subject.exercise)]
        arguments = [str(EXERCISES), str(path), "--jobs", str(given.jobs), *only]
        runs, differing = graded_twice(folder, arguments, given.kills, given.seed)
        files = sum(1 for p in (folder / "A").rglob("*") if p.is_file())
        log = (folder / "A.log").read_text() + (folder / "B.log").read_text()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    most = max(ran.memory for _, ran in runs)
    print(f"{given.answers:,} answers, {distinct:,} distinct ones, {given.jobs} worker processes")
    print(compared(runs))
    print(f"{files:,} files compared, {len(differing)} differ; the largest process had {largest / 2**20:,.0f} MiB")
    for name in differing[:MOST_LISTED]:
        print(f"  {name}")
    well = all(ran.status in ENDED_WELL for what, ran in runs if "killed" not in what)
    if not well:
        print(log, file=sys.stderr)
    return int(bool(differing) or not well or most > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
