"""Operands in a text: numbers, names, adjoints, functions with what belongs to them."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
from symgrad.grading.language.characters import FRACTIONS, SUPERSCRIPTS
from symgrad.grading.language.functions import FUNCTIONS, Function
from symgrad.grading.language.runs import pieces
from symgrad.grading.language.terms import Number, Term
from symgrad.grading.language.tokens import SCANNED, Scan

MOST_DIGITS = 60
LARGEST_EXPONENT = 400
OPTION = re.compile(r"\s*=\s*(?P<value>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?|None|True|False)(?=\s*[,)\]}])")
DERIVATIVE = re.compile(r"\s*/\s*\(?\s*[d∂]\w")
_RAISED = r"(?P<super>[⁺⁻]?[⁰¹²³⁴-⁹]+)|(?:\^|\*\*)[ ]{0,4}(?:(?P<power>-?[0-9]+)|\{(?P<braced>-?[0-9]+)\})"
AFTER_FUNCTION = re.compile(rf"[ ]{{0,4}}(?P<primes>['″]*)[ ]{{0,4}}(?:{_RAISED})?[ ]{{0,4}}(?=[(\[{{])")


def number(scan: Scan, match: re.Match[str]) -> None:
    """A number, exactly as it was written."""
    start, end = match.span()
    digits, _, exponent = match.group().lower().partition("e")
    if len(digits) > MOST_DIGITS:
        raise StudentError(message("too_many_digits", digits=len(digits), most=MOST_DIGITS), start, end)
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > LARGEST_EXPONENT):
        raise StudentError(message("number_far_outside"), start, end)
    scan.operand(Term("number", value=Number(Fraction(match.group()), match.group()), start=start, end=end))


def fraction(scan: Scan, match: re.Match[str]) -> None:
    """A fraction that is one character."""
    above, below = FRACTIONS[match.group()]
    start, end = match.span()
    scan.operand(Term("number", value=Number(Fraction(above, below), match.group()), start=start, end=end))


def adjoint(scan: Scan, match: re.Match[str]) -> int:
    """The adjoint of a step, as ``dL/dz2``; gives the place after it."""
    start, place = match.start(), match.end()
    run = SCANNED.match(scan.text, place)
    assert run is not None  # a letter follows
    name, adjoints = run.group(), scan.words.adjoints
    length = next((n for n in range(len(name), 0, -1) if name[:n] in adjoints), 0)
    if not length or (match.group("of") and length < len(name)):
        gradient = name in scan.words.names and name in scan.words.shapes
        steps = tuple(scan.words.steps)
        said = message("gradient_no_adjoint" if gradient else "no_step", name=name, steps=steps)
        raise StudentError(said, place, run.end())
    end = place + length
    if match.group("of"):
        closing = re.compile(r"\s*\)").match(scan.text, end)
        if closing is None:
            raise StudentError(message("not_closed", sign="("), match.start("of"), match.end("of"))
        end = closing.end()
    term = adjoints[name[:length]]
    _no_derivative(scan, (match.group() + name[:length], term), start, end)
    scan.operand(Term("adjoint", value=term.value, shape=term.shape, start=start, end=end))
    return end


def run(scan: Scan, match: re.Match[str]) -> int | None:
    """A run of letters: names beside each other, the last one a function where a bracket follows."""
    start, end = match.span()
    letters = match.group()
    option = OPTION.match(scan.text, end) if scan.open and scan.open[-1].value == "call" else None
    if option is not None and scan.found[-1].type in ("COMMA", "OPEN"):
        scan.add("OPTION", start, option.end(), (letters, option.group("value")))
        return option.end()
    after = AFTER_FUNCTION.match(scan.text, end)
    turned = _turned(scan, letters, start)
    if turned is not None:
        return turned
    try:
        found = pieces(letters, after is not None, scan.words)
    except StudentError as error:
        raise StudentError(error.found, start + (error.start or 0), start + (error.end or len(letters))) from None
    place = start
    _no_derivative(scan, found[-1], start, end)
    if len(found) > 1 and _in_exponent(scan):
        raise StudentError(message("reach_of_exponent"), start, end)
    for text, meant in found:
        if isinstance(meant, Function):
            return _function(scan, meant, text, place, after)
        scan.operand(Term(meant.head, (), meant.value, meant.shape, place, place + len(text)))
        place += len(text)
    return None


def _no_derivative(scan: Scan, last: tuple[str, Any], start: int, end: int) -> None:
    """Raises StudentError for ``dp/dz``, which would be read as a quotient of adjoints."""
    text, meant = last
    if isinstance(meant, Term) and meant.head == "adjoint" and DERIVATIVE.match(scan.text, end):
        raise StudentError(message("derivative_not_read", of=text), start, end + 2)


def _turned(scan: Scan, letters: str, start: int) -> int | None:
    """The place after the T of ``x^TAx``, where T is no name: a transpose, and what follows is beside it."""
    power = bool(scan.found) and scan.found[-1].type == "POWER" and len(scan.found) > 1
    if not power or letters[0] != "T" or letters in scan.words.names or "T" in scan.words.names or letters in FUNCTIONS:
        return None
    sign = scan.found.pop()
    scan.ended = True
    scan.add("TRANSPOSE", sign.start, start + 1)
    return start + 1


def _in_exponent(scan: Scan) -> bool:
    """Whether a power sign stands right before, up to a sign."""
    before = [token.type for token in scan.found[-2:]]
    return bool(before) and (before[-1] == "POWER" or (before[0] == "POWER" and before[-1] in ("PLUS", "MINUS")))


def _function(scan: Scan, function: Function, text: str, start: int, after: re.Match[str] | None) -> int:
    """A function's name with what belongs to it: primes, and a power as in sin²(x)."""
    scan.begin(start)
    end = start + len(text)
    primes, power = 0, None
    if after is not None:
        primes = len(after.group("primes").replace("″", "''"))
        given = after.group("super") or after.group("power") or after.group("braced")
        power = None if given is None else int("".join(SUPERSCRIPTS.get(c, c) for c in given)[:4])
        end = after.end()
    if power is not None and power < 0:
        raise StudentError(message("negative_power_of_function", function=text, power=power), start, end)
    if primes > 1:
        raise StudentError(message("second_derivative"), start, end)
    scan.add("FUNCTION", start, end, (function, text, primes, power))
    if after is None:
        bare(scan, text, start, end)
    return end


def bare(scan: Scan, text: str, start: int, end: int) -> None:
    """Raises StudentError for a function (or root) without brackets whose operand isn't plainly one name or number."""
    if re.compile(r"\s*\|(?!\|)").match(scan.text, end):  # ln|x|
        return
    rest = re.compile(r"\s*(?:[0-9.]+|(?P<run>\w+))\s*(?P<next>.?)", re.DOTALL).match(scan.text, end)
    if rest is None:
        raise StudentError(message("function_without_operand", function=text), start, end)
    if rest.group("next") and rest.group("next") not in ("+-,;)]}|<>=≤≥" if text != "√" else "+-*/@,;)]}|∘<>=≤≥"):
        raise StudentError(message("reach_of_function", function=text), start, rest.end())
    run = rest.group("run")
    if run is not None and run not in scan.words.names:
        raise StudentError(message("operand_without_parentheses", function=text), start, rest.end())


def root(scan: Scan, match: re.Match[str]) -> None:
    """A root sign."""
    start, end = match.span()
    scan.begin(start)
    scan.add("FUNCTION", start, end, (Function("sqrt"), "√", 0, None))
    if not re.compile(r"\s*[(\[{]").match(scan.text, end):
        bare(scan, "√", start, end)
