"""Symbolic backpropagation over named equations: a loss comes in, a `Derivation` goes out."""

from symgrad.derivation.backpropagation import backpropagate, differentiate
from symgrad.derivation.equation import Derivation, Equation

__all__ = ["Derivation", "Equation", "backpropagate", "differentiate"]
