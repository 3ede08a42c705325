"""Short equations out of single operations: what is used once is written where it is used.

Neither values nor rounding change: arithmetic is put into arithmetic as it stands, and wherever SymPy would simplify on
the way (so that a name disappears, or a shape), the equation is left alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sympy

from symgrad.derivation.derivation import Derivation
from symgrad.derivation.equations import Equation
from symgrad.graphs.names import RESERVED
from symgrad.graphs.shapes import array_shape
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import Applied

LONGEST = 24
"""Nodes of an expression tree above which a line is no longer short."""


def inline(derivation: Derivation, kept: Iterable[Any]) -> Derivation:
    """The derivation with equations that are used once, or that are no more than a ± b, written into their users."""
    table = {e.symbol: e for e in derivation.equations}
    users: dict[Any, set[Any]] = defaultdict(set)
    for equation in derivation.equations:
        for symbol in equation.expression.free_symbols:
            users[symbol].add(equation.symbol)
    fixed = set(kept) | {s for kink in derivation.kinks for s in kink.vanishing.free_symbols}
    for symbol in list(table):
        if symbol not in fixed and _inline_one(table, symbol, users, derivation.shapes):
            definition = table.pop(symbol).expression
            for name in definition.free_symbols:
                users[name] = (users[name] - {symbol}) | users[symbol]
    plain = _without_second_name(replace(derivation, equations=tuple(table.values())), set(kept))
    return _renumbered(plain, set(kept))


def _without_second_name(derivation: Derivation, kept: set[Any]) -> Derivation:
    """The derivation without an equation ``L = t1`` that only hands on a temporary: that is called L itself."""
    loss = derivation.loss
    handed = next((e.expression for e in derivation.equations if e.symbol == loss), loss)
    if not handed.is_Symbol or handed in kept or handed not in {e.symbol for e in derivation.equations}:
        return derivation
    names = {handed: loss}
    return replace(
        derivation,
        equations=tuple(
            replace(e, symbol=names.get(e.symbol, e.symbol), expression=e.expression.xreplace(names))
            for e in derivation.equations
            if e.symbol != loss
        ),
        kinks=tuple(kink.xreplace(names) for kink in derivation.kinks),
    )


def _inline_one(
    table: dict[Any, Equation], symbol: sympy.Symbol, users: dict[Any, set[Any]], shapes: dict[sympy.Symbol, Shape]
) -> bool:
    """Whether a definition could be written into all its users; then it was."""
    definition = table[symbol].expression
    own = leaves(definition)
    using = [table[user] for user in users[symbol]]
    if any(not _is_short(user.expression) for user in using):
        return False
    occurrences = sum(leaves(user.expression)[symbol] for user in using)
    if occurrences > 1 and own and not (occurrences == 2 and _is_short_sum(definition)) and not _is_transpose(definition):
        return False
    changed = []
    for user in using:
        expression = user.expression.xreplace({symbol: definition})
        expected = leaves(user.expression)
        times = expected.pop(symbol)
        for name, count in own.items():
            expected[name] += count * times
        if leaves(expression) != expected or array_shape(expression, shapes) != user.shape or _size(expression) > LONGEST:
            return False
        changed.append(replace(user, expression=expression))
    table.update({user.symbol: user for user in changed})
    return True


def leaves(expression: Any) -> Counter[sympy.Symbol]:
    """How often each symbol stands in an expression."""
    if isinstance(expression, sympy.Symbol):
        return Counter({expression: 1})
    found: Counter[sympy.Symbol] = Counter()
    for argument in expression.args:
        found += leaves(argument)
    return found


def _size(expression: Any) -> int:
    return 1 + sum(_size(a) for a in expression.args)


def _is_short(expression: Any) -> bool:
    """Whether an expression tree has at most LONGEST nodes; looks no further than that."""
    stack, seen = [expression], 0
    while stack and seen <= LONGEST:
        seen += 1
        stack.extend(stack.pop().args[: LONGEST + 1])
    return seen <= LONGEST


def _is_transpose(expression: Any) -> bool:
    return isinstance(expression, Applied) and expression.name == "transpose" and expression.arguments[0].is_Symbol


def _is_short_sum(expression: Any) -> bool:
    terms = expression.args if isinstance(expression, sympy.Add) else ()
    return len(terms) == 2 and all(t.is_Symbol or (-t).is_Symbol for t in terms)


def _renumbered(derivation: Derivation, kept: set[Any]) -> Derivation:
    """The derivation with its remaining temporaries called t1, t2, … in order."""
    taken = {s.name for s in derivation.shapes if s in kept} | {i.symbol.name for i in derivation.inputs} | RESERVED
    fresh = (f"t{k}" for k in range(1, len(taken) + 2 * len(derivation.equations) + 2) if f"t{k}" not in taken)
    names = {e.symbol: sympy.Symbol(next(fresh), real=True) for e in derivation.equations if e.symbol not in kept}
    return replace(
        derivation,
        equations=tuple(
            replace(e, symbol=names.get(e.symbol, e.symbol), expression=e.expression.xreplace(names))
            for e in derivation.equations
        ),
        kinks=tuple(kink.xreplace(names) for kink in derivation.kinks),
    )
