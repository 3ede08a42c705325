"""An author's own PyTorch code, run: what it prints, draws at random or raises is contained; what it returns is checked."""

from __future__ import annotations

import contextlib
import inspect
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from symgrad.basics.errors import CouldNotRun
from symgrad.basics.source_places import users_place

DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


CPU = torch.device("cpu")


@contextlib.contextmanager
def author_code(dtype: str, device: torch.device = CPU) -> Iterator[None]:
    """Runs an author's code: new tensors in a format and on a device, random numbers by a fixed seed, output to stderr."""
    with _restored(), torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        elsewhere = torch.get_default_device() != device  # some other file may have set one
        there = device if elsewhere else contextlib.nullcontext()
        plain = torch.autocast(device.type, enabled=False)
        with contextlib.redirect_stdout(sys.stderr), torch.inference_mode(False), torch.enable_grad(), plain, there:
            torch.manual_seed(0)
            random.seed(0)
            np.random.seed(0)
            torch.set_default_dtype(DTYPES[dtype])
            yield


@contextlib.contextmanager
def _restored() -> Iterator[None]:
    """Puts back what an author's code may leave behind: defaults and modes of PyTorch's, random numbers, the folder."""
    dtype, device, folder = torch.get_default_dtype(), torch.get_default_device(), os.getcwd()
    mode = _deterministic()
    anomaly, nan = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    plain, numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        torch.set_default_dtype(dtype)
        if torch.get_default_device() != device:
            torch.set_default_device(None)
            if torch.get_default_device() != device:
                torch.set_default_device(device)
        if _deterministic() != mode:  # setting it imports a compiler
            torch.use_deterministic_algorithms(mode[0], warn_only=mode[1])
        torch.set_anomaly_enabled(anomaly, nan)
        random.setstate(plain)
        np.random.set_state(numpy)
        os.chdir(folder)


def _deterministic() -> tuple[bool, bool]:
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Within, PyTorch computes with one thread: small arrays gain nothing from more, and lose much on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def called(function: Callable[..., Any], tensors: Mapping[str, torch.Tensor], what: str = "") -> Any:
    """What a function of tensors returns. What it raises becomes CouldNotRun, with the line of the author's file."""
    try:
        return function(**tensors)
    except (CouldNotRun, KeyboardInterrupt):
        raise
    except BaseException as error:  # whatever an author's code may raise
        raise failed(what or _what(function), error) from error


def _what(function: Callable[..., Any]) -> str:
    """What messages call a program: the field that it stands in, unless it says of itself what it is."""
    return str(getattr(function, "called_as", "torch_loss"))


def failed(what: str, error: BaseException) -> CouldNotRun:
    """The message for an error that an author's code raised."""
    place = users_place(error.__traceback__)
    said = " ".join(str(error).strip().partition("\n\n")[0].split())  # PyTorch's compilers add pages
    found = f"{what} raised {type(error).__name__}: {said or 'no message'}"
    return CouldNotRun(found) if place is None else CouldNotRun(found, path=place.path, line=place.line)


def checked_loss(loss: Any, function: Callable[..., Any], *, taped: bool = True) -> torch.Tensor:
    """A loss to start from; where there is a tape, one that is on it. Raises CouldNotRun: what was found, what is accepted."""
    if loss is None:
        raise _refused(function, "None (is a return missing?)", "a tensor with one entry")
    if not isinstance(loss, torch.Tensor):
        name = type(loss).__name__
        raise _refused(function, f"{'an' if name[0] in 'aeiou' else 'a'} {name}", "a tensor with one entry (without .item())")
    if loss.numel() != 1:
        raise _refused(function, f"a tensor of shape {tuple(loss.shape)}", "a tensor with one entry")
    if not loss.dtype.is_floating_point:
        raise _refused(function, f"a tensor of dtype {loss.dtype}", "a floating-point tensor")
    if taped and not loss.requires_grad:
        accepted = "one that depends on the parameters (no .detach(), .data, .item() or no_grad on the way)"
        raise _refused(function, "a detached tensor", accepted)
    return loss


def _refused(function: Callable[..., Any], found: str, accepted: str) -> CouldNotRun:
    code = getattr(inspect.unwrap(function), "__code__", None)
    message = f"{_what(function)} returned {found}; accepted: {accepted}"
    return CouldNotRun(message, path=code and code.co_filename, line=code and code.co_firstlineno)
