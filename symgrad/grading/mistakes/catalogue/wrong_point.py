"""A number, but the gradient at another given point; seen in judging numbers."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Misconception

MISCONCEPTION = Misconception(
    tag="wrong_point",
    summary=message("gradient_at_another_given_point"),
    catches=(Example("exponential_fit", "a", "-4"), Example("exponential_fit", "b", "8.00")),
    misses=(Example("exponential_fit", "a", "-0.194"),),
)
