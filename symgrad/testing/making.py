"""From a function of tensors and an expression to the exercise that compares them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import sympy

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.field_checks import kind
from symgrad.authoring.symbols import ADJOINT, matrix
from symgrad.basics.errors import UserError
from symgrad.basics.messages import message
from symgrad.frameworks.pytorch import modules
from symgrad.frameworks.pytorch.functions import applied, checked_order, matched, name_of, no_symbol
from symgrad.frameworks.pytorch.program_of_function import by_name, program
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
        raise UserError(message("match_takes_a_function", found=kind(function)))
    if not isinstance(expression, sympy.Expr) and not is_matrix(expression):
        raise UserError(message("match_takes_an_expression", found=kind(expression)))
    if modules.is_class(function):
        raise UserError(message("module_is_a_class", name=function.__name__))
    graph = read(expression.as_immutable() if isinstance(expression, sympy.MatrixBase) else expression)
    known, what = {i.name: i for i in graph.inputs}, name_of(function)
    order = checked_order(inputs, known)
    call: Callable[[Mapping[str, Any]], Any]
    if modules.is_module(function):
        named = {_name(symbol): path for symbol, path in parameters.items()}
        module = modules.module_call(function, known, order, loss, named)
        call, own, usual = module, modules.own_values(function, module.held, known), modules.trained(module) or list(known)
    else:
        if loss is not None or parameters:
            raise UserError(message("goes_with_a_module", field="parameters" if loss is None else "loss"))
        arguments, target = matched(function, list(known), order, what), applied(function)
        call, own, usual = by_name(target, arguments), {}, list(known)
    if wrt is None and isinstance(call, modules.Module) and call.unnamed:
        raise UserError(message("parameter_without_symbol", what=what, name=call.unnamed[0]))
    chosen = usual if wrt is None else wrt if isinstance(wrt, (list, tuple)) else [wrt]
    return Exercise(
        name=name or re.sub(r"[^\w.-]+", "_", what).strip("_") or "function",
        loss=expression if graph.output_shape == SCALAR else _weighted(expression, graph, known),
        parameters=list(chosen),
        at=_points(at, own, graph.output_shape),
        points=points,
        domain=_domain(domain, known),
        torch_loss=program(call, function, graph.output_shape, _shapes(shapes, known, graph.output_shape)),
        expected_gradient=_expected(expected_gradient, chosen),
    )


def _weighted(expression: Any, graph: Graph, known: Mapping[str, Input]) -> Any:
    """The scalar whose gradients are those of an output for an adjoint that may be any."""
    if ADJOINT in known:
        raise UserError(message("adjoint_is_taken", name=ADJOINT))
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
        raise UserError(message("expected_gradient_needs_names", count=len(chosen)))
    return {_name(chosen[0]): given}


def _shapes(
    shapes: Mapping[str, tuple[int, ...]], known: Mapping[str, Input], output: tuple[int, int]
) -> dict[str, tuple[int, ...]]:
    """Shapes of tensors by name; that of the adjoint is the output's own."""
    found, sizes = {}, {name: item.shape for name, item in known.items()} | ({} if output == SCALAR else {ADJOINT: output})
    for name, shape in shapes.items():
        if name not in sizes:
            raise UserError(no_symbol("shapes", name, sizes))
        rows, columns = sizes[name]
        if math.prod(shape) != rows * columns:
            raise UserError(message("shape_has_entries", name=name, shape=tuple(shape), entries=rows * columns))
        found[name] = tuple(shape)
    return found
