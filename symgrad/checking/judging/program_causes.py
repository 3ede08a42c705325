"""Why a program is off, as its own operations show: a format that is too short, an overflow, shapes that stretch each other.

A comparison that isn't right comes in, a message goes out that names the operation and its line. A format is only named where
the error goes away without it, or is what a rounding in it makes; so a wrong factor of its size has no such name.
"""

from __future__ import annotations

import math

import numpy as np

from symgrad.basics.arrays import Values
from symgrad.basics.messages import Message, message
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.judging.comparison import Comparison, Place
from symgrad.frameworks.framework import TorchValues
from symgrad.operations.shapes import SCALAR

GONE = 2.0**-6
"""An error is gone where no more than this share of it stays, beside what is allowed."""
ALIKE = 16.0
"""How many times what another rounding changes an error may be, where numbers come in with roundings."""


def cause(evidence: Evidence, comparison: Comparison, name: str = "") -> Message | None:
    """What the program's operations say of the worst entry of the loss, or of the gradient of a name; None if nothing."""
    if not np.isfinite(comparison.values[comparison.worst]):
        return overflow(evidence, comparison)
    return short_format(evidence, comparison, name)


def another_loss(evidence: Evidence, comparison: Comparison) -> Message | None:
    """An operation that makes another loss of a program than the formula is, though it runs; None where none is seen."""
    return stretched(evidence, comparison) or constant(evidence, comparison)


def overflow(evidence: Evidence, comparison: Comparison) -> Message | None:
    """The first operation that makes infinities of finite numbers at the worst entry's point, unless it lies at a pole."""
    use = evidence.framework.seen(comparison.worst[0]).overflow
    return None if use is None else use.overflow(evidence.settings.dtype)


def short_format(evidence: Evidence, comparison: Comparison, name: str = "") -> Message | None:
    """A format that is shorter than the one under test, where the worst error is one of rounding in it."""
    point, place = comparison.worst[0], comparison.worst
    error = _error(comparison, comparison.values[point], place)
    if evidence.exercise.torch_loss is None or not np.isfinite(error):
        return None
    use, plain = evidence.framework.seen(point).short, evidence.framework.widened(point)
    if use is None or plain is None:
        return None
    relative = comparison.relative(place)
    allowed = float(np.broadcast_to(comparison.tolerance.allowed, comparison.values.shape)[place])
    if abs(_error(comparison, _of(plain, name), place)) <= max(allowed, GONE * abs(error)):
        return message("short_format", use=use.told, format=use.format, dtype=evidence.settings.dtype, relative=relative)
    moved = evidence.framework.widened(point, moved=True) if use.given else None
    if moved is None or not abs(error) <= ALIKE * abs(_of(moved, name) - _of(plain, name))[place[1:]]:
        return None
    return message("short_numbers", use=use.told, format=use.format, relative=relative)


def stretched(evidence: Evidence, comparison: Comparison) -> Message | None:
    """Shapes of which each is stretched to the other, where the formula has no such operation."""
    use = evidence.framework.seen(comparison.worst[0]).stretched
    return None if use is None or evidence.exercise.torch_loss is None or _formula_stretches(evidence) else use.stretch


def constant(evidence: Evidence, comparison: Comparison) -> Message | None:
    """A softmax, or a loss over classes, of a single class."""
    use = evidence.framework.seen(comparison.worst[0]).constant
    return None if use is None or evidence.exercise.torch_loss is None else use.constant


def _formula_stretches(evidence: Evidence) -> bool:
    graph = evidence.exercise.graph
    return any(
        1 not in node.shape
        and all(math.prod(graph.shapes.get(operand, SCALAR)) < math.prod(node.shape) for operand in node.operands)
        for node in graph.nodes
    )


def _of(said: TorchValues, name: str) -> Values:
    """Loss or gradient of a name, (rows, columns), at the only point."""
    values = said.gradients[name] if name else said.loss
    return np.asarray(values[0])


def _error(comparison: Comparison, values: Values, place: Place) -> float:
    return float((values[place[1:]] - comparison.reference.high[place]) - comparison.reference.low[place])
