"""A sum for a mean: the number of samples is forgotten, or divided by once too often."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.basics.messages import Message, message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip


def _explains(ratio: float, sizes: tuple[int, ...]) -> Message | None:
    if ratio in sizes:
        return message("too_large_by_mean", count=int(ratio))
    if ratio and 1 / ratio in sizes:
        return message("divided_too_often", count=int(1 / ratio))
    besides = {-1.0: message("sign_wrong"), 2.0: message("factor_2_is_too_many"), 0.5: message("factor_2_missing")}
    for other, said in besides.items():
        for n in sizes:
            if ratio == other * n:
                return message("and_also", first=message("mean_forgotten", count=n), then=said)
    return None


def _slips(material: Material) -> Iterator[Slip]:
    for edge in material.chain.tape.edges:
        for n in material.averaged:
            change = {edge: lambda local, n=n: n * local.contribution}
            yield material.slip(message("mean_forgotten_in_term", count=n), change)
        for n in material.sizes:
            change = {edge: lambda local, n=n: local.contribution / n}
            yield material.slip(message("term_divided_too_often", count=n), change)


MISCONCEPTION = Misconception(
    tag="sum_for_mean",
    summary=message("sum_and_mean_confused"),
    slips=_slips,
    explains=_explains,
    catches=(
        Example("logistic_regression", "w", "(σ(z) - y) x'"),
        Example("tanh_network", "b2", "sum(z2 - y, axis=1)"),
        Example("ridge", "w", "2 r x' + lam w"),
    ),
    misses=(Example("logistic_regression", "w", "(y - σ(z)) x'/5"), Example("linear", "w", "x(wx - y)")),
)
