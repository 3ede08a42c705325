"""Layers made of matrix products, with a backward of their own, and variants of them that are wrong."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.autograd import Function


class Linear(Function):
    """x Wᵀ + b, of rows x."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return x @ weight.T + bias

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        x, weight, _ = inputs
        ctx.save_for_backward(x, weight)
        ctx.save_for_forward(x, weight)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight, g.T @ x, g.sum(0)

    @staticmethod
    def jvp(ctx: Any, x_tangent: Tensor, weight_tangent: Tensor, bias_tangent: Tensor) -> Tensor:
        x, weight = ctx.saved_tensors
        return x_tangent @ weight.T + x @ weight_tangent.T + bias_tangent


class LinearTransposed(Linear):
    """The gradient of a square weight is the other way round."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight, x.T @ g, g.sum(0)


class LinearWeightTransposed(Linear):
    """The square weight is the other way round on the way to x."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight.T, g.T @ x, g.sum(0)


class LinearFirstRow(Linear):
    """The sum over the batch is forgotten: the bias gets the first row's adjoint."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight, g.T @ x, g[0]


class LinearMeanOfBatch(Linear):
    """The bias gets the mean over the batch: right for a batch of one."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight, g.T @ x, g.mean(0)


class LinearWithoutBias(Linear):
    """No gradient for the bias at all."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight, g.T @ x, None


class BatchedProduct(Function):
    """A B of stacks of matrices."""

    generate_vmap_rule = True

    @staticmethod
    def forward(a: Tensor, b: Tensor) -> Tensor:
        return a @ b

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        a, b = ctx.saved_tensors
        return g @ b.mT, a.mT @ g


class BatchedProductSwapped(BatchedProduct):
    """g A for the gradient of B, which only fits where all are square."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        a, b = ctx.saved_tensors
        return g @ b.mT, g @ a.mT


class BatchedProductOfFirst(BatchedProduct):
    """Every matrix of the stack gets the first one's factor: right for a batch of one."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        a, b = ctx.saved_tensors
        return g @ b[0].mT, a.mT @ g


class Outer(Function):
    """u vᵀ."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor) -> Tensor:
        ctx.save_for_backward(u, v)
        return u[:, None] * v[None, :]

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        u, v = ctx.saved_tensors
        return g @ v, g.T @ u


class OuterTransposed(Outer):
    """Of equal lengths, the adjoint is the other way round."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        u, v = ctx.saved_tensors
        return g.T @ v, g.T @ u


class OuterReversed(Outer):
    """The second gradient has the wrong sign."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        u, v = ctx.saved_tensors
        return g @ v, -(g.T @ u)


class LinearUnsummed(Linear):
    """The adjoint itself for the bias: PyTorch sums it to the shape of what was broadcast, so it is right."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        return g @ weight, g.T @ x, g


class LinearAsNeeded(Linear):
    """Computes only what is asked for."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        for_x, for_weight, for_bias = ctx.needs_input_grad
        return g @ weight if for_x else None, g.T @ x if for_weight else None, g.sum(0) if for_bias else None


class LinearAsNeededElsewhere(Linear):
    """Asks for the wrong input: right where all gradients are wanted, no gradient where the weight's alone is."""

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        for_x, _, for_bias = ctx.needs_input_grad
        return g @ weight if for_x else None, g.T @ x if for_x else None, g.sum(0) if for_bias else None
