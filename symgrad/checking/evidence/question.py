"""What is asked: an exercise and the settings, and for a loop or a second derivative what is known before."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.basics.float_formats import Precision, precision
from symgrad.checking.evidence.symbolic_side import Formula
from symgrad.checking.results.settings import Settings
from symgrad.checking.second_order import directions
from symgrad.frameworks.framework import TorchValues


@dataclass(frozen=True)
class Question:
    """An exercise to judge.

    `visited` are points and what the framework said there, of a loop that ran: nothing is sampled and nothing run. `first` is,
    of a second derivative, the exercise of the first one; the exercise is then its slope along a direction.
    """

    exercise: Exercise
    settings: Settings = field(default_factory=Settings)
    visited: tuple[PointSet, TorchValues] | None = None
    first: Formula | None = None

    @property
    def order(self) -> int:
        """Of which order the derivatives are."""
        return 1 if self.first is None else 2

    @property
    def precision(self) -> Precision:
        """The format under test."""
        return precision(self.settings.dtype)

    @cached_property
    def directions(self) -> dict[str, str]:
        """Of a second derivative: the symbol that holds the direction, by parameter."""
        return {} if self.first is None else directions(self.first.exercise)

    @property
    def wanted(self) -> int:
        """How many points to sample; an exercise with points=0 is about its given points alone."""
        asked = self.settings.points
        return self.exercise.points if asked is None or self.exercise.points == 0 else asked
