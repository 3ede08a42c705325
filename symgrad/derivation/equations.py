"""The plain nouns of a derivation: an equation, and the ordered list of them that differentiates a loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import sympy

from symgrad.basics.showing import WIDTH, line
from symgrad.derivation.notation import latex, text
from symgrad.graphs.graph import Input
from symgrad.graphs.walks import rests_on
from symgrad.operations.shapes import Shape

Kind: TypeAlias = Literal["forward", "adjoint", "gradient"]


@dataclass(frozen=True, repr=False)
class Equation:
    """``symbol = expression``, where the expression is over symbols of earlier equations and of inputs.

    A symbol stands for an array; ``a*b`` means entry by entry, the matrix product is ``matmul(a, b)``.
    """

    symbol: sympy.Symbol
    expression: sympy.Expr
    shape: Shape
    kind: Kind

    def __str__(self) -> str:
        return f"{self.symbol} = {text.written(self.expression)}"

    def __repr__(self) -> str:
        end = f"; {self.shape[0]}×{self.shape[1]}, {self.kind})"
        return line(f"Equation({self}", WIDTH - len(end)) + end

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {latex.written(self.symbol, self.expression)}$"


@dataclass(frozen=True)
class Kink:
    """Where an operation of the loss isn't smooth: its name, and an expression that vanishes there."""

    operation: str
    vanishing: sympy.Expr

    def xreplace(self, names: Mapping[Any, Any]) -> Kink:
        """The kink with symbols renamed."""
        return Kink(self.operation, self.vanishing.xreplace(names))


@dataclass(frozen=True, repr=False)
class Equations:
    """The equations of a loss and its gradients in order, first forward, then backward: what a `Derivation` is made of.

    `gradients` maps each parameter to the symbol of dL/d(parameter), `steps` and `adjoints` each step of the loss to the
    symbols of its value and of dL/d(step). `kinks` say where the loss may not be differentiable.
    """

    inputs: tuple[Input, ...]
    equations: tuple[Equation, ...]
    loss: sympy.Expr
    gradients: Mapping[str, sympy.Symbol]
    steps: Mapping[str, sympy.Expr]
    adjoints: Mapping[str, sympy.Symbol]
    kinks: tuple[Kink, ...] = ()
    names: Mapping[sympy.Symbol, str] = field(default_factory=dict)
    """What the author calls the symbols that have a name; generated code may need another."""

    @cached_property
    def shapes(self) -> dict[sympy.Symbol, Shape]:
        """The shape of every symbol."""
        return {i.symbol: i.shape for i in self.inputs} | {e.symbol: e.shape for e in self.equations}

    @property
    def forward(self) -> tuple[Equation, ...]:
        """The equations of the loss alone."""
        return tuple(e for e in self.equations if e.kind == "forward")

    def needed(self, outputs: Iterable[Any]) -> tuple[Equation, ...]:
        """The equations that outputs rest on, in order."""
        symbols = rests_on([(e.symbol, (e.expression,)) for e in self.equations], outputs)
        return tuple(e for e in self.equations if e.symbol in symbols)
