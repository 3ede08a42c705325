"""Other ways to a gradient and second derivatives: what they cost beside backward(), and beside PyTorch's own checkers.

Run: python benchmarks/ways.py
One run, all sides by turns, the best of several rounds each; ratios are the result, absolute times wander. PyTorch's
checkers get the same program at the same points: gradcheck with check_forward_ad for forward mode, gradgradcheck for second
derivatives.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from tabulate import tabulate

from symgrad import Exercise, check, matrix, square, step, tanh, total
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings

ROUNDS = 5
HIDDEN, WIDTH, POINTS = 4, 3, 16


def program(w1: Any, w2: Any, x: Any, y: Any) -> Any:
    """A two-layer network."""
    return ((w2 @ torch.tanh(w1 @ x) - y) ** 2).sum()


def network() -> Exercise:
    """The same network as an exercise, with that program."""
    w1, w2 = matrix("w1", HIDDEN, WIDTH), matrix("w2", WIDTH, HIDDEN)
    x, y = matrix("x", WIDTH, 2), matrix("y", WIDTH, 2)
    loss = total(square(w2 * step("h", tanh(step("z", w1 * x))) - y))
    return Exercise(name="network", loss=loss, parameters=[w1, w2], points=POINTS, torch_loss=program)


def checked(exercise: Exercise, **options: Any) -> Callable[[], None]:
    """A check that has to pass."""

    def run() -> None:
        assert check(exercise, **options).passed

    return run


def peers(exercise: Exercise) -> dict[str, Callable[[], None]]:
    """PyTorch's checkers at the points of the exercise."""
    values, names = gather(Question(exercise, Settings())).points.values, exercise.parameter_names

    def every(checker: Callable[..., bool], **options: Any) -> Callable[[], None]:
        def run() -> None:
            for k in range(POINTS):
                given = {n: torch.tensor(a[k], requires_grad=n in names) for n, a in values.items()}
                data = {n: t for n, t in given.items() if n not in names}
                assert checker(lambda *p: program(*p, **data), [given[n] for n in names], **options)  # noqa: B023 - called at once

        return run

    return {
        "gradcheck": every(torch.autograd.gradcheck),
        "gradcheck, forward mode": every(torch.autograd.gradcheck, check_forward_ad=True, check_backward_ad=False),
        "gradgradcheck": every(torch.autograd.gradgradcheck),
    }


def main() -> None:
    """Print the table."""
    exercise = network()
    ways = ("backward", "create_graph", "grad", "vjp", "jacrev", "jvp", "jacfwd", "compile")
    sides = {f"symgrad, via {via}": checked(exercise, via=via) for via in ways}
    sides["symgrad, second order"] = checked(exercise, order=2)
    sides |= peers(exercise)
    best = dict.fromkeys(sides, float("inf"))
    for k in range(ROUNDS + 1):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            if k:  # the first round warms up
                best[name] = min(best[name], time.perf_counter() - start)
    beside = {"jvp": "gradcheck, forward mode", "jacfwd": "gradcheck, forward mode", "second order": "gradgradcheck"}
    rows = []
    for name, seconds in best.items():
        peer = beside.get(name.split(", ")[1].removeprefix("via "), "gradcheck") if name.startswith("symgrad") else None
        ratio = "" if peer is None else f"{best[peer] / seconds:.1f} × faster than {peer}"
        rows.append([name, f"{seconds * 1e3:.1f} ms", f"{seconds / best['symgrad, via backward']:.1f}", ratio])
    headers = [f"{POINTS} points, {2 * HIDDEN * WIDTH} entries", "best", "to backward", "beside PyTorch's"]
    print(tabulate(rows, headers=headers, disable_numparse=True, colalign=("left", "right", "right", "left")))


if __name__ == "__main__":
    main()
