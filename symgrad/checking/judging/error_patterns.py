"""What an error of a gradient looks like: a sign, a factor, a transpose, one entry, a detached path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from symgrad.authoring.symbols import ADJOINT
from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message, message
from symgrad.checking.judging.comparison import Comparison, Outcome
from symgrad.frameworks.framework import SEEDS

LARGEST_DENOMINATOR = 64


def of_loss(comparison: Comparison) -> Message | None:
    """What a difference of losses looks like: a factor, or too few digits; None where it looks like nothing."""
    values, truth = comparison.values, comparison.reference.high
    allowed = np.broadcast_to(comparison.tolerance.allowed, values.shape)
    wrong = comparison.outcomes == Outcome.WRONG
    telling = np.isfinite(values) & np.isfinite(truth) & (np.abs(truth) > 8 * allowed)
    if not wrong.any() or not np.isfinite(values[wrong]).all() or not telling.any():
        return None
    spread = float(4 * np.max(allowed[telling] / np.abs(truth[telling])) + 1e-12)
    ratio = _constant(values[telling] / truth[telling], spread)
    if ratio is not None and abs(float(ratio) - 1) >= 1e-2 and np.count_nonzero(telling) > 1:
        return message("loss_times", factor=_plain(ratio))
    with np.errstate(all="ignore"):
        relative = float((comparison.absolute[wrong] / np.abs(truth[wrong])).max())
    precise = comparison.tolerance.precision
    if relative < 1e-3:
        return message("loss_inaccurate", relative=relative, dtype=precise.name)
    return None


def hint(comparison: Comparison, quantities: Callable[[], Mapping[str, Values]]) -> Message | None:
    """A likely explanation, or None.

    `quantities` gives arrays by name, (points, 1, 1) or of the gradient's shape, that a formula may have forgotten as a factor.
    """
    values, truth = comparison.values, comparison.reference.high
    wrong = comparison.outcomes == Outcome.WRONG
    allowed = np.broadcast_to(comparison.tolerance.allowed, values.shape)
    if not np.all(np.isfinite(values[wrong])):
        return message("not_finite")
    if np.all(values == 0):
        return message("zero_everywhere")
    factor = _factor(values, truth, allowed, quantities, SEEDS[comparison.tolerance.precision.name][comparison.second])
    if factor is not None:
        return factor
    if values.shape[1] == values.shape[2] > 1 and _same(np.swapaxes(values, 1, 2), truth, allowed):
        return message("autograd_transposed")
    share = float(wrong.mean())
    with np.errstate(all="ignore"):
        relative = float((comparison.absolute[wrong] / np.abs(truth[wrong])).max())
    if relative < 1e-3:
        return message("inaccurate", relative=relative)
    if share < 0.5 and values.size > 1:
        _, row, column = (int(k) for k in np.argwhere(wrong)[0])
        return message("some_wrong", count=int(wrong.sum()), of=int(wrong.size), index=(row, column))
    return None


def _factor(
    values: Values, truth: Values, allowed: Values, quantities: Callable[[], Mapping[str, Values]], seed: float
) -> Message | None:
    """One factor between autograd and the gradient, at all entries that tell: a number, or a number times a quantity.

    `seed` is the adjoint that backward() started from.
    """
    telling = np.isfinite(values) & np.isfinite(truth) & (np.abs(truth) > 8 * allowed)
    if not telling.any():
        return None
    spread = float(4 * np.max(allowed[telling] / np.abs(truth[telling])) + 1e-12)
    ratios = values[telling] / truth[telling]
    ratio = _constant(ratios, spread)
    if ratio is not None and abs(float(ratio) - 1) >= 1e-2:
        if seed != 1 and abs(float(ratio) * seed - 1) < 1e-6:
            return message("adjoint_ignored", factor=_plain(ratio))
        return message("wrong_sign") if ratio == -1 else message("times_gradient", factor=_plain(ratio))
    if np.count_nonzero(telling.any(axis=(1, 2))) < 3:
        return None
    for name, quantity in quantities().items():
        if quantity.shape[1:] not in ((1, 1), values.shape[1:]):
            continue
        size = np.broadcast_to(quantity, values.shape)[telling]
        with np.errstate(all="ignore"):
            missing, doubled = _constant(1 / (ratios * size), spread), _constant(ratios / size, spread)
        if missing in (1, seed) and name == ADJOINT:  # it ignores what it started from, too
            return message("adjoint_missing", name=name)
        if missing is not None:
            return message("autograd_lacks_factor", factor=_plain(missing), name=name)
        if doubled is not None:
            return message("factor_too_many", factor=_plain(doubled), name=name)
    return None


def _constant(ratios: Values, spread: float) -> Fraction | float | None:
    """The number that all ratios are, as a fraction where it is a simple one; None where they aren't one number."""
    if not np.all(np.isfinite(ratios)):
        return None
    ratio = float(np.median(ratios))
    slack = spread * max(1.0, abs(ratio))
    if ratio == 0 or not np.all(np.abs(ratios - ratio) <= slack):
        return None
    near = Fraction(ratio).limit_denominator(LARGEST_DENOMINATOR)
    return near if abs(float(near) - ratio) <= slack else ratio


def _plain(number: Fraction | float) -> str | float:
    """A number as data: a fraction as it is written, ``"1/2"``."""
    return str(number) if isinstance(number, Fraction) else number


def _same(values: Values, truth: Values, allowed: Values) -> bool:
    return bool(np.all(np.abs(values - truth) <= np.maximum(allowed, np.swapaxes(allowed, 1, 2))))
