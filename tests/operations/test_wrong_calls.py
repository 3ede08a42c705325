"""An operation that is called wrongly says so as data, as Python's own error, and at the line of who called it."""

import json
import subprocess
import sys

import pytest
import sympy
import torch

import symgrad
from symgrad import matrix, scalar, vector
from symgrad.basics.errors import WrongCall, WrongShape
from symgrad.operations.table import TABLE

x, A, B, c = scalar("x"), matrix("A", 2, 2), matrix("B", 2, 2), vector("c", 2)


@pytest.mark.parametrize(
    ("name", "operands", "options", "code", "values"),
    [
        ("sigmoid", (), {}, "operands_counted", {"operation": "sigmoid", "takes": 1, "found": 0}),
        ("vstack", (), {}, "operand_needed", {"operation": "vstack"}),
        ("maximum", (A,), {"axis": 0}, "one_operand", {"operation": "maximum", "takes": 2, "of_one": "amax"}),
        ("elu", (x, 1), {"alpha": 2}, "option_given_twice", {"operation": "elu", "option": "alpha"}),
        ("elu", (x,), {"beta": 2}, "no_such_option", {"operation": "elu", "option": "beta", "known": ["alpha"]}),
        ("elu", (x,), {"alpha": x}, "option_not_a_number", {"operation": "elu", "option": "alpha", "found": "x"}),
    ],
)
def test_a_wrong_call_is_data(name, operands, options, code, values):
    """Code and values of what is wrong with a call; JSON holds them, and the error is a TypeError."""
    with pytest.raises(TypeError) as caught:
        TABLE[name](*operands, **options)
    assert isinstance(caught.value, WrongCall)
    assert caught.value.found.plain() == {"code": code, "values": values}


@pytest.mark.parametrize(
    ("name", "operands", "options", "code", "values"),
    [
        ("add", (A, c.T, vector("d", 3)), {}, "shapes_apart", {"shapes": [(2, 2), (1, 2), (3, 1)]}),
        ("matmul", (A, c.T), {}, "no_matrix_product", {"left": (2, 2), "right": (1, 2)}),
        ("total", (A,), {"axis": sympy.Rational(1, 2)}, "no_such_axis", {"found": "1/2"}),
        ("softmax", (A,), {}, "axis_needed", {"shape": (2, 2)}),
        ("take", (A, 0, 5, 0, 1), {}, "no_such_part", {"rows": (0, 5), "columns": (0, 1), "shape": (2, 2)}),
        ("multigammaln", (x,), {"p": 0}, "option_not_whole_from", {"name": "p", "least": 1, "found": 0}),
        ("glu", (c,), {}, "halves_uneven", {"operation": "glu", "axis": 1, "found": 1}),
        ("var", (x,), {}, "no_variance", {"entries": 1, "correction": 1}),
    ],
)
def test_a_wrong_shape_is_data(name, operands, options, code, values):
    """Code and values of what is wrong with shapes or options; JSON holds them, and the error is a ValueError."""
    with pytest.raises(ValueError, match=r"^(shapes|[0-9]|axis|rows|p is|glu|the variance)") as caught:
        TABLE[name](*operands, **options)
    assert isinstance(caught.value, WrongShape)
    assert (caught.value.found.code, dict(caught.value.found.values)) == (code, values)
    assert json.loads(json.dumps(caught.value.found.plain()))["code"] == code


def test_a_tensor_is_no_operand():
    """Whoever hands a tensor to an operation of symgrad's is told what a program is made of."""
    said = "^an operand is an expression or a number, found a tensor; in torch_loss write torch's own functions$"
    with pytest.raises(TypeError, match=said):
        TABLE["sigmoid"](torch.zeros(2))


@pytest.mark.parametrize(
    ("operand", "found"),
    [
        ([["__import__('os')"]], "the string \"__import__('os')\""),
        ([1, None], "None"),
        ([[[1]]], "[[[1]]]"),
        ([], "[]"),
        ([symgrad.sigmoid], "symgrad.sigmoid"),
        ([[1, 2], [3]], "[[1, 2], [3]], of which SymPy makes no matrix: mismatched dimensions"),
    ],
)
def test_a_nested_list_is_made_of_numbers(operand, found):
    """What stands in a list is looked at as what stands alone: a string there would be executed, too."""
    with pytest.raises((TypeError, ValueError)) as caught:
        TABLE["sigmoid"](operand)
    assert str(caught.value) == f"an operand is an expression or a number, found {found}"


CALLS = {
    "symgrad.sigmoid()": "WrongCall: sigmoid takes 1 operand, found 0",
    "symgrad.leaky_relu(x, slope=0.1)": "WrongCall: leaky_relu has no option 'slope'; it has negative_slope",
    "symgrad.matmul(A, c.T)": "WrongShape: 2×2 times 1×2 isn't a matrix product",
    "symgrad.relu('x')": "WrongCall: an operand is an expression or a number, found the string 'x'",
    "symgrad.dot(A, symgrad.vector('d', 3))": "WrongShape: shapes 2×2 and 3×1 don't go together entry by entry",
}
"""Calls that are wrong, and the last line of what Python prints."""
FILE = """\
import symgrad

x, A, c = symgrad.scalar("x"), symgrad.matrix("A", 2, 2), symgrad.vector("c", 2)


def test_network():
    return {call}


if __name__ == "__main__":
    test_network()
"""


@pytest.mark.parametrize("call", CALLS)
def test_a_traceback_ends_at_the_call(call, tmp_path):
    """Below the user's own line stands one line of the package, which says that the call above is what is wrong."""
    path = tmp_path / "network.py"
    path.write_text(FILE.format(call=call), encoding="utf-8")
    ran = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, encoding="utf-8", check=False)
    lines = [line.strip() for line in ran.stderr.splitlines() if set(line.strip()) - set("^~")]
    operation = call.removeprefix("symgrad.").partition("(")[0]
    assert lines[-5:-3] == [f'File "{path}", line 7, in test_network', f"return {call}"]
    assert lines[-3].endswith(f", in {operation}")
    assert lines[-2] == "raise wrong.with_traceback(None) from None  # what is wrong is the call above"
    assert lines[-1] == f"symgrad.basics.errors.{CALLS[call]}"
    assert sum("symgrad/operations" in line.replace("\\", "/") for line in lines) == 1


def test_pytest_shows_the_call_alone(pytester):
    """Under pytest the last place of a traceback is the user's line."""
    pytester.makepyfile(test_network=FILE.format(call="symgrad.sigmoid()"))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["E *WrongCall: sigmoid takes 1 operand, found 0", "test_network.py:7: WrongCall"])
    result.stdout.no_fnmatch_line("*functions.py*")


def test_an_error_from_within_a_composition_ends_at_the_call():
    """However deep it was raised, the traceback has one line of the package."""
    with pytest.raises(WrongShape) as caught:
        symgrad.cosine_embedding_loss(A, c.T, 1)
    frames = [entry.name for entry in caught.traceback]
    assert frames[1:] == ["cosine_embedding_loss"]
    assert caught.value.__cause__ is None
