"""Something else was computed: another gradient, the loss itself, the adjoint of a step, the outer derivative alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from symgrad.fields import Values
from symgrad.grading.misconceptions.misconception import Example, Material, Misconception, Slip, broadcast


def _everywhere(material: Material, array: Any, *, but: str = "") -> Mapping[str, Values]:
    return {name: array for name in material.key.asked if name != but}


def _others(material: Material) -> Iterator[Slip]:
    for name, array in material.truths.items():
        if name in material.key.exercise.parameter_names:
            yield Slip(f"this is the gradient of {name}", partial(_everywhere, material, array, but=name))


def _loss(material: Material) -> Iterator[Slip]:
    output = material.key.exercise.graph.output
    value = material.values.get(output)
    if value is not None:
        yield Slip("this is the loss itself, not its derivative", lambda: _everywhere(material, value))


def _adjoints(material: Material) -> Iterator[Slip]:
    for name, array in material.truths.items():
        if name not in material.key.exercise.parameter_names:
            step = name.removeprefix("d")
            said = f"this is the adjoint of {step}; the chain goes on from there"
            yield Slip(said, partial(_everywhere, material, array, but=name))


def _outer(material: Material) -> Iterator[Slip]:
    """Where the chain stops at a node without a name, or at the function or product that a parameter stands in."""
    chain = material.chain
    for node in material.key.exercise.graph.nodes:
        adjoint = material.right.adjoints.get(node.symbol)
        if adjoint is None or node.symbol == material.key.exercise.graph.output:
            continue
        where = chain.text(node.symbol)
        said = f"the chain stops at {where}: its inner derivative is missing"
        own = next((f"d{n}" for n, s in material.key.exercise.graph.named.items() if s == node.symbol), "")
        whole = broadcast(adjoint, node.shape)
        yield Slip(said, partial(_everywhere, material, whole, but=own))


OTHER_GRADIENT = Misconception(
    tag="other_gradient",
    summary="the gradient of another parameter",
    slips=_others,
    catches=(Example("quadratic", "w1", "2x(prediction - y)"), Example("recurrent", "u", "da2 x2 + da1 x1")),
    misses=(Example("linear", "w", "2(wx - y)"),),
)
LOSS_ITSELF = Misconception(
    tag="loss_itself",
    summary="the loss itself, not its gradient",
    slips=_loss,
    catches=(Example("linear", "w", "(wx - y)²"), Example("recurrent", "w", "(h2 - y)^2/2")),
    misses=(Example("linear", "w", "2(wx - y)"),),
)
ADJOINT_INSTEAD = Misconception(
    tag="adjoint_instead",
    summary="the adjoint of a step instead of the gradient",
    slips=_adjoints,
    catches=(Example("sigmoid_network", "w1", "dz1"), Example("recurrent", "w", "da2"), Example("tanh_network", "b2", "dz2")),
    misses=(Example("sigmoid_network", "w1", "-dz1 x'"),),
)
OUTER_ONLY = Misconception(
    tag="outer_only",
    summary="the derivative of the outer function only",
    slips=_outer,
    catches=(Example("linear", "w", "2(wx - y)"), Example("recurrent", "w", "h2 - y")),
    misses=(Example("linear", "w", "x(wx - y)"),),
)
MISCONCEPTIONS = (LOSS_ITSELF, OTHER_GRADIENT, ADJOINT_INSTEAD, OUTER_ONLY)
