"""A constant factor: 2 or ½ forgotten or too many, or any other number; of the whole gradient, or of one term."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip

LARGEST_DENOMINATOR = 64
SIMPLE = 1e-7
"""Relative difference up to which a fitted factor is taken for a simple fraction."""


def _slips(material: Material) -> Iterator[Slip]:
    for edge in material.chain.tape.edges:
        for by, said in ((2.0, "a factor 2 too many"), (0.5, "a factor 2 missing")):
            change = {edge: lambda local, by=by: by * local.contribution}
            yield material.slip(f"one term has {said}", change)


def named(ratio: float) -> str:
    """A factor as a message writes it."""
    simple = Fraction(ratio).limit_denominator(LARGEST_DENOMINATOR)
    if simple and abs(float(simple) - ratio) <= SIMPLE * abs(ratio):
        return {"1/2": "½", "1/4": "¼", "-1/2": "−½"}.get(str(simple), str(simple).replace("-", "−"))
    return f"{ratio:.7g}".replace("-", "−")


def _explains(ratio: float, sizes: tuple[int, ...]) -> str:
    if ratio in (1, -1):
        return ""
    if ratio in (2, -2):
        extra = ", and the sign is wrong" if ratio < 0 else ""
        return f"there is a factor 2 too many{extra}"
    if ratio in (0.5, -0.5):
        extra = ", and the sign is wrong" if ratio < 0 else ""
        return f"a factor 2 is missing{extra}"
    return f"it is {named(ratio)} times what it should be"


MISCONCEPTION = Misconception(
    tag="factor",
    summary="a constant factor is wrong",
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
