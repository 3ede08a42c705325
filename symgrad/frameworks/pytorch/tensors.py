"""PyTorch tensors: a loss run through PyTorch's own operations, so that PyTorch's own derivative formulas are checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from symgrad.frameworks.pytorch.kernels import kernel
from symgrad.number_systems.system import System
from symgrad.operations.row import Elementwise, Structural

ALL = (-2, -1)


class Tensors(System):
    """The number system of tensors of shape (points, rows, columns) and of one dtype."""

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self._dtype = dtype

    def number(self, p: int, q: int) -> float:
        return p / q

    def lift(self, value: Any) -> torch.Tensor:
        return self._tensor(value).reshape(1, 1)

    def pi(self) -> float:
        return math.pi

    def euler(self) -> float:
        return 0.5772156649015329

    def catalan(self) -> float:
        return 0.915965594177219

    def infinity(self) -> float:
        return math.inf

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        function, count = kernel(row), row.operands or 1
        if function is None:
            return super().elementwise(row)

        def call(*arguments: Any) -> Any:
            operands = arguments[:count]
            if row.name != "power" or not any(isinstance(o, torch.Tensor) for o in operands):
                operands = tuple(self._tensor(operand) for operand in operands)
            return function(*operands, *arguments[count:])

        return call

    def structural(self, row: Structural) -> Callable[..., Any]:
        return kernel(row) or super().structural(row)

    def _tensor(self, value: Any) -> torch.Tensor:
        return value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=self._dtype)

    def plus(self, *terms: Any) -> Any:
        return sum(terms[1:], terms[0])

    def less(self, a: Any, b: Any) -> Any:
        return self._tensor(a) < b

    def less_equal(self, a: Any, b: Any) -> Any:
        return self._tensor(a) <= b

    def equal(self, a: Any, b: Any) -> Any:
        return self._tensor(a) == b

    def both(self, *conditions: Any) -> Any:
        result = conditions[0]
        for condition in conditions[1:]:
            result = result & condition
        return result

    def either(self, *conditions: Any) -> Any:
        return ~self.both(*(~c for c in conditions))

    def negation(self, condition: Any) -> Any:
        return ~condition

    def choose(self, *branches: Any) -> Any:
        value = self._tensor(branches[-1])
        for k in range(len(branches) - 3, -1, -2):
            value = torch.where(branches[k + 1], self._tensor(branches[k]), value)
        return value

    def total(self, a: Any, axis: int | None) -> Any:
        return torch.sum(a, dim=_axes(axis), keepdim=True)

    def mean(self, a: Any, axis: int | None) -> Any:
        return torch.mean(a, dim=_axes(axis), keepdim=True)

    def amax(self, a: Any, axis: int | None) -> Any:
        return torch.amax(a, dim=_axes(axis), keepdim=True)

    def share(self, a: Any, axis: int | None) -> Any:
        greatest = (a == self.amax(a, axis)).to(a.dtype)
        return greatest / self.total(greatest, axis)

    def gap(self, a: Any, axis: int | None) -> Any:
        lines = a.reshape(*a.shape[:-2], 1, -1) if axis is None else a.mT if axis == 0 else a
        top = torch.topk(lines, 2, dim=-1).values
        result = top[..., :1] - top[..., 1:]
        return result.mT if axis == 0 else result

    def embed(self, a: Any, rows: int, columns: int, top: int, left: int) -> Any:
        right, below = columns - left - a.shape[-1], rows - top - a.shape[-2]
        return torch.nn.functional.pad(a, (left, right, top, below))

    def concatenate(self, parts: Sequence[Any], axis: int) -> Any:
        leading = torch.broadcast_shapes(*(part.shape[:-2] for part in parts))  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return torch.cat([part.expand(*leading, *part.shape[-2:]) for part in parts], dim=axis - 2)

    def block(self, cells: Sequence[Any], rows: int, columns: int) -> Any:
        cells = [*(self._tensor(cell) for cell in cells), torch.zeros((1, 1), dtype=self._dtype)]
        tensors = torch.broadcast_tensors(*cells)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        joined = torch.cat(tensors[:-1], dim=-1)
        return joined.reshape(*joined.shape[:-2], rows, columns)

    def broadcast(self, a: Any, rows: int, columns: int) -> Any:
        tensor = self._tensor(a)
        return tensor.expand(*tensor.shape[:-2], rows, columns)

    def identity(self, n: int) -> Any:
        return torch.eye(n, dtype=self._dtype)

    def inverse(self, a: Any) -> Any:
        return torch.linalg.inv(a)

    def determinant(self, a: Any) -> Any:
        return torch.linalg.det(a)[..., None, None]


def _axes(axis: int | None) -> tuple[int, ...]:
    return ALL if axis is None else (axis - 2,)
