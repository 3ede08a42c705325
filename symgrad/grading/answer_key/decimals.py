"""Decimals that authors wrote: the double 0.1 of an exercise is 1/10 to a student.

Elsewhere a Python float is the double that it is. Answers are judged to more digits than doubles have, and a student who
writes 0.1 means a tenth, as the author did.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.graphs.graph import Graph, Node

DIGITS = 15
"""Decimal digits that every double holds; what is written with no more of them was meant as it is written."""
LARGEST_DENOMINATOR = 10_000
SHORT = 2**10
"""Denominators up to this size are fractions that stay what they are."""


def decimal(value: float) -> Fraction:
    """The number that somebody meant who wrote a double: its shortest decimal, or a simple fraction that rounds to it.

    >>> decimal(0.1), decimal(1 / 3), decimal(0.1 * 0.1), decimal(0.5)
    (Fraction(1, 10), Fraction(1, 3), Fraction(1, 100), Fraction(1, 2))
    """
    if not math.isfinite(value):
        raise WrongShape(message("no_number", value=str(value)))
    simple = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    if float(simple) == value:
        return simple
    rounded = Fraction(f"{value:.{DIGITS}g}")
    return rounded if abs(float(rounded) - value) <= 2 * math.ulp(value) else Fraction(value)


def meant(number: Any) -> Any:
    """A number of SymPy's (or a float) as it was meant, where it is a double with a long fraction; anything else as it is."""
    if isinstance(number, float):
        number = sympy.Rational(number)
    if isinstance(number, sympy.Float):
        number = sympy.Rational(float(number))
    long = isinstance(number, sympy.Rational) and number.q > SHORT and number.q & (number.q - 1) == 0
    if not long or sympy.Rational(float(number)) != number:
        return number
    plain = decimal(float(number))
    return sympy.Rational(plain.numerator, plain.denominator)


def as_meant(graph: Graph) -> Graph:
    """A loss with the numbers in it as they were meant."""
    return replace(graph, nodes=tuple(_node(node) for node in graph.nodes))


def _node(node: Node) -> Node:
    operands = tuple(_expression(operand) for operand in node.operands)
    return replace(node, operands=operands, options=tuple(meant(option) for option in node.options))


def _expression(operand: Any) -> Any:
    """An operand: a symbol, a number, or a condition over them."""
    numbers = {n: meant(n) for n in operand.atoms(sympy.Rational, sympy.Float)} if hasattr(operand, "atoms") else {}
    changed = {n: m for n, m in numbers.items() if n != m}
    return operand.xreplace(changed) if changed else operand
