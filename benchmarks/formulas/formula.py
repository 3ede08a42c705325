"""The noun of the corpus: a textbook formula, stated once, with its variables' natural ranges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sympy


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula of SymPy's that is differentiated by every one of its variables.

    `source` is the law's name in words; `ranges` are (low, high) by variable, in units in which a textbook example would
    be worked; `also` are other ways to write the formula, by hand, that are the same function over the whole range.
    """

    name: str
    source: str
    loss: Any
    ranges: dict[str, tuple[float, float]]
    also: tuple[Any, ...] = field(default=())

    def __post_init__(self) -> None:
        for expression in (self.loss, *self.also):
            found = {str(s) for s in expression.free_symbols}
            assert found == set(self.ranges), f"{self.name}: ranges of {sorted(self.ranges)}, variables {sorted(found)}"
            assert not expression.atoms(sympy.Float), f"{self.name}: exact numbers, please"

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables, sorted as symgrad sorts them."""
        return tuple(sorted(self.ranges))

    @property
    def symbols(self) -> list[Any]:
        """The symbols of the variables, in the same order."""
        by_name = {str(s): s for s in self.loss.free_symbols}
        return [by_name[name] for name in self.variables]


def formula(name: str, source: str, loss: Any, *also: Any, **ranges: tuple[float, float]) -> Formula:
    """A formula, in the order in which a person reads one: what it's called, the law, the expression, the ranges."""
    return Formula(name, source, loss, ranges, also)
