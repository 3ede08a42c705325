"""The sign: of the whole gradient, or of one term."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip


def _slips(material: Material) -> Iterator[Slip]:
    for edge in material.chain.tape.edges:
        change = {edge: lambda local: -local.contribution}
        yield material.slip(message("sign_of_term_wrong"), change)


MISCONCEPTION = Misconception(
    tag="sign",
    summary=message("sign_wrong"),
    slips=_slips,
    explains=lambda ratio, sizes: message("sign_wrong") if ratio == -1 else None,
    catches=(
        Example("linear", "w", "2x(y - wx)"),
        Example("sigmoid_network", "w2", "-dz2 y1'"),
        Example("exponential_fit", "b", "2 a t f r"),
    ),
    misses=(Example("linear", "w", "x(wx - y)"), Example("linear", "w", "2(wx - y)")),
)
