"""Signs and brackets in a text, and what each means where it stands."""

from __future__ import annotations

import re
from fractions import Fraction

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
from symgrad.grading.language.characters import SUPERSCRIPTS
from symgrad.grading.language.terms import Number, Term
from symgrad.grading.language.tokens import Scan

DEEPEST = 60
"""Brackets within brackets."""
REACH = 6_000
"""Characters that are looked through for a comma."""
INDEX = re.compile(r"\[(?=[^\]]*[0-9:])([-+0-9.:,\s]*)\]")
SIGNS = {"+": "PLUS", "-": "MINUS", "*": "TIMES", "@": "TIMES", "/": "DIVIDE", ",": "COMMA", ";": "SEMICOLON"}
CLOSING = {"(": ")", "[": "]", "{": "}"}


def space(scan: Scan, match: re.Match[str]) -> None:
    """White space; a second line that isn't within brackets is a second expression."""
    line = match.group().find("\n")
    if line >= 0 and not scan.open and scan.ended:
        rest = scan.text[match.end() :]
        if rest and rest[0] not in "+-*/@^∘.=)]}'":
            raise StudentError(message("second_line"), match.end(), match.end() + 1)


def superscript(scan: Scan, match: re.Match[str]) -> None:
    """An exponent in superscript."""
    start, end = match.span()
    if not scan.ended:
        raise StudentError(message("exponent_without_base"), start, end)
    written = "".join(SUPERSCRIPTS[c] for c in match.group())
    if len(written) > 4:
        raise StudentError(message("exponent_too_long"), start, end)
    scan.add("SUPERSCRIPT", start, end, int(written))


def transpose(scan: Scan, match: re.Match[str]) -> int | None:
    """A transpose; ``^t`` is a power where t is a name."""
    start, end = match.span()
    if not scan.ended:
        raise StudentError(message("transpose_without_matrix"), start, end)
    if match.group()[0] in "^*" and match.group().strip("^* {}()\t") in scan.words.names:  # an exponent called t
        end = start + (2 if match.group().startswith("**") else 1)
        scan.add("POWER", start, end)
        return end
    scan.add("TRANSPOSE", start, end)
    return None


def prime(scan: Scan, match: re.Match[str]) -> None:
    """A prime after a matrix or a bracket: a transpose."""
    start, end = match.span()
    last = scan.found[-1] if scan.found else None
    if len(match.group()) > 1 or match.group() == "″":
        raise StudentError(message("two_primes"), start, end)
    if not scan.ended or last is None:
        raise StudentError(message("prime_without_matrix"), start, end)
    if isinstance(last, Term):
        named = last.head in ("name", "adjoint")
        if not named or last.value not in scan.words.matrices:
            raise StudentError(message("prime_after_scalar"), start, end)
    elif last.type in ("TRANSPOSE", "SUPERSCRIPT"):
        raise StudentError(message("prime_in_a_row"), start, end)
    elif not scan.words.matrices:
        raise StudentError(message("prime_after_scalar"), start, end)
    scan.add("TRANSPOSE", start, end)


def sign(scan: Scan, match: re.Match[str]) -> None:
    """A sign, a comma or a semicolon."""
    scan.barred.discard(len(scan.open))
    scan.add(SIGNS[match.group()], *match.span())


def relation(scan: Scan, match: re.Match[str]) -> None:
    """A comparison, within brackets."""
    if not scan.open:
        raise StudentError(message("comparison_without_brackets"), *match.span())
    scan.add("RELATION", *match.span(), match.group())


def elementwise(scan: Scan, match: re.Match[str]) -> None:
    """A product entry by entry."""
    scan.add("ELEMENTWISE", *match.span())


def divided(scan: Scan, match: re.Match[str]) -> None:
    """A quotient entry by entry."""
    scan.add("DIVIDE", *match.span())


def power(scan: Scan, match: re.Match[str]) -> None:
    """A power."""
    scan.add("POWER", *match.span())


def elementwise_power(scan: Scan, match: re.Match[str]) -> None:
    """A power of each entry."""
    scan.add("ELEMENTWISE_POWER", *match.span())


def elementwise_superscript(scan: Scan, match: re.Match[str]) -> int:
    """A power of each entry, its exponent in superscript; gives the place after it."""
    start = match.start()
    exponent = re.compile("[⁰¹²³⁴-⁹]+").match(scan.text, match.end())
    assert exponent is not None  # it was looked at
    end = exponent.end()
    number = Number(Fraction("".join(SUPERSCRIPTS[c] for c in exponent.group()[:4])))
    scan.add("ELEMENTWISE_POWER", start, match.end())
    scan.operand(Term("number", value=number, start=match.end(), end=end))
    return end


def opening(scan: Scan, match: re.Match[str]) -> int | None:
    """An opening bracket: of a group, a list, a call, or an index."""
    start, end = match.span()
    calls = bool(scan.found) and scan.found[-1].type == "FUNCTION"
    if scan.ended and match.group() == "[":
        index = INDEX.match(scan.text, start)
        if index is not None:
            scan.add("INDEX", start, index.end(), index.group(1))
            return index.end()
        if scan.found[-1].type == "OPERAND" and not scan.found[-1].is_scalar and _lists(scan, end):
            raise StudentError(message("index_not_whole"), start, end)
    if len(scan.open) >= DEEPEST:
        raise StudentError(message("too_many_brackets", most=DEEPEST), start, end)
    if not calls:
        scan.begin(start)
    bracket = match.group()
    scan.add("OPEN" if calls or bracket == "(" else "LIST_OPEN", start, end, "call" if calls else "group")
    scan.open.append(scan.found[-1])
    return None


def _lists(scan: Scan, place: int) -> bool:
    """Whether a comma stands in the bracket that begins before a place."""
    depth = 0
    for character in scan.text[place : place + REACH]:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        if depth < 0 or (character == "," and depth == 0):
            return character == ","
    return False


def closing(scan: Scan, match: re.Match[str]) -> None:
    """A closing bracket, which has to be of the kind that is open."""
    start, end = match.span()
    if not scan.open:
        raise StudentError(message("closes_nothing", sign=match.group()), start, end)
    before = scan.open.pop()
    if before.value == "bar":
        raise StudentError(message("not_closed", sign="|"), before.start, before.end)
    if CLOSING[before.text] != match.group():
        raise StudentError(message("closed_by_another", opened=before.text, closed=match.group()), start, end)
    scan.barred.discard(len(scan.open) + 1)
    scan.add("CLOSE", start, end, match.group())


def bar(scan: Scan, match: re.Match[str]) -> None:
    """A bar, which closes where one is open and an operand has ended."""
    start, end = match.span()
    if scan.open and scan.open[-1].value == "bar" and scan.ended:
        scan.open.pop()
        scan.add("BAR_CLOSE", start, end)
        scan.barred.add(len(scan.open))
        return
    if scan.ended and len(scan.open) in scan.barred:
        raise StudentError(message("bars_in_two_ways"), start, end)
    if len(scan.open) >= DEEPEST:
        raise StudentError(message("too_many_brackets", most=DEEPEST), start, end)
    scan.begin(start)
    scan.add("BAR_OPEN", start, end, "bar")
    scan.open.append(scan.found[-1])


def norm(scan: Scan, match: re.Match[str]) -> None:
    """Double bars, which aren't read."""
    raise StudentError(message("double_bars"), *match.span())


def attribute(scan: Scan, match: re.Match[str]) -> int | None:
    """A dot and a word, as in code."""
    word = scan.original[match.start() : match.end()]
    if word.startswith(".T") and scan.ended:  # as in A.Tx
        scan.add("TRANSPOSE", match.start(), match.start() + 2)
        return match.start() + 2
    raise StudentError(message("attribute_not_read", word=word[:24]), *match.span())


def other(scan: Scan, match: re.Match[str]) -> None:
    """Any other character."""
    character = scan.original[match.start() : match.end()]
    if character == "=" and scan.open and scan.open[-1].value == "group":
        scan.add("RELATION", *match.span(), "==")
        return
    if character == "=":
        raise StudentError(message("equals_not_read"), *match.span())
    if character in '"“”„«»`':
        raise StudentError(message("quotation_marks"), *match.span())
    if character == "∂":
        raise StudentError(message("partial_not_read"), *match.span())
    if character == ".":
        raise StudentError(message("dot_not_read"), *match.span())
    raise StudentError(message("character_not_read", character=character), *match.span())
