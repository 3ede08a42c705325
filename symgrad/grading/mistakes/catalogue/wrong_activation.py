"""The derivative of another function, or a slip in that of an activation: tanh's 1 − y² for σ, 1 + σ for 1 − σ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symgrad.basics.messages import message
from symgrad.derivation.notation.text import SIGNS
from symgrad.grading.answer_key.tape import Change, Edge, Local
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip
from symgrad.grading.mistakes.catalogue.wrong_place import forgotten
from symgrad.grading.mistakes.chain import formula

FORMS: Mapping[str, Callable[[Any, Any], Any]] = {
    "1 − {y}²": lambda x, y: 1 - y**2,
    "{y}(1 − {y})": lambda x, y: y * (1 - y),
    "{y}(1 + {y})": lambda x, y: y * (1 + y),
    "1 + {y}²": lambda x, y: 1 + y**2,
    "1 − {y}": lambda x, y: 1 - y,
    "1 + {y}": lambda x, y: 1 + y,
    "{y}": lambda x, y: y,
    "{y}²": lambda x, y: y**2,
    "{y}² − 1": lambda x, y: y**2 - 1,
    "{y}(1 − {y}²)": lambda x, y: y * (1 - y**2),
    "({y}(1 − {y}))²": lambda x, y: (y * (1 - y)) ** 2,
    "(1 − {y})²": lambda x, y: (1 - y) ** 2,
    "{y}²(1 − {y})": lambda x, y: y**2 * (1 - y),
    "{y}(1 − {y})²": lambda x, y: y * (1 - y) ** 2,
    "{x}": lambda x, y: x,
    "1 − {x}²": lambda x, y: 1 - x**2,
    "1/{x}": lambda x, y: 1 / x,
    "1/{y}": lambda x, y: 1 / y,
    "1/{x}²": lambda x, y: 1 / x**2,
    "[{x} > 0]": lambda x, y: (x > 0).astype(float),
    "[{x} < 0]": lambda x, y: (x < 0).astype(float),
    "relu({x})": lambda x, y: np.maximum(x, 0),
    "sign({x})": lambda x, y: np.sign(x),
    "σ′({x})": lambda x, y: np.exp(-np.logaddexp(0, -x) - np.logaddexp(0, x)),
    "σ({x})": lambda x, y: np.exp(-np.logaddexp(0, -x)),
    "tanh′({x})": lambda x, y: 1 / np.cosh(x) ** 2,
    "tanh({x})": lambda x, y: np.tanh(x),
    "exp({x})": lambda x, y: np.exp(x),
    "exp(−{x})": lambda x, y: np.exp(-x),
    "{x} exp({x} − 1)": lambda x, y: x * np.exp(x - 1),
    "{x} {y}": lambda x, y: x * y,
    "cos({x})": lambda x, y: np.cos(x),
    "sin({x})": lambda x, y: np.sin(x),
}
"""What is taken for the derivative of y = f(x)."""
PAIRED = 8
"""So many of these are looked for together with another mistake."""


def _slips(material: Material) -> Iterator[Slip]:
    yield from _softmaxes(material)
    chain = material.chain
    alike: dict[tuple[str, str], dict[Edge, Change]] = defaultdict(dict)
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if not chain.is_function(node):
            continue
        x, y = chain.written(node.operands[0], 3), chain.written(node.symbol, 3)
        operand = chain.text(node.operands[0])
        sign = SIGNS.get(node.row.name, node.row.name)
        for k, (form, taken_as) in enumerate(FORMS.items()):
            said = message("derivative_is_not", function=sign, operand=operand, taken=formula(form.format(x=x, y=y)))
            change = {edge: _with(taken_as)}
            yield material.slip(said, change, pairs=k < PAIRED)
            alike[sign, form.format(x="x", y=f"{sign}(x)")] |= change
    for (sign, taken), changes in alike.items():
        if len(changes) > 1:
            yield material.slip(message("is_not_the_derivative", function=sign, taken=taken), changes)


def _softmaxes(material: Material) -> Iterator[Slip]:
    """Of softmax and its logarithm: σ in place of it, a forgotten bias."""
    chain = material.chain
    for edge in chain.tape.edges:
        node = chain.node(edge)
        if node.row.name != "log_softmax":
            continue
        z = material.values[node.operands[0]]
        operand = chain.text(node.operands[0])
        said = message("softmax_is_not_sigmoid", operand=operand)
        yield material.slip(said, {edge: _log_softmax(1 / (1 + np.exp(-z)), node)})
        for part, without in forgotten(material, node.operands[0]):
            shifted = np.exp(without - np.logaddexp.reduce(without, axis=_axis(node), keepdims=True))
            said = message("softmax_taken_of", operand=message("without", value=operand, part=part))
            yield material.slip(said, {edge: _log_softmax(shifted, node)})


def _axis(node: Any) -> int:
    axis = node.options[0] if node.options else None
    return int(axis) - 2 if axis is not None else (-2 if node.shape[1] == 1 else -1)


def _log_softmax(shares: Any, node: Any) -> Change:
    return lambda local: local.adjoint - shares * local.adjoint.sum(axis=_axis(node), keepdims=True)


def _with(taken_as: Callable[[Any, Any], Any]) -> Callable[[Local], Any]:
    return lambda local: local.adjoint * taken_as(local.operands[0], local.value)


MISCONCEPTION = Misconception(
    tag="wrong_activation",
    summary=message("derivative_of_activation_wrong"),
    slips=_slips,
    catches=(
        Example("sigmoid_network", "dz2", "(y2 - y) ∘ (1 - y2 ∘ y2)"),
        Example("sigmoid_network", "dz2", "(y2 - y) ∘ y2 ∘ (1 + y2)"),
        Example("recurrent", "da2", "(h2 - y) h2 (1 - h2)"),
        Example("tanh_network", "dz1", "(W2' dz2) ∘ h ∘ (1 - h)"),
        Example("relu_network", "dz", "dh ∘ h"),
    ),
    misses=(Example("sigmoid_network", "dz2", "(y2 - y) ∘ σ'(y2)"),),
)
