"""The laws of a graph: what everything that takes one relies on, as code that tests run. No check of an exercise needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sympy

from symgrad.basics.errors import SymgradError
from symgrad.basics.messages import Message, message
from symgrad.graphs.graph import Graph
from symgrad.graphs.names import RESERVED
from symgrad.graphs.shapes import array_shape
from symgrad.graphs.walks import Definition, symbols
from symgrad.operations.shapes import SCALAR


class BrokenLaw(SymgradError, AssertionError):
    """A graph or a derivation that isn't what it promises to be: a fault of symgrad's own."""

    @property
    def law(self) -> str:
        """Which law: the code of what was found."""
        return self.found.code


def check_graph(graph: Graph) -> None:
    """Raises BrokenLaw for the first law that a graph doesn't keep."""
    uphold(_broken_by(graph))


def uphold(found: Iterable[Message]) -> None:
    """Raises BrokenLaw for the first thing that was found."""
    for first in found:
        raise BrokenLaw(first)


def _broken_by(graph: Graph) -> Iterator[Message]:
    """What a graph breaks: one message a law and place."""
    inputs = [i.symbol for i in graph.inputs]
    yield from names_are_distinct([*inputs, *(n.symbol for n in graph.nodes)])
    yield from operands_come_first(inputs, graph.definitions, [graph.output])
    yield from _inputs_have_entries(graph)
    yield from _rows_take_their_operands(graph)
    yield from _shapes_are_those_of_the_rows(graph)
    yield from _steps_are_nodes(graph)


def names_are_distinct(bound: Sequence[sympy.Symbol]) -> Iterator[Message]:
    """Every symbol is bound once, under a name of its own that means nothing else in generated code."""
    seen: dict[str, sympy.Symbol] = {}
    for symbol in bound:
        name = str(symbol.name)
        if symbol in seen.values():
            yield message("law_bound_once", name=name)
        elif name in seen:
            yield message("law_names_distinct", name=name)
        elif name in RESERVED:
            yield message("law_names_free", name=name)
        seen[name] = symbol


def operands_come_first(
    inputs: Iterable[sympy.Symbol], definitions: Sequence[Definition], outputs: Iterable[sympy.Basic]
) -> Iterator[Message]:
    """What a symbol is made of is known before it; what comes out is known at the end."""
    known, later = set(inputs), {symbol for symbol, _ in definitions}
    for symbol, operands in definitions:
        for operand in _by_name(symbols(operands) - known):
            code = "law_operands_first" if operand in later else "law_symbols_known"
            yield message(code, name=str(symbol), operand=str(operand))
        known.add(symbol)
    for symbol in _by_name(symbols(outputs) - known):
        yield message("law_outputs_known", name=str(symbol))


def _by_name(found: Iterable[sympy.Symbol]) -> list[sympy.Symbol]:
    return sorted(found, key=lambda symbol: str(symbol.name))


def _inputs_have_entries(graph: Graph) -> Iterator[Message]:
    """An input has entries; one that isn't a matrix has a single one."""
    for item in graph.inputs:
        if min(item.shape) < 1 or not (item.is_matrix or item.shape == SCALAR):
            yield message("law_inputs", name=item.name, shape=item.shape)


def _rows_take_their_operands(graph: Graph) -> Iterator[Message]:
    """A node has as many operands and options as its row takes."""
    for node in graph.nodes:
        right = node.row.operands is None or len(node.operands) == node.row.operands
        if not right or len(node.options) != len(node.row.options):
            yield message("law_operands_counted", name=str(node.symbol), operation=node.row.name)


def _shapes_are_those_of_the_rows(graph: Graph) -> Iterator[Message]:
    """Every shape is the one that the row makes of its operands' shapes; the output has the one that is said."""
    for node in graph.nodes:
        made = node.row.shape([array_shape(operand, graph.shapes) for operand in node.operands], *node.options)
        if made != node.shape:
            yield message("law_shapes", name=str(node.symbol), shape=node.shape, made=made)
    made = array_shape(graph.output, graph.shapes)
    if made != graph.output_shape:
        yield message("law_shapes", name=str(graph.output), shape=graph.output_shape, made=made)


def _steps_are_nodes(graph: Graph) -> Iterator[Message]:
    """A step's name stands for the node of that name, and for no input."""
    names = {node.symbol: node.name for node in graph.nodes}
    taken = {item.name for item in graph.inputs}
    for name, symbol in graph.named.items():
        if names.get(symbol) != name or name in taken:
            yield message("law_steps", name=name)
