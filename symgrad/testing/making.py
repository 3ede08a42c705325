"""From a function of tensors and an expression to the exercise that compares them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import sympy
import torch

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.field_checks import kind
from symgrad.authoring.symbols import ADJOINT, matrix
from symgrad.basics.errors import CouldNotRun, UserError, nearest
from symgrad.frameworks.pytorch.functions import applied, checked_order, matched, name_of
from symgrad.frameworks.pytorch.modules import Module, module_call, own_values
from symgrad.graphs.from_sympy import read
from symgrad.graphs.graph import Graph, Input
from symgrad.operations.shapes import SCALAR
from symgrad.operations.sympy_nodes import is_matrix
from symgrad.operations.table import TABLE


def exercise_of(
    function: Any,
    expression: Any,
    wrt: Any,
    *,
    at: Any,
    domain: Any,
    points: int,
    inputs: Iterable[Any] | None,
    shapes: Mapping[str, tuple[int, ...]],
    loss: Any,
    parameters: Mapping[Any, str],
    expected_gradient: Any,
    name: str | None,
) -> Exercise:
    """The exercise. Raises UserError or AuthorError for what doesn't fit together."""
    if not callable(function):
        raise UserError(f"assert_gradients_match takes a function of tensors first; found {kind(function)}")
    if not isinstance(expression, sympy.Expr) and not is_matrix(expression):
        raise UserError(f"assert_gradients_match takes a SymPy expression second; found {kind(expression)}")
    if isinstance(function, type) and issubclass(function, torch.nn.Module):
        raise UserError(f"{function.__name__} is a class; accepted: an instance of it, such as {function.__name__}(…)")
    graph = read(expression.as_immutable() if isinstance(expression, sympy.MatrixBase) else expression)
    known, what = {i.name: i for i in graph.inputs}, name_of(function)
    order = checked_order(inputs, known)
    call: Callable[[Mapping[str, torch.Tensor]], Any]
    if isinstance(function, torch.nn.Module):
        named = {_name(symbol): path for symbol, path in parameters.items()}
        module = module_call(function, known, order, loss, named)
        call, own, usual = module, own_values(function, module.held, known), _trained(module) or list(known)
    else:
        if loss is not None or parameters:
            given = "parameters" if loss is None else "loss"
            raise UserError(f"{given} goes with an nn.Module; of a function, all of it stands in the function")
        arguments, target = matched(function, list(known), order, what), applied(function)
        call, own, usual = _plain(target, arguments), {}, list(known)
    if wrt is None and isinstance(call, Module) and call.unnamed:
        name_, accepted = call.unnamed[0], "a symbol for it, or wrt=[…] to leave it as it is"
        raise UserError(f"{what} has a parameter '{name_}' that the expression doesn't have; accepted: {accepted}")
    chosen = usual if wrt is None else wrt if isinstance(wrt, (list, tuple)) else [wrt]
    return Exercise(
        name=name or re.sub(r"[^\w.-]+", "_", what).strip("_") or "function",
        loss=expression if graph.output_shape == SCALAR else _weighted(expression, graph, known),
        parameters=list(chosen),
        at=_points(at, own, graph.output_shape),
        points=points,
        domain=_domain(domain, known),
        torch_loss=_program(call, function, graph.output_shape, _shapes(shapes, known, graph.output_shape)),
        expected_gradient=_expected(expected_gradient, chosen),
    )


def _trained(module: Module) -> list[str]:
    """The symbols that stand for parameters of a module."""
    parameters = {path for path, _ in module.module.named_parameters()}
    return [symbol for symbol, path in module.held.items() if path in parameters]


def _plain(target: Callable[..., Any], arguments: Any) -> Callable[[Mapping[str, torch.Tensor]], Any]:
    def call(tensors: Mapping[str, torch.Tensor]) -> Any:
        placed, named = arguments(tensors)
        return target(*placed, **named)

    return call


def _weighted(expression: Any, graph: Graph, known: Mapping[str, Input]) -> Any:
    """The scalar whose gradients are those of an output for an adjoint that may be any."""
    if ADJOINT in known:
        raise UserError(f"a symbol is called '{ADJOINT}', which is the adjoint of an output that is no scalar; rename it")
    return TABLE["total"](TABLE["hadamard"](matrix(ADJOINT, *graph.output_shape), expression))


def _name(symbol: Any) -> str:
    return symbol if isinstance(symbol, str) else str(getattr(symbol, "name", symbol))


def _points(at: Any, own: Mapping[str, Any], shape: tuple[int, int]) -> Any:
    """Given points, one or a list, completed; anything else is left for the exercise to refuse."""
    listed = [at] if isinstance(at, Mapping) else at
    return [_completed(point, own, shape, k) for k, point in enumerate(listed)] if isinstance(listed, (list, tuple)) else at


def _completed(point: Any, own: Mapping[str, Any], shape: tuple[int, int], index: int) -> Any:
    """A given point with a module's own values, and an adjoint of the output where it has none."""
    if not isinstance(point, Mapping):
        return point
    drawn = np.random.default_rng(index).integers(1, 129, shape) / 64 if shape != SCALAR else None
    return {**own, **({} if drawn is None else {ADJOINT: drawn}), **point}


def _domain(domain: Any, known: Mapping[str, Input]) -> dict[str, Any]:
    """A domain by name; a pair is that of every symbol."""
    if domain is None:
        return {}
    return dict(domain) if isinstance(domain, Mapping) else dict.fromkeys(known, domain)


def _expected(given: Any, chosen: Any) -> dict[str, Any]:
    """Declared gradients by name; one that has no name is that of the only symbol to differentiate by."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {_name(n): value for n, value in given.items()}
    if len(chosen) != 1:
        raise UserError(f"expected_gradient needs names here: {{name: expression}} for some of {len(chosen)} symbols")
    return {_name(chosen[0]): given}


def _shapes(
    shapes: Mapping[str, tuple[int, ...]], known: Mapping[str, Input], output: tuple[int, int]
) -> dict[str, tuple[int, ...]]:
    """Shapes of tensors by name; that of the adjoint is the output's own."""
    found, sizes = {}, {name: item.shape for name, item in known.items()} | ({} if output == SCALAR else {ADJOINT: output})
    for name, shape in shapes.items():
        if name not in sizes:
            raise UserError(f"shapes: the expression has no '{name}'{nearest(name, sizes)}; accepted: {', '.join(sizes)}")
        rows, columns = sizes[name]
        if torch.Size(shape).numel() != rows * columns:
            raise UserError(f"shapes['{name}'] is {tuple(shape)}; accepted: a shape with {rows * columns} entries")
        found[name] = tuple(shape)
    return found


def _program(
    call: Callable[[Mapping[str, torch.Tensor]], Any],
    function: Any,
    shape: tuple[int, int],
    shapes: Mapping[str, tuple[int, ...]],
) -> Callable[..., torch.Tensor]:
    """The program of the exercise: it calls the function, and weighs an output that is no scalar with the adjoint."""
    what = name_of(function)

    def program(**tensors: torch.Tensor) -> torch.Tensor:
        given = {n: t.reshape(shapes[n]) if n in shapes else t for n, t in tensors.items() if n != ADJOINT or shape == SCALAR}
        output = checked_output(_called(call, given, shapes), shape, shapes.get(ADJOINT), what)
        if shape == SCALAR:
            return output
        by_columns = tensors[ADJOINT].mT.contiguous()  # so that the adjoint that comes in isn't
        return (output.mT * by_columns).sum()

    program.called_as, program.weighted = what, shape != SCALAR  # type: ignore[attr-defined]  # for messages; for the adjoint
    program.__signature__ = inspect.Signature([inspect.Parameter("tensors", inspect.Parameter.VAR_KEYWORD)])  # type: ignore[attr-defined]
    program.__wrapped__ = function  # type: ignore[attr-defined]  # messages name its file
    return program


def _called(call: Callable[..., Any], given: Mapping[str, torch.Tensor], shapes: Mapping[str, tuple[int, ...]]) -> Any:
    """What the function returns; where shapes don't fit, it is told how a flat tensor is passed."""
    try:
        return call(given)
    except RuntimeError as error:
        columns = [n for n, t in given.items() if t.ndim == 2 and t.shape[1] == 1 < t.shape[0] and n not in shapes]
        if isinstance(call, Module) or not columns or not re.search("size|shape|dimension", str(error)):
            raise
        name, count = columns[0], given[columns[0]].shape[0]
        hint = f"{name} was passed as ({count}, 1); shapes={{'{name}': ({count},)}} passes it flat"
        raise RuntimeError(f"{' '.join(str(error).split())} ({hint})").with_traceback(error.__traceback__) from error


def checked_output(output: Any, shape: tuple[int, int], own: tuple[int, ...] | None, what: str) -> torch.Tensor:
    """An output that has the entries of an expression, or the shape that is its own. Raises CouldNotRun with what was found."""
    wanted = "a tensor with one entry" if shape == SCALAR else f"a tensor of {shape[0]}×{shape[1]}, the expression's shape"
    wanted = wanted if own is None else f"a tensor of shape {own}, as shapes say"
    if not isinstance(output, torch.Tensor):
        found = "None (is a return missing?)" if output is None else f"a {type(output).__name__}"
        remedy = " (choose one of several outputs in a lambda)" if isinstance(output, (tuple, list)) else ""
        raise CouldNotRun(f"{what} returned {found}; accepted: {wanted}{remedy}")
    expected = shape if own is None else own
    if [n for n in output.shape if n != 1] != [n for n in expected if n != 1]:
        own_shape, same = tuple(output.shape), output.numel() == shape[0] * shape[1] > 1
        remedy = f"; or say shapes={{'{ADJOINT}': {own_shape}}}, if its rows are the expression's" if same else ""
        raise CouldNotRun(f"{what} returned a tensor of shape {own_shape}; accepted: {wanted}{remedy}")
    return output.reshape(shape)
