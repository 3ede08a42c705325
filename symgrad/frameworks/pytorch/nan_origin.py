"""Where a nan or an infinity in PyTorch's gradients comes from: the first step of ``backward()`` that made one of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from symgrad.basics.messages import Message, message


class Watch:
    """Looks on while a loss runs backward. Call it with the loss before that; afterwards it knows the `origin`."""

    def __init__(self) -> None:
        self._found: list[tuple[str, bool]] = []
        self._infinite: list[str] = []
        self._chooses = False
        self._largest = 0.0

    def __call__(self, loss: torch.Tensor) -> None:
        self._largest = torch.finfo(loss.dtype).max
        for node in _nodes(loss.grad_fn):
            self._chooses |= node.name().startswith("Where")
            node.register_hook(self._hook(node.name()))

    def _hook(self, name: str) -> Any:
        def looked_at(made: tuple[torch.Tensor | None, ...], given: tuple[torch.Tensor | None, ...]) -> None:
            if self._found or any(g is not None and g.isnan().any() for g in given):
                return
            if not _any_infinite(given) and _any_infinite(made):
                self._infinite.append(name)
            if any(m is not None and m.isnan().any() for m in made):
                self._found.append((name, any(g is not None and bool((g == 0).any()) for g in given)))

        return looked_at

    @property
    def origin(self) -> Message | None:
        """The step that made the first nan, whether out of an adjoint of 0, and after which infinite slope; None without.

        Where there is no nan, the step that made the first infinity, and the largest number of the loss's format.
        """
        if not self._found:
            return message("first_infinity", node=self._infinite[0], largest=self._largest) if self._infinite else None
        name, from_zero = self._found[0]
        after = self._infinite[0] if self._infinite else None
        return message("first_nan", node=name, from_zero=from_zero, after=after, branch=self._chooses)


def _any_infinite(tensors: tuple[torch.Tensor | None, ...]) -> bool:
    return any(t is not None and bool(t.isinf().any()) for t in tensors)


def _nodes(start: Any) -> Iterator[Any]:
    """Every node of a graph of PyTorch's once."""
    seen, stack = set(), [start]
    while stack:
        node = stack.pop()
        if node is not None and node not in seen:
            seen.add(node)
            yield node
            stack.extend(function for function, _ in node.next_functions)
