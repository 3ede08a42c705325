"""The noun for what an answer is handed in for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """What an answer is for: a gradient or an adjoint by name, whole or one entry (row, column from 0)."""

    name: str
    shape: tuple[int, int]
    index: tuple[int, int] | None = None

    @property
    def wanted(self) -> tuple[int, int]:
        """The shape of a right answer."""
        return self.shape if self.index is None else (1, 1)

    def part(self, whole: Any) -> Any:
        """Of the whole gradient, what is asked."""
        if self.index is None:
            return whole
        row, column = self.index
        return whole[..., row : row + 1, column : column + 1]

    def __str__(self) -> str:
        base = f"dL/d{self.name.removeprefix('d')}" if self.name.startswith("d") else f"dL/d{self.name}"
        return base if self.index is None else f"{base}[{self.index[0] + 1},{self.index[1] + 1}]"
