"""The torch road: points in, losses and gradients out, by one of PyTorch's ways; usually one ``backward()`` of the sum.

Never sees a symbolic derivative.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
import torch

from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.messages import Message, message
from symgrad.frameworks.framework import SEEDS, TorchValues
from symgrad.frameworks.pytorch.authors_code import CPU, DTYPES, author_code, called, checked_loss, failed
from symgrad.frameworks.pytorch.devices import remarks
from symgrad.frameworks.pytorch.tensors import Tensors
from symgrad.frameworks.pytorch.ways import WAYS, Way
from symgrad.graphs.graph import Input
from symgrad.number_systems.code_generation import Program

BACKWARD = WAYS["backward"]
THE_COMPILED_LOSS = message("the_compiled_loss")
Observe = Callable[[torch.Tensor], None]


@dataclass(frozen=True)
class TorchRun:
    """How to take the torch road: shapes of what comes in, what to differentiate by, format, way and device."""

    inputs: Mapping[str, Input]
    parameters: tuple[str, ...]
    dtype: str = "float64"
    way: Way = BACKWARD
    device: torch.device = CPU

    def remarks(self) -> Iterator[Message]:
        """What a reader should know of device and way, after they were used."""
        yield from remarks(self.device, self.dtype)
        if self.way.remark is not None:
            yield from filter(None, [self.way.remark(torch)])

    @contextlib.contextmanager
    def underway(self) -> Iterator[None]:
        """Runs an author's code by this way: no warning that is PyTorch's own stops it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for module in self.way.machinery:
                import_module(module)
        with warnings.catch_warnings():
            if self.way.quiet:
                warnings.simplefilter("ignore")
            with author_code(self.dtype, self.device):
                yield

    def leaf(self, name: str, values: Values) -> torch.Tensor:
        """A tensor of a symbol's own shape: a scalar symbol's has no axes."""
        return leaf(values, self.inputs[name], self.dtype, name in self.parameters, self.device)


def run_program(
    function: Callable[..., Any],
    points: Mapping[str, Values],
    run: TorchRun,
    *,
    seed: float | None = None,
    observe: Observe | None = None,
) -> TorchValues:
    """The author's program, called once a point with tensors by name. Raises CouldNotRun.

    The adjoint of the loss is `seed` (the first of the dtype, unless given), and gradients are divided by it: that is exact,
    but for a custom backward that ignores the adjoint that comes in, which then shows. What isn't finite is run again from an
    adjoint of 1 and the same sign: where that is finite, the larger one left the range of the format; a sign that makes nan
    of a gradient stays. A program that weighs its outputs itself says so (`weighted`); its adjoint is data of its own.
    `observe` is called with the summed loss before it runs backward.
    """
    seed = SEEDS[run.dtype][0] if seed is None else seed
    with run.underway():
        chosen = function if run.way.wrapped is None else run.way.wrapped(torch, function)
        taken = _taped if run.way.taped is not None else _transformed
        found = replace(taken(chosen, points, run, seed, observe), remarks=tuple(run.remarks()))
    finite = all(np.isfinite(array).all() for array in found.gradients.values())
    return found if finite or abs(seed) == 1 or observe is not None else _within_range(found, function, points, run, seed)


def _within_range(
    found: TorchValues, function: Callable[..., Any], points: Mapping[str, Values], run: TorchRun, seed: float
) -> TorchValues:
    """Gradients with those that an adjoint of size 1 finds finite in place of what isn't."""
    smaller = run_program(function, points, run, seed=float(np.sign(seed)))
    gradients = {n: np.where(np.isfinite(array), array, smaller.gradients[n]) for n, array in found.gradients.items()}
    return replace(found, gradients=gradients)


def _taped(
    function: Callable[..., Any], points: Mapping[str, Values], run: TorchRun, seed: float, observe: Observe | None
) -> TorchValues:
    leaves: list[torch.Tensor] = []
    losses: list[torch.Tensor] = []
    for index in range(_count(points)):
        tensors = {name: run.leaf(name, array[index]) for name, array in points.items()}
        leaves += [tensors[name] for name in run.parameters]
        losses.append(checked_loss(called(function, tensors), function))
    summed = torch.stack([loss.reshape(()) for loss in losses]).sum()
    if observe is not None:
        observe(summed)
    found = [_or_zeros(g, leaf) for g, leaf in zip(_walked_back(run.way, summed, leaves, seed), leaves, strict=True)]
    own = {name: found[k :: len(run.parameters)] for k, name in enumerate(run.parameters)}
    gradients = {n: np.stack([as_array(g).reshape(run.inputs[n].shape) for g in of_n]) / seed for n, of_n in own.items()}
    return TorchValues(np.stack([as_array(loss).reshape(1, 1) for loss in losses]), gradients)


def _transformed(
    function: Callable[..., Any], points: Mapping[str, Values], run: TorchRun, seed: float, observe: Observe | None
) -> TorchValues:
    """By a transform of the function that takes the parameters of all points and gives their losses."""
    count = _count(points)
    held = [{n: run.leaf(n, array[k]) for n, array in points.items() if n not in run.parameters} for k in range(count)]
    leaves = [torch.stack([run.leaf(n, values).detach() for values in points[n]]) for n in run.parameters]

    def losses(*given: torch.Tensor) -> torch.Tensor:
        found = []
        for k, data in enumerate(held):
            moving = {name: leaf[k] for name, leaf in zip(run.parameters, given, strict=True)}
            tensors = {name: moving[name] if name in moving else data[name] for name in points}
            found.append(checked_loss(called(function, tensors), function, taped=False).reshape(()))
        return torch.stack(found)

    return _functional(losses, leaves, run, seed)


def _functional(losses: Callable[..., Any], leaves: list[torch.Tensor], run: TorchRun, seed: float) -> TorchValues:
    assert run.way.functional is not None  # the caller chose by that
    try:
        each, gradients = run.way.functional(torch, losses, leaves, seed)
    except (CouldNotRun, KeyboardInterrupt):
        raise
    except BaseException as error:  # a transform runs an author's code
        raise failed(run.way.calls, error) from error
    found = {name: as_array(g).reshape(-1, *run.inputs[name].shape) for name, g in zip(run.parameters, gradients, strict=True)}
    return TorchValues(as_array(each).reshape(-1, 1, 1), {name: array / seed for name, array in found.items()})


def run_compiled(
    program: Program, points: Mapping[str, Values], run: TorchRun, *, observe: Observe | None = None
) -> TorchValues:
    """The loss itself, compiled to PyTorch's operations, over all points at once. Raises CouldNotRun."""
    return run_at_once(Tensors(DTYPES[run.dtype]).bind(program), points, run, observe=observe)


def run_at_once(
    function: Callable[..., Any], points: Mapping[str, Values], run: TorchRun, *, observe: Observe | None = None
) -> TorchValues:
    """A function of tensors (points, rows, columns), in the order of `points`, that gives their losses. Raises CouldNotRun."""
    tensors = {  # without a copy where the dtype is the same: the table's operations change nothing in place
        name: torch.from_numpy(np.require(array, requirements="W")).to(run.device, DTYPES[run.dtype])
        for name, array in points.items()
    }
    count = _count(points)

    def losses(**given: torch.Tensor) -> Any:
        found = called(lambda **named: chosen(*named.values()), given, THE_COMPILED_LOSS)
        return torch.as_tensor(found, dtype=DTYPES[run.dtype]).expand(count, 1, 1)

    with run.underway():
        chosen = function if run.way.wrapped is None else run.way.wrapped(torch, function)
        if run.way.taped is None:
            leaves = [tensors[name] for name in run.parameters]
            names = run.parameters
            moved = lambda *given: losses(**{**tensors, **dict(zip(names, given, strict=True))}).reshape(count)  # noqa: E731
            found = _functional(moved, leaves, run, 1.0)
            return replace(found, remarks=tuple(run.remarks()))
        leaves = [tensors[name].requires_grad_() for name in run.parameters]
        loss = losses(**tensors)
        if observe is not None:
            observe(loss)
        gradients = _walked_back(run.way, loss.sum(), leaves) if loss.requires_grad else [None] * len(leaves)
    arrays = {n: as_array(_or_zeros(g, leaf)) for n, g, leaf in zip(run.parameters, gradients, leaves, strict=True)}
    return TorchValues(as_array(loss), arrays, tuple(run.remarks()))


def leaf(values: Values, item: Input, dtype: str, requires_grad: bool, device: torch.device = CPU) -> torch.Tensor:
    """A tensor of a symbol's own shape: a scalar symbol's has no axes."""
    shaped = values if item.is_matrix else values.reshape(())
    return torch.tensor(shaped, dtype=DTYPES[dtype], device=device).requires_grad_(requires_grad)


def as_array(tensor: torch.Tensor) -> Values:
    """A tensor as a float64 array, which shares its memory where it can; a ZeroTensor of PyTorch's has none."""
    return tensor.detach().to("cpu", torch.float64).numpy(force=True)


def gradient(tensor: torch.Tensor, item: Input) -> Values:
    """The gradient of a leaf of a symbol's own shape as a (rows, columns) array."""
    return as_array(_or_zeros(tensor.grad, tensor)).reshape(item.shape)


def _or_zeros(found: torch.Tensor | None, like: torch.Tensor) -> torch.Tensor:
    """A gradient, zero where none arrived."""
    return torch.zeros_like(like) if found is None else found


def _walked_back(way: Way, loss: torch.Tensor, leaves: list[torch.Tensor], seed: float = 1.0) -> Iterable[Any]:
    """The gradients of leaves by the tape, from an adjoint of the loss; what that raises becomes CouldNotRun."""
    assert way.taped is not None  # the caller chose by that
    try:
        return way.taped(torch, loss, leaves, torch.full_like(loss, seed))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a custom autograd.Function's own backward may raise anything
        raise failed("backward()" if way is BACKWARD else way.calls, error) from error


def _count(points: Mapping[str, Values]) -> int:
    return len(next(iter(points.values())))
