r"""The signs of relations and constants: each in plain text and in LaTeX.

>>> RELATIONS[">="]
Sign(text='≥', latex='\\ge')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from symgrad.operations.table import TABLE


class Sign(NamedTuple):
    """One sign in both notations."""

    text: str
    latex: str


RELATIONS: Mapping[str, Sign] = {
    "<": Sign("<", "<"),
    "<=": Sign("≤", r"\le"),
    ">": Sign(">", ">"),
    ">=": Sign("≥", r"\ge"),
    "==": Sign("=", "="),
    "!=": Sign("≠", r"\ne"),
}
"""By the way that Python and SymPy write a relation."""
FUNCTIONS = frozenset({"max", "min"})
"""Functions that are no operations of the table, and that LaTeX has a command for, of the same name."""
CONSTANTS: Mapping[str, Sign] = {
    "pi": Sign("π", r"\pi"),
    "EulerGamma": Sign("γ", r"\gamma"),
    "E": Sign("e", "e"),
    "oo": Sign("oo", r"\infty"),
    "-oo": Sign("-oo", r"-\infty"),
}
"""By what SymPy calls a number."""


def latex_operation(name: str) -> str:
    r"""What an operation of the table is called in LaTeX.

    >>> latex_operation("tanh"), latex_operation("sigmoid"), latex_operation("leaky_relu")
    ('\\tanh', '\\sigma', '\\operatorname{leaky\\_relu}')
    """
    row = TABLE.get(name)
    if row is not None and row.latex:
        return row.latex
    plain = name.replace("_", r"\_")
    return f"\\{name}" if name in FUNCTIONS else rf"\operatorname{{{plain}}}"
