"""From equations back to one SymPy expression in parameters and data, in the authoring interface's own language."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symgrad.derivation.equations import Equations
from symgrad.operations.row import Composition, Elementwise
from symgrad.operations.shapes import broadcast_shapes
from symgrad.operations.sympy_nodes import Applied, encode, is_matrix, matrix_applied, shape_of
from symgrad.operations.table import TABLE


def expand(symbol: Any, derivation: Equations) -> Any:
    """A symbol of a derivation with every equation written into it."""
    values: dict[Any, Any] = {}
    for item in derivation.inputs:
        scalar = item.shape == (1, 1) and not item.is_matrix
        values[item.symbol] = item.authored if scalar else sympy.MatrixSymbol(item.name, *item.shape)
    for equation in derivation.needed([symbol]):
        values[equation.symbol] = _authored(equation.expression, values)
    return _authored(symbol, values)


def _authored(expression: Any, values: dict[Any, Any]) -> Any:
    """An expression over symbols that stand for arrays, as an author would write it over scalars and matrices."""
    if isinstance(expression, sympy.Symbol):
        return values[expression]
    if not expression.args:
        return expression
    if isinstance(expression, Applied):
        return _operation(expression, values)
    if isinstance(expression, Boolean):
        return expression.func(*(_authored(a, values) for a in expression.args), evaluate=False)
    arguments = [_authored(a, values) for a in expression.args]
    if not any(is_matrix(a) for a in arguments):
        return expression.func(*arguments)
    if isinstance(expression, sympy.Add):
        same = len({shape_of(a) for a in arguments}) == 1 and all(is_matrix(a) for a in arguments)
        return sympy.MatAdd(*arguments) if same else TABLE["add"](*arguments)
    if isinstance(expression, sympy.Mul):
        scalars = [a for a in arguments if not is_matrix(a)]
        matrices = [a for a in arguments if is_matrix(a)]
        product = matrices[0] if len(matrices) == 1 else TABLE["multiply"](*matrices)
        return sympy.MatMul(sympy.Mul(*scalars), product) if scalars else product
    base, exponent = arguments
    return TABLE["square"](base) if exponent == 2 else TABLE["power"](base, exponent)


def _operation(expression: Applied, values: dict[Any, Any]) -> Any:
    row = TABLE[expression.name]
    assert not isinstance(row, Composition)  # a composition never becomes a node
    operands, options = row.split(expression.arguments)
    authored = [_authored(operand, values) for operand in operands]
    if row.name == "choose":
        return _choice(authored)
    if isinstance(row, Elementwise):
        return row(*authored, **dict(zip(row.options, options, strict=True)))
    if row.name == "matmul" and all(is_matrix(a) for a in authored):
        return authored[0] * authored[1]
    if row.name == "transpose":
        return authored[0].T if is_matrix(authored[0]) else authored[0]
    if row.name == "identity":
        return sympy.Identity(*options)
    if row.name == "take" and is_matrix(authored[0]):
        top, bottom, left, right = options
        single = bottom - top == right - left == 1
        return authored[0][top, left] if single else authored[0][top:bottom, left:right]
    if not is_matrix(authored[0]) and row.name in ("total", "mean"):
        return authored[0]
    return row(*authored, **{name: encode(option) for name, option in zip(row.options, options, strict=True)})


def _choice(branches: list[Any]) -> Any:
    """A choice between scalars or matrices; SymPy compares no matrices, so their comparisons stay as they are."""
    compared = [side for condition in branches[1::2] for side in _sides(condition)]
    shapes = [shape_of(a) for a in [*branches[::2], *compared] if is_matrix(a)]
    if not shapes:
        return sympy.Piecewise(*zip(branches[::2], [*branches[1::2], True], strict=True))
    return matrix_applied("choose", broadcast_shapes(*shapes), *branches)


def _sides(condition: Any) -> list[Any]:
    """What a condition compares."""
    if isinstance(condition, Relational) or not isinstance(condition, Boolean):
        return list(condition.args)
    return [side for part in condition.args for side in _sides(part)]
