"""Kinks of a program that its formula hasn't, told from wrong derivatives by what it says around them.

``relu(x) − relu(−x)`` is x, and at 0 PyTorch mixes slopes of its pieces. Special points would find such kinks by design. So
where a program is wrong at an exact zero, a tie, an end or a point that was given, it is asked again beside it, at distances
of many sizes and to all sides: what it says there is right everywhere, and what it says at the point is finite and no larger
than the gradient elsewhere, as a mixture of slopes is. Then it has a kink of its own, which is said. Everything else stays
wrong, but for what rounding explains (`program_noise`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from symgrad.authoring.points import Stratum
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.checking.evidence.chosen_points import acceptable
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.evidence.framework_side import asked
from symgrad.checking.judging.comparison import Comparison, Outcome
from symgrad.checking.judging.program_noise import most_noise
from symgrad.number_systems.rounding import rounded
from symgrad.truth.difference_quotients import scale
from symgrad.truth.reference import SAFETY, largest

MOST_ASKED = 32
"""Points about which it is asked."""
ENOUGH_WRONG = 4
"""Points that stay wrong after which it isn't asked about more of them."""
SMOOTH: frozenset[Stratum] = frozenset({"generic", "near_edge", "far", "expanded"})
"""Strata of which a point would lie on a kink of the program's by chance only."""
STEPS = (5, 6, 7, 8, 12, 16, 20)
"""Distances are 2⁻⁵, …, 2⁻²⁰ of each entry (of 1, where an entry is 0)."""
TURNS = 3
"""Points at each distance on either side."""
ENOUGH = 12
"""Points beside it at which the formula has to be smooth for a judgement."""


SUSPECT = (Outcome.WRONG, Outcome.OUTSIDE)
"""Outcomes about which it is asked."""
STREAM = 100
"""Where streams of random numbers for surroundings begin."""


def surrounded(
    evidence: Evidence, loss: Comparison, gradients: Mapping[str, Comparison]
) -> tuple[Comparison, dict[str, Comparison]]:
    """The comparisons, those entries settled that lie on a kink of the program's own."""
    if evidence.framework.watched or evidence.settings.by_hand or any(each.second for each in gradients.values()):
        return loss, dict(gradients)  # what a second run says is no matter of the point
    every = [loss, *gradients.values()]
    open_ = [each for each in every if not _fails_anyway(evidence, each)]
    wrong = {int(k) for each in open_ for k in np.argwhere(np.isin(each.outcomes, SUSPECT))[:, 0]}
    suspects = sorted(k for k in wrong if evidence.points.strata[k] not in SMOOTH)
    still_wrong = 0
    for point in suspects[:MOST_ASKED]:
        before, every = every, _settled(evidence, point, every)
        still_wrong += int(every is before)
        if still_wrong == ENOUGH_WRONG:
            break
    return every[0], dict(zip(gradients, every[1:], strict=True))


def _fails_anyway(evidence: Evidence, comparison: Comparison) -> bool:
    """Whether a comparison fails whatever is said of its special points: it's further off elsewhere than noise explains."""
    smooth = np.array([stratum in SMOOTH for stratum in evidence.points.strata])
    wrong = (comparison.outcomes == Outcome.WRONG) & smooth[:, None, None]
    most = most_noise(comparison) * largest(comparison.reference.high)
    return bool(wrong.any() and most and not comparison.absolute[wrong].max() <= most)


def _settled(evidence: Evidence, point: int, every: list[Comparison]) -> list[Comparison]:
    """The comparisons of loss and gradients with a point settled where what lies around explains all that is wrong there."""
    stratum = evidence.points.strata[point]
    wrong = [np.isin(each.outcomes[point], SUSPECT).ravel() for each in every]
    errors = [_off(each, point)[which] for each, which in zip(every, wrong, strict=True)]
    sizes = [_usual(evidence, each) for each in every]
    if not all(np.isfinite(error).all() for error in errors):
        return every
    around = _around(evidence, point)
    if around is None or not all(around) or wrong[0].any() or not _within(errors, sizes):
        return every
    return [_with_kink(c, point, w, stratum) for c, w in zip(every, wrong, strict=True)]


def _within(errors: list[Values], sizes: list[float]) -> bool:
    """Whether all errors are no larger than what they are errors of usually is."""
    return all((np.abs(error) <= size).all() for error, size in zip(errors, sizes, strict=True))


def _off(comparison: Comparison, point: int) -> Values:
    truth = comparison.reference
    with np.errstate(all="ignore"):
        return np.asarray((comparison.values[point] - truth.high[point]) - truth.low[point]).ravel()


def _usual(evidence: Evidence, comparison: Comparison) -> float:
    """The largest true value at points that aren't special."""
    return largest(comparison.reference.high[~evidence.points.special])


def _around(evidence: Evidence, point: int) -> list[bool] | None:
    """Whether loss and gradients are right beside a point; None where it doesn't run there, or the formula isn't smooth."""
    values = _beside(evidence, point)
    fine = acceptable(evidence.formula, values, evidence.precision)
    if np.count_nonzero(fine) < ENOUGH:
        return None
    values = {name: array[fine] for name, array in values.items()}
    try:
        said = asked(evidence.formula, values, evidence.framework.run)
    except CouldNotRun:  # nobody said that it runs there
        return None
    outputs = [said.loss, *(said.gradients[n] for n in evidence.exercise.parameter_names)]
    with np.errstate(all="ignore"):
        truth = rounded(evidence.formula.program, values, evidence.formula.shapes, evidence.precision)
        return [bool((np.abs(o - v) <= SAFETY * r).all()) for o, (v, r) in zip(outputs, truth, strict=True)]


def _beside(evidence: Evidence, point: int) -> dict[str, Values]:
    """Points beside one: every entry moved, to both sides, by steps of all sizes, within the domain."""
    sampler = evidence.sampler
    generator = sampler.generator(STREAM + point)
    least = 4 * evidence.precision.unit_roundoff
    steps = np.repeat([max(2.0**-s, least) for s in STEPS], TURNS)
    found = {}
    for name, array in evidence.points.at(point).items():
        move = generator.choice([-1.0, 1.0], (len(steps), *array.shape)) * generator.uniform(0.5, 1, (len(steps), *array.shape))
        move = move * steps[:, None, None] * scale(array)
        moved = np.concatenate([array + move, array - move])
        if sampler.interval(name) is None:
            found[name] = np.broadcast_to(array, moved.shape)
            continue
        low, high = sampler.limits(name)
        turned = np.where((moved < low) | (moved > high), 2 * array - moved, moved)
        found[name] = sampler.held(name, np.clip(turned, low, high))
    return found


def _said(comparison: Comparison, point: int, which: Values, outcome: Outcome) -> Comparison:
    """A comparison with another outcome of some entries at a point."""
    outcomes = comparison.outcomes.copy()
    outcomes[point][which.reshape(outcomes[point].shape)] = outcome
    return replace(comparison, outcomes=outcomes)


def _with_kink(comparison: Comparison, point: int, which: Values, stratum: Stratum) -> Comparison:
    """A comparison with entries on a kink of the program's own, which at a given point are wrong all the same."""
    if not which.any():
        return comparison
    row, column = (int(k) for k in np.unravel_index(int(np.argmax(which)), comparison.values[0].shape))
    said = comparison if stratum == "given" else _said(comparison, point, which, Outcome.KINK)
    return replace(said, own_kinks=(*comparison.own_kinks, (point, row, column)))
