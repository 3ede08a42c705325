"""Rows of loss functions with a margin, entry by entry or along an axis: hinges, rankings, triplets.

Values at kinks follow PyTorch's (``torch.nn.functional``, version 2.13). Targets of −1 and 1 only say which branch is meant.
"""

from __future__ import annotations

from typing import Any

import sympy

from symgrad.operations.arithmetic import choose
from symgrad.operations.losses import own
from symgrad.operations.nodes import applied
from symgrad.operations.row import Elementwise


def _soft_margin_partials(value: Any, x: Any, y: Any) -> tuple[Any, ...]:
    s = applied("sigmoid", -y * x)
    return -y * s, -x * s


def _hinge_embedding(x: Any, y: Any, margin: Any) -> Any:
    below = choose(applied("maximum", margin - x, 0), sympy.Ne(y, 1), 0)
    return below + choose(x, sympy.Ne(y, -1), 0)


def _hinge_embedding_partials(value: Any, x: Any, y: Any, margin: Any) -> tuple[Any, ...]:
    below = choose(-1, sympy.And(sympy.Ne(y, 1), x <= margin), 0)
    return below + choose(1, sympy.Ne(y, -1), 0), sympy.Integer(0)


def _ranking(a: Any, b: Any, y: Any, margin: Any) -> Any:
    return -y * (a - b) + margin


def _ranking_partials(value: Any, a: Any, b: Any, y: Any, margin: Any) -> tuple[Any, ...]:
    active = choose(1, _ranking(a, b, y, margin) >= 0, 0)
    return -y * active, y * active, -(a - b) * active


ROWS = (
    Elementwise(
        name="soft_margin_loss",
        summary="ln(1 + exp(−b a))",
        operands=2,
        example="mean(soft_margin_loss(A, [[1, -1], [-1, 1]])) + y*soft_margin_loss(x, 1)",
        partials=_soft_margin_partials,
        definition=lambda x, y: applied("softplus", -y * x, 1),
        torch=own("soft_margin_loss"),
        domain="all reals; PyTorch has no derivative by b, and overflows with exp(−b a)",
    ),
    Elementwise(
        name="hinge_embedding_loss",
        summary="a where b is 1, max(0, margin − a) where b is −1",
        operands=2,
        options={"margin": 1.0},
        example="mean(hinge_embedding_loss(A, [[1, -1], [-1, 1]])) + y*hinge_embedding_loss(x, -1, margin=0.25)",
        partials=_hinge_embedding_partials,
        definition=_hinge_embedding,
        torch=own("hinge_embedding_loss", 2, "margin"),
        domain="b is −1 or 1",
        kinks=lambda x, y, margin: (choose(margin - x, sympy.Ne(y, 1), 1),),
        convention="−1 at a = margin",
    ),
    Elementwise(
        name="margin_ranking_loss",
        summary="max(0, margin − c (a − b))",
        operands=3,
        options={"margin": 0},
        example="mean(margin_ranking_loss(A, B, c)) + margin_ranking_loss(x, y, 1, margin=0.25)",
        partials=_ranking_partials,
        definition=lambda a, b, y, margin: applied("maximum", _ranking(a, b, y, margin), 0),
        torch=own("margin_ranking_loss", 3, "margin"),
        kinks=lambda a, b, y, margin: (_ranking(a, b, y, margin),),
        convention="that above 0 at 0",
    ),
)
