"""The penalty's term is missing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, rests_on


def _addends(material: Material) -> Iterator[tuple[tuple[int, int], Any]]:
    """The terms that the loss is a sum of, as edges with their symbols."""
    graph = material.key.graph
    numbers = {node.symbol: k for k, node in enumerate(graph.nodes)}
    stack = [graph.output]
    while stack:
        symbol = stack.pop()
        if symbol not in numbers:
            continue
        k = numbers[symbol]
        node = graph.nodes[k]
        if node.row.name in ("add", "subtract"):
            for j, operand in enumerate(node.operands):
                yield (k, j), operand
                stack.append(operand)


def _slips(material: Material) -> Iterator[Slip]:
    inputs = {i.symbol: i for i in material.key.graph.inputs}
    parameters = set(material.key.exercise.parameter_names)
    for edge, symbol in _addends(material):
        leaves = [inputs[s] for s in rests_on(material, symbol) if s in inputs]
        data = [i for i in leaves if i.name not in parameters and i.shape != (1, 1)]
        scalars_only = all(i.shape == (1, 1) for i in inputs.values())
        if not data and not scalars_only and any(i.name in parameters for i in leaves):
            said = message("penalty_missing", penalty=material.chain.text(symbol))
            yield Slip(said, partial(material.changed, {edge: lambda local: None}))


MISCONCEPTION = Misconception(
    tag="regularisation_forgotten",
    summary=message("term_of_penalty_missing"),
    slips=_slips,
    catches=(Example("ridge", "w", "2 r x'/5"), Example("matrix_factorisation", "U", "R V'")),
    misses=(Example("ridge", "w", "-(2 r x'/5 + lam w)"),),
)
