"""What a framework says, as plain nouns that need no framework: losses and gradients by points, or along a training run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message

SEEDS = {"float64": (-32.0, 3.7), "float32": (-32.0, 3.700000047683716), "bfloat16": (-4.0, 2.0), "float16": (-2.0, 1.0)}
"""The adjoints of the loss that backward() starts from, one after the other, of both signs and of two sizes.

The first is a power of two, so that dividing by it is exact, and negative, for 32 alone is a usual batch size: a backward that
ignores the adjoint and forgets a mean over 32 would come out right. The second has all digits where a format can spare the
roundings, so that a backward that keeps fewer of it is seen. In bfloat16 a share of 1/32 is little more than rounding, and
float16's range is too short to give bits away.
"""


@dataclass(frozen=True)
class TorchValues:
    """What PyTorch computed: the loss at each point, (points, 1, 1), and gradients (points, rows, columns) by parameter.

    `remarks` are what a reader should know of how it was computed.
    """

    loss: Values
    gradients: Mapping[str, Values]
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Trajectory:
    """A training run: at each step the parameters before its update, the loss and the gradients; then the last parameters.

    Arrays of shape (steps, rows, columns).
    """

    parameters: Mapping[str, Values]
    losses: Values
    gradients: Mapping[str, Values]
    final: Mapping[str, Values]
