"""What a derivation looks like in a notebook: its LaTeX, for every operation of the table."""

from __future__ import annotations

import re

import pytest
import sympy

from symgrad import differentiate, matrix, scalar, sigmoid, square, step, total, vector
from symgrad.derivation.notation import latex
from symgrad.derivation.notation.letters import GREEK, latex_name
from symgrad.operations.sympy_nodes import applied
from symgrad.operations.table import TABLE

x, y = scalar("x"), scalar("y")
A, B, S = (matrix(name, 2, 2) for name in "ABS")
c = vector("c", 2)
ENVIRONMENT = {**{name: getattr(sympy, name) for name in dir(sympy) if not name.startswith("_")}, **TABLE}
ENVIRONMENT |= {"x": x, "y": y, "A": A, "B": B, "S": S, "c": c}
TOKEN = re.compile(r"\\begin\{(\w+)\}|\\end\{(\w+)\}|\\left(?:\\.|[(\[|.])|\\right(?:\\.|[)\]|.])|\\[A-Za-z]+|\\.|[{}^_&]")
KNOWN = {
    "frac", "partial", "left", "right", "circ", "top", "sum", "sigma", "ln", "det", "operatorname", "mathrm", "text", "sqrt",
    "quad", "cdot", "times", "le", "ge", "ne", "land", "lor", "lnot", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "pi",
    "gamma", "Gamma", "infty",
}  # fmt: skip
"""Commands that KaTeX and MathJax know without packages."""


def equations(loss, parameters):
    """The lines of a derivation, without number and alignment."""
    lines = differentiate(loss, parameters).to_latex().splitlines()[1:-1]
    return [
        line.removesuffix(" \\\\").partition(r"\quad & ")[2].replace(" &= ", " = ") or line.removesuffix(" \\\\")
        for line in lines
    ]


def latex_of(expression):
    return latex.LatexWriter({}).write(expression, 0)


def well_formed(text):
    """Whether braces, environments and \\left … \\right close in the order in which they open, and every command is known."""
    opened = []
    for match in TOKEN.finditer(text):
        token = match.group()
        if token == "{" or token.startswith((r"\left", r"\begin")):
            opened.append(match.group(1) or token)
        elif token == "}" or token.startswith((r"\right", r"\end")):
            opener = opened.pop() if opened else None
            if token == "}":
                assert opener == "{", text
            elif token.startswith(r"\right"):
                assert (opener or "").startswith(r"\left"), text
            else:
                assert opener == match.group(2), text
        elif token.startswith("\\") and token[1].isalpha():
            assert token[1:] in KNOWN | set(GREEK), token
    assert not opened, text
    assert not re.search(r"\^\{[^{}]*\}\s*\^", text), text  # LaTeX knows no second superscript
    return True


@pytest.mark.parametrize("name", TABLE)
def test_every_operation_can_be_typeset(name):
    """The example of each row, with its derivatives, is well-formed, equation by equation too."""
    loss = eval(TABLE[name].example, dict(ENVIRONMENT))
    held = {str(symbol) for symbol in loss.free_symbols}
    derivation = differentiate(loss, [s for s in (x, y, A, B, S, c) if str(s) in held])
    text = derivation.to_latex()
    assert "_$" not in text
    assert text.isascii()
    for line in text.splitlines()[1:-1]:
        assert well_formed(line.replace("&", "", 3) if line.startswith("(") else line)
    for equation in derivation.equations:
        assert well_formed(latex.written(equation.symbol, equation.expression))


def test_the_two_layer_sigmoid_network_reads_like_the_textbook():
    """Steps have indices, adjoints are fractions, and products of matrices stand without a sign."""
    w1, w2, x, y = matrix("w1", 2, 1), matrix("w2", 2, 2), matrix("x", 1, 1), matrix("y", 2, 1)
    y1 = step("y1", sigmoid(step("z1", w1 * x)))
    y2 = step("y2", sigmoid(step("z2", w2 * y1)))
    derivation = differentiate(total(square(y2 - y)) / 2, [w1, w2])
    assert derivation.to_latex() == "\n".join(
        [
            r"\begin{aligned}",
            r"\text{Forward} \\",
            r"(1) & \quad & z_{1} &= w_{1} \, x \\",
            r"(2) & \quad & y_{1} &= \sigma\left(z_{1}\right) \\",
            r"(3) & \quad & z_{2} &= w_{2} \, y_{1} \\",
            r"(4) & \quad & y_{2} &= \sigma\left(z_{2}\right) \\",
            r"(5) & \quad & L &= \frac{1}{2} \, \sum\left(\left(y_{2} - y\right)^{2}\right) \\",
            r"\text{Backward} \\",
            r"(6) & \quad & \frac{\partial L}{\partial y_{2}} &= y_{2} - y \\",
            r"(7) & \quad & \frac{\partial L}{\partial z_{2}} &="
            r" \frac{\partial L}{\partial y_{2}} \circ y_{2} \circ \left(1 - y_{2}\right) \\",
            r"(8) & \quad & \frac{\partial L}{\partial w_{2}} &= \frac{\partial L}{\partial z_{2}} \, y_{1}^{\top} \\",
            r"(9) & \quad & \frac{\partial L}{\partial y_{1}} &= w_{2}^{\top} \, \frac{\partial L}{\partial z_{2}} \\",
            r"(10) & \quad & \frac{\partial L}{\partial z_{1}} &="
            r" \frac{\partial L}{\partial y_{1}} \circ y_{1} \circ \left(1 - y_{1}\right) \\",
            r"(11) & \quad & \frac{\partial L}{\partial w_{1}} &= \frac{\partial L}{\partial z_{1}} \, x^{\top}",
            r"\end{aligned}",
        ]
    )
    assert derivation._repr_latex_() == f"$$\n{derivation.to_latex()}\n$$"


def test_a_notebook_shows_formulas_and_not_a_table():
    """A notebook prefers HTML to LaTeX, so a derivation has none."""
    derivation = differentiate(x**2, [x])
    assert not hasattr(derivation, "_repr_html_")
    assert not hasattr(derivation.equations[0], "_repr_html_")


def test_an_equation_shows_itself():
    """Alone it is typeset with its own symbols."""
    derivation = differentiate(total(square(step("z1", A * c))), [A])
    assert derivation.equations[0]._repr_latex_() == r"$\displaystyle z_{1} = A \, c$"
    assert derivation.equations[-1]._repr_latex_() == r"$\displaystyle \mathrm{dA} = \mathrm{dz}_{1} \, c^{\top}$"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("w", "w"),
        ("w1", "w_{1}"),
        ("W_12", "W_{12}"),
        ("alpha", r"\alpha"),
        ("alpha2", r"\alpha_{2}"),
        ("Ω", r"\Omega"),
        ("omicron", "o"),
        ("learning_rate", r"\mathrm{learning\_rate}"),
        ("out3", r"\mathrm{out}_{3}"),
        ("größe", r"\text{größe}"),
        ("_", r"\_"),
        ("é", r"\text{é}"),
    ],
)
def test_names(name, shown):
    """Greek letters by their commands, digits as an index, several letters upright, underscores escaped."""
    assert latex_name(name) == shown


def test_no_name_is_more_than_a_name():
    """What isn't a letter has no meaning for LaTeX."""
    assert latex_name(r"a}$\href{x}^_%#&~") == r"\mathrm{a\}\$href\{x\}\_\%\#\&}"


def test_every_greek_letter_has_a_command():
    """A name and its letter are typeset alike."""
    for word, letter in GREEK.items():
        assert latex_name(word) == latex_name(letter)


def test_powers_and_fractions_keep_their_brackets():
    """A fraction that is transposed or raised stands in parentheses; entrywise powers of square matrices say so."""
    h = step("h", A * B)
    assert equations(total(square(h)), [A]) == [
        r"\text{Forward}",
        r"h = A \, B",
        r"L = \sum\left(h^{\circ 2}\right)",
        r"\text{Backward}",
        r"\frac{\partial L}{\partial h} = 2 \, h",
        r"\frac{\partial L}{\partial A} = \frac{\partial L}{\partial h} \, B^{\top}",
    ]
    assert (
        equations(total(A * c), [c])[-1]
        == r"\frac{\partial L}{\partial c} = \left(\sum_{\text{axis } 0}\left(A\right)\right)^{\top}"
    )
    assert equations(x / y, [x])[1] == r"L = \frac{x}{y}"
    assert latex_of(applied("transpose", x / y)) == r"\left(\frac{x}{y}\right)^{\top}"


def test_numbers():
    """A product of numbers has a dot between them, a decimal is printed as it was written, a small one as a power of ten."""
    assert equations(0.1 * x, [x])[1] == r"L = 0.1 \, x"
    assert equations(1e-12 * x, [x])[1] == r"L = 1 \cdot 10^{-12} \, x"
    assert latex_of(3 * 2**x) == r"3 \cdot 2^{x}"
    assert equations(x - sympy.Rational(2, 3), [x])[1] == r"L = x - \frac{2}{3}"


def test_choices_are_cases():
    """A choice has its conditions beside its values; one between 1 and 0 is an indicator."""
    assert equations(sympy.Piecewise((x**2, (x > 1) & (y < 0)), (0, True)), [x])[1] == (
        r"L = \begin{cases} x^{2} & \text{if } x > 1 \land y < 0 \\ 0 & \text{otherwise} \end{cases}"
    )
    assert equations(sympy.Piecewise((x, x > 1), (y, True)) + y, [x])[1] == (
        r"L = \left(\begin{cases} x & \text{if } x > 1 \\ y & \text{otherwise} \end{cases}\right) + y"
    )
    assert r"\left[x > 0\right]" in differentiate(TABLE["relu"](x), [x]).to_latex()
