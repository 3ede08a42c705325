"""Symbolic backpropagation over named equations: a graph comes in, a `Derivation` goes out, which prints itself.

Must never know: `torch`, `numpy`, `flint`, `authoring`, `number_systems`: how a derivation is computed.
"""

from __future__ import annotations

from symgrad.derivation.backpropagation import backpropagate, differentiate
from symgrad.derivation.derivation import Derivation
from symgrad.derivation.equations import Equation

__all__ = ["Derivation", "Equation", "backpropagate", "differentiate"]
