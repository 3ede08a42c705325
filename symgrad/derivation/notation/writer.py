"""The walk over an expression that every notation shares: what binds how tightly, in which order terms and factors stand.

An expression over symbols that stand for arrays comes in; text goes out. What stands for a quotient, a power, an operation
is left to the notation: plain `text`, `latex`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Not, Or

from symgrad.graphs.products import quotient
from symgrad.graphs.shapes import array_shape
from symgrad.operations.row import Composition
from symgrad.operations.shapes import SCALAR, Shape
from symgrad.operations.signs import CONSTANTS, RELATIONS, Sign
from symgrad.operations.sympy_nodes import Applied, encode
from symgrad.operations.table import TABLE

SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly an expression binds: what binds less tightly than its place asks for gets parentheses."""
Written = tuple[str, int]


class Writer(ABC):
    """Writes expressions over symbols of known shapes."""

    minus: ClassVar[str]
    elementwise: ClassVar[str]
    matmul: ClassVar[str]
    transposed: ClassVar[str]
    inverted: ClassVar[str]
    conjunction: ClassVar[str]
    disjunction: ClassVar[str]
    negation: ClassVar[str]

    def __init__(self, shapes: Mapping[sympy.Symbol, Shape]) -> None:
        self.shapes = shapes
        self.texts: dict[sympy.Symbol, Written] = {}
        """What stands for a symbol, where that isn't its name."""

    @abstractmethod
    def sign(self, sign: Sign) -> str:
        """What a sign is in this notation."""

    @abstractmethod
    def bracketed(self, text: str) -> str:
        """Text in parentheses."""

    @abstractmethod
    def name(self, name: str) -> str:
        """A symbol by its name."""

    @abstractmethod
    def other(self, text: str) -> str:
        """What has no sign of its own."""

    @abstractmethod
    def number(self, value: sympy.Rational) -> Written:
        """A rational number."""

    @abstractmethod
    def joined(self, factors: Sequence[str]) -> str:
        """Factors of a product, of which at most the last is a matrix."""

    @abstractmethod
    def quotient(self, lead: list[str], above: list[Any], below: list[Any]) -> Written:
        """A number and factors over others."""

    @abstractmethod
    def raised(self, base: Any, exponent: Any) -> Written:
        """A power."""

    @abstractmethod
    def reciprocal(self, divisor: Any) -> Written:
        """One over something."""

    @abstractmethod
    def root(self, radicand: Any) -> Written:
        """A square root."""

    @abstractmethod
    def magnitude(self, operand: Any) -> str:
        """Something between bars."""

    @abstractmethod
    def called(self, name: str, operands: Sequence[str], options: Mapping[str, Any], axis: int | None) -> Written:
        """An operation applied; a total or mean along an axis says so at its sign."""

    @abstractmethod
    def part(self, operand: Any, rows: tuple[int, int], columns: tuple[int, int]) -> str:
        """A part of a matrix: rows and columns, from and to."""

    @abstractmethod
    def placed(self, operand: Any, rows: tuple[int, int], columns: tuple[int, int], shape: Shape) -> str:
        """A matrix of zeros with a part of it given."""

    @abstractmethod
    def repeated(self, operand: Any, shape: Shape) -> str:
        """A scalar, a row or a column repeated."""

    @abstractmethod
    def matrix(self, lines: list[list[str]]) -> str:
        """A matrix of scalars."""

    @abstractmethod
    def indicator(self, condition: Any) -> str:
        """1 where a condition holds, 0 elsewhere."""

    @abstractmethod
    def cases(self, branches: list[tuple[Any, Any]], otherwise: Any) -> Written:
        """Values with the conditions that choose them."""

    def write(self, expression: Any, place: int) -> str:
        """An expression as it has to stand where something binds as tightly as `place`."""
        text, binding = self.bound(expression)
        return text if binding >= place else self.bracketed(text)

    def first(self, term: Any) -> str:
        """The first term of a sum."""
        return self.write(term, SUM)

    def is_scalar(self, expression: Any) -> bool:
        return not self.shapes or array_shape(expression, self.shapes) == SCALAR

    def bound(self, e: Any) -> Written:
        """An expression as text, and how tightly it binds."""
        if isinstance(e, sympy.Rational):
            return self.number(e)
        if isinstance(e, sympy.Symbol):
            return self.texts[e] if e in self.texts else (self.name(str(e.name)), ATOM)
        if isinstance(e, sympy.Add):
            return self._sum(e), SUM
        if isinstance(e, sympy.Mul):
            return self._product(e)
        if isinstance(e, sympy.Pow):
            return self._power(e.base, e.exp)
        if isinstance(e, sympy.exp):  # SymPy's name for a power of its constant e
            return self._power(sympy.E, e.exp)
        if isinstance(e, Applied):
            return self._applied(e)
        if isinstance(e, Relational):
            return f"{self.write(e.lhs, SUM)} {self.sign(RELATIONS[e.rel_op])} {self.write(e.rhs, SUM)}", SUM
        if isinstance(e, (And, Or)):
            word = self.conjunction if isinstance(e, And) else self.disjunction
            return word.join(sorted(self.write(a, SUM) for a in e.args)), SUM
        if isinstance(e, Not):
            return self.negation + self.write(e.args[0], SUM), SUM
        return self.sign(CONSTANTS[str(e)]) if str(e) in CONSTANTS else self.other(str(e)), ATOM

    def _sum(self, e: sympy.Add) -> str:
        terms = sorted(e.as_ordered_terms(), key=lambda t: not t.atoms(Applied))
        lead = next((k for k, t in enumerate(terms) if not t.could_extract_minus_sign()), 0)
        terms.insert(0, terms.pop(lead))
        text = self.first(terms[0])
        for term in terms[1:]:
            minus = term.could_extract_minus_sign() and not isinstance(term, sympy.Add)
            text += f" {self.minus} {self.write(-term, PRODUCT)}" if minus else f" + {self.write(term, PRODUCT)}"
        return text

    def _product(self, e: sympy.Mul) -> Written:
        parts = quotient(e)
        coefficient, above, below = parts.coefficient, list(parts.above), list(parts.below)
        if coefficient.is_negative:
            return f"{self.minus}{self.write(-e, PRODUCT)}", SUM
        plain = coefficient.q == 1 or coefficient.q > 1000
        given = coefficient if plain else sympy.Integer(coefficient.p)
        lead = [] if given == 1 else [self.number(given)[0]]
        if not plain:
            below.insert(0, sympy.Integer(coefficient.q))
        return self.quotient(lead, above, below) if below else (self.factors(lead, above) or "1", PRODUCT)

    def factors(self, lead: list[str], factors: list[Any]) -> str:
        """A product: numbers, scalars, and then matrices, entry by entry."""
        scalars = [f for f in factors if self.is_scalar(f)]
        matrices = [f for f in factors if not self.is_scalar(f)]
        alone = not lead and len(factors) == 1
        words = lead + [self.write(f, PRODUCT if alone else POWER) for f in scalars]
        product = self.elementwise.join(self.write(f, PRODUCT if alone else POWER) for f in matrices)
        return self.joined([*words, product] if product else words)

    def _power(self, base: Any, exponent: Any) -> Written:
        if exponent.is_Rational and exponent.is_negative:
            return self.reciprocal(base**-exponent)
        return self.root(base) if exponent == sympy.S.Half else self.raised(base, exponent)

    def _applied(self, e: Applied) -> Written:
        row = TABLE[e.name]
        assert not isinstance(row, Composition)  # a composition never becomes a node
        operands, options = row.split(e.arguments)
        special = getattr(self, f"_write_{e.name}", None)
        if special is not None:
            text, binding = special(operands, options)
            return text, binding
        given = zip(row.options.items(), options, strict=True)
        shown = {name: option for (name, default), option in given if encode(option) != encode(default)}
        axis = shown.pop("axis", None) if e.name in ("total", "mean") else None
        return self.called(e.name, [self.write(o, SUM) for o in operands], shown, axis)

    def _write_matmul(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        left, right = operands
        chain = isinstance(left, Applied) and left.name == "matmul"
        return self.write(left, PRODUCT if chain else POWER) + self.matmul + self.write(right, POWER), PRODUCT

    def _write_transpose(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.write(operands[0], ATOM) + self.transposed, POWER

    def _write_inverse(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.write(operands[0], ATOM) + self.inverted, POWER

    def _write_abs(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.magnitude(operands[0]), ATOM

    def _write_sqrt(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.root(operands[0])

    def _write_power(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self._power(*operands)

    def _write_identity(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return "I", ATOM

    def _write_broadcast(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.repeated(operands[0], (options[0], options[1])), ATOM

    def _write_embed(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        rows, columns, top, left = options
        inner = operands[0]
        height, width = array_shape(inner, self.shapes) if self.shapes else SCALAR
        while isinstance(inner, Applied) and inner.name == "broadcast":
            inner = inner.arguments[0]
        return self.placed(inner, (top, top + height), (left, left + width), (rows, columns)), ATOM

    def _write_take(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        top, bottom, left, right = options
        return self.part(operands[0], (top, bottom), (left, right)), ATOM

    def _write_block(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        rows, columns = options
        cells = [self.write(o, SUM) for o in operands]
        return self.matrix([cells[i * columns : (i + 1) * columns] for i in range(rows)]), ATOM

    def _write_choose(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        if len(operands) == 3 and operands[0] == 1 and operands[2] == 0:
            return self.indicator(operands[1]), ATOM
        return self.cases(list(zip(operands[::2], operands[1::2], strict=False)), operands[-1])
