"""What an exercise claims, read and checked: a program's signature, printed figures, gradients by hand; marks and tags."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from symgrad.authoring import entry_names
from symgrad.authoring.field_checks import kind, known, mapping, number, sequence, shortened
from symgrad.basics.arrays import Values
from symgrad.basics.errors import AuthorError, closest
from symgrad.basics.messages import message
from symgrad.graphs.from_sympy import read, steps_of, symbols_of
from symgrad.graphs.graph import Graph, Input
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import is_matrix, shape_of

FIGURE = re.compile(r"\s*[-+−]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*")
LONGEST_FIGURE = 40
TAG = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
DIFFICULTIES = ("easy", "medium", "hard")
THE_EXERCISE = message("the_exercise")
PRINTED = message("figures_as_printed")
MARKS = message("a_number_of_marks")
SHARE = message("a_share")


def signature(function: Any, inputs: Mapping[str, Input], field: str | None = None) -> None:
    """Raises AuthorError for a function that can't be called with the inputs by name."""
    if not callable(function):
        raise AuthorError(message("found", value=kind(function)), field=field, accepted=message("a_function_of_symbols"))
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return  # built in C, without a signature: the call itself will tell
    taken = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    needed = [p.name for p in parameters if p.kind != p.VAR_KEYWORD and p.kind != p.VAR_POSITIONAL and p.default is p.empty]
    accepted = message("the_names", names=list(inputs))
    for name in needed:
        if name not in inputs:
            found = message("takes_what_the_loss_lacks", name=name, closest=closest(name, inputs))
            raise AuthorError(found, field=field, accepted=accepted)
    if not any(p.kind == p.VAR_KEYWORD for p in parameters):
        for name in inputs:
            if name not in taken:
                found = message("does_not_take", name=name, closest=closest(name, taken))
                raise AuthorError(found, field=field, accepted=accepted)


def figures(name: Any, value: Any, shapes: Mapping[str, Shape], field: str = "published") -> Values:
    """Printed figures as an array of strings of the shape of what they belong to."""
    known(name, shapes, THE_EXERCISE, field)
    shape, place = shapes[name], f"{field}['{name}']"
    of_shape = message("of_shape", shape=shape)
    try:
        listed = np.array(value, dtype=object)
    except ValueError:  # ragged
        wanted = message("a_figure") if shape == (1, 1) else of_shape
        raise AuthorError(message("found", value=shortened(value)), field=place, accepted=wanted) from None
    flat = listed.reshape(-1, 1) if listed.ndim == 1 else listed.reshape(1, 1) if listed.ndim == 0 else listed
    if flat.shape != shape:
        figures_found = message("figures_of_shape", shape=listed.shape) if listed.ndim else message("a_single_figure")
        raise AuthorError(message("found", value=figures_found), field=place, accepted=of_shape)
    for figure in flat.flat:
        if not isinstance(figure, str) or len(figure) > LONGEST_FIGURE or not FIGURE.fullmatch(figure):
            raise AuthorError(message("found", value=shortened(figure)), field=place, accepted=PRINTED)
        if not np.isfinite(float(figure.replace("−", "-"))):
            within = message("figures_within", dtype="float64")
            raise AuthorError(message("found", value=shortened(figure)), field=place, accepted=within)
    return flat


def gradient(name: Any, value: Any, loss: Any, shapes: Mapping[str, Shape], inputs: Mapping[str, Input], field: str) -> Graph:
    """A gradient that an author states, read; it may name the steps of the loss."""
    known(name, shapes, message("parameters"))
    field, steps = f"{field}['{name}']", steps_of(loss)
    expression = sympy.sympify(value, strict=True) if isinstance(value, (int, float)) else value
    if not isinstance(expression, sympy.Expr) and not is_matrix(expression):
        raise AuthorError(message("found", value=kind(value)), field=field, accepted=message("an_expression"))
    expression = expression.as_immutable() if isinstance(expression, sympy.MatrixBase) else expression
    for symbol in symbols_of(expression):
        if symbol.name in steps and shape_of(symbol) != shape_of(steps[symbol.name]):
            shape, wanted = shape_of(symbol), shape_of(steps[symbol.name])
            found = message("step_of_another_shape", name=str(symbol.name), shape=shape, wanted=wanted)
            raise AuthorError(found, field=field, accepted=message("the_steps_shape"))
    try:
        graph = read(expression, declared=[i.authored for i in inputs.values()], known=steps)
    except AuthorError as error:
        raise AuthorError(error.found, field=field, accepted=error.accepted) from None
    unknown = [i.name for i in graph.inputs if i.name not in inputs]
    if unknown:
        names = [*inputs, *steps]
        found = message("not_here", name=unknown[0], closest=closest(unknown[0], names))
        raise AuthorError(found, field=field, accepted=message("names", names=names))
    if graph.output_shape != shapes[name]:
        found = message("found", value=message("of_shape", shape=graph.output_shape))
        raise AuthorError(found, field=field, accepted=message("the_shape_of", shape=shapes[name], name=name))
    return graph


def marks(value: Any, parameters: Mapping[str, Shape], steps: Mapping[str, Shape]) -> dict[str, float]:
    """What is asked and what it is worth: parameters, their entries as ``w2[1,2]``, adjoints of steps as ``dz2``."""
    given = mapping(value, None, message("marks_by_name"))
    shapes = {**{f"d{name}": shape for name, shape in steps.items()}, **parameters}
    found: dict[str, float] = {}
    for name, worth in given.items():
        whole, numbers = (entry_names.split(name) if isinstance(name, str) else None) or (name, ())
        shape = shapes[known(whole, shapes, THE_EXERCISE)]
        if numbers and entry_names.entry(numbers, shape) is None:
            raise AuthorError(message("name_of_no_entry", name=name), accepted=message("an_entry_of", shape=shape))
        found[name] = number(worth, f"marks['{name}']", MARKS)
        if found[name] < 0:
            raise AuthorError(message("found", value=shortened(worth)), field=f"marks['{name}']", accepted=MARKS)
    return found


def credit(value: Any) -> dict[str, float]:
    """Shares of marks by tag of a mistake."""
    found: dict[str, float] = {}
    for tag, share in mapping(value, None, message("shares_by_tag")).items():
        if not isinstance(tag, str):
            raise AuthorError(message("found_for_a_tag", value=kind(tag)), accepted=message("tags_in_quotes"))
        found[tag] = number(share, f"credit['{tag}']", SHARE)
        if not 0 <= found[tag] <= 1:
            raise AuthorError(message("found", value=shortened(share)), field=f"credit['{tag}']", accepted=SHARE)
    return found


def tags(value: Any) -> tuple[str, ...]:
    """Tags, each once; they become markers of pytest's, whose names begin with a letter."""
    accepted = message("words_for_tags")
    listed = sequence(value, None, accepted)
    for tag in listed:
        if not isinstance(tag, str) or not TAG.fullmatch(tag):
            raise AuthorError(message("found", value=shortened(tag)), accepted=accepted)
    return tuple(dict.fromkeys(listed))


def difficulty(value: Any) -> str:
    """A word for how difficult an exercise is, or none."""
    if not isinstance(value, str) or value not in ("", *DIFFICULTIES):
        raise AuthorError(message("found", value=shortened(value)), accepted=message("names", names=DIFFICULTIES))
    return value
