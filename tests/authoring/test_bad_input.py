"""What an author can get wrong in an exercise or its training loop, and what the message says."""

from __future__ import annotations

import functools
import re
import sys

import numpy as np
import pytest
import sympy
import torch

from symgrad import (
    Exercise,
    Training,
    check,
    log,
    matrix,
    scalar,
    square,
    step,
    total,
    vector,
)
from symgrad.basics.errors import AuthorError, UserError
from symgrad.checking.results.settings import Settings
from symgrad.checking.training import train

w, x, y = scalar("w"), scalar("x"), scalar("y")
W, X, b = matrix("W", 2, 3), matrix("X", 3, 1), vector("b", 2)
n = sympy.Symbol("n", integer=True, positive=True)
HEADS = "accepted: the operations that symgrad exports, and SymPy's heads for them"
NUMBERS = {"W": [[1, 2, 3], [4, 5, 6]], "X": [1, 2, 3], "b": [1, 2]}
FIGURES = 'accepted: figures as printed, in quotes, such as "1.2e-04"'


def scalar_exercise(**fields):
    """An exercise over the scalars w, x and y with a step p."""
    return Exercise(**{"name": "e", "loss": square(step("p", w * x) - y), "parameters": [w], "points": 3, **fields})


def matrix_exercise(**fields):
    """An exercise over the matrices W, X and b with a step z."""
    return Exercise(**{"name": "e", "loss": total(square(step("z", W * X + b))), "parameters": [W, b], **fields})


def said(make, **fields):
    """What an AuthorError says after ``path:line: exercise 'e', ``; path and line have to be there."""
    with pytest.raises(AuthorError) as caught:
        make(**fields)
    found = re.fullmatch(r"(?P<path>.+?):(?P<line>\d+): exercise 'e', (?P<rest>.*)", str(caught.value))
    assert found, f"not 'path:line: exercise …, field: …': {caught.value}"
    assert found["path"] == __file__
    return found["rest"]


def tried(make, **fields):
    """What comes of an exercise that may be refused: itself, or the AuthorError."""
    try:
        return make(**fields)
    except AuthorError as error:
        return error


def with_training(**fields):
    """The scalar exercise with a training loop around it."""
    plan = {
        "samples": [{"x": 1, "y": 2}, {"x": 2, "y": 4}],
        "initial": {"w": 1},
        "learning_rate": 0.01,
        "epochs": 2,
        "prediction": "p",
        "predict": [{"x": 4}],
        **fields,
    }
    return scalar_exercise(training=Training(**plan))


# Names


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a'b", "a\n", "<b>", None, 3, b"x"])
def test_what_cannot_name_an_exercise_is_refused(name):
    """An exercise's name is made of letters, digits, _, - and ., for it stands on command lines and in reports."""
    with pytest.raises(AuthorError) as caught:
        scalar_exercise(name=name)
    assert str(caught.value).endswith(f"name: {name!r} can't name an exercise; accepted: letters, digits, _, - and .")


def test_a_message_about_a_name_stays_on_one_line():
    """A line break in a name doesn't break the message."""
    with pytest.raises(AuthorError) as caught:
        scalar_exercise(name="a\nb")
    assert "\n" not in str(caught.value)


def test_a_misspelt_field_is_named_with_the_nearest():
    """An unknown field of an exercise says which field is meant."""
    with pytest.raises((AuthorError, TypeError)) as caught:
        scalar_exercise(torchloss=lambda w, x, y: w)
    assert "torchloss" in str(caught.value)
    assert "torch_loss" in str(caught.value)


@pytest.mark.parametrize("make", [scalar, lambda name: matrix(name, 2, 2), lambda name: vector(name, 2)])
@pytest.mark.parametrize("name", ["1a", "class", "lambda", "None", "a b", "a-b", ""])
def test_symbols_are_named_as_python_names_things(make, name):
    """A symbol's name becomes a keyword argument of torch_loss, so it is an identifier and no keyword."""
    with pytest.raises(AuthorError) as caught:
        make(name)
    assert str(caught.value) == f"symbol: {name!r} can't be a name; accepted: letters, digits and _, not a Python keyword"


@pytest.mark.parametrize("name", ["1a", "class", "a b", ""])
def test_steps_are_named_as_python_names_things(name):
    """A step's name is an identifier and no keyword."""
    with pytest.raises(AuthorError) as caught:
        step(name, w)
    assert str(caught.value) == f"step: {name!r} can't be a name; accepted: letters, digits and _, not a Python keyword"


@pytest.mark.parametrize(("name", "found"), [(None, "NoneType"), (3, "int"), (b"w", "bytes"), (w, "Symbol")])
def test_a_name_is_a_string(name, found):
    """A name that isn't a string is refused."""
    with pytest.raises(AuthorError) as caught:
        scalar(name)
    assert str(caught.value) == f"symbol: a name is {found}; accepted: a string"


@pytest.mark.parametrize("shape", [(0, 1), (1, 0), (-1, 2), (1.0, 2), (True, 2), ("2", 1), (None, 1), (n, 2)])
def test_shapes_are_whole_numbers_of_at_least_one(shape):
    """A matrix has rows and columns, as numbers."""
    with pytest.raises(AuthorError) as caught:
        matrix("A", *shape)
    assert str(caught.value) == f"symbol: 'A' is {shape[0]}×{shape[1]}; accepted: rows and columns of at least 1"


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (
            sympy.Symbol("lambda") ** 2,
            "symbol: 'lambda' can't be a name; accepted: letters, digits and _, not a Python keyword",
        ),
        (sympy.Symbol("a b") ** 2, "symbol: 'a b' can't be a name; accepted: letters, digits and _, not a Python keyword"),
        (
            square(sympy.Symbol("W")) + total(W),
            "symbol: 'W' is used with two shapes, 1×1 and 2×3; accepted: one shape a name",
        ),
        (
            sympy.Trace(sympy.MatrixSymbol("A", n, n)),
            "symbol: 'A': the shape (n, n) isn't made of whole numbers; accepted: rows and columns as numbers",
        ),
        (total(sympy.MatrixSymbol("A", 0, 2)), "symbol: 'A' is 0×2, without entries"),
        (square(step("w", w + 1)), "step: 'w' is a symbol and a step; accepted: another name for the step"),
        (
            step("z", w + 1) * step("z", w + 2),
            "step: two different steps are called 'z'; accepted: a name for each",
        ),
    ],
    ids=["keyword", "blank", "two shapes", "symbolic", "no entries", "symbol and step", "two steps"],
)
def test_one_name_means_one_thing(loss, message):
    """Symbols and steps of a loss have legal names, one shape a name, and one meaning a name."""
    assert said(scalar_exercise, loss=loss, parameters=["w"]).startswith(message)


# Steps


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a + b", "str"),
        (None, "NoneType"),
        ([w], "list"),
        (b"x", "bytes"),
        (1j, "complex"),
        (np.ones(3), "ndarray"),
        (torch.ones(1), "Tensor"),
        (True, "bool"),
        (sympy.true, "BooleanTrue"),
        (w < 1, "StrictLessThan"),
        (sympy.Eq(w, 1), "Equality"),
        (sympy.Tuple(w, x), "Tuple"),
    ],
)
def test_a_step_wraps_an_expression(value, found):
    """A step around something that isn't a scalar or matrix expression is refused where it is made."""
    with pytest.raises(AuthorError) as caught:
        step("z", value)
    assert str(caught.value) == f"step: step 'z' is {found}; accepted: a scalar or matrix expression of SymPy's"


# The loss


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        ("w**2", "the string 'w**2'"),
        (None, "None"),
        (3, "an int"),
        ([w], "a list"),
        (sympy.Eq(w, 1), "an Equality"),
        (w < 1, "a StrictLessThan"),
        (sympy.true, "a BooleanTrue"),
        (np.float64(3), "a float64"),
        (torch.tensor(1.0), "a Tensor"),
        (lambda w: w, "a function"),
    ],
)
def test_a_loss_is_a_scalar_expression(loss, found):
    """What isn't an expression of SymPy's is no loss."""
    assert said(scalar_exercise, loss=loss) == f"loss: found {found}; accepted: a scalar expression of SymPy's"


@pytest.mark.parametrize(("loss", "shape"), [(W, "2×3"), (W * X, "2×1"), (sympy.Matrix([[w, x]]), "1×2")])
def test_a_loss_is_no_matrix(loss, shape):
    """A matrix is told how to become a scalar."""
    accepted = "accepted: a scalar; total(…) or mean(…) make one"
    assert said(scalar_exercise, loss=loss) == f"loss: the loss is {shape}, not a scalar; {accepted}"


@pytest.mark.parametrize(
    ("loss", "found"),
    [
        (sympy.oo, "oo"),
        (w - sympy.oo, "-oo"),
        (sympy.nan, "nan"),
        (sympy.zoo, "zoo"),
        (sympy.I * w, "I"),
        (sympy.sqrt(-1) * w, "I"),
        (sympy.exp(sympy.I * w), "I"),
    ],
)
def test_a_loss_is_real_and_finite(loss, found):
    """An infinite or complex number in a loss is named."""
    assert said(scalar_exercise, loss=loss) == f"loss: {found} isn't a real number"


@pytest.mark.parametrize(
    ("part", "head"),
    [
        (sympy.gamma(w), "gamma"),
        (sympy.Sum(w, (x, 0, 3)), "Sum"),
        (sympy.Derivative(sympy.Function("f")(w), w), "Derivative"),
        (sympy.besselj(0, w), "besselj"),
        (sympy.fresnels(w), "fresnels"),
        (sympy.Integral(w, (x, 0, w)), "Integral"),
        (sympy.Function("f")(w), "f"),
        (sympy.polylog(2, w), "polylog"),
        (sympy.LambertW(w), "LambertW"),
        (sympy.Limit(w / x, x, 0), "Limit"),
        (sympy.Indexed("A", 1), "Indexed"),
        (sympy.Trace(sympy.KroneckerProduct(W, W.T)), "KroneckerProduct"),
    ],
)
def test_a_head_outside_the_table_is_named_with_its_place(part, head):
    """A loss with a function that symgrad doesn't know says which, and in which subexpression."""
    inner = part.args[0] if head == "KroneckerProduct" else part
    message = said(scalar_exercise, loss=square(w) + part)
    assert message.startswith(f"loss: {head} isn't in the table of operations")
    assert message.endswith(f" It stands in {inner}; {HEADS}")


def test_the_nearest_operation_is_offered():
    """SymPy's gamma is answered with the operation whose name comes nearest."""
    start = "loss: gamma isn't in the table of operations; did you mean 'gammaln'? It stands in gamma(w); "
    assert said(scalar_exercise, loss=sympy.gamma(w)) == start + HEADS


@pytest.mark.parametrize(
    "part", [sympy.fresnels(w), sympy.LambertW(w), sympy.re(sympy.Symbol("c")), sympy.Product(w, (x, 1, 3))]
)
def test_nothing_far_off_is_offered(part):
    """An operation that has only a few letters in common isn't offered: LambertW isn't lerp."""
    assert "did you mean" not in said(scalar_exercise, loss=square(w) + part)


def test_a_piecewise_has_a_value_everywhere():
    """A Piecewise without a last branch is refused."""
    message = "loss: a Piecewise leaves points without a value; accepted: a last branch (…, True)"
    assert said(scalar_exercise, loss=sympy.Piecewise((w, w < 1))) == message


def test_a_loss_has_something_to_differentiate_by():
    """A constant loss has no parameters."""
    message = "parameters: the loss has no 'w'; accepted: none, it has no names"
    assert said(scalar_exercise, loss=sympy.Integer(3)) == message


@pytest.mark.parametrize("assumption", ["negative", "nonpositive"])
def test_an_assumption_that_sampling_does_not_keep_is_refused_or_kept(assumption):
    """SymPy simplifies sqrt(n²) by what is assumed of n, so points that break the assumption accuse a right program."""
    s = sympy.Symbol("s", **{assumption: True})
    found = tried(scalar_exercise, loss=sympy.sqrt(s**2), parameters=["s"], torch_loss=lambda s: torch.sqrt(s**2))
    if isinstance(found, AuthorError):
        assert "'s'" in str(found)
    else:
        assert check(found).verdict == "pass"


# Parameters


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([], "no parameters; accepted: some of w, x, y"),
        ("w", "found the string 'w'; accepted: a list of symbols, such as [w1, w2]"),
        (w, "found a Symbol; accepted: a list of symbols, such as [w1, w2]"),
        (None, "found None; accepted: a list of symbols, such as [w1, w2]"),
        (3, "found an int; accepted: a list of symbols, such as [w1, w2]"),
        (["q"], "the loss has no 'q'; accepted: w, x, y"),
        (["ww"], "the loss has no 'ww'; did you mean 'w'?; accepted: w, x, y"),
        (["p"], "the loss has no 'p'; accepted: w, x, y"),
        ([w, w], "'w' stands twice; accepted: each parameter once"),
        ([w, "w"], "'w' stands twice; accepted: each parameter once"),
    ],
    ids=repr,
)
def test_parameters_are_a_list_of_the_symbols_of_the_loss(parameters, message):
    """Parameters are symbols of the loss, or their names, each once."""
    assert said(scalar_exercise, parameters=parameters) == f"parameters: {message}"


def test_a_bare_matrix_is_no_list_of_parameters():
    """A matrix symbol isn't taken apart into its entries."""
    message = "parameters: found a MatrixSymbol; accepted: a list of symbols, such as [w1, w2]"
    assert said(matrix_exercise, parameters=W) == message


def test_a_set_of_parameters_is_refused():
    """A set has no order, and a report has to have the same order every time."""
    assert said(scalar_exercise, parameters={w, x}).startswith("parameters: found a set")


def test_a_parameter_of_another_shape_is_refused():
    """A symbol that has the name of the loss's W but not its shape isn't W."""
    assert "3×3" in said(matrix_exercise, parameters=[sympy.MatrixSymbol("W", 3, 3)])


def test_a_step_is_no_parameter():
    """A step that is called like a symbol isn't that symbol."""
    assert said(scalar_exercise, parameters=[step("w", x)]).startswith("parameters: ")


# Given points


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (None, "at: found None; accepted: a list of points, each {name: value}"),
        ("x", "at: found the string 'x'; accepted: a list of points, each {name: value}"),
        ({"w": 1, "x": 2, "y": 3}, "at: found a dict; accepted: a list of points, each {name: value}"),
        ([1], "at[0]: found an int; accepted: {name: value}"),
        ([None], "at[0]: found None; accepted: {name: value}"),
        ([{}], "at[0]: no value for 'w'; accepted: values for w, x, y"),
        ([{"w": 1, "x": 2}], "at[0]: no value for 'y'; accepted: values for w, x, y"),
        ([{"w": 1, "x": 2, "y": 3, "q": 4}], "at[0]: no 'q' here; accepted: w, x, y"),
        ([{"w": 1, "xx": 2, "y": 3}], "at[0]: no 'xx' here; did you mean 'x'?; accepted: w, x, y"),
        ([{"w": 1, "x": 2, "y": 3}, {"w": 1}], "at[1]: no value for 'x'; accepted: values for w, x, y"),
    ],
    ids=repr,
)
def test_points_are_complete_and_name_only_symbols(at, message):
    """A point gives a value to every symbol, and to nothing else."""
    assert said(scalar_exercise, at=at) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1", "found the string '1'; accepted: a number"),
        (b"1", "found a bytes; accepted: a number"),
        (None, "found None; accepted: a number"),
        (float("nan"), "found nan; accepted: finite numbers"),
        (float("inf"), "found inf; accepted: finite numbers"),
        (1j, "found 1j; accepted: a number"),
        (w, "found w; accepted: a number"),
        ({"a": 1}, "found {'a': 1}; accepted: a number"),
        ([1, 2], "found 2 numbers; accepted: 1×1"),
        ([[[1]]], "found 1×1×1 numbers; accepted: 1×1"),
        ([], "found 0 numbers; accepted: 1×1"),
    ],
    ids=repr,
)
def test_the_value_of_a_scalar_is_one_finite_number(value, message):
    """What isn't a finite number is refused with its place."""
    assert said(scalar_exercise, at=[{"w": value, "x": 1, "y": 1}]) == f"at[0]['w']: {message}"


def test_a_number_beyond_float64_is_said_to_be_too_large():
    """10**400 is a number, so the message may not ask for one."""
    message = said(scalar_exercise, at=[{"w": 10**400, "x": 1, "y": 1}])
    assert message.startswith("at[0]['w']: found 1000000")
    assert not message.endswith("accepted: a number")
    assert len(message) < 200


@pytest.mark.parametrize("value", [["1"], [["1"]], bytearray(b"1"), np.array(["1"])], ids=repr)
def test_a_string_in_a_list_is_no_number_either(value):
    """'1' is refused as a value, so it is refused in a list as well."""
    assert said(scalar_exercise, at=[{"w": value, "x": 1, "y": 1}]).startswith("at[0]['w']: found ")


def test_a_long_value_is_shortened():
    """A message shows the beginning of a long value."""
    assert len(said(scalar_exercise, at=[{"w": "1" * 500, "x": 1, "y": 1}])) < 200


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("W", [[1, 2], [3, 4], [5, 6]], "found 3×2 numbers; accepted: 2×3"),
        ("W", [1, 2, 3, 4, 5, 6], "found 6 numbers; accepted: 2×3"),
        ("W", 1, "found a single number; accepted: 2×3"),
        ("W", [[1, 2, 3], [4, 5]], "found [[1, 2, 3], [4, 5]]; accepted: 2×3 numbers"),
        ("W", [[1, 2, 3], "abc"], "found [[1, 2, 3], 'abc']; accepted: 2×3 numbers"),
        ("W", [[1, 2, None], [1, 2, 3]], "found [[1, 2, None], [1, 2, 3]]; accepted: 2×3 numbers"),
        ("W", [[1, 2, float("nan")], [1, 2, 3]], "found nan; accepted: finite numbers"),
        ("W", [[1, 2, 1j], [1, 2, 3]], "found [[1, 2, 1j], [1, 2, 3]]; accepted: 2×3 numbers"),
        ("W", np.ones((3, 2)), "found 3×2 numbers; accepted: 2×3"),
        ("W", torch.ones(1, 2, 3), "found 1×2×3 numbers; accepted: 2×3"),
        ("X", [[1, 2, 3]], "found 1×3 numbers; accepted: 3×1"),
        ("b", 1, "found a single number; accepted: 2×1"),
        ("b", [1], "found 1 numbers; accepted: 2×1"),
        ("b", [], "found 0 numbers; accepted: 2×1"),
    ],
    ids=repr,
)
def test_the_value_of_a_matrix_has_its_shape(name, value, message):
    """A value of another shape is told which shape was found and which is accepted."""
    assert said(matrix_exercise, at=[{**NUMBERS, name: value}]) == f"at[0]['{name}']: {message}"


@pytest.mark.parametrize(
    "fields",
    [
        {"at": [{w: 1, x: 2, y: 3}]},
        {"domain": {w: (0, 1)}},
        {"hand_derived": {w: 2 * x * (w * x - y)}},
        {"at": [{"w": 1, "x": 2, "y": 3}], "published": {w: "1"}},
    ],
    ids=["at", "domain", "hand_derived", "published"],
)
def test_what_was_found_is_not_offered_instead(fields):
    """A symbol where its name is wanted is accepted, or told so; "no 'w', did you mean 'w'?" helps nobody."""
    found = tried(scalar_exercise, **fields)
    if isinstance(found, AuthorError):
        assert "did you mean 'w'" not in str(found)
    else:
        assert check(found).reason != "could_not_run"


def test_a_name_in_the_wrong_case_is_misspelt():
    """The nearest name to W is w."""
    assert "did you mean 'w'" in said(scalar_exercise, at=[{"W": 1, "x": 2, "y": 3}])


# Sampled points


@pytest.mark.parametrize("points", [-1, 1.5, 1.0, True, None, "3", float("nan")])
def test_points_are_a_count(points):
    """The number of points to sample is a whole number, 0 or more."""
    assert said(scalar_exercise, points=points) == f"points: found {points!r}; accepted: a whole number, 0 or more"


def test_no_points_at_all_are_refused():
    """0 points to sample need given ones."""
    assert (
        said(scalar_exercise, points=0) == "points: 0 points to sample and none given in at; accepted: points to sample, or at"
    )


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (None, "found None; accepted: {name: (low, high)}"),
        ([("w", (0, 1))], "found a list; accepted: {name: (low, high)}"),
        ({"q": (0, 1)}, "the loss has no 'q'; accepted: w, x, y"),
        ({"ww": (0, 1)}, "the loss has no 'ww'; did you mean 'w'?; accepted: w, x, y"),
        ({"p": (0, 1)}, "the loss has no 'p'; accepted: w, x, y"),
        ({"w": 1}, "'w': found 1; accepted: (low, high)"),
        ({"w": (1,)}, "'w': found (1,); accepted: (low, high)"),
        ({"w": (0, 1, 2)}, "'w': found (0, 1, 2); accepted: (low, high)"),
        ({"w": ("a", "b")}, "'w': found ('a', 'b'); accepted: (low, high)"),
        ({"w": None}, "'w': found None; accepted: (low, high)"),
        ({"w": (1j, 2)}, "'w': found (1j, 2); accepted: (low, high)"),
        ({"w": (1, 0)}, "'w': found (1.0, 0.0); accepted: finite numbers, low below high"),
        ({"w": (1, 1)}, "'w': found (1.0, 1.0); accepted: finite numbers, low below high"),
        ({"w": (0, float("inf"))}, "'w': found (0.0, inf); accepted: finite numbers, low below high"),
        ({"w": (float("nan"), 1)}, "'w': found (nan, 1.0); accepted: finite numbers, low below high"),
    ],
    ids=repr,
)
def test_a_domain_is_two_finite_bounds(domain, message):
    """Bounds are a pair of finite numbers, the lower one first, of a symbol of the loss."""
    assert said(scalar_exercise, domain=domain) == f"domain: {message}"


@pytest.mark.parametrize("pair", ["01", ("0", "1"), {0: "low", 1: "high"}, (0, 10**400)], ids=lambda pair: repr(pair)[:20])
def test_bounds_are_numbers(pair):
    """Strings and dictionaries aren't read as bounds, and too large a number is refused like any other."""
    assert said(scalar_exercise, domain={"w": pair}).startswith("domain: 'w': found ")


def test_a_domain_agrees_with_a_positive_symbol():
    """Bounds below zero contradict a symbol that was declared positive."""
    s = scalar("s", positive=True)
    assert said(scalar_exercise, loss=log(s), parameters=[s], domain={"s": (-2, -1)}).startswith("domain: 's'")


@pytest.mark.parametrize("bounds", [(-1e308, 1e308), (0, 5e-324), (1, 1 + 2**-52), (-1e-300, 1e-300)], ids=repr)
def test_an_extreme_domain_never_makes_the_tool_fail(bounds):
    """Bounds that are finite and in order can be sampled, or are refused when the exercise is made."""
    found = tried(scalar_exercise, domain={"w": bounds})
    if isinstance(found, AuthorError):
        assert str(found).split(": ", 1)[1].startswith("exercise 'e', domain: 'w': ")
    else:
        assert check(found).reason in ("agree", "ill_conditioned", "undefined", "vacuous")  # the square of 1e308 is undefined


# The author's program


def takes(signature):
    """A function of that signature."""
    return eval(f"lambda {signature}: 0")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (3, "found an int; accepted: a function of the loss's symbols by name"),
        ("f", "found the string 'f'; accepted: a function of the loss's symbols by name"),
        ([print], "found a list; accepted: a function of the loss's symbols by name"),
        (takes("w, x"), "doesn't take 'y'; accepted: the names w, x, y"),
        (takes("w, x, y, q"), "takes 'q', which the loss doesn't have; accepted: the names w, x, y"),
        (takes("w, xx, y"), "takes 'xx', which the loss doesn't have; did you mean 'x'?; accepted: the names w, x, y"),
        (takes(""), "doesn't take 'w'; accepted: the names w, x, y"),
        (takes("*values"), "doesn't take 'w'; accepted: the names w, x, y"),
        (takes("w, x, y, /"), "doesn't take 'w'; accepted: the names w, x, y"),
    ],
)
def test_a_program_takes_the_symbols_by_name(function, message):
    """The PyTorch program is called with keyword arguments, so its signature is looked at when the exercise is made."""
    assert said(scalar_exercise, torch_loss=function) == f"torch_loss: {message}"


@pytest.mark.parametrize("function", [takes("w, x, y"), takes("**tensors"), takes("w, **rest"), takes("w, x, y, scale=1")])
def test_keywords_and_defaults_are_fine(function):
    """A program may collect keywords, and have parameters of its own that have a default."""
    assert scalar_exercise(torch_loss=function).torch_loss is function


def program(change):
    """A PyTorch program whose right result is changed."""

    def torch_loss(w, x, y):
        return change((w * x - y) ** 2)

    return torch_loss


def place(function, offset=0):
    return f"{__file__}:{function.__code__.co_firstlineno + offset}: "


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda loss: loss.item(), "returned a float; accepted: a tensor with one entry (without .item())"),
        (lambda loss: (loss,), "returned a tuple; accepted: a tensor with one entry (without .item())"),
        (lambda loss: "loss", "returned a str; accepted: a tensor with one entry (without .item())"),
        (lambda loss: torch.stack([loss, loss]), "returned a tensor of shape (2,); accepted: a tensor with one entry"),
        (lambda loss: torch.zeros(0), "returned a tensor of shape (0,); accepted: a tensor with one entry"),
        (
            lambda loss: loss.detach().to(torch.int64),
            "returned a tensor of dtype torch.int64; accepted: a floating-point tensor",
        ),
        (lambda loss: loss > 0, "returned a tensor of dtype torch.bool; accepted: a floating-point tensor"),
        (lambda loss: loss + 0j, "returned a tensor of dtype torch.complex128; accepted: a floating-point tensor"),
        (
            lambda loss: loss.detach(),
            "returned a detached tensor; accepted: one that depends on the parameters"
            " (no .detach(), .data, .item() or no_grad on the way)",
        ),
    ],
    ids=["float", "tuple", "string", "two entries", "no entry", "integer", "truth", "complex", "detached"],
)
def test_a_program_returns_a_tensor_that_backward_can_start_from(change, message):
    """What a program returns instead of a loss is named, with the line of the program."""
    function = program(change)
    result = check(scalar_exercise(torch_loss=function))
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert result.message == f"{place(function)}torch_loss {message}"


def test_a_program_that_forgot_its_return_is_told_none():
    """None is named as Python writes it."""
    function = program(lambda loss: None)
    message = check(scalar_exercise(torch_loss=function)).message
    assert message.startswith(
        f"{place(function)}torch_loss returned None (is a return missing?); accepted: a tensor with one entry"
    )


@pytest.mark.parametrize(
    ("change", "raised"),
    [
        (lambda loss: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda loss: loss.foo, "AttributeError: 'Tensor' object has no attribute 'foo'"),
        (lambda loss: sys.exit(3), "SystemExit: 3"),
        (lambda loss: [][1], "IndexError: list index out of range"),
    ],
)
def test_what_a_program_raises_is_told_with_its_line(change, raised):
    """An error in a program is one line that begins with the place in the author's file."""
    result = check(scalar_exercise(torch_loss=program(change)))
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert result.message == f"{place(change)}torch_loss raised {raised}"


def test_a_program_that_runs_backward_itself_is_told_where():
    """What backward() raises is told with the file of the program, and without advice of PyTorch's that doesn't apply."""

    def torch_loss(w, x, y):
        loss = (w * x - y) ** 2
        loss.backward()
        return loss

    result = check(scalar_exercise(torch_loss=torch_loss))
    assert result.reason == "could_not_run"
    assert result.message.startswith(f"{__file__}:")
    assert "backward() raised RuntimeError: Trying to backward through the graph a second time" in result.message


def test_a_program_may_not_write_into_its_parameters():
    """An in-place edit of a parameter is PyTorch's own error, with the line."""

    def torch_loss(w, x, y):
        w += 1
        return (w * x - y) ** 2

    raised = "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation."
    assert check(scalar_exercise(torch_loss=torch_loss)).message == f"{place(torch_loss, 1)}torch_loss raised {raised}"


class Callable:
    """A program that is an object."""

    def __call__(self, w, x, y):
        return 1 / 0


def divide(w, x, y, by):
    return 1 / by


@pytest.mark.parametrize(
    ("function", "line"),
    [(Callable(), place(Callable.__call__, 1)), (functools.partial(divide, by=0), place(divide, 1))],
    ids=["object", "partial"],
)
def test_a_program_need_not_be_a_function(function, line):
    """What an object or a partial raises is told with its line as well."""
    message = check(scalar_exercise(torch_loss=function)).message
    assert message == f"{line}torch_loss raised ZeroDivisionError: division by zero"


def test_a_program_leaves_no_settings_behind():
    """The default dtype and the gradient mode are put back after a program that changes them."""

    def torch_loss(w, x, y):
        torch.set_default_dtype(torch.float16)
        torch.set_grad_enabled(False)
        return (w * x - y) ** 2

    assert check(scalar_exercise(torch_loss=torch_loss)).reason == "could_not_run"
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    assert check(scalar_exercise()).reason == "agree"


# Published figures


POINT = {"at": [{"w": 1, "x": 2, "y": 3}]}


@pytest.mark.parametrize(
    ("published", "message"),
    [
        (None, "published: found None; accepted: {name: figures}"),
        ("w", "published: found the string 'w'; accepted: {name: figures}"),
        (["w"], "published: found a list; accepted: {name: figures}"),
        ({"w": 1.0}, f"published['w']: found 1.0; {FIGURES}"),
        ({"w": None}, f"published['w']: found None; {FIGURES}"),
        ({"w": "abc"}, f"published['w']: found 'abc'; {FIGURES}"),
        ({"w": "1,5"}, f"published['w']: found '1,5'; {FIGURES}"),
        ({"w": "nan"}, f"published['w']: found 'nan'; {FIGURES}"),
        ({"w": ""}, f"published['w']: found ''; {FIGURES}"),
        ({"w": "0x10"}, f"published['w']: found '0x10'; {FIGURES}"),
        ({"w": ["1", "2"]}, "published['w']: found 2 figures; accepted: 1×1"),
        ({"q": "1"}, "published: the exercise has no 'q'; accepted: loss, w, p"),
        ({"losss": "1"}, "published: the exercise has no 'losss'; did you mean 'loss'?; accepted: loss, w, p"),
        ({"x": "1"}, "published: the exercise has no 'x'; accepted: loss, w, p"),
    ],
    ids=repr,
)
def test_published_figures_are_strings_of_something_known(published, message):
    """Figures are strings as printed, of the loss, a parameter or a step, in its shape."""
    assert said(scalar_exercise, **POINT, published=published) == message


@pytest.mark.parametrize(
    ("published", "message"),
    [
        ({"W": [["1", "2", "3"]]}, "published['W']: found 1×3 figures; accepted: 2×3"),
        ({"W": "1"}, "published['W']: found a single figure; accepted: 2×3"),
        ({"z": [["1", "2"]]}, "published['z']: found 1×2 figures; accepted: 2×1"),
        ({"W": [["1", "2", "3"], ["1", "2", 3.0]]}, f"published['W']: found 3.0; {FIGURES}"),
    ],
    ids=repr,
)
def test_published_matrices_have_their_shape(published, message):
    """Figures of a matrix have its shape."""
    assert said(matrix_exercise, at=[NUMBERS], published=published) == message


def test_ragged_figures_are_refused():
    """Rows of different lengths are no matrix of figures."""
    assert said(matrix_exercise, at=[NUMBERS], published={"W": [["1", "2", "3"], ["1"]]}).startswith("published['W']: found ")


def test_figures_belong_to_a_point():
    """Published figures without a given point are refused."""
    message = "published: figures without a point that they belong to; accepted: the point, first in at"
    assert said(scalar_exercise, published={"w": "1"}) == message


@pytest.mark.parametrize("dtype", ["float8", None, 3, torch.float32, ["float32"]], ids=repr)
def test_published_dtype_is_one_of_four(dtype):
    """The format that figures were computed in is one that symgrad knows."""
    message = f"published_dtype: found {dtype!r}; accepted: float64, float32, bfloat16, float16"
    assert said(scalar_exercise, **POINT, published_dtype=dtype) == message


@pytest.mark.parametrize("figure", ["1e400", "1e999999", "9" * 5000], ids=lambda figure: figure[:8])
def test_an_absurd_figure_never_makes_the_tool_fail(figure):
    """A figure beyond float64 is refused, or judged to be wrong, in a message of bounded length."""
    found = tried(scalar_exercise, **POINT, published={"w": figure})
    if isinstance(found, AuthorError):
        assert "published['w']" in str(found)
    else:
        result = check(found)
        assert result.reason == "published_differs"
        assert len(result.message) < 1000


# Gradients derived by hand


@pytest.mark.parametrize(
    ("hand_derived", "message"),
    [
        (None, "hand_derived: found None; accepted: {parameter: expression}"),
        ([w], "hand_derived: found a list; accepted: {parameter: expression}"),
        ({"w": "2*x"}, "hand_derived['w']: found the string '2*x'; accepted: an expression of SymPy's"),
        ({"w": None}, "hand_derived['w']: found None; accepted: an expression of SymPy's"),
        ({"w": [w]}, "hand_derived['w']: found a list; accepted: an expression of SymPy's"),
        ({"w": True}, "hand_derived['w']: found a bool; accepted: an expression of SymPy's"),
        ({"w": w < 1}, "hand_derived['w']: found a StrictLessThan; accepted: an expression of SymPy's"),
        ({"q": w}, "hand_derived: parameters has no 'q'; accepted: w"),
        ({"x": w}, "hand_derived: parameters has no 'x'; accepted: w"),
        ({"ww": w}, "hand_derived: parameters has no 'ww'; did you mean 'w'?; accepted: w"),
        ({"w": sympy.Symbol("q")}, "hand_derived['w']: no 'q' here; accepted: w, x, y, p"),
        ({"w": sympy.Symbol("xx")}, "hand_derived['w']: no 'xx' here; did you mean 'x'?; accepted: w, x, y, p"),
        ({"w": sympy.oo}, "hand_derived['w']: oo isn't a real number"),
        (
            {"w": sympy.LambertW(w)},
            f"hand_derived['w']: LambertW isn't in the table of operations. It stands in LambertW(w); {HEADS}",
        ),
    ],
    ids=repr,
)
def test_a_hand_derived_gradient_is_an_expression_over_the_loss(hand_derived, message):
    """A gradient derived by hand belongs to a parameter, and is written in symbols and steps of the loss."""
    assert said(scalar_exercise, hand_derived=hand_derived) == message


@pytest.mark.parametrize(
    ("hand_derived", "message"),
    [
        ({"W": X.T}, "hand_derived['W']: found 1×3; accepted: 2×3, the shape of 'W'"),
        ({"W": W * X}, "hand_derived['W']: found 2×1; accepted: 2×3, the shape of 'W'"),
        ({"b": 2}, "hand_derived['b']: found 1×1; accepted: 2×1, the shape of 'b'"),
        ({"W": 2 * sympy.MatrixSymbol("q", 2, 1) * X.T}, "hand_derived['W']: no 'q' here; accepted: W, X, b, z"),
        (
            {"W": sympy.MatrixSymbol("X", 2, 3)},
            "hand_derived['W']: 'X' is used with two shapes, 3×1 and 2×3; accepted: one shape a name",
        ),
    ],
    ids=repr,
)
def test_a_hand_derived_gradient_has_the_shape_of_its_parameter(hand_derived, message):
    """A gradient has the shape of what it is the gradient of."""
    assert said(matrix_exercise, hand_derived=hand_derived) == message


@pytest.mark.parametrize("name", ["z", "b"])
def test_a_symbol_for_a_step_has_its_shape(name):
    """A symbol of another shape doesn't stand for the step or the datum that it is called by."""
    hand = 2 * sympy.MatrixSymbol(name, 3, 1) * X.T
    assert said(matrix_exercise, hand_derived={"W": hand}).startswith("hand_derived['W']: ")


def test_a_mutable_matrix_is_read_like_any_other():
    """SymPy's Matrix serves as a gradient: as a loss it does."""
    exercise = matrix_exercise(hand_derived={"W": sympy.zeros(2, 3)})
    assert check(exercise, points=2).reason == "closed_form_wrong"


# Training


@pytest.mark.parametrize("training", [None, 3, "x", {}, [3], Training], ids=repr)
def test_training_is_a_training(training):
    """The field takes a Training, or a list of them."""
    message = said(scalar_exercise, training=training)
    assert message.startswith("training: found ")
    assert message.endswith("; accepted: Training(…), or a list of them")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("samples", [], "samples: no samples; accepted: at least one"),
        ("samples", [{}], "samples[0]: no value for 'x'; accepted: values for x, y"),
        ("samples", [{"x": 1, "y": 1}, {"x": 1}], "samples[1]: no value for 'y'; accepted: values for x, y"),
        ("samples", [{"x": 1, "y": 1, "w": 1}], "samples[0]: no 'w' here; accepted: x, y"),
        ("samples", [{"x": 1, "yy": 1}], "samples[0]: no 'yy' here; did you mean 'y'?; accepted: x, y"),
        ("samples", [3], "samples[0]: found an int; accepted: {name: value}"),
        ("samples", [{"x": "1", "y": 1}], "samples[0]['x']: found the string '1'; accepted: a number"),
        ("samples", [{"x": [1, 2], "y": 1}], "samples[0]['x']: found 2 numbers; accepted: 1×1"),
        ("samples", [{"x": float("nan"), "y": 1}], "samples[0]['x']: found nan; accepted: finite numbers"),
        ("initial", None, "initial: found None; accepted: {name: value}"),
        ("initial", {}, "initial: no value for 'w'; accepted: values for w"),
        ("initial", {"w": 1, "x": 1}, "initial: no 'x' here; accepted: w"),
        ("initial", {"w": "1"}, "initial['w']: found the string '1'; accepted: a number"),
        ("learning_rate", None, "learning_rate: found None; accepted: a finite number"),
        ("learning_rate", "0.1", "learning_rate: found '0.1'; accepted: a finite number"),
        ("learning_rate", float("nan"), "learning_rate: found nan; accepted: a finite number"),
        ("learning_rate", float("inf"), "learning_rate: found inf; accepted: a finite number"),
        ("learning_rate", True, "learning_rate: found True; accepted: a finite number"),
        ("learning_rate", {}, "learning_rate: no rate for 'w'; accepted: rates for w"),
        ("learning_rate", {"w": "a"}, "learning_rate: found 'a'; accepted: a finite number"),
        ("epochs", 0, "epochs: found 0; accepted: a whole number, 1 or more"),
        ("epochs", -1, "epochs: found -1; accepted: a whole number, 1 or more"),
        ("epochs", 1.5, "epochs: found 1.5; accepted: a whole number, 1 or more"),
        ("epochs", True, "epochs: found True; accepted: a whole number, 1 or more"),
        ("epochs", None, "epochs: found None; accepted: a whole number, 1 or more"),
        ("dtype", "float8", "dtype: found 'float8'; accepted: float64, float32, bfloat16, float16"),
        ("dtype", torch.float32, "dtype: found torch.float32; accepted: float64, float32, bfloat16, float16"),
        ("dtype", ["float32"], "dtype: found ['float32']; accepted: float64, float32, bfloat16, float16"),
        ("prediction", "q", "prediction: the loss has no 'q'; accepted: p"),
        ("prediction", "pp", "prediction: the loss has no 'pp'; did you mean 'p'?; accepted: p"),
        ("prediction", None, "prediction: no step to predict with; accepted: p"),
        ("predict", [{}], "predict[0]: no value for 'x'; accepted: values for x"),
        ("predict", [{"x": 1, "q": 2}], "predict[0]: no 'q' here; accepted: x"),
        ("predict", [4], "predict[0]: found an int; accepted: {name: value}"),
        (
            "published",
            {(2, 0): {"loss": "1"}},
            "published: found (2, 0); accepted: (epoch below 2, sample below 2): {name: figure}",
        ),
        (
            "published",
            {(0, 2): {"loss": "1"}},
            "published: found (0, 2); accepted: (epoch below 2, sample below 2): {name: figure}",
        ),
        (
            "published",
            {(-1, 0): {"loss": "1"}},
            "published: found (-1, 0); accepted: (epoch below 2, sample below 2): {name: figure}",
        ),
        ("published", {0: {"loss": "1"}}, "published: found 0; accepted: (epoch below 2, sample below 2): {name: figure}"),
        (
            "published",
            {("a", 0): {"loss": "1"}},
            "published: found ('a', 0); accepted: (epoch below 2, sample below 2): {name: figure}",
        ),
        (
            "published",
            {(0.5, 0): {"loss": "1"}},
            "published: found (0.5, 0); accepted: (epoch below 2, sample below 2): {name: figure}",
        ),
        ("published", {(0, 0): {"loss": 1.0}}, f"published['loss']: found 1.0; {FIGURES}"),
        ("published", {(0, 0): {"q": "1"}}, "published: the exercise has no 'q'; accepted: loss, w, p"),
        (
            "published_predictions",
            (["1", "2"], None),
            "published_predictions: before: found 2; accepted: a figure for each of the 1 in predict",
        ),
    ],
    ids=lambda value: repr(value)[:40] if not isinstance(value, str) or ":" not in value else "",
)
def test_a_mistake_in_a_training_names_its_field(field, value, message):
    """Every field of a training is checked when the exercise is made."""
    assert said(with_training, **{field: value}) == message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("samples", None),
        ("samples", 3),
        ("samples", {"x": 1, "y": 2}),
        ("learning_rate", 10**400),
        ("learning_rate", {"w": 0.1, "q": 0.1}),
        ("predict", None),
        ("predict", 3),
        ("published", None),
        ("published", []),
        ("published_predictions", None),
        ("published_predictions", ("1",)),
        ("published_predictions", ("1", "2", "3")),
        ("published_predictions", (1.0, None)),
        ("published_predictions", ("abc", None)),
        ("loop", 3),
        ("loop", "loop"),
        ("name", 3),
        ("name", None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_wrong_type_in_a_training_names_its_field(field, value):
    """A value of a wrong type is an AuthorError that begins with the field, never another exception."""
    assert said(with_training, **{field: value}).startswith(field)


@pytest.mark.parametrize(
    ("make", "field", "value"),
    [
        (with_training, "learning_rate", np.float32(0.5)),
        (with_training, "learning_rate", sympy.Rational(1, 2)),
        (with_training, "epochs", np.int64(2)),
        (scalar_exercise, "points", np.int64(2)),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_numbers_of_numpy_and_sympy_are_numbers(make, field, value):
    """np.int64(2) is a whole number and np.float32(0.5) a finite one, so no message says otherwise."""
    make(**{field: value})


def loop(parameters, samples, learning_rate, epochs):
    """Gradient descent, right in every step."""
    (p,) = parameters.values()
    for _ in range(epochs):
        for sample in samples:
            value = (p * sample["x"] - sample["y"]) ** 2
            value.backward()
            yield value
            with torch.no_grad():
                p -= learning_rate * p.grad
                p.grad.zero_()


def no_generator(parameters, samples, learning_rate, epochs):
    return None


def nothing(parameters, samples, learning_rate, epochs):
    yield from ()


def too_few(parameters, samples, learning_rate, epochs):
    yield from loop(parameters, samples, learning_rate, epochs - 1)


def too_many(parameters, samples, learning_rate, epochs):
    yield from loop(parameters, samples, learning_rate, epochs + 1)


def raising(parameters, samples, learning_rate, epochs):
    yield from loop(parameters, samples, learning_rate, 1)
    raise KeyError("rate")


def leaving(parameters, samples, learning_rate, epochs):
    yield from loop(parameters, samples, learning_rate, 1)
    sys.exit(3)


def without_loss(parameters, samples, learning_rate, epochs):
    for _ in loop(parameters, samples, learning_rate, epochs):
        yield None


def replacing(parameters, samples, learning_rate, epochs):
    parameters["w"] = 3
    yield torch.tensor(1.0)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            no_generator,
            "the loop is no generator; accepted: a function that yields the loss after each backward(), before the update",
        ),
        (nothing, "the loop yielded nothing; accepted: the loss after each backward()"),
        (too_few, "the loop yielded 2 times; accepted: 4 times, once for each of 2 samples in 2 epochs"),
        (too_many, "the loop yielded 6 times; accepted: 4 times, once for each of 2 samples in 2 epochs"),
        (raising, f"{place(raising, 2)}the loop raised KeyError: 'rate'"),
        (leaving, f"{place(leaving, 2)}the loop raised SystemExit: 3"),
        (without_loss, "the loop yielded NoneType; accepted: the loss, a tensor with one entry"),
        (replacing, "the loop put int in the place of parameter 'w'; accepted: a tensor"),
    ],
)
def test_a_loop_that_breaks_its_contract_is_told_the_contract(function, message):
    """An author's loop yields once a step; what it does instead is named."""
    exercise = with_training(loop=function)
    result = train(exercise, exercise.trainings[0])
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    where = "" if message.startswith(__file__) else f"{exercise.place.path}:{exercise.place.line}: "
    assert result.message == where + message


def test_the_loop_of_these_tests_is_right():
    """The loop that the broken ones are made of passes, so they fail for what is broken in them."""
    exercise = with_training(loop=loop)
    assert train(exercise, exercise.trainings[0]).verdict == "pass"


def test_a_loop_that_empties_its_parameters_is_told():
    """A loop that takes a parameter away is an error of the loop, not a KeyError of the tool."""

    def emptying(parameters, samples, learning_rate, epochs):
        parameters.clear()
        for _ in range(epochs * len(samples)):
            yield torch.tensor(1.0)

    exercise = with_training(loop=emptying)
    result = train(exercise, exercise.trainings[0])
    assert result.reason == "could_not_run"
    assert "'w'" in result.message


def test_a_loop_that_yields_another_loss_is_told_so():
    """A loop whose gradients are right and whose loss isn't says where the losses differ."""

    def other(parameters, samples, learning_rate, epochs):
        for value in loop(parameters, samples, learning_rate, epochs):
            yield value.detach() + 1

    exercise = with_training(loop=other)
    result = train(exercise, exercise.trainings[0])
    assert result.reason == "losses_differ"
    assert result.message is not None
    assert "loss" in result.message


def test_another_loss_of_a_loop_is_no_claim_about_the_points():
    """A loop that yields another loss says nothing about the loss at the sampled points, which is right."""

    def other(parameters, samples, learning_rate, epochs):
        for value in loop(parameters, samples, learning_rate, epochs):
            yield value.detach() + 1

    result = check(with_training(loop=other))
    assert result.reason == "losses_differ"
    assert "all gradients agree" not in result.message
    numbers = re.search(r"PyTorch has (\S+), the SymPy loss is (\S+) at", result.message)
    assert numbers is None or numbers[1] != numbers[2]


def test_a_training_that_diverges_is_not_a_wrong_update():
    """Where float32 overflows on both roads the run is undefined: PyTorch made no wrong step."""
    exercise = with_training(learning_rate=1e30, epochs=3)
    result = train(exercise, exercise.trainings[0])
    assert (result.verdict, result.reason) == ("inconclusive", "undefined")


# Settings


@pytest.mark.parametrize(
    "options",
    [
        {"dtype": "float8"},
        {"seed": -1},
        {"points": -1},
        {"rtol": -1.0},
        {"atol": -1.0},
        {"rtol": float("nan")},
        {"atol": float("nan")},
    ],
    ids=repr,
)
def test_settings_that_make_no_sense_are_the_users_error(options):
    """A setting out of its range is refused, instead of becoming a verdict on the exercise."""
    with pytest.raises(UserError):
        check(scalar_exercise(), Settings(**options))
