"""Branches that aren't taken: what flows back into one is 0, and stays 0 where a slope further back is infinite.

Each contribution to an adjoint carries the condition under which anything flows. Where the slope that comes next may
overflow, or isn't defined, the product is written as a choice on that condition: ``0·∞`` would be no number in any arithmetic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy

from symgrad.operations.rows.arithmetic import choose
from symgrad.operations.sympy_nodes import Applied

Condition: TypeAlias = Any
"""A condition of SymPy's over symbols that stand for arrays."""

MOST_PARTS = 16
"""Comparisons in a condition above which nothing is said."""


@dataclass(frozen=True)
class Contribution:
    """A part of an adjoint, and the condition without which it is 0; true where nothing is known of that."""

    expression: Any
    where: Condition = sympy.true


def flows(contributions: Iterable[Contribution]) -> Condition:
    """The condition under which any of some contributions isn't 0."""
    return _short(sympy.Or(*(each.where for each in contributions)))


def within(condition: Condition, partial: Any) -> Condition:
    """The condition under which a partial derivative isn't 0, where one is given already.

    >>> x = sympy.Symbol("x", real=True)
    >>> within(sympy.true, choose(0, x > 1, x**2, x < -1, 0))
    (x <= 1) & (x < -1)
    """
    if not _chooses(partial):
        return condition
    values, conditions = partial.arguments[::2], (*partial.arguments[1::2], sympy.true)
    before: list[Any] = []
    open_: list[Any] = []
    for value, holds in zip(values, conditions, strict=True):
        if value == 0:
            before.append(sympy.Not(holds))
        else:
            open_.append(sympy.And(*before, holds))
    return _short(sympy.And(condition, sympy.Or(*open_)))


def guarded(product: Any, condition: Condition, slope: Any, finite: Collection[Any]) -> Any:
    """A product with a slope, 0 where the condition doesn't hold; as it is where the slope is a number there all the same."""
    return product if condition == sympy.true or _is_finite(slope, finite) else choose(product, condition, sympy.S.Zero)


def _short(condition: Condition) -> Condition:
    return condition if len(condition.atoms(sympy.core.relational.Relational)) <= MOST_PARTS else sympy.true


def _chooses(expression: Any) -> bool:
    return isinstance(expression, Applied) and expression.name == "choose"


def _is_finite(slope: Any, finite: Collection[Any]) -> bool:
    """Whether a slope is a number wherever symbols are: a polynomial, or a choice among numbers."""
    if slope.is_Symbol:
        return slope in finite
    if _chooses(slope):
        return all(_is_finite(value, finite) for value in slope.arguments[::2])
    if isinstance(slope, (sympy.Add, sympy.Mul)):
        return all(_is_finite(part, finite) for part in slope.args)
    if isinstance(slope, sympy.Pow) and slope.exp.is_Integer and slope.exp > 0:
        return _is_finite(slope.base, finite)
    return not slope.free_symbols
