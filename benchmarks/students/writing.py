"""Hands: formulas as students write them, with signs, spaces and names of functions drawn at random."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from random import Random

from students.subjects import Subject
from students.values import shape

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly a text binds."""


@dataclass(frozen=True)
class Hand:
    """One way of writing: signs and names."""

    times: str
    """Empty where scalars stand beside each other."""
    entrywise: str
    matmul: str
    minus: str
    power: str
    transpose: str
    sigmoid: str
    adjoint: str
    space: str
    brackets: str
    left: str
    """What stands before the answer."""
    superscripts: bool


def hand(name: str, chance: Random) -> Hand:
    """A hand for an answer of that name."""
    times = chance.choice(("*", "*", "*", "·", "", "", "×"))
    left = f"dL/d{name.removeprefix('d')} = " if chance.random() < 0.06 else ""
    return Hand(
        times=times,
        entrywise=chance.choice(("∘", "∘", ".*", "⊙")),
        matmul=chance.choice((" ", "@", times or " ")),
        minus=chance.choice("--−–"),
        power=chance.choice(("^", "^", "**")),
        transpose=chance.choice(("'", "ᵀ", ".T", "^T")),
        sigmoid=chance.choice(("sigmoid", "σ", "sigma")),
        adjoint=chance.choice(("d", "d", "dL/d", "∂L/∂")),
        space=chance.choice((" ", " ", "")),
        brackets=chance.choice(("()", "()", "()", "()", "[]", "{}")),
        left=left,
        superscripts=chance.random() < 0.3,
    )


@dataclass(frozen=True)
class Writer:
    """Writes formulas of an exercise by one hand."""

    subject: Subject
    hand: Hand

    def write(self, tree: ast.expr) -> str:
        """The answer."""
        return self.hand.left + self.text(tree)

    def text(self, node: ast.expr, place: int = SUM) -> str:
        """A part, in brackets where it binds less tightly than its place asks."""
        text, tightness = self._written(node)
        if tightness >= place:
            return text
        return f"({text})" if not self.scalar(node) else f"{self.hand.brackets[0]}{text}{self.hand.brackets[1]}"

    def scalar(self, node: ast.expr) -> bool:
        return shape(node, self.subject) == (1, 1)

    def _written(self, node: ast.expr) -> tuple[str, int]:
        match node:
            case ast.Constant(value):
                return f"{value:g}" if value != int(value) or isinstance(value, int) else f"{value:.1f}", ATOM
            case ast.Name(name):
                return self._name(name), ATOM
            case ast.UnaryOp(_, operand):
                return f"{self.hand.minus}{self.text(operand, POWER)}", SIGN
            case ast.Attribute(operand):
                return f"{self.text(operand, ATOM)}{self.hand.transpose}", POWER
            case ast.Call(ast.Name(name), operands, options):
                return self._call(name, operands, options), ATOM
            case ast.BinOp(base, ast.Pow(), exponent):
                return self._power(base, exponent), POWER
            case ast.BinOp(left, ast.Add() | ast.Sub() as operator, right):
                sign = "+" if isinstance(operator, ast.Add) else self.hand.minus
                return f"{self.text(left)}{self.hand.space}{sign}{self.hand.space}{self.text(right, PRODUCT)}", SUM
            case ast.BinOp(left, operator, right):
                return self._product(left, operator, right), PRODUCT
        raise TypeError(ast.dump(node))

    def _name(self, name: str) -> str:
        step = name.removeprefix("d")
        return f"{self.hand.adjoint}{step}" if name != step and step in self.subject.steps else name

    def _call(self, name: str, operands: list[ast.expr], options: list[ast.keyword]) -> str:
        if name == "entry":
            return f"{self.text(operands[0], ATOM)}[{','.join(ast.unparse(o) for o in operands[1:])}]"
        shown = {"sigmoid": self.hand.sigmoid, "total": "sum"}.get(name, name)
        axis = "".join(f", {o.arg}={ast.unparse(o.value)}" for o in options)
        return f"{shown}({self.text(operands[0])}{axis})"

    def _power(self, base: ast.expr, exponent: ast.expr) -> str:
        written = self.text(base, ATOM)
        whole = self.text(exponent, ATOM)
        if not self.scalar(base):  # of a square matrix a power would be read in two ways
            return f"{written}∘^{whole}"
        return written + ("²" if self.hand.superscripts and whole == "2" else f"{self.hand.power}{whole}")

    def _product(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> str:
        scalars = self.scalar(left) or self.scalar(right)
        if isinstance(operator, ast.Div):
            return f"{self._operand(left, scalars)}/{self.text(right, POWER)}"
        if isinstance(operator, ast.Mult) and not scalars:
            return f"{self._entrywise(left)} {self.hand.entrywise} {self.text(right, POWER)}"
        if isinstance(operator, ast.MatMult) and not scalars:
            before = self._operand(left, False)
            sign = "@" if "/" in before else self.hand.matmul  # a/b c is read in two ways
            return f"{before}{self._spaced(sign)}{self._operand(right, False, True)}"
        before, after = self._operand(left, True), self._operand(right, True, True)
        if self.hand.times:
            return f"{before}{self._spaced(self.hand.times)}{after}"
        beside = not set(before) & set("/^*") and not after[0].isdigit() and after[0] not in "[-−–"
        return f"{before} {after}" if beside else f"{before}*{after}"

    def _spaced(self, sign: str) -> str:
        return sign if sign == " " or not self.hand.space else f" {sign} "

    def _operand(self, node: ast.expr, scalars: bool, last: bool = False) -> str:
        """A factor: products to the left need no brackets, mixed ones of matrices do."""
        mixed = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult) and not scalars
        return self.text(node, POWER if last or mixed else PRODUCT)

    def _entrywise(self, node: ast.expr) -> str:
        """The first factor of a product entry by entry, without brackets where it is one of names."""
        plain = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Name)
        return self.text(node, PRODUCT if plain else POWER)
