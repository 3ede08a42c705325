"""The chain of a loss as messages name it: what each local derivative is called, and which edges are what kind of rule."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symgrad.basics.messages import Message, message
from symgrad.derivation.notation.text import SIGNS, phrase, written
from symgrad.derivation.notation.writer import ATOM, PRODUCT, SUM
from symgrad.grading.answer_key.tape import Edge, Tape
from symgrad.graphs.graph import Node
from symgrad.operations.row import Elementwise

LONGEST = 40
"""Characters of an intermediate that a message writes out; a longer one is called by its operation."""
MARK = "\ue000" * 4
"""Before an operation's name within a formula, which stands there for what is too long; as long as the words for it."""
MARKED = re.compile(f"{MARK}([a-z0-9_]+)")


@dataclass(frozen=True)
class Chain:
    """The nodes of a tape with what messages call them."""

    tape: Tape

    @cached_property
    def texts(self) -> dict[Any, tuple[str, int]]:
        """What messages call each symbol, and how tightly that binds."""
        graph = self.tape.graph
        found = {i.symbol: (i.name, ATOM) for i in graph.inputs}
        found |= {symbol: (name, ATOM) for name, symbol in graph.named.items()}
        for node in graph.nodes:
            if node.symbol not in found:
                text, binding = phrase(self._inlined(node.expression), graph.shapes, found)
                found[node.symbol] = (text, binding) if len(text) <= LONGEST else (MARK + node.row.name, ATOM)
        return found

    @cached_property
    def _plain(self) -> dict[Any, Any]:
        """What stands for symbols without a name that are sums or products: ``−y``, which a sum then writes as a difference."""
        graph = self.tape.graph
        named = set(graph.named.values())
        return {n.symbol: n.expression for n in graph.nodes if n.symbol not in named and n.row.name in ("multiply", "negative")}

    def _inlined(self, expression: Any) -> Any:
        return expression.xreplace(self._plain) if expression.is_Add else expression

    def text(self, expression: Any, place: int = SUM) -> Message:
        """An expression over the graph's symbols as a message writes it."""
        return formula(self.written(expression, place))

    def written(self, expression: Any, place: int = SUM) -> str:
        """An expression over the graph's symbols, operations marked where they stand for what is too long."""
        return written(self._inlined(sympy.sympify(expression)), self.tape.graph.shapes, self.texts, place)

    def node(self, edge: Edge) -> Node:
        """The node of an edge."""
        return self.tape.graph.nodes[edge[0]]

    def is_function(self, node: Node) -> bool:
        """Whether a node applies a function of one operand, such as an activation."""
        row = node.row
        return isinstance(row, Elementwise) and row.operands == 1 and row.build is None and row.authored

    def partial(self, edge: Edge) -> Any:
        """The local derivative along an edge as an expression; None for a rule on whole matrices."""
        node = self.node(edge)
        if not isinstance(node.row, Elementwise):
            return None
        return sympy.sympify(node.row.partials(node.symbol, *node.operands, *node.options)[edge[1]])

    def is_trivial(self, edge: Edge) -> bool:
        """Whether the local derivative is a number: nothing that could be forgotten but a factor."""
        partial = self.partial(edge)
        return partial is not None and not partial.free_symbols

    def factor(self, edge: Edge) -> Message:
        """What the local derivative along an edge is called: σ′(z1), xᵀ, 2 r."""
        node, j = self.node(edge), edge[1]
        if self.is_function(node):
            sign = SIGNS.get(node.row.name, node.row.name)
            return formula(f"{sign}′({self.written(node.operands[0])})")
        if node.row.name == "matmul":
            return formula(f"{self.written(node.operands[1 - j], ATOM)}ᵀ")
        partial = self.partial(edge)
        return self.text(partial, PRODUCT) if partial is not None else message("derivative_of_operation", name=node.row.name)

    @cached_property
    def uses(self) -> Counter[Any]:
        """How many edges lead to each symbol."""
        return Counter(self.node(edge).operands[edge[1]] for edge in self.tape.edges)

    @cached_property
    def reach(self) -> dict[Any, frozenset[Any]]:
        """The parameters that each symbol depends on."""
        graph = self.tape.graph
        found = {i.symbol: frozenset({i.symbol} & self.tape.active) for i in graph.inputs}
        for node in graph.nodes:
            found[node.symbol] = frozenset().union(*(found.get(s, frozenset()) for o in node.operands for s in o.free_symbols))
        return found

    def shares(self, edge: Edge) -> bool:
        """Whether two operands of the edge's node depend on one parameter, as in the product rule."""
        operands = [o for o in self.node(edge).operands if o in self.tape.active]
        return any(self.reach[a] & self.reach[b] for i, a in enumerate(operands) for b in operands[:i])

    def shape(self, symbol: Any) -> tuple[int, int]:
        """The shape of a symbol."""
        return self.tape.graph.shapes.get(symbol, (1, 1))


def formula(text: str) -> Message:
    """A formula as a message; of operations that stand for what is too long, by their names.

    >>> formula("x²").values["text"], [part.code for part in formula(f"{MARK}matmul + b").values["parts"]]
    ('x²', ['operation_result', 'formula'])
    """
    if MARK not in text:
        return message("formula", text=text)
    pieces = MARKED.split(text)
    named = [
        message("operation_result", name=piece) if k % 2 else message("formula", text=piece) for k, piece in enumerate(pieces)
    ]
    return message("formula_of", parts=tuple(part for part, piece in zip(named, pieces, strict=True) if piece))
