"""Names that are safe in generated code."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

import sympy

from symgrad.operations.table import IN_CODE, TABLE

RESERVED = frozenset({*TABLE, *dir(builtins), *keyword.kwlist}) | IN_CODE
"""Names that mean something in generated code."""


class Names:
    """Gives out symbols whose names are safe in generated code and distinct."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(RESERVED) | set(taken)
        self._count = 0

    def symbol(self, name: str) -> sympy.Symbol:
        """A real symbol named as asked, with underscores added while that name is taken."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return sympy.Symbol(name, real=True)

    def temporary(self) -> sympy.Symbol:
        """The next of t1, t2 and so on."""
        self._count += 1
        return self.symbol(f"t{self._count}")
