"""Sums of a gradient's entries: what no single entry tells, all of them together do.

A radius bounds each entry by the worst case. Rounding errors of many entries don't reach it together: a sum ``Σ d·e`` of
errors e with weights d has the variance that Monte Carlo arithmetic gives that very sum, be its entries independent or off
together by a factor that all share. So it's judged under SAFETY times its root mean square over samples of the closed form,
and half a rounding of ``Σ d·truth``, for a constant that another program may round. A wrong factor adds up instead: ``Σ d·e``
grows with n, where the bound grows with √n. The constant is measured in tests/checking/test_sums.py: right programs, of other
spellings too, reach 1.8 of the 4. (The root of the sum of squared radii instead fails a gradient whose entries share one
rounded factor, as that of a squared dot product, by a factor of 8.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.comparison import Comparison, Outcome, Sums
from symgrad.checking.judging.program_noise import is_noise, noise
from symgrad.number_systems.jittered import jittered
from symgrad.truth.reference import SAFETY

TELLING = 2.0**-10
"""Where a single entry tells a difference of this share, sums aren't looked at: they could tell little more."""
SAMPLES = 12
SHARED = 0.5
"""Roundings that a whole gradient shares beside those of the closed form: a constant that another program rounds."""
MANY = 16.0
"""Entries that have to make up a sum for its spread alone to bound it; of fewer, each may be off by its whole radius."""
MOST = 2**22
"""Entries times points times samples above which only the first points are looked at."""


def summed(evidence: Evidence, gradients: Mapping[str, Comparison]) -> dict[str, Comparison]:
    """The comparisons, with what sums of entries say of those in which no single entry tells a small factor."""
    asked = [name for name, each in gradients.items() if _is_asked(each)]
    if not asked or evidence.framework.lost:  # factors of few digits are rounded as no sample is
        return dict(gradients)
    size = SAMPLES * sum(each.values[0].size for each in gradients.values())
    few = max(1, MOST // max(1, size))
    cut = {name: array[:few] for name, array in evidence.points.values.items()}
    formula, format_ = evidence.formula, evidence.precision
    samples = jittered(formula.program, cut, formula.shapes, format_, samples=SAMPLES, seed=evidence.settings.seed)
    index = {name: k for k, name in enumerate(evidence.exercise.parameter_names, 1)}
    found = dict(gradients)
    for name in asked:
        told = sums(gradients[name], samples[index[name]])
        if told.off and _are_noise(evidence, name, gradients[name], told, few):
            told = replace(told, off={})
        found[name] = replace(gradients[name], sums=told)
    return found


def _are_noise(evidence: Evidence, name: str, comparison: Comparison, told: Sums, few: int) -> bool:
    """Whether the program's own roundings, seen at inputs moved a little, explain the sums that are off."""
    where = np.arange(min(few, len(evidence.points)))
    errors = noise(evidence, name, where)
    if errors is None or not np.isfinite(errors).all():
        return False
    truth = comparison.reference.high[where]
    here = np.where(np.isfinite(truth), comparison.values[where] - truth, 0.0)
    allowed = np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape)[where]
    for direction, axes, weights in _directions(np.where(np.isfinite(truth), truth, 0.0), allowed):
        if direction in told.off:
            seen = np.sum(weights * errors, axis=tuple(1 + a for a in axes))
            if not is_noise(np.abs(np.sum(weights * here, axis=axes)), seen):
                return False
    return True


def _is_asked(comparison: Comparison) -> bool:
    """Whether a gradient that passes has no entry at which a small factor would show; a declared one has samples of none."""
    if comparison.worst_outcome > Outcome.ILL_CONDITIONED or not comparison.tolerance.derived or comparison.stated is not None:
        return False
    size = np.abs(comparison.reference.high)
    if not size.any():
        return False
    allowed = np.broadcast_to(comparison.tolerance.allowed, size.shape)
    if not np.isfinite(allowed).all():  # rounding may do anything there, which no sample shows
        return False
    return bool(np.min(np.where(size > 0, allowed / np.where(size > 0, size, 1.0), np.inf)) > TELLING)


def sums(comparison: Comparison, samples: Values) -> Sums:
    """What sums say of a comparison; `samples` are those of its closed form, (samples, points, rows, columns)."""
    count = samples.shape[1]
    truth = comparison.reference.high[:count]
    usable = np.isfinite(truth) & np.isfinite(samples).all(axis=0)
    truth = np.where(usable, truth, 0.0)
    allowed = np.where(usable, np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape)[:count], 0.0)
    error = np.where(usable, comparison.values[:count] - truth, 0.0)
    spread = np.where(usable, samples - samples.mean(axis=0), 0.0)
    scale = max(np.abs(truth).max(), np.abs(spread).max()) or 1.0  # squares of tiny ones underflow
    truth, error, spread, allowed = truth / scale, error / scale, spread / scale, allowed / scale
    unit, off, tells, factor = comparison.tolerance.precision.unit_roundoff, {}, np.inf, 1.0
    for name, axes, weights in _directions(truth, allowed):
        together = np.sqrt(np.mean(np.sum(weights * spread, axis=tuple(1 + a for a in axes)) ** 2, axis=0))
        whole = np.abs(np.sum(weights * truth, axis=axes))
        many = math.sqrt(2 * math.log(np.size(together)))  # as large as the largest of so many normal numbers
        if _participants(weights * truth, axes) < MANY:
            together = together + np.sqrt(np.sum((weights * allowed) ** 2, axis=axes)) / SAFETY
        limit = (SAFETY + many) * (together + SHARED * unit * whole)
        strays = np.abs(np.sum(weights * error, axis=axes))
        if name == "projection":
            size = float(whole.ravel()[0])
            tells, factor = (
                (float(limit.ravel()[0]) / size, 1 + float(np.sum(weights * error)) / size) if size else (np.inf, 1.0)
            )
        ratio = np.max(np.where(limit > 0, strays / np.where(limit > 0, limit, 1.0), 0.0))
        if ratio > 1:
            off[name] = float(ratio)
    return Sums(tells, factor, off)


def _participants(terms: Values, axes: tuple[int, ...]) -> float:
    """How many terms make up a sum, at least: the inverse participation ratio, 1 where one term is all of it."""
    size, squares = np.sum(np.abs(terms), axis=axes), np.sum(terms**2, axis=axes)
    ratio = np.divide(size**2, squares, out=np.zeros_like(size), where=squares > 0)
    return float(np.min(ratio))


def _directions(truth: Values, allowed: Values) -> Iterator[tuple[str, tuple[int, ...], Values]]:
    """Sums by name: the axes of (points, rows, columns) that they run over, and the weight of each entry.

    A projection weighs each entry of the truth by what is known of it, 1/allowed², as least squares do: a factor that all
    entries share is estimated best so, and points of large gradients don't drown the others.
    """
    ones = np.ones_like(truth)
    truth = truth / (np.abs(truth).max() or 1.0)
    known = np.divide(1.0, allowed, out=np.zeros_like(allowed), where=allowed > 0)
    known = known / (known.max() or 1.0)
    projection = truth * known**2
    projection = projection / (np.abs(projection).max() or 1.0)
    yield "projection", (0, 1, 2), projection
    yield "whole", (0, 1, 2), ones
    if truth.shape[1] > 1 and truth.shape[2] > 1:
        yield "rows", (0, 2), ones
        yield "columns", (0, 1), ones
        yield "projected_rows", (0, 2), projection
        yield "projected_columns", (0, 1), projection
