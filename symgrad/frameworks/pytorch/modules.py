"""An `nn.Module` with its loss as a function of tensors by name: parameters come from the point, not from the module.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from symgrad.basics.errors import UserError, closest
from symgrad.basics.messages import Message, message
from symgrad.frameworks.pytorch.functions import Arguments, matched, name_of, no_symbol, signature_of
from symgrad.graphs.graph import Input


@dataclass(frozen=True)
class Module:
    """A module as a program: its own tensors by the symbols that stand for them, and the arguments of forward and loss."""

    module: torch.nn.Module
    held: Mapping[str, str]
    forward: Arguments
    loss: Callable[..., Any] | None
    targets: Arguments | None

    @property
    def unnamed(self) -> list[str]:
        """The parameters that no symbol stands for."""
        known = _known(self.module)
        held = {id(known[path]) for path in self.held.values()}
        return [path for path, tensor in self.module.named_parameters() if id(tensor) not in held and tensor.requires_grad]

    def __call__(self, tensors: Mapping[str, torch.Tensor]) -> Any:
        like, known = next(iter(tensors.values())), _known(self.module)
        given = {path: tensors[symbol].reshape(known[path].shape) for symbol, path in self.held.items()}
        tied = {id(known[path]) for path in given}
        others = {path: _copied(tensor, like) for path, tensor in _own(self.module) if id(tensor) not in tied}
        placed, named = self.forward(tensors)
        output = torch.func.functional_call(self.module, {**others, **given}, placed, named)
        if self.loss is None or self.targets is None:
            return output
        placed, named = self.targets(tensors)
        return self.loss(output, *placed, **named)


def is_module(function: Any) -> bool:
    """Whether a function is an `nn.Module`."""
    return isinstance(function, torch.nn.Module)


def is_class(function: Any) -> bool:
    """Whether a function is a class of `nn.Module`s, not one of them."""
    return isinstance(function, type) and issubclass(function, torch.nn.Module)


def trained(module: Module) -> list[str]:
    """The symbols that stand for parameters of a module."""
    parameters = {path for path, _ in module.module.named_parameters()}
    return [symbol for symbol, path in module.held.items() if path in parameters]


def _copied(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """A module's own tensor, to be changed at will, in the format and on the device of others."""
    dtype = like.dtype if tensor.is_floating_point() else tensor.dtype
    return tensor.detach().to(like.device, dtype, copy=True)


def module_call(
    module: torch.nn.Module,
    inputs: Mapping[str, Input],
    order: Sequence[str] | None,
    loss: Any,
    parameters: Mapping[str, str],
) -> Module:
    """A module as a function of tensors by name. Raises UserError where symbols and arguments can't be matched."""
    held, what = own_tensors(module, inputs, parameters), name_of(module)
    data = [name for name in inputs if name not in held]
    taken = list(order)[: _most(module)] if order is not None else _taken(module, data, loss)
    rest = [name for name in data if name not in taken]
    if rest and loss is None:
        raise UserError(message("module_has_no", what=what, name=rest[0], own=_told(module, held, data, inputs)))
    try:
        forward = matched(module.forward, taken, taken if order is not None else None, f"{what}.forward")
    except UserError as error:
        own = _told(module, held, data, inputs)
        raise UserError(message("unmatched_forward", found=error.found, own=own)) from None
    targets = None if loss is None else matched(loss, rest, None, message("loss_called", name=name_of(loss)), leading=1)
    return Module(module, held, forward, loss, targets)


def _told(module: torch.nn.Module, held: Mapping[str, str], names: Sequence[str], inputs: Mapping[str, Input]) -> Message:
    """Which parameters a module has, and where some belong to no symbol, how to say which is which."""
    own = dict(_own(module))
    free = [path for path in own if path not in held.values()]
    fits = [(n, path) for n in names for path in free if own[path].numel() == inputs[n].shape[0] * inputs[n].shape[1]]
    remedy = message("say_parameters", name=fits[0][0], path=fits[0][1]) if fits else None
    return message("own_tensors", paths=list(own), where_names_differ=remedy)


def _own(module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Parameters and buffers by path, one that is tied by its first."""
    yield from module.named_parameters()
    yield from module.named_buffers()


def _known(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Parameters and buffers by path, by each of its paths where one is tied."""
    every = (*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False))
    return dict(every)


def _most(module: torch.nn.Module) -> int | None:
    """How many arguments a module's forward takes by place; None where that can't be told."""
    signature = signature_of(module.forward)
    return None if signature is None or signature.every_name else len(signature.placed)


def _taken(module: torch.nn.Module, given: Sequence[str], loss: Any) -> list[str]:
    """The data that a module's forward takes: those of its arguments' names; else the first that the loss doesn't name."""
    signature, of_loss = signature_of(module.forward), None if loss is None else signature_of(loss)
    own = () if signature is None else (*signature.placed, *signature.named)
    named = [name for name in given if name in own]
    if named or not given:
        return named
    reserved = () if of_loss is None else (*of_loss.placed[1:], *of_loss.named)
    data, has_loss = [name for name in given if name not in reserved], loss is not None
    return list(data[:1]) if has_loss or len(own) == 1 else list(data)


def own_tensors(module: torch.nn.Module, inputs: Mapping[str, Input], parameters: Mapping[str, str]) -> dict[str, str]:
    """Symbol -> path of a parameter or buffer: as `parameters` say, else the symbol has the path's name, ``_`` for each dot.

    Raises UserError for a path or a shape that isn't the module's.
    """
    known = _known(module)
    for symbol, path in parameters.items():
        if symbol not in inputs:
            raise UserError(no_symbol("parameters", symbol, inputs))
        if path not in known:
            there = {"closest": closest(path, known), "paths": list(known)}
            raise UserError(message("module_has_no_path", what=name_of(module), path=path, **there))
    paths = {path.replace(".", "_"): (path, tensor) for path, tensor in known.items()}
    paths |= {symbol: (path, known[path]) for symbol, path in parameters.items()}
    found = {}
    for name, item in inputs.items():
        if name in paths:
            path, tensor = paths[name]
            shape, size = tuple(tensor.shape), item.shape[0] * item.shape[1]
            same = shape == item.shape if len(shape) == 2 else tensor.numel() == size
            if not same:
                own = {"what": name_of(module), "path": path, "own": shape}
                raise UserError(message("parameter_has_shape", name=name, shape=item.shape, **own))
            found[name] = path
    return found


def own_values(module: torch.nn.Module, held: Mapping[str, str], inputs: Mapping[str, Input]) -> dict[str, Any]:
    """The module's own values by symbol, as arrays of the symbols' shapes."""
    known = _known(module)
    return {
        n: known[path].detach().to("cpu", torch.float64).numpy(force=True).reshape(inputs[n].shape) for n, path in held.items()
    }
