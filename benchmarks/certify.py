"""Certifying every entry of every exercise, against torch.autograd.gradcheck in slow mode on the same points.

Run: python benchmarks/certify.py
What is timed on symgrad's side is all that `--certify` adds to a check: certified values of every entry (balls), and the
third witness, who confirms each of them by the definition of the derivative. gradcheck runs the exercise's own PyTorch
program with its default settings, point by point. One run, both sides by turns, the best of several rounds each; ratios are
the result, absolute times wander.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tabulate import tabulate

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import Broken, load
from symgrad.checking.evidence.chosen_points import ChosenPoints
from symgrad.checking.evidence.evidence import Evidence, gather, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.judging.gradients import compared
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.authors_code import called
from symgrad.frameworks.pytorch.gradients import leaf

ROUNDS = 3
MANY = 1000
"""Entries above which an exercise takes one round."""
SLOW_POINTS = 1
"""Points that gradcheck sees of an exercise with thousands of entries; its time per point doesn't depend on how many."""


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def certify(exercise: Exercise, known: Evidence) -> None:
    """Certifies every entry at points that are known, with all that comes before it but PyTorch's own part."""
    visited = (known.points, known.framework.values)
    question = Question(exercise, Settings(certify=True), visited=visited)
    roads = gathered(question, known.formula, ChosenPoints(known.points, known.kinks))
    with np.errstate(all="ignore"):
        _, gradients = compared(roads)
    for comparison in gradients.values():
        assert comparison.reference.certified.all()
        assert comparison.confirmed is not None
        assert comparison.confirmed.sum() + len(roads.kinks) == len(roads.points)


def gradcheck(exercise: Exercise, roads: Evidence, points: int) -> None:
    """gradcheck in slow mode at some of the points."""
    program, names = exercise.torch_loss, exercise.parameter_names
    assert program is not None
    for index in range(points):
        point = roads.points.at(index)
        values = {n: leaf(array, exercise.inputs[n], "float64", n in names) for n, array in point.items()}

        def loss(*parameters: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = called(program, {**values, **dict(zip(names, parameters, strict=True))})  # noqa: B023
            return result

        torch.autograd.gradcheck(loss, tuple(values[n] for n in names), raise_exception=False)


def measure(exercise: Exercise) -> tuple[list[str], float, float]:
    """A row of the table, and the seconds of both sides for all points."""
    roads = gather(Question(exercise, Settings()))
    count, entries = len(roads.points), sum(r * c for r, c in roads.formula.shapes[1:])
    looked = SLOW_POINTS if entries > MANY else count
    own, peer = [], []
    torch.set_default_dtype(torch.float64)
    for _ in range(1 if entries > MANY else ROUNDS):  # by turns, for the machine's pace wanders
        own.append(seconds(lambda: certify(exercise, roads)))
        peer.append(seconds(lambda: gradcheck(exercise, roads, looked)) * count / looked)
    torch.set_default_dtype(torch.float32)
    best, slow = min(own), min(peer)
    row = [exercise.name, f"{entries:,}", str(count), f"{best * 1e3:,.0f} ms", f"{slow * 1e3:,.0f} ms", f"{slow / best:,.1f}"]
    return row, best, slow


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)  # matrices this small gain nothing from threads, and lose much on a busy machine
    folder = Path(__file__).parent.parent / "exercises"
    rows, own, peer = [], 0.0, 0.0
    for exercise in load([str(folder)]):
        assert not isinstance(exercise, Broken), exercise.message
        row, best, slow = measure(exercise)
        rows.append(row)
        own, peer = own + best, peer + slow
    rows.append(["all", "", "", f"{own * 1e3:,.0f} ms", f"{peer * 1e3:,.0f} ms", f"{peer / own:,.1f}"])
    headers = ["exercise", "entries", "points", "certify every entry", "gradcheck, slow", "times cheaper"]
    print(tabulate(rows, headers=headers, disable_numparse=True, colalign=("left", *["right"] * 5)))


if __name__ == "__main__":
    main()
