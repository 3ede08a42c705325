"""What an error of a gradient looks like: a sign, a factor, a transpose, one entry, a detached path."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from symgrad.authoring.symbols import ADJOINT
from symgrad.basics.arrays import Values
from symgrad.checking.judging.comparison import Comparison, Outcome
from symgrad.frameworks.pytorch.gradients import SEEDS

LARGEST_DENOMINATOR = 64


def of_loss(comparison: Comparison) -> str:
    """What a difference of losses looks like: a factor, or too few digits; or nothing."""
    values, truth = comparison.values, comparison.reference.high
    allowed = np.broadcast_to(comparison.tolerance.allowed, values.shape)
    wrong = comparison.outcomes == Outcome.WRONG
    telling = np.isfinite(values) & np.isfinite(truth) & (np.abs(truth) > 8 * allowed)
    if not wrong.any() or not np.isfinite(values[wrong]).all() or not telling.any():
        return ""
    spread = float(4 * np.max(allowed[telling] / np.abs(truth[telling])) + 1e-12)
    ratio = _constant(values[telling] / truth[telling], spread)
    if ratio is not None and abs(float(ratio) - 1) >= 1e-2 and np.count_nonzero(telling) > 1:
        return f"PyTorch's is {_written(ratio)} times the SymPy loss (a mean for a total?)"
    with np.errstate(all="ignore"):
        relative = float((comparison.absolute[wrong] / np.abs(truth[wrong])).max())
    precise = comparison.tolerance.precision
    if relative < 1e-3:
        short = precise.name == "float64" and 1e-9 < relative < 1e-6
        return f"{relative:.1g} relative, more than rounding in {precise.name} explains" + (
            "; is something computed in float32?" if short else ""
        )
    return ""


def hint(comparison: Comparison, quantities: Mapping[str, Values]) -> str:
    """A likely explanation in one sentence, or nothing.

    `quantities` are arrays by name, (points, 1, 1) or of the gradient's shape, that a formula may have forgotten as a factor.
    """
    values, truth = comparison.values, comparison.reference.high
    wrong = comparison.outcomes == Outcome.WRONG
    allowed = np.broadcast_to(comparison.tolerance.allowed, values.shape)
    if not np.all(np.isfinite(values[wrong])):
        return "autograd is not finite where the gradient is"
    if np.all(values == 0):
        return "autograd is zero everywhere: is the path to this parameter detached?"
    factor = _factor(values, truth, allowed, quantities, SEEDS[comparison.tolerance.precision.name])
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


def _factor(values: Values, truth: Values, allowed: Values, quantities: Mapping[str, Values], seed: float) -> str:
    """One factor between autograd and the gradient, at all entries that tell: a number, or a number times a quantity.

    `seed` is the adjoint that backward() started from.
    """
    telling = np.isfinite(values) & np.isfinite(truth) & (np.abs(truth) > 8 * allowed)
    if not telling.any():
        return ""
    spread = float(4 * np.max(allowed[telling] / np.abs(truth[telling])) + 1e-12)
    ratios = values[telling] / truth[telling]
    ratio = _constant(ratios, spread)
    if ratio is not None and abs(float(ratio) - 1) >= 1e-2:
        if seed != 1 and abs(float(ratio) * seed - 1) < 1e-6:
            return f"autograd is {_written(ratio)} times the gradient: its backward ignores the adjoint that comes in"
        return "autograd has the wrong sign" if ratio == -1 else f"autograd is {_written(ratio)} times the gradient"
    if np.count_nonzero(telling.any(axis=(1, 2))) < 3:
        return ""
    for name, quantity in quantities.items():
        if quantity.shape[1:] not in ((1, 1), values.shape[1:]):
            continue
        size = np.broadcast_to(quantity, values.shape)[telling]
        with np.errstate(all="ignore"):
            missing, doubled = _constant(1 / (ratios * size), spread), _constant(ratios / size, spread)
        if missing == 1 and name == ADJOINT:
            return f"the factor {name} is missing: its backward ignores the adjoint that comes in"
        if missing is not None:
            return f"the factor {_times(missing, name)} is missing"
        if doubled is not None:
            return f"there is a factor {_times(doubled, name)} too many"
    return ""


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


def _written(number: Fraction | float) -> str:
    return str(number) if isinstance(number, Fraction) else f"{number:.6g}"


def _times(number: Fraction | float, name: str) -> str:
    return name if number == 1 else f"−{name}" if number == -1 else f"{_written(number)} {name}".replace("-", "−")


def _same(values: Values, truth: Values, allowed: Values) -> bool:
    return bool(np.all(np.abs(values - truth) <= np.maximum(allowed, np.swapaxes(allowed, 1, 2))))
