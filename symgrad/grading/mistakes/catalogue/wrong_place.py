"""A local derivative is taken at the wrong place: σ′ of the activation in place of the pre-activation, say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.basics.messages import Message, message
from symgrad.derivation.notation.text import SIGNS
from symgrad.grading.answer_key.tape import Change, Edge, Local
from symgrad.grading.equality.evaluating import options_in
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, broadcast
from symgrad.grading.mistakes.chain import formula
from symgrad.number_systems.system import partials


def _slips(material: Material) -> Iterator[Slip]:
    chain = material.chain
    alike: dict[tuple[str, str], dict[Edge, Change]] = defaultdict(dict)
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if not chain.is_function(node):
            continue
        sign = SIGNS.get(node.row.name, node.row.name)
        right = chain.text(node.operands[0])
        for place, value in _places(material, node):
            main = value is material.values[node.symbol]
            change = {edge: _at(node, value)}
            said = message("taken_at", function=sign, place=place, right=right)
            yield material.slip(said, change, pairs=main)
            if main:
                alike[sign, "taken_of_own_value"] |= change
        change = {edge: _value_for_operand(node)}
        yield material.slip(message("operand_for_value", function=sign, operand=right), change, pairs=True)
        alike[sign, "operands_for_values"] |= change
        yield material.slip(message("taken_of_adjoint", function=sign), {edge: _of_adjoint(node)})
    for (sign, code), changes in alike.items():
        if len(changes) > 1:
            yield material.slip(Message(code, {"function": sign}), changes)


def _places(material: Material, node: Any) -> Iterator[tuple[Message, Any]]:
    """Where else the derivative of a function may have been taken, with what it is called."""
    chain, operand = material.chain, node.operands[0]
    for symbol, value in material.values.items():
        if chain.shape(symbol) in (node.shape, (1, 1)) and symbol != operand:
            yield chain.text(symbol), value
    value, text = material.values[operand], chain.written(operand)
    yield formula(f"−({text})"), -value
    yield formula(f"σ({text})"), 1 / (1 + np.exp(-value))
    for part, without in forgotten(material, operand):
        yield message("without", value=formula(text), part=part), without


def forgotten(material: Material, symbol: Any) -> Iterator[tuple[Message, Any]]:
    """The value of a sum with one of its terms forgotten: the bias of a pre-activation."""
    node = next((n for n in material.key.graph.nodes if n.symbol == symbol), None)
    if node is not None and node.row.name == "add":
        for operand in node.operands:
            if operand in material.values:
                yield material.chain.text(operand), material.values[symbol] - material.values[operand]


def _at(node: Any, place: Any) -> Change:
    """The rule of a function's node with its derivative at another place."""

    def change(local: Local) -> Any:
        system, options = local.system, options_in(local.system, node.options)
        there = system.function(node.row.name)(place, *options)
        slope = system.bind(partials(node.row))(there, place, *options)
        return local.adjoint * broadcast(slope, local.value.shape[-2:])

    return change


def _of_adjoint(node: Any) -> Change:
    def change(local: Local) -> Any:
        system, options = local.system, options_in(local.system, node.options)
        there = system.function(node.row.name)(local.adjoint, *options)
        return local.adjoint * system.bind(partials(node.row))(there, local.adjoint, *options)

    return change


def _value_for_operand(node: Any) -> Change:
    def change(local: Local) -> Any:
        operand = local.operands[0]
        options = options_in(local.system, node.options)
        return local.adjoint * local.system.bind(partials(node.row))(operand, operand, *options)

    return change


MISCONCEPTION = Misconception(
    tag="wrong_place",
    summary=message("derivative_at_wrong_place"),
    slips=_slips,
    catches=(
        Example("sigmoid_network", "w1", "((w2' dz2) ∘ σ'(y1)) x'"),
        Example("sigmoid_network", "dz2", "(y2 - y) ∘ σ'(y2)"),
        Example("sigmoid_network", "dz2", "(y2 - y) ∘ z2 ∘ (1 - z2)"),
        Example("tanh_network", "dz1", "(W2' dz2) ∘ tanh'(h)"),
        Example("relu_network", "b1", "(W2' do) ∘ [W1 x > 0]"),
    ),
    misses=(Example("sigmoid_network", "dz2", "y2 - y"),),
)
