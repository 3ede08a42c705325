"""Terms as text and as LaTeX, with every product, transpose and bracket where it was read: what a student meant, to be checked.

The text can be read again, and gives the same term.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from symgrad.derivation.notation.letters import latex_name
from symgrad.grading.language.characters import FRACTIONS
from symgrad.grading.language.terms import Term
from symgrad.operations.signs import RELATIONS, latex_operation
from symgrad.operations.table import TABLE

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)
"""How tightly a term binds; what binds less tightly than its place asks for gets parentheses."""
FRACTION_SIGNS = {value: sign for sign, value in FRACTIONS.items()}
Written = tuple[str, int]
TEXT_SIGNS = {"sigmoid": "σ", "total": "sum", "log": "ln", "determinant": "det", "trace": "tr", "inverse": "inv"}


@dataclass(frozen=True)
class Signs:
    """What a notation writes for what can't be written the same in both."""

    times: str
    elementwise: str
    matmul: str
    minus: str
    transposed: str
    constants: Mapping[str, str]


PLAIN = Signs("·", " ∘ ", " ", "−", "ᵀ", {"pi": "π", "e": "e"})
LATEX = Signs(r" \, ", r" \circ ", " ", "-", r"^\top", {"pi": r"\pi", "e": "e"})


def as_text(term: Term) -> str:
    """A term as plain text.

    >>> from symgrad.grading.language.grammar import read_text
    >>> from symgrad.grading.language.vocabulary import Vocabulary
    >>> as_text(read_text("2x(wx-y)^2", Vocabulary({"w": (1, 1), "x": (1, 1), "y": (1, 1)}, {})))
    '2·x·(w·x − y)^2'
    """
    return _Writer(PLAIN, latex=False).write(term, SUM)


def as_latex(term: Term) -> str:
    r"""A term as LaTeX, for a formula.

    >>> from symgrad.grading.language.grammar import read_text
    >>> from symgrad.grading.language.vocabulary import Vocabulary
    >>> as_latex(read_text("x/2", Vocabulary({"x": (1, 1)}, {})))
    '\\frac{x}{2}'
    """
    return _Writer(LATEX, latex=True).write(term, SUM)


@dataclass(frozen=True)
class _Writer:
    signs: Signs
    latex: bool

    def write(self, term: Term, place: int) -> str:
        text, binding = self.bound(term)
        if binding >= place:
            return text
        return rf"\left({text}\right)" if self.latex else f"({text})"

    def bound(self, term: Term) -> Written:
        """A term as text, and how tightly it binds."""
        own = OWN.get(term.head)
        return self._call(term) if own is None else own(self, term)

    def _number(self, term: Term) -> Written:
        value: Fraction = term.value.value
        if "." in term.value.written or "e" in term.value.written.lower():
            return term.value.written, ATOM
        if value.denominator == 1:
            return str(value.numerator), ATOM
        if self.latex:
            return rf"\frac{{{value.numerator}}}{{{value.denominator}}}", ATOM
        sign = FRACTION_SIGNS.get((value.numerator, value.denominator))
        return (sign, ATOM) if sign else (f"{value.numerator}/{value.denominator}", PRODUCT)

    def _constant(self, term: Term) -> Written:
        return self.signs.constants[term.value], ATOM

    def _name(self, term: Term) -> Written:
        return self._called(term.value), ATOM

    def _adjoint(self, term: Term) -> Written:
        if self.latex:
            return rf"\frac{{\partial L}}{{\partial {self._called(term.value)}}}", ATOM
        return f"dL/d{term.value}", ATOM

    def _called(self, name: str) -> str:
        return latex_name(name) if self.latex else name

    def _sum(self, term: Term) -> Written:
        text = self.write(term.operands[0], SUM + 1)
        for operand, sign in zip(term.operands[1:], term.value[1:], strict=True):
            text += f" {'+' if sign > 0 else self.signs.minus} {self.write(operand, PRODUCT)}"
        return text, SUM

    def _product(self, term: Term) -> Written:
        plain = term.operands[0].is_scalar and term.operands[0].head != "divide"
        text = self.write(term.operands[0], PRODUCT if plain else UNARY + 1)
        before = term.operands[0].is_scalar
        for operand in term.operands[1:]:
            sign = self.signs.times if before or operand.is_scalar else self.signs.elementwise
            text += sign + self.write(operand, UNARY + 1)
            before = before and operand.is_scalar
        return text, PRODUCT

    def _matmul(self, term: Term) -> Written:
        left, right = term.operands
        first = self.write(left, PRODUCT if left.head == "matmul" else UNARY + 1)
        return first + self.signs.matmul + self.write(right, UNARY + 1), PRODUCT

    def _divide(self, term: Term) -> Written:
        above, below = term.operands
        if self.latex:
            return rf"\frac{{{self.write(above, SUM)}}}{{{self.write(below, SUM)}}}", ATOM
        texts = [f"({self.write(o, SUM)})" if o.head == "adjoint" else self.write(o, POWER) for o in (above, below)]
        return "/".join(texts), PRODUCT

    def _negative(self, term: Term) -> Written:
        return f"{self.signs.minus}{self.write(term.operands[0], POWER)}", UNARY

    def _square(self, term: Term) -> Written:
        (base,) = term.operands
        return self._powered(base, "2")

    def _power(self, term: Term) -> Written:
        base, exponent = term.operands
        return self._powered(base, self.write(exponent, SUM if self.latex else ATOM))

    def _powered(self, base: Term, exponent: str) -> Written:
        rows, columns = base.shape
        sign = "^" if not rows == columns > 1 else r"^{\circ " if self.latex else "∘^"
        if self.latex:
            return f"{self.write(base, ATOM)}{sign}{'' if rows == columns > 1 else '{'}{exponent}}}", POWER
        return f"{self.write(base, ATOM)}{sign}{exponent}", POWER

    def _transpose(self, term: Term) -> Written:
        return self.write(term.operands[0], ATOM) + self.signs.transposed, POWER

    def _inverse(self, term: Term) -> Written:
        return f"{self.write(term.operands[0], ATOM)}^{{-1}}" if self.latex else f"inv({self.write(term.operands[0], SUM)})", (
            POWER if self.latex else ATOM
        )

    def _take(self, term: Term) -> Written:
        top, _, left, _ = term.value
        index = f"{top + 1},{left + 1}"
        base = self.write(term.operands[0], ATOM)
        return (rf"{{{base}}}_{{{index}}}" if self.latex else f"{base}[{index}]"), ATOM

    def _block(self, term: Term) -> Written:
        rows, columns = term.value
        cells = [self.write(o, SUM) for o in term.operands]
        lines = [cells[i * columns : (i + 1) * columns] for i in range(rows)]
        if self.latex:
            body = r" \\ ".join(" & ".join(line) for line in lines)
            return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", ATOM
        return f"[{', '.join('[' + ', '.join(line) + ']' for line in lines)}]", ATOM

    def _abs(self, term: Term) -> Written:
        inner = self.write(term.operands[0], SUM)
        return (rf"\left|{inner}\right|" if self.latex else f"abs({inner})"), ATOM

    def _sqrt(self, term: Term) -> Written:
        inner = self.write(term.operands[0], SUM)
        return (rf"\sqrt{{{inner}}}" if self.latex else f"√({inner})"), ATOM

    def _filled(self, term: Term) -> Written:
        rows, columns = term.shape
        name = "ones" if term.value else "zeros"
        return (rf"\mathbf{{{term.value}}}_{{{rows} \times {columns}}}" if self.latex else f"{name}({rows}, {columns})"), ATOM

    def _identity(self, term: Term) -> Written:
        return (rf"I_{{{term.shape[0]}}}" if self.latex else f"eye({term.shape[0]})"), ATOM

    def _indicator(self, term: Term) -> Written:
        left, right = (self.write(o, SUM) for o in term.operands)
        relation = RELATIONS[term.value].latex if self.latex else term.value
        return (rf"\left[{left} {relation} {right}\right]" if self.latex else f"[{left} {relation} {right}]"), ATOM

    def _derivative(self, term: Term) -> Written:
        name, _ = term.value
        return self._applied(self._sign(name) + "'", term, ())

    def _call(self, term: Term) -> Written:
        defaults = tuple(getattr(TABLE[term.head], "options", {}).items())
        shown = [
            f"{name}={value}" for (name, default), value in zip(defaults, term.value or (), strict=False) if value != default
        ]
        return self._applied(self._sign(term.head), term, shown)

    def _applied(self, sign: str, term: Term, shown: list[str] | tuple[str, ...]) -> Written:
        inner = ", ".join([*(self.write(o, SUM) for o in term.operands), *shown])
        return (rf"{sign}\left({inner}\right)" if self.latex else f"{sign}({inner})"), ATOM

    def _sign(self, name: str) -> str:
        return latex_operation(name) if self.latex else TEXT_SIGNS.get(name, name)


OWN: Mapping[str, Callable[[_Writer, Term], Written]] = {
    name: getattr(_Writer, f"_{name}")
    for name in (
        "number", "constant", "name", "adjoint", "sum", "product", "matmul", "divide", "negative", "square", "power",
        "transpose", "inverse", "take", "block", "abs", "sqrt", "filled", "identity", "indicator", "derivative",
    )
}  # fmt: skip
"""Heads that are written in their own way; every other one is a call."""
