"""The sum over a batch: missing, taken for a mean, or of one sample only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from symgrad.basics.messages import message
from symgrad.grading.answer_key.tape import Edge, Local
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, alone


def _unsummed(material: Material) -> Iterator[Slip]:
    chain = material.chain
    for edge in chain.tape.edges:
        node, j = chain.node(edge), edge[1]
        operand = node.operands[j]
        asked = next((n for n, (symbol, _) in material.key.asked.items() if symbol == operand), None)
        if asked is None:
            continue
        if chain.partial(edge) is not None and chain.shape(operand) != node.shape:
            yield Slip(message("batch_not_summed"), partial(alone, material, edge, _whole(material, edge), asked))
            for k in range(max(node.shape)):
                yield Slip(message("one_sample_of_batch"), partial(material.changed, {edge: partial(_one, k=k)}))
            yield Slip(message("mean_for_sum_over_batch"), partial(material.changed, {edge: _averaged}))
        elif node.row.name == "matmul" and j == 0:
            for k in range(node.shape[1] if node.shape[1] > 1 else 0):
                yield material.slip(message("one_sample_of_batch"), {edge: partial(_one_column, k=k)})


def _whole(material: Material, edge: Edge) -> Callable[[Local], Any]:
    expression = material.chain.partial(edge)
    return lambda local: local.adjoint if not expression.free_symbols else local.adjoint * local.value


def _one(local: Local, *, k: int) -> Any:
    contribution = np.broadcast_to(local.contribution, local.value.shape)
    axis = -1 if contribution.shape[-1] > 1 else -2
    return np.take(contribution, [k % contribution.shape[axis]], axis=axis)


def _averaged(local: Local) -> Any:
    contribution = np.broadcast_to(local.contribution, local.value.shape)
    return contribution.mean(axis=-1 if contribution.shape[-1] > 1 else -2, keepdims=True)


def _one_column(local: Local, *, k: int) -> Any:
    return local.adjoint[..., k : k + 1] @ local.operands[1][..., k : k + 1].mT


MISCONCEPTION = Misconception(
    tag="batch_not_summed",
    summary=message("batch_not_summed"),
    slips=_unsummed,
    catches=(Example("tanh_network", "b2", "dz2"), Example("tanh_network", "b1", "(W2' dz2) ∘ (1 - h∘h)")),
    misses=(Example("tanh_network", "b2", "sum(z2 - y, axis=1)"),),
)
