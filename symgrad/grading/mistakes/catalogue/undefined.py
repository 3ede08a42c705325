"""Undefined where the gradient is defined; seen in judging."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Misconception

MISCONCEPTION = Misconception(
    tag="undefined",
    summary=message("undefined_where_defined"),
    catches=(Example("linear", "w", "2x(wx - y)(y - y)/(y - y)"), Example("linear", "w", "ln(-x²) x")),
    misses=(Example("linear", "w", "2x(wx - y)²"),),
)
