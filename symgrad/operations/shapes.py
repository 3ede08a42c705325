"""Shapes, and how they go together entry by entry."""

from __future__ import annotations

from typing import TypeAlias

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message

Shape: TypeAlias = tuple[int, int]
SCALAR: Shape = (1, 1)


def broadcast_shapes(*shapes: Shape) -> Shape:
    """The common shape under NumPy's rule: an axis of length 1 stretches. Raises WrongShape where none exists."""
    result = [1, 1]
    for axis in (0, 1):
        lengths = {shape[axis] for shape in shapes} - {1}
        if len(lengths) > 1:
            raise WrongShape(message("shapes_apart", shapes=list(dict.fromkeys(shapes))))
        result[axis] = lengths.pop() if lengths else 1
    return result[0], result[1]
