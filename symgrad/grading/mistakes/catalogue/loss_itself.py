"""The loss itself, not its gradient."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, everywhere


def _slips(material: Material) -> Iterator[Slip]:
    output = material.key.graph.output
    value = material.values.get(output)
    if value is not None:
        yield Slip(message("loss_for_derivative"), lambda: everywhere(material, value))


MISCONCEPTION = Misconception(
    tag="loss_itself",
    summary=message("loss_for_gradient"),
    slips=_slips,
    catches=(Example("linear", "w", "(wx - y)²"), Example("recurrent", "w", "(h2 - y)^2/2")),
    misses=(Example("linear", "w", "2(wx - y)"),),
)
