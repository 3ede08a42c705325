"""Slips: small changes of a formula that make another one of it, as students do."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from random import Random

from students.rewriting import Rule, binary, negative, number, rewritten, transposed
from students.subjects import Subject
from students.values import is_right, shape

ATTEMPTS = 40
OTHER_FUNCTIONS = {"sigmoid": "tanh", "tanh": "sigmoid", "softmax": "sigmoid", "total": "mean"}


def slipped(tree: ast.expr, subject: Subject, name: str, chance: Random) -> ast.expr:
    """A formula with a slip or two that isn't what is asked any more; mostly of the right shape."""
    wanted = shape(tree, subject)
    for attempt in range(ATTEMPTS):
        try:
            found = rewritten(tree, subject, chance, SLIPS, 1 if chance.random() < 0.8 else 2)
            if not is_right(found, subject, name) and (shape(found, subject) == wanted or attempt % 8 == 7):
                return found
        except ValueError:  # shapes that don't go together
            continue
    return negative(tree)


def _negated(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    return negative(node)


def _other_sign(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(left, ast.Add(), right):
            return binary(left, ast.Sub(), right)
        case ast.BinOp(left, ast.Sub(), right):
            return binary(left, ast.Add(), right)
        case ast.UnaryOp(_, operand):
            return operand
    return None


def _part(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    """A factor, a term, a derivative, a square or a transpose is forgotten."""
    match node:
        case ast.BinOp(left, ast.Mult() | ast.Add() | ast.Sub() | ast.MatMult(), right):
            return chance.choice((left, right))
        case ast.BinOp(left, ast.Pow() | ast.Div(), _) | ast.Attribute(left) | ast.Call(ast.Name("total"), [left, *_]):
            return left
    return None


def _factor(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.Constant(int(n)):
            return number(chance.choice((n + 1, 2 * n, 4 * n)))
    k = chance.choice((2, 3, 4, 5, 0.5, 0.1))
    return binary(number(k), ast.Mult(), node)


def _exchanged(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    """Another name of the same shape, or the difference the other way round."""
    match node:
        case ast.Name():
            wanted = shape(node, subject)
            names = [*subject.shapes, *subject.steps]
            others = [n for n in names if n != node.id and shape(ast.Name(id=n, ctx=ast.Load()), subject) == wanted]
            return ast.Name(id=chance.choice(others), ctx=ast.Load()) if others else None
        case ast.BinOp(left, ast.Sub() | ast.Div() as operator, right):
            return binary(right, operator, left)
    return None


def _transposed(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(left, ast.MatMult(), right):
            return binary(right, ast.MatMult(), left)
    return transposed(node) if shape(node, subject) != (1, 1) else None


def _other_product(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(left, ast.MatMult(), right):
            return binary(left, ast.Mult(), right)
    return None


def _other_function(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.Call(ast.Name(name), operands, options) if name in OTHER_FUNCTIONS:
            axis = options if name == "total" else []
            return ast.Call(func=ast.Name(id=OTHER_FUNCTIONS[name], ctx=ast.Load()), args=operands, keywords=axis)
        case ast.BinOp(base, ast.Pow(), ast.Constant(2)):
            return binary(base, ast.Pow(), number(3))
        case ast.Name():
            return binary(node, ast.Pow(), number(2))
    return None


SLIPS: Sequence[Rule] = (
    _negated, _other_sign, _other_sign, _part, _part, _part, _factor, _factor, _exchanged, _exchanged, _transposed,
    _other_product, _other_function,
)  # fmt: skip
