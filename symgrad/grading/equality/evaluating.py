"""Terms on numbers of any system: floats, balls, polynomials. The same functions serve as in generated code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import sympy
from flint import arb

from symgrad.grading.answer_key.decimals import meant
from symgrad.grading.answer_key.target import adjoint_of
from symgrad.grading.language.terms import Term
from symgrad.number_systems.balls import Balls
from symgrad.number_systems.system import System, partials
from symgrad.operations.row import Structural
from symgrad.operations.table import TABLE

RATIONAL = frozenset({"negative", "sum", "product", "divide"})
LARGEST = 10**12
WHOLE_EXPONENT = 1000
"""Whole exponents up to this size are powers by multiplication in every system."""
RELATIONS: Mapping[str, Callable[[System, Any, Any], Any]] = {
    "<": lambda s, a, b: s.less(a, b),
    "<=": lambda s, a, b: s.less_equal(a, b),
    ">": lambda s, a, b: s.less(b, a),
    ">=": lambda s, a, b: s.less_equal(b, a),
    "==": lambda s, a, b: s.equal(a, b),
    "!=": lambda s, a, b: s.negation(s.equal(a, b)),
}


class Watch(Protocol):
    """Looks at values on their way."""

    def __call__(self, terms: Sequence[Any]) -> None: ...

    def saturates(self, operands: Sequence[Any]) -> None: ...


class Evaluation:
    """Terms evaluated in one number system, given the values of names (adjoints as ``dz2``)."""

    def __init__(self, system: System, values: Mapping[str, Any], watch: Watch | None = None) -> None:
        self.system = system
        self.values = values
        self.watch = watch
        """Is shown the terms of every sum, and the operands of functions."""

    def __call__(self, term: Term) -> Any:
        """The value of a term: an array with two trailing axes and points on a leading one, or a number."""
        own = OWN.get(term.head)
        return self._row(term) if own is None else own(self, term)

    def _row(self, term: Term) -> Any:
        row = TABLE[term.head]
        operands = [self(operand) for operand in term.operands]
        if self.watch is not None and row.saturates:
            self.watch.saturates(operands)
        if isinstance(row, Structural):
            operands = [o if np.ndim(o) >= 2 else self.system.lift(o) for o in operands]
        return self.system.function(term.head)(*operands, *options_in(self.system, term.value or ()))

    def _number(self, term: Term) -> Any:
        return exactly(self.system, term.value.value)

    def _constant(self, term: Term) -> Any:
        system = self.system
        return system.function("pi")() if term.value == "pi" else system.function("exp")(exactly(system, 1))

    def _name(self, term: Term) -> Any:
        return self.values[term.value]

    def _adjoint(self, term: Term) -> Any:
        return self.values[adjoint_of(term.value)]

    def _sum(self, term: Term) -> Any:
        first, *rest = values = [self(operand) for operand in term.operands]
        if self.watch is not None:
            self.watch(values)
        result = first
        for value, sign in zip(rest, term.value[1:], strict=True):
            result = result + value if sign > 0 else result - value
        return result

    def _product(self, term: Term) -> Any:
        first, *rest = term.operands
        result = self(first)
        for operand in rest:
            result = result * self(operand)
        return result

    def _matmul(self, term: Term) -> Any:
        left, right = term.operands
        return self._full(left) @ self._full(right)

    def _full(self, term: Term) -> Any:
        """A value with all its rows and columns: a matrix of equal entries may have come about as one."""
        value = self(term)
        return value if np.shape(value)[-2:] == term.shape else self.system.function("broadcast")(value, *term.shape)

    def _divide(self, term: Term) -> Any:
        above, below = term.operands
        return self(above) / self(below)

    def _negative(self, term: Term) -> Any:
        return -self(term.operands[0])

    def _square(self, term: Term) -> Any:
        return self(term.operands[0]) ** 2

    def _power(self, term: Term) -> Any:
        base, exponent = term.operands
        count = whole(exponent)
        return self(base) ** count if count is not None else self.system.function("power")(self(base), self(exponent))

    def _transpose(self, term: Term) -> Any:
        return self._full(term.operands[0]).mT

    def _take(self, term: Term) -> Any:
        top, bottom, left, right = term.value
        return self._full(term.operands[0])[..., top:bottom, left:right]

    def _block(self, term: Term) -> Any:
        cells = [self(operand) for operand in term.operands]
        return self.system.function("block")(*cells, *term.value)

    def _filled(self, term: Term) -> Any:
        value = self.system.lift(exactly(self.system, term.value))
        return self.system.function("broadcast")(value, *term.shape)

    def _derivative(self, term: Term) -> Any:
        name, given = term.value
        row: Any = TABLE[name]
        options = options_in(self.system, given)
        operand = self(term.operands[0])
        value = self.system.function(name)(operand, *options)
        return self.system.bind(partials(row))(value, operand, *options)

    def _indicator(self, term: Term) -> Any:
        left, right = (self(operand) for operand in term.operands)
        holds = RELATIONS[term.value](self.system, left, right)
        if isinstance(self.system, Balls):
            holds = _undoubted(holds, left, right, term.value)
        one, zero = (exactly(self.system, n) for n in (1, 0))
        return self.system.function("choose")(one, holds, zero)


def _same_ball(holds: bool | None, left: Any, right: Any, relation: str) -> bool | None:
    """A comparison of balls that are the same ball: of what was computed in the same way, as a maximum and its operand."""
    if holds is None and isinstance(left, arb) and isinstance(right, arb):
        same = left.mid() == right.mid() and left.rad() == right.rad()
        return relation in ("<=", ">=", "==") if same else None
    return holds


_undoubted = np.frompyfunc(_same_ball, 4, 1)


def exactly(system: System, value: Fraction | int) -> Any:
    """A number of a system; beyond what floats hold it is infinite."""
    try:
        made = system.function("number")(value.numerator, value.denominator)
    except OverflowError:
        made = np.inf if value > 0 else -np.inf
    return np.float64(made) if isinstance(made, float) else made


def options_in(system: System, options: Sequence[Any]) -> list[Any]:
    """Options of a row as numbers of a system; those that choose between formulas stay what they are."""
    made = []
    for option in options:
        number = meant(option)
        made.append(exactly(system, Fraction(int(number.p), int(number.q))) if isinstance(number, sympy.Rational) else option)
    return made


def whole(exponent: Term) -> int | None:
    """A whole exponent as a number, where it is a small one, be it by way of fractions."""
    value = exponent.value.value if exponent.head == "number" else _rational(exponent)
    return int(value) if value is not None and value.denominator == 1 and abs(value) <= WHOLE_EXPONENT else None


def _rational(term: Term) -> Fraction | None:
    """A sum, product or quotient of numbers exactly; None for anything else, and for what gets too large."""
    if term.head == "number":
        value: Fraction = term.value.value
        return value
    parts = [_rational(operand) for operand in term.operands] if term.head in RATIONAL else [None]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or any(max(abs(p.numerator), p.denominator) > LARGEST for p in known):
        return None
    match term.head:
        case "negative":
            return -known[0]
        case "sum":
            return sum((sign * part for sign, part in zip(term.value, known, strict=True)), Fraction(0))
        case "product":
            return math.prod(known, start=Fraction(1))
    return known[0] / known[1] if known[1] else None


OWN: Mapping[str, Callable[[Evaluation, Term], Any]] = {
    name: getattr(Evaluation, f"_{name}")
    for name in (
        "number", "constant", "name", "adjoint", "sum", "product", "matmul", "divide", "negative", "square", "power",
        "transpose", "take", "block", "filled", "derivative", "indicator",
    )
}  # fmt: skip
