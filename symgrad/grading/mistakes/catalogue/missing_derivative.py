"""A local derivative of the chain is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from symgrad.basics.messages import message
from symgrad.grading.answer_key.tape import Change, Edge, Local
from symgrad.grading.answer_key.target import adjoint_of
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip, broadcast

UNTOLD = ("total", "mean", "transpose", "take", "block")
"""Rows on whole matrices without a factor that could be forgotten."""


def _left_out(local: Local) -> Any:
    return broadcast(local.adjoint, local.value.shape[-2:]) if local.adjoint.shape != local.value.shape else local.adjoint


def _slips(material: Material) -> Iterator[Slip]:
    yield from _factors(material)
    yield from _steps(material)


def _factors(material: Material) -> Iterator[Slip]:
    chain = material.chain
    alike: dict[str | None, dict[Edge, Change]] = defaultdict(dict)
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if chain.is_trivial(edge) or node.row.name in UNTOLD:
            continue
        said = message("factor_missing", factor=chain.factor(edge))
        fits = node.shape in ((1, 1), chain.shape(node.operands[edge[1]])) or chain.partial(edge) is not None
        if fits and node.shape == (1, 1) and chain.partial(edge) is None:
            yield material.slip(said, {edge: partial(_spread, shape=chain.shape(node.operands[edge[1]]))}, pairs=True)
        else:
            yield material.slip(said, {edge: _left_out}, pairs=fits, loose=not fits)
        if chain.is_function(node):
            alike[node.row.name][edge] = _left_out
            alike[None][edge] = _left_out
    for name, changes in alike.items():
        if len(changes) > 1:
            every = message("inner_derivatives_missing")
            yield material.slip(every if name is None else message("derivatives_missing", function=name), changes)


def _spread(local: Local, *, shape: tuple[int, int]) -> Any:
    return broadcast(local.adjoint, shape)


def _steps(material: Material) -> Iterator[Slip]:
    """From the adjoint of a step straight to that of an earlier one of its shape, as if one were the other."""
    named = [(n, s) for n, s in material.key.graph.named.items() if adjoint_of(n) in material.key.asked]
    for later, after in named:
        for earlier, before in named:
            behind = after in material.chain.tape.downstream(before)
            if behind and material.chain.shape(before) == material.chain.shape(after):
                said = message("derivative_by_step_missing", of=later, by=earlier)
                given = {before: material.right.adjoints[after]}
                yield Slip(said, partial(material.changed, {}, given=given))


MISCONCEPTION = Misconception(
    tag="missing_derivative",
    summary=message("local_derivative_left_out"),
    slips=_slips,
    catches=(
        Example("sigmoid_network", "w1", "(w2' dz2) x'"),
        Example("recurrent", "u", "(h2 - y)(h1 + u(1 - h1²) h0)"),
        Example("linear", "w", "2(wx - y)"),
        Example("sigmoid_network", "dz2", "y2 - y"),
        Example("stacked_linear", "W1", "r x'"),
    ),
    misses=(Example("sigmoid_network", "w2", "-dz2 y1'"), Example("linear", "w", "x(wx - y)")),
)
