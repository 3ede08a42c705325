"""Equations as a person writes them: ``dz2 = dy2 ∘ y2 ∘ (1 − y2)``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Not, Or

from symgrad.graph import array_shape
from symgrad.operations.nodes import SCALAR, Applied, Shape, encode
from symgrad.operations.row import Composition
from symgrad.operations.table import TABLE

if TYPE_CHECKING:
    from symgrad.derivation.equation import Derivation

SUM, PRODUCT, POWER, ATOM = range(4)
"""How tightly an expression binds: what binds less tightly than its place asks for gets parentheses."""
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SIGNS = {"sigmoid": "σ", "total": "Σ", "trace": "tr", "determinant": "det", "logdet": "ln det", "log": "ln", "gammaln": "ln Γ"}
RELATIONS = {">": ">", "<": "<", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}
Written = tuple[str, int]


def render(derivation: Derivation) -> str:
    """All equations of a derivation, numbered, in two parts."""
    writer = writer_of(derivation)
    names = [writer.write(e.symbol, ATOM) for e in derivation.equations]
    width, digits = max(map(len, names), default=1), len(str(len(names)))
    lines = ["Forward"]
    for number, equation in enumerate(derivation.equations, 1):
        if equation.kind != "forward" and "Backward" not in lines:
            lines.append("Backward")
        text = writer.write(equation.expression, SUM)
        lines.append(f"  {f'({number})':<{digits + 2}} {names[number - 1]:<{width}} = {text}")
    return "\n".join(lines)


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
    writer = _Writer(shapes)
    writer.texts.update(texts)
    return writer.bound(expression)


def writer_of(derivation: Derivation) -> _Writer:
    """A writer that calls every symbol what the author calls it."""
    writer = _Writer(derivation.shapes)
    writer.texts.update({symbol: (name, ATOM) for symbol, name in derivation.names.items()})
    return writer


def number(value: sympy.Rational) -> str:
    """A rational number; one that is a double with a long fraction is written as that double."""
    if value.q > 1000 and sympy.Rational(float(value)) == value:
        return repr(float(value))
    return str(value)


class _Writer:
    """Writes expressions over symbols of known shapes."""

    def __init__(self, shapes: Mapping[sympy.Symbol, Shape]) -> None:
        self.shapes = shapes
        self.texts: dict[sympy.Symbol, Written] = {}
        """What stands for a symbol, where that isn't its name."""

    def write(self, expression: Any, place: int) -> str:
        text, binding = self.bound(expression)
        return text if binding >= place else f"({text})"

    def _is_scalar(self, expression: Any) -> bool:
        return not self.shapes or array_shape(expression, self.shapes) == SCALAR

    def bound(self, e: Any) -> Written:
        """An expression as text, and how tightly it binds."""
        if isinstance(e, sympy.Rational):
            return number(e).replace("-", "−"), ATOM if e.is_Integer and e >= 0 else PRODUCT if e >= 0 else SUM
        if isinstance(e, sympy.Symbol):
            return self.texts.get(e, (str(e.name), ATOM))
        if isinstance(e, sympy.Add):
            return self._sum(e), SUM
        if isinstance(e, sympy.Mul):
            return self._product(e)
        if isinstance(e, sympy.Pow):
            return self._power(e.base, e.exp)
        if isinstance(e, Applied):
            return self._applied(e)
        if isinstance(e, Relational):
            return f"{self.write(e.lhs, SUM)} {RELATIONS[e.rel_op]} {self.write(e.rhs, SUM)}", SUM
        if isinstance(e, (And, Or, Not)):
            word = {And: " and ", Or: " or ", Not: "not "}[type(e)]
            inner = [self.write(a, SUM) for a in e.args]
            return (word + inner[0] if isinstance(e, Not) else word.join(sorted(inner))), SUM
        return {"pi": "π", "EulerGamma": "γ", "E": "e"}.get(str(e), str(e)), ATOM

    def _sum(self, e: sympy.Add) -> str:
        terms = sorted(e.as_ordered_terms(), key=lambda t: not t.atoms(Applied))
        lead = next((k for k, t in enumerate(terms) if not t.could_extract_minus_sign()), 0)
        terms.insert(0, terms.pop(lead))
        text = self.write(terms[0], SUM)
        for term in terms[1:]:
            minus = term.could_extract_minus_sign() and not isinstance(term, sympy.Add)
            text += f" − {self.write(-term, PRODUCT)}" if minus else f" + {self.write(term, PRODUCT)}"
        return text

    def _product(self, e: sympy.Mul) -> Written:
        coefficient, rest = e.as_coeff_Mul()
        if coefficient.is_negative:
            return f"−{self.write(-e, PRODUCT)}", SUM
        above: list[Any] = []
        below: list[Any] = []
        for factor in rest.as_ordered_factors():
            divides = isinstance(factor, sympy.Pow) and factor.exp.is_Rational and factor.exp.is_negative
            (below if divides else above).append(1 / factor if divides else factor)
        plain = coefficient.q == 1 or coefficient.q > 1000
        lead = (
            []
            if coefficient == 1 or (not plain and coefficient.p == 1)
            else [number(coefficient if plain else sympy.Integer(coefficient.p))]
        )
        text = self._factors(lead, above)
        if not plain:
            below.insert(0, sympy.Integer(coefficient.q))
        if not below:
            return text or "1", PRODUCT
        divisor = self.write(below[0], POWER) if len(below) == 1 else f"({self._factors([], below)})"
        return f"{text or '1'}/{divisor}", PRODUCT

    def _factors(self, lead: list[str], factors: list[Any]) -> str:
        scalars = [f for f in factors if self._is_scalar(f)]
        matrices = [f for f in factors if not self._is_scalar(f)]
        alone = not lead and len(factors) == 1
        words = lead + [self.write(f, PRODUCT if alone else POWER) for f in scalars]
        product = " ∘ ".join(self.write(f, PRODUCT if alone else POWER) for f in matrices)
        if product and words and len(matrices) > 1 and len(words) + len(matrices) > 2:
            return " ".join([*words, product])
        return " ".join([*words, product] if product else words)

    def _power(self, base: Any, exponent: Any) -> Written:
        if exponent.is_Integer and exponent > 0:
            return self.write(base, ATOM) + str(exponent).translate(SUPERSCRIPTS), POWER
        if exponent.is_Rational and exponent.is_negative:
            return f"1/{self.write(base**-exponent, POWER)}", PRODUCT
        if exponent == sympy.S.Half:
            return f"√{self.write(base, ATOM)}", POWER
        return f"{self.write(base, ATOM)}^{self.write(exponent, ATOM)}", POWER

    def _applied(self, e: Applied) -> Written:
        row = TABLE[e.name]
        assert not isinstance(row, Composition)  # a composition never becomes a node
        operands, options = row.split(e.arguments)
        special = getattr(self, f"_write_{e.name}", None)
        if special is not None:
            text, binding = special(operands, options)
            return text, binding
        sign = SIGNS.get(e.name, e.name)
        defaults = tuple(row.options.values())
        shown = [
            f"{name}={option}"
            for (name, default), option in zip(row.options.items(), options, strict=True)
            if encode(option) != encode(default)
        ]
        if e.name in ("total", "mean") and options != defaults:
            sign, shown = sign + {0: "₀", 1: "₁"}[options[0]], []
        return f"{sign}({', '.join([*(self.write(o, SUM) for o in operands), *shown])})", ATOM

    def _write_matmul(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        left, right = (
            self.write(o, PRODUCT if isinstance(o, Applied) and o.name == "matmul" and i == 0 else POWER)
            for i, o in enumerate(operands)
        )
        return f"{left} {right}", PRODUCT

    def _write_transpose(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.write(operands[0], ATOM) + "ᵀ", POWER

    def _write_inverse(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self.write(operands[0], ATOM) + "⁻¹", POWER

    def _write_abs(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return f"|{self.write(operands[0], SUM)}|", ATOM

    def _write_sqrt(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return f"√{self.write(operands[0], ATOM)}", POWER

    def _write_power(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return self._power(*operands)

    def _write_identity(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return "I", ATOM

    def _write_broadcast(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        return f"broadcast({self.write(operands[0], SUM)}, {options[0]}×{options[1]})", ATOM

    def _write_embed(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        rows, columns, top, left = options
        inner, (height, width) = operands[0], array_shape(operands[0], self.shapes)
        while isinstance(inner, Applied) and inner.name == "broadcast":
            inner = inner.arguments[0]
        down, along = (str(a) if n == 1 else f"{a}:{a + n}" for a, n in ((top, height), (left, width)))
        return f"embed({self.write(inner, SUM)} at [{down}, {along}] of {rows}×{columns})", ATOM

    def _write_take(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        top, bottom, left, right = options
        rows = str(top) if bottom == top + 1 else f"{top}:{bottom}"
        columns = str(left) if right == left + 1 else f"{left}:{right}"
        return f"{self.write(operands[0], ATOM)}[{rows}, {columns}]", ATOM

    def _write_block(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        rows, columns = options
        cells = [self.write(o, SUM) for o in operands]
        lines = [", ".join(cells[i * columns : (i + 1) * columns]) for i in range(rows)]
        return f"[{', '.join(f'[{line}]' for line in lines)}]", ATOM

    def _write_choose(self, operands: tuple[Any, ...], options: tuple[Any, ...]) -> Written:
        if len(operands) == 3 and operands[0] == 1 and operands[2] == 0:
            return f"[{self.write(operands[1], SUM)}]", ATOM
        branches = [
            f"{self.write(v, SUM)} if {self.write(c, SUM)}" for v, c in zip(operands[::2], operands[1::2], strict=False)
        ]
        return f"{{{', '.join(branches)}, else {self.write(operands[-1], SUM)}}}", ATOM
