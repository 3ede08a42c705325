"""SymPy as a grader, in a process that is ended when it takes too long: is an answer equal to the teacher's formula?"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal, TypeAlias

import sympy
from sympy.parsing.sympy_parser import parse_expr

Method: TypeAlias = Literal["parse_expr", "simplify", "equals"]
METHODS: tuple[Method, ...] = ("parse_expr", "simplify", "equals")


@dataclass(frozen=True)
class Asked:
    """One question: an answer's entries and the teacher's, in SymPy's syntax."""

    answer: tuple[str, ...]
    truth: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What was said, None for nothing; seconds it took, at least, where it was cut off."""

    equal: bool | None
    seconds: float
    cut_off: bool = False


def read(text: str) -> Any:
    """A trusted text as an expression over real symbols."""
    symbols: Mapping[str, Any] = {name: sympy.Symbol(name, real=True) for name in _names(text)}
    return parse_expr(text, local_dict=dict(symbols))


def _names(text: str) -> set[str]:
    found = "".join(c if c.isalnum() or c == "_" else " " for c in text).split()
    return {name for name in found if name[0].isalpha() and name not in ("exp", "tanh")}


def _simplify(a: Any, b: Any) -> bool:
    return bool(sympy.simplify(a - b) == 0)


def _equals(a: Any, b: Any) -> bool | None:
    found: bool | None = a.equals(b)
    return found


COMPARED: Mapping[Method, Callable[[Any, Any], bool | None]] = {"simplify": _simplify, "equals": _equals}


def said(method: Method, asked: Asked, truths: Sequence[Any]) -> Said:
    """What SymPy says of an answer, entry by entry until one differs; the teacher's formula was read before."""
    start = time.perf_counter()
    equal: bool | None = True
    for text, truth in zip(asked.answer, truths, strict=True):
        answer = read(text)
        if method != "parse_expr":
            equal = COMPARED[method](answer, truth)
        if not equal:
            break
    return Said(equal, time.perf_counter() - start)


def _serve(connection: Connection) -> None:
    known: dict[tuple[str, ...], list[Any]] = {}
    while True:
        method, asked = connection.recv()
        if asked.truth not in known:
            known[asked.truth] = [read(text) for text in asked.truth]
        connection.send(said(method, asked, known[asked.truth]))


@dataclass
class Peer:
    """SymPy in another process. It keeps its caches from one question to the next."""

    limit: float
    _process: Any = None
    _connection: Connection | None = field(default=None)

    def ask(self, method: Method, asked: Asked) -> Said:
        """What it says within the limit."""
        if self._connection is None:
            self._begin()
        assert self._connection is not None  # it has begun
        start = time.perf_counter()
        self._connection.send((method, asked))
        if self._connection.poll(self.limit):
            found: Said = self._connection.recv()
            return found
        self.end()
        return Said(None, time.perf_counter() - start, cut_off=True)

    def _begin(self) -> None:
        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()

    def end(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None
