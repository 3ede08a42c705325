"""The transpose of the gradient, or a transpose inside that is forgotten or too many."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip
from symgrad.grading.mistakes.catalogue.products import variants


def _slips(material: Material) -> Iterator[Slip]:
    yield Slip(message("transpose_of_gradient"), lambda: {n: t.mT for n, t in material.truths.items()})
    for edge, beside, exchanged, change in variants(material):
        if not exchanged:
            yield material.slip(message("transpose_or_not", of=beside), {edge: change}, pairs=True)
    yield from _forward(material)


def _forward(material: Material) -> Iterator[Slip]:
    """A transpose that is forgotten in a value of the forward pass, which the gradient uses."""
    for k, node in enumerate(material.key.graph.nodes):
        if node.row.name != "matmul":
            continue
        left, right = (material.values[o] for o in node.operands)
        for value in _turned(left, right):
            if value.shape == material.values[node.symbol].shape:
                swapped = {**material.values, node.symbol: value}
                elsewhere = {other: swapped for other in range(len(material.key.graph.nodes)) if other != k}
                said = message("factor_of_step_transposed", step=material.chain.text(node.symbol))
                yield Slip(said, partial(material.changed, {}, elsewhere=elsewhere))


def _turned(left: Any, right: Any) -> Iterator[Any]:
    for a, b in ((left.mT, right), (left, right.mT), (left.mT, right.mT)):
        if a.shape[-1] == b.shape[-2]:
            yield a @ b


MISCONCEPTION = Misconception(
    tag="transposed",
    summary=message("transposes_confused"),
    slips=_slips,
    catches=(
        Example("sigmoid_network", "w2", "y1 dz2'"),
        Example("sigmoid_network", "w1", "((w2 dz2) ∘ y1 ∘ (1 - y1)) x'"),
        Example("matrix_factorisation", "U", "V R' + lam U'"),
        Example("quadratic_form", "x", "A x - b"),
    ),
    misses=(Example("sigmoid_network", "w2", "-dz2 y1'"),),
)
