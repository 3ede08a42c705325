"""The laws of a derivation: what everything that takes one relies on, as code that tests run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import sympy
from sympy.core.parameters import distribute

from symgrad.basics.messages import Message, message
from symgrad.derivation.equations import Equations
from symgrad.derivation.local_rules import local_rule
from symgrad.graphs.graph import Graph
from symgrad.graphs.laws import names_are_distinct, operands_come_first, uphold
from symgrad.graphs.shapes import array_shape
from symgrad.graphs.walks import reached, rests_on, symbols
from symgrad.operations.row import Elementwise
from symgrad.operations.shapes import SCALAR, Shape


def check_derivation(derivation: Equations, graph: Graph) -> None:
    """Raises BrokenLaw for the first law that the derivation of a graph doesn't keep."""
    uphold(_broken_by(derivation, graph))


def _broken_by(derivation: Equations, graph: Graph) -> Iterator[Message]:
    """What a derivation breaks: one message a law and place."""
    inputs = [i.symbol for i in derivation.inputs]
    definitions = [(e.symbol, (e.expression,)) for e in derivation.equations]
    outputs = [derivation.loss, *derivation.steps.values(), *derivation.adjoints.values(), *derivation.gradients.values()]
    yield from names_are_distinct([*inputs, *(symbol for symbol, _ in definitions)])
    yield from operands_come_first(inputs, definitions, outputs)
    yield from _forward_comes_first(derivation)
    yield from _shapes_are_made(derivation)
    yield from _gradients_fit(derivation)
    yield from _adjoints_fit(derivation)
    yield from _adjoints_are_complete(derivation, graph)
    yield from _kinks_are_known(derivation)


def _forward_comes_first(derivation: Equations) -> Iterator[Message]:
    """The equations of the loss come first, and rest on no gradient."""
    for before, after in pairwise(derivation.equations):
        if after.kind == "forward" and before.kind != "forward":
            yield message("law_forward_first", name=str(after.symbol))


def _shapes_are_made(derivation: Equations) -> Iterator[Message]:
    """Every equation has the shape that its right-hand side has; the loss is a scalar."""
    for equation in derivation.equations:
        made = array_shape(equation.expression, derivation.shapes)
        if made != equation.shape:
            yield message("law_shapes", name=str(equation.symbol), shape=equation.shape, made=made)
    loss = array_shape(derivation.loss, derivation.shapes)
    if loss != SCALAR:
        yield message("law_shapes", name=str(derivation.loss), shape=loss, made=SCALAR)


def _gradients_fit(derivation: Equations) -> Iterator[Message]:
    """A gradient is that of an input, has an equation of that kind, and broadcasts to the input's shape."""
    inputs = {i.name: i.shape for i in derivation.inputs}
    kinds = {e.symbol: e.kind for e in derivation.equations}
    for name, symbol in derivation.gradients.items():
        if name not in inputs or kinds.get(symbol) != "gradient":
            yield message("law_gradients", name=name)
        elif not _fits(derivation.shapes[symbol], inputs[name]):
            yield message("law_shapes", name=str(symbol), shape=derivation.shapes[symbol], made=inputs[name])


def _adjoints_fit(derivation: Equations) -> Iterator[Message]:
    """An adjoint is that of a step, and broadcasts to the step's shape."""
    for name, symbol in derivation.adjoints.items():
        if name not in derivation.steps:
            yield message("law_adjoints_of_steps", name=name)
            continue
        wanted = array_shape(derivation.steps[name], derivation.shapes)
        if not _fits(derivation.shapes[symbol], wanted):
            yield message("law_shapes", name=str(symbol), shape=derivation.shapes[symbol], made=wanted)


def _fits(shape: Shape, whole: Shape) -> bool:
    return all(length in (1, full) for length, full in zip(shape, whole, strict=True))


def _adjoints_are_complete(derivation: Equations, graph: Graph) -> Iterator[Message]:
    """Every step between a parameter and the loss has an adjoint, but where nothing flows, and every gradient rests on it."""
    parameters = [i.symbol for i in graph.inputs if i.name in derivation.gradients]
    flowing = _flowing(graph, reached(graph.definitions, parameters))
    for name, symbol in graph.named.items():
        if symbol in flowing and name not in derivation.adjoints:
            yield message("law_adjoints_complete", name=name)
    back = [(e.symbol, (e.expression,)) for e in derivation.equations]
    for item in graph.inputs:
        if item.name not in derivation.gradients or item.symbol in flowing:
            continue
        if rests_on(back, [derivation.gradients[item.name]]) - {derivation.gradients[item.name]}:
            yield message("law_gradients_of_nothing", name=item.name)


def _flowing(graph: Graph, active: set[sympy.Symbol]) -> set[sympy.Symbol]:
    """The symbols that an adjoint flows to which isn't 0 by the rules themselves."""
    flowing: dict[Any, list[Any]] = {graph.output: [sympy.Integer(1)]}
    shapes: dict[Any, Shape] = dict(graph.shapes)
    with distribute(False):
        for node in reversed(graph.nodes):
            if node.symbol not in active or node.symbol not in flowing:
                continue
            gathered = sympy.Add(*flowing[node.symbol])
            if node.name is not None or gathered.free_symbols:  # it has a name then, whatever it is
                gathered = sympy.Dummy(real=True)
                shapes[gathered] = node.shape
            for operand, rule in zip(node.operands, local_rule(node, gathered, _looked_up(shapes)), strict=True):
                contribution = gathered * rule if isinstance(node.row, Elementwise) else rule
                if operand in active and contribution != 0:
                    flowing.setdefault(operand, []).append(contribution)
    return set(flowing)


def _looked_up(shapes: Mapping[Any, Shape]) -> Any:
    return lambda value: shapes.get(value, SCALAR)


def _kinks_are_known(derivation: Equations) -> Iterator[Message]:
    """What vanishes on a kink is made of known symbols; what an author calls a symbol is said of known ones."""
    known = set(derivation.shapes)
    for kink in derivation.kinks:
        for symbol in symbols([kink.vanishing]) - known:
            yield message("law_kinks_known", operation=kink.operation, name=str(symbol))
    for symbol, name in derivation.names.items():
        if symbol not in known:
            yield message("law_names_known", name=name)
