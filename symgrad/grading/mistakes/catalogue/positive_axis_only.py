"""Right only where the variables are positive; seen in judging at positive points."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Misconception

MISCONCEPTION = Misconception(
    tag="positive_axis_only",
    summary=message("right_where_positive"),
    catches=(Example("linear", "w", "2 sqrt(x)^2 (wx - y)"), Example("linear", "w", "2|x|(wx - y)")),
    misses=(Example("linear", "w", "2x(y - wx)"),),
)
