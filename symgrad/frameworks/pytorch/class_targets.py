"""What a loss over classes takes for a target, where it raised over the one that it got: indices, or probabilities."""

from __future__ import annotations

from types import TracebackType

import torch

from symgrad.basics.messages import Message, message

INDICES, PROBABILITIES = "indices", "probabilities"
TAKES = {
    "cross_entropy": (INDICES, PROBABILITIES),
    "nll_loss": (INDICES,),
    "binary_cross_entropy": (PROBABILITIES,),
    "binary_cross_entropy_with_logits": (PROBABILITIES,),
}
"""Functions of ``torch.nn.functional`` with a target of classes, and what they take for it."""
FUNCTIONAL = str(torch.nn.functional.__file__)


def class_targets(trace: TracebackType | None) -> Message | None:
    """What was taken and what was given, where an error came through a loss over classes whose target isn't such."""
    while trace is not None:
        code, given = trace.tb_frame.f_code, trace.tb_frame.f_locals
        scores, target = given.get("input"), given.get("target")
        known = code.co_filename == FUNCTIONAL and code.co_name in TAKES
        if known and isinstance(scores, torch.Tensor) and isinstance(target, torch.Tensor):
            return _unlike(code.co_name, scores, target)
        trace = trace.tb_next
    return None


def _unlike(name: str, scores: torch.Tensor, target: torch.Tensor) -> Message | None:
    """The message where a target is neither indices nor probabilities, of what the function takes."""
    shape, floating = tuple(scores.shape), target.dtype.is_floating_point
    classes = 0 if len(shape) == 1 else 1
    of_indices = (*shape[:classes], *shape[classes + 1 :])
    count = shape[classes] if shape else 1
    fits = {
        INDICES: not floating and tuple(target.shape) == of_indices and bool((target < count).all()),
        PROBABILITIES: floating and tuple(target.shape) == shape,
    }
    if any(fits[kind] for kind in TAKES[name]):
        return None
    return message(
        "class_targets",
        function=name,
        indices=of_indices if INDICES in TAKES[name] else None,
        classes=count,
        probabilities=shape if PROBABILITIES in TAKES[name] else None,
        dtype=str(target.dtype),
        shape=tuple(target.shape),
        largest=None if floating or (target < count).all() else int(target.max()),
    )
