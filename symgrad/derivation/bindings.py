"""Equations as they come about: every operation is bound once, however often it is used."""

from __future__ import annotations

from typing import Any

import sympy

from symgrad.derivation.equations import Equation, Kind
from symgrad.graphs.graph import Graph
from symgrad.graphs.names import Names
from symgrad.graphs.shapes import array_shape
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import Applied, applied


class Bindings:
    """The equations so far; an operation that was applied to the same operands before is found again."""

    def __init__(self, graph: Graph, names: Names) -> None:
        self.shapes = dict(graph.shapes)
        self.equations: list[Equation] = []
        self._names = names
        self._known: dict[sympy.Expr, sympy.Symbol] = {}
        for node in graph.nodes:
            self._append(node.symbol, self._with_shape(node.expression, node.shape), "forward")

    def shape(self, expression: Any) -> Shape:
        """The shape of an expression over symbols of the equations."""
        return array_shape(expression, self.shapes)

    def _with_shape(self, expression: sympy.Expr, shape: Shape) -> sympy.Expr:
        """SymPy may have folded ``a/a`` to 1: what lost its shape is broadcast back."""
        return expression if self.shape(expression) == shape else applied("broadcast", expression, *shape)

    def name_loss(self, output: sympy.Expr) -> sympy.Expr:
        """The loss as a symbol called L, where it isn't a step of the author's own."""
        loss = self._names.symbol("L")
        self._append(loss, output, "forward")
        return loss

    def bind(self, name: str, expression: sympy.Expr, kind: Kind) -> sympy.Symbol:
        """A new equation of that name; operations within it become equations of their own."""
        symbol = self._names.symbol(name)
        self._append(symbol, self._shared(expression), kind)
        return symbol

    def _append(self, symbol: sympy.Symbol, expression: sympy.Expr, kind: Kind) -> None:
        self.shapes[symbol] = self.shape(expression)
        self.equations.append(Equation(symbol, expression, self.shapes[symbol], kind))
        self._known.setdefault(expression, symbol)

    def _shared(self, expression: Any) -> Any:
        """The expression with every operation within it replaced by the symbol that it is bound to."""
        if not getattr(expression, "args", ()) or not expression.free_symbols:
            return expression
        shared = expression.func(*(self._shared(a) for a in expression.args))
        if not isinstance(shared, Applied):
            return shared
        if shared not in self._known:
            self._append(self._names.temporary(), shared, "adjoint")
        return self._known[shared]
