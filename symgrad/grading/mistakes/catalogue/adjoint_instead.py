"""The adjoint of a step instead of the gradient: the chain stops one link too early."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from symgrad.basics.messages import message
from symgrad.grading.answer_key.target import step_of
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, everywhere


def _slips(material: Material) -> Iterator[Slip]:
    for name, array in material.truths.items():
        if name not in material.key.exercise.parameter_names:
            step = step_of(name)
            said = message("adjoint_of_step", step=step)
            yield Slip(said, partial(everywhere, material, array, but=name))


MISCONCEPTION = Misconception(
    tag="adjoint_instead",
    summary=message("adjoint_for_gradient"),
    slips=_slips,
    catches=(Example("sigmoid_network", "w1", "dz1"), Example("recurrent", "w", "da2"), Example("tanh_network", "b2", "dz2")),
    misses=(Example("sigmoid_network", "w1", "-dz1 x'"),),
)
