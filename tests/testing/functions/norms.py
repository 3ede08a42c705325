"""Normalisations of rows with a backward of their own, and variants of them that are wrong."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

EPS = 1e-5


class RMSNorm(Function):
    """x/√(mean x² + eps) ∘ weight and the inverse rms, which is an output so that the backward can be differentiated."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        inverse_rms = torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS)
        return x * inverse_rms * weight, inverse_rms

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        x, weight = inputs
        ctx.save_for_backward(x, weight, output[1])

    @staticmethod
    def backward(ctx: Any, g: Tensor, g_inverse_rms: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, inverse_rms = ctx.saved_tensors
        u = g * weight
        along = (u * x).sum(-1, keepdim=True) + g_inverse_rms
        g_x = u * inverse_rms - along * inverse_rms**3 * x / x.shape[-1]
        return g_x, (g * x * inverse_rms).flatten(0, -2).sum(0)


class RMSNormKeepsRms(Function):
    """The same, but the inverse rms is kept aside: right once; the second derivative takes it for a constant."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        inverse_rms = torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS)
        ctx.save_for_backward(x, weight, inverse_rms)
        return x * inverse_rms * weight

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, inverse_rms = ctx.saved_tensors
        normal = x * inverse_rms
        u = g * weight
        return inverse_rms * (u - normal * (u * normal).mean(-1, keepdim=True)), (g * normal).sum(0)


class RMSNormWithoutProjection(RMSNormKeepsRms):
    """As if the rms didn't depend on x."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, inverse_rms = ctx.saved_tensors
        return g * weight * inverse_rms, (g * x * inverse_rms).sum(0)


class RMSNormForgetsWeight(RMSNormKeepsRms):
    """The weight is forgotten on the way to x."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, _, inverse_rms = ctx.saved_tensors
        normal = x * inverse_rms
        return inverse_rms * (g - normal * (g * normal).mean(-1, keepdim=True)), (g * normal).sum(0)


class RMSNormSavesRms(RMSNormKeepsRms):
    """Saves the rms where the backward expects its inverse."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        rms = torch.sqrt(x.square().mean(-1, keepdim=True) + EPS)
        ctx.save_for_backward(x, weight, rms)
        return x / rms * weight


class LayerNorm(Function):
    """(x − mean)/√(variance + eps) ∘ weight + bias along rows; saves the input and computes the rest anew."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        normal, _ = standardised(x)
        return normal * weight + bias

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs[:2])

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        normal, inverse = standardised(x)
        u = g * weight
        g_x = inverse * (u - u.mean(-1, keepdim=True) - normal * (u * normal).mean(-1, keepdim=True))
        return g_x, (g * normal).sum(0), g.sum(0)


def standardised(x: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of mean 0 and variance 1, and the inverse standard deviations they were multiplied with."""
    centred = x - x.mean(-1, keepdim=True)
    inverse = torch.rsqrt(centred.square().mean(-1, keepdim=True) + EPS)
    return centred * inverse, inverse


class LayerNormWithoutMean(LayerNorm):
    """The term of the mean is forgotten."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        normal, inverse = standardised(x)
        u = g * weight
        return inverse * (u - normal * (u * normal).mean(-1, keepdim=True)), (g * normal).sum(0), g.sum(0)


class LayerNormWithoutVariance(LayerNorm):
    """The term of the variance is forgotten."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        normal, inverse = standardised(x)
        u = g * weight
        return inverse * (u - u.mean(-1, keepdim=True)), (g * normal).sum(0), g.sum(0)


class LayerNormMeanOfBatch(LayerNorm):
    """Bias and weight get the mean over the batch instead of the sum: right for a batch of one."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        g_x, g_weight, g_bias = LayerNorm.backward(ctx, g)
        return g_x, g_weight / len(g), g_bias / len(g)


class LayerNormFirstRow(LayerNorm):
    """The sum over the batch is forgotten: the bias gets the first row's adjoint."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        g_x, g_weight, _ = LayerNorm.backward(ctx, g)
        return g_x, g_weight, g[0]


class LayerNormUnbiased(LayerNorm):
    """Another function: the variance is divided by n − 1."""

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(x.var(-1, keepdim=True) + EPS) * weight + bias
