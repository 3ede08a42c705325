"""Convex hulls: whether a vector lies in that of others, decided by balls."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.number_systems.balls import at_precision, to_balls

BITS = 256
CLOSE = 1e-6
"""A nearest point closer than this, in units of the hull's own size, may be the vector itself up to rounding."""
REFINEMENTS = 3
"""How often the weights of a nearest point are refined."""


def membership(vertices: Values, target: Values, slack: Values) -> tuple[bool | None, Values]:
    """Whether a vector lies in the convex hull of vertices up to a slack an entry, and the way from the hull to it.

    `vertices` has shape (vertices, entries). The nearest point of the hull comes from non-negative least squares (the
    weights of min ‖Dμ‖² + (Σμ − 1)², divided by their sum, are those of the point of the hull nearest to 0); balls then
    decide: inside, where these weights give the vector up to the slack; outside, where the way to it separates it from
    every vertex; None where neither can be shown.
    """
    spread = np.ptp(vertices, axis=0)
    unit = np.where(spread > 0, spread, np.maximum(slack, np.finfo(float).tiny))
    away = (vertices - target) / unit
    rows = np.vstack([away.T, np.ones(len(vertices))])
    weights, _ = scipy.optimize.nnls(rows, np.append(np.zeros(len(target)), 1.0), maxiter=100 * len(vertices))
    weights /= weights.sum()
    with at_precision(BITS):
        exact, limit = to_balls(vertices) - to_balls(target), to_balls(slack)
        if np.all(np.abs(rows[:-1] @ weights) < np.maximum(CLOSE, 2 * slack / unit)):
            inside = _refined(exact, away, unit, weights)
            if all(bool(abs(ball) <= most) for ball, most in zip(_weighted(exact, inside), limit, strict=True)):
                return True, np.zeros(len(target))
        way = _floats(-_weighted(exact, weights)) / unit**2
        direction = to_balls(way)
        reach = (np.array([abs(w) for w in direction], dtype=object) * limit).sum()
        outside = all(bool((direction * vertex).sum() + reach < 0) for vertex in exact)
        return (False if outside else None), way


def _refined(exact: Any, away: Values, unit: Values, weights: Values) -> Values:
    """Weights whose point of the hull lies closer to 0: what balls find left over is solved for again."""
    used = np.flatnonzero(weights)
    system = np.vstack([away[used].T, np.ones(len(used))])
    for _ in range(REFINEMENTS):
        rest = _floats(_weighted(exact, weights))
        change = np.linalg.lstsq(system, np.append(-rest / unit, 0.0), rcond=None)[0]
        weights = weights.copy()
        weights[used] = np.maximum(weights[used] + change, 0.0)
    return weights


def _weighted(exact: Any, weights: Values) -> Any:
    """The point of the hull that weights give, in balls; they need not sum to 1 exactly."""
    share = to_balls(weights)
    return (exact * share[:, None]).sum(axis=0) / share.sum()


def _floats(balls: Any) -> Values:
    return np.array([float(b if isinstance(b, arb) else arb(b)) for b in balls])
