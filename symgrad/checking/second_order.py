"""Second derivatives: an exercise whose loss is the slope of another's along a direction.

The slope of L along v is ``v·∇L``, and its gradient is the Hessian of L times v. So a second derivative is checked as any
first one is; where v runs along the axes, the products are the columns of the Hessian.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet
from symgrad.authoring.symbols import matrix, scalar
from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message, message
from symgrad.derivation import Derivation
from symgrad.graphs.from_sympy import symbols_of
from symgrad.operations.sympy_nodes import applied
from symgrad.operations.table import TABLE

MOST_AXES = 64
"""Entries of all parameters up to which the whole Hessian is looked at, at one point; above, only products with vectors."""


def directions(exercise: Exercise) -> dict[str, str]:
    """A name for the direction of each parameter that nothing else in the exercise has."""
    taken, found = {*exercise.inputs, *exercise.graph.named}, {}
    for name in exercise.parameter_names:
        symbol = f"v_{name}"
        while symbol in taken:
            symbol += "_"
        found[name] = symbol
    return found


def slope(
    exercise: Exercise, derivation: Derivation, program: Callable[..., Any] | None, defined: Sequence[int], seed: int
) -> Exercise:
    """The exercise of the second derivative; `program` is PyTorch's slope, of tensors by name.

    `defined` are the given points at which the loss has a value.
    """
    names, terms = directions(exercise), [applied("multiply", 0, exercise.loss)]  # a slope may not have all symbols
    for parameter, symbol in names.items():
        item, gradient = exercise.inputs[parameter], derivation.closed_form(parameter)
        along = matrix(symbol, *item.shape) if item.is_matrix else scalar(symbol)
        product = TABLE["hadamard"](along, gradient) if item.is_matrix else TABLE["multiply"](along, gradient)
        terms.append(applied("total", product if along in symbols_of(product) else applied("multiply", 0, along), None))
    generator = np.random.default_rng(seed)
    drawn = [{s: generator.integers(-128, 129, exercise.inputs[p].shape) / 64 for p, s in names.items()} for _ in defined]
    made = Exercise(
        name=exercise.name,
        loss=sympy.Add(*terms),
        parameters=exercise.parameter_names,
        at=[{**exercise.given[k], **along} for k, along in zip(defined, drawn, strict=True)],
        points=exercise.points or (0 if defined else 1),
        domain=exercise.domain,
        torch_loss=program,
    )
    object.__setattr__(made, "place", exercise.place)
    return made


def extent(exercise: Exercise) -> Message:
    """How much of the Hessian is looked at."""
    count = sum(rows * columns for rows, columns in (exercise.inputs[n].shape for n in exercise.parameter_names))
    return message("hessian_products" if count > MOST_AXES else "whole_hessian", size=count)


def along_axes(points: PointSet, names: Mapping[str, str]) -> PointSet:
    """Points, and where parameters have few entries the first point again for each of them, with that entry as direction."""
    sizes = [points.values[symbol][0].size for symbol in names.values()] if len(points) else []
    if not sizes or sum(sizes) > MOST_AXES:
        return points
    count = sum(sizes)
    values = {name: np.concatenate([array, np.repeat(array[:1], count, axis=0)]) for name, array in points.values.items()}
    start = 0
    for symbol, size in zip(names.values(), sizes, strict=True):
        axes = np.zeros((count, size))
        axes[start : start + size] = np.eye(size)
        values[symbol][len(points) :] = axes.reshape(count, *values[symbol].shape[1:])
        start += size
    return PointSet(values, points.given, count, points.sampled)


def direction(point: Mapping[str, Values], names: Mapping[str, str]) -> str:
    """A direction in a word: the entry of the parameter that it runs along, or ``v``."""
    held = [(p, int(row), int(column)) for p, s in names.items() for row, column in np.argwhere(point[s])]
    if len(held) != 1:
        return "v"
    parameter, row, column = held[0]
    moving = point[names[parameter]]
    if moving[row, column] != 1:
        return "v"
    return parameter if moving.size == 1 else f"{parameter}[{row}, {column}]"
