"""Directions in which the surroundings of a point are looked at, and what gradients along them say of a loss."""

from __future__ import annotations

import itertools

import numpy as np

from symgrad.basics.arrays import Values

TILT = 2.0**-30
MOST_SIGNS = 81
"""Ways to move whole parameters up, down, or not."""
FLAT = 2.0**-40
"""The share of the largest product below which gradients neither grow nor shrink."""


def tilted(generator: np.random.Generator, directions: Values) -> Values:
    """Directions moved off whatever they may lie on, each to both sides."""
    tilt = TILT * generator.normal(size=directions.shape) * np.abs(directions).max(axis=1, keepdims=True)
    return np.concatenate([directions + tilt, directions - tilt])


def by_parameter(sizes: list[int]) -> Values:
    """Directions that move whole parameters (of so many entries) up or down, as where all units of a layer switch at once."""
    ends, count = np.cumsum(sizes), len(sizes)
    ways = (way for way in itertools.product((1.0, -1.0, 0.0), repeat=count) if any(way))
    signs = np.array(list(itertools.islice(ways, MOST_SIGNS)))
    steps = [np.ones(count), 2.0 ** -np.arange(0, 4 * count, 4), 2.0 ** np.arange(0, 4 * count, 4)]
    which = np.searchsorted(ends, np.arange(ends[-1]), side="right")
    return np.concatenate([(signs * step)[:, which] for step in steps])


def bends_one_way(gradients: Values, directions: Values) -> bool:
    """Whether gradients look like those of a convex loss, or of a concave one: they grow, or shrink, along directions."""
    mixed = gradients @ directions.T
    growth = np.diag(mixed)[:, None] + np.diag(mixed)[None, :] - mixed - mixed.T
    slack = FLAT * np.abs(mixed).max(initial=0.0)
    return bool((growth >= -slack).all() or (growth <= slack).all())
