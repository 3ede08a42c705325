"""How many bits balls need to show everything that an answer adds up: found while it is evaluated in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb

from symgrad.grading.answer_key.saturation import bits_beyond

FAR = 2.0**-60
"""A term is far below another when it is smaller than this share of it."""


class Span:
    """How many bits it takes to see everything in an answer: terms of a sum far below the others, saturated functions."""

    def __init__(self) -> None:
        self.bits = 0

    def saturates(self, operands: Sequence[Any]) -> None:
        """Looks at the operands of a function that comes close to a limit as fast as exp."""
        most = max((abs(float(b)) for o in operands for b in np.asarray(o, dtype=object).flat), default=0.0)
        self.bits = max(self.bits, bits_beyond(most))

    def __call__(self, terms: Sequence[Any]) -> None:
        """Looks at the terms of a sum: numbers, or arrays of balls."""
        sizes = [abs(float(t)) for term in terms for t in np.asarray(term, dtype=object).flat]
        most = max(sizes)
        if min(sizes) > FAR * most or not 0 < most < np.inf:
            return
        for term in terms:
            for ball in np.asarray(term, dtype=object).flat:
                if abs(float(ball)) <= FAR * most and not _is_zero(ball):
                    self.bits = max(self.bits, int(np.log2(most)) - _exponent(ball))


def _is_zero(ball: Any) -> bool:
    """Whether a ball is nothing but zero, or a rest of rounding around it."""
    return not isinstance(ball, arb) or bool(ball.contains(0))


def _exponent(ball: Any) -> int:
    """The exponent of two of a ball that isn't zero."""
    mantissa, exponent = ball.mid().man_exp()
    return int(mantissa).bit_length() + int(exponent)
