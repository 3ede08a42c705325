"""Activations with a backward of their own, reverse and forward mode, and variants of them that are wrong.

All are in the style that `torch.func` transforms: forward without a context, setup_context, a generated rule for vmap. Every
one saves its input alone and computes the rest anew, so that the backward can be differentiated again.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class Activation(Function):
    """What these have in common: the input is saved, for both modes."""

    generate_vmap_rule = True

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(inputs[0])
        ctx.save_for_forward(inputs[0])


def silu_slope(x: Tensor) -> Tensor:
    """σ(x) (1 + x (1 − σ(x)))."""
    s = torch.sigmoid(x)
    return s * (1 + x * (1 - s))


class SiLU(Activation):
    """x σ(x)."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * silu_slope(*ctx.saved_tensors)

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return tangent * silu_slope(*ctx.saved_tensors)


class SiLUWithoutProductRule(SiLU):
    """σ(x), as if the second factor were constant."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * torch.sigmoid(ctx.saved_tensors[0])


class SiLUSavesOutput(SiLU):
    """Saves the output where the backward expects the input."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(output)


class SiLUIgnoresAdjoint(SiLU):
    """The slope alone."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return silu_slope(*ctx.saved_tensors)


class SiLUWrongTangent(SiLU):
    """Right backward, forward mode with the wrong sign."""

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return -tangent * silu_slope(*ctx.saved_tensors)


def normal_density(x: Tensor) -> Tensor:
    """exp(−x²/2)/√(2π)."""
    return torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def normal_distribution(x: Tensor) -> Tensor:
    """Φ(x), without cancellation on either side."""
    return torch.erfc(-x / math.sqrt(2)) / 2


class GELU(Activation):
    """x Φ(x)."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x * normal_distribution(x)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return g * (normal_distribution(x) + x * normal_density(x))

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return tangent * (normal_distribution(x) + x * normal_density(x))


class GELUWithoutDensity(GELU):
    """Φ(x) alone."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * normal_distribution(ctx.saved_tensors[0])


class GELUWithoutNormalisation(GELU):
    """The density lacks its 1/√(2π)."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return g * (normal_distribution(x) + x * torch.exp(-x * x / 2))


CUBE = 0.044715
INNER = math.sqrt(2 / math.pi)


class GELUTanh(Activation):
    """x (1 + tanh(√(2/π) (x + 0.044715 x³)))/2."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x * (1 + torch.tanh(INNER * (x + CUBE * x**3))) / 2

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        t = torch.tanh(INNER * (x + CUBE * x**3))
        return g * (1 + t + x * (1 - t * t) * INNER * (1 + 3 * CUBE * x**2)) / 2


class GELUTanhWithErfBackward(GELUTanh):
    """The backward of the other form: right to three digits."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return g * (normal_distribution(x) + x * normal_density(x))


class GELUTanhForgetsThree(GELUTanh):
    """The derivative of x³ without its factor 3."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        t = torch.tanh(INNER * (x + CUBE * x**3))
        return g * (1 + t + x * (1 - t * t) * INNER * (1 + CUBE * x**2)) / 2


class Softplus(Activation):
    """ln(1 + eˣ), as max(x, 0) + ln(1 + exp(−|x|)); no threshold, and nothing overflows."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * torch.sigmoid(ctx.saved_tensors[0])

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor) -> Tensor:
        return tangent * torch.sigmoid(ctx.saved_tensors[0])


class SoftplusMirrored(Softplus):
    """σ(−x)."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * torch.sigmoid(-ctx.saved_tensors[0])


class SoftplusLinearAbove(Softplus):
    """The slope is 1 from 4 on: wrong only beyond a threshold."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return g * torch.where(x > 4, torch.ones_like(x), torch.sigmoid(x))


class SoftplusOverflows(Softplus):
    """eˣ/(1 + eˣ), which is ∞/∞ for a great x."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        power = torch.exp(ctx.saved_tensors[0])
        return g * power / (1 + power)


class SiLUInFloat32(SiLU):
    """The slope in float32, whatever the format."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g * silu_slope(ctx.saved_tensors[0].float()).to(g.dtype)


class SiLUEditsAdjoint(SiLU):
    """Writes into the adjoint that came in: right alone, wrong where somebody else gets that adjoint, too."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return g.mul_(silu_slope(*ctx.saved_tensors))
