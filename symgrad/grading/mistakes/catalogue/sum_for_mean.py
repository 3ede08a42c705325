"""A sum for a mean: the number of samples is forgotten, or divided by once too often."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip


def _explains(ratio: float, sizes: tuple[int, ...]) -> str:
    if ratio in sizes:
        return f"it is {ratio:g} times too large: the 1/{ratio:g} of the mean is missing"
    if ratio and 1 / ratio in sizes:
        return f"it is divided by {1 / ratio:g} once too often"
    if -ratio in sizes:
        return f"the 1/{-ratio:g} of the mean is missing, and the sign is wrong"
    for n in sizes:
        for other, said in ((2, "a factor 2 is too many"), (0.5, "a factor 2 is missing")):
            if ratio == other * n:
                return f"the 1/{n} of the mean is missing, and {said}"
    return ""


def _slips(material: Material) -> Iterator[Slip]:
    for edge in material.chain.tape.edges:
        for n in material.averaged:
            change = {edge: lambda local, n=n: n * local.contribution}
            yield material.slip(f"the 1/{n} of the mean is missing in one term", change)
        for n in material.sizes:
            change = {edge: lambda local, n=n: local.contribution / n}
            yield material.slip(f"one term is divided by {n} once too often", change)


MISCONCEPTION = Misconception(
    tag="sum_for_mean",
    summary="the gradient of a sum in place of that of a mean, or the reverse",
    slips=_slips,
    explains=_explains,
    catches=(
        Example("logistic_regression", "w", "(σ(z) - y) x'"),
        Example("tanh_network", "b2", "sum(z2 - y, axis=1)"),
        Example("ridge", "w", "2 r x' + lam w"),
    ),
    misses=(Example("logistic_regression", "w", "(y - σ(z)) x'/5"), Example("linear", "w", "x(wx - y)")),
)
