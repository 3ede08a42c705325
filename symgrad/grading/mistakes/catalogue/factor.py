"""A constant factor: 2 or ½ forgotten or too many, or any other number; of the whole gradient, or of one term."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.basics.messages import Message, message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip


def _slips(material: Material) -> Iterator[Slip]:
    for edge in material.chain.tape.edges:
        for by, said in ((2.0, message("term_with_factor_2")), (0.5, message("term_without_factor_2"))):
            change = {edge: lambda local, by=by: by * local.contribution}
            yield material.slip(said, change)


def _explains(ratio: float, sizes: tuple[int, ...]) -> Message | None:
    if ratio in (1, -1):
        return None
    if abs(ratio) not in (2, 0.5):
        return message("so_many_times", factor=ratio)
    said = message("factor_2_too_many" if abs(ratio) == 2 else "factor_2_missing")
    return said if ratio > 0 else message("and_also", first=said, then=message("sign_wrong"))


MISCONCEPTION = Misconception(
    tag="factor",
    summary=message("constant_factor_wrong"),
    slips=_slips,
    explains=_explains,
    catches=(
        Example("linear", "w", "x(wx - y)"),
        Example("linear", "w", "4x(wx - y)"),
        Example("quadratic_form", "A", "x x'"),
        Example("sigmoid_network", "w2", "3 dz2 y1'"),
    ),
    misses=(Example("linear", "w", "2(wx - y)"), Example("linear", "w", "2x(y - wx)")),
)
