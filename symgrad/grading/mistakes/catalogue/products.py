"""The products of an adjoint and a factor that can be made in place of the right one; what several mistakes are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import Message
from symgrad.grading.answer_key.tape import Edge, Local
from symgrad.grading.mistakes.catalogue.misconception import Material


def products(material: Material) -> Iterator[tuple[Edge, Message]]:
    """Edges of matrix products, with what stands beside the adjoint."""
    chain = material.chain
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if node.row.name == "matmul":
            yield edge, chain.text(node.operands[1 - edge[1]], 3)


def variants(material: Material) -> Iterator[tuple[Edge, Message, bool, Callable[[Local], Any]]]:
    """Every other product of the adjoint and the factor, transposed or not, in either order, where the shapes allow it."""
    chain = material.chain
    for edge, beside in products(material):
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
                    yield edge, beside, exchanged, partial(product, j=j, turn_g=turn_g, turn_m=turn_m, first=first)


def product(local: Local, *, j: int, turn_g: bool, turn_m: bool, first: int) -> Any:
    """The adjoint and the other factor, turned or not, the adjoint first (0) or second (1)."""
    g = local.adjoint.mT if turn_g else local.adjoint
    m = local.operands[1 - j].mT if turn_m else local.operands[1 - j]
    return g @ m if first == 0 else m @ g
