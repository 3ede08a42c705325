"""Options of operations as shape rules take them: whole numbers where whole numbers are needed."""

from __future__ import annotations

from typing import Any

from symgrad.basics.errors import WrongShape
from symgrad.basics.messages import message


def plain(value: Any) -> Any:
    """An option as a message holds it: a number of Python's, None, or the text of a number of SymPy's.

    >>> import sympy
    >>> plain(2), plain(None), plain(sympy.Rational(1, 2))
    (2, None, '1/2')
    """
    return value if value is None or isinstance(value, int) else str(value)


def check_whole(name: str, value: Any, least: int | None = None) -> None:
    """Raises WrongShape for an option that isn't a whole number, or is less than the least."""
    if isinstance(value, int) and (least is None or value >= least):
        return
    if least is None:
        raise WrongShape(message("option_not_whole", name=name, found=plain(value)))
    raise WrongShape(message("option_not_whole_from", name=name, least=least, found=plain(value)))
