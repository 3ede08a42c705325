"""What an exercise claims, read and checked: a program's signature, printed figures, gradients by hand; marks and tags."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from symgrad.authoring.field_checks import kind, known, mapping, number, sequence, shortened
from symgrad.basics.arrays import Values
from symgrad.basics.errors import AuthorError, nearest
from symgrad.graphs.from_sympy import read, steps_of, symbols_of
from symgrad.graphs.graph import Graph, Input
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import is_matrix, shape_of

ASKED = re.compile(r"(?P<name>\w+?)(\[(?P<row>[1-9]\d{0,5})(,\s*(?P<column>[1-9]\d{0,5}))?\])?")
FIGURE = re.compile(r"\s*[-+−]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*")
LONGEST_FIGURE = 40
TAG = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
DIFFICULTIES = ("easy", "medium", "hard")


def signature(function: Any, inputs: Mapping[str, Input], field: str | None = None) -> None:
    """Raises AuthorError for a function that can't be called with the inputs by name."""
    if not callable(function):
        raise AuthorError(f"found {kind(function)}", field=field, accepted="a function of the loss's symbols by name")
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return  # built in C, without a signature: the call itself will tell
    taken = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    needed = [p.name for p in parameters if p.kind != p.VAR_KEYWORD and p.kind != p.VAR_POSITIONAL and p.default is p.empty]
    accepted = f"the names {', '.join(inputs)}"
    for name in needed:
        if name not in inputs:
            raise AuthorError(
                f"takes '{name}', which the loss doesn't have{nearest(name, inputs)}", field=field, accepted=accepted
            )
    if not any(p.kind == p.VAR_KEYWORD for p in parameters):
        for name in inputs:
            if name not in taken:
                raise AuthorError(f"doesn't take '{name}'{nearest(name, taken)}", field=field, accepted=accepted)


def figures(name: Any, value: Any, shapes: Mapping[str, Shape], field: str = "published") -> Values:
    """Printed figures as an array of strings of the shape of what they belong to."""
    known(name, shapes, "the exercise", field)
    shape, place = shapes[name], f"{field}['{name}']"
    wanted = "a figure" if shape == (1, 1) else f"{shape[0]}×{shape[1]}"
    try:
        listed = np.array(value, dtype=object)
    except ValueError:  # ragged
        raise AuthorError(f"found {shortened(value)}", field=place, accepted=wanted) from None
    flat = listed.reshape(-1, 1) if listed.ndim == 1 else listed.reshape(1, 1) if listed.ndim == 0 else listed
    if flat.shape != shape:
        found = "×".join(map(str, listed.shape)) + " figures" if listed.ndim else "a single figure"
        raise AuthorError(f"found {found}", field=place, accepted=f"{shape[0]}×{shape[1]}")
    for figure in flat.flat:
        if not isinstance(figure, str) or len(figure) > LONGEST_FIGURE or not FIGURE.fullmatch(figure):
            raise AuthorError(
                f"found {shortened(figure)}", field=place, accepted='figures as printed, in quotes, such as "1.2e-04"'
            )
        if not np.isfinite(float(figure.replace("−", "-"))):
            raise AuthorError(f"found {shortened(figure)}", field=place, accepted="figures within the range of float64")
    return flat


def gradient(name: Any, value: Any, loss: Any, shapes: Mapping[str, Shape], inputs: Mapping[str, Input], field: str) -> Graph:
    """A gradient that an author states, read; it may name the steps of the loss."""
    known(name, shapes, "parameters")
    field, steps = f"{field}['{name}']", steps_of(loss)
    expression = sympy.sympify(value, strict=True) if isinstance(value, (int, float)) else value
    if not isinstance(expression, sympy.Expr) and not is_matrix(expression):
        raise AuthorError(f"found {kind(value)}", field=field, accepted="an expression of SymPy's")
    expression = expression.as_immutable() if isinstance(expression, sympy.MatrixBase) else expression
    for symbol in symbols_of(expression):
        if symbol.name in steps and shape_of(symbol) != shape_of(steps[symbol.name]):
            found, wanted = shape_of(symbol), shape_of(steps[symbol.name])
            text = f"'{symbol.name}' is {found[0]}×{found[1]}, the step of that name {wanted[0]}×{wanted[1]}"
            raise AuthorError(text, field=field, accepted="the step's shape")
    try:
        graph = read(expression, declared=[i.authored for i in inputs.values()], known=steps)
    except AuthorError as error:
        raise AuthorError(error.found, field=field, accepted=error.accepted) from None
    unknown = [i.name for i in graph.inputs if i.name not in inputs]
    if unknown:
        names = [*inputs, *steps]
        raise AuthorError(f"no '{unknown[0]}' here{nearest(unknown[0], names)}", field=field, accepted=", ".join(names))
    if graph.output_shape != shapes[name]:
        found, wanted = graph.output_shape, shapes[name]
        raise AuthorError(
            f"found {found[0]}×{found[1]}", field=field, accepted=f"{wanted[0]}×{wanted[1]}, the shape of '{name}'"
        )
    return graph


def marks(value: Any, parameters: Mapping[str, Shape], steps: Mapping[str, Shape]) -> dict[str, float]:
    """What is asked and what it is worth: parameters, their entries as ``w2[1,2]``, adjoints of steps as ``dz2``."""
    given = mapping(value, None, "{name: marks}")
    shapes = {**{f"d{name}": shape for name, shape in steps.items()}, **parameters}
    found: dict[str, float] = {}
    for name, worth in given.items():
        match = ASKED.fullmatch(name) if isinstance(name, str) else None
        known(match["name"] if match else name, shapes, "the exercise")
        assert match is not None  # it is a known name
        rows, columns = shapes[match["name"]]
        if match["row"] is not None:
            index = [int(match["row"]), int(match["column"] or 0)]
            index = index if match["column"] else [1, index[0]] if rows == 1 else [index[0], 1]
            if index[0] > rows or index[1] > columns or (not match["column"] and 1 not in (rows, columns)):
                raise AuthorError(f"'{name}' is no entry", accepted=f"an entry of {rows}×{columns}, counted from 1")
        found[name] = number(worth, f"marks['{name}']", "a number of marks, 0 or more")
        if found[name] < 0:
            raise AuthorError(f"found {shortened(worth)}", field=f"marks['{name}']", accepted="a number of marks, 0 or more")
    return found


def credit(value: Any) -> dict[str, float]:
    """Shares of marks by tag of a mistake."""
    found: dict[str, float] = {}
    for tag, share in mapping(value, None, "{tag: share of the marks}").items():
        if not isinstance(tag, str):
            raise AuthorError(f"found {kind(tag)} for a tag", accepted='tags in quotes, such as "sign"')
        found[tag] = number(share, f"credit['{tag}']", "a share between 0 and 1")
        if not 0 <= found[tag] <= 1:
            raise AuthorError(f"found {shortened(share)}", field=f"credit['{tag}']", accepted="a share between 0 and 1")
    return found


def tags(value: Any) -> tuple[str, ...]:
    """Tags, each once; they become markers of pytest's, whose names begin with a letter."""
    accepted = 'a list of words of letters, digits, _ and -, beginning with a letter, such as ["recurrent"]'
    listed = sequence(value, None, accepted)
    for tag in listed:
        if not isinstance(tag, str) or not TAG.fullmatch(tag):
            raise AuthorError(f"found {shortened(tag)}", accepted=accepted)
    return tuple(dict.fromkeys(listed))


def difficulty(value: Any) -> str:
    """A word for how difficult an exercise is, or none."""
    if not isinstance(value, str) or value not in ("", *DIFFICULTIES):
        raise AuthorError(f"found {shortened(value)}", accepted=", ".join(DIFFICULTIES))
    return value
