"""Rows of masks: comparisons as matrices of 0 and 1, and what is chosen by one, entry by entry.

A mask says yes where it isn't 0. What is filled in may be −∞ (``sympy.oo`` with a sign, or a float's): softmax, log-sum-exp and
extremes make a number of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from symgrad.operations.row import Elementwise
from symgrad.operations.rows.arithmetic import choose


def _holds(mask: Any) -> Any:
    return sympy.Ne(mask, 0)


def _comparison(name: str, alias: str, sign: str, relation: Callable[[Any, Any], Any]) -> Elementwise:
    return Elementwise(
        name=name,
        summary=f"1 where a {sign} b, else 0",
        aliases=(alias,),
        operands=2,
        example=f"x*y*(2 - {name}(x, y)) + total(hadamard(subtract(2, {name}(A, B)), A + 2*B))",
        partials=lambda value, a, b: (sympy.Integer(0), sympy.Integer(0)),
        build=lambda a, b: choose(1, relation(a, b), 0),
        ulps=0,
        kinks=lambda a, b: (a - b,),
        convention="0 where a = b",
        by_hand=False,
        kernel=False,
    )


ROWS: tuple[Elementwise, ...] = (
    _comparison("gt", "greater", ">", sympy.Gt),
    _comparison("ge", "greater_equal", "≥", sympy.Ge),
    _comparison("lt", "lesser", "<", sympy.Lt),
    _comparison("le", "lesser_equal", "≤", sympy.Le),
    _comparison("eq", "equals", "=", sympy.Eq),
    _comparison("ne", "not_equal", "≠", sympy.Ne),
    Elementwise(
        name="where",
        summary="a where the mask isn't 0, else b",
        operands=3,
        example="x*y*where(gt(x, y), x, y**2) + total(where(gt(A, B), square(A), B))",
        partials=lambda value, mask, a, b: (sympy.Integer(0), choose(1, _holds(mask), 0), choose(0, _holds(mask), 1)),
        build=lambda mask, a, b: choose(a, _holds(mask), b),
        ulps=0,
        infinities=True,
        by_hand=False,
        kernel=False,
    ),
    Elementwise(
        name="masked_fill",
        summary="a, but c where the mask b isn't 0",
        operands=3,
        example="x*y*masked_fill(x, lt(x, y), y**2) + total(hadamard(masked_fill(A, lt(A, B), c), B))",
        partials=lambda value, a, mask, filled: (
            choose(0, _holds(mask), 1),
            sympy.Integer(0),
            choose(1, _holds(mask), 0),
        ),
        build=lambda a, mask, filled: choose(filled, _holds(mask), a),
        ulps=0,
        infinities=True,
        by_hand=False,
        kernel=False,
    ),
)
