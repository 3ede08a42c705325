"""Gradients that an author declares: what PyTorch is meant to say, where that isn't the derivative on purpose.

A straight-through estimator, or a layer that reverses gradients, states in its backward something else than the derivative
of its forward. Declared, it is judged like any gradient: by its own running error analysis and certified values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import sympy

from symgrad.basics.arrays import Values
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.evidence.symbolic_side import LONGEST_CLOSED_FORM
from symgrad.checking.judging.comparison import Comparison, Outcome, compare
from symgrad.derivation import Derivation, Equation
from symgrad.derivation.written_out import expanded
from symgrad.graphs.graph import Graph
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import graph_program
from symgrad.number_systems.rounding import rounded
from symgrad.number_systems.system import listed
from symgrad.truth.certified_values import certify
from symgrad.truth.reference import SAFETY, Tolerance


def declared(evidence: Evidence, found: Mapping[str, Comparison], nowhere: Values) -> dict[str, Comparison]:
    """What PyTorch says of each declared gradient, compared with the declaration; `found` are comparisons with the truth.

    `nowhere` marks points, (points, 1, 1), where the loss has no value.
    """
    compared = {}
    values = evidence.points.values
    for name, graph in evidence.exercise.expected_gradient.items():
        shape, code = evidence.exercise.inputs[name].shape, graph_program(graph, evidence.exercise.graph.inputs)
        side = evidence.framework
        charged = rounded(code, values, [shape], evidence.precision, products=side.lost, accumulated=side.accumulated)
        ((_, radius),) = charged
        by_hand = not found[name].tolerance.derived
        tolerance = found[name].tolerance if by_hand else Tolerance(SAFETY * radius, evidence.precision)
        (reference,) = certify(code, values, [tolerance.allowed], [shape])
        with np.errstate(all="ignore"):
            (floats,) = listed(Floats().bind(code)(*values.values()))
        stated = np.broadcast_to(floats, found[name].values.shape)
        compared[name] = replace(compare(found[name].values, reference, tolerance, undefined=nowhere), stated=stated)
    return compared


def aside(found: Mapping[str, Comparison], names: Mapping[str, Graph]) -> dict[str, Comparison]:
    """Comparisons with the truth in place of what PyTorch says of declared gradients: they have no part in disputes."""
    return {n: compare(c.reference.high.copy(), c.reference, c.tolerance) if n in names else c for n, c in found.items()}


def differs(evidence: Evidence, name: str, comparison: Comparison) -> bool:
    """Whether what PyTorch says, compared with a declaration, isn't the true gradient."""
    index = 1 + evidence.exercise.parameter_names.index(name)
    truth = compare(comparison.values, evidence.references[index], evidence.tolerances[index])
    return bool((truth.outcomes == Outcome.WRONG).any())


def text(name: str, graph: Graph) -> str:
    """A declared gradient as text."""
    symbol = sympy.Symbol(f"d{name}", real=True)
    equations = [Equation(node.symbol, node.expression, node.shape, "forward") for node in graph.nodes]
    equations.append(Equation(symbol, graph.output, graph.output_shape, "gradient"))
    names = {item.symbol: item.name for item in graph.inputs}
    stated = Derivation(graph.inputs, tuple(equations), symbol, {name: symbol}, {}, {}, names=names)
    return expanded(stated, LONGEST_CLOSED_FORM)[name]
