"""Right programs: a formula written in several algebraically equal ways.

Every formula is written in the styles of `printing`, and rewritten by SymPy (expanded, factored, over one denominator,
simplified, logarithms and exponentials split or joined) and, for some formulas, by hand. One fixed rule decides, before any
checker is asked: at the formula's own sample points the gradients of a rewritten formula equal those of the formula to 30
digits. How many digits a rewriting costs in floats doesn't matter: expanding ``(x − y)²`` is a program that people write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath
import sympy
from formulas import Formula

from symgrad import Exercise
from symgrad.checking.evidence.evidence import Evidence, gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings
from trials.printing import AS_WRITTEN, STYLES, compiled, source

DIGITS = 50
SAME = mpmath.mpf(10) ** -30
LONGEST = 60
"""Operations above which a formula isn't handed to SymPy's simplification."""

REWRITINGS: dict[str, Callable[[Any], Any]] = {
    "expanded": lambda e: sympy.expand(e, power_base=False, power_exp=False, log=False),
    "factored": sympy.factor,
    "one denominator": sympy.together,
    "logarithms split": lambda e: sympy.expand_log(e, force=True),
    "logarithms joined": lambda e: sympy.logcombine(e, force=True),
    "exponentials joined": sympy.powsimp,
    "simplified": lambda e: sympy.simplify(e) if sympy.count_ops(e) <= LONGEST else e,
}


@dataclass(frozen=True)
class Program:
    """A right program: what it's called, and its source over functions by name."""

    label: str
    text: str

    def function(self, functions: dict[str, Any]) -> Callable[..., Any]:
        """The program in PyTorch or in JAX, over the formula's variables in order."""
        return compiled(self.text, functions)


@cache
def programs(formula: Formula) -> tuple[Program, ...]:
    """The right programs of a formula, the one as written first; no two have the same source."""
    found: dict[str, Program] = {}
    for style in STYLES:
        text = source(formula.loss, formula.variables, style)
        found.setdefault(text, Program(style.name, text))
    for label, expression in rewritten(formula):
        text = source(expression, formula.variables, AS_WRITTEN)
        if text not in found and equal(formula, expression):
            found[text] = Program(label, text)
    return tuple(found.values())


def rewritten(formula: Formula) -> Iterator[tuple[str, Any]]:
    """Other expressions of the same function: those by hand first."""
    for expression in formula.also:
        yield "by hand", expression
    for label, rewriting in REWRITINGS.items():
        expression = rewriting(formula.loss)
        if expression != formula.loss and not expression.has(sympy.I):
            yield label, expression


@cache
def arena(formula: Formula) -> Evidence:
    """The formula as written, at its sample points, in float64."""
    return roads(formula, formula.loss)


def roads(formula: Formula, loss: Any) -> Evidence:
    """An expression of a formula's variables on its way to a verdict."""
    exercise = Exercise(name=formula.name, loss=loss, parameters=list(formula.variables), domain=formula.ranges)
    return gather(Question(exercise, Settings()))


def equal(formula: Formula, expression: Any) -> bool:
    """Whether an expression has the value and the gradients of the formula at all sample points, to 30 digits."""
    pairs = [(formula.loss, expression)]
    pairs += [(formula.loss.diff(s), expression.diff(s)) for s in formula.symbols]
    return all(same(formula, a, b) for a, b in pairs)


def same(formula: Formula, first: Any, second: Any) -> bool:
    """Whether two expressions are the same function of the formula's variables, at all sample points to 30 digits."""
    code = sympy.lambdify(formula.symbols, [first, second], "mpmath", cse=True)
    values = [arena(formula).points.values[name].ravel() for name in formula.variables]
    with mpmath.workdps(DIGITS):
        for point in zip(*values, strict=True):
            a, b = code(*(mpmath.mpf(float(x)) for x in point))
            if abs(a - b) > SAME * max(abs(a), abs(b)):
                return False
    return True
