"""The noun that an answer becomes: a `Term`, an operation of the table over other terms, with its shape.

A term is data. Nothing in it is evaluated while it is read, so that `9**9**9` is three numbers and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from symgrad.operations.shapes import SCALAR, Shape


@dataclass(frozen=True, slots=True)
class Number:
    """A number exactly, and the digits that were written."""

    value: Fraction
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """An operation over operands: `head` is a leaf's kind, a row of the table, or one of this language's own operations.

    Leaves: ``number`` (`value` is a `Number`), ``constant`` (pi or e), ``name`` (of a parameter, datum or step), ``adjoint``
    (of a step). Own operations: ``sum`` (`value` holds the signs), ``product`` (entry by entry), ``matmul``, ``divide``,
    ``power``, ``negative``, ``derivative`` (of the row that `value` names), ``indicator`` (`value` is the relation),
    ``filled`` (`value` is the number in every entry), ``eye``. Of a row of the table `value` holds the options in order.
    `start` and `end` say where it stands in the text.
    """

    head: str
    operands: tuple[Term, ...] = ()
    value: Any = None
    shape: Shape = SCALAR
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    type: ClassVar[str] = "OPERAND"
    """As a token of the grammar; a leaf is one."""
    start_pos = line = column = end_line = end_column = end_pos = 0

    @property
    def is_scalar(self) -> bool:
        """Whether it has one entry; a 1×1 matrix is a scalar."""
        return self.shape == SCALAR


def parts(term: Term) -> Iterator[Term]:
    """A term and everything in it, from left to right."""
    stack = [term]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.operands))


def leaves(term: Term) -> Iterator[Term]:
    """The leaves of a term from left to right."""
    return (part for part in parts(term) if not part.operands)


NAMED = ("name", "adjoint")


def sized(shape: Shape) -> str:
    """A shape as a student reads it."""
    return "a scalar" if shape == SCALAR else f"{shape[0]}×{shape[1]}"
