"""Losses fused with the activation in front of them, and variants of them that are wrong."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class SigmoidCrossEntropy(Function):
    """The mean of −t ln σ(z) − (1 − t) ln σ(−z), of logits z and targets t."""

    generate_vmap_rule = True

    @staticmethod
    def forward(z: Tensor, t: Tensor) -> Tensor:
        return (z.clamp(min=0) - z * t + torch.log1p(torch.exp(-z.abs()))).mean()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        z, t = ctx.saved_tensors
        return g * (torch.sigmoid(z) - t) / z.numel(), -g * z / z.numel()


class SigmoidCrossEntropyOfOne(SigmoidCrossEntropy):
    """As if the mean were the sum: right for a single sample."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        z, t = ctx.saved_tensors
        return g * (torch.sigmoid(z) - t), -g * z


class SigmoidCrossEntropyReversed(SigmoidCrossEntropy):
    """The logits' gradient with the wrong sign."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        z, t = ctx.saved_tensors
        return g * (t - torch.sigmoid(z)) / z.numel(), -g * z / z.numel()


class SigmoidCrossEntropyIgnoresAdjoint(SigmoidCrossEntropy):
    """A loss is the last, so its adjoint is taken for 1."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        z, t = ctx.saved_tensors
        return (torch.sigmoid(z) - t) / z.numel(), -z / z.numel()


class SigmoidCrossEntropyOfProbabilities(SigmoidCrossEntropy):
    """Saves σ(z) and applies σ again."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        z, t = inputs
        ctx.save_for_backward(torch.sigmoid(z), t)


class SoftmaxCrossEntropy(Function):
    """The mean over rows of −Σ t ln softmax(z), of logits z and targets t in rows of any sum."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, t: Tensor) -> Tensor:
        ctx.save_for_backward(z, t)
        return -(t * torch.log_softmax(z, -1)).sum(-1).mean()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        z, t = ctx.saved_tensors
        logarithms = torch.log_softmax(z, -1)
        rows = z.shape[0]
        return g * (t.sum(-1, keepdim=True) * logarithms.exp() - t) / rows, -g * logarithms / rows


class SoftmaxCrossEntropyOfOneHot(SoftmaxCrossEntropy):
    """softmax − t, which is right where every row of targets sums to 1."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        z, t = ctx.saved_tensors
        logarithms = torch.log_softmax(z, -1)
        return g * (logarithms.exp() - t) / z.shape[0], -g * logarithms / z.shape[0]


class IndexedCrossEntropy(Function):
    """The mean over rows of −ln softmax(z) at the row's index; keeps the softmax, as fused kernels do."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, index: Tensor) -> Tensor:
        shifted = z - z.max(-1, keepdim=True).values
        powers = torch.exp(shifted)
        sums = powers.sum(-1, keepdim=True)
        ctx.save_for_backward(powers / sums, index)
        return (sums.log() - shifted.gather(-1, index[:, None])).mean()

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        softmax, index = ctx.saved_tensors
        one_hot = torch.zeros_like(softmax).scatter(-1, index[:, None], 1)
        return g * (softmax - one_hot) / len(index), None


class IndexedCrossEntropyOfOne(IndexedCrossEntropy):
    """Not divided by the number of rows: right for a batch of one."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        softmax, index = ctx.saved_tensors
        return g * (softmax - torch.zeros_like(softmax).scatter(-1, index[:, None], 1)), None


class IndexedCrossEntropyWithoutTarget(IndexedCrossEntropy):
    """The term of the target is forgotten."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        softmax, index = ctx.saved_tensors
        return g * softmax / len(index), None


class IndexedCrossEntropyShiftedByOne(IndexedCrossEntropy):
    """1 is subtracted at the class after the right one."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        softmax, index = ctx.saved_tensors
        one_hot = torch.zeros_like(softmax).scatter(-1, index[:, None], 1).roll(1, -1)
        return g * (softmax - one_hot) / len(index), None


class IndexedCrossEntropyWithoutShift(IndexedCrossEntropy):
    """exp(z) without the greatest logit taken off: ∞/∞ for great logits."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, index: Tensor) -> Tensor:
        powers = torch.exp(z)
        sums = powers.sum(-1, keepdim=True)
        ctx.save_for_backward(powers / sums, index)
        return (sums.log() - z.gather(-1, index[:, None])).mean()


class SoftmaxCrossEntropyReversed(SoftmaxCrossEntropy):
    """Targets less softmax."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        g_z, g_t = SoftmaxCrossEntropy.backward(ctx, g)
        return -g_z, g_t
