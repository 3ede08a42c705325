"""Matrix products: a transpose forgotten or too many, factors exchanged, entry by entry for the product or the reverse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from symgrad.grading.misconceptions.misconception import Example, Material, Misconception, Slip, alone, broadcast
from symgrad.grading.tape import Edge, Local


def _products(material: Material) -> Iterator[tuple[Edge, str]]:
    """Edges of matrix products, with what stands beside the adjoint."""
    chain = material.chain
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if node.row.name == "matmul":
            yield edge, chain.text(node.operands[1 - edge[1]], 3)


def _variants(material: Material) -> Iterator[tuple[Edge, str, bool, Callable[[Local], Any]]]:
    """Every other product of the adjoint and the factor, transposed or not, in either order, where the shapes allow it."""
    chain = material.chain
    for edge, beside in _products(material):
        node, j = chain.node(edge), edge[1]
        wanted, (g, m) = chain.shape(node.operands[j]), (node.shape, chain.shape(node.operands[1 - j]))
        for turn_g in (False, True):
            for turn_m in (False, True):
                for first in (0, 1):
                    left, right = (g[::-1] if turn_g else g), (m[::-1] if turn_m else m)
                    exchanged = first != (0 if j == 0 else 1)
                    a, b = (left, right) if first == 0 else (right, left)
                    plain = not turn_g and turn_m and not exchanged
                    if plain or a[1] != b[0] or (a[0], b[1]) != wanted:
                        continue
                    yield edge, beside, exchanged, partial(_product, j=j, turn_g=turn_g, turn_m=turn_m, first=first)


def _product(local: Local, *, j: int, turn_g: bool, turn_m: bool, first: int) -> Any:
    g = local.adjoint.mT if turn_g else local.adjoint
    m = local.operands[1 - j].mT if turn_m else local.operands[1 - j]
    return g @ m if first == 0 else m @ g


def _transposed(material: Material) -> Iterator[Slip]:
    yield Slip("it is the transpose of the gradient", lambda: {n: t.mT for n, t in material.truths.items()})
    for edge, beside, exchanged, change in _variants(material):
        if not exchanged:
            yield material.slip(f"{beside} should be transposed, or should not", {edge: change}, pairs=True)
    yield from _forward(material)


def _forward(material: Material) -> Iterator[Slip]:
    """A transpose that is forgotten in a value of the forward pass, which the gradient uses."""
    for k, node in enumerate(material.key.exercise.graph.nodes):
        if node.row.name != "matmul":
            continue
        left, right = (material.values[o] for o in node.operands)
        for value in _turned(left, right):
            if value.shape == material.values[node.symbol].shape:
                swapped = {**material.values, node.symbol: value}
                elsewhere = {other: swapped for other in range(len(material.key.exercise.graph.nodes)) if other != k}
                said = f"a factor of {material.chain.text(node.symbol)} is transposed"
                yield Slip(said, partial(material.changed, {}, elsewhere=elsewhere))


def _turned(left: Any, right: Any) -> Iterator[Any]:
    for a, b in ((left.mT, right), (left, right.mT), (left.mT, right.mT)):
        if a.shape[-1] == b.shape[-2]:
            yield a @ b


def _exchanged(material: Material) -> Iterator[Slip]:
    for edge, beside, exchanged, change in _variants(material):
        if exchanged:
            yield material.slip(f"the factors of the product with {beside} are exchanged", {edge: change}, pairs=True)
    for edge, beside in _products(material):
        j = edge[1]
        node = material.chain.node(edge)
        g, m = node.shape, material.chain.shape(node.operands[1 - j])[::-1]
        asked = next((n for n, (symbol, _) in material.key.asked.items() if symbol == node.operands[j]), None)
        if asked is not None and (m[1] == g[0] if j == 0 else g[1] == m[0]):
            change_ = partial(_product, j=j, turn_g=False, turn_m=True, first=1 if j == 0 else 0)
            said = f"the factors of the product with {beside} are exchanged"
            yield Slip(said, partial(alone, material, edge, change_, asked))


def _elementwise(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge, beside in _products(material):
        node, j = chain.node(edge), edge[1]
        wanted, g, m = chain.shape(node.operands[j]), node.shape, chain.shape(node.operands[1 - j])
        if (1, 1) in (g, m):
            continue
        said = f"entry by entry where a matrix product with {beside} belongs"
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
            said = f"a matrix product where {chain.factor(edge)} belongs entry by entry"
            for product in PRODUCTS:
                yield material.slip(said, {edge: product}, loose=True)
            every = {e: p for e in chain.tape.edges if chain.is_function(chain.node(e)) for p in (_inner,)}
            yield material.slip("matrix products where products entry by entry belong", every, loose=True)


def _outer(local: Local) -> Any:
    return local.adjoint @ broadcast(local.partial, local.value.shape[-2:]).mT


def _inner(local: Local) -> Any:
    if local.adjoint.shape[-2:] == (1, 1):
        return local.adjoint * local.partial
    return local.adjoint.mT @ broadcast(local.partial, local.value.shape[-2:])


def _plain(local: Local) -> Any:
    partial_ = broadcast(local.partial, local.value.shape[-2:])
    if local.adjoint.shape[-1] != partial_.shape[-2]:
        raise ValueError("no matrix product")
    return local.adjoint @ partial_


def _reversed(local: Local) -> Any:
    partial_ = broadcast(local.partial, local.value.shape[-2:])
    if partial_.shape[-1] != local.adjoint.shape[-2]:
        raise ValueError("no matrix product")
    return partial_ @ local.adjoint


PRODUCTS = (_outer, _inner, _plain, _reversed)
"""Matrix products of an adjoint and a local derivative in place of that entry by entry."""


def _entrywise(local: Local, *, j: int, turn_g: bool, turn_m: bool) -> Any:
    g = local.adjoint.mT if turn_g else local.adjoint
    m = local.operands[1 - j].mT if turn_m else local.operands[1 - j]
    return g * m


TRANSPOSED = Misconception(
    tag="transposed",
    summary="the transpose of the gradient, or a transpose inside that is forgotten or too many",
    slips=_transposed,
    catches=(
        Example("sigmoid_network", "w2", "y1 dz2'"),
        Example("sigmoid_network", "w1", "((w2 dz2) ∘ y1 ∘ (1 - y1)) x'"),
        Example("matrix_factorisation", "U", "V R' + lam U'"),
        Example("quadratic_form", "x", "A x - b"),
    ),
    misses=(Example("sigmoid_network", "w2", "-dz2 y1'"),),
)
OPERANDS_EXCHANGED = Misconception(
    tag="operands_exchanged",
    summary="the factors of a matrix product are exchanged",
    slips=_exchanged,
    catches=(Example("quadratic_form", "A", "x' x/2"), Example("sigmoid_network", "w2", "y1' dz2")),
    misses=(Example("sigmoid_network", "w2", "dz2 y1' y1[1]"),),
)
ELEMENTWISE_FOR_PRODUCT = Misconception(
    tag="elementwise_for_product",
    summary="entry by entry where a matrix product belongs, or the reverse",
    slips=_elementwise,
    catches=(Example("sigmoid_network", "w2", "dz2 ∘ y1"),),
    misses=(Example("sigmoid_network", "w2", "y1 dz2'"),),
)
MISCONCEPTIONS = (TRANSPOSED, OPERANDS_EXCHANGED, ELEMENTWISE_FOR_PRODUCT)
