"""Formulas on numbers and on SymPy's syntax: what a formula is worth, whatever symgrad says."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from students.subjects import Subject
from symgrad.operations.shapes import SCALAR, Shape

POINTS = 3
CLOSE = 1e-7
FUNCTIONS: Mapping[str, Any] = {
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "tanh": np.tanh,
    "exp": np.exp,
    "total": lambda a, axis=None: np.sum(a, axis=axis, keepdims=True),
    "mean": lambda a, axis=None: np.sum(a, axis=axis, keepdims=True) / (a.size if axis is None else a.shape[axis]),
    "softmax": lambda a, axis=None: np.exp(a) / np.sum(np.exp(a), axis=axis, keepdims=True),
    "stretched": lambda a, columns: np.repeat(a, columns, axis=1),
    "entry": lambda a, row, column=1: a[row - 1 : row, column - 1 : column].reshape(SCALAR),
}


@dataclass(frozen=True)
class Code:
    """A scalar expression in SymPy's syntax; NumPy calls its methods for arrays of them."""

    text: str

    def __add__(self, other: object) -> Code:
        return Code(f"({self} + {other})")

    def __radd__(self, other: object) -> Code:
        return Code(f"({other} + {self})")

    def __sub__(self, other: object) -> Code:
        return Code(f"({self} - {other})")

    def __rsub__(self, other: object) -> Code:
        return Code(f"({other} - {self})")

    def __mul__(self, other: object) -> Code:
        return Code(f"{self}*{other}")

    def __rmul__(self, other: object) -> Code:
        return Code(f"{other}*{self}")

    def __truediv__(self, other: object) -> Code:
        return Code(f"({self})/({other})")

    def __rtruediv__(self, other: object) -> Code:
        return Code(f"({other})/({self})")

    def __pow__(self, other: object) -> Code:
        return Code(f"({self})**({other})")

    def __neg__(self) -> Code:
        return Code(f"(-{self})")

    def exp(self) -> Code:
        return Code(f"exp({self})")

    def tanh(self) -> Code:
        return Code(f"tanh({self})")

    def __str__(self) -> str:
        return self.text


@cache
def parsed(formula: str) -> ast.expr:
    """A formula as a tree. Trees are never changed."""
    return ast.parse(formula, mode="eval").body


def _scalar(value: float) -> Any:
    return np.array([[float(value)]])


def evaluate(tree: ast.expr, values: Mapping[str, Any], number: Callable[[float], Any] = _scalar) -> Any:
    """The value of a formula. Raises ValueError for shapes that don't go together."""

    def at(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value):
                return number(value)
            case ast.Name(name):
                return values[name]
            case ast.UnaryOp(_, operand):
                return -at(operand)
            case ast.Attribute(operand):
                return np.transpose(at(operand))
            case ast.BinOp(left, operator, right):
                return _binary(operator, at(left), at(right))
            case ast.Call(ast.Name(name), [operand, *rest], options):
                indices, axis = map(ast.literal_eval, rest), {o.arg: ast.literal_eval(o.value) for o in options}
                return FUNCTIONS[name](at(operand), *indices, **axis)
        raise TypeError(ast.dump(node))

    with np.errstate(all="ignore"):
        return at(tree)


def _binary(operator: ast.operator, a: Any, b: Any) -> Any:
    if not isinstance(operator, ast.MatMult) and len({a.shape, b.shape} - {SCALAR}) > 1:
        raise ValueError("NumPy would stretch one of them")
    match operator:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div():
            return a / b
        case ast.Pow():
            return a**b
    return a @ b


def shape(tree: ast.expr, subject: Subject) -> Shape:
    """The shape of a formula. Raises ValueError for shapes that don't go together."""
    found: Shape = evaluate(tree, known(subject, 0)).shape
    return found


@cache
def known(subject: Subject, seed: int) -> dict[str, Any]:
    """The values of all names of an exercise at a point; the one of seed −1 is its first point."""
    generator = np.random.default_rng([seed + 1, 7])
    drawn = {
        name: generator.uniform(0.1 if name in subject.shares else -1.5, 0.9 if name in subject.shares else 1.5, size)
        for name, size in subject.shapes.items()
    }
    if subject.one_hot:
        rows, columns = subject.shapes[subject.one_hot]
        drawn[subject.one_hot] = np.eye(rows)[:, generator.integers(rows, size=columns)]
    given = {name: np.array(value, float).reshape(subject.shapes[name]) for name, value in subject.point.items()}
    return _with_steps(subject, given if seed < 0 else drawn)


def _with_steps(subject: Subject, values: dict[str, Any], number: Callable[[float], Any] = _scalar) -> dict[str, Any]:
    for name, formula in subject.meanings.items():
        values[name] = evaluate(parsed(formula), values, number)
    return values


def is_right(tree: ast.expr, subject: Subject, name: str) -> bool:
    """Whether a formula is what is asked, at some points; a number at the first one.

    Raises ValueError for shapes that don't go together.
    """
    is_number = not any(isinstance(part, ast.Name) and part.id not in FUNCTIONS for part in ast.walk(tree))
    for seed in (-1,) if is_number and subject.point else range(POINTS):
        values = known(subject, seed)
        found, truth = (evaluate(t, values) for t in (tree, parsed(subject.answers[name][0])))
        if found.shape != truth.shape or not np.allclose(found, truth, rtol=CLOSE, atol=CLOSE * np.abs(truth).max()):
            return False
    return True


def code(tree: ast.expr, subject: Subject) -> list[str]:
    """The entries of a formula in SymPy's syntax, over the names of data and parameters alone."""

    def number(value: float) -> Any:
        return _array([Code(str(value))], SCALAR)

    symbols = _with_steps(subject, {name: _symbols(name, size) for name, size in subject.shapes.items()}, number)
    return [str(each) for each in evaluate(tree, symbols, number).flat]


def _symbols(name: str, size: Shape) -> Any:
    rows, columns = size
    listed = [Code(name if size == SCALAR else f"{name}_{i}{j}") for i in range(1, rows + 1) for j in range(1, columns + 1)]
    return _array(listed, size)


def _array(listed: list[Code], size: Shape) -> Any:
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array.reshape(size)
