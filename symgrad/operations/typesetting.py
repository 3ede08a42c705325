r"""Applied operations as LaTeX, in the hands of SymPy's own printer: what a loss and a closed form look like in a notebook."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.symbol import Str
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE, precedence_traditional

from symgrad.operations.signs import latex_operation
from symgrad.operations.sympy_nodes import Applied, MatrixApplied, decode, encode, is_matrix
from symgrad.operations.table import TABLE

SUM, PRODUCT, POWER, ATOM = (PRECEDENCE[name] for name in ("Add", "Mul", "Pow", "Atom"))
"""How tightly an expression binds."""
Written = tuple[str, int]


def as_latex(node: Any, printer: LatexPrinter) -> str:
    r"""An operation as it stands in what SymPy's printer writes: in brackets, unless it is the whole or binds tightly.

    >>> from symgrad import hadamard, matrix, sigmoid, total
    >>> sympy.latex(total(hadamard(sigmoid(matrix("z1", 2, 2)), matrix("y", 2, 2))))
    '\\sum\\left(\\sigma\\left(z_{1}\\right) \\circ y\\right)'
    """
    text, binding = _written(node, printer)
    return text if binding >= ATOM or printer._print_level == 1 else _bracketed(text)


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)"


def _operand(operand: Any, printer: LatexPrinter, place: int) -> str:
    """An operand as it has to stand where something binds as tightly as `place`."""
    if isinstance(operand, (Applied, MatrixApplied)):
        text, binding = _written(operand, printer)
    else:
        text, binding = printer._print(operand), precedence_traditional(operand)
    return text if binding >= place else _bracketed(text)


def _written(node: Any, printer: LatexPrinter) -> Written:
    """An operation as LaTeX, and how tightly it binds."""
    row = TABLE[node.name]
    count = len(node.arguments) - len(row.options)
    operands, options = node.arguments[:count], node.arguments[count:]
    special = SPECIAL.get(node.name)
    if special is not None:
        text, binding = special(operands, options, printer)
        return text, binding
    shown = [_operand(operand, printer, 0) for operand in operands]
    for (name, default), option in zip(row.options.items(), options, strict=True):
        if option != encode(default):
            key = name.replace("_", r"\_")
            shown.append(rf"\mathrm{{{key}}} = {_option(option, printer)}")
    return rf"{latex_operation(node.name)}\left({', '.join(shown)}\right)", ATOM


def _option(option: Any, printer: LatexPrinter) -> str:
    return rf"\text{{{decode(option)}}}" if isinstance(option, Str) else str(printer._print(option))


def _sum(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    text = _operand(operands[0], printer, SUM)
    for operand in operands[1:]:
        term = _operand(operand, printer, SUM)
        text += f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}"
    return text, SUM


def _difference(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    return f"{_operand(operands[0], printer, SUM)} - {_operand(operands[1], printer, PRODUCT)}", SUM


def _product(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    """Scalars, then matrices entry by entry."""
    scalars = [_operand(o, printer, POWER) for o in operands if not is_matrix(o)]
    matrices = [_operand(o, printer, POWER) for o in operands if is_matrix(o)]
    product = [r" \circ ".join(matrices)] if matrices else []
    return r" \, ".join([*scalars, *product]), PRODUCT


def _quotient(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    above, below = (_operand(o, printer, 0) for o in operands)
    return rf"\frac{{{above}}}{{{below}}}", POWER


def _power(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    base, exponent = operands
    entrywise = r"\circ " if is_matrix(base) else ""  # of a matrix it could be taken for a product
    return f"{_operand(base, printer, ATOM)}^{{{entrywise}{_operand(exponent, printer, 0)}}}", POWER


def _choice(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    branches = zip(operands[:-1:2], operands[1::2], strict=True)
    lines = [rf"{_operand(v, printer, 0)} & \text{{for}}\: {_operand(c, printer, 0)}" for v, c in branches]
    body = r" \\ ".join([*lines, rf"{_operand(operands[-1], printer, 0)} & \text{{otherwise}}"])
    return rf"\begin{{cases}} {body} \end{{cases}}", SUM


def _block(operands: Any, options: Any, printer: LatexPrinter) -> Written:
    rows, columns = map(int, options)
    cells = [_operand(o, printer, 0) for o in operands]
    body = r" \\ ".join(" & ".join(cells[i * columns : (i + 1) * columns]) for i in range(rows))
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", ATOM


SPECIAL: Any = {
    "add": _sum,
    "subtract": _difference,
    "multiply": _product,
    "hadamard": _product,
    "divide": _quotient,
    "power": _power,
    "square": lambda operands, options, printer: _power((*operands, sympy.Integer(2)), options, printer),
    "choose": _choice,
    "block": _block,
    "abs": lambda operands, options, printer: (rf"\left|{_operand(operands[0], printer, 0)}\right|", ATOM),
    "sqrt": lambda operands, options, printer: (rf"\sqrt{{{_operand(operands[0], printer, 0)}}}", ATOM),
    "transpose": lambda operands, options, printer: (rf"{_operand(operands[0], printer, ATOM)}^{{T}}", POWER),
    "inverse": lambda operands, options, printer: (rf"{_operand(operands[0], printer, ATOM)}^{{-1}}", POWER),
    "identity": lambda operands, options, printer: (r"\mathbb{I}", ATOM),
    "matmul": lambda operands, options, printer: (" ".join(_operand(o, printer, POWER) for o in operands), PRODUCT),
}
"""Operations with a notation of their own, as SymPy's printer writes its own heads."""
