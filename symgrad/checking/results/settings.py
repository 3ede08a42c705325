"""How to check: settings, made once and handed on."""

from __future__ import annotations

from dataclasses import dataclass, fields

from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import message
from symgrad.basics.showing import line
from symgrad.frameworks.pytorch.ways import WAYS


@dataclass(frozen=True)
class Settings:
    """How to check: seed of sampled points, format under test, how many points, and tolerances given by hand, if any.

    With `certify` every entry is certified, and the definition of the derivative is asked about every one. `via` is the way
    of PyTorch's to the gradient, a name in `symgrad.frameworks.pytorch.ways`; with `order` 2 second derivatives are checked,
    too; `device` is where PyTorch computes. With `entries` reports show every entry at one point, which
    `entries_at` names by its number; that of the worst entry, unless said.
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
    entries: bool = False
    entries_at: int | None = None

    def __post_init__(self) -> None:
        for name in ("seed", "points", "rtol", "atol", "entries_at"):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if value is not None and not (number and value >= 0 and value < float("inf")):
                raise UserError(message("setting_is_no_number", name=name, value=repr(value)))
        if self.via not in WAYS:
            near = closest(str(self.via), WAYS)
            raise UserError(message("no_way", value=repr(self.via), closest=near, names=list(WAYS)))
        way = WAYS[self.via]  # one that a package adds is loaded before anything runs
        if self.order not in (1, 2):
            raise UserError(message("no_order", value=repr(self.order)))
        if self.order == 2 and not way.twice:
            able = [name for name, other in WAYS.items() if other.twice]
            raise UserError(message("not_twice", via=self.via, names=able))

    @property
    def by_hand(self) -> bool:
        """Whether the tolerance is given by hand."""
        return self.rtol is not None or self.atol is not None

    def __repr__(self) -> str:
        chosen = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if getattr(self, f.name) != f.default]
        return line(f"Settings({', '.join(chosen)})")
