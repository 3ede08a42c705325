"""Symbolic backpropagation: the chain rule once a node, in reverse order, over a graph.

A `Graph` comes in and a `Derivation` goes out. A node's adjoint is complete before its own rule runs, for nodes are taken
strictly in reverse of the order in which operands come first. An adjoint may have fewer rows or columns than its value
where all of them would be equal; it broadcasts, and no matrix of ones is ever written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sympy
from sympy.core.parameters import distribute

from symgrad.basics.errors import AuthorError, closest
from symgrad.basics.messages import message
from symgrad.derivation.bindings import Bindings
from symgrad.derivation.branches import Condition, Contribution, flows, guarded, within
from symgrad.derivation.derivation import Derivation
from symgrad.derivation.equations import Kink
from symgrad.derivation.inlining import inline
from symgrad.derivation.lengths import is_length
from symgrad.derivation.local_rules import local_rule, reduced
from symgrad.graphs.from_sympy import read
from symgrad.graphs.graph import Graph, Node
from symgrad.graphs.names import Names
from symgrad.graphs.walks import reached
from symgrad.operations.row import Elementwise
from symgrad.operations.shapes import SCALAR
from symgrad.operations.sympy_nodes import applied


def differentiate(loss: Any, parameters: Iterable[Any]) -> Derivation:
    """The derivation of a loss with respect to parameters (symbols, or their names).

    >>> from symgrad import matrix, step, total, square
    >>> w, x = matrix("w", 2, 2), matrix("x", 2, 1)
    >>> print(differentiate(total(square(step("z", w * x))), [w]))
    Forward
      (1) z  = w x
      (2) L  = Σ(z²)
    Backward
      (3) dz = 2 z
      (4) dw = dz xᵀ
    """
    given: list[Any] = [parameters] if isinstance(parameters, (str, sympy.Symbol, sympy.MatrixSymbol)) else list(parameters)
    for parameter in given:
        if not isinstance(parameter, (str, sympy.Symbol, sympy.MatrixSymbol)):
            found = message("no_symbol", text=str(parameter))
            raise AuthorError(found, field="parameters", accepted=message("symbols_or_names"))
    declared = [p for p in given if not isinstance(p, str)]  # the gradient by a symbol that the loss doesn't hold is 0
    return backpropagate(read(loss, declared=declared), [p if isinstance(p, str) else str(p.name) for p in given])


def backpropagate(graph: Graph, parameters: Iterable[str]) -> Derivation:
    """The derivation of a graph with respect to inputs by name. Raises AuthorError for one that it doesn't have."""
    inputs = {i.name: i for i in graph.inputs}
    wanted = list(parameters)
    for name in wanted:
        if name not in inputs:
            found = message("has_no", what=message("the_loss"), name=name, closest=closest(name, inputs))
            raise AuthorError(found, field="parameters", accepted=message("names", names=list(inputs)))
    if graph.output_shape != SCALAR:
        found = message("loss_not_scalar", shape=graph.output_shape)
        raise AuthorError(found, field="loss", accepted=message("a_scalar_by_total"))
    with distribute(False):
        return _Backward(graph, wanted).derivation()


class _Backward:
    """The state of one backward pass: what has been contributed to each adjoint so far."""

    def __init__(self, graph: Graph, parameters: list[str]) -> None:
        self.graph = graph
        self.parameters = {i.name: i for i in graph.inputs if i.name in parameters}
        self.order = parameters
        self.names = Names(s.name for s in graph.shapes)
        self.bindings = Bindings(graph, self.names)
        self.contributions: dict[sympy.Symbol, list[Contribution]] = {}
        self.given = frozenset(i.symbol for i in graph.inputs)
        self.active = reached(graph.definitions, [p.symbol for p in self.parameters.values()])

    def derivation(self) -> Derivation:
        output = self.graph.output
        loss = self.bindings.name_loss(output)
        if isinstance(output, sympy.Symbol):
            self.contributions[output] = [Contribution(sympy.Integer(1))]
        adjoints: dict[str, sympy.Symbol] = {}
        gradients: dict[str, sympy.Symbol] = {}
        waiting = Counter(operand for node in self.graph.nodes for operand in node.operands)
        for node in reversed(self.graph.nodes):
            waiting.subtract(node.operands)
            gathered = [c for c in self.contributions.pop(node.symbol, []) if c.expression != 0]
            if node.symbol in self.active and gathered:
                self._visit(node, gathered, adjoints)
            for name in self.order:
                if name not in gradients and not waiting[self.parameters[name].symbol]:
                    gradients[name] = self._gradient(name)
        gradients |= {name: self._gradient(name) for name in self.order if name not in gradients}
        kept = {loss, *gradients.values(), *adjoints.values(), *self.graph.named.values()}
        return inline(
            Derivation(
                inputs=self.graph.inputs,
                equations=tuple(self.bindings.equations),
                loss=loss,
                gradients={name: gradients[name] for name in self.order},
                steps=self.graph.named,
                adjoints=dict(reversed(adjoints.items())),
                kinks=tuple(self._kinks()),
                names={
                    **{i.symbol: i.name for i in self.graph.inputs},
                    **{symbol: name for name, symbol in self.graph.named.items()},
                    **{symbol: f"d{name}" for name, symbol in (*adjoints.items(), *gradients.items())},
                },
            ),
            kept,
        )

    def _visit(self, node: Node, gathered: list[Contribution], adjoints: dict[str, sympy.Symbol]) -> None:
        """Runs the rule of a node whose adjoint is complete."""
        adjoint = self._bound(node, sympy.Add(*(each.expression for each in gathered)))
        if node.name is not None:
            adjoints[node.name] = adjoint
        for operand, contribution in zip(node.operands, self._rule(node, adjoint, flows(gathered)), strict=True):
            if operand in self.active and contribution.expression != 0:
                self.contributions.setdefault(operand, []).append(contribution)

    def _bound(self, node: Node, adjoint: sympy.Expr) -> Any:
        """The adjoint under a name of its own; one without a name of the author's only if it isn't a name or number already."""
        if node.name is None and (adjoint.is_Symbol or not adjoint.free_symbols):
            return adjoint
        return self.bindings.bind(f"d{node.symbol}", adjoint, "adjoint")

    def _rule(self, node: Node, adjoint: Any, where: Condition) -> tuple[Contribution, ...]:
        """What a node contributes to the adjoints of its operands, if its own adjoint isn't 0 but under a condition."""
        shape = self.bindings.shape
        rule = local_rule(node, adjoint, shape)
        if not isinstance(node.row, Elementwise):
            known = where if shape(where) == SCALAR else sympy.true  # entries of a matrix may go anywhere
            kept = [each if node.row.polynomial else guarded(each, known, each, self.given) for each in rule]
            return tuple(Contribution(each, known) for each in kept)
        made = []
        for operand, partial in zip(node.operands, rule, strict=True):
            product = guarded(adjoint * partial, where, partial, self.given)
            condition = within(where, partial)
            whole = shape(operand) == node.shape or shape(condition) == SCALAR
            reduced_ = reduced(product, node.shape, shape(operand), shape)
            made.append(Contribution(reduced_, condition if whole else sympy.true))
        return tuple(made)

    def _gradient(self, name: str) -> sympy.Symbol:
        parameter = self.parameters[name]
        total = sympy.Add(*(each.expression for each in self.contributions.get(parameter.symbol, [])))
        if self.bindings.shape(total) != parameter.shape:
            total = applied("broadcast", total, *parameter.shape)
        return self.bindings.bind(f"d{parameter.symbol}", total, "gradient")

    def _kinks(self) -> Iterable[Kink]:
        nodes = {node.symbol: node for node in self.graph.nodes}
        for node in self.graph.nodes:
            if node.symbol in self.active:
                value = () if isinstance(node.row, Elementwise) else (node.symbol,)
                for vanishing in node.row.kinks(*value, *node.operands, *node.options):
                    yield Kink(node.row.name, vanishing)
                if is_length(node, nodes):
                    yield Kink(node.row.name, node.operands[0])
