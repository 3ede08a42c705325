"""Shape rules along an axis, and parts of matrices along one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Integer

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message
from symgrad.operations.options import plain
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import applied


def reduced(shapes: Sequence[Shape], axis: Any = None) -> Shape:
    """The shape that is left when an axis (None: both) is reduced."""
    ((rows, columns),) = shapes
    if axis not in (None, 0, 1):
        raise WrongShape(message("no_such_axis", found=plain(axis)))
    return (1, 1) if axis is None else (1, columns) if axis == 0 else (rows, 1)


def kept(shapes: Sequence[Shape], axis: Any = None) -> Shape:
    """The shape of a softmax (or of a running total); without an axis the matrix has to be a row or a column."""
    (shape,) = shapes
    reduced(shapes, axis)
    if axis is None and 1 not in shape:
        raise WrongShape(message("axis_needed", shape=shape))
    return shape


def along(shape: Shape, axis: Any) -> int:
    """The axis that is meant: the one that is given, or that of a row or a column."""
    kept([shape], axis)
    return int(axis) if axis is not None else int(shape[0] == 1)


def part(a: Any, axis: int, start: int, stop: int) -> Any:
    """Rows (axis 0) or columns (axis 1) of an array of any number system, from start to stop."""
    return a[..., start:stop, :] if axis == 0 else a[..., start:stop]


def cut(a: Any, shape: Shape, axis: int, start: int, stop: int) -> Any:
    """Rows (axis 0) or columns (axis 1) of an expression of that shape, from start to stop."""
    return applied("take", a, start, stop, 0, shape[1]) if axis == 0 else applied("take", a, 0, shape[0], start, stop)


def stacked(axis: int, *parts: Any) -> Any:
    """Expressions above (axis 0) or beside (axis 1) one another."""
    return applied("vstack" if axis == 0 else "hstack", *parts)


def ones(rows: int, columns: int) -> Any:
    """A matrix of ones; a single one is a number."""
    return Integer(1) if rows == columns == 1 else applied("broadcast", 1, rows, columns)
