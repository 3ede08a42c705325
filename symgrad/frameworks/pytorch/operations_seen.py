"""What a program does on its way forward, operation by operation: formats, overflows, shapes that stretch one another.

A program runs, uses of PyTorch's operations come out, each with its place in the author's file. Asked about what is wrong
already; says nothing of gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import Message, message
from symgrad.basics.source_places import running_place
from symgrad.frameworks.pytorch.authors_code import DTYPES

FORMATS = {dtype: PRECISIONS[name] for name, dtype in DTYPES.items()}
NUDGE = 2.0**-20
"""How far operands are moved to tell an overflow, which stays, from a pole."""
STRETCHING = frozenset((
    "add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "pow", "where", "maximum", "minimum",
    "fmax", "fmin", "hypot", "atan2", "logaddexp", "dist", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div",
    "poisson_nll_loss", "binary_cross_entropy_with_logits", "pairwise_distance", "soft_margin_loss", "cosine_similarity",
))  # fmt: skip
"""Functions of PyTorch's whose operands stretch to one another's shape."""
NORMALIZING = frozenset(("softmax", "log_softmax", "softmin", "cross_entropy"))
"""Functions that are constant along an axis of length 1."""
CONVERSIONS = frozenset(("float", "half", "bfloat16"))
"""Methods of a tensor that are called as the format they convert to."""


@dataclass(frozen=True)
class Use:
    """One use of an operation: what it's called, where it stands as ``path:line``, and what is to be told of it."""

    operation: str
    place: str | None
    format: str = ""
    shapes: tuple[tuple[int, ...], ...] = ()
    given: bool = False
    """Whether the program brought numbers in that format along."""

    @property
    def told(self) -> Message:
        """Name and place."""
        return message("operation_at", operation=self.operation, place=self.place)

    def overflow(self, dtype: str) -> Message:
        """That the use overflows, and how far its format reaches; `dtype` is the format under test."""
        return message(
            "overflows", use=self.told, format=self.format, largest=PRECISIONS[self.format].largest, wider=dtype != "float64"
        )

    @property
    def stretch(self) -> Message:
        """Which shapes stretch to which."""
        return message("stretches", use=self.told, shapes=list(self.shapes[:-1]), result=self.shapes[-1])

    @property
    def constant(self) -> Message:
        """That the use has a single class, and in which shape."""
        return message("single_class", use=self.told, shape=self.shapes[0])


@dataclass
class Onlooker(TorchFunctionMode):
    """Looks on while a program runs, and keeps the first use of each kind.

    Of numbers in a format shorter than `dtype`, of an overflow, of operands that are all stretched, and of a single class.
    """

    dtype: str
    short: Use | None = field(default=None, init=False)
    overflow: Use | None = field(default=None, init=False)
    stretched: Use | None = field(default=None, init=False)
    constant: Use | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__init__()

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = kwargs or {}
        operands = [_copied(t) for t in tensors((args, given))]
        made = function(*args, **given)
        results = list(tensors(made))
        name = _name(function)
        if self.short is None:
            self.short = self._shorter(name, operands, results)
        if self.overflow is None and any(_infinite(r) for r in results):
            self.overflow = _overflow(name, function, args, given, operands, results)
        if self.stretched is None and name in STRETCHING:
            self.stretched = _stretched(name, operands)
        if self.constant is None and name in NORMALIZING and _single(name, args, given):
            self.constant = Use(name, _place(), shapes=(tuple(args[0].shape),))
        return made

    def _shorter(self, name: str, operands: list[torch.Tensor], results: list[torch.Tensor]) -> Use | None:
        for tensors, given in ((operands, True), (results, not operands)):
            for tensor in tensors:
                format_ = FORMATS.get(tensor.dtype)
                inexact = format_ is not None and format_.digits < PRECISIONS[self.dtype].digits
                if format_ is not None and inexact and not (given and _few_digits(tensor)):
                    return Use(name, _place(), format_.name, given=given)
        return None


@dataclass
class Widened(TorchFunctionMode):
    """Has a program compute in `dtype` what it computes in shorter formats.

    Numbers that it brings along in such a format keep their roundings; those are moved by a rounding each, of a sign by
    `generator`, where one is given.
    """

    dtype: str
    generator: torch.Generator | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args, given = self._wide(args), self._wide(kwargs or {})
        if _name(function) in CONVERSIONS and args and isinstance(args[0], torch.Tensor):
            return args[0].to(DTYPES[self.dtype])
        made = function(*args, **given)
        return made if list(tensors(args)) else self._wide(made)

    def _wide(self, value: Any) -> Any:
        if isinstance(value, torch.dtype):
            return DTYPES[self.dtype] if self._is_short(value) else value
        if isinstance(value, torch.Tensor) and self._is_short(value.dtype):
            return self._moved(value.to(DTYPES[self.dtype]), FORMATS[value.dtype].unit_roundoff)
        if type(value) in (tuple, list):
            return type(value)(self._wide(each) for each in value)
        return {name: self._wide(each) for name, each in value.items()} if type(value) is dict else value

    def _is_short(self, dtype: torch.dtype) -> bool:
        return dtype in FORMATS and FORMATS[dtype].digits < PRECISIONS[self.dtype].digits

    def _moved(self, wide: torch.Tensor, roundoff: float) -> torch.Tensor:
        if self.generator is None:
            return wide
        return wide * (1 + roundoff * (2 * torch.rand(wide.shape, dtype=wide.dtype, generator=self.generator) - 1))


def moving() -> torch.Generator:
    """A source of roundings, the same each time."""
    return torch.Generator().manual_seed(0)


def _name(function: Any) -> str:
    """What an operation is called, without the underscores of Python's operators and of PyTorch's own in place."""
    name = str(getattr(function, "__name__", function)).strip("_")
    return name.removeprefix("r") if name.removeprefix("r") in STRETCHING else name


def _place() -> str | None:
    place = running_place()
    return None if place is None else f"{place.path}:{place.line}"


def tensors(value: Any) -> Iterator[torch.Tensor]:
    """The tensors among operands, those in tuples, lists and dictionaries included."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from tensors(each)
    elif isinstance(value, dict):
        yield from tensors(list(value.values()))


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor as it is before an operation that may change it in place."""
    return tensor.detach().clone()


def _infinite(tensor: torch.Tensor) -> bool:
    return tensor.dtype in FORMATS and bool(tensor.detach().isinf().any())


def _few_digits(tensor: torch.Tensor) -> bool:
    """Whether numbers of a short format look as if no digit was rounded away: masks, whole numbers, halves."""
    with torch.no_grad():
        format_ = FORMATS[tensor.dtype]
        mantissa, _ = torch.frexp(tensor.detach().to(torch.float64))
        scaled = mantissa * 2.0 ** (format_.digits - 3)
        return bool((scaled == scaled.round()).all())


def _overflow(
    name: str, function: Callable[..., Any], args: Any, given: Any, operands: list[torch.Tensor], results: list[torch.Tensor]
) -> Use | None:
    """A use that makes infinities of finite operands, and does so beside them, too: at a pole it wouldn't."""
    numbers = [n for n in (*args, *given.values()) if isinstance(n, (int, float))]
    if not operands or any(_infinite(o) for o in operands) or not all(map(math.isfinite, numbers)):
        return None
    try:
        with torch.no_grad():
            beside = function(*_nudged(args), **_nudged(given))
    except Exception:  # what can't be run twice tells nothing
        return None
    if not any(_infinite(r) for r in tensors(beside)):
        return None
    return Use(name, _place(), FORMATS[next(r for r in results if _infinite(r)).dtype].name)


def _nudged(value: Any) -> Any:
    """Operands a little nearer to 0, and away from it where they lie on it."""
    if isinstance(value, torch.Tensor) and value.dtype in FORMATS:
        plain = value.detach()
        share = max(NUDGE, 2 * FORMATS[value.dtype].unit_roundoff)
        return torch.where(plain == 0, share, plain * (1 - share)).to(plain.dtype)
    if type(value) in (tuple, list):
        return type(value)(_nudged(each) for each in value)
    return {name: _nudged(each) for name, each in value.items()} if type(value) is dict else value


def _stretched(name: str, operands: list[torch.Tensor]) -> Use | None:
    shapes = [tuple(o.shape) for o in operands if o.numel() > 1]
    if len(shapes) < 2:
        return None
    try:
        result = tuple(torch.broadcast_shapes(*shapes))  # type: ignore[no-untyped-call]  # torch leaves it untyped
    except RuntimeError:
        return None
    return Use(name, _place(), shapes=(*shapes, result)) if all(math.prod(s) < math.prod(result) for s in shapes) else None


def _single(name: str, args: Any, given: Any) -> bool:
    """Whether the axis of classes of a normalizing function has a single entry, and others have more."""
    if not args or not isinstance(args[0], torch.Tensor) or args[0].numel() < 2:
        return False
    shape = args[0].shape
    axis = min(1, len(shape) - 1) if name == "cross_entropy" else given.get("dim", args[1] if len(args) > 1 else None)
    return isinstance(axis, int) and shape[axis] == 1
