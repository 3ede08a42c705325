"""Generated code: what is printed for a derivation, and that no name reaches it as code."""

import ast

import numpy as np
import pytest
import sympy
from sympy.core.symbol import Str

from symgrad import differentiate, matrix, scalar, step, vector
from symgrad.basics.errors import AuthorError
from symgrad.basics.float_formats import precision
from symgrad.number_systems.balls import Balls
from symgrad.number_systems.code_generation import compile_
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import Rounding
from symgrad.operations.sympy_nodes import Applied, applied
from symgrad.operations.table import TABLE

total, square, sigmoid = TABLE["total"], TABLE["square"], TABLE["sigmoid"]
x, y = scalar("x"), scalar("y")


def source(loss, parameters):
    derivation = differentiate(loss, parameters)
    return program(derivation, [derivation.loss, *derivation.gradients.values()]).source


def test_the_program_of_the_sigmoid_network():
    """Generated code is the list of equations that a person reads, with shared operations bound once."""
    w1, w2, x, y = matrix("w1", 2, 1), matrix("w2", 2, 2), matrix("x", 1, 1), matrix("y", 2, 1)
    y1 = step("y1", sigmoid(step("z1", w1 * x)))
    y2 = step("y2", sigmoid(step("z2", w2 * y1)))
    assert source(total(square(y2 - y)) / 2, [w1, w2]).strip().splitlines() == [
        "def _lambdifygenerated(w1, w2, x, y):",
        "    z1 = w1 @ x",
        "    y1 = sigmoid(z1)",
        "    z2 = w2 @ y1",
        "    y2 = sigmoid(z2)",
        "    L = total((y2 - y)**2, None)/2",
        "    dy2 = y2 - y",
        "    dz2 = dy2*y2*(1 - y2)",
        "    dw2 = dz2 @ y1.mT",
        "    dy1 = w2.mT @ dz2",
        "    dz1 = dy1*y1*(1 - y1)",
        "    dw1 = dz1 @ x.mT",
        "    return [L, dw1, dw2]",
    ]


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (x - y, "x - y"),
        (-x - y, "-x - y"),
        (x / y, "x/y"),
        (-x / (3 * y), "-x/(3*y)"),
        (x * sympy.Rational(2, 3), "2*x/3"),
        (1 / x**2, "1/(x**2)"),
        (sympy.sqrt(x), "sqrt(x)"),
        (x**y, "power(x, y)"),
        (x * 10**9, "number(1000000000, 1)*x"),
        (x * sympy.Rational(0.1), "number(3602879701896397, 36028797018963968)*x"),
        (x + y + 1, "plus(x, y, 1)"),
        (applied("matmul", x, applied("matmul", x, y)), "x @ (x @ y)"),
        (applied("transpose", x + y), "(x + y).mT"),
        (applied("choose", x, x > y, y), "choose(x, less(y, x), y)"),
        (applied("choose", x, sympy.And(x > 0, y <= 1), y), "choose(x, both(less(0, x), less_equal(y, 1)), y)"),
        (sympy.pi * x, "x*pi()"),
        (sympy.E**2 + x, "x + exp(2)"),
        (sympy.E**sympy.pi - x, "exp(pi()) - x"),
        (applied("total", x, None), "total(x, None)"),
    ],
)
def test_an_expression_is_printed(expression, printed):
    """Python source keeps the arithmetic and its grouping."""
    code = compile_([x, y], (), [expression])
    returned = code.source.split("return ")[1].strip()
    assert sorted(returned) == sorted(printed) if returned != printed and "pi()" in printed else returned == printed


def test_a_program_evaluates_what_it_prints():
    """Printed source means what the expression means."""
    for expression in (
        x - y,
        -x - y,
        -x / (3 * y),
        1 / x**2,
        x - (y - x) ** 2 / (x * y),
        (x + y) * -(x - y),
        -(x**2),
        (-x) ** 2,
        2 / (x / y),
    ):
        run = Floats().bind(compile_([x, y], (), [expression]))
        assert float(run(1.25, -0.75)) == pytest.approx(float(expression.subs({x: 1.25, y: -0.75})), rel=1e-14)


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_a_program_runs_in_every_system(dtype):
    """One program serves float64, balls and midpoint–radius arrays."""
    code = compile_([x], (), [x**3 / 3 + sympy.pi])
    assert code.names == ("pi",)
    system = Rounding(precision(dtype))
    ones = np.ones((1, 1, 1))
    assert abs(float(system.bind(code)(system.exact(ones)).value[0, 0, 0]) - (1 / 3 + np.pi)) < 1e-15
    assert abs(float(Floats().bind(code)(ones)[0, 0, 0]) - (1 / 3 + np.pi)) < 1e-15
    assert Balls().bind(code)(Balls().broadcast(1, 1, 1)[None] + 0)[0, 0, 0].rad() < 1e-14


HOSTILE = [
    "x; import os",
    "__import__('os').system('true')",
    "x\nimport os",
    "lambda: 0",
    "x=1",
    "a b",
    "",
    "1x",
    "x,y",
    "x#",
    "class",
    "None",
    "True",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_where_it_is_written(name):
    """A name that is no identifier makes no symbol, no matrix and no step."""
    for make in (scalar, lambda n: matrix(n, 2, 2), lambda n: vector(n, 2), lambda n: step(n, x)):
        with pytest.raises(AuthorError) as raised:
            make(name)
        assert f"{name!r} can't be a name; accepted: letters, digits and _, not a Python keyword" in str(raised.value)


@pytest.mark.parametrize("name", [n for n in HOSTILE if n])
def test_a_hostile_name_of_sympys_own_is_refused_where_it_is_read(name):
    """SymPy's symbols take any name; a loss with a hostile one is no loss."""
    for loss in (sympy.Symbol(name) ** 2, total(sympy.MatrixSymbol(name, 2, 2))):
        with pytest.raises(AuthorError, match="can't be a name"):
            differentiate(loss, [])
    from symgrad.operations.sympy_nodes import Step

    with pytest.raises(AuthorError, match="can't be a name"):
        differentiate(Step(Str(name), x**2), [x])


def test_a_hostile_head_is_refused():
    """A function of SymPy's that the table doesn't hold doesn't reach generated code, whatever it is called."""
    with pytest.raises(AuthorError, match="isn't in the table of operations"):
        differentiate(sympy.Function("print(1)or(lambda")(x), [x])


def test_a_hostile_operation_is_refused():
    """A node of an operation that the table doesn't hold doesn't reach generated code."""
    with pytest.raises((AuthorError, KeyError)):
        differentiate(Applied(Str("__import__('os').abort"), x), [x])


@pytest.mark.parametrize("name", ["𝐱", "ｔotal", "ｔ1", "ﬁ", "ª"])
def test_a_name_that_python_would_rewrite_is_refused(name):
    """Python reads identifiers in NFKC: 𝐱 would become x, ｔotal the function total, ｔ1 a temporary."""
    with pytest.raises(AuthorError, match="is another way to write"):
        scalar(name)


def test_a_name_that_python_would_rewrite_reaches_no_code():
    """A look-alike of SymPy's own is refused in a loss, or its value is its own."""
    look_alike = sympy.Symbol("ｔ1", real=True)
    loss = sigmoid(x) * sigmoid(x * look_alike) * look_alike
    try:
        derivation = differentiate(loss, [x])
    except AuthorError:
        return
    found = Floats().bind(program(derivation, [derivation.loss]))(
        *(np.full((1, 1, 1), {"x": 0.5}.get(i.name, 2.0)) for i in derivation.inputs)
    )
    plain = loss.replace(lambda e: isinstance(e, Applied), lambda e: 1 / (1 + sympy.exp(-e.args[1])))
    assert float(found[0, 0, 0]) == pytest.approx(float(plain.subs({x: 0.5, look_alike: 2.0})))


def test_generated_code_is_straight_line():
    """Generated code binds names and returns: no import, no attribute but .mT, no call but of bare names."""
    A = matrix("A", 2, 2)
    tree = ast.parse(
        source(TABLE["logdet"](A * A.T) + total(TABLE["softmax"](A, axis=1)) + sympy.Piecewise((x, x > y), (y, True)), [A, x])
    )
    (function,) = tree.body
    assert all(isinstance(line, (ast.Assign, ast.Return)) for line in function.body)
    assert {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} <= {"mT"}
    assert all(isinstance(n.func, ast.Name) for n in ast.walk(tree) if isinstance(n, ast.Call))


def test_a_bound_program_sees_no_builtins_but_its_functions():
    """The functions of a number system are all that a program's own names can mean."""
    code = compile_([x], (), [applied("sin", x)])
    assert code.names == ("sin",)
    run = code.bind({"sin": lambda value: ("mine", value)})
    assert run(3) == ("mine", 3)
    assert "sin" not in code.template.__globals__ or code.template.__globals__["sin"] is not run.__globals__["sin"]
