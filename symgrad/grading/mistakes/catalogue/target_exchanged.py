"""Prediction and target are exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.answer_key.tape import Tape
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, rests_on
from symgrad.graphs.graph import Node


def _targets(material: Material) -> Iterator[tuple[Any, Any]]:
    """Pairs of a prediction (a value that parameters reach) and a datum of its shape that the loss compares it with."""
    graph, active = material.key.graph, material.key.tape.active
    data = [i for i in graph.inputs if i.symbol not in active]
    reached = {n.symbol: n for n in graph.nodes if n.symbol in active}
    for item in data:
        for symbol, node in reached.items():
            beside = any(item.symbol in o.free_symbols for n in graph.nodes for o in n.operands if symbol in _symbols(n))
            if beside and material.chain.shape(symbol) == item.shape and item.symbol not in rests_on(material, symbol):
                yield symbol, item.symbol
            del node


def _symbols(node: Node) -> set[Any]:
    return {s for o in node.operands for s in o.free_symbols}


def _residuals(material: Material) -> Iterator[Slip]:
    """Y − ŷ differentiated as if it were ŷ − y: the sign of the prediction in a residual."""
    chain, active = material.chain, material.key.tape.active
    for edge in chain.tape.edges:
        node = chain.node(edge)
        data = [o for o in node.operands if o.free_symbols and o not in active]
        if node.row.name in ("add", "subtract") and data and len(node.operands) == 2:
            said = message("exchanged_in", difference=chain.text(node.expression))
            yield material.slip(said, {edge: lambda local: -local.contribution})


def _slips(material: Material) -> Iterator[Slip]:
    yield from _residuals(material)
    graph = material.key.graph
    for prediction, target in dict.fromkeys([*_targets(material), *_losses(material)]):
        own = rests_on(material, prediction)
        swapped = {**material.values, prediction: material.values[target], target: material.values[prediction]}
        swapped = material.key.again(swapped, frozenset({*own, *(i.symbol for i in graph.inputs)}))
        elsewhere = {k: swapped for k, node in enumerate(graph.nodes) if node.symbol not in own}
        said = message("exchanged", first=material.chain.text(prediction), second=material.chain.text(target))
        yield Slip(said, partial(material.changed, {}, elsewhere=elsewhere))
        yield Slip(said, partial(_as_target, material, prediction, target, swapped))


def _as_target(material: Material, prediction: Any, target: Any, swapped: Any) -> Any:
    """The loss with both exchanged, differentiated by the prediction, which then stands in the target's place."""
    key = material.key
    name = next(i.name for i in key.graph.inputs if i.symbol == target)
    tape = Tape(key.graph, (*key.exercise.parameter_names, name))
    done = tape.backward(key.floats, swapped)
    return material.changed({}, given={prediction: done.adjoints[target]}) if target in done.adjoints else {}


def _losses(material: Material) -> Iterator[tuple[Any, Any]]:
    """Pairs of a named step and a datum of its shape."""
    graph, active = material.key.graph, material.key.tape.active
    for symbol in graph.named.values():
        for item in graph.inputs:
            same = symbol in active and material.chain.shape(symbol) == item.shape
            if same and item.symbol not in active and item.symbol not in rests_on(material, symbol):
                yield symbol, item.symbol


MISCONCEPTION = Misconception(
    tag="target_exchanged",
    summary=message("prediction_and_target_exchanged"),
    slips=_slips,
    catches=(
        Example("cross_entropy_unit", "dp", "p/(y(y-1)) + 1/(1-y)"),
        Example("linear", "w", "2x(y - wx)"),
    ),
    misses=(Example("linear", "w", "2(wx - y)"),),
)
