"""Outputs of a derivation, or a graph, as generated code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.derivation import Derivation
from symgrad.graphs.graph import Graph, Input
from symgrad.number_systems.code_generation import Program, compile_


def program(derivation: Derivation, outputs: Sequence[Any]) -> Program:
    """Outputs of a derivation as generated code, over its inputs in order."""
    bindings = [(e.symbol, e.expression) for e in derivation.needed(outputs)]
    return compile_([i.symbol for i in derivation.inputs], bindings, outputs)


def graph_program(graph: Graph, inputs: Sequence[Input]) -> Program:
    """A graph as generated code over the inputs of another that has them all."""
    symbols = {i.name: i.symbol for i in graph.inputs}
    missing = [i.symbol for i in inputs if i.name not in symbols]
    assert not set(missing) & set(symbols.values())  # names are distinct, so are symbols
    arguments = [symbols.get(i.name, i.symbol) for i in inputs]
    return compile_(arguments, [(node.symbol, node.expression) for node in graph.nodes], [graph.output])
