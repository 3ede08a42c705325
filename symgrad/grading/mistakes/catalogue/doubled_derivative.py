"""A local derivative of the chain stands twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.answer_key.tape import Local
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip


def _twice(local: Local) -> Any:
    return local.contribution * local.partial


def _scalar_twice(local: Local, *, j: int) -> Any:
    return local.contribution * local.operands[1 - j]


def _slips(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge in chain.tape.edges:
        node, j = chain.node(edge), edge[1]
        said = message("factor_twice", factor=chain.factor(edge))
        if chain.partial(edge) is not None and not chain.is_trivial(edge):
            yield material.slip(said, {edge: _twice}, pairs=chain.is_function(node))
        elif node.row.name == "matmul" and chain.shape(node.operands[1 - j]) == (1, 1):
            yield material.slip(said, {edge: partial(_scalar_twice, j=j)})


MISCONCEPTION = Misconception(
    tag="doubled_derivative",
    summary=message("local_derivative_twice"),
    slips=_slips,
    catches=(
        Example("linear", "w", "2x²(wx - y)"),
        Example("sigmoid_network", "w1", "dz1 x x"),
        Example("sigmoid_network", "dz2", "(y2 - y) ∘ y2∘y2 ∘ (1 - y2)∘(1 - y2)"),
    ),
    misses=(Example("linear", "w", "2(wx - y)"),),
)
