"""Layers over sequences with a backward of their own, and variants of them that are wrong."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class Attention(Function):
    """softmax(q kᵀ/√d) v, one head; the weights are computed anew in the backward."""

    generate_vmap_rule = True

    @staticmethod
    def forward(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return weights(q, k) @ v

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v = ctx.saved_tensors
        p = weights(q, k)
        g_scores = softmax_adjoint(p, g @ v.T) / math.sqrt(q.shape[-1])
        return g_scores @ k, g_scores.T @ q, p.T @ g


def weights(q: Tensor, k: Tensor) -> Tensor:
    """softmax(q kᵀ/√d) along rows."""
    return torch.softmax(q @ k.T / math.sqrt(q.shape[-1]), -1)


def softmax_adjoint(p: Tensor, g: Tensor) -> Tensor:
    """What comes back through p = softmax along rows."""
    return p * (g - (p * g).sum(-1, keepdim=True))


class AttentionForgetsScale(Attention):
    """The keys' gradient lacks 1/√d."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        g_q, g_k, g_v = Attention.backward(ctx, g)
        return g_q, g_k * math.sqrt(g_k.shape[-1]), g_v


class AttentionWithoutRowSum(Attention):
    """The softmax as if every weight depended on its own score alone."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v = ctx.saved_tensors
        p = weights(q, k)
        g_scores = p * (g @ v.T) / math.sqrt(q.shape[-1])
        return g_scores @ k, g_scores.T @ q, p.T @ g


class AttentionScoresTransposed(Attention):
    """Of as many queries as keys, the scores' adjoint is the other way round for the keys."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v = ctx.saved_tensors
        p = weights(q, k)
        g_scores = softmax_adjoint(p, g @ v.T) / math.sqrt(q.shape[-1])
        return g_scores @ k, g_scores @ q, p.T @ g


class Recurrence(Function):
    """hₜ = tanh(W xₜ + U hₜ₋₁ + b) from h₀ = 0, unrolled over the rows of x; all states, in rows."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor, u: Tensor, b: Tensor) -> Tensor:
        h, states = torch.zeros_like(b), []
        for row in x:
            h = torch.tanh(w @ row + u @ h + b)
            states.append(h)
        ctx.save_for_backward(x, w, u, out := torch.stack(states))
        return out

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w, u, h = ctx.saved_tensors
        dz = through_time(h, u, g)
        return dz @ w, dz.T @ x, dz[1:].T @ h[:-1], dz.sum(0)


def through_time(h: Tensor, u: Tensor, g: Tensor) -> Tensor:
    """The adjoints of what goes into every tanh, from the last step to the first, in rows."""
    rows, carried = [], torch.zeros_like(g[0])
    for t in reversed(range(len(h))):
        dz = (g[t] + carried) * (1 - h[t] ** 2)
        rows.append(dz)
        carried = u.T @ dz
    return torch.stack(rows[::-1])


class RecurrenceTruncated(Recurrence):
    """Nothing is carried back to earlier steps."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w, _, h = ctx.saved_tensors
        dz = g * (1 - h**2)
        return dz @ w, dz.T @ x, dz[1:].T @ h[:-1], dz.sum(0)


class RecurrenceSameStep(Recurrence):
    """The gradient of U takes every step's own state instead of the one before."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w, u, h = ctx.saved_tensors
        dz = through_time(h, u, g)
        return dz @ w, dz.T @ x, dz.T @ h, dz.sum(0)


class RecurrenceNotTransposed(Recurrence):
    """Carried back by U instead of Uᵀ."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w, u, h = ctx.saved_tensors
        dz = through_time(h, u.T, g)
        return dz @ w, dz.T @ x, dz[1:].T @ h[:-1], dz.sum(0)
