"""Reading a loss: a SymPy expression comes in, its `Graph` goes out.

Knows SymPy's heads and nothing of derivatives. Walks without recursion, for losses are deep. What the table of operations
doesn't hold is an `AuthorError` that names the head, its place and what comes nearest.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom

from symgrad.basics.errors import AuthorError, SymgradError, closest
from symgrad.basics.messages import Message, message, verbatim
from symgrad.graphs.graph import Graph, Input, Node
from symgrad.graphs.names import Names
from symgrad.graphs.shapes import array_shape
from symgrad.graphs.sympy_heads import Operands, parts
from symgrad.operations.row import Composition
from symgrad.operations.shapes import Shape
from symgrad.operations.sympy_nodes import Applied, MatrixApplied, MatrixStep, Step, shape_of, walk
from symgrad.operations.table import TABLE

CONSTANTS = (sympy.pi, sympy.E, sympy.EulerGamma, sympy.Catalan)
INFINITIES = (sympy.oo, -sympy.oo)


def read(expression: Any, *, declared: Iterable[Any] = (), known: Mapping[str, Any] | None = None) -> Graph:
    """The graph of an expression.

    `declared` are symbols that have to be inputs even where the expression doesn't hold them; `known` maps names of steps
    to expressions of the loss, for a hand-derived gradient that mentions steps by name. Raises AuthorError.
    """
    reader = _Reader([*declared, expression, *(known or {}).values()], known or {})
    output = reader.value(expression)
    return Graph(
        inputs=tuple(reader.inputs.values()),
        nodes=tuple(reader.nodes),
        output=output,
        output_shape=reader.shape(output),
        named=reader.named,
    )


def symbols_of(expression: Any) -> list[Any]:
    """The scalar and matrix symbols of an expression, sorted by name."""
    free = dict.fromkeys(s for s in walk(expression) if isinstance(s, (sympy.Symbol, sympy.MatrixSymbol)))
    return sorted(free, key=lambda s: str(s.name))


def steps_of(expression: Any) -> dict[str, Any]:
    """The steps of an expression by name. Raises AuthorError where two different steps share a name."""
    found: dict[str, Any] = {}
    for node in walk(expression):
        if isinstance(node, (Step, MatrixStep)):
            name = str(node.args[0])
            if found.setdefault(name, node) != node:
                raise AuthorError(message("two_steps_called", name=name), field="step", accepted=message("a_name_for_each"))
    return found


def check_name(name: str, field: str) -> None:
    """Raises AuthorError for a name that Python wouldn't take."""
    if not name.isidentifier() or keyword.iskeyword(name):
        accepted = message("letters_and_no_keyword")
        raise AuthorError(message("cannot_be_a_name", text=repr(name)), field=field, accepted=accepted)
    plain = unicodedata.normalize("NFKC", name)
    if plain != name:  # Python reads both as one name
        found = message("another_way_to_write", text=repr(name), plain=plain)
        raise AuthorError(found, field=field, accepted=message("in_quotes", name=plain))


class _Reader:
    """The state of one reading: values found so far, by expression."""

    def __init__(self, expressions: list[Any], known: Mapping[str, Any]) -> None:
        self.known = known
        self.inputs: dict[str, Input] = {}
        self.nodes: list[Node] = []
        self.named: dict[str, sympy.Expr] = {}
        self._values: dict[Any, sympy.Expr] = {}
        self._shapes: dict[sympy.Symbol, Shape] = {}
        steps = {name: step for e in expressions for name, step in steps_of(e).items()}
        for expression in expressions:
            self._survey(expression)
        self._step_of = {step.args[1]: name for name, step in sorted(steps.items(), reverse=True)}
        symbols = list(dict.fromkeys(s for e in expressions for s in symbols_of(e) if s.name not in known))
        self._names = Names()
        for symbol in symbols:
            self._add_input(symbol)
        for name in sorted(steps):
            check_name(name, "step")
            if name in self.inputs:
                accepted = message("another_name_for_the_step")
                raise AuthorError(message("a_symbol_and_a_step", name=name), field="step", accepted=accepted)
        self._step_symbols = {name: self._names.symbol(name) for name in sorted(steps)}

    def _survey(self, expression: Any) -> None:
        """Raises AuthorError for the first head that the table doesn't hold, before any name is looked at."""
        seen, stack = set(), [expression]
        if expression in INFINITIES:
            raise _outside(expression)
        while stack:
            current = stack.pop()
            if current not in seen:
                seen.add(current)
                operands = self._parts(current)
                infinite = [child for child in operands.children if child in INFINITIES]
                if infinite and not (operands.kind in TABLE and TABLE[operands.kind].infinities):
                    raise _outside(infinite[0])
                stack.extend(reversed(operands.children))

    def _add_input(self, symbol: Any) -> None:
        name = symbol.name
        check_name(name, "symbol")
        try:
            shape = shape_of(symbol)
        except ValueError as error:
            found = message("of_symbol", name=name, found=_found(error))
            raise AuthorError(found, field="symbol", accepted=message("rows_and_columns_as_numbers")) from None
        if 0 in shape:
            raise AuthorError(message("without_entries", name=name, shape=shape), field="symbol")
        for assumption in ("is_imaginary", "is_integer", "is_zero", "is_infinite"):
            if getattr(symbol, assumption, None):
                found = message("declared", name=name, assumption=assumption.removeprefix("is_"))
                raise AuthorError(found, field="symbol", accepted=message("real_symbols"))
        if name in self.inputs:
            before = self.inputs[name]
            if before.shape != shape:
                found = message("used_with_two_shapes", name=name, shapes=(before.shape, shape))
                raise AuthorError(found, field="symbol", accepted=message("one_shape_a_name"))
            return
        made = Input(name, self._names.symbol(name), shape, symbol)
        self.inputs[name] = made
        self._shapes[made.symbol] = shape

    def shape(self, value: Any) -> Shape:
        return array_shape(value, self._shapes)

    def value(self, expression: Any) -> sympy.Expr:
        """The value of an expression: a symbol of the graph, or a number. Operands first, with a stack of its own."""
        stack = [expression]
        while stack:
            current = stack[-1]
            if current in self._values:
                stack.pop()
                continue
            operands = self._parts(current)
            missing = [child for child in operands.children if child not in self._values]
            if missing:
                stack.extend(reversed(missing))
                continue
            self._values[current] = self._build(current, operands)
            stack.pop()
        return self._values[expression]

    def _parts(self, expression: Any) -> Operands:
        name = getattr(expression, "name", None)
        if isinstance(expression, (sympy.Symbol, sympy.MatrixSymbol)):
            alias = self.known.get(str(name))
            return Operands("alias", (alias,)) if alias is not None else Operands("input", ())
        if isinstance(expression, (Step, MatrixStep)):
            return Operands("step", (expression.args[1],))
        if isinstance(expression, (sympy.Rational, sympy.Float)) or expression in (*CONSTANTS, *INFINITIES):
            return Operands("constant", ())
        if isinstance(expression, BooleanAtom):
            return Operands("truth", ())
        if isinstance(expression, (Relational, sympy.And, sympy.Or, sympy.Not)):
            return Operands("condition", tuple(expression.args))
        if isinstance(expression, Boolean):  # ITE, which SymPy makes of a condition on a Piecewise; Xor, Implies, …
            return Operands("alias", (expression.to_nnf(simplify=False),))
        if isinstance(expression, (Applied, MatrixApplied)):
            row = TABLE[expression.name]
            assert not isinstance(row, Composition)  # a composition builds other rows
            operands, options = row.split(expression.arguments)
            return Operands(row.name, operands, options)
        found = parts(expression)
        if found is None:
            raise _outside(expression)
        return found

    def _build(self, expression: Any, operands: Operands) -> Any:
        values = [self._values[child] for child in operands.children]
        match operands.kind:
            case "input":
                return self.inputs[expression.name].symbol
            case "alias":
                return values[0]
            case "constant":
                return sympy.Rational(expression) if isinstance(expression, sympy.Float) else expression
            case "truth":
                return expression
            case "condition":
                return expression.func(*values)
            case "step":
                return self._step(str(expression.args[0]), values[0])
        return self.apply(operands.kind, values, operands.options, expression)

    def apply(self, name: str, operands: list[Any], options: tuple[Any, ...], origin: Any) -> sympy.Expr:
        """The value of a row applied: a new node, or a number where no symbol takes part."""
        row = TABLE[name]
        assert not isinstance(row, Composition)  # a composition builds other rows
        try:
            shape = row.shape([self.shape(operand) for operand in operands], *options)
        except ValueError as error:
            found = message("in_expression", found=_found(error), expression=shortened(origin))
            raise AuthorError(found, field="loss") from None
        if shape == (1, 1) and not any(operand.free_symbols for operand in operands):
            return row.equation(*operands, *options)
        step = self._step_of.get(origin)
        symbol = self._names.temporary() if step is None else self._step_symbols[step]
        return self._append(Node(symbol, row, tuple(operands), options, shape, step))

    def _step(self, name: str, value: sympy.Expr) -> sympy.Expr:
        """The symbol of a step; a step around something that has a name already gets a node of its own."""
        symbol = self._step_symbols[name]
        if value != symbol:
            add = TABLE["add"]
            assert not isinstance(add, Composition)
            self._append(Node(symbol, add, (value,), (), self.shape(value), name))
        self.named[name] = symbol
        return symbol

    def _append(self, node: Node) -> sympy.Symbol:
        self.nodes.append(node)
        self._shapes[node.symbol] = node.shape
        return node.symbol


def shortened(expression: Any) -> str:
    """An expression as text of at most 60 characters."""
    text = str(expression)
    return text if len(text) <= 60 else text[:57] + "…"


def _outside(expression: Any) -> AuthorError:
    head = type(expression).__name__
    if expression in (sympy.I, sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        return AuthorError(message("not_a_real_number", expression=str(expression)), field="loss")
    near = closest(head.lower(), TABLE, cutoff=0.75)
    found = message("outside_the_table", head=head, closest=near, expression=shortened(expression))
    return AuthorError(found, field="loss", accepted=message("operations_of_the_table"))


def _found(error: ValueError) -> Message:
    """What a rule of shapes says of operands that don't go together."""
    return error.found if isinstance(error, SymgradError) else verbatim(str(error))
