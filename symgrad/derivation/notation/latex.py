r"""Equations as LaTeX, for MathJax and KaTeX: the adjoint of a step z is written ``\frac{\partial L}{\partial z}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from symgrad.derivation.notation.letters import escaped, latex_name
from symgrad.derivation.notation.writer import ATOM, POWER, PRODUCT, SUM, Writer, Written
from symgrad.graphs.shapes import array_shape
from symgrad.operations.shapes import Shape
from symgrad.operations.signs import Sign, latex_operation


def written(symbol: sympy.Symbol, expression: Any) -> str:
    """One equation, over symbols by their names; what is a matrix it doesn't know."""
    writer = LatexWriter({})
    return f"{writer.write(symbol, SUM)} = {writer.write(expression, SUM)}"


class LatexWriter(Writer):
    """LaTeX without packages beyond AMS."""

    minus = "-"
    elementwise = r" \circ "
    matmul = r" \, "
    transposed = r"^{\top}"
    inverted = "^{-1}"
    conjunction = r" \land "
    disjunction = r" \lor "
    negation = r"\lnot "

    def sign(self, sign: Sign) -> str:
        return sign.latex

    def bracketed(self, text: str) -> str:
        return rf"\left({text}\right)"

    def name(self, name: str) -> str:
        return latex_name(name)

    def other(self, text: str) -> str:
        return rf"\text{{{escaped(text)}}}"

    def first(self, term: Any) -> str:
        text = self.write(term, SUM)
        return self.bracketed(text) if text.endswith(r"\end{cases}") else text  # what follows would stand in their middle line

    def number(self, value: sympy.Rational) -> Written:
        """A rational number; one that is a double with a long fraction is written as that double."""
        if value < 0:
            return f"-{self.number(-value)[0]}", SUM
        if value.is_Integer:
            return str(value), ATOM
        if value.q > 1000 and sympy.Rational(float(value)) == value:
            digits, _, exponent = repr(float(value)).partition("e")
            return (rf"{digits} \cdot 10^{{{int(exponent)}}}", PRODUCT) if exponent else (digits, ATOM)
        return rf"\frac{{{value.p}}}{{{value.q}}}", POWER

    def joined(self, factors: Sequence[str]) -> str:
        return "".join(f if k == 0 else rf" \cdot {f}" if f[0].isdigit() else rf" \, {f}" for k, f in enumerate(factors))

    def quotient(self, lead: list[str], above: list[Any], below: list[Any]) -> Written:
        alone = not lead and len(above) == 1
        if len(below) == 1 and below[0].is_Integer and not (alone and isinstance(above[0], sympy.Add)):
            return self.factors([rf"\frac{{{lead[0] if lead else 1}}}{{{below[0]}}}"], above), PRODUCT
        dividend = self.write(above[0], SUM) if alone else self.factors(lead, above) or "1"
        divisor = self.write(below[0], SUM) if len(below) == 1 else self.factors([], below)
        return rf"\frac{{{dividend}}}{{{divisor}}}", POWER

    def raised(self, base: Any, exponent: Any) -> Written:
        rows, columns = array_shape(base, self.shapes) if self.shapes else (1, 1)
        entrywise = r"\circ " if rows == columns > 1 else ""  # of a square matrix it could be taken for a product
        return f"{self.write(base, ATOM)}^{{{entrywise}{self.write(exponent, SUM)}}}", POWER

    def reciprocal(self, divisor: Any) -> Written:
        return rf"\frac{{1}}{{{self.write(divisor, SUM)}}}", POWER

    def root(self, radicand: Any) -> Written:
        return rf"\sqrt{{{self.write(radicand, SUM)}}}", ATOM

    def magnitude(self, operand: Any) -> str:
        return rf"\left|{self.write(operand, SUM)}\right|"

    def called(self, name: str, operands: Sequence[str], options: Mapping[str, Any], axis: int | None) -> Written:
        sign = latex_operation(name) + ("" if axis is None else rf"_{{\text{{axis }} {axis}}}")
        shown = [f"{latex_name(key)} = {self._option(value)}" for key, value in options.items()]
        return rf"{sign}\left({', '.join([*operands, *shown])}\right)", POWER if name == "total" else ATOM

    def _option(self, value: Any) -> str:
        return (
            self.write(sympy.sympify(value, strict=True), SUM)
            if isinstance(value, (int, sympy.Expr))
            else self.other(str(value))
        )

    def part(self, operand: Any, rows: tuple[int, int], columns: tuple[int, int]) -> str:
        return self.write(operand, ATOM) + _range(rows, columns)

    def placed(self, operand: Any, rows: tuple[int, int], columns: tuple[int, int], shape: Shape) -> str:
        place = rf"{_range(rows, columns)} \text{{ of }} {shape[0]} \times {shape[1]}"
        return rf"\operatorname{{embed}}\left({self.write(operand, SUM)} \text{{ at }} {place}\right)"

    def repeated(self, operand: Any, shape: Shape) -> str:
        return rf"\operatorname{{broadcast}}\left({self.write(operand, SUM)}, {shape[0]} \times {shape[1]}\right)"

    def matrix(self, lines: list[list[str]]) -> str:
        body = r" \\ ".join(" & ".join(line) for line in lines)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def indicator(self, condition: Any) -> str:
        return rf"\left[{self.write(condition, SUM)}\right]"

    def cases(self, branches: list[tuple[Any, Any]], otherwise: Any) -> Written:
        told = [rf"{self.write(value, SUM)} & \text{{if }} {self.write(condition, SUM)}" for value, condition in branches]
        lines = r" \\ ".join([*told, rf"{self.write(otherwise, SUM)} & \text{{otherwise}}"])
        return rf"\begin{{cases}} {lines} \end{{cases}}", SUM


def _range(rows: tuple[int, int], columns: tuple[int, int]) -> str:
    """Rows and columns from and to, counted from 0 as Python writes them; a single one by its number."""
    shown = [str(first) if end == first + 1 else f"{first}{{:}}{end}" for first, end in (rows, columns)]
    return rf"\left[{', '.join(shown)}\right]"
