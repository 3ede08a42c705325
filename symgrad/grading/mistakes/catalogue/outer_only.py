"""The derivative of the outer function only: the chain isn't followed inwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from symgrad.basics.messages import message
from symgrad.grading.answer_key.target import adjoint_of
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, broadcast, everywhere


def _slips(material: Material) -> Iterator[Slip]:
    """Where the chain stops at a node without a name, or at the function or product that a parameter stands in."""
    chain = material.chain
    for node in material.key.graph.nodes:
        adjoint = material.right.adjoints.get(node.symbol)
        if adjoint is None or node.symbol == material.key.graph.output:
            continue
        said = message("chain_stops_at", place=chain.text(node.symbol))
        own = next((adjoint_of(n) for n, s in material.key.graph.named.items() if s == node.symbol), "")
        whole = broadcast(adjoint, node.shape)
        yield Slip(said, partial(everywhere, material, whole, but=own))


MISCONCEPTION = Misconception(
    tag="outer_only",
    summary=message("outer_derivative_only"),
    slips=_slips,
    catches=(Example("linear", "w", "2(wx - y)"), Example("recurrent", "w", "h2 - y")),
    misses=(Example("linear", "w", "x(wx - y)"),),
)
