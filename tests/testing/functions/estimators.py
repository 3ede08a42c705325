"""Functions whose backward says on purpose what isn't the derivative of their forward, and variants that say it wrongly."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class StraightThrough(Function):
    """Rounds; the adjoint passes as if nothing had been rounded."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return torch.round(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return tangent.clone()


class StraightThroughHalved(StraightThrough):
    """Half of the adjoint."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g / 2


class StraightThroughOnes(StraightThrough):
    """Ones, whatever adjoint comes in."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return torch.ones_like(g)


class GradientReversal(Function):
    """The identity; the adjoint comes back with the factor −λ."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, factor: float) -> Tensor:
        return x.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.factor = inputs[1]

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return -ctx.factor * g, None


class GradientReversalNotReversed(GradientReversal):
    """The factor λ, its sign forgotten."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return ctx.factor * g, None


class GradientReversalWithoutFactor(GradientReversal):
    """The sign, λ forgotten."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return -g, None


class ClippedGradient(Function):
    """The identity; every entry of the adjoint is held between −bound and bound."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, bound: float) -> Tensor:
        ctx.bound = bound
        return x.clone()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return g.clamp(-ctx.bound, ctx.bound), None


class ClippedGradientAboveOnly(ClippedGradient):
    """Held from above; below −bound it passes."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return g.clamp(max=ctx.bound), None


class ClippedGradientByNorm(ClippedGradient):
    """The whole adjoint scaled down to the length of the bound."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return g * (ctx.bound / g.norm()).clamp(max=1), None


class Quantiser(Function):
    """The nearest of `levels` equidistant values from low to high; the adjoint passes where x lies between them, else 0."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float, high: float, levels: int) -> Tensor:
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        width = (high - low) / (levels - 1)
        return torch.round((x.clamp(low, high) - low) / width) * width + low

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        return g * ((x >= ctx.low) & (x <= ctx.high)), None, None, None


class QuantiserNeverZero(Quantiser):
    """Straight through outside the range, too: wrong only beyond a threshold."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        return g, None, None, None


class QuantiserMaskedAboveOnly(Quantiser):
    """The mask forgets the lower end."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        (x,) = ctx.saved_tensors
        return g * (x <= ctx.high), None, None, None
