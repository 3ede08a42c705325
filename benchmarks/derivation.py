"""How long a derivation takes, by the size of the network; and how many operations it has, by exercise.

Run: python benchmarks/derivation.py
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from tabulate import tabulate

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import load
from symgrad.derivation import backpropagate

EXERCISES = Path(__file__).parent.parent / "exercises"
WIDTHS = {100: (5, 10, 5), 10_000: (50, 100, 50), 1_000_000: (500, 1000, 500)}
ROUNDS = 15


def networks() -> dict[int, Exercise]:
    """Perceptrons with two layers of weights, by how many weights they have."""
    sys.path.insert(0, str(EXERCISES))
    from mlp import mlp  # the exercise's own file: its widths are parameters

    return {weights: mlp(f"mlp_{weights}", widths) for weights, widths in WIDTHS.items()}


def derivation_times() -> dict[int, float]:
    """Median seconds of a derivation by number of weights, all sizes by turns."""
    exercises = networks()
    times: dict[int, list[float]] = {weights: [] for weights in exercises}
    for _ in range(ROUNDS):
        for weights, exercise in exercises.items():
            start = time.perf_counter()
            backpropagate(exercise.graph, exercise.parameter_names)
            times[weights].append(time.perf_counter() - start)
    return {weights: statistics.median(found) for weights, found in times.items()}


def main() -> None:
    """Print both tables."""
    times = derivation_times()
    base = times[min(times)]
    rows = [[f"{weights:,}", f"{seconds * 1e3:.1f} ms", f"{seconds / base:.2f}"] for weights, seconds in times.items()]
    print(tabulate(rows, headers=["weights", "derivation", "ratio to 100"], disable_numparse=True, stralign="right"))
    print()
    counted = []
    for item in load([str(EXERCISES)]):
        assert isinstance(item, Exercise), item
        operations = backpropagate(item.graph, item.parameter_names).operations()
        counted.append([item.name, f"{operations.loss:,}", f"{operations.total:,}", f"{operations.ratio:.2f}"])
    print(tabulate(counted, headers=["exercise", "loss", "with gradients", "ratio (at most 4)"], disable_numparse=True))


if __name__ == "__main__":
    main()
