"""Calls of functions: operands and options become a term, with the shapes that the rows of the table ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgrad.basics.errors import StudentError, SymgradError
from symgrad.basics.messages import message, verbatim
from symgrad.grading.language import algebra
from symgrad.grading.language.functions import Function
from symgrad.grading.language.terms import Number, Term
from symgrad.operations.row import Composition, Elementwise
from symgrad.operations.shapes import SCALAR
from symgrad.operations.table import TABLE

LARGEST = 100_000
"""Entries of a matrix that an answer may fill."""
RECIPROCALS = {"sech": "cosh", "csch": "sinh", "sec": "cos", "csc": "sin", "cot": "tan", "coth": "tanh"}
PAIRS: Mapping[str, Callable[[Term, Term], Term]] = {
    "dot": lambda a, b: _row("total", [algebra.hadamard(a, b)], (None,), SCALAR),
    "outer": lambda a, b: algebra.multiply(a, algebra.transpose(b, b.end)),
    "matmul": algebra.multiply,
    "hadamard": algebra.hadamard,
    "divide": algebra.divide,
    "power": algebra.power,
    "subtract": lambda a, b: algebra.add((a, b), (1, -1)),
}
TOTALS = ("total", "mean")


def call(function: Any, arguments: Sequence[Any], end: int) -> Term:
    """A function's token with its arguments, as a term."""
    meant, text, primes, power = function.value
    operands = [a for a in arguments if isinstance(a, Term)]
    options = dict(a.value for a in arguments if not isinstance(a, Term))
    if meant.axis is not None:
        options.setdefault("axis", str(meant.axis))
    if [isinstance(a, Term) for a in arguments] != [True] * len(operands) + [False] * (len(arguments) - len(operands)):
        raise StudentError(message("operands_before_options", function=text), function.start, end)
    try:
        term = _derivative(meant, text, operands, options) if primes else _called(meant, text, operands, options)
    except StudentError as error:
        if error.start is None or (error.start, error.end) == (0, 0):
            raise StudentError(error.found, function.start, end) from None
        raise
    term = Term(term.head, term.operands, term.value, term.shape, function.start, end)
    if power is not None:
        exponent = Term("number", value=Number(Fraction(power)), start=end, end=end)
        term = algebra.elementwise_power(term, exponent)
    return Term(term.head, term.operands, term.value, term.shape, function.start, end)


def _called(meant: Function, text: str, operands: list[Term], options: dict[str, str]) -> Term:
    name = meant.name
    if name in RECIPROCALS:
        _count(text, operands, 1)
        inner = _row(RECIPROCALS[name], operands, (), operands[0].shape)
        return Term("divide", (_one(), inner), None, inner.shape)
    if name in ("ones", "zeros", "eye"):
        return _made(name, text, operands, options)
    if name in ("maximum", "minimum") and len(operands) == 1:
        name = TABLE[name].of_one
    if name in PAIRS:
        _count(text, operands, 2)
        _none(text, options)
        return PAIRS[name](*operands)
    if name == "square":
        _count(text, operands, 1)
        return Term("square", (operands[0],), (), operands[0].shape)
    if name == "softmin":
        return _called(Function("softmax"), text, [algebra.negative(o, o.start) for o in operands], options)
    return _of_row(name, text, operands, options)


def _of_row(name: str, text: str, operands: list[Term], options: dict[str, str]) -> Term:
    """A row of the table over operands, with the options that it has."""
    row = TABLE[name]
    assert not isinstance(row, Composition)  # functions names none
    _count(text, operands, row.operands or 1)
    values = _options(row.options, text, options)
    if isinstance(row, Elementwise):
        return _row(name, operands, values, algebra.common(operands, "call"))
    if name == "transpose":
        return algebra.transpose(operands[0], operands[0].end)
    if name in TOTALS and operands[0].is_scalar:
        return operands[0]
    try:
        shape = row.shape([o.shape for o in operands], *values)
    except ValueError as error:
        found = error.found if isinstance(error, SymgradError) else verbatim(str(error))
        raise StudentError(message("call_refused", function=text, found=found)) from None
    return _row(name, operands, values, shape)


def _derivative(meant: Function, text: str, operands: list[Term], options: dict[str, str]) -> Term:
    """The derivative of a function of one operand, entry by entry."""
    row = TABLE.get(meant.name)
    if not isinstance(row, Elementwise) or row.operands != 1 or row.build is not None:
        raise StudentError(message("prime_of_several_operands", function=text))
    _count(text, operands, 1)
    values = _options(row.options, text, options)
    if None in values:
        raise StudentError(message("prime_not_read", function=text))
    return Term("derivative", (operands[0],), (meant.name, values), operands[0].shape)


def _options(known: Any, text: str, given: dict[str, str]) -> tuple[Any, ...]:
    """The options of a row in order, with what was given in place of the defaults."""
    _none(text, {name: value for name, value in given.items() if name not in known}, known)
    return tuple(_value(given[name], text) if name in given else default for name, default in known.items())


def _none(text: str, options: dict[str, str], known: Any = ()) -> None:
    for name in options:
        raise StudentError(message("no_option", function=text, option=name, known=tuple(known)))


def _value(written: str, text: str) -> Any:
    if written in ("None", "True", "False"):
        return {"None": None, "True": True, "False": False}[written]
    try:
        number = Fraction(written)
    except (ValueError, ZeroDivisionError):
        raise StudentError(message("option_no_number", function=text, written=written)) from None
    if abs(number) > LARGEST or len(written) > 20:
        raise StudentError(message("option_out_of_range", function=text, written=written[:20]))
    return int(number) if number.denominator == 1 else float(number)


def _made(name: str, text: str, operands: list[Term], options: dict[str, str]) -> Term:
    """ones(r, c), zeros(r, c), eye(n)."""
    _none(text, options)
    sizes = []
    for operand in operands:
        if operand.head != "number" or operand.value.value.denominator != 1 or not 1 <= operand.value.value <= LARGEST:
            raise StudentError(message("whole_numbers_wanted", function=text), operand.start, operand.end)
        sizes.append(int(operand.value.value))
    if len(sizes) not in ((1,) if name == "eye" else (1, 2)):
        raise StudentError(message("sizes_wanted", function=text, square=name == "eye", found=len(sizes)))
    rows, columns = (sizes[0], sizes[0]) if name == "eye" else (sizes[0], sizes[1] if len(sizes) == 2 else 1)
    if rows * columns > LARGEST:
        raise StudentError(message("too_many_entries", shape=(rows, columns), most=LARGEST))
    if name == "eye" and rows > 1:
        return Term("identity", (), (rows,), (rows, rows))
    return algebra.filled(0 if name == "zeros" else 1, (rows, columns), 0, 0)


def _count(text: str, operands: list[Term], wanted: int) -> None:
    if len(operands) != wanted:
        raise StudentError(message("operands_wanted", function=text, wanted=wanted, found=len(operands)))


def _row(name: str, operands: Sequence[Term], options: tuple[Any, ...], shape: tuple[int, int]) -> Term:
    return Term(name, tuple(operands), options, shape)


def _one() -> Term:
    return Term("number", value=Number(Fraction(1)))
