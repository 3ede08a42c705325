"""The row of a function of one operand, of which most say the same in the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad.operations.row import Elementwise


def function(
    name: str,
    summary: str,
    partial: Callable[..., Any],
    *,
    arb: str | Callable[..., Any] | None = None,
    argument: str = "x",
    chosen: str = "",
    **facts: Any,
) -> Elementwise:
    """A row by its name, formula and derivative, ``partial(value, x, *options)``; `facts` are fields of `Elementwise`.

    Without a definition it is what NumPy and Arb call by its name, unless `numpy` or `arb` (a method's name, or a
    function) say otherwise. The example applies it to `argument`, with the options `chosen`; to a matrix, too, where the
    argument is just x.
    """
    if "definition" not in facts:
        facts.setdefault("numpy", getattr(np, name, None))
        arb = arb or name
    options = f", {chosen}" if chosen else ""
    facts.setdefault("example", f"y*{name}({argument}{options})" + (f" + total({name}(A{options}))" if argument == "x" else ""))

    def partials(value: Any, x: Any, *given: Any) -> tuple[Any, ...]:
        return (partial(value, x, *given),)

    return Elementwise(
        name=name, summary=summary, partials=partials, arb=_method(arb) if isinstance(arb, str) else arb, **facts
    )


def _method(name: str) -> Callable[..., Any]:
    return lambda ball: getattr(ball, name)()
