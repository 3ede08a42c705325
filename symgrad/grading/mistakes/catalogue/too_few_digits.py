"""A number that is right as far as it goes, with fewer than three significant digits; seen in judging numbers."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Misconception

MISCONCEPTION = Misconception(
    tag="too_few_digits",
    summary=message("right_with_too_few_digits"),
    catches=(Example("exponential_fit", "a", "-0.19"), Example("exponential_fit", "b", "0.4")),
    misses=(Example("exponential_fit", "a", "-0.12"), Example("linear", "w", "-2")),
)
