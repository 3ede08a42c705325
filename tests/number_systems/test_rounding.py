"""The radius of the running error analysis: it holds what PyTorch does in every format, and no more than it has to."""

import numpy as np
import pytest
import torch

from symgrad import Exercise, matrix, scalar, step, vector
from symgrad.basics.float_formats import PRECISIONS, precision
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings
from symgrad.frameworks.pytorch.authors_code import DTYPES
from symgrad.number_systems.rounded_arrays import Condition
from symgrad.number_systems.rounding import Rounding, rounded
from symgrad.operations.table import TABLE
from symgrad.truth.reference import SAFETY

sigmoid, square, total, hadamard, tanh = (TABLE[n] for n in ("sigmoid", "square", "total", "hadamard", "tanh"))
mean, norm, exp, log, sqrt = (TABLE[n] for n in ("mean", "norm", "exp", "log", "sqrt"))
W, r, x, t = matrix("W", 3, 4), matrix("r", 8, 8), vector("x", 4), vector("t", 3)
a, b, c = scalar("a"), scalar("b"), scalar("c")
z = step("z", W * x)


def naive_sum(values):
    """A sum from the last entry to the first, one addition at a time in the format."""
    result = torch.zeros((), dtype=values.dtype)
    for value in values.flatten().flip(0):
        result = result + value
    return result


def cross_entropy(W, x, t):
    return -(t * torch.log_softmax(W @ x, 0)).sum()


FORMULAS = {
    "squares": (
        total(square(r)),
        "r",
        [lambda r: (r**2).sum(), lambda r: torch.linalg.vector_norm(r) ** 2, lambda r: naive_sum(r * r)],
    ),
    "norm": (norm(r), "r", [torch.linalg.vector_norm, lambda r: torch.sqrt(naive_sum(r**2))]),
    "mean": (mean(square(tanh(r))), "r", [lambda r: (r.tanh() ** 2).mean(), lambda r: naive_sum(r.tanh() ** 2 / 64)]),
    "network": (
        total(square(sigmoid(z) - t)) / 2,
        "Wxt",
        [
            lambda W, x, t: ((torch.sigmoid(W @ x) - t) ** 2).sum() / 2,
            lambda W, x, t: torch.nn.functional.mse_loss(torch.sigmoid(W @ x), t, reduction="sum") / 2,
            lambda W, x, t: 0.5 * naive_sum((torch.sigmoid((W * x.T).flip(1).sum(1, keepdim=True)) - t) ** 2),
        ],
    ),
    "cross entropy": (
        -total(hadamard(t, TABLE["log_softmax"](z))),
        "Wxt",
        [
            cross_entropy,
            lambda W, x, t: (t * (torch.logsumexp(W @ x, 0, keepdim=True) - W @ x)).sum(),
            lambda W, x, t: -naive_sum(t * torch.log_softmax(W @ x, 0)),
        ],
    ),
    "gaussian": (
        exp(-((a - b) ** 2) / 2) / sqrt(1 + c**2),
        "abc",
        [
            lambda a, b, c: torch.exp(-((a - b) ** 2) / 2) / torch.sqrt(1 + c**2),
            lambda a, b, c: torch.exp(-0.5 * (a - b) * (a - b)) * (1 + c * c) ** -0.5,
        ],
    ),
    "polynomial": (
        a**3 - 2 * a**2 * b + c,
        "abc",
        [
            lambda a, b, c: a**3 - 2 * a**2 * b + c,
            lambda a, b, c: a * a * (a - 2 * b) + c,
            lambda a, b, c: c + a**3 - a * a * b * 2,
        ],
    ),
    "binary cross entropy": (
        log(1 + exp(a * b)) - c * a * b,
        "abc",
        [
            lambda a, b, c: torch.log(1 + torch.exp(a * b)) - c * a * b,
            lambda a, b, c: torch.log(1 + torch.exp(a * b)) - c * (a * b),
        ],
    ),
}
CASES = [(name, k) for name, (_, _, programs) in FORMULAS.items() for k in range(len(programs))]


def roads_of(name, k, dtype, points=8):
    loss, names, programs = FORMULAS[name]
    function = eval(f"lambda {', '.join(names)}: function({', '.join(names)})", {"function": programs[k]})
    exercise = Exercise(name=name.replace(" ", "_"), loss=loss, parameters=list(names), torch_loss=function)
    return gather(Question(exercise, Settings(dtype=dtype, points=points, seed=5)))


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("name", "k"), CASES)
def test_what_pytorch_computes_lies_within_four_radii_of_the_truth(name, k, dtype):
    """Loss and gradients of a formula, however it is programmed, lie within what rounding explains in every format.

    At special points another program may underflow where the formula doesn't, which its own noise explains.
    """
    roads = roads_of(name, k, dtype)
    ordinary = ~roads.points.special
    assert sum(stratum in ("generic", "short") for stratum in roads.points.strata) == 8
    for found, reference, tolerance in zip(roads.said, roads.references, roads.tolerances, strict=True):
        assert np.all(reference.certified)
        assert np.all((np.abs((found - reference.high) - reference.low) <= tolerance.allowed)[ordinary])


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", FORMULAS)
def test_a_radius_is_no_absurd_one(name, dtype):
    """The radius of an output is below a few hundred roundings of its largest entry over the points."""
    roads = roads_of(name, 0, dtype)
    unit = precision(dtype).unit_roundoff
    for reference, tolerance in zip(roads.references, roads.tolerances, strict=True):
        size = np.abs(reference.high).max()
        assert np.all(tolerance.allowed / SAFETY <= 400 * unit * size)
        assert np.all(tolerance.allowed > 0) or np.ptp(reference.high) == 0  # the slope of + c is 1, without rounding


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_an_error_of_a_hundred_roundings_is_seen(dtype):
    """A sum that PyTorch gets wrong by a relative error of 200 u isn't within what rounding explains."""
    roads = roads_of("squares", 0, dtype)
    unit = precision(dtype).unit_roundoff
    reference, tolerance = roads.references[1], roads.tolerances[1]
    assert np.all(np.abs(reference.high * 200 * unit)[reference.high != 0] > tolerance.allowed[reference.high != 0])


@pytest.fixture(params=list(PRECISIONS))
def system(request):
    return Rounding(precision(request.param))


def array(*values):
    return np.array(values, dtype=float).reshape(-1, 1, 1)


def test_every_operation_is_charged_a_rounding_even_where_it_is_exact(system):
    """1 + 1 is exact, another program's sum may not be: the radius is one rounding of 2."""
    u = system.precision.unit_roundoff
    one = system.exact(array(1))
    assert one.radius is None
    for made, value in ((one + one, 2), (one - 2, 1), (one * one, 1), (one / one, 1), (one**2, 1)):
        assert abs(float(made.value[0, 0, 0])) == value
        assert value * u <= float(made.radius[0, 0, 0]) <= 1.01 * value * u + 2 * system.precision.smallest_normal


def test_radii_add_up(system):
    """The radius of a sum is at least the sum of the radii, that of a product the product rule's."""
    u = system.precision.unit_roundoff
    p, q = system.exact(array(3)) * 1, system.exact(array(5)) * 1
    assert float((p + q).radius[0, 0, 0]) >= 3 * u + 5 * u + 8 * u
    assert float((p * q).radius[0, 0, 0]) >= 3 * 5 * u + 5 * 3 * u + 15 * u
    assert float((p - q).radius[0, 0, 0]) >= 3 * u + 5 * u + 2 * u


def test_cancellation_keeps_the_radius_of_the_terms(system):
    """A difference of equal values is 0 with the radius that they bring along."""
    p = system.exact(array(1)) / 3
    difference = p - p
    assert float(difference.value[0, 0, 0]) == 0
    assert float(difference.radius[0, 0, 0]) >= 2 * system.precision.unit_roundoff / 3


def test_a_number_that_the_format_does_not_hold_is_off_by_its_rounding(system):
    """1/2 is exact in every format; 1/3 is off by a rounding; 257 is exact but in bfloat16."""
    u = system.precision.unit_roundoff
    assert system.number(1, 2).radius is None
    assert float(system.number(1, 3).radius[0, 0]) == u / 3
    assert (system.number(257, 1).radius is None) == (system.precision.digits >= 9)
    assert float(system.pi().radius[0, 0]) == np.pi * u


def test_overflow_has_an_infinite_radius(system):
    """What exceeds the largest number of the format may be anything."""
    large = system.exact(array(system.precision.largest))
    with np.errstate(all="ignore"):
        for made in (
            large * large,
            large + large,
            large**2,
            large / system.exact(array(2.0**-20)),
            system.exp(system.exact(array(800.0))),
        ):
            assert np.isinf(made.radius).all()
    assert np.isfinite((large * 1).radius).all()


def test_a_divisor_that_may_be_zero_has_an_infinite_radius(system):
    """A quotient by a value whose radius reaches 0 may be anything; away from 0 it may not."""
    near = system.exact(array(1)) / 3 - system.exact(array(1)) / 3
    with np.errstate(all="ignore"):
        assert np.isinf((1 / near).radius).all()
        assert np.isinf(system.log(near).radius).all()
    assert np.isfinite((1 / (near + 1)).radius).all()


def test_comparisons_are_three_valued(system):
    """A comparison holds, doesn't hold, or may hold, where the radii overlap."""
    third = system.exact(array(1)) / 3
    one = system.exact(array(1))

    def said(condition):
        assert isinstance(condition, Condition)
        return bool(np.all(condition.certain)), bool(np.all(condition.possible))

    assert said(system.less(third, one)) == (True, True)
    assert said(system.less(one, third)) == (False, False)
    assert said(system.less(third, third)) == (False, True)
    assert said(system.less_equal(third, third)) == (False, True)
    assert said(system.less(one, one)) == (False, False)
    assert said(system.less_equal(one, one)) == (True, True)
    assert said(system.equal(one, one)) == (True, True)
    assert said(system.equal(third, third)) == (False, True)
    assert said(system.equal(one, third)) == (False, False)
    assert said(system.negation(system.less(third, third))) == (False, True)
    assert said(system.both(system.less(third, one), system.less(third, third))) == (False, True)
    assert said(system.both(system.less(one, third), system.less(third, third))) == (False, False)
    assert said(system.either(system.less(third, one), system.less(third, third))) == (True, True)
    assert said(system.either(system.less(one, third), system.less(third, third))) == (False, True)


def test_a_choice_that_rounding_may_turn_reaches_to_the_other_branch(system):
    """Where a condition is undecided, the radius covers both branches; where it is decided, only the one."""
    third = system.exact(array(1)) / 3
    undecided, decided = system.less(third, third), system.less(third, 1)
    made = system.choose(system.exact(array(2)), undecided, system.exact(array(7)))
    value, radius = float(made.value[0, 0, 0]), float(made.radius[0, 0, 0])
    assert value - radius <= 2
    assert value + radius >= 7
    chosen = system.choose(system.exact(array(2)), decided, system.exact(array(7)))
    assert (float(chosen.value[0, 0, 0]), float(chosen.radius[0, 0, 0])) == (2, 0)


def test_a_tie_of_rounded_entries_is_contested(system):
    """The share of entries that rounding can't tell apart is off by up to 1; an exact tie is shared."""
    exact = system.exact(np.array([[[1.0, 1.0, 0.0]]]))
    assert system.share(exact, None).value.tolist() == [[[0.5, 0.5, 0.0]]]
    assert not np.any(system.share(exact, None).radius)
    near = exact / 3
    assert system.share(near, None).radius.tolist() == [[[1.0, 1.0, 0.0]]]


@pytest.mark.parametrize("n", [2, 5, 20])
def test_an_inverse_is_as_good_as_elimination(n):
    """PyTorch's inverse and determinant of random matrices lie within four radii of each other's truth, in two formats."""
    generator = np.random.default_rng(n)
    for dtype in ("float64", "float32"):
        system = Rounding(precision(dtype))
        values = system.precision.round(generator.uniform(-1, 1, (20, n, n)))
        tensors = torch.tensor(values, dtype=DTYPES[dtype])
        for found, made in (
            (torch.linalg.inv(tensors), "inverse"),
            (torch.linalg.det(tensors)[..., None, None], "determinant"),
        ):
            result = system.function(made)(system.exact(values))
            assert np.all(np.abs(found.double().numpy() - result.value) <= SAFETY * result.radius)


def test_a_singular_matrix_has_no_bound():
    """The inverse of a singular matrix may be anything."""
    system = Rounding(precision("float64"))
    with np.errstate(all="ignore"):
        assert np.isinf(system.inverse(system.exact(np.ones((1, 2, 2)))).radius).all()


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "exp", "softplus", "gelu", "silu", "logsigmoid", "erf", "sin", "expm1", "mish"]
)
def test_the_tails_of_activations_lie_within_four_radii(name, dtype):
    """Far out, where derivatives cancel or underflow, PyTorch's values and slopes lie within what rounding explains."""
    u = scalar("u")
    exercise = Exercise(name=name, loss=TABLE[name](u), parameters=[u], domain={"u": (-10, 10)})
    roads = gather(Question(exercise, Settings(dtype=dtype, points=64, seed=3)))
    away = np.abs(roads.points.values["u"]) > 1e-3  # PyTorch's erf in bfloat16 has an error of 1e-7, absolute
    for found, reference, tolerance in zip(roads.said, roads.references, roads.tolerances, strict=True):
        assert np.all((np.abs((found - reference.high) - reference.low) <= tolerance.allowed)[away])


@pytest.mark.parametrize("name", ["sigmoid", "rsqrt", "exp", "tanh", "erf", "log1p", "sin"])
@pytest.mark.parametrize("dtype", PRECISIONS)
def test_a_kernel_of_a_short_format_rounds_once(name, dtype):
    """It computes in float32: of an operand without error PyTorch's value is within one rounding, and so is the radius."""
    format_, row = precision(dtype), TABLE[name]
    values = np.asarray(format_.round(np.linspace(0.5, 6.0, 400)))[:, None, None]
    found = Rounding(format_).elementwise(row)(Rounding(format_).exact(values))
    roundings = (found.radius - format_.flushed) / (format_.unit_roundoff * np.abs(found.value))
    assert np.max(roundings) <= (1.01 if dtype in ("bfloat16", "float16") else row.ulps + 0.01)
    said = getattr(torch, name)(torch.from_numpy(values).to(DTYPES[dtype])).double().numpy()
    assert np.all(np.abs(said - found.value) <= 1.01 * found.radius)


def test_the_radius_of_a_program_has_the_shape_of_its_output():
    """Values and radii of a program come out with one entry a point and entry, constants included."""
    roads = roads_of("polynomial", 0, "float64")
    for (value, radius), shape in zip(
        rounded(roads.formula.program, roads.points.values, roads.formula.shapes, precision("float64")),
        roads.formula.shapes,
        strict=True,
    ):
        assert value.shape == radius.shape == (len(roads.points), *shape)
