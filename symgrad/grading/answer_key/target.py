"""The noun for what an answer is handed in for, and the names by which gradients and adjoints are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ADJOINT = "∂"
"""Before a step's name: its adjoint. No name of an exercise begins with it, as one may with a d."""


def adjoint_of(step: str) -> str:
    """The name by which the adjoint of a step is kept."""
    return ADJOINT + step


def step_of(name: str) -> str | None:
    """The step whose adjoint a name means; None for a parameter's gradient."""
    return name.removeprefix(ADJOINT) if name.startswith(ADJOINT) else None


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

    @property
    def step(self) -> str | None:
        """The step whose adjoint it is; None of a parameter's gradient."""
        return step_of(self.name)

    def part(self, whole: Any) -> Any:
        """Of the whole gradient, what is asked."""
        if self.index is None:
            return whole
        row, column = self.index
        return whole[..., row : row + 1, column : column + 1]

    def __str__(self) -> str:
        base = f"dL/d{self.step or self.name}"
        return base if self.index is None else f"{base}[{self.index[0] + 1},{self.index[1] + 1}]"
