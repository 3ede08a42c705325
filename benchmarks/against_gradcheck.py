"""Time per checked gradient entry: symgrad against torch.autograd.gradcheck in slow mode, on the same two-layer network.

Run: python benchmarks/against_gradcheck.py
One run, both sides by turns, the best of several rounds each; ratios are the result, absolute times wander.
gradcheck sees one point of the large network (its time per point doesn't depend on how many there are).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from tabulate import tabulate

from symgrad import Exercise, matrix, square, step, tanh, total
from symgrad.checking.check import judged
from symgrad.checking.evidence.chosen_points import ChosenPoints, kinks
from symgrad.checking.evidence.evidence import gather, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.gradients import TorchRun, run_compiled
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program

POINTS = 32
SIZES = {256: (16, 8), 65_536: (256, 128)}
WANTED = {256: (100, 30), 65_536: (10_000, 2_000)}
TURNS = {256: 8, 65_536: 2}
ROUNDS = 8


def network(hidden: int, width: int) -> Exercise:
    """A two-layer network with `width` inputs and outputs; weights small enough to stay off saturation."""
    w1, w2 = matrix("w1", hidden, width), matrix("w2", width, hidden)
    x, y = matrix("x", width, 1), matrix("y", width, 1)
    z = step("z", w1 * x)
    h = step("h", tanh(z))
    loss = total(square(w2 * h - y))
    return Exercise(
        name="network",
        loss=loss,
        parameters=[w1, w2],
        points=POINTS,
        domain={"w1": (-0.25, 0.25), "w2": (-0.25, 0.25)},
    )


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(entries: int) -> list[list[str]]:
    """Rows of the table for one size."""
    exercise = network(*SIZES[entries])
    roads = gather(Question(exercise, Settings()))
    values, code = roads.points.values, roads.formula.program
    forward = program(roads.derivation, [roads.derivation.loss])
    floats = Floats().bind(code)

    def values_only() -> None:
        floats(*values.values())
        run_compiled(forward, values, TorchRun(exercise.inputs, exercise.parameter_names))

    def with_verdict() -> None:
        question, formula = Question(exercise, Settings()), differentiated(exercise)
        where = ChosenPoints(roads.points, kinks(formula, roads.points, question.precision))  # gradcheck samples nothing either
        assert judged(gathered(question, formula, where)).passed

    def gradcheck() -> None:
        for k in range(POINTS if entries < 1000 else 1):
            tensors = {n: torch.tensor(a[k], requires_grad=n in exercise.parameter_names) for n, a in values.items()}

            def loss(w1: torch.Tensor, w2: torch.Tensor) -> torch.Tensor:
                return ((w2 @ torch.tanh(w1 @ tensors["x"]) - tensors["y"]) ** 2).sum()  # noqa: B023 - called at once

            assert torch.autograd.gradcheck(loss, (tensors["w1"], tensors["w2"]))

    values_only(), with_verdict()  # warm up
    count, checked = entries * POINTS, entries * (POINTS if entries < 1000 else 1)
    values_times, verdict_times, gradcheck_times = [], [], []
    for _ in range(TURNS[entries]):  # by turns, for the machine's pace wanders
        gradcheck_times.append(seconds(gradcheck))
        values_times += [seconds(values_only) for _ in range(ROUNDS)]
        verdict_times += [seconds(with_verdict) for _ in range(ROUNDS)]
    slow = min(gradcheck_times) / checked
    rows = []
    for what, times, wanted in zip(
        ("closed form and one backward()", "… with derived tolerance, certificates, verdict"),
        (values_times, verdict_times),
        WANTED[entries],
        strict=True,
    ):
        own = min(times) / count
        rows.append(
            [f"{entries:,}", what, f"{own * 1e9:,.0f} ns", f"{slow * 1e9:,.0f} ns", f"{slow / own:,.0f}", f"{wanted:,}"]
        )
    return rows


def main() -> None:
    """Print the table."""
    headers = ["entries", f"symgrad, {POINTS} points", "an entry", "gradcheck, an entry", "times faster", "wanted"]
    rows = [row for entries in SIZES for row in measure(entries)]
    print(tabulate(rows, headers=headers, disable_numparse=True, colalign=("right", "left", *["right"] * 4)))


if __name__ == "__main__":
    main()
