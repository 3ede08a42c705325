"""Programs: a SymPy expression becomes Python source over functions by name, which PyTorch and JAX both supply.

A style is a way in which an engineer might write the same formula. It changes no more than the order of operands and the
spelling of single operations, so it costs at most one rounding more an operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

CALLED = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.asin: "asin",
    sympy.acos: "acos",
    sympy.atan: "atan",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.asinh: "asinh",
    sympy.atanh: "atanh",
    sympy.erf: "erf",
    sympy.erfc: "erfc",
    sympy.loggamma: "gammaln",
    sympy.Abs: "absolute",
    sympy.sign: "sign",
}


@dataclass(frozen=True)
class Style:
    """How a program is written.

    `backwards`: terms and factors in reverse order. `products`: whole powers as products, roots as ``**0.5``, quotients as
    products with reciprocals. `grouped`: sums and products from the right, ``a - b`` as ``-(b - a)``. `library`: `square`,
    `rsqrt`, `reciprocal`, `hypot`, `log1p`, `expm1`, `sigmoid`, `logaddexp`, `atan2` where they fit.
    """

    name: str
    backwards: bool = False
    products: bool = False
    grouped: bool = False
    library: bool = False


AS_WRITTEN = Style("as written")
STYLES = (
    AS_WRITTEN,
    Style("backwards", backwards=True),
    Style("products and reciprocals", products=True),
    Style("grouped from the right", grouped=True),
    Style("library functions", library=True),
)


def source(expression: Any, arguments: Sequence[str], style: Style = AS_WRITTEN) -> str:
    """The source of a program.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> print(source(x**2 / y + 1, ["x", "y"], STYLES[2]).strip())
    def program(x, y):
        return (x*x)*y**-1 + 1
    """
    return f"def program({', '.join(arguments)}):\n    return {_Printer(style).text(expression)}\n"


def compiled(text: str, functions: Mapping[str, Any]) -> Callable[..., Any]:
    """A program's source as a function; `functions` are those of PyTorch or of JAX, by name."""
    namespace = dict(functions)
    exec(text, namespace)  # source that `source` printed
    made: Callable[..., Any] = namespace["program"]
    return made


class _Printer:
    def __init__(self, style: Style) -> None:
        self.style = style

    def text(self, e: Any) -> str:
        if not e.free_symbols:
            return str(int(e)) if e.is_Integer else repr(float(e))
        if e.is_Symbol:
            return str(e.name)
        found = self._library(e) if self.style.library else None
        if found is not None:
            return found
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            return self._product(e)
        if isinstance(e, sympy.exp):  # before Pow, which it also passes for
            return f"exp({self.text(e.args[0])})"
        if e.is_Pow:
            return self._power(e.base, e.exp)
        if isinstance(e, sympy.polygamma) and e.args[0] == 0:
            return f"digamma({self.text(e.args[1])})"
        return f"{CALLED[type(e)]}({self.text(e.args[0])})"

    def _operand(self, e: Any) -> str:
        text = self.text(e)
        plain = e.is_Symbol or (e.is_number and not text.startswith("-")) or text.isidentifier() or _is_call(text)
        return text if plain else f"({text})"

    def _sum(self, e: Any) -> str:
        terms = list(e.as_ordered_terms())
        terms = terms[::-1] if self.style.backwards else terms
        if self.style.grouped and len(terms) > 1:
            first, rest = terms[0], sympy.Add(*terms[1:], evaluate=False)
            if rest.is_Add:
                return f"{self._term(first)[0]}{self._term(first)[1]} + ({self.text(rest)})"
            (sign, size), (next_sign, next_size) = self._term(first), self._term(rest)
            if sign == next_sign:
                return f"{sign}{size} {sign or '+'} {next_size}"
            return f"-({size} - {next_size})" if sign else f"-({next_size} - {size})"
        text = ""
        for sign, size in map(self._term, terms):
            text += f" {sign or '+'} {size}" if text else sign + size
        return text

    def _term(self, term: Any) -> tuple[str, str]:
        """The sign of a term, "-" or nothing, and the source of its size."""
        coefficient, rest = term.as_coeff_Mul()
        if not coefficient.is_negative:
            return "", self.text(term)
        size = -coefficient if rest == 1 else rest if coefficient == -1 else _times(-coefficient, rest)
        return "-", self._operand(size) if size.is_Add else self.text(size)

    def _product(self, e: Any) -> str:
        coefficient, rest = e.as_coeff_Mul()
        sign, size = ("-", -coefficient) if coefficient.is_negative else ("", coefficient)
        above, below = [] if size.p == 1 else [str(size.p)], [] if size.q == 1 else [str(size.q)]
        for factor in sympy.Mul.make_args(rest):
            if factor.is_Pow and factor.exp.is_number and factor.exp.is_negative:
                below.append(self._operand_power(factor.base, -factor.exp))
            elif not (factor.is_Integer and factor == 1):
                above.append(self._operand(factor))
        if self.style.backwards:
            above, below = above[::-1], below[::-1]
        if self.style.products:
            return sign + "*".join([*above, *map(_reciprocal, below)])
        top = self._joined(above) or "1"
        if not below:
            return sign + top
        return f"{sign}{top}/{below[0] if len(below) == 1 and _is_atom(below[0]) else '(' + '*'.join(below) + ')'}"

    def _joined(self, factors: list[str]) -> str:
        """A product, from the left or from the right."""
        if not self.style.grouped or len(factors) < 3:
            return "*".join(factors)
        return f"{factors[0]}*({self._joined(factors[1:])})"

    def _operand_power(self, base: Any, exponent: Any) -> str:
        power = base**exponent
        return self._operand(power) if exponent == 1 or not base.free_symbols else self._power(base, exponent)

    def _power(self, base: Any, exponent: Any) -> str:
        inner = self._operand(base)
        if exponent == sympy.S.Half:
            return f"{inner}**0.5" if self.style.products else f"sqrt({self.text(base)})"
        if exponent == -sympy.S.Half:
            return f"{inner}**-0.5" if self.style.products else f"1/sqrt({self.text(base)})"
        if exponent.is_Integer and exponent > 0:
            return "*".join([inner] * int(exponent)) if self.style.products and exponent <= 4 else f"{inner}**{exponent}"
        if exponent.is_Integer:
            return f"{inner}**{exponent}" if self.style.products else f"1/{self._operand(base**-exponent)}"
        if exponent.is_Rational and exponent.q == 2 and self.style.products and exponent > 0:
            whole = "*".join([inner] * int(exponent.p // 2))
            return f"{whole}*{inner}**0.5"
        return f"{inner}**{self._operand(exponent)}"

    def _library(self, e: Any) -> str | None:
        """The library's own function for what an expression spells out, if it has one."""
        if e.is_Pow and not isinstance(e, sympy.exp):
            return self._library_power(e.base, e.exp)
        if isinstance(e, sympy.log) and e.args[0].is_Add and sympy.S.One in e.args[0].args:
            return f"log1p({self.text(e.args[0] - 1)})"
        if isinstance(e, sympy.log) and e.args[0].is_Add and all(isinstance(a, sympy.exp) for a in e.args[0].args):
            return f"logaddexp({', '.join(self.text(a.args[0]) for a in e.args[0].args)})"
        if isinstance(e, sympy.atan) and e.args[0].as_numer_denom()[1] != 1:
            return f"atan2({', '.join(self.text(a) for a in e.args[0].as_numer_denom())})"
        if e.is_Add and sympy.S.NegativeOne in e.args and isinstance(e + 1, sympy.exp):
            return f"expm1({self.text((e + 1).args[0])})"
        return None

    def _library_power(self, base: Any, exponent: Any) -> str | None:
        logistic = base.is_Add and isinstance(base - 1, sympy.exp)
        if exponent == -1 and logistic:
            return f"sigmoid({self.text(-(base - 1).args[0])})"
        if exponent == -1:
            return f"reciprocal({self.text(base)})"
        if exponent == -sympy.S.Half:
            return f"rsqrt({self.text(base)})"
        if exponent == 2:
            return f"square({self.text(base)})"
        squares = [a for a in base.args if a.is_Pow and a.exp == 2] if base.is_Add else []
        if exponent == sympy.S.Half and len(squares) == 2 and len(base.args) == 2:
            return f"hypot({', '.join(self.text(a.base) for a in squares)})"
        return None


def _times(number: Any, rest: Any) -> Any:
    """A product that isn't distributed over a sum."""
    return sympy.Mul(number, rest, evaluate=False)


def _reciprocal(text: str) -> str:
    """A number's own reciprocal, or the power −1."""
    return repr(1 / int(text)) if text.isdigit() else f"{text if _is_atom(text) else f'({text})'}**-1"


def _is_atom(text: str) -> bool:
    return text.isidentifier() or text.isdigit() or _is_call(text)


def _is_call(text: str) -> bool:
    """Whether a text is one call of a function, or one pair of brackets, such as ``exp(x)``."""
    head, bracket, _ = text.partition("(")
    if not bracket or not text.endswith(")") or not (head == "" or head.isidentifier()):
        return False
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character == ")":
            return place == len(text) - 1
    return False
