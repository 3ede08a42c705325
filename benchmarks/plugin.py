"""What the pytest plugin costs pytest's start: installed and unused, without it, and where it lists and checks exercises.

Run: python benchmarks/plugin.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tabulate import tabulate

EXERCISE = Path(__file__).parent.parent / "exercises" / "sigmoid_network.py"
ROUNDS, WARM = 15, 2
BASE = "without the plugin"
SESSIONS: Mapping[str, Sequence[str]] = {
    BASE: ["--co", "test_it.py", "-p", "no:symgrad"],
    "installed, unused": ["--co", "test_it.py"],
    "listing an exercise": ["--co", "--symgrad", "sigmoid_network.py"],
    "checking it": ["--symgrad", "sigmoid_network.py"],
}


def times(folder: Path) -> dict[str, list[float]]:
    """Seconds of each session in a process of its own, all by turns."""
    (folder / "test_it.py").write_text("def test_it():\n    pass\n")
    (folder / EXERCISE.name).write_text(EXERCISE.read_text())
    found: dict[str, list[float]] = {name: [] for name in SESSIONS}
    for k in range(WARM + ROUNDS):
        for name, words in SESSIONS.items():
            start = time.perf_counter()
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            if k >= WARM:
                found[name].append(time.perf_counter() - start)
    return found


def main() -> None:
    """Print the table: medians of each session, and of what it takes more than its neighbour of the same round without."""
    with tempfile.TemporaryDirectory() as folder:
        found = times(Path(folder))
    rows = []
    for name, seconds in found.items():
        more = statistics.median(own - base for own, base in zip(seconds, found[BASE], strict=True))
        ratio = statistics.median(own / base for own, base in zip(seconds, found[BASE], strict=True))
        rows.append([name, f"{statistics.median(seconds) * 1e3:.0f} ms", f"{more * 1e3:+.0f} ms", f"{ratio:.2f}"])
    headers = ["session", "median", "more than without", "ratio"]
    print(tabulate(rows, headers=headers, disable_numparse=True, colalign=("left", "right", "right", "right")))


if __name__ == "__main__":
    main()
