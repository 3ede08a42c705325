"""The factors of a matrix product are exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, alone
from symgrad.grading.mistakes.catalogue.products import product, products, variants


def _slips(material: Material) -> Iterator[Slip]:
    for edge, beside, exchanged, change in variants(material):
        if exchanged:
            yield material.slip(message("factors_exchanged", beside=beside), {edge: change}, pairs=True)
    for edge, beside in products(material):
        j = edge[1]
        node = material.chain.node(edge)
        g, m = node.shape, material.chain.shape(node.operands[1 - j])[::-1]
        asked = next((n for n, (symbol, _) in material.key.asked.items() if symbol == node.operands[j]), None)
        if asked is not None and (m[1] == g[0] if j == 0 else g[1] == m[0]):
            change_ = partial(product, j=j, turn_g=False, turn_m=True, first=1 if j == 0 else 0)
            said = message("factors_exchanged", beside=beside)
            yield Slip(said, partial(alone, material, edge, change_, asked))


MISCONCEPTION = Misconception(
    tag="operands_exchanged",
    summary=message("factors_of_product_exchanged"),
    slips=_slips,
    catches=(Example("quadratic_form", "A", "x' x/2"), Example("sigmoid_network", "w2", "y1' dz2")),
    misses=(Example("sigmoid_network", "w2", "dz2 y1' y1[1]"),),
)
