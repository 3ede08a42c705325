"""An author's own PyTorch code, run: what it prints, draws at random or raises is contained; what it returns is checked."""

from __future__ import annotations

import contextlib
import inspect
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import torch

from symgrad.basics.errors import CouldNotRun, python_name
from symgrad.basics.format_names import FORMAT_NAMES
from symgrad.basics.messages import Message, message
from symgrad.basics.source_places import users_place
from symgrad.frameworks.pytorch.class_targets import class_targets

DTYPES: Mapping[str, torch.dtype] = MappingProxyType({name: getattr(torch, name) for name in FORMAT_NAMES})
"""PyTorch's formats, which it calls as everybody does."""
CPU = torch.device("cpu")
ONE_ENTRY = message("one_entry")


@contextlib.contextmanager
def author_code(dtype: str, device: torch.device = CPU) -> Iterator[None]:
    """Runs an author's code: new tensors in a format and on a device, random numbers by a fixed seed, output to stderr."""
    with _restored(), torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        elsewhere = torch.get_default_device() != device  # some other file may have set one
        there = device if elsewhere else contextlib.nullcontext()
        plain = torch.autocast(device.type, enabled=False)
        with contextlib.redirect_stdout(sys.stderr), torch.inference_mode(False), torch.enable_grad(), plain, there:
            _seeded()
            random.seed(0)
            np.random.seed(0)
            torch.set_default_dtype(DTYPES[dtype])
            yield


def _seeded() -> None:
    """Starts PyTorch's random numbers anew; for accelerators that aren't there it would only keep call stacks."""
    if torch.accelerator.is_available():
        torch.manual_seed(0)
    else:
        torch.default_generator.manual_seed(0)


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


def called(function: Callable[..., Any], tensors: Mapping[str, torch.Tensor], what: str | Message = "") -> Any:
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


class DoesNotFit(RuntimeError):
    """What PyTorch raised, its cause, over tensors whose shapes may not be what a function takes, and what may help."""

    def __init__(self, hint: Message) -> None:
        super().__init__(hint)
        self.hint = hint


def failed(what: str | Message, error: BaseException) -> CouldNotRun:
    """The message for an error that an author's code raised."""
    place = users_place(error.__traceback__)
    of_classes = class_targets(error.__traceback__)
    hint = {"hint": error.hint} if isinstance(error, DoesNotFit) else {"hint": of_classes} if of_classes else {}
    raised = error.__cause__ if isinstance(error, DoesNotFit) and error.__cause__ is not None else error
    said = " ".join(str(raised).strip().partition("\n\n")[0].split())  # PyTorch's compilers add pages
    code = "raised_with_hint" if hint else "raised"
    found = Message(code, {"what": what, "type": python_name(raised), "said": said, **hint})
    return CouldNotRun(found) if place is None else CouldNotRun(found, path=place.path, line=place.line)


def checked_loss(loss: Any, function: Callable[..., Any], *, taped: bool = True) -> torch.Tensor:
    """A loss to start from; where there is a tape, one that is on it. Raises CouldNotRun: what was found, what is accepted."""
    if loss is None:
        raise _refused(function, message("none_returned"), ONE_ENTRY)
    if not isinstance(loss, torch.Tensor):
        raise _refused(function, message("a_thing", type=type(loss).__name__), message("one_entry_without_item"))
    if loss.numel() != 1:
        raise _refused(function, message("a_tensor_of_shape", shape=tuple(loss.shape)), ONE_ENTRY)
    if not loss.dtype.is_floating_point:
        raise _refused(function, message("a_tensor_of_dtype", dtype=str(loss.dtype)), message("a_floating_point_tensor"))
    if taped and not loss.requires_grad:
        raise _refused(function, message("a_detached_tensor"), message("one_on_the_tape"))
    return loss


def _refused(function: Callable[..., Any], found: Message, accepted: Message) -> CouldNotRun:
    code = getattr(inspect.unwrap(function), "__code__", None)
    returned = message("returned", what=_what(function), found=found, accepted=accepted)
    return CouldNotRun(returned, path=code and code.co_filename, line=code and code.co_firstlineno)
