"""Gradients that are zero everywhere, told from those that are zero at the points at hand.

A gradient is a piecewise analytic function of its inputs: one that is 0 at generic points of many sizes is 0 on every piece
that they lie on (for polynomials: Schwartz, Fast probabilistic algorithms for verification of polynomial identities, 1980).
Balls say 0 up to a radius far below every term, at points that nobody chose and no domain confines. Where there are pieces,
they have to lie on both sides of every kink: relu(x − 100) has a slope, though no usual number shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import sympy
from flint import arb

from symgrad.basics.arrays import Values
from symgrad.derivation import Derivation
from symgrad.graphs.graph import Graph, Input
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import graph_program, program
from symgrad.number_systems.system import listed
from symgrad.operations.row import Elementwise
from symgrad.operations.table import TABLE

SIZES = (0.25, 1.0, 4.0, 32.0)
"""How large inputs are at the points that are looked at; so many of each."""
OF_EACH = 4
LEAST = 4
"""Points at which a gradient has to have a value for its zeros to tell anything."""
BITS = 512
NOTHING = 2.0**-256
"""A ball around 0 with a radius below this is 0: terms that cancel are computed with twice as many bits."""


def zero_everywhere(derivation: Derivation, inputs: Mapping[str, Input], names: Sequence[str], seed: int = 0) -> set[str]:
    """The parameters among `names` whose gradients are zero at all generic points of any size."""
    if not names:
        return set()
    generator = np.random.default_rng(seed)
    points = {name: _generic(item, generator) for name, item in inputs.items()}
    if not _on_both_sides(derivation, points):
        return set()
    code = program(derivation, [derivation.gradients[name] for name in names])
    with at_precision(BITS):
        outputs = listed(Balls().bind(code)(*(to_balls(array) for array in points.values())))
    return {name for name, output in zip(names, outputs, strict=True) if _is_zero(output)}


def _generic(item: Input, generator: np.random.Generator) -> Values:
    """Numbers of full mantissas, (points, rows, columns), of the sign that the author assumed."""
    low, high = item.limits
    sizes = np.repeat(SIZES, OF_EACH)[:, None, None]
    values = sizes * generator.uniform(-1, 1, (len(sizes), *item.shape))
    return np.asarray(np.abs(values) if low == 0 else -np.abs(values) if high == 0 else values)


def _on_both_sides(derivation: Derivation, points: Mapping[str, Values]) -> bool:
    """Whether points lie on both sides of every kink of operations that act entry by entry; others have no sides."""
    kinks = [kink for kink in derivation.kinks if isinstance(TABLE.get(kink.operation), Elementwise)]
    vanishing = list(dict.fromkeys(kink.vanishing for kink in kinks if kink.vanishing.free_symbols))
    if not vanishing:
        return True
    with np.errstate(all="ignore"):
        outputs = listed(Floats().bind(program(derivation, vanishing))(*points.values()))
    return all((np.min(output, axis=0) < 0).all() and (np.max(output, axis=0) > 0).all() for output in outputs)


def _is_zero(output: object) -> bool:
    balls = np.asarray(output, dtype=object)
    flat = balls.reshape(len(balls), -1) if balls.ndim == 3 else balls.reshape(1, -1)
    known = [line for line in flat if all(arb(ball).is_finite() for ball in line)]
    if len(known) < min(LEAST, len(flat)):
        return False
    return all(bool(arb(ball).contains(0)) and float(arb(ball).rad()) < NOTHING for line in known for ball in line)


def centred_by(graph: Graph, name: str, seed: int = 0) -> list[str]:
    """The rows that take an input only as something added to their operand, where that doesn't change them; else none.

    Whether it doesn't is looked at: softmax changes by what is added to some of its entries, though their sum stays 1.
    """
    symbol = next(item.symbol for item in graph.inputs if item.name == name)
    found: dict[str, None] = {}
    pending = [symbol]
    while pending:
        value = pending.pop()
        for node in graph.nodes:
            if value not in node.operands:
                continue
            if node.row.centred and _stays(graph, node.symbol, name, seed):
                found[node.row.name] = None
            elif node.row.additive:
                pending.append(node.symbol)
            else:
                return []
    return list(found)


def _stays(graph: Graph, value: sympy.Symbol, name: str, seed: int) -> bool:
    """Whether a value of a graph is the same, in balls at generic points, whatever an input is."""
    generator = np.random.default_rng(seed)
    first, second = ({item.name: _generic(item, generator) for item in graph.inputs} for _ in range(2))
    run = graph_program(replace(graph, output=value), graph.inputs)
    with at_precision(BITS):
        one, other = (Balls().bind(run)(*map(to_balls, (first | {name: at[name]}).values())) for at in (first, second))
    return _is_zero(np.asarray(one, dtype=object) - np.asarray(other, dtype=object))
