"""Mutants: right programs with one wrong partial derivative, as a custom backward has it.

A mutant's value is right, and so are the partial derivatives by all other variables: they are what PyTorch (or JAX) says
of the formula as written. The one by its variable is a factor times the right one, another variable's, or a formula of
its own, evaluated in the dtype under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy
from formulas import Formula

from trials.printing import source
from trials.programs import same

FACTORS = {
    "sign": -1.0,
    "factor 2": 2.0,
    "zero": 0.0,
    "relative 1e-3": 1.0 + 1e-3,
    "relative 1e-6": 1.0 + 1e-6,
    "relative 1e-9": 1.0 + 1e-9,
}
KINDS = (
    "sign",
    "factor 2",
    "zero",
    "another variable's",
    "inner derivative",
    "dropped term",
    "relative 1e-3",
    "relative 1e-6",
    "relative 1e-9",
)


@dataclass(frozen=True)
class Mutant:
    """What is wrong with one partial derivative: a factor, or another variable's, or the source of a wrong formula."""

    kind: str
    variable: str
    factor: float = 1.0
    other: str | None = None
    text: str | None = None


@cache
def mutants(formula: Formula) -> tuple[Mutant, ...]:
    """All mutants of a formula that differ from the right gradient as functions."""
    return tuple(
        m for name, symbol in zip(formula.variables, formula.symbols, strict=True) for m in _mutants(formula, name, symbol)
    )


def _mutants(formula: Formula, name: str, symbol: Any) -> Iterator[Mutant]:
    right = formula.loss.diff(symbol)
    for kind, factor in FACTORS.items():
        yield Mutant(kind, name, factor=factor)
    for other, of_other in zip(formula.variables, formula.symbols, strict=True):
        if other != name and not same(formula, right, formula.loss.diff(of_other)):
            yield Mutant("another variable's", name, other=other)
            break
    for kind, wrong in (("inner derivative", without_inner(formula.loss, symbol)), ("dropped term", without_term(right))):
        if wrong is not None and not same(formula, right, wrong):
            yield Mutant(kind, name, text=source(wrong, formula.variables))


def without_inner(loss: Any, symbol: Any) -> Any:
    """The derivative in which the chain rule stops at the outermost function of more than the symbol itself, or None.

    Functions and powers are looked at from the outside in; the first whose argument has a derivative other than 1 counts.
    """
    for node in sympy.preorder_traversal(loss):
        if not isinstance(node, (sympy.Function, sympy.Pow)) or not node.has(symbol):
            continue
        place, inner = next((k, a) for k, a in enumerate(node.args) if a.has(symbol))
        if inner.diff(symbol) == 1 or sum(a.has(symbol) for a in node.args) > 1:
            continue
        node_symbol, inner_symbol = sympy.Dummy("node", real=True), sympy.Dummy("inner", real=True, positive=inner.is_positive)
        slope = node.func(*(inner_symbol if k == place else a for k, a in enumerate(node.args))).diff(inner_symbol)
        around = loss.xreplace({node: node_symbol})
        direct, through = (around.diff(s).xreplace({node_symbol: node}) for s in (symbol, node_symbol))
        return direct + through * slope.xreplace({inner_symbol: inner})
    return None


def without_term(right: Any) -> Any:
    """The derivative, multiplied out once, without its last term; None where it has one term."""
    for written in (right, sympy.expand_mul(right, deep=False), sympy.expand_mul(right)):
        terms = written.as_ordered_terms()
        if len(terms) > 1:
            return sympy.Add(*terms[:-1])
    return None
