"""The local rule of a node: what its operation alone says of derivatives, whatever the rest of the loss is.

Backpropagation and the tape of the graders take it from here: the first in symbols, the second as a program of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from symgrad.graphs.graph import Node
from symgrad.operations.row import Elementwise, Use
from symgrad.operations.shapes import SCALAR, Shape
from symgrad.operations.sympy_nodes import applied


def local_rule(node: Node, adjoint: Any, shape_of: Callable[[Any], Shape]) -> tuple[Any, ...]:
    """One expression an operand, over the node's own symbol, its operands and, of a structural node, its adjoint.

    Of an elementwise node these are the partial derivatives, of a structural one what it contributes to the operands' adjoints.
    """
    if isinstance(node.row, Elementwise):
        return node.row.partials(node.symbol, *node.operands, *node.options)
    use = Use(
        value=node.symbol,
        adjoint=adjoint,
        adjoint_shape=shape_of(adjoint),
        shape=node.shape,
        operands=node.operands,
        shapes=tuple(shape_of(operand) for operand in node.operands),
        options=node.options,
    )
    return node.row.adjoints(use)


def stretched_axes(operand: Shape, result: Shape) -> list[int]:
    """The axes along which an operand of one shape was repeated to go into a result of another.

    >>> stretched_axes((1, 3), (2, 3)), stretched_axes((1, 1), (2, 3)), stretched_axes((2, 3), (2, 3))
    ([0], [0, 1], [])
    """
    return [axis for axis in (0, 1) if operand[axis] == 1 and result[axis] != 1]


def reduced(expression: Any, nominal: Shape, target: Shape, shape_of: Callable[[Any], Shape]) -> Any:
    """The total of an expression of a nominal shape over the axes along which an operand of the target shape was stretched."""
    axes = stretched_axes(target, nominal)
    if not axes:
        return expression
    shape = shape_of(expression)
    summed = stretched_axes(target, shape)
    times = sympy.prod(nominal[axis] for axis in axes if axis not in summed)
    if not summed:
        return expression * times
    factors = sympy.Mul.make_args(expression)
    outside = sympy.Mul(*(f for f in factors if shape_of(f) == SCALAR))
    inside = sympy.Mul(*(f for f in factors if shape_of(f) != SCALAR))
    return outside * times * applied("total", inside, None if len(summed) == 2 or 1 in shape else summed[0])
