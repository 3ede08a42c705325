"""Random losses: a loss is a list of nodes in order of computation, over symbols with domains."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from inventing.operations import Interval, Operation, Shape, magnitude
from inventing.whole import OPERATIONS, WHOLE

LIMITS = {"float64": 1e12, "float32": 1e9, "bfloat16": 1e9, "float16": 2e3}
DOMAINS: tuple[tuple[Interval | None, float], ...] = (
    (None, 5),
    ((0.5, 1.5), 2),
    ((0.1, 4.0), 2),
    ((-0.1, 0.1), 1),
    ((-8.0, 8.0), 2),
    ((-30.0, 30.0), 1),
    ((-1000.0, 1000.0), 1),
    ((1.0, 1000.0), 0.5),
    ((0.001, 0.05), 0.7),
)


@dataclass(frozen=True)
class Symbol:
    """A parameter or a datum: its shape, and the domain that the exercise says (none: −2 to 2)."""

    name: str
    shape: Shape
    domain: Interval | None
    parameter: bool


@dataclass(frozen=True)
class Node:
    """One operation on earlier values, by name."""

    name: str
    operation: Operation
    operands: tuple[str, ...]
    constants: tuple[float, ...]
    shape: Shape
    shapes: tuple[Shape, ...]
    step: bool

    @property
    def length(self) -> int:
        """The entries over which a reduction or a product goes."""
        shape = self.shapes[0]
        if self.operation.name in ("matmul",):
            return shape[1]
        axis = self.operation.name[-1]
        return shape[int(axis)] if " along " in self.operation.name else int(np.prod(shape, dtype=int))


@dataclass(frozen=True)
class Loss:
    """Symbols, and nodes of which the last is the loss."""

    symbols: tuple[Symbol, ...]
    nodes: tuple[Node, ...]

    def value(self, values: dict[str, Any]) -> Any:
        """The loss in balls."""
        known = dict(values)
        for node in self.nodes:
            constants = [arb(c) for c in node.constants] if node.operation.elementwise else []
            found = node.operation.truth(*(known[o] for o in node.operands), *constants)
            known[node.name] = np.asarray(found, dtype=object)
        return known[self.nodes[-1].name].item()


class _Growing:
    """A pool of values with shapes and ranges, from which further ones are made."""

    def __init__(self, rng: random.Random, limit: float) -> None:
        self.rng, self.limit = rng, limit
        self.symbols: list[Symbol] = []
        self.nodes: list[Node] = []
        self.shapes: dict[str, Shape] = {}
        self.ranges: dict[str, Interval] = {}
        self.unused: dict[str, None] = {}

    def sow(self) -> None:
        """Symbols whose shapes have rows and columns in common."""
        rng = self.rng
        p, q, r = (rng.choice((1, 2, 2, 3, 3, 4, 5, 6)) for _ in range(3))
        shapes = rng.choice(
            [
                [()] * 3,
                [(p, q), (q, r), (p, 1)],
                [(p, q), (p, q), ()],
                [(p, 1), (p, 1), ()],
                [(p, q), (1, q), (p, 1)],
                [(p, q), (q, 1), (p, 1)],
                [(p, p), (p, q), ()],
                [(p, q), (p, q), (q, r)],
            ]
        )
        common = rng.choices([d for d, _ in DOMAINS], [w for _, w in DOMAINS])[0]
        for number, shape in enumerate(shapes[: rng.choice((1, 2, 2, 3))]):
            domain = common if rng.random() < 0.7 else rng.choices([d for d, _ in DOMAINS[:5]], [w for _, w in DOMAINS[:5]])[0]
            symbol = Symbol("abc"[number], shape, domain, number == 0 or rng.random() < 0.75)
            self.symbols.append(symbol)
            self.shapes[symbol.name], self.ranges[symbol.name] = shape, domain or (-2.0, 2.0)
            self.unused[symbol.name] = None

    def apply(self, operation: Operation, operands: tuple[str, ...]) -> str | None:
        """The name of a new value; None where the operation doesn't take these operands."""
        shapes = tuple(self.shapes[o] for o in operands)
        shape = operation.shape(*shapes)
        if shape is None or (operation.name == "choice" and shape != ()) or any(s == (1, 1) for s in (shape, *shapes)):
            return None
        constants = self.rng.choice(operation.constants) if operation.constants else ()
        node = Node(f"h{len(self.nodes) + 1}", operation, operands, constants, shape, shapes, self.rng.random() < 0.25)
        extra = constants if operation.elementwise else (node.length,)
        try:
            found = operation.range(*(self.ranges[o] for o in operands), *extra)
        except OverflowError:
            return None
        if found is None or magnitude(found)[1] > self.limit:
            return None
        self.nodes.append(node)
        self.shapes[node.name], self.ranges[node.name] = shape, found
        for operand in operands:
            self.unused.pop(operand, None)
        self.unused[node.name] = None
        return node.name

    def grow(self, times: int) -> None:
        """Applies random operations to random values, fresh ones first."""
        for _ in range(times):
            for _ in range(25):
                operation = self.rng.choices(OPERATIONS, [o.weight for o in OPERATIONS])[0]
                names = list(self.shapes)
                operands = tuple(
                    self.rng.choice(list(self.unused) if self.rng.random() < 0.7 else names) for _ in range(operation.arity)
                )
                if self.apply(operation, operands):
                    break

    def gather(self) -> bool:
        """Brings what is unused together to a scalar; whether that went well."""
        reductions = [o for o in WHOLE if " along " not in o.name and o.name != "prod"]
        by_name = {o.name: o for o in OPERATIONS}
        for name in list(self.unused):
            if self.shapes[name] == ():
                continue
            if self.rng.random() < 0.5 and not self.apply(by_name[self.rng.choice(("square", "tanh", "abs"))], (name,)):
                continue
        for name in [n for n in self.unused if self.shapes[n] != ()]:
            if not (self.apply(self.rng.choice(reductions), (name,)) or self.apply(by_name["mean"], (name,))):
                return False
        while len(self.unused) > 1:
            pair = tuple(list(self.unused)[:2])
            wanted = by_name[self.rng.choice(("add", "add", "subtract", "hadamard"))]
            if not (self.apply(wanted, pair) or self.apply(by_name["add"], pair)):
                return False
        return bool(self.nodes) and self.shapes[self.nodes[-1].name] == ()


def invented(rng: random.Random, dtype: str) -> Loss:
    """A random loss whose values stay within a format."""
    while True:
        growing = _Growing(rng, LIMITS[dtype])
        growing.sow()
        growing.grow(rng.choice((1, 2, 3, 4, 6)))
        try:
            if growing.gather():
                return Loss(tuple(growing.symbols), tuple(growing.nodes))
        except TypeError:
            continue


def gradient_in_balls(loss: Loss, values: dict[str, Any], parameters: list[str]) -> dict[str, Any]:
    """The gradient by central differences of 2⁻⁹⁰, in balls of 400 bits: right to more than 40 digits."""
    step = arb(2) ** -90
    found = {}
    for name in parameters:
        slopes = np.empty(values[name].shape)
        for place in np.ndindex(*values[name].shape):
            ends = []
            for sign in (1, -1):
                moved = values[name].copy()
                moved[place] = moved[place] + sign * step
                ends.append(loss.value({**values, name: moved}))
            slopes[place] = float(((ends[0] - ends[1]) / (2 * step)).mid())
        found[name] = slopes
    return found
