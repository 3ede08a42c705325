"""How many terms an answer may have as a polynomial, before it is made one."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.grading.answer_key.target import adjoint_of
from symgrad.grading.language.terms import Term
from symgrad.number_systems.polynomials import MOST_TERMS, NotPolynomial, _power, _times


def weight(term: Term, weights: Mapping[str, int]) -> int:
    """A bound on the terms of an entry of an expanded answer, given those of names. Raises NotPolynomial."""
    found = _weight(term, weights)
    if found > MOST_TERMS:
        raise NotPolynomial
    return found


def _weight(term: Term, weights: Mapping[str, int]) -> int:
    operands = [weight(operand, weights) for operand in term.operands]
    match term.head:
        case "number" | "filled" | "identity":
            return 1
        case "name":
            return weights[term.value]
        case "adjoint":
            return weights[adjoint_of(term.value)]
        case "sum":
            return sum(operands)
        case "product":
            return _times(operands)
        case "matmul":
            return operands[0] * operands[1] * term.operands[0].shape[1]
        case "negative" | "transpose" | "take" | "diag" | "diagonal" | "flip":
            return operands[0]
        case "block":
            return max(operands)
        case "total" | "mean" | "trace":
            rows, columns = term.operands[0].shape
            return operands[0] * rows * columns
        case "square":
            return operands[0] ** 2
        case "divide" if term.operands[1].head in ("number", "square", "name", "sum", "product"):
            return operands[0] * operands[1]
        case "power" if term.operands[1].head == "number":
            return _power(operands[0], term.operands[1].value.value)
    raise NotPolynomial
