"""A program run twice, from adjoints of both signs: where only the second run is wrong, its values are what is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.comparison import Comparison, Outcome, compare
from symgrad.frameworks.framework import SEEDS
from symgrad.truth.reference import Reference, Tolerance


def worse(evidence: Evidence, name: str, first: Comparison, undefined: Values) -> Comparison:
    """The comparison of a gradient, with the second run's values at points where that is wrong and the first isn't."""
    again = evidence.framework.again
    if again is None or name in evidence.exercise.expected_gradient:
        return first
    values = again.gradients[name]
    few = slice(0, len(values))
    truth, tolerance = first.reference, first.tolerance
    cut = Reference(*(a[few] for a in (truth.high, truth.low, truth.radius, truth.certified)))
    allowed = np.broadcast_to(tolerance.allowed, first.values.shape)[few]
    limit = Tolerance(allowed, tolerance.precision, tolerance.derived)
    second = compare(values, cut, limit, undefined=undefined[few])
    points = ((second.outcomes == Outcome.WRONG) & (first.outcomes[few] != Outcome.WRONG)).any(axis=(1, 2))
    if not points.any():
        return first
    chosen = first.values.copy()
    chosen[few][points] = values[points]
    return replace(compare(chosen, truth, tolerance, undefined=undefined), second=True)


def why(evidence: Evidence, comparison: Comparison) -> Message:
    """Why a second run says something else: another adjoint, or another run."""
    one, other = SEEDS[evidence.settings.dtype]
    point = int(np.argwhere(comparison.outcomes == Outcome.WRONG)[0][0])
    if not evidence.framework.repeats(point):
        return message("not_repeatable")
    return message("not_linear_in_adjoint", right=one, wrong=other)
