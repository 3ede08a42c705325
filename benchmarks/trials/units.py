"""Other units: a program of u = s·x computes f(u/s), so that every formula stays defined and its gradient is divided by s."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from formulas import Formula

from symgrad import Exercise, step

SCALES = {
    "1e-6": Fraction(1, 10**6),
    "1e-3": Fraction(1, 1000),
    "1": Fraction(1),
    "1e3": Fraction(1000),
    "1e6": Fraction(10**6),
}


def converted(values: Any, scale: Fraction) -> Any:
    """Values in the formula's own units; the conversion is a product or a quotient with a whole number, as a person has it."""
    if scale == 1:
        return values
    return values * float(1 / scale) if scale < 1 else values / float(scale)


def program_in_units(function: Callable[..., Any], scale: Fraction) -> Callable[..., Any]:
    """A program over values in other units."""
    return lambda *values: function(*(converted(value, scale) for value in values))


def exercise_in_units(formula: Formula, scale: Fraction, torch_loss: Callable[..., Any] | None) -> Exercise:
    """The exercise over values in other units; each conversion is a step, which SymPy can't dissolve."""
    loss = formula.loss
    if scale != 1:
        steps = {s: step(f"{s}_converted", s / sympy.Rational(scale.numerator, scale.denominator)) for s in formula.symbols}
        loss = loss.xreplace(steps)
    return Exercise(
        name=formula.name,
        loss=loss,
        parameters=list(formula.variables),
        domain={name: (low * float(scale), high * float(scale)) for name, (low, high) in formula.ranges.items()},
        torch_loss=torch_loss,
    )
