"""A user's function of tensors, an `autograd.Function` among them, as a function of tensors by the names of symbols.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import Message, message
from symgrad.graphs.graph import Input

Arguments = Callable[[Mapping[str, torch.Tensor]], tuple[tuple[torch.Tensor, ...], dict[str, torch.Tensor]]]
"""Tensors by name -> arguments by place, arguments by name."""


@dataclass(frozen=True)
class Signature:
    """The names of a function's arguments: those that can be given by place, those by name alone, those that have to be."""

    placed: tuple[str, ...]
    named: tuple[str, ...]
    needed: tuple[str, ...]
    by_name: bool
    every_name: bool


def name_of(function: Any) -> str:
    """What a function is called in messages.

    >>> name_of(torch.tanh), name_of(torch.nn.Linear(1, 1))
    ('tanh', 'Linear')
    """
    owner = _function_class(function)
    if owner is not None:
        return str(owner.__name__)
    plain = getattr(function, "func", function)  # of a functools.partial
    return str(getattr(plain, "__name__", type(plain).__name__))


def _function_class(function: Any) -> Any:
    """The `autograd.Function` that a class, or its ``apply``, is; None for anything else."""
    owner = getattr(function, "__self__", None) if getattr(function, "__name__", "") == "apply" else function
    return owner if isinstance(owner, type) and issubclass(owner, torch.autograd.Function) else None


def signature_of(function: Any) -> Signature | None:
    """The arguments of a function of tensors; None where Python can't tell (a built-in)."""
    owner = _function_class(function)
    said = function if owner is None and not isinstance(function, torch.nn.Module) else (owner or function).forward
    try:
        parameters = list(inspect.signature(said).parameters.values())
    except (TypeError, ValueError):
        return None
    if owner is not None:
        split = owner.setup_context is not torch.autograd.Function.setup_context
        parameters = parameters if split else parameters[1:]  # the context is no argument of apply
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return Signature(
        placed=tuple(p.name for p in placed),
        named=tuple(p.name for p in parameters if p.kind == p.KEYWORD_ONLY),
        needed=tuple(p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)),
        by_name=owner is None and all(p.kind != p.POSITIONAL_ONLY for p in placed),
        every_name=any(p.kind == p.VAR_KEYWORD for p in parameters),
    )


def matched(
    function: Any, names: Sequence[str], order: Sequence[str] | None, what: str | Message, leading: int = 0
) -> Arguments:
    """How to give tensors by name to a function: which by place, which by name. Raises UserError where that can't be told.

    `names` are the symbols that it has to take, `order` says in which order, where its own names are others; its first
    `leading` arguments are something else.
    """
    signature = signature_of(function)
    if order is None and signature is not None:
        placed = signature.placed[leading:]
        needed, own = set(signature.needed) - set(signature.placed[:leading]), {*placed, *signature.named}
        if needed <= set(names) and (signature.every_name or set(names) <= own):
            if signature.by_name:  # by place as far as possible: a module's hooks see nothing else
                first = tuple(itertools.takewhile(lambda name: name in names, placed))
                rest = [name for name in names if name not in first]
                return lambda tensors: (tuple(tensors[n] for n in first), {n: tensors[n] for n in rest})
            order = [name for name in placed if name in names]
        elif len(names) == 1 and len(needed) <= 1 and placed:
            order = names
    elif order is None and len(names) <= 1:
        order = names
    if order is None:
        raise UserError(_unmatched(what, names, signature, leading))
    chosen = tuple(order)
    return lambda tensors: (tuple(tensors[name] for name in chosen), {})


def applied(function: Any) -> Callable[..., Any]:
    """What is called: of an `autograd.Function` its ``apply``."""
    owner = _function_class(function)
    called: Callable[..., Any] = function if owner is None else owner.apply
    return called


def _unmatched(what: str | Message, names: Sequence[str], signature: Signature | None, leading: int) -> Message:
    accepted = message("arguments_like_symbols", names=list(names))
    if signature is None:
        return message("arguments_have_no_names", what=what, accepted=accepted)
    own = [*signature.placed[leading:], *signature.named]
    strange = [n for n in signature.needed if n not in names and n not in signature.placed[:leading]]
    if strange:
        near = closest(strange[0], names)
        return message("function_takes_unknown", what=what, name=strange[0], closest=near, accepted=accepted)
    missing = next(n for n in names if n not in own)
    return message("function_takes_no", what=what, name=missing, closest=closest(missing, own), accepted=accepted)


def no_symbol(field: str, name: str, known: Iterable[str]) -> Message:
    """That an expression hasn't a symbol which a field speaks of."""
    names = list(known)
    return message("expression_has_no", field=field, name=name, closest=closest(name, names), names=names)


def checked_order(inputs: Any, known: Mapping[str, Input]) -> list[str] | None:
    """The names of symbols in the order of a function's arguments. Raises UserError for one that isn't there."""
    if inputs is None:
        return None
    names = [n if isinstance(n, str) else str(getattr(n, "name", n)) for n in inputs]
    for name in names:
        if name not in known:
            raise UserError(no_symbol("inputs", name, known))
    return names
