"""The gradient of another parameter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, everywhere


def _slips(material: Material) -> Iterator[Slip]:
    for name, array in material.truths.items():
        if name in material.key.exercise.parameter_names:
            yield Slip(message("gradient_of", name=name), partial(everywhere, material, array, but=name))


MISCONCEPTION = Misconception(
    tag="other_gradient",
    summary=message("gradient_of_another"),
    slips=_slips,
    catches=(Example("quadratic", "w1", "2x(prediction - y)"), Example("recurrent", "u", "da2 x2 + da1 x1")),
    misses=(Example("linear", "w", "2(wx - y)"),),
)
