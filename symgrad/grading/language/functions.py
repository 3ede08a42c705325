"""The functions that answers may use: rows of the table under their own and other names, and a few made of others.

An elementwise operation of another package is a function, too, under its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from symgrad.operations.row import Composition, Elementwise
from symgrad.operations.table import TABLE

COMPOSED = ("dot", "outer", "matmul", "hadamard", "divide", "subtract", "power", "square", "maximum", "minimum",
            "sech", "csch", "sec", "csc", "cot", "coth", "ones", "zeros", "eye", "softmin")  # fmt: skip
"""Functions that are made of other terms; `calls` says how."""
OTHER_NAMES: Mapping[str, str] = MappingProxyType({"ctg": "cot", "identity": "eye"})
"""Other names of functions that are no rows; rows have theirs."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language: the row (or composition) that it names, and the options that its name sets."""

    name: str
    axis: int | None = None


@dataclass(frozen=True, eq=False)
class Functions(Mapping[str, Function]):
    """Functions by name: symgrad's own, then those that packages add; an operation is loaded when its name is asked for."""

    own: Mapping[str, Function]

    def __getitem__(self, name: str) -> Function:
        if name not in self.own and name in TABLE.added and isinstance(TABLE[name], Elementwise):
            return Function(name)
        return self.own[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.own, **dict.fromkeys(TABLE.added)})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _functions() -> dict[str, Function]:
    found = {name: Function(name) for name in COMPOSED}
    for name, row in TABLE.own.items():
        if row.by_hand and not isinstance(row, Composition):
            found[name] = Function(name)
    found |= {other: Function(name) for other, name in OTHER_NAMES.items()}
    found |= {alias: Function(name) for name in list(found) if name in TABLE for alias in TABLE[name].aliases}
    for axis in (0, 1):
        found |= {f"{name}{axis}": Function("total", axis) for name in ("Σ",)}
    capital = {name.capitalize(): f for name, f in found.items()} | {"ReLU": found["relu"], "GELU": found["gelu"]}
    return capital | found


FUNCTIONS: Mapping[str, Function] = Functions(MappingProxyType(_functions()))
"""Every function by each of its names."""
