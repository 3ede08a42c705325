"""Every row of the table of operations: its example against PyTorch, its rule against the definition of the derivative."""

from functools import cache
from itertools import cycle, islice

import numpy as np
import pytest
import sympy
from flint import arb

from symgrad import Exercise, differentiate, matrix, scalar, vector
from symgrad.basics.errors import AuthorError
from symgrad.basics.float_formats import PRECISIONS
from symgrad.checking.check import check
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings
from symgrad.graphs.from_sympy import symbols_of
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import rounded
from symgrad.operations.row import Composition, Elementwise, Structural
from symgrad.operations.sympy_nodes import is_matrix, shape_of
from symgrad.operations.table import BY_HEAD, TABLE

x, y = scalar("x"), scalar("y")
A, B, S, c = matrix("A", 2, 2), matrix("B", 2, 2), matrix("S", 2, 2), vector("c", 2)
NAMES = {
    **TABLE,
    **{n: getattr(sympy, n) for n in ("Rational", "Max", "Min", "Piecewise", "Matrix", "Identity", "Heaviside")},
    **{"x": x, "y": y, "A": A, "B": B, "S": S, "c": c},
}
POINTS = 6
DOMAINS = {
    "power": {"x": (0.5, 2)},
    **{key: {"S": (0.5, 2)} for key in ("inverse", "determinant", "logdet")},
    "binary_cross_entropy": {"y": (0, 1), "B": (0, 1)},
}
"""x**y needs x > 0; S is meant to be far from singular; a target is a probability."""

INACCURATE = {
    "hardsigmoid": ("autograd_wrong", 4e-8),  # PyTorch multiplies by 1/6 rounded to float32 in backward
    "polygamma": ("losses_differ", 4e-8),  # PyTorch's float64 trigamma is a short asymptotic series
    "digamma": ("autograd_wrong", 1e-9),  # the same trigamma in backward
}
"""Rows where PyTorch itself is off in float64: the reason that is said, and how far it is off, relatively."""
ZERO = {
    "share": "internal: constant but for its kinks, so its example's gradient by A is zero by construction",
    "gap": "internal: its adjoint is nothing, for it only measures kinks",
}
SCIPY_INACCURATE = {
    "erfc": 1e-13,  # up to 512 ulps in the upper tail
    "gammaln": 1e-11,  # near its zeros at 1 and 2
}
"""Rows whose float64 closed form is SciPy's and loses more digits than PyTorch does; the ball speaks for them."""

ROWS = sorted(TABLE)
EXACT = sorted(set(TABLE) - set(INACCURATE))
WITH_OPTIONS = {
    "leaky_relu": {"negative_slope": 0.25},
    "elu": {"alpha": 1.5},
    "celu": {"alpha": 1.5},
    "softplus": {"beta": 2},
    "hardtanh": {"min_val": -0.5, "max_val": 0.75},
    "huber": {"delta": 0.5},
    "polygamma": {"n": 2},
    "addcmul": {"value": 0.75},
    "addcdiv": {"value": 0.75},
    "threshold": {"threshold": 0.25, "value": 2},
    "hardshrink": {"lambd": 0.75},
    "softshrink": {"lambd": 0.75},
    "logit": {"eps": 0.25},
    "multigammaln": {"p": 3},
    "gammainc": {"a": 2.5},
    "gammaincc": {"a": 2.5},
    "zeta": {"s": 3},
    "smooth_l1_loss": {"beta": 0.5},
    "huber_loss": {"delta": 0.5},
    "binary_cross_entropy_with_logits": {"pos_weight": 3},
    "kl_div": {"log_target": True},
    "poisson_nll_loss": {"log_input": False, "full": True, "eps": 0.5},
    "gaussian_nll_loss": {"full": True, "eps": 0.5},
    "hinge_embedding_loss": {"margin": 0.5},
    "margin_ranking_loss": {"margin": 0.5},
    "triplet_margin_loss": {"margin": 2, "order": 1, "eps": 0.5, "swap": True, "axis": 1},
    "cosine_embedding_loss": {"margin": 0.5, "axis": 1},
    "cosine_similarity": {"axis": 1, "eps": 0.5},
    "pairwise_distance": {"order": 1, "eps": 0.5, "axis": 1},
    "cross_entropy": {"axis": 1, "label_smoothing": 0.25},
    "vector_norm": {"order": float("inf"), "axis": 1},
    "dist": {"order": 1},
    "normalize": {"order": 1, "axis": 1, "eps": 0.5},
    "diff": {"n": 0, "axis": 1},
    "roll": {"shifts": 2, "axis": 1},
    "tril": {"diagonal": 1},
    "triu": {"diagonal": -1},
    **{key: {"axis": 1, "correction": 0} for key in ("var", "std")},
    **{key: {"axis": 1, "eps": 0.25} for key in ("layer_norm", "rms_norm")},
    **{key: {"eps": 0.25} for key in ("batch_norm", "instance_norm")},
    "group_norm": {"groups": 2, "eps": 0.25},
    "glu": {"axis": 0},
    **{key: {"axis": 1} for key in ("nll_loss", "multilabel_soft_margin_loss", "softmin", "prod", "flip", "recurrence")},
    **{key: {"axis": 1} for key in ("cumsum", "cumprod", "logcumsumexp")},
    "norm": {"order": 1, "axis": 0},
    **{key: {"axis": 1} for key in ("total", "mean", "amax", "amin", "share", "gap", "logsumexp", "softmax", "log_softmax")},
    "take": {"top": 1, "bottom": 2, "left": 0, "right": 2},
    "embed": {"rows": 3, "columns": 4, "top": 1, "left": 2},
    "broadcast": {"rows": 2, "columns": 2},
    "block": {"rows": 2, "columns": 1},
    "identity": {"n": 3},
}
"""Legal options, none at its default, for every row that has some."""
NOT_OF_SCALARS = {"var", "std", "diff", "glu", "batch_norm", "instance_norm", "cross"}
"""Rows that need more than one entry."""
OF_LINES = {"broadcast": c, "diag": c, "cross": vector("d", 3)}
"""What rows are applied to that don't take every matrix."""
NEED_OPTIONS = {
    *("softmax", "log_softmax", "softmin", "block", "broadcast", "embed", "normalize", "cosine_similarity", "nll_loss"),
    *("pairwise_distance", "triplet_margin_loss", "cosine_embedding_loss", "cross_entropy", "multilabel_soft_margin_loss"),
    *("cumsum", "cumprod", "logcumsumexp", "recurrence", "diff", "flip", "roll"),
}
"""Rows that need one option at least, an axis for instance."""


def loss_of(name):
    return eval(TABLE[name].example, dict(NAMES))


def generic(roads):
    """The points of an example that were asked for, by input: neither near kinks, nor far out."""
    return {key: values[~roads.points.special] for key, values in roads.points.values.items()}


@cache
def roads_of(name):
    loss = loss_of(name)
    exercise = Exercise(
        name=name, loss=loss, parameters=[s.name for s in symbols_of(loss)], points=POINTS, domain=DOMAINS.get(name, {})
    )
    return gather(Question(exercise, Settings()))


def in_balls(code, values, shapes):
    """Midpoints and radii (as floats) of a program's outputs at the precision that is set."""
    outputs = Balls().bind(code)(*(to_balls(a) for a in values))
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return [np.broadcast_to(np.asarray(o, dtype=object), (len(values[0]), *s)) for o, s in zip(outputs, shapes, strict=True)]


def operands_of(row, *candidates):
    return tuple(islice(cycle(candidates), 2 if row.operands is None else row.operands))


@pytest.mark.parametrize("name", sorted(set(EXACT) - set(ZERO)))
def test_an_example_agrees_with_pytorch_and_every_planted_error_is_caught(name):
    """The loss of a row's example agrees with PyTorch on both roads in float64, and no planted error passes."""
    result = check(roads_of(name).exercise)
    assert (result.verdict, result.reason, result.message) == ("pass", "agree", None)
    assert result.planted == result.caught > 0
    assert result.notes == ()


@pytest.mark.parametrize("name", sorted(INACCURATE))
def test_where_pytorch_is_inaccurate_symgrad_says_so(name):
    """PyTorch's own inaccuracies are reported, and they are as small as they are known to be."""
    reason, size = INACCURATE[name]
    result = check(roads_of(name).exercise)
    assert (result.verdict, result.reason) == ("fail", reason)
    assert result.planted == result.caught > 0
    for found, reference in zip(roads_of(name).said, roads_of(name).references, strict=True):
        np.testing.assert_allclose(found, reference.high, rtol=size)


@pytest.mark.parametrize("name", sorted(ZERO))
def test_an_internal_row_has_a_gradient_that_is_zero(name):
    """A row that is constant between its kinks has a gradient that is zero at every point; if everywhere, the tool says so."""
    result = check(roads_of(name).exercise)
    proved = name == "share"  # the example of gap stays on one side of a kink
    assert (result.verdict, result.reason) == (("pass", "agree") if proved else ("inconclusive", "vacuous"))
    assert [remark.code for remark in result.remarks] == ["zero_whatever"] * proved


def test_every_row_is_told_by_its_name():
    """The table is keyed by the rows' own names, and every head is read as a row of the table."""
    assert all(row.name == name for name, row in TABLE.items())
    assert all(TABLE[row.name] is row for row in BY_HEAD.values())
    assert all(row.summary and row.example for row in TABLE.values())


@pytest.mark.parametrize("name", ROWS)
def test_an_example_holds_its_row(name):
    """The graph of an example holds the row that it is an example of (a composition holds its parts)."""
    rows = {node.row.name for node in roads_of(name).exercise.graph.nodes}
    assert name in rows or isinstance(TABLE[name], Composition)


@pytest.mark.parametrize("name", ROWS)
def test_the_ball_encloses_the_float_up_to_its_radius(name):
    """Floats and the midpoints of `Rounding` lie within the radius of the ball, for the loss and every gradient."""
    roads = roads_of(name)
    values, shapes = list(roads.points.values.values()), roads.formula.shapes
    running = rounded(roads.formula.program, roads.points.values, shapes, PRECISIONS["float64"])
    with at_precision(400):
        balls = in_balls(roads.formula.program, values, shapes)
        for closed, (midpoint, radius), ball in zip(roads.closed_form, running, balls, strict=True):
            assert np.all(np.abs(closed - midpoint) <= radius)
            for index in np.ndindex(closed.shape):
                truth = ball[index] if isinstance(ball[index], arb) else arb(ball[index])
                assert truth.rad() < 1e-80 * max(1, abs(truth))
                assert abs(truth - float(closed[index])) <= float(radius[index])


@pytest.mark.parametrize("name", EXACT)
def test_pytorch_lies_within_the_radius_of_the_truth(name):
    """PyTorch's loss and gradients lie within four times the radius of the ball."""
    roads = roads_of(name)
    for found, reference, tolerance in zip(roads.said, roads.references, roads.tolerances, strict=True):
        assert np.all(np.abs((found - reference.high) - reference.low) <= tolerance.allowed)


@pytest.mark.parametrize("name", ROWS)
def test_a_rule_agrees_with_the_definition_of_the_derivative(name):
    """The gradient is ``(L(x+h) − L(x−h))/2h`` with h = 2⁻²⁰⁰ in balls of 1000 bits, where no derivative rule is used."""
    roads = roads_of(name)
    values = generic(roads)
    alone = program(roads.derivation, [roads.derivation.loss])
    with at_precision(1000):
        h = arb(2) ** -200
        exact = {key: to_balls(a) for key, a in values.items()}
        gradients = in_balls(roads.formula.program, list(values.values()), roads.formula.shapes)[1:]
        run = Balls().bind(alone)
        for parameter, gradient in zip(roads.exercise.parameter_names, gradients, strict=True):
            for i, j in np.ndindex(exact[parameter].shape[1:]):
                moved = []
                for sign in (1, -1):
                    shifted = exact[parameter].copy()
                    shifted[:, i, j] = shifted[:, i, j] + sign * h
                    moved.append(run(*(exact | {parameter: shifted}).values())[:, 0, 0])
                for k, slope in enumerate((moved[0] - moved[1]) / (2 * h)):
                    assert slope.rad() < 1e-100
                    assert abs(slope - gradient[k, i, j]) <= 2.0**-350


@pytest.mark.parametrize("name", ROWS)
def test_a_closed_form_reads_back(name):
    """The closed form of each gradient of an example, read as a loss, has the gradient's values."""
    roads = roads_of(name)
    values, special = generic(roads), roads.points.special
    for parameter, gradient in zip(roads.exercise.parameter_names, roads.closed_form[1:], strict=True):
        written = roads.derivation.closed_form(parameter)
        for i, j in np.ndindex(gradient.shape[1:]):
            entry = TABLE["take"](written, i, i + 1, j, j + 1) if is_matrix(written) else written
            again = differentiate(TABLE["total"](entry), [])
            with np.errstate(all="ignore"):
                found = Floats().bind(program(again, [again.loss]))(*(values[item.name] for item in again.inputs))
            np.testing.assert_allclose(
                np.broadcast_to(found, (POINTS, 1, 1))[:, 0, 0], gradient[~special, i, j], rtol=1e-9, atol=1e-12
            )


UNARY = [n for n, r in TABLE.items() if isinstance(r, Elementwise) and r.operands == 1 and n not in INACCURATE]
DOMAIN = {
    "x > 0": (2.0**-20, 30.0),
    "x > −1": (-0.999, 30.0),
    "|x| < 1": (-0.999, 0.999),
    "0 < x < 1": (2.0**-20, 0.999),
    "x > 1": (1.001, 30.0),
    "all reals": (-30.0, 30.0),
    "cos x ≠ 0": (-30.0, 30.0),
    "x ≠ 0": (-30.0, 30.0),
}


@pytest.mark.parametrize("name", UNARY)
def test_values_in_all_number_systems_agree_over_the_whole_domain(name):
    """Floats, the midpoint of `Rounding` and PyTorch lie within four radii of the ball, far out in the tails as well."""
    import torch

    from symgrad.frameworks.pytorch.tensors import Tensors

    row = TABLE[name]
    low, high = DOMAIN[row.domain]
    if name == "softplus":
        high = 19.0  # beyond its threshold of 20 PyTorch returns x, by design
    values = np.random.default_rng(7).uniform(low, high, (200, 1, 1))
    derivation = differentiate(row(x), [x])
    code = program(derivation, [derivation.loss])
    with np.errstate(all="ignore"):  # what overflows in a branch that isn't taken
        floats = Floats().bind(code)(values)
    tensors = Tensors(torch.float64).bind(code)(torch.tensor(values)).numpy()
    ((midpoint, radius),) = rounded(code, {"x": values}, [(1, 1)], PRECISIONS["float64"])
    with at_precision(300):
        balls = Balls().bind(code)(to_balls(values))
        if name in SCIPY_INACCURATE:
            assert np.all(np.abs(tensors - floats) <= SCIPY_INACCURATE[name] * np.abs(floats) + 2.0**-1021)
        for found in (tensors,) if name in SCIPY_INACCURATE else (floats, tensors, midpoint):
            error = np.frompyfunc(lambda ball, value: abs(float(ball - float(value))), 2, 1)(balls, found)
            assert np.all(error.astype(float) <= 4 * radius)


CONSTRUCTED = [n for n in ROWS if TABLE[n].operands != 0]


@pytest.mark.parametrize("name", [n for n in CONSTRUCTED if n not in NOT_OF_SCALARS])
def test_a_constructor_takes_scalars(name):
    """An operation of scalars is a scalar, or a matrix of one entry where the operation makes matrices."""
    row = TABLE[name]
    if name == "choose":
        made = row(x, x > y, y)
    elif name == "block":
        made = row(x, y, rows=2, columns=1)
    else:
        made = row(*operands_of(row, x, y))
    assert set(symbols_of(made)) <= {x, y}
    if isinstance(row, Elementwise):
        assert not is_matrix(made)


@pytest.mark.parametrize("name", [n for n in CONSTRUCTED if isinstance(TABLE[n], Elementwise) and n != "choose"])
def test_an_elementwise_constructor_takes_matrices(name):
    """An elementwise operation of matrices has their shape, and a scalar or a column stretches to it."""
    row = TABLE[name]
    assert shape_of(row(*operands_of(row, A, B))) == (2, 2)
    if row.operands != 1:
        assert shape_of(row(*operands_of(row, A, x))) == shape_of(row(*operands_of(row, c, A))) == (2, 2)
        with pytest.raises(ValueError, match="shapes 2×2 and 3×1 don't go together entry by entry"):
            row(*operands_of(row, A, vector("d", 3)))


@pytest.mark.parametrize("name", [n for n in CONSTRUCTED if not isinstance(TABLE[n], Elementwise) and n != "block"])
def test_a_structural_constructor_takes_matrices(name):
    """An operation on whole matrices takes matrices, and its result is in their symbols."""
    row = TABLE[name]
    options = WITH_OPTIONS.get(name, {})
    made = row(*operands_of(row, OF_LINES.get(name, A), OF_LINES.get(name, B)), **options)
    assert set(symbols_of(made)) <= {A, B, *OF_LINES.values()}
    assert symbols_of(made) != []


@pytest.mark.parametrize("name", [n for n, r in TABLE.items() if r.options])
def test_options_are_taken_by_keyword_and_by_position(name):
    """An option by position, in torch's order, is the option by keyword; left out, it is torch's default."""
    row, given = TABLE[name], WITH_OPTIONS[name]
    assert given.keys() == row.options.keys()
    assert given != row.options
    operands = (x, y) if row.operands is None else operands_of(row, OF_LINES.get(name, A))
    by_keyword = row(*operands, **given)
    if row.operands is not None:
        assert row(*operands, *given.values()) == by_keyword
        with pytest.raises(
            TypeError, match=rf"^{name} takes {len(operands)} operands?, found {len(operands) + len(given) + 1}$"
        ):
            row(*operands, *given.values(), 1)
    if name not in NEED_OPTIONS:
        assert row(*operands) == row(*operands, **row.options) != by_keyword


@pytest.mark.parametrize("name", ROWS)
def test_an_unknown_option_is_refused(name):
    """An option that an operation doesn't have is named, with those that it has."""
    row = TABLE[name]
    known = ", ".join(row.options) or "none"
    with pytest.raises(TypeError, match=rf"^{name} has no option 'colour'; it has {known}$"):
        row(*operands_of(row, x, y), colour=1)


@pytest.mark.parametrize("name", CONSTRUCTED)
def test_a_string_is_no_operand(name):
    """A string as an operand is refused: SymPy would execute it."""
    row = TABLE[name]
    with pytest.raises(TypeError, match=r"^an operand is an expression or a number, found the string '__import__\(\"os\"\)'$"):
        row(*operands_of(row, '__import__("os")', '__import__("os")'))


@pytest.mark.parametrize("name", [n for n, r in TABLE.items() if r.options and r.operands])
def test_a_string_is_no_option(name):
    """A string as an option is refused where it is written, not later."""
    row = TABLE[name]
    option = next(iter(row.options))
    with pytest.raises((TypeError, ValueError), match="'1'"):
        row(*operands_of(row, c, c), **{option: "1"})


@pytest.mark.parametrize("name", [n for n, r in TABLE.items() if r.operands])
def test_too_few_operands_are_refused(name):
    """An operation without its operands says how many it takes."""
    row = TABLE[name]
    written = f"{row.operands} operand{'s' * (row.operands != 1)}"
    with pytest.raises(TypeError, match=rf"^{name} takes {written}, found 0$"):
        row()
    if row.operands == 2:
        instead = f"; of the entries of a single one it's {row.of_one}" if row.of_one else ""
        with pytest.raises(TypeError, match=rf"^{name} takes 2 operands, found 1{instead}$"):
            row(x)


@pytest.mark.parametrize("name", [n for n, r in TABLE.items() if r.operands is None and n not in ("add", "multiply")])
def test_an_operation_of_any_number_needs_one(name):
    """A stack, a block or a choice of nothing is refused with the operation's name (a sum of nothing is 0)."""
    with pytest.raises((TypeError, ValueError), match=name):
        TABLE[name]()


@pytest.mark.parametrize(
    ("name", "option"),
    [("leaky_relu", "negative_slope"), ("softplus", "beta"), ("elu", "alpha"), ("huber", "delta"), ("hardtanh", "max_val")],
)
def test_an_option_is_no_expression(name, option):
    """A symbol as an option is refused, for the derivation wouldn't differentiate by it."""
    with pytest.raises((TypeError, ValueError, AuthorError), match=option):
        differentiate(TABLE[name](x, **{option: y}), [x, y])


@pytest.mark.parametrize("value", [0, 1, None, "True", x])
def test_a_truth_value_is_true_or_false(value):
    """An option that chooses between formulas is a truth value, and nothing that could be taken for one."""
    with pytest.raises(TypeError, match=rf"^kl_div's log_target is True or False, found {value!r}$"):
        TABLE["kl_div"](x, y, log_target=value)


def test_a_truth_value_may_be_numpys_or_sympys():
    """NumPy's and SymPy's truth values are Python's."""
    for value in (np.bool_(True), sympy.true):
        assert TABLE["kl_div"](x, y, log_target=value) == TABLE["kl_div"](x, y, log_target=True)


def test_a_truth_value_comes_back_from_a_closed_form():
    """A closed form has the options that the loss has, truth values and None included."""
    for loss in (TABLE["kl_div"](x, y, log_target=True), TABLE["binary_cross_entropy_with_logits"](x, y)):
        assert differentiate(loss, [x]).closed_form("loss") == loss


@pytest.mark.parametrize("value", [None, True, object(), "x"])
def test_what_is_no_number_is_no_operand(value):
    """None, a truth value and any other object are refused in the author's words."""
    with pytest.raises(TypeError, match="an operand is an expression or a number, found"):
        TABLE["sin"](value)


def test_numbers_and_nested_lists_are_operands():
    """Floats stand for the doubles that they are, a nested list for a matrix, a flat one for a column."""
    assert TABLE["sigmoid"](0.1).arguments == (sympy.Rational(3602879701896397, 36028797018963968),)
    assert shape_of(TABLE["add"](A, [[1, 2], [3, 4]])) == (2, 2)
    assert shape_of(TABLE["square"]([1, 2, 3])) == (3, 1)
    assert shape_of(TABLE["add"](A, sympy.Matrix([[1, 2], [3, 4]]))) == (2, 2)


def test_a_float_in_a_list_is_the_double_that_it_is():
    """A Python float within a nested list is taken exactly, as one that stands alone is."""
    derivation = differentiate(TABLE["total"](TABLE["hadamard"]([[0.1]], matrix("m", 1, 1))), ["m"])
    with at_precision(200):
        slope = Balls().bind(program(derivation, [derivation.gradients["m"]]))(to_balls(np.ones((1, 1, 1))))
        assert arb(np.broadcast_to(slope, (1, 1, 1))[0, 0, 0]) == arb(0.1)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: TABLE["total"](A, axis=2), "axis is 0, 1 or None, found 2"),
        (lambda: TABLE["total"](A, axis=-1), "axis is 0, 1 or None, found -1"),
        (lambda: TABLE["norm"](A, 0.5), "order is 1 or more, found 1/2"),
        (lambda: TABLE["softmax"](A), "axis may be left out for a row or a column, found 2×2; give axis=0 or axis=1"),
        (lambda: TABLE["log_softmax"](A), "axis may be left out for a row or a column, found 2×2; give axis=0 or axis=1"),
        (lambda: TABLE["trace"](c), "a square matrix is needed, found 2×1"),
        (lambda: TABLE["inverse"](c), "a square matrix is needed, found 2×1"),
        (lambda: TABLE["determinant"](c), "a square matrix is needed, found 2×1"),
        (lambda: TABLE["logdet"](c), "a square matrix is needed, found 2×1"),
        (lambda: TABLE["matmul"](c, c), "2×1 times 2×1 isn't a matrix product"),
        (lambda: TABLE["vstack"](A, c), "stacked matrices need the same number of columns, found 2×2, 2×1"),
        (lambda: TABLE["hstack"](A, c.T), "stacked matrices need the same number of rows, found 2×2, 1×2"),
        (lambda: TABLE["broadcast"](A, 3, 3), "2×2 doesn't broadcast to 3×3"),
        (lambda: TABLE["block"](x, y, rows=2, columns=2), "a block of 2×2 scalars is made of 4 scalars"),
        (lambda: TABLE["cumsum"](A), "axis may be left out for a row or a column, found 2×2; give axis=0 or axis=1"),
        (lambda: TABLE["nll_loss"](A, B), "axis may be left out for a row or a column, found 2×2; give axis=0 or axis=1"),
        (lambda: TABLE["normalize"](A), "axis may be left out for a row or a column, found 2×2; give axis=0 or axis=1"),
        (lambda: TABLE["prod"](A, axis=2), "axis is 0, 1 or None, found 2"),
        (lambda: TABLE["layer_norm"](A, axis=2), "axis is 0, 1 or None, found 2"),
        (lambda: TABLE["recurrence"](A, c, axis=0), "a recurrence needs factors and terms of one shape, found 2×2 and 2×1"),
        (lambda: TABLE["diff"](c.T, axis=0), "diff needs more than one row, found 1×2"),
        (lambda: TABLE["diff"](c, n=2), "diff needs more than one row, found 1×1"),
        (lambda: TABLE["diff"](c, n=-1), "n is a whole number from 0 on, found -1"),
        (lambda: TABLE["roll"](c, shifts=0.5), "shifts is a whole number, found 1/2"),
        (lambda: TABLE["tril"](A, diagonal=0.5), "diagonal is a whole number, found 1/2"),
        (lambda: TABLE["diag"](A), "axis may be left out for a row or a column, found 2×2; give axis=0 or axis=1"),
        (lambda: TABLE["cross"](A, B), "a cross product is of two columns or two rows of three, found 2×2 and 2×2"),
        (lambda: TABLE["glu"](c), "glu halves an even number of columns, found 1"),
        (lambda: TABLE["var"](x), "the variance of 1 entry with the correction 1 isn't defined"),
        (lambda: TABLE["std"](A, axis=1, correction=2), "the variance of 2 entries with the correction 2 isn't defined"),
        (lambda: TABLE["batch_norm"](c.T), "batch_norm needs more than one row, found 1×2"),
        (lambda: TABLE["instance_norm"](c), "instance_norm needs more than one column, found 2×1"),
        (lambda: TABLE["group_norm"](A, groups=3), "2 columns can't be divided into 3 groups"),
        (lambda: TABLE["cross_entropy"](c, c, label_smoothing=2), "label_smoothing lies between 0 and 1, found 2"),
    ],
)
def test_a_wrong_shape_is_refused_in_words(made, message):
    """A matrix of the wrong shape is refused where it is written, with both shapes."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        made()


@pytest.mark.parametrize(
    "made",
    [
        lambda: TABLE["take"](A, 0, 5, 0, 1),
        lambda: TABLE["take"](A, 1, 1, 0, 1),
        lambda: TABLE["embed"](A, rows=1, columns=1),
        lambda: TABLE["embed"](c, rows=2, columns=2, top=1, left=0),
    ],
)
def test_a_part_outside_of_its_matrix_is_refused(made):
    """A part of a matrix that reaches beyond it, or is empty, is refused where it is written."""
    with pytest.raises(ValueError, match="2×"):
        made()


def test_kinks_name_their_convention():
    """A row that isn't differentiable somewhere says what PyTorch takes for the derivative there."""
    for row in TABLE.values():
        if isinstance(row, (Elementwise, Structural)):
            has_kinks = row.kinks.__defaults__ is not None or row.kinks is not type(row).__dataclass_fields__["kinks"].default
            assert has_kinks == bool(row.convention), row.name


@pytest.mark.parametrize(("name", "row"), [(n, r) for n, r in TABLE.items() if r.of_one])
def test_what_it_is_of_one_operand_takes_one(name, row):
    """The operation that stands for another one of a single operand is one of all entries."""
    assert row.operands == 2
    assert TABLE[row.of_one].operands == 1
    assert shape_of(TABLE[row.of_one](A)) == (1, 1)
