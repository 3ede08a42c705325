"""What an error of a gradient looks like: a sign, a factor, a transpose, one entry, a detached path."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from symgrad.comparison import Comparison, Outcome
from symgrad.fields import Values

LARGEST_DENOMINATOR = 64


def hint(comparison: Comparison) -> str:
    """A likely explanation in one sentence, or nothing."""
    values, truth = comparison.values, comparison.reference.high
    wrong = comparison.outcomes == Outcome.WRONG
    allowed = np.broadcast_to(comparison.tolerance.allowed, values.shape)
    if not np.all(np.isfinite(values[wrong])):
        return "autograd is not finite where the gradient is"
    if np.all(values == 0):
        return "autograd is zero everywhere: is the path to this parameter detached?"
    factor = _factor(values, truth, allowed, comparison)
    if factor:
        return factor
    if values.shape[1] == values.shape[2] > 1 and _same(np.swapaxes(values, 1, 2), truth, allowed):
        return "autograd is the transpose of the gradient"
    share = float(wrong.mean())
    with np.errstate(all="ignore"):
        relative = float((comparison.absolute[wrong] / np.abs(truth[wrong])).max())
    if relative < 1e-3:
        return f"autograd is inaccurate: {relative:.2g} relative, more than rounding explains"
    if share < 0.5 and values.size > 1:
        _, row, column = (int(k) for k in np.argwhere(wrong)[0])
        return f"{int(wrong.sum())} of {wrong.size} entries are wrong, the first at [{row}, {column}]"
    return ""


def _factor(values: Values, truth: Values, allowed: Values, comparison: Comparison) -> str:
    """One factor between autograd and the gradient, at all entries that tell."""
    telling = np.isfinite(values) & np.isfinite(truth) & (np.abs(truth) > 8 * allowed)
    if not telling.any():
        return ""
    ratios = values[telling] / truth[telling]
    ratio = float(np.median(ratios))
    spread = 4 * np.max(allowed[telling] / np.abs(truth[telling])) + 1e-12
    if not np.all(np.abs(ratios - ratio) <= spread * max(1.0, abs(ratio))) or abs(ratio - 1) < 1e-2:
        return ""
    if abs(ratio + 1) <= spread:
        return "autograd has the wrong sign"
    near = Fraction(ratio).limit_denominator(LARGEST_DENOMINATOR)
    shown = str(near) if abs(float(near) - ratio) <= spread * max(1.0, abs(ratio)) else f"{ratio:.6g}"
    return f"autograd is {shown} times the gradient"


def _same(values: Values, truth: Values, allowed: Values) -> bool:
    return bool(np.all(np.abs(values - truth) <= np.maximum(allowed, np.swapaxes(allowed, 1, 2))))
