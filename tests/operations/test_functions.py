"""What the package exports of an operation is a function that says what it is."""

import ast
import inspect
import pickle
import pydoc
from pathlib import Path

import pytest

import symgrad
from symgrad.operations.table import TABLE

STUB = ast.parse(Path(symgrad.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
WRITTEN = {node.name: node.args for node in STUB.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", TABLE)
def test_help_speaks_of_the_operation(name):
    """The help of an operation begins with its name and signature, and holds what its row says."""
    row, function = TABLE[name], getattr(symgrad, name)
    title, _, call, *rest = pydoc.plain(pydoc.render_doc(function)).splitlines()
    assert title == f"Python Library Documentation: function {name} in module symgrad"
    assert call == f"{name}{inspect.signature(function)}"
    text = "\n".join(line.removeprefix("    ") for line in rest).strip()
    assert text == function.__doc__
    assert text.startswith(f"{name}: {row.summary}.")
    assert f"Domain: {row.domain}." in text
    assert row.example in text
    assert row.convention in text
    assert all(f"{option}={default}" in text for option, default in row.options.items())


@pytest.mark.parametrize("name", TABLE)
def test_a_function_is_called_what_its_operation_is_called(name):
    """Names of Python's own kind, so that every tool finds them; the same function every time, which can be sent."""
    function = getattr(symgrad, name)
    assert inspect.isfunction(function)
    assert (function.__name__, function.__qualname__, function.__module__) == (name, name, "symgrad")
    assert pickle.loads(pickle.dumps(function)) is function is TABLE[name].function


@pytest.mark.parametrize("name", TABLE)
def test_a_signature_is_that_of_the_stub(name):
    """What a type checker reads is what Python says: operands without names for a caller, options with their defaults."""
    written, parameters = WRITTEN[name], inspect.signature(getattr(symgrad, name)).parameters.values()
    kinds = {
        inspect.Parameter.POSITIONAL_ONLY: written.posonlyargs,
        inspect.Parameter.POSITIONAL_OR_KEYWORD: written.args,
        inspect.Parameter.VAR_POSITIONAL: [written.vararg] if written.vararg else [],
        inspect.Parameter.KEYWORD_ONLY: written.kwonlyargs,
    }
    for kind, names in kinds.items():
        assert [a.arg for a in names] == [p.name for p in parameters if p.kind == kind]
    defaults = [ast.literal_eval(d) for d in (*written.defaults, *written.kw_defaults)]
    assert defaults == [p.default for p in parameters if p.default is not p.empty]


def test_the_whole_documentation_of_an_operation():
    """What a person reads who asks for help."""
    assert (
        symgrad.leaky_relu.__doc__
        == """\
leaky_relu: x above 0, negative_slope·x below.

Acts entry by entry; operands broadcast as in NumPy.
Options, as they are unless given: negative_slope=0.01.
Domain: all reals.
At its kinks PyTorch takes for the derivative: negative_slope at 0.

Over scalars x and y, 2×2 matrices A, B and S, and a column c of two:

    y*leaky_relu(x, negative_slope=0.25) + total(leaky_relu(A, negative_slope=0.25))"""
    )
