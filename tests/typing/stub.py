"""Makes symgrad/__init__.pyi of what the package exports: run this file to write it anew."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import symgrad
from symgrad.authoring import symbols
from symgrad.checking.results.settings import Settings
from symgrad.operations.table import TABLE

FILE = Path(symgrad.__file__).with_suffix(".pyi")
WIDTH = 128
HEAD = '''\
"""What symgrad exports, for type checkers. Made by tests/typing/stub.py of the exported names and the table of operations."""

from typing import Any, SupportsFloat, SupportsIndex, TypeAlias

'''
ALIASES = '''
_Expression: TypeAlias = Any
"""An expression of SymPy's, which has no types, a number, or a nested list of numbers."""
_Number: TypeAlias = SupportsFloat
_Whole: TypeAlias = SupportsIndex

__version__: str

'''
WHOLE = frozenset({"axis", "n", "p", "shifts", "groups", "diagonal", "rows", "columns", "top", "bottom", "left", "right"})
"""Options that count something."""


def stub() -> str:
    """The text of the stub."""
    written = {
        "check": _check(),
        **{name: _authoring(name) for name, home in symgrad._HOMES.items() if home == "authoring.symbols"},
    }
    homes = sorted((home, name) for name, home in symgrad._HOMES.items() if name not in written)
    imports = "\n".join(f"from symgrad.{home} import {name} as {name}" for home, name in homes)
    imports = "from symgrad import testing as testing\n" + imports
    operations = (_signature(name, _operation(inspect.signature(row)), "_Expression") for name, row in TABLE.items())
    return HEAD + imports + "\n" + ALIASES + "\n".join([*written.values(), *operations]) + "\n"


def _check() -> str:
    """`check` with every option of `Settings` by its name."""
    options = [f"{f.name}: {f.type} = {_value(f.default)}" for f in dataclasses.fields(Settings)]
    return _signature("check", ["exercise: Exercise", "settings: Settings | None = None", "*", *options], "CheckResult")


def _authoring(name: str) -> str:
    """What makes symbols and steps; SymPy's own classes would be found wanting by a checker that looks into SymPy."""
    function: Callable[..., Any] = getattr(symbols, name)
    text = str(inspect.signature(function)).partition(" -> ")[0]
    plain = text.replace("'", "").replace("Any", "_Expression")
    return f"def {name}{plain} -> _Expression: ..."


def _operation(signature: inspect.Signature) -> list[str]:
    """Operands, which have no names for a caller, and options with what they take."""
    given = signature.parameters.values()
    operands = [f"{p!s}: _Expression" for p in given if p.default is p.empty]
    alone = operands and not operands[0].startswith("*")
    options = [f"{p.name}: {_kind(p)} = {_value(p.default)}" for p in given if p.default is not p.empty]
    return [*operands, *(["/"] if alone else []), *options]


def _kind(option: inspect.Parameter) -> str:
    kind = "bool" if isinstance(option.default, bool) else "_Whole" if option.name in WHOLE else "_Number"
    return f"{kind} | None" if option.default is None else kind


def _value(default: object) -> str:
    return repr(default).replace("'", '"')


def _signature(name: str, parameters: Iterable[str], returned: str) -> str:
    """One line, or a line for each parameter where that is too long."""
    listed = list(parameters)
    line = f"def {name}({', '.join(listed)}) -> {returned}: ..."
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"def {name}(", *(f"    {parameter}," for parameter in listed), f") -> {returned}: ..."])


if __name__ == "__main__":
    FILE.write_text(stub(), encoding="utf-8")
