"""Operations as users call them: functions that say what they are, and whose errors end where they were called.

A row of the table comes in, a function goes out that builds what the row builds. Every operation that the package exports
is one; whatever works with the facts of an operation takes the row.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from symgrad.basics.errors import WrongCall, WrongShape
from symgrad.basics.messages import Message, message

if TYPE_CHECKING:
    from symgrad.operations.row import Operation


def function_of(row: Operation) -> Callable[..., Any]:
    """The function of a row, with the row's name, signature and documentation."""

    def operation(*operands: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        try:
            return row(*operands, **options)
        except (WrongCall, WrongShape) as wrong:
            if isinstance(wrong, WrongShape):
                wrong.operation = row.name
            raise wrong.with_traceback(None) from None  # what is wrong is the call above

    operation.__code__ = operation.__code__.replace(co_name=row.name, co_qualname=row.name)  # tracebacks speak of it
    operation.__name__ = operation.__qualname__ = row.name
    operation.__module__ = "symgrad"
    operation.__doc__ = str(documentation(row))
    operation.__annotations__ = {}
    operation.__signature__ = inspect.signature(row)  # type: ignore[attr-defined]  # a function has one where it is given
    return operation


def documentation(row: Operation) -> Message:
    """What a person who asks for help is told of an operation."""
    return message(
        "operation",
        name=row.name,
        summary=row.summary,
        acts=type(row).__name__.lower(),
        options=dict(row.options),
        domain=row.domain,
        convention=row.convention,
        example=row.example,
    )
