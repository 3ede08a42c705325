"""A case: one program, right or wrong, with the format, way and order in which it is judged; made from a seed and an index."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from inventing.losses import Loss, invented
from inventing.operations import STYLES
from inventing.writing import FORWARD, Mutation, exercise_source, kinds_of, torch_source

DTYPES = ("float64", "float32", "bfloat16", "float16")
WAYS = {"backward": 10, "create_graph": 3, "grad": 2, "vjp": 2, "jacrev": 1.5, "jvp": 1.5, "jacfwd": 1, "compile": 0.003}
OWN = "symgrad's own"
POINTS = 8
FAMILY = 8


@dataclass(frozen=True)
class Case:
    """What is judged, and how; `style` is None where symgrad runs the loss by itself."""

    seed: int
    index: int
    loss: Loss
    style: str
    mutation: Mutation | None
    dtype: str
    way: str
    order: int
    source: str
    plain: str

    @property
    def title(self) -> str:
        """The case in a line."""
        wrong = f"wrong: {self.mutation.kind} at {self.mutation.where} by {self.mutation.how}" if self.mutation else "right"
        return f"seed {self.seed}, index {self.index}: {wrong}, {self.style}, {self.options}"

    @property
    def options(self) -> str:
        """The options of `symgrad check`."""
        return f"--dtype {self.dtype} --via {self.way} --order {self.order}"


def case(seed: int, index: int, formats: tuple[str, ...] = DTYPES) -> Case:
    """The case of a seed and an index: even ones are right, odd ones wrong. A loss serves eight cases."""
    rng = random.Random(f"{seed} {index}")
    dtype = formats[(index // FAMILY) % len(formats)]
    loss = invented(random.Random(f"{seed} loss {index // FAMILY}"), dtype)
    way = rng.choices(list(WAYS), list(WAYS.values()))[0]
    order = 2 if rng.random() < 0.15 else 1
    mutation = None
    while index % 2 and mutation is None:
        mutation = kinds_of(loss, rng, way, dtype, order)
    style = rng.choice(STYLES if mutation else (*STYLES, OWN))
    if way in FORWARD and style == "custom":
        style = "by hand"
    program = None if style == OWN else torch_source(loss, style, rng, way, mutation)
    plain = torch_source(loss, "plain", random.Random(0), way, None)
    made = Case(seed, index, loss, style, mutation, dtype, way, order, "", plain)
    source = exercise_source(loss, program, f"{made.title}.", POINTS)
    return Case(seed, index, loss, style, mutation, dtype, way, order, source, plain)


def executed(source: str, name: str) -> dict[str, Any]:
    """What a file defines."""
    namespace: dict[str, Any] = {"__name__": name}
    exec(
        compile("import torch\n" + source if not source.startswith('"""') else source, name, "exec"), namespace
    )  # our own text
    return namespace
