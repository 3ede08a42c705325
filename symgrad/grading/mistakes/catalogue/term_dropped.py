"""The product rule: one term of the derivative of a product is left out."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, is_term, nothing_flows


def _slips(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge in chain.tape.edges:
        if is_term(material, edge):
            node = chain.node(edge)
            term = chain.text(node.operands[edge[1]])
            said = message("product_rule_term", product=chain.text(node.expression), term=term)
            yield material.slip(said, {edge: nothing_flows}, pairs=True)


MISCONCEPTION = Misconception(
    tag="term_dropped",
    summary=message("term_of_product_left_out"),
    slips=_slips,
    catches=(
        Example("swish_unit", "b", "(o - y) s"),
        Example("swish_unit", "w", "(o - y) z s (1 - s) x"),
        Example("quadratic_form", "x", "A x/2 - b"),
    ),
    misses=(Example("swish_unit", "b", "o - y"), Example("swish_unit", "w", "-dz x")),
)
