"""Answers that are numbers: the gradient at the exercise's first point, judged by the digits that were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.basics.messages import message
from symgrad.basics.printed_figures import last_digit
from symgrad.grading.answer_key.key import BITS, Key
from symgrad.grading.answer_key.target import Target
from symgrad.grading.equality.evaluating import Evaluation
from symgrad.grading.equality.evaluating import whole as _whole
from symgrad.grading.language.operands import LARGEST_EXPONENT
from symgrad.grading.language.terms import Number, Term
from symgrad.grading.mistakes.diagnosis import Catalogue, Explanation, ranked, told
from symgrad.grading.outcome import CORRECT, Outcome
from symgrad.number_systems.balls import Balls, at_precision

ROUNDINGS = 2.0**-50
"""What the truth may be off as a float, relative."""
PLAIN = (1.0, 2.0, 0.5)
"""Factors by which a number is explained; naming any other would tell the answer."""
LIKELY = frozenset(
    {
        "loss_itself",
        "other_gradient",
        "adjoint_instead",
        "regularisation_forgotten",
        "transposed",
        "term_dropped",
        "path_dropped",
    }
)
"""Mistakes that three digits are enough to tell; of a thousand others, one has any three digits."""
DIGITS = 3
"""Significant digits that a number needs."""


@dataclass(frozen=True)
class Figures:
    """Numbers with the unit of the last digit that was written of each (0 for an exact expression), and how many digits."""

    values: Values
    units: Values
    digits: Values


def figures_of(term: Term) -> Figures:
    """A term without names as numbers."""
    cells = term.operands if term.head == "block" else (term,)
    parsed = [_figure(cell) for cell in cells]
    values, units, digits = (np.array(column, dtype=np.float64) for column in zip(*parsed, strict=True))
    if term.head != "block" and term.shape != (1, 1):  # a matrix by zeros(2, 3), say
        evaluated = np.broadcast_to(_evaluated(term), term.shape)
        return Figures(evaluated, np.zeros(term.shape), np.full(term.shape, np.inf))
    shape = term.shape
    return Figures(values.reshape(shape), units.reshape(shape), digits.reshape(shape))


def _figure(term: Term) -> tuple[float, float, float]:
    """The value of a number, the unit of its last digit, and its significant digits."""
    sign, inner = _signed(term)
    inner, exponent = _scientific(inner)
    more, inner = _signed(inner)
    sign *= more
    if inner.head == "number" and inner.value.written and "/" not in inner.value.written:
        number = Number(inner.value.value * Fraction(10) ** exponent, inner.value.written)
        unit, digits = _last_digit(number.written)
        unit *= Fraction(10) ** exponent
        try:
            return sign * float(number.value), float(unit), digits
        except OverflowError:
            return sign * np.inf, 0.0, digits
    if term.shape != (1, 1):
        return np.nan, 0.0, np.inf
    return float(_evaluated(term).flat[0]), 0.0, np.inf


def _signed(term: Term) -> tuple[int, Term]:
    """The sign of a term, and what it is the sign of."""
    return (-1, term.operands[0]) if term.head == "negative" else (1, term)


def _scientific(term: Term) -> tuple[Term, int]:
    """The mantissa and the exponent of ``1.2243·10^-4``; of anything else, itself and 0."""
    if term.head != "product" or len(term.operands) != 2:
        return term, 0
    mantissa, power = term.operands
    if _signed(mantissa)[1].head != "number" or power.head not in ("power", "square", "number"):
        return term, 0
    base = power if power.head == "number" else power.operands[0]
    exponent = 1 if power.head == "number" else 2 if power.head == "square" else _whole(power.operands[1])
    ten = base.head == "number" and base.value.value == 10
    return (mantissa, exponent) if ten and exponent is not None and abs(exponent) <= LARGEST_EXPONENT else (term, 0)


def _last_digit(written: str) -> tuple[Fraction, float]:
    """The unit of the last digit of a number as it was written, and its significant digits."""
    digits = written.lower().partition("e")[0].replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit():  # ½
        return Fraction(0), np.inf
    return Fraction(10) ** last_digit(written), float(len(digits.lstrip("0")))


def _evaluated(term: Term) -> Any:
    """A term without names in balls, as floats."""
    with at_precision(BITS):
        value = np.asarray(Evaluation(Balls(), {})(term), dtype=object)
        return np.array([float(arb(e)) if arb(e).is_finite() else np.nan for e in value.flat]).reshape(value.shape or (1, 1))


def judge_figures(key: Key, catalogue: Catalogue, target: Target, term: Term) -> Outcome:
    """What is said of numbers of the right shape, at the exercise's first point."""
    figures = figures_of(term)
    if not np.isfinite(figures.values).all():
        return Outcome("incorrect", ("undefined",), (message("no_finite_number"),))
    truth, exact = _truth(key, target, term)
    off = np.abs(figures.values - truth)
    near = off <= figures.units + ROUNDINGS * np.abs(truth)
    short = key.short_figures.get(target.name)
    if short is not None and not near.all():
        near |= np.abs(figures.values - target.part(short)[0]) <= figures.units + ROUNDINGS * np.abs(truth)
    near &= (figures.digits >= DIGITS) | (off <= 0.5 * figures.units + ROUNDINGS * np.abs(truth))
    near &= (figures.values != 0) | (truth == 0)
    near |= exact
    if not np.isfinite(truth).all() and not near.all():
        return Outcome("undecided", messages=(message("gradient_without_value"),))
    few = near & (figures.digits < DIGITS) & ~exact
    right = near & ~few
    if right.all():
        return CORRECT
    share = float(right.mean())
    if near.all():
        return Outcome("incorrect", ("too_few_digits",), (message("give_more_digits", digits=DIGITS),), share)
    return _wrong(catalogue, target, figures, right, share)


def _truth(key: Key, target: Target, term: Term) -> tuple[Values, Values]:
    """The true values at the first point, and where the numbers are exactly that."""
    with at_precision(BITS):
        truth = target.part(key.truth(key.exact, target.name))[0]
        given = Evaluation(Balls(), {})(term)
        given = np.broadcast_to(np.asarray(given, dtype=object), (1, *truth.shape))[0]
        exact = np.zeros(truth.shape, bool)
        for place in np.ndindex(truth.shape):
            difference = given[place] - truth[place]
            small = float(difference.rad()) <= 2.0**-100 * max(1e-300, abs(float(truth[place].mid())), 2.0**-400)
            exact[place] = bool(difference.contains(0)) and bool(small or difference == 0)
    return np.array([float(t) for t in truth.flat]).reshape(truth.shape), exact


def _wrong(catalogue: Catalogue, target: Target, figures: Figures, right: Values, share: float) -> Outcome:
    if not figures.values.any():
        return Outcome("incorrect", (), (message("answer_is_zero"),), share)
    diagnosis = ranked(list(explained(catalogue, target, figures)))
    explained_ = (*told(diagnosis), message("at_first_point"))
    said = explained_ if diagnosis.explanations else (message("not_the_gradient_there"),)
    some = (message("so_many_right", count=int(right.sum()), of=int(right.size)),) if right.any() else ()
    return Outcome("incorrect", diagnosis.tags, (*said, *some), share)


def explained(catalogue: Catalogue, target: Target, figures: Figures) -> Iterator[Explanation]:
    """Wrong gradients at the point, and constant factors, that agree with the digits that were written."""
    shape = figures.values.shape
    truths = target.part(catalogue.wrong.material.truths[target.name])
    if shape == truths.shape[1:]:
        short = catalogue.key.short_figures.get(target.name)
        known_truths = [*enumerate(truths), *([] if short is None else [(0, target.part(short)[0])])]
        for point, truth in known_truths:
            for ratio in [r * s for r in (*PLAIN, *catalogue.wrong.material.averaged) for s in (1, -1)]:
                if (point, ratio) != (0, 1.0) and _agree(figures, ratio * truth):
                    yield from _factors(catalogue, ratio, point)
    known = catalogue.signatures(target, (shape[0], shape[1]))
    count = shape[0] * shape[1]
    if known is None or len(known.places) < count or known.places[count - 1] != count - 1:
        return
    for wrong, values in zip(known.wrong, known.values, strict=True):
        told_ = wrong is not None and len(wrong.tags) == 1 and (wrong.tags[0] in LIKELY or figures.digits.min() > DIGITS)
        if wrong is not None and told_ and _agree(figures, values[:count].reshape(shape)):
            yield Explanation(len(wrong.tags) - 1, wrong.tags, wrong.message)


def _factors(catalogue: Catalogue, ratio: float, point: int) -> Iterator[Explanation]:
    elsewhere = Explanation(0, ("wrong_point",), message("gradient_at_another_point"), whole=True)
    if ratio == 1:
        yield elsewhere
        return
    for each in catalogue.factors(ratio):
        if point:
            said = message("and_also", first=elsewhere.message, then=each.message)
            yield replace(each, mistakes=each.mistakes + 1, tags=(*elsewhere.tags, *each.tags), message=said)
        else:
            yield each


def _agree(figures: Figures, values: Values) -> bool:
    """Whether numbers agree with values to the digits written, which have to be enough to tell something."""
    with np.errstate(all="ignore"):
        off = np.abs(figures.values - values)
        near = off <= np.maximum(figures.units, 1e-9 * np.abs(values))
        exact = off <= ROUNDINGS * np.abs(values)
        return bool(near.all() and ((figures.digits >= DIGITS) | exact).all() and values.any())
