"""Shapes, and how they go together entry by entry."""

from __future__ import annotations

from typing import TypeAlias

Shape: TypeAlias = tuple[int, int]
SCALAR: Shape = (1, 1)


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The common shape under NumPy's rule: an axis of length 1 stretches. Raises ValueError where none exists."""
    result = [1, 1]
    for axis in (0, 1):
        lengths = {shape[axis] for shape in shapes} - {1}
        if len(lengths) > 1:
            written = " and ".join(f"{r}×{c}" for r, c in dict.fromkeys(shapes))
            raise ValueError(f"shapes {written} don't go together entry by entry")
        result[axis] = lengths.pop() if lengths else 1
    return result[0], result[1]
