"""PyTorch's slope of a loss along a direction, for second derivatives: a gradient that is on the tape itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from symgrad.authoring.exercise import Exercise
from symgrad.basics.arrays import Values
from symgrad.frameworks.framework import TorchValues
from symgrad.frameworks.pytorch.authors_code import DTYPES
from symgrad.frameworks.pytorch.gradients import TorchRun, run_at_once
from symgrad.frameworks.pytorch.tensors import Tensors
from symgrad.number_systems.code_generation import Program


def torch_slope(
    exercise: Exercise, directions: Mapping[str, str], forward: Program, run: TorchRun
) -> Callable[..., torch.Tensor]:
    """PyTorch's slope of a loss along directions, by a gradient that can be differentiated again.

    `directions` are the symbols that hold them, by parameter.
    """
    loss = exercise.torch_loss or _compiled(exercise, forward, DTYPES[run.dtype])

    def sloped(**tensors: torch.Tensor) -> torch.Tensor:
        along = {parameter: tensors.pop(symbol) for parameter, symbol in directions.items()}
        moving = [tensors[parameter] for parameter in directions]
        gradients = (
            _taped(loss, tensors, moving) if run.way.taped is not None else _transformed(loss, tensors, tuple(directions))
        )
        terms = [(along[p] * g).sum() for p, g in zip(directions, gradients, strict=True) if g is not None]
        # what doesn't depend on a parameter has the second derivative 0, and still a tape
        return sum(terms, torch.zeros(())) + sum((0 * m.sum() for m in moving), torch.zeros(()))

    return sloped


def _taped(loss: Callable[..., Any], tensors: dict[str, torch.Tensor], moving: list[torch.Tensor]) -> Any:
    return torch.autograd.grad(loss(**tensors), moving, create_graph=True, allow_unused=True)


def _transformed(loss: Callable[..., Any], tensors: dict[str, torch.Tensor], names: tuple[str, ...]) -> Any:
    def moved(*given: torch.Tensor) -> Any:
        return loss(**{**tensors, **dict(zip(names, given, strict=True))}).reshape(())

    every = tuple(range(len(names)))
    return torch.func.grad(moved, argnums=every)(*(tensors[name] for name in names))


def run_twice(
    forward: Program, points: Mapping[str, Values], along: Mapping[str, Values], directions: Mapping[str, str], run: TorchRun
) -> TorchValues:
    """The slope of a loss itself along directions, and its gradient, over all points at once. Raises CouldNotRun.

    `along` are the directions by their symbols, of the parameters' shapes, and `directions` those symbols by parameter.
    """
    bound, names = Tensors(DTYPES[run.dtype]).bind(forward), [*points, *along]

    def slopes(*tensors: torch.Tensor) -> torch.Tensor:
        given = dict(zip(names, tensors, strict=True))
        loss = torch.as_tensor(bound(*(given[name] for name in points)))
        moving = [given[parameter] for parameter in directions]
        found = torch.autograd.grad(loss.sum(), moving, create_graph=True, allow_unused=True) if loss.requires_grad else []
        pairs = zip(directions.values(), found, strict=False)
        terms = [(given[symbol] * g).sum((-2, -1), keepdim=True) for symbol, g in pairs if g is not None]
        return sum(terms, torch.zeros(len(moving[0]), 1, 1))

    return run_at_once(slopes, {**points, **along}, run)


def _compiled(exercise: Exercise, forward: Program, dtype: torch.dtype) -> Callable[..., torch.Tensor]:
    """The loss itself as a program of tensors by name."""
    run = Tensors(dtype).bind(forward)
    shapes = {name: item.shape for name, item in exercise.inputs.items()}
    return lambda **tensors: run(*(tensors[n].reshape(1, *shape) for n, shape in shapes.items())).sum()
