"""Equations as a person writes them: ``dz2 = dy2 ∘ y2 ∘ (1 − y2)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from symgrad.derivation.notation.writer import ATOM, POWER, PRODUCT, SUM, Writer, Written
from symgrad.operations.shapes import Shape
from symgrad.operations.signs import Sign
from symgrad.operations.table import TABLE

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SIGNS = {name: row.sign for name, row in TABLE.own.items() if row.sign}


def written(
    expression: Any,
    shapes: Mapping[sympy.Symbol, Shape] | None = None,
    texts: Mapping[sympy.Symbol, Written] | None = None,
    place: int = SUM,
) -> str:
    """An expression over symbols that stand for arrays; products of matrices, entry by entry, are written with ∘.

    `texts` say what stands for a symbol and how tightly that binds, `place` how tightly the whole has to.
    """
    text, binding = phrase(expression, shapes or {}, texts or {})
    return text if binding >= place else f"({text})"


def phrase(expression: Any, shapes: Mapping[sympy.Symbol, Shape], texts: Mapping[sympy.Symbol, Written]) -> Written:
    """An expression as text, and how tightly it binds."""
    writer = TextWriter(shapes)
    writer.texts.update(texts)
    return writer.bound(expression)


class TextWriter(Writer):
    """Plain text, with the signs that Unicode has."""

    minus = "−"
    elementwise = " ∘ "
    matmul = " "
    transposed = "ᵀ"
    inverted = "⁻¹"
    conjunction = " and "
    disjunction = " or "
    negation = "not "

    def sign(self, sign: Sign) -> str:
        return sign.text

    def bracketed(self, text: str) -> str:
        return f"({text})"

    def name(self, name: str) -> str:
        return name

    def other(self, text: str) -> str:
        return text

    def number(self, value: sympy.Rational) -> Written:
        """A rational number; one that is a double with a long fraction is written as that double."""
        long = value.q > 1000 and sympy.Rational(float(value)) == value
        text = repr(float(value)) if long else str(value)
        return text.replace("-", "−"), ATOM if value.is_Integer and value >= 0 else PRODUCT if value >= 0 else SUM

    def joined(self, factors: Sequence[str]) -> str:
        return " ".join(factors)

    def quotient(self, lead: list[str], above: list[Any], below: list[Any]) -> Written:
        divisor = self.write(below[0], POWER) if len(below) == 1 else f"({self.factors([], below)})"
        return f"{self.factors(lead, above) or '1'}/{divisor}", PRODUCT

    def raised(self, base: Any, exponent: Any) -> Written:
        if exponent.is_Integer and exponent > 0:
            return self.write(base, ATOM) + str(exponent).translate(SUPERSCRIPTS), POWER
        return f"{self.write(base, ATOM)}^{self.write(exponent, ATOM)}", POWER

    def reciprocal(self, divisor: Any) -> Written:
        return f"1/{self.write(divisor, POWER)}", PRODUCT

    def root(self, radicand: Any) -> Written:
        return f"√{self.write(radicand, ATOM)}", POWER

    def magnitude(self, operand: Any) -> str:
        return f"|{self.write(operand, SUM)}|"

    def called(self, name: str, operands: Sequence[str], options: Mapping[str, Any], axis: int | None) -> Written:
        sign = SIGNS.get(name, name) + ("" if axis is None else "₀₁"[axis])
        chosen = [
            f"{key}={self.number(value)[0] if isinstance(value, sympy.Rational) else value}" for key, value in options.items()
        ]
        return f"{sign}({', '.join([*operands, *chosen])})", ATOM

    def part(self, operand: Any, rows: tuple[int, int], columns: tuple[int, int]) -> str:
        return f"{self.write(operand, ATOM)}[{_range(rows)}, {_range(columns)}]"

    def placed(self, operand: Any, rows: tuple[int, int], columns: tuple[int, int], shape: Shape) -> str:
        return f"embed({self.write(operand, SUM)} at [{_range(rows)}, {_range(columns)}] of {shape[0]}×{shape[1]})"

    def repeated(self, operand: Any, shape: Shape) -> str:
        return f"broadcast({self.write(operand, SUM)}, {shape[0]}×{shape[1]})"

    def matrix(self, lines: list[list[str]]) -> str:
        joined = [", ".join(line) for line in lines]
        return f"[{', '.join(f'[{line}]' for line in joined)}]"

    def indicator(self, condition: Any) -> str:
        return f"[{self.write(condition, SUM)}]"

    def cases(self, branches: list[tuple[Any, Any]], otherwise: Any) -> Written:
        told = [f"{self.write(value, SUM)} if {self.write(condition, SUM)}" for value, condition in branches]
        return f"{{{', '.join(told)}, else {self.write(otherwise, SUM)}}}", ATOM


def _range(ends: tuple[int, int]) -> str:
    """Rows or columns from and to, as Python writes them; a single one by its number."""
    first, end = ends
    return str(first) if end == first + 1 else f"{first}:{end}"
