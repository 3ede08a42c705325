"""Another shape than the gradient's; seen in judging."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Example, Misconception

MISCONCEPTION = Misconception(
    tag="shape",
    summary=message("another_shape"),
    catches=(Example("sigmoid_network", "w1", "x"), Example("tanh_network", "W1", "z2 - y")),
    misses=(Example("sigmoid_network", "w2", "y1 dz2'"),),
)
