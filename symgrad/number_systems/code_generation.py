"""Code generation: equations come in, a `Program` goes out, made by SymPy's ``lambdify`` with a printer of our own.

The bindings that the derivation already has are handed over through ``cse=``, so the program is the list of equations
that a person reads. One program serves every number system: only the functions behind its names differ.
"""

from __future__ import annotations

import builtins
import linecache
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.core.symbol import Str
from sympy.logic.boolalg import And, Not, Or

from symgrad.graphs.products import quotient
from symgrad.graphs.sympy_heads import parts
from symgrad.operations.row import Composition, Structural
from symgrad.operations.sympy_nodes import Applied, applied
from symgrad.operations.table import TABLE

EXACT = 2**24
"""Whole numbers up to this size are written as they are; they are exact in every format but the shortest."""
NAMED = {
    sympy.pi: "pi()",
    sympy.E: "exp(1)",
    sympy.EulerGamma: "euler()",
    sympy.Catalan: "catalan()",
    sympy.oo: "infinity()",
    -sympy.oo: "-infinity()",
}


@dataclass(frozen=True)
class Program:
    """Generated code: its source, and the names of functions that a number system has to supply."""

    source: str
    names: tuple[str, ...]
    template: types.FunctionType

    def bind(self, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
        """The program as a function of its arguments; gives a list of outputs, or one value for a single output."""
        namespace = {"__builtins__": builtins, **functions}  # Python finds them without, torch.compile doesn't
        return types.FunctionType(self.template.__code__, namespace, self.template.__name__)


def compile_(
    arguments: Sequence[sympy.Symbol], bindings: Iterable[tuple[sympy.Symbol, Any]], outputs: Sequence[Any]
) -> Program:
    """A program that computes bindings in order and returns the outputs.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> print(compile_([x], [(y, x**2 + 1)], [y / 3]).source.strip())
    def _lambdifygenerated(x):
        y = x**2 + 1
        return y/3
    """
    listed = [(symbol, _lifted(definition)) for symbol, definition in bindings]
    lifted = [_lifted(output) for output in outputs]
    expression: Any = lifted if len(lifted) != 1 else lifted[0]
    function = sympy.lambdify(
        list(arguments), expression, modules=[{}], printer=_Printer(), cse=lambda given: (listed, given), docstring_limit=0
    )
    source = "".join(linecache.getlines(function.__code__.co_filename))
    names = tuple(name for name in function.__code__.co_names if name != "mT")
    return Program(source, names, function)


def _is_array(constant: Any) -> bool:
    """Whether a constant is an array already, made by a structural operation such as a unit matrix."""
    return any(isinstance(e, Applied) and isinstance(TABLE.get(e.name), Structural) for e in sympy.preorder_traversal(constant))


def _lifted(expression: Any) -> Any:
    """An expression that stands for an array: a constant is lifted to one, of one entry."""
    return expression if expression.free_symbols else applied("lift", expression)


def _of_the_table(constant: Any) -> Any:
    """What SymPy has made of constants, as ``E*E`` becomes ``exp(2)``, as the operation that it is read as in a loss."""
    operands = parts(constant)
    assert operands is not None, constant  # constants are products and powers of those that a loss may hold
    row = TABLE[operands.kind]
    assert not isinstance(row, Composition)  # a composition builds other rows
    return row.equation(*operands.children, *operands.options)


class _Printer:
    """Python source for expressions over symbols that stand for arrays; `lambdify` calls `doprint`."""

    def doprint(self, e: Any) -> str:
        if isinstance(e, sympy.Symbol):
            return str(e.name)
        if isinstance(e, sympy.Rational):
            return self._number(e)
        if isinstance(e, sympy.Add):
            return self._sum(e)
        if isinstance(e, sympy.Mul):
            return self._product(e)
        if isinstance(e, sympy.Pow):
            return self._power(e)
        if isinstance(e, Applied):
            return self._applied(e)
        if isinstance(e, Str):
            return "None" if e.name == "None" else repr(e.name)
        if e in NAMED:
            return NAMED[e]
        return self.doprint(_of_the_table(e)) if isinstance(e, sympy.Expr) else self._condition(e)

    def _factor(self, e: Any) -> str:
        """An expression as an operand of a product or a power."""
        text = self.doprint(e)
        simple = e.is_Symbol or isinstance(e, Applied) or (e.is_Integer and e >= 0) or e in NAMED
        return text if simple and "@" not in text else f"({text})"

    def _number(self, e: sympy.Rational) -> str:
        if e.is_Integer and abs(e) <= EXACT:
            return str(e)
        return f"number({e.p}, {e.q})"

    def _sum(self, e: sympy.Add) -> str:
        terms = sorted(e.as_ordered_terms(), key=lambda t: t.could_extract_minus_sign())
        if len(terms) > 2:
            return f"plus({', '.join(self.doprint(t) for t in terms)})"
        first, second = terms
        if second.is_Mul and second.args[0] == -1 and len(second.args) == 2:
            return f"{self.doprint(first)} - {self._factor(second.args[1])}"
        return f"{self.doprint(first)} + {self._factor(second) if second.is_Rational else self.doprint(second)}"

    def _product(self, e: sympy.Mul) -> str:
        parts = quotient(e)
        sign = "-" if parts.coefficient < 0 else ""
        size = abs(parts.coefficient)
        above = [self._factor(factor) for factor in parts.above]
        below = [self._factor(factor) for factor in parts.below]
        short = size.q <= EXACT and size.p <= EXACT
        if size.q != 1 and short:
            below.insert(0, str(size.q))
        if not short or size.p != 1:
            above.insert(0, str(size.p) if short else self._number(size))
        top = "*".join(above) or "1"
        if not below:
            return sign + top
        divisor = below[0] if len(below) == 1 else f"({'*'.join(below)})"
        return f"{sign}{top}/{divisor}"

    def _power(self, e: sympy.Pow) -> str:
        if e.exp.is_Integer and e.exp > 0:
            return f"{self._factor(e.base)}**{e.exp}"
        if e.exp.is_Rational and e.exp.is_negative:
            return f"1/{self._factor(e.base**-e.exp)}"
        if e.exp == sympy.S.Half:
            return f"sqrt({self.doprint(e.base)})"
        return f"power({self.doprint(e.base)}, {self.doprint(e.exp)})"

    def _applied(self, e: Applied) -> str:
        if e.name == "matmul":
            return " @ ".join(self._factor(_lifted(a)) for a in e.arguments)
        if e.name == "transpose":
            return f"{self._factor(_lifted(e.arguments[0]))}.mT"
        if e.name == "lift":
            (inner,) = e.arguments
            exact = inner.is_Rational
            return (
                f"lift(number({inner.p}, {inner.q}))"
                if exact
                else self.doprint(inner)
                if _is_array(inner)
                else f"lift({self.doprint(inner)})"
            )
        row = TABLE[e.name]
        arguments = e.arguments
        if isinstance(row, Structural):
            operands, _ = row.split(arguments)
            arguments = (*map(_lifted, operands), *arguments[len(operands) :])
        return f"{e.name}({', '.join(self.doprint(a) for a in arguments)})"

    def _condition(self, e: Any) -> str:
        if e in (sympy.true, sympy.false):
            return str(bool(e))
        if isinstance(e, (And, Or)):
            return f"{'both' if isinstance(e, And) else 'either'}({', '.join(sorted(self.doprint(a) for a in e.args))})"
        if isinstance(e, Not):
            return f"negation({self.doprint(e.args[0])})"
        assert isinstance(e, Relational), e  # the table of operations lets nothing else in
        left, right = (self.doprint(side) for side in (e.lhs, e.rhs))
        match e.rel_op:
            case "<":
                return f"less({left}, {right})"
            case "<=":
                return f"less_equal({left}, {right})"
            case ">":
                return f"less({right}, {left})"
            case ">=":
                return f"less_equal({right}, {left})"
            case "==":
                return f"equal({left}, {right})"
        return f"negation(equal({left}, {right}))"
