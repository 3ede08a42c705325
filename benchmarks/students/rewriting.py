"""Rewritings of formulas that keep their value: the many forms of a right answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeAlias

from students.subjects import Subject
from students.values import parsed, shape

Rule: TypeAlias = Callable[[ast.expr, Subject, Random], ast.expr | None]
"""Another form of a node; None where the rule doesn't apply."""


def binary(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.BinOp:
    return ast.BinOp(left=left, op=operator, right=right)


def negative(operand: ast.expr) -> ast.UnaryOp:
    return ast.UnaryOp(op=ast.USub(), operand=operand)


def transposed(operand: ast.expr) -> ast.expr:
    return operand.value if isinstance(operand, ast.Attribute) else ast.Attribute(value=operand, attr="T", ctx=ast.Load())


def number(value: float) -> ast.Constant:
    return ast.Constant(value=value)


def nodes(tree: ast.expr) -> list[ast.expr]:
    """The parts of a formula, but for exponents, indices and names of functions."""
    match tree:
        case ast.BinOp(base, ast.Pow(), _):
            return [tree, *nodes(base)]
        case ast.BinOp(left, _, right):
            return [tree, *nodes(left), *nodes(right)]
        case ast.UnaryOp(_, operand) | ast.Attribute(operand) | ast.Call(_, [operand, *_]):
            return [tree, *nodes(operand)]
    return [tree]


def replaced(tree: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    """A formula with one of its parts replaced."""
    if tree is old:
        return new
    match tree:
        case ast.BinOp(left, operator, right):
            return binary(replaced(left, old, new), operator, replaced(right, old, new))
        case ast.UnaryOp(operator, operand):
            return ast.UnaryOp(op=operator, operand=replaced(operand, old, new))
        case ast.Attribute(operand):
            return transposed(replaced(operand, old, new))
        case ast.Call(function, [operand, *rest], options):
            return ast.Call(func=function, args=[replaced(operand, old, new), *rest], keywords=options)
    return tree


def rewritten(tree: ast.expr, subject: Subject, chance: Random, rules: Sequence[Rule], times: int) -> ast.expr:
    """A formula after as many rewritings by rules drawn at random."""
    for _ in range(times):
        node = chance.choice(nodes(tree))
        found = chance.choice(rules)(node, subject, chance)
        tree = tree if found is None else replaced(tree, node, found)
    return tree


def _commuted(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(left, ast.Mult() | ast.Add() as operator, right):
            return binary(right, operator, left)
        case ast.BinOp(left, ast.Sub(), right):
            return binary(negative(right), ast.Add(), left)
    return None


def _associated(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(ast.BinOp(a, ast.Mult(), b), ast.Mult(), c):
            return binary(a, ast.Mult(), binary(b, ast.Mult(), c))
    return None


def _flipped(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(left, ast.Sub(), right):
            return negative(binary(right, ast.Sub(), left))
    return None


def _multiplied_out(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(factor, ast.Mult(), ast.BinOp(left, ast.Add() | ast.Sub() as sign, right)):
            return binary(binary(factor, ast.Mult(), left), sign, binary(factor, ast.Mult(), right))
    return None


def _squared(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(base, ast.Pow(), ast.Constant(2)):
            return binary(base, ast.Mult(), base)
    return None


def _reciprocal(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(above, ast.Div(), ast.Constant(int(k))) if k in (2, 4, 5):
            share = number(1 / k) if chance.random() < 0.5 else binary(number(1), ast.Div(), number(k))
            return binary(share, ast.Mult(), above)
    return None


def _turned(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.BinOp(left, ast.MatMult(), right):
            return transposed(binary(transposed(right), ast.MatMult(), transposed(left)))
    return None


def _split(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.Constant(int(n)) if n > 0:
            k = chance.randint(2, 12)
            ways = (
                number(float(n)),
                binary(number(n * k), ast.Div(), number(k)),
                binary(number(n + k), ast.Sub(), number(k)),
                binary(number(k), ast.Mult(), binary(number(n), ast.Div(), number(k))),
            )
            return chance.choice(ways)
    return None


def _unit(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    k = chance.randint(2, 9)
    return binary(binary(number(k), ast.Div(), number(k)), ast.Mult(), node)


def _cancelling(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    wanted = shape(node, subject)
    named = [name for name, size in subject.shapes.items() if size == wanted]
    other: ast.expr = ast.Name(id=chance.choice(named), ctx=ast.Load()) if named else node
    k = chance.randint(1, 9)
    other = other if k == 1 else binary(number(k), ast.Mult(), other)
    return binary(binary(node, ast.Add(), other), ast.Sub(), other)


def _expanded(node: ast.expr, subject: Subject, chance: Random) -> ast.expr | None:
    match node:
        case ast.Name(name) if name in subject.meanings and name not in subject.stretched:
            return parsed(subject.meanings[name])
    return None


RULES: Sequence[Any] = (
    _commuted, _commuted, _commuted, _associated, _flipped, _multiplied_out, _squared, _reciprocal, _turned, _split, _split,
    _unit, _cancelling, _expanded, _expanded,
)  # fmt: skip
BRIEF: Sequence[Any] = (_commuted, _commuted, _associated, _flipped, _squared, _reciprocal, _split, _unit)
"""Those that make a formula little longer."""
