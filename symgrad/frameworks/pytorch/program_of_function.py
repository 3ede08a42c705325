"""A user's function as the program of an exercise: tensors by the names of symbols in, a loss out, its output checked.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import torch

from symgrad.authoring.symbols import ADJOINT
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.messages import message
from symgrad.frameworks.pytorch.authors_code import ONE_ENTRY, DoesNotFit
from symgrad.frameworks.pytorch.functions import name_of
from symgrad.frameworks.pytorch.modules import Module
from symgrad.operations.shapes import SCALAR


def by_name(target: Callable[..., Any], arguments: Any) -> Callable[[Mapping[str, torch.Tensor]], Any]:
    """A function that takes tensors by name, over one that takes them by place or by other names."""

    def call(tensors: Mapping[str, torch.Tensor]) -> Any:
        placed, named = arguments(tensors)
        return target(*placed, **named)

    return call


def program(
    call: Callable[[Mapping[str, torch.Tensor]], Any],
    function: Any,
    shape: tuple[int, int],
    shapes: Mapping[str, tuple[int, ...]],
) -> Callable[..., torch.Tensor]:
    """The program of the exercise: it calls the function, and weighs an output that is no scalar with the adjoint."""
    what = name_of(function)

    def weighed(**tensors: torch.Tensor) -> torch.Tensor:
        given = {n: t.reshape(shapes[n]) if n in shapes else t for n, t in tensors.items() if n != ADJOINT or shape == SCALAR}
        output = checked_output(_called(call, given, shapes), shape, shapes.get(ADJOINT), what)
        if shape == SCALAR:
            return output
        adjoint = tensors[ADJOINT]
        if _is_constant(adjoint):
            return output.sum() * adjoint.flatten()[0]  # so that the adjoint that comes in is expanded
        by_columns = adjoint.mT.contiguous()  # so that the adjoint that comes in isn't
        return (output.mT * by_columns).sum()

    weighed.called_as, weighed.weighted = what, shape != SCALAR  # type: ignore[attr-defined]  # for messages; for the adjoint
    weighed.__signature__ = inspect.Signature([inspect.Parameter("tensors", inspect.Parameter.VAR_KEYWORD)])  # type: ignore[attr-defined]
    weighed.__wrapped__ = function  # type: ignore[attr-defined]  # messages name its file
    return weighed


def _is_constant(adjoint: torch.Tensor) -> bool:
    """Whether all entries of an adjoint, of several, are the same number, which nobody differentiates by."""
    if adjoint.numel() < 2 or adjoint.requires_grad or torch.compiler.is_compiling():
        return False
    return bool((adjoint == adjoint.flatten()[0]).all())


def _called(call: Callable[..., Any], given: Mapping[str, torch.Tensor], shapes: Mapping[str, tuple[int, ...]]) -> Any:
    """What the function returns; where shapes don't fit, it is told how a flat tensor is passed."""
    try:
        return call(given)
    except RuntimeError as error:
        columns = [n for n, t in given.items() if t.ndim == 2 and t.shape[1] == 1 < t.shape[0] and n not in shapes]
        if isinstance(call, Module) or not columns or not re.search("size|shape|dimension", str(error)):
            raise
        name, count = columns[0], given[columns[0]].shape[0]
        hint = message("passed_as_column", name=name, count=count)
        raise DoesNotFit(hint).with_traceback(error.__traceback__) from error


def checked_output(output: Any, shape: tuple[int, int], own: tuple[int, ...] | None, what: str) -> torch.Tensor:
    """An output that has the entries of an expression, or the shape that is its own. Raises CouldNotRun with what was found."""
    wanted = ONE_ENTRY if shape == SCALAR else message("a_tensor_like_the_expression", shape=shape)
    wanted = wanted if own is None else message("a_tensor_as_shapes_say", shape=own)
    if not isinstance(output, torch.Tensor):
        found = message("none_returned") if output is None else message("a_thing", type=type(output).__name__)
        several = isinstance(output, (tuple, list))
        accepted = message("one_of_several_outputs", accepted=wanted) if several else wanted
        raise CouldNotRun(message("returned", what=what, found=found, accepted=accepted))
    expected = shape if own is None else own
    if [n for n in output.shape if n != 1] != [n for n in expected if n != 1]:
        own_shape, same = tuple(output.shape), output.numel() == shape[0] * shape[1] > 1
        accepted = message("or_say_shapes", accepted=wanted, name=ADJOINT, shape=own_shape) if same else wanted
        found = message("a_tensor_of_shape", shape=own_shape)
        raise CouldNotRun(message("returned", what=what, found=found, accepted=accepted))
    return output.reshape(shape)
