"""Walks over definitions in an order in which operands come first: what a symbol rests on, and what rests on it.

Definitions are those of a `Graph` (``graph.definitions``) or the equations of a derivation. What stands in a condition counts
as well: the result rests on it, though no derivative flows through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import sympy

Definition: TypeAlias = tuple[sympy.Symbol, tuple[sympy.Basic, ...]]
"""A symbol, and the expressions that it is made of."""


def symbols(expressions: Iterable[sympy.Basic]) -> set[sympy.Symbol]:
    """The symbols that stand in expressions.

    >>> a, b = sympy.symbols("a b")
    >>> sorted(symbols([a + 1, a * b]), key=str)
    [a, b]
    """
    return set().union(*(expression.free_symbols for expression in expressions))


def rests_on(definitions: Sequence[Definition], outputs: Iterable[sympy.Basic]) -> set[sympy.Symbol]:
    """Every symbol that expressions rest on, those that stand in them included.

    >>> a, b, c, d = sympy.symbols("a b c d")
    >>> sorted(rests_on([(c, (a, b)), (d, (b,))], [d]), key=str)
    [b, d]
    """
    found = symbols(outputs)
    for symbol, operands in reversed(definitions):
        if symbol in found:
            found |= symbols(operands)
    return found


def reached(definitions: Iterable[Definition], sources: Iterable[sympy.Symbol]) -> set[sympy.Symbol]:
    """Every symbol that rests on one of the sources, they themselves included.

    >>> a, b, c, d = sympy.symbols("a b c d")
    >>> sorted(reached([(c, (a, b)), (d, (b,))], [a]), key=str)
    [a, c]
    """
    found = set(sources)
    for symbol, operands in definitions:
        if any(found & operand.free_symbols for operand in operands):
            found.add(symbol)
    return found
