"""Random rounding: a program whose operations each are off by up to a rounding, of a sign that changes from run to run.

How far its results stray says how many digits it loses, constants and exact sums that always fall on one side included (Monte
Carlo arithmetic: Parker 1997; Sohier et al., Confidence intervals for stochastic arithmetic, 2021).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from symgrad.basics.float_formats import PRECISIONS
from symgrad.frameworks.pytorch.operations_seen import FORMATS, tensors

EXACT = (torch.ops.aten.nextafter.default,)
"""What rounds nothing, though its results are new numbers with all digits."""


class RandomRounding(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
    """While it's on, half of what PyTorch computes in a format is its neighbour there, above or below; forward and backward.

    So are numbers of Python's that it's given, in `dtype`. Whole numbers of no more than half the digits stay: labels, counts
    and masks are exact. So do views, and what an operation writes in place.
    """

    def __init__(self, dtype: str, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self._format = PRECISIONS[dtype]
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        operands = [_sizes(t) for t in tensors((args, given)) if _has_numbers(t)]
        made = function(*map(self._number, args), **{name: self._number(each) for name, each in given.items()})
        described = function._schema.returns
        if function in EXACT or any(each.alias_info is not None for each in described):  # views, and what writes in place
            return made
        if isinstance(made, torch.Tensor):
            return self._moved(made, operands)
        return type(made)(self._moved(each, operands) for each in made) if isinstance(made, (tuple, list)) else made

    def _number(self, value: Any) -> Any:
        if type(value) is not float or not math.isfinite(value) or value == round(value):
            return value
        return value + float(self._drawn(()) * self._format.ulp(value))

    def _moved(self, result: Any, operands: list[torch.Tensor]) -> Any:
        """A result, moved where it was computed; what was only passed on, as by a copy, a choice or a sign, stays."""
        if not isinstance(result, torch.Tensor) or not _has_numbers(result):
            return result
        format_, sizes = FORMATS[result.dtype], _sizes(result)
        stays = (sizes == sizes.round()) & (sizes <= 2.0 ** (format_.digits // 2))
        if operands:
            stays |= torch.isin(sizes, torch.cat(operands))
        moved = sizes + self._drawn(sizes.shape) * torch.from_numpy(format_.ulp(sizes.numpy()))
        moved = torch.where(stays, sizes, moved).reshape(result.shape).to(result.device, result.dtype)
        return torch.copysign(moved, result)

    def _drawn(self, shape: tuple[int, ...]) -> torch.Tensor:
        """Units in the last place: −1 or 1 for a quarter of the results each, 0 for the others."""
        return (2 * torch.rand(shape, dtype=torch.float64, generator=self._generator) - 1).round()


def _has_numbers(tensor: torch.Tensor) -> bool:
    """Whether a tensor stores numbers of a format; one on "meta" doesn't, nor a tangent that is 0, which it crashes to read."""
    stored = tensor.layout == torch.strided and not tensor.is_meta and not tensor._is_zerotensor()
    return stored and tensor.dtype in FORMATS


def _sizes(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().to("cpu", torch.float64).abs().reshape(-1)
