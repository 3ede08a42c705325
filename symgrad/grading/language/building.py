"""The transformer: what the grammar finds becomes terms, with shapes checked and double readings asked back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lark import Transformer

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.language import algebra, calls
from symgrad.grading.language.terms import Number, Term
from symgrad.grading.language.writing import as_text
from symgrad.operations import signs

MOST_FACTORS = 250
HIGHEST_TOWER = 12
"""Powers of powers of powers."""
LONGEST_SHOWN = 24
TIGHT = ("number", "constant", "name", "adjoint", "transpose", "take", "square", "sigmoid", "tanh", "exp", "log", "derivative")
RELATIONS = {sign.text: relation for relation, sign in signs.RELATIONS.items()}


def spanned(term: Term, start: int, end: int) -> Term:
    """A term that takes up more of the text, its brackets say."""
    return Term(term.head, term.operands, term.value, term.shape, start, end)


class Builder(Transformer[Any, Any]):
    """One method a rule of the grammar; tokens of type OPERAND are terms already."""

    def total(self, parts: list[Any]) -> Term:
        terms = parts[::2]
        signs = (1, *(1 if sign.type == "PLUS" else -1 for sign in parts[1::2]))
        return algebra.add(terms, signs)

    def chain(self, parts: list[Any]) -> Term:
        if len(parts) > 2 * MOST_FACTORS:
            raise StudentError(message("too_many_factors", most=MOST_FACTORS), parts[0].start, parts[-1].end)
        self._asked_back(parts)
        result: Term = parts[0]
        for sign, factor in zip(parts[1::2], parts[2::2], strict=True):
            if sign.type == "DIVIDE":
                result = algebra.divide(result, factor)
            elif sign.type == "ELEMENTWISE":
                result = algebra.hadamard(result, factor)
            else:
                result = algebra.multiply(result, factor)
        return result

    def _asked_back(self, parts: list[Any]) -> None:
        """Raises StudentError for a chain that people read in two ways."""
        kinds = [sign.type for sign in parts[1::2]]
        for k, kind in enumerate(kinds):
            following = kinds[k + 1] if k + 1 < len(kinds) else ""
            before, factor = parts[2 * k], parts[2 * k + 2]
            if kind == "DIVIDE" and following == "BESIDE":
                after = parts[2 * k + 4]
                a, b, c = (_shown(part) for part in (before, factor, after))
                said = message("two_readings", first=f"({a}/{b})*{c}", second=f"{a}/({b}*{c})")
                raise StudentError(said, before.start, after.end)
            if kind == "BESIDE" and _exponential(before) and before.end == factor.start and factor.head in ("name", "adjoint"):
                raise StudentError(message("reach_of_exponent"), before.start, factor.end)
        if "ELEMENTWISE" in kinds and len(kinds) > 1:
            for k, kind in enumerate(kinds):
                right = parts[2 * k + 2]
                product = kind in ("TIMES", "BESIDE") and not right.is_scalar
                if product and not all(factor.is_scalar for factor in parts[: 2 * k + 1 : 2]):
                    raise StudentError(_both_ways(parts, k), parts[0].start, parts[-1].end)

    def negative(self, parts: list[Any]) -> Term:
        return algebra.negative(parts[1], parts[0].start)

    def plain(self, parts: list[Any]) -> Term:
        term: Term = parts[1]
        return term

    def power(self, parts: list[Any]) -> Term:
        base, _, exponent = parts
        if _tower(exponent) >= HIGHEST_TOWER:
            raise StudentError(message("tower_too_high", most=HIGHEST_TOWER), base.start, exponent.end)
        return algebra.power(base, exponent)

    def elementwise_power(self, parts: list[Any]) -> Term:
        base, _, exponent = parts
        return algebra.elementwise_power(base, exponent)

    def superscript(self, parts: list[Any]) -> Term:
        base, sign = parts
        exponent = Term("number", value=Number(Fraction(abs(sign.value))), start=sign.start, end=sign.end)
        return algebra.power(base, algebra.negative(exponent, sign.start) if sign.value < 0 else exponent)

    def transpose(self, parts: list[Any]) -> Term:
        base, sign = parts
        if base.head == "number":
            raise StudentError(message("transpose_after_number"), sign.start, sign.end)
        return algebra.transpose(base, sign.end)

    def entry(self, parts: list[Any]) -> Term:
        base, index = parts
        return algebra.entry(base, index.value, index.start, index.end)

    def group(self, parts: list[Any]) -> Term:
        return spanned(parts[1], parts[0].start, parts[2].end)

    def size(self, parts: list[Any]) -> Term:
        start, inner, end = parts[0].start, parts[1], parts[2].end
        if not inner.is_scalar:
            raise StudentError(message("bars_around_matrix"), start, end)
        return Term("abs", (inner,), (), inner.shape, start, end)

    def row(self, parts: list[Any]) -> list[Term]:
        return parts[::2]

    def listed(self, parts: list[Any]) -> Term:
        return algebra.matrix(parts[1:-1:2], parts[0].start, parts[-1].end)

    def indicator(self, parts: list[Any]) -> Term:
        left, relation, right = parts
        return algebra.indicator(left, RELATIONS.get(relation.value, relation.value), right)

    def call(self, parts: list[Any]) -> Term:
        return calls.call(parts[0], parts[2:-1:2], parts[-1].end)

    def bare_size(self, parts: list[Any]) -> Term:
        return calls.call(parts[0], [self.size(parts[1:])], parts[-1].end)

    def bare(self, parts: list[Any]) -> Term:
        return calls.call(parts[0], [parts[1]], parts[1].end)


def _both_ways(parts: list[Any], k: int) -> Message:
    """Both readings of a product of matrices beside one entry by entry."""
    after = k + 1 < len(parts) // 2
    chosen = parts[2 * k : 2 * k + 5 : 2] if after else parts[2 * k - 2 : 2 * k + 3 : 2]
    a, b, c = (_shown(part) for part in chosen)
    first, second = (f"({a} {b}) ∘ {c}", f"{a} ({b} ∘ {c})") if after else (f"({a} ∘ {b}) {c}", f"{a} ∘ ({b} {c})")
    return message("entrywise_beside_product", first=first, second=second)


def _shown(term: Term) -> str:
    """A factor as a message repeats it."""
    text = as_text(term)
    tight = term.head in TIGHT or (text.startswith(("(", "[")) and text.endswith((")", "]")))
    return "…" if len(text) > LONGEST_SHOWN else text if tight else f"({text})"


def _exponential(term: Term) -> bool:
    """Whether a term is a power of e, written without parentheses around it."""
    return term.head in ("power", "square") and term.operands[0].head == "constant" and term.start == term.operands[0].start


def _tower(exponent: Term) -> int:
    height = 0
    while exponent.head in ("power", "negative"):
        height += exponent.head == "power"
        exponent = exponent.operands[-1]
    return height
