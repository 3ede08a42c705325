r"""All equations of a derivation, numbered, in two parts: as text, and as LaTeX with adjoints as the derivatives they are.

In LaTeX the adjoint of a step z is ``\frac{\partial L}{\partial z}``.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from symgrad.basics.messages import message
from symgrad.derivation.equations import Equation, Equations
from symgrad.derivation.notation.latex import LatexWriter
from symgrad.derivation.notation.letters import latex_name
from symgrad.derivation.notation.text import TextWriter
from symgrad.derivation.notation.writer import ATOM, POWER, SUM, Written


def as_text(equations: Equations) -> str:
    """All equations of a derivation, numbered, in two parts."""
    writer = writer_of(equations)
    names = [writer.write(e.symbol, ATOM) for e in equations.equations]
    width, digits = max(map(len, names), default=1), len(str(len(names)))
    lines = []
    for number, equation, heading in _numbered(equations):
        lines += [heading] if heading else []
        text = writer.write(equation.expression, SUM)
        lines.append(f"  {f'({number})':<{digits + 2}} {names[number - 1]:<{width}} = {text}")
    return "\n".join(lines)


def _numbered(equations: Equations) -> Iterator[tuple[int, Equation, str]]:
    """The equations with their numbers; with the first one of each part its heading, with the others none."""
    headings = {True: str(message("forward_equations")), False: str(message("backward_equations"))}
    for number, equation in enumerate(equations.equations, 1):
        yield number, equation, headings.pop(equation.kind == "forward", "")


def writer_of(equations: Equations) -> TextWriter:
    """A writer that calls every symbol what the author calls it."""
    writer = TextWriter(equations.shapes)
    writer.texts.update({symbol: (name, ATOM) for symbol, name in equations.names.items()})
    return writer


def as_latex(equations: Equations) -> str:
    """All equations of a derivation, numbered, in two parts, as one aligned block without dollar signs."""
    writer = LatexWriter(equations.shapes)
    writer.texts.update(_names(equations))
    lines = []
    for number, equation, heading in _numbered(equations):
        lines += [rf"\text{{{heading}}}"] if heading else []
        lines.append(rf"({number}) & \quad & {writer.write(equation.symbol, SUM)} &= {writer.write(equation.expression, SUM)}")
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _names(equations: Equations) -> dict[sympy.Symbol, Written]:
    """What symbols are called: steps and inputs as the author calls them, every adjoint by what it is the derivative by."""
    loss = latex_name(equations.names.get(equations.loss, str(equations.loss)))
    known = {*equations.adjoints.values(), *equations.gradients.values()}
    values = {str(e.symbol) for e in equations.forward}
    found: dict[sympy.Symbol, Written] = {}
    for symbol, name in equations.names.items():
        found[symbol] = _partial(loss, name[1:]) if symbol in known else (latex_name(name), ATOM)
    for symbol in (e.symbol for e in equations.equations if e.kind == "adjoint" and e.symbol not in found):
        if str(symbol)[1:] in values:  # of a value that the author gave no name
            found[symbol] = _partial(loss, str(symbol)[1:])
    return found


def _partial(loss: str, name: str) -> Written:
    return rf"\frac{{\partial {loss}}}{{\partial {latex_name(name)}}}", POWER
