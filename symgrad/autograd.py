"""The torch road: points in, losses and gradients out, by one ``backward()`` of the summed loss.

With `tensors` the only module that imports torch. Never sees a symbolic derivative.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from symgrad.compile import Program
from symgrad.errors import CouldNotRun
from symgrad.fields import Values
from symgrad.graph import Input
from symgrad.place import users_place
from symgrad.tensors import Tensors

DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


SEEDS = {"float64": -32.0, "float32": -32.0, "bfloat16": -4.0, "float16": 1.0}
"""The adjoint of the loss that backward() starts from: a power of two, so that dividing by it is exact, and negative, for
32 alone is a usual batch size: a backward that ignores the adjoint and forgets a mean over 32 would come out right. In
bfloat16 a share of 1/32 is little more than rounding, and float16's range is too short to give bits away.
"""


@dataclass(frozen=True)
class TorchValues:
    """What PyTorch computed: the loss at each point, (points, 1, 1), and gradients (points, rows, columns) by parameter."""

    loss: Values
    gradients: Mapping[str, Values]


def run_program(
    function: Callable[..., Any],
    points: Mapping[str, Values],
    inputs: Mapping[str, Input],
    parameters: Any,
    dtype: str,
    *,
    seed: float | None = None,
    observe: Callable[[torch.Tensor], None] | None = None,
) -> TorchValues:
    """The author's program, called once a point with tensors by name. Raises CouldNotRun.

    The adjoint that backward() starts from is `seed` (that of the dtype, unless given), and gradients are divided by it:
    that is exact, but for a custom backward that ignores the adjoint that comes in, which then shows. What isn't finite
    is run again from 1. `observe` is called with the summed loss before it runs backward.
    """
    seed = SEEDS[dtype] if seed is None else seed
    count = len(next(iter(points.values())))
    leaves: list[dict[str, torch.Tensor]] = []
    losses: list[torch.Tensor] = []
    with author_code(dtype):
        for index in range(count):
            tensors = {name: leaf(array[index], inputs[name], dtype, name in parameters) for name, array in points.items()}
            leaves.append({name: tensors[name] for name in parameters})
            losses.append(checked_loss(called(function, tensors), function))
        summed = torch.stack([loss.reshape(()) for loss in losses]).sum()
        if observe is not None:
            observe(summed)
        backward(summed, seed)
    gradients = {name: np.stack([gradient(point[name], inputs[name]) for point in leaves]) / seed for name in parameters}
    if seed != 1.0 and observe is None and not all(np.isfinite(array).all() for array in gradients.values()):
        return run_program(function, points, inputs, parameters, dtype, seed=1.0)
    return TorchValues(np.stack([as_array(loss).reshape(1, 1) for loss in losses]), gradients)


def run_compiled(
    program: Program,
    points: Mapping[str, Values],
    inputs: Mapping[str, Input],
    parameters: Any,
    dtype: str,
    *,
    observe: Callable[[torch.Tensor], None] | None = None,
) -> TorchValues:
    """The loss itself, compiled to PyTorch's operations, over all points at once. Raises CouldNotRun."""
    tensors = {  # without a copy where the dtype is the same: the table's operations change nothing in place
        name: torch.from_numpy(np.require(array, requirements="W")).to(DTYPES[dtype]).requires_grad_(name in parameters)
        for name, array in points.items()
    }
    count = len(next(iter(points.values())))
    run = Tensors(DTYPES[dtype]).bind(program)
    with author_code(dtype):
        loss = called(lambda **given: run(*given.values()), tensors, "the loss compiled to PyTorch")
        expanded = torch.as_tensor(loss, dtype=DTYPES[dtype]).expand(count, 1, 1)
        if observe is not None:
            observe(expanded)
        if expanded.requires_grad:
            backward(expanded.sum())
    gradients = {name: gradient_array(tensors[name]) for name in parameters}
    return TorchValues(as_array(expanded), gradients)


def leaf(values: Values, item: Input, dtype: str, requires_grad: bool) -> torch.Tensor:
    """A tensor of a symbol's own shape: a scalar symbol's has no axes."""
    shaped = values if item.is_matrix else values.reshape(())
    return torch.tensor(shaped, dtype=DTYPES[dtype]).requires_grad_(requires_grad)


def as_array(tensor: torch.Tensor) -> Values:
    """A tensor as a float64 array, which shares its memory where it can."""
    return tensor.detach().to(torch.float64).cpu().numpy()


def gradient_array(tensor: torch.Tensor) -> Values:
    """The gradient of a leaf as a float64 array, zero where none arrived."""
    return np.zeros(tuple(tensor.shape)) if tensor.grad is None else as_array(tensor.grad)


def gradient(tensor: torch.Tensor, item: Input) -> Values:
    """The gradient of a leaf of a symbol's own shape as a (rows, columns) array."""
    return gradient_array(tensor).reshape(item.shape)


@contextlib.contextmanager
def author_code(dtype: str) -> Iterator[None]:
    """Runs an author's code: new tensors in the dtype under test, random numbers by a fixed seed, output to stderr."""
    before = torch.get_default_dtype()
    elsewhere = torch.get_default_device().type != "cpu"  # some other file may have set one
    device = torch.device("cpu") if elsewhere else contextlib.nullcontext()
    with torch.random.fork_rng(devices=[]), contextlib.redirect_stdout(sys.stderr), torch.enable_grad(), device:
        torch.manual_seed(0)
        torch.set_default_dtype(DTYPES[dtype])
        try:
            yield
        finally:
            torch.set_default_dtype(before)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Within, PyTorch computes with one thread: small arrays gain nothing from more, and lose much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def called(function: Callable[..., Any], tensors: Mapping[str, torch.Tensor], what: str = "torch_loss") -> Any:
    """What a function of tensors returns. What it raises becomes CouldNotRun, with the line of the author's file."""
    try:
        return function(**tensors)
    except (Exception, SystemExit) as error:  # whatever an author's code may raise
        raise failed(what, error) from error


def backward(loss: torch.Tensor, seed: float = 1.0) -> None:
    """Runs ``loss.backward()`` from an adjoint of the loss; what it raises becomes CouldNotRun."""
    try:
        loss.backward(torch.full_like(loss, seed))  # type: ignore[no-untyped-call]  # torch leaves it untyped
    except (Exception, SystemExit) as error:  # a custom autograd.Function's own backward may raise anything
        raise failed("backward()", error) from error


def failed(what: str, error: BaseException) -> CouldNotRun:
    """The message for an error that an author's code raised."""
    place = users_place(error.__traceback__)
    found = f"{what} raised {type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"
    return CouldNotRun(found) if place is None else CouldNotRun(found, path=place.path, line=place.line)


def checked_loss(loss: Any, function: Callable[..., Any]) -> torch.Tensor:
    """A loss that ``backward()`` can start from. Raises CouldNotRun with what was found and what is accepted."""
    if loss is None:
        raise _refused(function, "None (is a return missing?)", "a tensor with one entry")
    if not isinstance(loss, torch.Tensor):
        name = type(loss).__name__
        raise _refused(function, f"{'an' if name[0] in 'aeiou' else 'a'} {name}", "a tensor with one entry (without .item())")
    if loss.numel() != 1:
        raise _refused(function, f"a tensor of shape {tuple(loss.shape)}", "a tensor with one entry")
    if not loss.dtype.is_floating_point:
        raise _refused(function, f"a tensor of dtype {loss.dtype}", "a floating-point tensor")
    if not loss.requires_grad:
        accepted = "one that depends on the parameters (no .detach(), .data, .item() or no_grad on the way)"
        raise _refused(function, "a detached tensor", accepted)
    return loss


def _refused(function: Callable[..., Any], found: str, accepted: str) -> CouldNotRun:
    code = getattr(inspect.unwrap(function), "__code__", None)
    message = f"torch_loss returned {found}; accepted: {accepted}"
    return CouldNotRun(message, path=code and code.co_filename, line=code and code.co_firstlineno)
