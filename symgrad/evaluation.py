"""A derivation's outputs as a program, and that program on values with radii."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symgrad.compile import Program, compile_
from symgrad.derivation import Derivation
from symgrad.fields import Values
from symgrad.graph import Graph, Input
from symgrad.precision import Precision
from symgrad.rounding import Rounding


def program(derivation: Derivation, outputs: Sequence[Any]) -> Program:
    """Outputs of a derivation as generated code, over its inputs in order."""
    bindings = [(e.symbol, e.expression) for e in derivation.needed(outputs)]
    return compile_([i.symbol for i in derivation.inputs], bindings, outputs)


def graph_program(graph: Graph, inputs: Sequence[Input]) -> Program:
    """A graph as generated code over the inputs of another that has them all."""
    symbols = {i.name: i.symbol for i in graph.inputs}
    missing = [i.symbol for i in inputs if i.name not in symbols]
    assert not set(missing) & set(symbols.values())  # names are distinct, so are symbols
    arguments = [symbols.get(i.name, i.symbol) for i in inputs]
    return compile_(arguments, [(node.symbol, node.expression) for node in graph.nodes], [graph.output])


def rounded(
    code: Program,
    values: Mapping[str, Values],
    shapes: Sequence[tuple[int, int]] | None,
    format_: Precision,
    *,
    decided: bool = False,
    products: float = 0.0,
) -> list[tuple[Values, Values]]:
    """Values and radii of a program's outputs, of the given shapes (their own, if none are given).

    An output is charged one rounding at least: another program may come to a constant 1 by way of 2.54·(1/2.54).
    With `decided`, conditions hold or don't by the values alone: on a kink, one side of it is looked at. `products` is the
    relative error of factors of matrix products that are rounded on the way in.
    """
    system = Rounding(format_, decided=decided, products=products)
    count = len(next(iter(values.values())))
    with np.errstate(all="ignore"):
        outputs = listed(system.bind(code)(*(system.exact(array) for array in values.values())))
    found = []
    for k, output in enumerate(outputs):
        item = system.coerce(output)
        shape = (count, *(item.shape[-2:] if shapes is None else shapes[k]))
        least = format_.unit_roundoff * np.abs(item.value)
        radius = least if item.radius is None else np.maximum(item.radius, least)
        found.append((np.broadcast_to(item.value, shape), np.broadcast_to(radius, shape)))
    return found


def listed(outputs: Any) -> list[Any]:
    """The outputs of a program as a list, also where there is only one."""
    return outputs if isinstance(outputs, list) else [outputs]
