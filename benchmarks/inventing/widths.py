"""Layers, attention and sums by width: what is blind there, and whether gradients times 2, 0, −1 and 1.2 are caught."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from tabulate import tabulate

import symgrad
from symgrad import Exercise, add, hadamard, layer_norm, matrix, mean, power, softmax, square, subtract, tanh, total, vector

WIDTHS = (8, 16, 32, 64, 128, 256, 512)
FACTORS = (1.0, 2.0, 0.0, -1.0, 1.2)
POINTS, POINTS_OF_WIDE, WIDE, PATIENCE = 4, 2, 64, 240.0


class _Scaled(torch.autograd.Function):
    """A value whose adjoint is multiplied by a factor."""

    @staticmethod
    def forward(ctx: Any, value: torch.Tensor, factor: float) -> torch.Tensor:
        ctx.factor = factor
        return value.clone()

    @staticmethod
    def backward(ctx: Any, adjoint: torch.Tensor) -> Any:
        return adjoint * ctx.factor, None


@dataclass(frozen=True)
class Model:
    """A loss of a width with its program, and the parameter whose gradient is multiplied by a factor."""

    name: str
    loss: Callable[[int], tuple[Any, list[Any]]]
    program: Callable[..., torch.Tensor]
    parameter: str

    def exercise(self, width: int, factor: float) -> Exercise:
        """The model as an exercise whose backward is wrong by a factor."""
        loss, parameters = self.loss(width)

        def torch_loss(**values: torch.Tensor) -> torch.Tensor:
            if factor != 1.0:
                values[self.parameter] = _Scaled.apply(values[self.parameter], factor)
            return self.program(**values)

        points = POINTS if width < WIDE else POINTS_OF_WIDE
        return Exercise(
            name=f"{self.name} {width}".replace(" ", "_"),
            loss=loss,
            parameters=parameters,
            torch_loss=torch_loss,
            points=points,
        )


def _sum(n: int) -> tuple[Any, list[Any]]:
    x = vector("x", n)
    return total(hadamard(tanh(x), tanh(x))), [x]


def _layer(n: int) -> tuple[Any, list[Any]]:
    w, x, y = matrix("w", n, n), vector("x", n), vector("y", n)
    return mean(square(subtract(tanh(w * x), y))), [w]


def _normed(n: int) -> tuple[Any, list[Any]]:
    x, y = matrix("x", 2, n), matrix("y", 2, n)
    return mean(hadamard(layer_norm(x, axis=1), y)), [x]


def _attention(n: int) -> tuple[Any, list[Any]]:
    q, k, v = matrix("q", 4, n), matrix("k", 4, n), matrix("v", 4, n)
    return mean(square(softmax(q * k.T / power(n, 0.5), axis=1) * v)), [q, v]


def _affine(n: int) -> tuple[Any, list[Any]]:
    w, b, x = matrix("w", n, n), vector("b", n), vector("x", n)
    return mean(square(add(w * x, b))), [b, w]


MODELS = (
    Model("sum", _sum, lambda x: (torch.tanh(x) * torch.tanh(x)).sum(), "x"),
    Model("tanh layer", _layer, lambda w, x, y: torch.square(torch.tanh(w @ x) - y).mean(), "w"),
    Model("affine layer", _affine, lambda w, b, x: torch.square(w @ x + b).mean(), "w"),
    Model("layer norm", _normed, lambda x, y: (torch.nn.functional.layer_norm(x, x.shape[1:]) * y).mean(), "x"),
    Model("attention", _attention, lambda q, k, v: torch.square(torch.softmax(q @ k.T / k.shape[1] ** 0.5, 1) @ v).mean(), "q"),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One verdict: of the right program (factor 1) or of one whose gradient is multiplied."""

    model: str
    width: int
    dtype: str
    factor: float
    verdict: str
    reason: str
    blind: float
    seconds: float


def seen(model: Model, width: int, dtype: str, factor: float) -> Seen:
    """One check; `blind` is the share of entries of the parameter at which nothing could be told."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = symgrad.check(model.exercise(width, factor), dtype=dtype)
            verdict, reason, blind = result.verdict, str(result.reason), _blind(result, model.parameter)
        except Exception as error:  # counted, not the end of the run
            verdict, reason, blind = "error", type(error).__name__, 1.0
    return Seen(model.name, width, dtype, factor, verdict, reason, blind, time.perf_counter() - start)


def _blind(result: Any, parameter: str) -> float:
    """The share of entries that are counted as blind; until there is such a count, as ill-conditioned."""
    for row in result.gradients:
        if row.parameter == parameter:
            counts = {str(reason): n for reason, n in dict(row.counts).items()}
            return (counts.get("blind", 0) or counts.get("ill_conditioned", 0)) / max(sum(counts.values()), 1)
    return 1.0


def all_seen(widths: Sequence[int], formats: Sequence[str], say: Callable[[str], None] = lambda text: None) -> Iterator[Seen]:
    """Every model in every width and format; a model that took too long isn't tried in the next width."""
    for model in MODELS:
        slow = 0.0
        for width in widths:
            for dtype in formats if slow < PATIENCE else ():
                for factor in FACTORS:
                    found = seen(model, width, dtype, factor)
                    slow = max(slow, found.seconds * len(FACTORS) * len(formats))
                    say(
                        f"{model.name} {width} {dtype} × {factor}: {found.verdict}: {found.reason}, "
                        f"{found.blind:.0%} blind, {found.seconds:.1f} s"
                    )
                    yield found


def widths_tables(found: Sequence[Seen]) -> str:
    """Blind entries of right programs by model, format and width; then what became of multiplied gradients."""
    make: Callable[..., str] = tabulate
    widths = sorted({s.width for s in found})
    groups = list(dict.fromkeys((s.model, s.dtype) for s in found))

    def cell(model: str, dtype: str, width: int, show: Callable[[list[Seen]], str], right: bool) -> str:
        chosen = [s for s in found if (s.model, s.dtype, s.width) == (model, dtype, width) and (s.factor == 1.0) == right]
        return show(chosen) if chosen else "–"

    blind = [[m, d, *(cell(m, d, w, lambda c: f"{c[0].blind:.0%} ({c[0].verdict})", True) for w in widths)] for m, d in groups]
    caught = [[m, d, *(cell(m, d, w, _mutants, False) for w in widths)] for m, d in groups]
    parts = [
        "Share of blind entries by width and format (and the verdict on the right program):",
        make(blind, headers=["model", "format", *widths], tablefmt="github"),
        "Gradients times 2, 0, −1 and 1.2, a letter each: F fails, P passes, b is blind, i inconclusive otherwise, e an error:",
        make(caught, headers=["model", "format", *widths], tablefmt="github"),
        f"{sum(s.verdict == 'pass' for s in found if s.factor != 1.0)} multiplied gradients passed, "
        f"{sum(s.verdict == 'fail' for s in found if s.factor == 1.0)} right ones failed.",
    ]
    return "\n\n".join(parts)


def _mutants(chosen: list[Seen]) -> str:
    letters = {"fail": "F", "pass": "P", "error": "e"}
    return "".join(letters.get(s.verdict, "b" if s.reason == "blind" else "i") for s in chosen)
