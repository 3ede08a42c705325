"""Modules: with nested names, a buffer, tied parameters, and made of functions with a backward of their own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from functions.activations import GELU
from functions.norms import LayerNormWithoutMean, RMSNorm
from functions.products import Linear


class Centred(nn.Module):
    """(x − centre) ∘ scale; the centre is a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([1.0, 2.0, 3.0, 4.0]))
        self.register_buffer("centre", torch.tensor([0.5, 1.0, 1.5, 2.0]))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.centre) * self.scale


class Tied(nn.Module):
    """Two layers, one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4, bias=False)
        self.second = nn.Linear(4, 4, bias=False)
        self.second.weight = self.first.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.second(torch.tanh(self.first(x)))


class TiedDetached(Tied):
    """The second use of the weight is cut off."""

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(torch.tanh(self.first(x)), self.second.weight.detach())


class Normed(nn.Module):
    """RMSNorm with its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        return RMSNorm.apply(x, self.weight)[0]


class Fused(nn.Module):
    """x Wᵀ + b through a function."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.eye(4))
        self.bias = nn.Parameter(torch.zeros(4))

    def forward(self, x: Tensor) -> Tensor:
        return Linear.apply(x, self.weight, self.bias)


class Block(nn.Module):
    """x + gelu(project(norm(x)))."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = Normed()
        self.project = Fused()

    def forward(self, x: Tensor) -> Tensor:
        return x + GELU.apply(self.project(self.norm(x)))


class Network(nn.Module):
    """A block and a head, so that names are nested."""

    def __init__(self) -> None:
        super().__init__()
        self.block = Block()
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.block(x))


class WrongNorm(nn.LayerNorm):
    """LayerNorm by a function whose backward forgets the term of the mean."""

    def forward(self, input: Tensor) -> Tensor:
        return LayerNormWithoutMean.apply(input, self.weight, self.bias)
