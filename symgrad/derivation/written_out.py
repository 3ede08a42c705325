"""Gradients with every equation written into them, as text: the closed form in parameters and data."""

from __future__ import annotations

import sympy

from symgrad.derivation.equations import Equations
from symgrad.derivation.listing import writer_of
from symgrad.derivation.notation.writer import SUM


def expanded(derivation: Equations, longest: int) -> dict[str, str]:
    """The gradient of each parameter with every equation written into it, as text.

    Where that gets longer than `longest`, the gradient's own equation alone, which says so where it rests on results that have
    no name. One pass over the equations serves all.
    """
    writer, plain = writer_of(derivation), writer_of(derivation)
    long: set[sympy.Symbol] = set()
    own: dict[sympy.Symbol, str] = {}
    gradients = set(derivation.gradients.values())
    for equation in derivation.equations:
        symbol, expression = equation.symbol, equation.expression
        if symbol in gradients:
            unnamed = any(used not in derivation.names for used in expression.free_symbols)
            own[symbol] = plain.write(expression, SUM) + (" (abridged)" if unnamed else "")
        if expression.free_symbols & long:
            long.add(symbol)
            continue
        text, binding = writer.bound(expression)
        if len(text) > longest:
            long.add(symbol)
        else:
            writer.texts[symbol] = text, binding
    return {n: own[symbol] if symbol in long else writer.write(symbol, SUM) for n, symbol in derivation.gradients.items()}
