"""A number system: what the equations of a derivation run on.

Generated code calls functions by name. A system knows the primitives; everything else it takes from the table, where an
operation is defined by others. Every array has two trailing axes (a scalar is 1×1) and points on leading axes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import sympy

from symgrad.number_systems.code_generation import Program, compile_
from symgrad.operations.row import Elementwise, Structural
from symgrad.operations.table import TABLE


def listed(outputs: Any) -> list[Any]:
    """The outputs of a program as a list, also where there is only one."""
    return outputs if isinstance(outputs, list) else [outputs]


class System:
    """Base of the number systems; a final system supplies numbers, comparison, choice and the primitives."""

    def __init__(self) -> None:
        self._functions: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.function(name)

    def function(self, name: str) -> Callable[..., Any]:
        """The function that generated code means by a name."""
        if name not in self._functions:
            self._functions[name] = self._resolve(name)
        return self._functions[name]

    def bind(self, program: Program) -> Callable[..., Any]:
        """A program of generated code as a function on arrays of this system."""
        return program.bind({name: self.function(name) for name in program.names})

    def _resolve(self, name: str) -> Callable[..., Any]:
        row = TABLE.get(name)
        if isinstance(row, Structural):
            return self.structural(row)
        if isinstance(row, Elementwise) and name != "choose":
            return self.elementwise(row)
        own: Callable[..., Any] = object.__getattribute__(self, name)
        return own

    def rerounded(self, value: Any, times: int) -> Any:
        """A value that PyTorch rounds so often on its way; only a system that follows rounding makes something of it."""
        return value

    def structural(self, row: Structural) -> Callable[..., Any]:
        """The function of a structural row."""
        return partial(row.evaluate, self)

    def elementwise(self, row: Elementwise) -> Callable[..., Any]:
        """The function of an elementwise row; overridden for rows that the system knows by itself."""
        count = row.operands or 0
        defined: dict[tuple[Any, ...], Callable[..., Any]] = {}

        def call(*arguments: Any) -> Any:
            """Whole numbers become numbers of the system: ``1/3`` between Python's would be rounded."""
            chosen = tuple(a if a is None or isinstance(a, bool) else ... for a in arguments[count:])
            if chosen not in defined:
                defined[chosen] = self.bind(definition(row, chosen))
            given = (*arguments[:count], *(a for a, c in zip(arguments[count:], chosen, strict=True) if c is ...))
            return defined[chosen](*(self.function("number")(a, 1) if isinstance(a, int) else a for a in given))

        return call


@cache
def definition(row: Elementwise, chosen: tuple[Any, ...]) -> Program:
    """The definition of a row by other rows, as a program over its operands and those of its options that are numbers.

    `chosen` has a truth value or None for the options that choose between formulas, and ``...`` for those that are numbers.
    """
    assert row.definition is not None, row.name  # a row has numpy and arb, or a definition
    operands = [sympy.Symbol(f"x{i}", real=True) for i in range(row.operands or 0)]
    options = [sympy.Symbol(f"option{i}", real=True) if c is ... else c for i, c in enumerate(chosen)]
    numbers = [o for o, c in zip(options, chosen, strict=True) if c is ...]
    return compile_([*operands, *numbers], (), [row.definition(*operands, *options)])


@cache
def partials(row: Elementwise) -> Program:
    """The partial derivatives of a row, as a program over its value, operands and options."""
    count = (row.operands or 0) + len(row.options)
    symbols = [sympy.Symbol(f"x{i}", real=True) for i in range(count)]
    value = sympy.Symbol("value", real=True)
    return compile_([value, *symbols], (), [sympy.sympify(p) for p in row.partials(value, *symbols)])
