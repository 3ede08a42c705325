"""Entry by entry where a matrix product belongs, or the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.answer_key.tape import Local
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, alone, broadcast
from symgrad.grading.mistakes.catalogue.products import products


def _slips(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge, beside in products(material):
        node, j = chain.node(edge), edge[1]
        wanted, g, m = chain.shape(node.operands[j]), node.shape, chain.shape(node.operands[1 - j])
        if (1, 1) in (g, m):
            continue
        said = message("entrywise_for_product", beside=beside)
        for turn_g in (False, True):
            for turn_m in (False, True):
                a, b = (g[::-1] if turn_g else g), (m[::-1] if turn_m else m)
                if a == b == wanted:
                    yield Slip(said, partial(material.changed, {edge: partial(_entrywise, j=j, turn_g=turn_g, turn_m=turn_m)}))
                elif a == b and not turn_g:
                    asked = next((n for n, (s, _) in material.key.asked.items() if s == node.operands[j]), None)
                    if asked is not None:
                        change = partial(_entrywise, j=j, turn_g=turn_g, turn_m=turn_m)
                        yield Slip(said, partial(alone, material, edge, change, asked))
    for edge in chain.tape.edges:
        node = chain.node(edge)
        same = node.shape != (1, 1) and chain.shape(node.operands[edge[1]]) == node.shape
        if same and chain.partial(edge) is not None and not chain.is_trivial(edge):
            said = message("product_for_entrywise", factor=chain.factor(edge))
            for product in PRODUCTS:
                yield material.slip(said, {edge: product}, loose=True)
            every = {e: p for e in chain.tape.edges if chain.is_function(chain.node(e)) for p in (_inner,)}
            yield material.slip(message("products_for_entrywise"), every, loose=True)


def _outer(local: Local) -> Any:
    return local.adjoint @ broadcast(local.partial, local.value.shape[-2:]).mT


def _inner(local: Local) -> Any:
    if local.adjoint.shape[-2:] == (1, 1):
        return local.adjoint * local.partial
    return local.adjoint.mT @ broadcast(local.partial, local.value.shape[-2:])


def _plain(local: Local) -> Any:
    return local.adjoint @ broadcast(local.partial, local.value.shape[-2:])


def _reversed(local: Local) -> Any:
    return broadcast(local.partial, local.value.shape[-2:]) @ local.adjoint


PRODUCTS = (_outer, _inner, _plain, _reversed)
"""Matrix products of an adjoint and a local derivative in place of that entry by entry."""


def _entrywise(local: Local, *, j: int, turn_g: bool, turn_m: bool) -> Any:
    g = local.adjoint.mT if turn_g else local.adjoint
    m = local.operands[1 - j].mT if turn_m else local.operands[1 - j]
    return g * m


MISCONCEPTION = Misconception(
    tag="elementwise_for_product",
    summary=message("entrywise_and_product_confused"),
    slips=_slips,
    catches=(Example("sigmoid_network", "w2", "dz2 ∘ y1"),),
    misses=(Example("sigmoid_network", "w2", "y1 dz2'"),),
)
