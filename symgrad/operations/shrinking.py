"""Rows of activation functions with a threshold: cut off, shrunk towards 0, bounded above, with a slope that is learnt.

Values at kinks follow PyTorch's kernels (``torch.nn.functional``, version 2.13).
"""

from __future__ import annotations

from typing import Any

import sympy

from symgrad.operations.arithmetic import choose
from symgrad.operations.row import Elementwise


def _outside(x: Any, lambd: Any) -> Any:
    return sympy.Or(x > lambd, x < -lambd)


def _prelu(torch: Any, x: Any, weight: Any) -> Any:
    """PyTorch's own kernel has one weight a channel: every entry becomes a channel of one sample."""
    entries, weights = torch.broadcast_tensors(x, weight)
    return torch.nn.functional.prelu(entries.reshape(1, -1), weights.reshape(-1)).reshape(entries.shape)


ROWS = (
    Elementwise(
        name="threshold",
        summary="x above the threshold, value up to it",
        options={"threshold": 0.0, "value": 0.0},
        example="y*threshold(x, 0.25, 2) + total(threshold(A, -0.5, 1))",
        partials=lambda v, x, threshold, value: (choose(1, x > threshold, 0),),
        definition=lambda x, threshold, value: choose(x, x > threshold, value),
        torch=lambda torch, x, threshold, value: torch.nn.functional.threshold(x, threshold, value),
        ulps=0,
        kinks=lambda x, threshold, value: (x - threshold,),
        convention="0 at the threshold",
    ),
    Elementwise(
        name="relu6",
        summary="x held between 0 and 6",
        example="y*relu6(3*x) + total(relu6(4*A))",
        partials=lambda v, x: (choose(1, sympy.And(x > 0, x < 6), 0),),
        definition=lambda x: choose(0, x < 0, 6, x > 6, x),
        torch=lambda torch, x: torch.nn.functional.relu6(x),
        ulps=0,
        kinks=lambda x: (x, x - 6),
        convention="0 at 0 and 6",
    ),
    Elementwise(
        name="hardshrink",
        summary="x, but 0 from −lambd to lambd",
        options={"lambd": 0.5},
        example="y*hardshrink(x) + total(hardshrink(A, lambd=0.75))",
        partials=lambda v, x, lambd: (choose(1, _outside(x, lambd), 0),),
        definition=lambda x, lambd: choose(x, _outside(x, lambd), 0),
        torch=lambda torch, x, lambd: torch.nn.functional.hardshrink(x, lambd),
        ulps=0,
        kinks=lambda x, lambd: (x - lambd, x + lambd),
        convention="0 at −lambd and lambd",
    ),
    Elementwise(
        name="softshrink",
        summary="x moved towards 0 by lambd, at most to 0",
        options={"lambd": 0.5},
        example="y*softshrink(x) + total(softshrink(A, lambd=0.75))",
        partials=lambda v, x, lambd: (choose(1, _outside(x, lambd), 0),),
        definition=lambda x, lambd: choose(x - lambd, x > lambd, x + lambd, x < -lambd, 0),
        torch=lambda torch, x, lambd: torch.nn.functional.softshrink(x, lambd),
        kinks=lambda x, lambd: (x - lambd, x + lambd),
        convention="0 at −lambd and lambd",
    ),
    Elementwise(
        name="prelu",
        summary="a above 0, b a below",
        operands=2,
        example="y*prelu(x, y) + total(prelu(A, c))",
        partials=lambda v, x, weight: (choose(1, x > 0, weight), choose(0, x > 0, x)),
        definition=lambda x, weight: choose(x, x > 0, weight * x),
        torch=_prelu,
        kinks=lambda x, weight: (x,),
        convention="b by a and 0 by b at 0",
    ),
)
