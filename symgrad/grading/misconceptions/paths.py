"""One of several paths, or one term of the product rule, is left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from symgrad.grading.chain import PRODUCTS
from symgrad.grading.misconceptions.misconception import Example, Material, Misconception, Slip
from symgrad.grading.tape import Edge, Local


def _nothing(local: Local) -> Any:
    return None


def _dropped(material: Material) -> Iterator[tuple[Edge, bool]]:
    """Edges that may be left out, and whether that is a term of a product."""
    chain = material.chain
    for edge in chain.tape.edges:
        yield edge, chain.node(edge).row.name in PRODUCTS and chain.shares(edge)


def _terms(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge, of_product in _dropped(material):
        if of_product:
            node = chain.node(edge)
            term = chain.text(node.operands[edge[1]])
            said = f"the product rule for {chain.text(node.expression)} has a term more: that of {term}"
            yield material.slip(said, {edge: _nothing}, pairs=True)


def _paths(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge, of_product in _dropped(material):
        node = chain.node(edge)
        if not of_product:
            yield material.slip(f"the path through {chain.text(node.symbol)} is missing", {edge: _nothing}, pairs=True)
        if node.row.name == "matmul" and edge[1] == 1:
            for k in range(node.shape[0] if node.shape[0] > 1 else 0):
                said = f"only the path through one entry of {chain.text(node.symbol)} is there"
                yield material.slip(said, {edge: partial(_one_row, k=k)})
    for symbol, count in chain.uses.items():
        if count > 2:
            into = [e for e in chain.tape.edges if chain.node(e).operands[e[1]] == symbol]
            for kept in into:
                said = f"only the path through {chain.text(chain.node(kept).symbol)} is there"
                yield material.slip(said, {e: _nothing for e in into if e != kept})

    for edge in chain.tape.edges:
        node = chain.node(edge)
        if node.row.name == "log_softmax":
            for keep in (True, False):
                said = (
                    f"softmax's derivative has two terms: that of {'the denominator' if keep else 'the numerator'} is missing"
                )
                yield material.slip(said, {edge: partial(_half, keep=keep)}, pairs=True)
            said = "only the diagonal of softmax's derivative is there"
            yield material.slip(said, {edge: lambda local: local.adjoint * (1 - np.exp(local.value))})


def _half(local: Local, *, keep: bool) -> Any:
    """One of the two terms of the derivative of a softmax."""
    return local.adjoint if keep else local.contribution - local.adjoint


def _one_row(local: Local, *, k: int) -> Any:
    return local.operands[0][..., k : k + 1, :].mT @ local.adjoint[..., k : k + 1, :]


TERM_DROPPED = Misconception(
    tag="term_dropped",
    summary="one term of the derivative of a product is left out",
    slips=_terms,
    catches=(
        Example("swish_unit", "b", "(o - y) s"),
        Example("swish_unit", "w", "(o - y) z s (1 - s) x"),
        Example("quadratic_form", "x", "A x/2 - b"),
    ),
    misses=(Example("swish_unit", "b", "o - y"), Example("swish_unit", "w", "-dz x")),
)
PATH_DROPPED = Misconception(
    tag="path_dropped",
    summary="one of the paths by which a shared parameter or step reaches the loss is left out",
    slips=_paths,
    catches=(
        Example("recurrent", "w", "da2 x2"),
        Example("recurrent", "w", "da1 x1"),
    ),
    misses=(Example("recurrent", "w", "-(da2 x2 + da1 x1)"),),
)
MISCONCEPTIONS = (TERM_DROPPED, PATH_DROPPED)
