"""Roundings that a program shows by itself: differences beyond those of the closed form that are noise, not a wrong formula.

A right program may go another way than the formula and lose more digits on it. Its errors are then those of rounding: at
inputs a little aside they are others, of either sign. A wrong formula is off by nearly the same there. So the program is run
again at inputs moved by a few roundings, and each error, against a truth of its own, is set against the one in dispute; in a
format that is shorter than float64 the program has to be right in float64 besides (Parker 1997; Sterbenz 1974 on perturbed
inputs). Some roundings are the same at all inputs nearby, as of an exponent 7/3; what is left is set against what operations
rounded at random do to either side. What noise explains is ill-conditioned; above √u of the largest entry it is inaccurate,
which fails by that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from symgrad.authoring.points import PointSet
from symgrad.basics.arrays import Values
from symgrad.basics.errors import SymgradError
from symgrad.checking.evidence.chosen_points import ChosenPoints
from symgrad.checking.evidence.evidence import Evidence, gathered
from symgrad.checking.judging.comparison import CLOSE, Comparison, Noise, Outcome, compare
from symgrad.truth.reference import Tolerance, largest

MOVED = 2.0**-16
"""How far inputs are moved, as a share of their size; in short formats by ROUNDINGS of them, if that is more."""
FURTHER = 2.0**-12
"""How far half of them are moved where float64 vouches for the program: 1 − σ(x) may be the same for all that lie nearer."""
ROUNDINGS = 16.0
SAMPLES = 16
PILOTS = 2
"""Points that are looked at first: at those of a wrong formula no others need to be."""
MOST_POINTS = 48
MOST_POINTS_AT_RANDOM = 8
"""Points that are looked at; with random rounding, which takes longer, fewer."""
MOST_ENTRIES = 2**21
"""Entries times points times samples that are looked at."""
VOUCHED = 4.0
"""Roundings of the largest entry that are no error of a program that float64 vouches for, of whatever sign; nor in float64."""
REACH = 4.0
"""How many times the largest error seen at moved inputs one in dispute may be."""
ALIKE = 0.7
"""Mean over root mean square of the errors at moved inputs, above which they are one error, and no noise: of 16 errors of
either sign it's 0.25 on average, and above 0.7 once in 200 times."""


Errors: TypeAlias = Callable[[Evidence, Values], "dict[str, Values] | None"]
"""Evidence, points -> errors of the program that are rounding, (samples, points, rows, columns) by output."""


def excused(evidence: Evidence, found: Mapping[str, Comparison]) -> dict[str, Comparison]:
    """Comparisons (the loss under the name ``""``), with those entries in dispute settled that the program's noise explains."""
    settled = dict(found)
    if evidence.question.visited is None:
        for errors, most in ((_noise, MOST_POINTS), (_strays, MOST_POINTS_AT_RANDOM)):
            settled = _explained(evidence, settled, errors, most)
    return settled


def _explained(evidence: Evidence, found: dict[str, Comparison], errors: Errors, most: int) -> dict[str, Comparison]:
    """Comparisons, with those entries in dispute settled that the program's noise explains, seen at `most` points."""
    names = [name for name, each in found.items() if _disputable(evidence, each)]
    if not names:
        return found
    where = _worst_points(evidence, [found[name] for name in names])
    size = SAMPLES * sum(each.values[0].size for each in found.values())
    where = where[: max(1, min(most, MOST_ENTRIES // size))]
    pilots, rest = where[:PILOTS], where[PILOTS:]
    try:
        seen = errors(evidence, pilots)
        names = [name for name in names if seen and _explains(evidence, found[name], seen[name], pilots)]
        names = _right_in_float64(evidence, pilots, names)
        if not seen or not names or ("" not in names and found[""].worst_outcome == Outcome.WRONG):
            return found
        others = errors(evidence, rest) if len(rest) else None
    except SymgradError:  # a program that can't be run aside tells nothing
        return found
    settled = dict(found)
    for name in names:
        every = seen[name] if others is None else np.concatenate([seen[name], others[name]], axis=1)
        if _explains(evidence, found[name], every, where):
            fixed = errors is _strays
            settled[name] = _settled(found[name], every, where, _relative(evidence, found[name]), fixed=fixed)
    return settled


def _disputable(evidence: Evidence, comparison: Comparison) -> bool:
    """Whether a comparison has unexplained wrong entries, all of them numbers, under a tolerance that was derived."""
    wrong = _off(comparison) & (comparison.noise is None)
    if not wrong.any() or not comparison.tolerance.derived or comparison.refuted is not None:
        return False
    finite = np.isfinite(comparison.values[wrong]).all() and np.isfinite(comparison.reference.high[wrong]).all()
    return bool(finite and _relative(evidence, comparison) <= most_noise(comparison))


def _off(comparison: Comparison) -> Values:
    """Entries in dispute: wrong ones, and those that lie beyond the bounds of the slopes around a kink."""
    beyond = (comparison.outcomes == Outcome.OUTSIDE) & (comparison.absolute > 0)
    return np.asarray((comparison.outcomes == Outcome.WRONG) | beyond)


def most_noise(comparison: Comparison) -> float:
    """The relative error above which nothing is called noise."""
    format_ = comparison.tolerance.precision
    return float(format_.unit_roundoff ** (0.5 if format_.name == "float64" else 0.25))


def _lost(comparison: Comparison) -> float:
    """The relative error above which digits that are lost to noise are too many.

    √u; in float64, where no wider format can vouch for the program, something in float32 would lose no more than that: u⁵ᐟ⁸.
    """
    format_ = comparison.tolerance.precision
    return float(format_.unit_roundoff ** (0.625 if format_.name == "float64" else 0.5))


def _relative(evidence: Evidence, comparison: Comparison) -> float:
    """The largest wrong difference over the size of the whole; where that is 0, over that of the loss by its inputs."""
    wrong = _off(comparison)
    size = largest(comparison.reference.high) or _slope(evidence)
    return float(comparison.absolute[wrong].max()) / size if size else np.inf


def _slope(evidence: Evidence) -> float:
    """What a slope is measured by where there is none: the size of the loss over that of the parameters."""
    size = max((largest(evidence.points.values[name]) for name in evidence.exercise.parameter_names), default=0.0)
    return largest(evidence.references[0].high) / (size or 1.0)


def _worst_points(evidence: Evidence, comparisons: list[Comparison]) -> Values:
    """Points in dispute, the furthest off first, in units of what is allowed or negligible."""
    off = np.zeros(len(evidence.points))
    for each in comparisons:
        with np.errstate(all="ignore"):
            ratio = each.absolute / np.maximum(np.maximum(each.tolerance.allowed, _negligible(evidence, each)), 1e-300)
        off = np.maximum(off, np.where(_off(each), ratio, 0.0).max(axis=(1, 2)))
    order = np.argsort(-off, kind="stable")
    return np.asarray(order[off[order] > 0])


def _noise(evidence: Evidence, where: Values) -> dict[str, Values]:
    """Errors of the program at inputs moved at random, (samples, points, rows, columns) by output; nan without a truth."""
    aside = gathered(evidence.question, evidence.formula, ChosenPoints(_moved(evidence, where), {}))
    found = {}
    for name, values, truth in zip(["", *evidence.exercise.parameter_names], aside.said, aside.references, strict=True):
        with np.errstate(all="ignore"):
            errors = (values - truth.high) - truth.low
        found[name] = errors.reshape(SAMPLES, len(where), *errors.shape[1:])
    return found


def _strays(evidence: Evidence, where: Values) -> dict[str, Values] | None:
    """How far results at points stray where each operation is off by a rounding, as `_noise` has errors.

    A constant that is added to large numbers loses the same digits at all inputs nearby; so does an exponent that is rounded.
    """
    plain = [values[where] for values in evidence.said]
    runs = [evidence.framework.shaken(where, evidence.settings.seed + k) for k in range(SAMPLES)]
    known = [run for run in runs if run is not None]
    if len(known) < SAMPLES:
        return None
    names = ["", *evidence.exercise.parameter_names]
    with np.errstate(all="ignore"):
        return {n: _to_both_sides(np.stack([run[k] - plain[k] for run in known])) for k, n in enumerate(names)}


def _to_both_sides(strays: Values) -> Values:
    """Strays, (samples, …), cut to what is reached to either side: a branch that is taken or not strays to one."""
    reach = np.maximum(0.0, np.minimum(strays.max(axis=0), -strays.min(axis=0)))
    return np.clip(strays, -reach, reach)


def _moved(evidence: Evidence, where: Values) -> PointSet:
    """Some points, each SAMPLES times, with every number moved; data that are whole numbers (classes, masks) stay."""
    format_ = evidence.precision
    least = max(MOVED, ROUNDINGS * format_.unit_roundoff)
    shares = np.full(SAMPLES, least)
    shares[::2] = least if format_.name == "float64" else max(least, FURTHER)
    share = np.repeat(shares, len(where))[:, None, None]
    generator = np.random.default_rng(evidence.settings.seed)
    values = {}
    for name, array in evidence.points.values.items():
        repeated = np.tile(array[where], (SAMPLES, 1, 1))
        parameter = name in evidence.exercise.parameter_names
        if parameter or not (array == np.rint(array)).all():
            size = np.abs(repeated)
            least = size.max(initial=0.0) or 1.0
            step = np.where(size > 0, size, least if parameter else 0.0)
            by = generator.uniform(-1, 1, repeated.shape)
            by = np.where(repeated == 0, np.abs(by), by)
            repeated = format_.round(repeated + share * by * step)
        values[name] = repeated
    return PointSet(values, 0)


def noise(evidence: Evidence, name: str, where: Values) -> Values | None:
    """The errors of one gradient at inputs moved at random, of a program that is right in float64; None of any other."""
    size = SAMPLES * len(where) * sum(r * c for r, c in evidence.formula.shapes)
    if evidence.question.visited is not None or size > MOST_ENTRIES * SAMPLES:
        return None
    try:
        return _noise(evidence, where)[name] if _right_in_float64(evidence, where[:PILOTS], [name]) else None
    except SymgradError:
        return None


def _explains(evidence: Evidence, comparison: Comparison, errors: Values, where: Values) -> bool:
    """Whether errors at moved inputs are as large as those in dispute, and of either sign."""
    wrong = _off(comparison)[where]
    wrong &= comparison.absolute[where] > _negligible(evidence, comparison)[where]
    return not wrong.any() or is_noise(comparison.absolute[where][wrong], errors[:, wrong])


def _negligible(evidence: Evidence, comparison: Comparison) -> Values:
    """Differences, (points, 1, 1), that are no error of a program that is right in float64, of whatever sign.

    A few roundings of the largest entry: 1 + result may stay 0 near −1. Special points look for branches, not for digits:
    there they are some roundings of the largest entry at others, in float64 too.
    """
    format_, special = comparison.tolerance.precision, evidence.points.special[:, None, None]
    some = CLOSE * format_.unit_roundoff * largest(comparison.reference.high[~evidence.points.special])
    return np.where(special, some, 0.0 if format_.name == "float64" else _few(comparison))


def _few(comparison: Comparison) -> float:
    """A few roundings of the largest entry."""
    return VOUCHED * comparison.tolerance.precision.unit_roundoff * largest(comparison.reference.high)


def is_noise(here: Values, seen: Values) -> bool:
    """Whether differences are such as are seen, (samples, …), at moved inputs, where they are of either sign."""
    known = np.isfinite(seen)
    count = known.sum(axis=0)
    if (count < SAMPLES / 2).any():
        return False
    seen = np.where(known, seen, 0.0)
    mean, root = np.abs(seen.sum(axis=0)) / count, np.sqrt((seen**2).sum(axis=0) / count)
    alike = np.divide(mean, root, out=np.ones_like(root), where=root > 0)
    return bool(np.median(alike) <= ALIKE and (here <= REACH * np.maximum(np.abs(seen).max(axis=0), np.median(root))).all())


def _right_in_float64(evidence: Evidence, where: Values, names: list[str]) -> list[str]:
    """Those of which the program, run in float64 at the same points, is right; all of them where it can't run in it."""
    if evidence.settings.dtype == "float64" or not names:
        return names
    question = replace(evidence.question, settings=replace(evidence.settings, dtype="float64"))
    points = PointSet(evidence.points.subset(where), 0)
    try:
        wide = gathered(question, evidence.formula, ChosenPoints(points, {}))
    except SymgradError:
        return names
    every = ["", *evidence.exercise.parameter_names]
    found = {n: compare(v, r, t) for n, v, r, t in zip(every, wide.said, wide.references, wide.tolerances, strict=True)}
    whole = {name: largest(truth.high) for name, truth in zip(every, evidence.references, strict=True)}
    if not all(_is_right(found[name], whole[name]) for name in names):
        found = excused(wide, found)
    return [name for name in names if _is_right(found[name], whole[name])]


def _is_right(comparison: Comparison, whole: float) -> bool:
    """Whether nothing is wrong by more than a few roundings of the largest entry at all points, these or others."""
    few = VOUCHED * comparison.tolerance.precision.unit_roundoff * whole
    return not ((comparison.outcomes == Outcome.WRONG) & ~(comparison.absolute <= few)).any()


def _settled(comparison: Comparison, errors: Values, where: Values, relative: float, *, fixed: bool) -> Comparison:
    """A comparison whose wrong entries are explained: within what the noise allows, or inaccurate where it takes too much."""
    wrong = _off(comparison)
    lost = relative > _lost(comparison)
    size = np.broadcast_to(_of_points(comparison), wrong.shape)
    of_point = np.max(comparison.absolute[wrong & (size > 0)] / size[wrong & (size > 0)], initial=0.0)
    noise = Noise(relative, float(of_point), lost, fixed)
    if lost:
        return replace(comparison, noise=noise)
    allowed = np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape).copy()
    seen = REACH * np.nanmax(np.where(np.isfinite(errors), np.abs(errors), 0.0), axis=0)
    looked = np.zeros_like(wrong)
    looked[where] = True
    at = wrong[where]
    allowed[where] = np.where(at, np.maximum(np.maximum(allowed[where], seen), comparison.absolute[where]), allowed[where])
    most = np.max(allowed[where][at], initial=0.0)
    beyond = wrong & ~looked & (comparison.absolute > most)
    allowed = np.where(wrong & ~looked, most, allowed)
    few = comparison.absolute <= VOUCHED * comparison.tolerance.precision.unit_roundoff * _of_points(comparison)
    explained = np.where(few, Outcome.AGREE, Outcome.ILL_CONDITIONED)
    outcomes = np.where(wrong & ~beyond, explained, comparison.outcomes)
    tolerance = Tolerance(allowed, comparison.tolerance.precision, comparison.tolerance.derived)
    return replace(comparison, outcomes=outcomes, tolerance=tolerance, noise=None if few[wrong].all() else noise)


def _of_points(comparison: Comparison) -> Values:
    """The largest entry of each point, (points, 1, 1)."""
    truth = np.abs(comparison.reference.high)
    return np.asarray(np.max(truth, where=np.isfinite(truth), initial=0.0, axis=(1, 2), keepdims=True))
