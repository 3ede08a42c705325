"""How to check: settings, made once and handed on."""

from __future__ import annotations

from dataclasses import dataclass, fields

from symgrad.basics.errors import UserError, nearest
from symgrad.basics.showing import line
from symgrad.frameworks.pytorch.ways import WAYS


@dataclass(frozen=True)
class Settings:
    """How to check: seed of sampled points, format under test, how many points, and tolerances given by hand, if any.

    With `certify` every entry is certified, and the definition of the derivative is asked about every one. `via` is the way
    of PyTorch's to the gradient, a name in `symgrad.frameworks.pytorch.ways`; with `order` 2 second derivatives are checked,
    too; `device` is where PyTorch computes.
    """

    seed: int = 0
    dtype: str = "float64"
    points: int | None = None
    rtol: float | None = None
    atol: float | None = None
    certify: bool = False
    via: str = "backward"
    order: int = 1
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name in ("seed", "points", "rtol", "atol"):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if value is not None and not (number and value >= 0 and value < float("inf")):
                raise UserError(f"{name} is {value!r}; accepted: a number, 0 or more")
        if self.via not in WAYS:
            raise UserError(f"via is {self.via!r}{nearest(str(self.via), WAYS)}; accepted: {', '.join(WAYS)}")
        if self.order not in (1, 2):
            raise UserError(f"order is {self.order!r}; accepted: 1, or 2 for second derivatives too")
        if self.order == 2 and not WAYS[self.via].twice:
            able = ", ".join(name for name, way in WAYS.items() if way.twice)
            raise UserError(f"PyTorch takes no second derivative via {self.via}; accepted with order=2: {able}")

    def __repr__(self) -> str:
        chosen = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if getattr(self, f.name) != f.default]
        return line(f"Settings({', '.join(chosen)})")
