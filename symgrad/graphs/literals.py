"""Literals of a loss that are no exact numbers: a Python float such as 0.1 stands for the double next to what was meant.

`read` takes the double for what it is. Where two formulas are compared that may have come by it in different ways (3·0.05 here,
0.15 there), such literals become inputs, which a number system knows with a radius.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy

from symgrad.graphs.graph import Graph, Input, Node
from symgrad.graphs.names import Names
from symgrad.operations.shapes import SCALAR

LONGEST_EXACT = 40
"""Bits of a binary fraction that somebody may have meant as it is; those of a decimal fraction go on to the 53rd."""


def is_inexact(number: Any) -> bool:
    """Whether a number is a double that no short binary fraction is.

    >>> is_inexact(sympy.Rational(0.1)), is_inexact(sympy.Rational(0.375)), is_inexact(sympy.Rational(1, 10))
    (True, False, False)
    """
    if not isinstance(number, sympy.Rational):
        return False
    binary = number.q & (number.q - 1) == 0
    size = abs(number.p)
    return bool(binary and size and (size // (size & -size)).bit_length() > LONGEST_EXACT)


def inexact_literals(graphs: Iterable[Graph]) -> dict[sympy.Rational, Input]:
    """Inputs for the inexact literals of graphs, each under a name that none of them has."""
    every = list(graphs)
    found = dict.fromkeys(
        atom
        for graph in every
        for operand in (*(o for node in graph.nodes for o in node.operands), graph.output)
        for atom in operand.atoms(sympy.Rational)
        if is_inexact(atom)
    )
    names = Names(symbol.name for graph in every for symbol in graph.shapes)
    made: dict[sympy.Rational, Input] = {}
    for number in found:
        symbol = names.symbol("literal")
        made[number] = Input(symbol.name, symbol, SCALAR, symbol)
    return made


def with_literals_as_inputs(graph: Graph, literals: Mapping[sympy.Rational, Input]) -> Graph:
    """A graph with inputs, after its own, in place of literals."""
    symbols = {number: item.symbol for number, item in literals.items()}

    def changed(node: Node) -> Node:
        return replace(node, operands=tuple(operand.xreplace(symbols) for operand in node.operands))

    return replace(
        graph,
        inputs=(*graph.inputs, *literals.values()),
        nodes=tuple(map(changed, graph.nodes)),
        output=graph.output.xreplace(symbols),
    )
