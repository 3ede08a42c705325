"""Roots of sums of squares: the lengths that they are, with a kink where every square vanishes.

A root's own slope is infinite at 0; that of a root of squares is bounded around it. What an operand is made of decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sympy

from symgrad.graphs.graph import Node
from symgrad.operations.row import Elementwise
from symgrad.operations.shapes import SCALAR


def is_length(node: Node, nodes: Mapping[sympy.Symbol, Node]) -> bool:
    """Whether a node is a root of a sum of squares that may vanish."""
    root = isinstance(node.row, Elementwise) and node.row.is_root(*node.operands)
    return root and is_sum_of_squares(node.operands[0], nodes)


def is_sum_of_squares(value: Any, nodes: Mapping[sympy.Symbol, Node]) -> bool:
    """Whether a value is a sum of squares, by what it is computed of; without a number that keeps it off 0."""
    stack, seen = [value], set()
    while stack:
        current = stack.pop()
        if current in seen or current == 0:
            continue
        seen.add(current)
        node = nodes.get(current)
        parts = None if node is None else _summands(node, nodes)
        if parts is None:
            return False
        stack.extend(parts)
    return True


def _summands(node: Node, nodes: Mapping[sympy.Symbol, Node]) -> tuple[Any, ...] | None:
    """What has to be a sum of squares for a node to be one; None where it isn't."""
    name, operands = node.row.name, node.operands
    if node.row.keeps_squares:
        return operands
    if name == "square" or (name == "power" and operands[1].is_even and operands[1].is_positive):
        return ()
    if name in ("multiply", "hadamard"):
        numbers = [o for o in operands if not o.free_symbols]
        odd = tuple(o for o, count in Counter(o for o in operands if o.free_symbols).items() if count % 2)
        return odd if all(number.is_positive for number in numbers) and len(odd) <= 1 else None
    if name == "divide":
        return operands[:1] if operands[1].is_positive and not operands[1].free_symbols else None
    if name == "trace":
        return () if _is_gram(nodes.get(operands[0]), nodes) else None
    return () if node.shape == SCALAR and _is_gram(node, nodes) else None


def _is_gram(node: Node | None, nodes: Mapping[sympy.Symbol, Node]) -> bool:
    """Whether a node is Aᵀ A, or A Aᵀ."""
    if node is None or node.row.name != "matmul":
        return False
    left, right = node.operands
    return any(
        a in nodes and nodes[a].row.name == "transpose" and nodes[a].operands[0] == b for a, b in ((left, right), (right, left))
    )
