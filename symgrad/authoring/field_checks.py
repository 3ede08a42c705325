"""The values that authors write into fields, read and checked: numbers, lists, points, bounds."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Set
from typing import Any, TypeAlias

import numpy as np

from symgrad.basics.arrays import Point, Values
from symgrad.basics.errors import AuthorError, nearest
from symgrad.graphs.graph import Input
from symgrad.operations.shapes import Shape

Domain: TypeAlias = "tuple[float, float] | str"
ONE_HOT = "one_hot"
"""A domain: every column has a single 1, the other entries are 0."""
LONGEST = 60
"""Characters of a value that a message repeats."""
VOWELS = tuple("aeiou")


def kind(value: Any) -> str:
    """What a value is, in a word or two.

    >>> kind("a"), kind([1]), kind(None)
    ("the string 'a'", 'a list', 'None')
    """
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the string {shortened(value)}"
    name = type(value).__name__
    return f"{'an' if name.lower().startswith(VOWELS) else 'a'} {name}"


def shortened(value: Any) -> str:
    """The repr of a value in at most 60 characters; numbers of NumPy and SymPy read as numbers."""
    text = repr(value.item()) if isinstance(value, np.generic) else repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def is_text(value: Any) -> bool:
    """Whether a value is made of characters or bytes, which no number is."""
    return isinstance(value, (str, bytes, bytearray, np.str_, np.bytes_))


def number(value: Any, field: str | None, accepted: str = "a finite number") -> float:
    """A finite number as a float. Strings and truth values are none. Raises AuthorError."""
    try:
        if is_text(value) or isinstance(value, (bool, np.bool_)):
            raise TypeError
        converted = float(value)
    except OverflowError:
        raise AuthorError(f"found {shortened(value)}", field=field, accepted="numbers within float64") from None
    except (TypeError, ValueError):
        raise AuthorError(f"found {shortened(value)}", field=field, accepted=accepted) from None
    if not math.isfinite(converted):
        raise AuthorError(f"found {converted}", field=field, accepted=accepted)
    return converted


def whole(value: Any, least: int, field: str | None = None) -> int:
    """A whole number of at least so much. Raises AuthorError."""
    try:
        if isinstance(value, bool):
            raise TypeError
        converted = operator.index(value)
    except TypeError:
        converted = least - 1
    if converted < least:
        raise AuthorError(f"found {shortened(value)}", field=field, accepted=f"a whole number, {least} or more")
    return converted


def sequence(value: Any, field: str | None, accepted: str) -> list[Any]:
    """A list, a tuple or a generator as a list. Raises AuthorError for anything else, sets and dicts among it."""
    unordered = isinstance(value, (Mapping, Set)) or is_text(value) or hasattr(value, "shape")
    if unordered or not isinstance(value, Iterable):
        raise AuthorError(f"found {kind(value)}", field=field, accepted=accepted)
    return list(value)


def mapping(value: Any, field: str | None, accepted: str) -> dict[Any, Any]:
    """A mapping as a dict. Raises AuthorError for anything else."""
    if not isinstance(value, Mapping):
        raise AuthorError(f"found {kind(value)}", field=field, accepted=accepted)
    return dict(value)


def known(name: Any, names: Iterable[str], what: str = "the loss", field: str | None = None) -> str:
    """The name, if it is one of `names`. Raises AuthorError otherwise."""
    listed = list(names)
    if not isinstance(name, str):
        raise AuthorError(f"found {kind(name)} for a name", field=field, accepted=f"a name in quotes: {', '.join(listed)}")
    if name not in listed:
        found = f"{what} has no '{name}'{nearest(name, listed)}"
        raise AuthorError(found, field=field, accepted=", ".join(listed) or "none, it has no names")
    return name


def point(values: Any, inputs: Mapping[str, Input], field: str, names: Iterable[str] | None = None) -> Point:
    """A point as arrays of the symbols' shapes; `names` are those it has to give (all, unless said)."""
    given = mapping(values, field, "{name: value}")
    wanted = list(inputs) if names is None else list(names)
    for name in given:
        if not isinstance(name, str):
            accepted = f"a name in quotes: {', '.join(wanted)}"
            raise AuthorError(f"found {kind(name)} for a name", field=field, accepted=accepted)
        if name not in wanted:
            raise AuthorError(f"no '{name}' here{nearest(name, wanted)}", field=field, accepted=", ".join(wanted))
    missing = [name for name in wanted if name not in given]
    if missing:
        raise AuthorError(f"no value for '{missing[0]}'", field=field, accepted=f"values for {', '.join(wanted)}")
    return {name: array(given[name], inputs[name].shape, f"{field}['{name}']") for name in wanted}


def array(value: Any, shape: Shape, field: str) -> Values:
    """A number or nested list of numbers as a float64 array of a shape; a flat list is a column, a number a 1×1 matrix."""
    rows, columns = shape
    accepted = "a number" if shape == (1, 1) else f"{rows}×{columns} numbers"
    if is_text(value):
        raise AuthorError(f"found {kind(value)}", field=field, accepted=accepted)
    plain = value.tolist() if hasattr(value, "tolist") else value
    try:
        listed = np.array(plain, dtype=object)
    except ValueError:  # ragged
        raise AuthorError(f"found {shortened(value)}", field=field, accepted=accepted) from None
    if any(isinstance(entry, (list, tuple)) for entry in listed.flat):
        raise AuthorError(f"found {shortened(value)}", field=field, accepted=accepted)
    flat = listed.reshape(-1, 1) if listed.ndim == 1 else listed.reshape(1, 1) if listed.ndim == 0 else listed
    for entry in flat.flat:
        try:
            number(entry, field, accepted)
        except AuthorError as error:
            if error.found in ("found nan", "found inf", "found -inf"):
                raise AuthorError(error.found, field=field, accepted="finite numbers") from None
            if error.accepted != accepted:
                raise
            raise AuthorError(f"found {shortened(value)}", field=field, accepted=accepted) from None
    if flat.shape != shape:
        found = "×".join(map(str, listed.shape)) + " numbers" if listed.ndim else "a single number"
        raise AuthorError(f"found {found}", field=field, accepted=f"{rows}×{columns}")
    return flat.astype(np.float64)


def domain(name: str, given: Any, item: Input) -> Domain:
    """Where the values of an input are sampled: bounds, or "one_hot" for columns with a single 1."""
    if isinstance(given, str):
        if given != ONE_HOT:
            raise AuthorError(f"'{name}': found {kind(given)}", accepted='(low, high), or "one_hot"')
        if item.shape[0] < 2 or item.limits[1] <= 0:
            raise AuthorError(f"'{name}' has no column with a single 1", accepted="(low, high)")
        return ONE_HOT
    return bounds(name, given, item.limits)


def bounds(name: str, pair: Any, limits: tuple[float, float]) -> tuple[float, float]:
    """The lower and upper bound of sampled values, within the limits of what is assumed of the symbol."""
    if not isinstance(pair, (list, tuple)) or len(pair) != 2 or any(is_text(bound) for bound in pair):
        raise AuthorError(f"'{name}': found {shortened(pair)}", accepted="(low, high)")
    try:
        low, high = (float(bound) for bound in pair)
    except (TypeError, ValueError, OverflowError):
        raise AuthorError(f"'{name}': found {shortened(pair)}", accepted="(low, high)") from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise AuthorError(f"'{name}': found ({low}, {high})", accepted="finite numbers, low below high")
    if low < limits[0] or high > limits[1]:
        accepted = f"bounds within [{limits[0]:g}, {limits[1]:g}], as the symbol is declared"
        raise AuthorError(f"'{name}': found ({low}, {high})", accepted=accepted)
    return low, high
