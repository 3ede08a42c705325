"""Mistakes that are seen while judging, not by comparing values with wrong gradients."""

from __future__ import annotations

from symgrad.grading.misconceptions.misconception import Example, Misconception

MISCONCEPTIONS = (
    Misconception(
        tag="too_few_digits",
        summary="a number that is right as far as it goes, with fewer than three significant digits",
        catches=(Example("exponential_fit", "a", "-0.19"), Example("exponential_fit", "b", "0.4")),
        misses=(Example("exponential_fit", "a", "-0.12"), Example("linear", "w", "-2")),
    ),
    Misconception(
        tag="wrong_point",
        summary="a number, but the gradient at another given point",
        catches=(Example("exponential_fit", "a", "-4"), Example("exponential_fit", "b", "8.00")),
        misses=(Example("exponential_fit", "a", "-0.194"),),
    ),
    Misconception(
        tag="positive_axis_only",
        summary="right only where the variables are positive",
        catches=(Example("linear", "w", "2 sqrt(x)^2 (wx - y)"), Example("linear", "w", "2|x|(wx - y)")),
        misses=(Example("linear", "w", "2x(y - wx)"),),
    ),
    Misconception(
        tag="undefined",
        summary="undefined where the gradient is defined",
        catches=(Example("linear", "w", "2x(wx - y)(y - y)/(y - y)"), Example("linear", "w", "ln(-x²) x")),
        misses=(Example("linear", "w", "2x(wx - y)²"),),
    ),
    Misconception(
        tag="shape",
        summary="another shape than the gradient's",
        catches=(Example("sigmoid_network", "w1", "x"), Example("tanh_network", "W1", "z2 - y")),
        misses=(Example("sigmoid_network", "w2", "y1 dz2'"),),
    ),
    Misconception(
        tag="carried_forward",
        summary="right, given the student's own adjoint of a step that isn't (no marks are lost)",
    ),
)
