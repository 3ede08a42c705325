"""The table of operations as documentation: formula, derivative, domain, kinks with PyTorch's convention."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import sympy

from symgrad.basics.messages import message
from symgrad.derivation.notation.text import written
from symgrad.operations.row import Composition, Elementwise, Structural, Use
from symgrad.operations.shapes import Shape
from symgrad.operations.table import TABLE, Row

HEADERS = ("name", "formula", "derivative", "domain", "kinks")
OPERANDS = "abcdef"


def rows(only: Iterable[str] = ()) -> list[list[str]]:
    """A row for each operation that authors write (or for some by name)."""
    chosen = list(only) or [name for name, row in TABLE.items() if row.authored]
    return [[name, signature(TABLE[name]), derivative(TABLE[name]), TABLE[name].domain, kinks(TABLE[name])] for name in chosen]


def signature(row: Row) -> str:
    """The formula, and the options with their defaults."""
    options = ", ".join(f"{name}={value}" for name, value in row.options.items())
    return f"{row.summary} ({options})" if options else row.summary


def derivative(row: Row) -> str:
    """The rule of an operation as text: f is its value, g the adjoint of it, where it acts on whole matrices."""
    if isinstance(row, Composition):
        return str(message("by_its_parts"))
    count = 2 if row.operands is None else row.operands
    if count == 0:
        return "0"
    names = ["x"] if count == 1 else list(OPERANDS[:count])
    try:
        rules = _partials(row, names) if isinstance(row, Elementwise) else _adjoints(row, names)
    except (ValueError, TypeError, AttributeError, IndexError):  # a rule that takes other shapes, or conditions
        chosen = row.name == "choose"
        return str(message("by_its_branch" if chosen else "see_its_rule"))
    if count == 1:
        return rules[0]
    return "; ".join(f"{name}: {rule}" for name, rule in zip(names, rules, strict=True))


def _partials(row: Elementwise, names: list[str]) -> list[str]:
    symbols = [sympy.Symbol(name, real=True) for name in names]
    options = [_option(name, value) for name, value in row.options.items()]
    return [written(sympy.sympify(p)) for p in row.partials(sympy.Symbol("f", real=True), *symbols, *options)]


def _adjoints(row: Structural, names: list[str]) -> list[str]:
    symbols = [sympy.Symbol(name.upper(), real=True) for name in names]
    value, adjoint = sympy.Symbol("f", real=True), sympy.Symbol("g", real=True)
    chosen = [{**row.options, **variant}.values() for variant in ({}, *row.variants)]
    for options, shape in itertools.product(chosen, ((2, 3), (3, 3), (2, 2), (3, 1))):
        shapes: tuple[Shape, ...] = (shape,) * len(names)
        try:
            made = row.shape(list(shapes), *options)
        except ValueError:
            continue
        known = dict.fromkeys(symbols, shape) | {value: made, adjoint: made}
        use = Use(value, adjoint, made, made, tuple(symbols), shapes, tuple(options))
        return [written(rule, known) for rule in row.adjoints(use)]
    raise ValueError(row.name)


def _option(name: str, value: Any) -> Any:
    """An option as a rule takes it: a number by its name, a choice as it is."""
    return value if value is None or isinstance(value, bool) else sympy.Symbol(name, real=True)


def kinks(row: Row) -> str:
    """What PyTorch takes for the derivative at kinks."""
    return row.convention
