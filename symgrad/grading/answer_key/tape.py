"""Backpropagation node by node on numbers of any system, with rules that may be changed: for slips and carried errors.

A `Derivation` is compiled as a whole and can't be changed after. A `Tape` keeps the graph's nodes apart: the local rule of
each is a program of its own, so that what comes of leaving one factor out, or of a student's own adjoint of a step, is a
pass over the nodes with that one thing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import sympy

from symgrad.derivation.bindings import Bindings
from symgrad.derivation.local_rules import local_rule, stretched_axes
from symgrad.graphs.graph import Graph, Node
from symgrad.graphs.names import Names
from symgrad.graphs.walks import reached, symbols
from symgrad.number_systems.code_generation import Program, compile_
from symgrad.number_systems.system import System, listed
from symgrad.operations.row import Elementwise
from symgrad.operations.shapes import SCALAR

Edge: TypeAlias = tuple[int, int]
"""A node by its number, and one of its operands by its place."""


@dataclass(frozen=True)
class Local:
    """What a changed rule has to work with: the adjoint that comes in, the local derivative, and the values."""

    adjoint: Any
    partial: Any
    """Of an elementwise node; of a structural one None."""
    contribution: Any
    """What the right rule gives, before it is summed over what was stretched."""
    value: Any
    operands: tuple[Any, ...]
    system: System


Change: TypeAlias = Callable[[Local], Any]
"""A rule in place of the right one: gives the contribution, None for none."""


@dataclass(frozen=True)
class Pass:
    """What a pass gives: values and adjoints of all symbols of the graph."""

    values: Mapping[sympy.Symbol, Any]
    adjoints: Mapping[sympy.Symbol, Any]


@dataclass(frozen=True)
class Tape:
    """The nodes of a loss, each with the program of its local rule."""

    graph: Graph
    parameters: tuple[str, ...]
    _rules: dict[int, Program] = field(default_factory=dict, compare=False, repr=False)
    _owns: dict[int, Program] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def active(self) -> frozenset[Any]:
        """The symbols that parameters reach."""
        parameters = [i.symbol for i in self.graph.inputs if i.name in self.parameters]
        return frozenset(reached(self.graph.definitions, parameters))

    def downstream(self, symbol: Any) -> frozenset[Any]:
        """The symbols between one and the loss, that one left out."""
        return frozenset(reached(self.graph.definitions, [symbol]) - {symbol})

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Where adjoints flow: node and operand, from the loss to the inputs."""
        return tuple(
            (k, j)
            for k in reversed(range(len(self.graph.nodes)))
            if self.graph.nodes[k].symbol in self.active
            for j, operand in enumerate(self.graph.nodes[k].operands)
            if operand in self.active
        )

    @cached_property
    def _forward(self) -> Program:
        bindings = Bindings(self.graph, Names(s.name for s in self.graph.shapes)).equations
        pairs = [(e.symbol, e.expression) for e in bindings]
        return compile_([i.symbol for i in self.graph.inputs], pairs, [s for s, _ in pairs] or [self.graph.output])

    def rule(self, k: int) -> Program:
        """The local derivatives of an elementwise node, or the contributions of a structural one, for active operands."""
        if k not in self._rules:
            node = self.graph.nodes[k]
            adjoint = sympy.Symbol("g_", real=True)
            shapes = {**self.graph.shapes, adjoint: node.shape}
            outputs = local_rule(node, adjoint, lambda operand: shapes.get(operand, SCALAR))
            led = [sympy.sympify(o) for o, operand in zip(outputs, node.operands, strict=True) if operand in self.active]
            self._rules[k] = compile_([adjoint, *self._symbols(node)], (), led)
        return self._rules[k]

    def _leaves(self, node: Node) -> list[Any]:
        return sorted(symbols(node.operands), key=lambda s: str(s.name))

    def _symbols(self, node: Node) -> list[Any]:
        return [node.symbol, *self._leaves(node)]

    def forward(self, system: System, inputs: Mapping[str, Any]) -> dict[Any, Any]:
        """The value of every symbol, given those of the inputs by name."""
        given = [inputs[i.name] for i in self.graph.inputs]
        outputs = system.bind(self._forward)(*given)
        values = dict(zip((i.symbol for i in self.graph.inputs), given, strict=True))
        return values | dict(zip((n.symbol for n in self.graph.nodes), listed(outputs), strict=False))

    def forward_from(self, system: System, values: Mapping[Any, Any], kept: frozenset[Any]) -> dict[Any, Any]:
        """Values with every node computed anew from its operands' values, but those of the symbols that are kept."""
        found = dict(values)
        for k, node in enumerate(self.graph.nodes):
            if node.symbol not in kept:
                found[node.symbol] = full(system.bind(self.own(k))(*(found[s] for s in self._leaves(node))), node.shape)
        return found

    def own(self, k: int) -> Program:
        """The value of a node, as a program over what it rests on."""
        if k not in self._owns:
            node = self.graph.nodes[k]
            self._owns[k] = compile_(self._leaves(node), (), [node.expression])
        return self._owns[k]

    def backward(
        self,
        system: System,
        values: Mapping[Any, Any],
        changes: Mapping[Edge, Change] | None = None,
        given: Mapping[Any, Any] | None = None,
        elsewhere: Mapping[int, Mapping[Any, Any]] | None = None,
        *,
        loose: bool = False,
    ) -> Pass:
        """A pass from the loss to the inputs.

        `changes` are other rules by edge, `given` adjoints by symbol in place of what the pass would find, `elsewhere` values
        in place of the right ones for the rules of some nodes. A `loose` pass lets adjoints of wrong shapes through, as far as
        the products allow.
        """
        changes, given, elsewhere = changes or {}, given or {}, elsewhere or {}
        points = max((np.shape(v)[0] for v in values.values() if np.ndim(v) == 3), default=1)
        one = np.broadcast_to(system.lift(system.function("number")(1, 1)), (points, 1, 1))
        adjoints: dict[Any, Any] = {self.graph.output: one}
        for k in reversed(range(len(self.graph.nodes))):
            node = self.graph.nodes[k]
            if node.symbol in given:
                adjoints[node.symbol] = given[node.symbol]
            if node.symbol in adjoints and node.symbol in self.active:
                adjoint = adjoints[node.symbol] if loose else full(adjoints[node.symbol], node.shape)
                adjoints[node.symbol] = adjoint
                try:
                    self._visit(system, k, adjoint, {**values, **elsewhere.get(k, {})}, changes, adjoints, loose=loose)
                except ValueError:  # shapes that don't go together
                    if not loose:
                        raise
        return Pass(values, adjoints)

    def _visit(
        self,
        system: System,
        k: int,
        adjoint: Any,
        values: Mapping[Any, Any],
        changes: Mapping[Edge, Change],
        adjoints: dict[Any, Any],
        *,
        loose: bool,
    ) -> None:
        node = self.graph.nodes[k]
        elementwise = isinstance(node.row, Elementwise)
        outputs = system.bind(self.rule(k))(adjoint, *(values[s] for s in self._symbols(node)))
        led = [(j, operand) for j, operand in enumerate(node.operands) if operand in self.active]
        for (j, operand), output in zip(led, listed(outputs), strict=True):
            contribution = adjoint * output if elementwise else output
            if (k, j) in changes:
                operands = tuple(values.get(o, o) for o in node.operands)
                partial = output if elementwise else None
                contribution = changes[k, j](Local(adjoint, partial, contribution, values[node.symbol], operands, system))
                if contribution is None:
                    continue
            shape = self.graph.shapes[operand]
            proper = (node.shape, shape) if elementwise else (shape,)
            strays = adjoint.shape[-2:] != node.shape or contribution.shape[-2:] not in proper
            reduced = contribution if loose and strays else fitted(system, contribution, shape)
            adjoints[operand] = adjoints[operand] + reduced if operand in adjoints else reduced


def full(value: Any, shape: tuple[int, int]) -> Any:
    """A value with all its rows and columns."""
    return value if value.shape[-2:] == shape else np.broadcast_to(value, (*value.shape[:-2], *shape))


def fitted(system: System, contribution: Any, shape: tuple[int, int]) -> Any:
    """A contribution summed over what was stretched of an operand of this shape, and with all its rows and columns."""
    for axis in stretched_axes(shape, contribution.shape[-2:]):
        contribution = system.function("total")(contribution, axis)
    return full(contribution, shape)
