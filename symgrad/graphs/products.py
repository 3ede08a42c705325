"""SymPy's products taken apart: a number, what stands above a fraction's bar, and what stands below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy


@dataclass(frozen=True)
class Quotient:
    """``coefficient · above / below``, factors in SymPy's order; what is divided by stands as it is multiplied with."""

    coefficient: sympy.Rational
    above: tuple[Any, ...]
    below: tuple[Any, ...]


def divides(factor: Any) -> bool:
    """Whether a factor of a product is one that the others are divided by."""
    return isinstance(factor, sympy.Pow) and bool(factor.exp.is_Rational and factor.exp.is_negative)


def quotient(product: sympy.Mul) -> Quotient:
    """A product as a quotient.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> quotient(-3 * x / (2 * sympy.sqrt(y)))
    Quotient(coefficient=-3/2, above=(x,), below=(sqrt(y),))
    """
    coefficient, rest = product.as_coeff_Mul()
    factors = rest.as_ordered_factors()
    above = tuple(factor for factor in factors if not divides(factor))
    return Quotient(coefficient, above, tuple(1 / factor for factor in factors if divides(factor)))
