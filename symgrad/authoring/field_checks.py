"""The values that authors write into fields, read and checked: numbers, lists, points, bounds."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Set
from typing import Any, TypeAlias

import numpy as np

from symgrad.basics.arrays import Point, Values
from symgrad.basics.errors import AuthorError, closest
from symgrad.basics.messages import Message, message
from symgrad.graphs.graph import Input
from symgrad.operations.shapes import Shape

Domain: TypeAlias = tuple[float, float] | str
ONE_HOT = "one_hot"
"""A domain: every column has a single 1, the other entries are 0."""
LONGEST = 60
"""Characters of a value that a message repeats."""
A_FINITE_NUMBER = message("a_finite_number")
A_PAIR = message("a_pair")
THE_LOSS = message("the_loss")


def kind(value: Any) -> Message:
    """What a value is, in a word or two.

    >>> print(kind("a"), kind([1]), kind(None), sep=", ")
    the string 'a', a list, None
    """
    if value is None:
        return message("none")
    if isinstance(value, str):
        return message("the_string", text=shortened(value))
    return message("a_thing", type=type(value).__name__)


def shortened(value: Any) -> str:
    """The repr of a value in at most 60 characters; numbers of NumPy and SymPy read as numbers."""
    text = repr(value.item()) if isinstance(value, np.generic) else repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def is_text(value: Any) -> bool:
    """Whether a value is made of characters or bytes, which no number is."""
    return isinstance(value, (str, bytes, bytearray, np.str_, np.bytes_))


def number(value: Any, field: str | None, accepted: Message = A_FINITE_NUMBER) -> float:
    """A finite number as a float. Strings and truth values are none. Raises AuthorError."""
    try:
        if is_text(value) or isinstance(value, (bool, np.bool_)):
            raise TypeError
        converted = float(value)
    except OverflowError:
        within = message("numbers_within", dtype="float64")
        raise AuthorError(message("found", value=shortened(value)), field=field, accepted=within) from None
    except (TypeError, ValueError):
        raise AuthorError(message("found", value=shortened(value)), field=field, accepted=accepted) from None
    if not math.isfinite(converted):
        raise AuthorError(message("found_not_finite", value=str(converted)), field=field, accepted=accepted)
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
        accepted = message("a_whole_number", least=least)
        raise AuthorError(message("found", value=shortened(value)), field=field, accepted=accepted)
    return converted


def sequence(value: Any, field: str | None, accepted: Message) -> list[Any]:
    """A list, a tuple or a generator as a list. Raises AuthorError for anything else, sets and dicts among it."""
    unordered = isinstance(value, (Mapping, Set)) or is_text(value) or hasattr(value, "shape")
    if unordered or not isinstance(value, Iterable):
        raise AuthorError(message("found", value=kind(value)), field=field, accepted=accepted)
    return list(value)


def mapping(value: Any, field: str | None, accepted: Message) -> dict[Any, Any]:
    """A mapping as a dict. Raises AuthorError for anything else."""
    if not isinstance(value, Mapping):
        raise AuthorError(message("found", value=kind(value)), field=field, accepted=accepted)
    return dict(value)


def known(name: Any, names: Iterable[str], what: Message = THE_LOSS, field: str | None = None) -> str:
    """The name, if it is one of `names`. Raises AuthorError otherwise."""
    listed = list(names)
    if not isinstance(name, str):
        accepted = message("a_name_in_quotes", names=listed)
        raise AuthorError(message("found_for_a_name", value=kind(name)), field=field, accepted=accepted)
    if name not in listed:
        found = message("has_no", what=what, name=name, closest=closest(name, listed))
        raise AuthorError(found, field=field, accepted=message("names" if listed else "no_names", names=listed))
    return name


def point(values: Any, inputs: Mapping[str, Input], field: str, names: Iterable[str] | None = None) -> Point:
    """A point as arrays of the symbols' shapes; `names` are those it has to give (all, unless said)."""
    given = mapping(values, field, message("values_by_name"))
    wanted = list(inputs) if names is None else list(names)
    for name in given:
        if not isinstance(name, str):
            accepted = message("a_name_in_quotes", names=wanted)
            raise AuthorError(message("found_for_a_name", value=kind(name)), field=field, accepted=accepted)
        if name not in wanted:
            found = message("not_here", name=name, closest=closest(name, wanted))
            raise AuthorError(found, field=field, accepted=message("names", names=wanted))
    missing = [name for name in wanted if name not in given]
    if missing:
        raise AuthorError(message("no_value", name=missing[0]), field=field, accepted=message("values_for", names=wanted))
    return {name: array(given[name], inputs[name].shape, f"{field}['{name}']") for name in wanted}


def array(value: Any, shape: Shape, field: str) -> Values:
    """A number or nested list of numbers as a float64 array of a shape; a flat list is a column, a number a 1×1 matrix."""
    accepted = message("a_number") if shape == (1, 1) else message("numbers", shape=shape)
    if is_text(value):
        raise AuthorError(message("found", value=kind(value)), field=field, accepted=accepted)
    plain = value.tolist() if hasattr(value, "tolist") else value
    try:
        listed = np.array(plain, dtype=object)
    except ValueError:  # ragged
        raise AuthorError(message("found", value=shortened(value)), field=field, accepted=accepted) from None
    if any(isinstance(entry, (list, tuple)) for entry in listed.flat):
        raise AuthorError(message("found", value=shortened(value)), field=field, accepted=accepted)
    flat = listed.reshape(-1, 1) if listed.ndim == 1 else listed.reshape(1, 1) if listed.ndim == 0 else listed
    for entry in flat.flat:
        try:
            number(entry, field, accepted)
        except AuthorError as error:
            if error.found.code == "found_not_finite":
                raise AuthorError(error.found, field=field, accepted=message("finite_numbers")) from None
            if error.accepted != accepted:
                raise
            raise AuthorError(message("found", value=shortened(value)), field=field, accepted=accepted) from None
    if flat.shape != shape:
        found = message("numbers", shape=listed.shape) if listed.ndim else message("a_single_number")
        raise AuthorError(message("found", value=found), field=field, accepted=message("of_shape", shape=shape))
    return flat.astype(np.float64)


def domain(name: str, given: Any, item: Input) -> Domain:
    """Where the values of an input are sampled: bounds, or "one_hot" for columns with a single 1."""
    if isinstance(given, str):
        if given != ONE_HOT:
            raise AuthorError(message("found_for", name=name, value=kind(given)), accepted=message("a_pair_or_one_hot"))
        if item.shape[0] < 2 or item.limits[1] <= 0:
            raise AuthorError(message("no_one_hot_column", name=name), accepted=A_PAIR)
        return ONE_HOT
    return bounds(name, given, item.limits)


def bounds(name: str, pair: Any, limits: tuple[float, float]) -> tuple[float, float]:
    """The lower and upper bound of sampled values, within the limits of what is assumed of the symbol."""
    if not isinstance(pair, (list, tuple)) or len(pair) != 2 or any(is_text(bound) for bound in pair):
        raise AuthorError(message("found_for", name=name, value=shortened(pair)), accepted=A_PAIR)
    try:
        low, high = (float(bound) for bound in pair)
    except (TypeError, ValueError, OverflowError):
        raise AuthorError(message("found_for", name=name, value=shortened(pair)), accepted=A_PAIR) from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise AuthorError(message("found_bounds", name=name, low=low, high=high), accepted=message("bounds_in_order"))
    if low < limits[0] or high > limits[1]:
        accepted = message("bounds_within", low=limits[0], high=limits[1])
        raise AuthorError(message("found_bounds", name=name, low=low, high=high), accepted=accepted)
    return low, high
