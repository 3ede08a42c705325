"""One of the paths by which a shared parameter or step reaches the loss is left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from symgrad.basics.messages import message
from symgrad.grading.answer_key.tape import Local
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, is_term, nothing_flows


def _slips(material: Material) -> Iterator[Slip]:
    yield from _softmaxes(material)
    chain = material.chain
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if not is_term(material, edge):
            yield material.slip(message("path_missing", through=chain.text(node.symbol)), {edge: nothing_flows}, pairs=True)
        if node.row.name == "matmul" and edge[1] == 1:
            for k in range(node.shape[0] if node.shape[0] > 1 else 0):
                said = message("path_through_one_entry", of=chain.text(node.symbol))
                yield material.slip(said, {edge: partial(_one_row, k=k)})
    for symbol, count in chain.uses.items():
        if count > 2:
            into = [e for e in chain.tape.edges if chain.node(e).operands[e[1]] == symbol]
            for kept in into:
                said = message("only_path", through=chain.text(chain.node(kept).symbol))
                yield material.slip(said, {e: nothing_flows for e in into if e != kept})


def _softmaxes(material: Material) -> Iterator[Slip]:
    """The two terms of a softmax's derivative, one at a time, and its diagonal alone."""
    chain = material.chain
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if node.row.name == "log_softmax":
            for keep in (True, False):
                said = message("softmax_term_of_denominator" if keep else "softmax_term_of_numerator")
                yield material.slip(said, {edge: partial(_half, keep=keep)}, pairs=True)
            said = message("softmax_diagonal_only")
            yield material.slip(said, {edge: lambda local: local.adjoint * (1 - np.exp(local.value))})


def _half(local: Local, *, keep: bool) -> Any:
    """One of the two terms of the derivative of a softmax."""
    return local.adjoint if keep else local.contribution - local.adjoint


def _one_row(local: Local, *, k: int) -> Any:
    return local.operands[0][..., k : k + 1, :].mT @ local.adjoint[..., k : k + 1, :]


MISCONCEPTION = Misconception(
    tag="path_dropped",
    summary=message("path_left_out"),
    slips=_slips,
    catches=(
        Example("recurrent", "w", "da2 x2"),
        Example("recurrent", "w", "da1 x1"),
    ),
    misses=(Example("recurrent", "w", "-(da2 x2 + da1 x1)"),),
)
