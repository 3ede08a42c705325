"""Points beside the generic ones: where they lie, what is dropped, kinks of programs, and the last resort."""

from collections import Counter

import numpy as np
import pytest
import sympy
import torch

from symgrad import (
    Exercise,
    check,
    log,
    matrix,
    maximum,
    norm,
    relu,
    render,
    scalar,
    softplus,
    sqrt,
    square,
    tanh,
    to_dict,
    total,
)
from symgrad.checking.check import judged
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.results import Report
from symgrad.checking.results.settings import Settings

x, y = scalar("x"), scalar("y")
s, n = scalar("s", positive=True), sympy.Symbol("n", negative=True)
A, B = matrix("A", 3, 4), matrix("B", 3, 4)


def points(exercise, **settings):
    """Values by symbol and stratum."""
    found = gather(Question(exercise, Settings(**settings))).points
    strata = np.array(found.strata)
    return lambda name, stratum: found.values[name][strata == stratum]


def asked(loss, *parameters, **options):
    return Exercise(name="asked", loss=loss, parameters=parameters, **options)


def two_relus(x):
    return torch.relu(x) - torch.relu(-x)


def test_near_edges_lie_at_every_distance_from_zero():
    """Distances to 0 are of every decade from 1e-2 to 1e-8 of the scale, on either side."""
    near = np.abs(points(asked(softplus(x), x, points=64))("x", "near_edge").ravel())
    decades = Counter(np.floor(np.log10(near / 2)).astype(int))
    assert set(range(-8, -2)) <= set(decades)
    signed = points(asked(softplus(x), x, points=64))("x", "near_edge").ravel()
    assert (signed > 0).any()
    assert (signed < 0).any()


@pytest.mark.parametrize("threshold", [0.7, -1.3, 6.0])
def test_near_edges_lie_beside_thresholds(threshold):
    """Where a condition of the loss changes, points lie within a thousandth on either side, though never upon it."""
    found = points(asked(relu(x - threshold) ** 2 + x, x, points=32))("x", "near_edge").ravel()
    beside = found[np.abs(found - threshold) < 1e-3 * 32] - threshold
    assert (beside > 0).any()
    assert (beside < 0).any()
    assert np.abs(beside).min() < 1e-5


def test_exact_zeros_and_ties_are_exact():
    """An exact zero has an entry 0, a tie two equal ones, of one symbol or of two of the same shape."""
    found = points(asked(total(square(A - B)), A, B))
    assert all(
        (a == 0).any() or (b == 0).any() for a, b in zip(found("A", "exact_zero"), found("B", "exact_zero"), strict=True)
    )
    for a, b in zip(found("A", "tie"), found("B", "tie"), strict=True):
        assert len(np.unique(a)) < a.size or len(np.unique(b)) < b.size or (a == b).any()


@pytest.mark.parametrize("domain", [(0.25, 0.75), (0, 1), (-1, 0), (-3.0, 0.1), (1e5, 1e5 + 1)])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_a_domain_is_respected_by_every_point(domain, dtype):
    """Whatever the stratum and the format, no value lies outside of its domain; its ends are looked at."""
    exercise = asked(square(x - y), x, y, domain={"x": domain, "y": domain}, points=64)
    if dtype != "float64" and domain[0] == 1e5:
        return
    found = gather(Question(exercise, Settings(dtype=dtype))).points
    assert all(((a >= domain[0]) & (a <= domain[1])).all() for a in found.values.values())
    assert "far" not in found.strata
    assert ("exact_zero" in found.strata) == (domain[0] <= 0 <= domain[1])
    ends = points(exercise, dtype=dtype)
    assert np.isin([*ends("x", "end"), *ends("y", "end")], domain).any()


def test_a_domain_below_the_smallest_normal_number_is_respected():
    """Points near 0 are no subnormal numbers, but where a domain has no others."""
    found = gather(Question(asked(square(x) + x, x, domain={"x": (1e-6, 1.2e-5)}), Settings(dtype="float16"))).points
    assert ((found.values["x"] >= 1e-6) & (found.values["x"] <= 1.2e-5)).all()


def test_signs_that_are_assumed_hold_everywhere():
    """A positive symbol is above 0 at every point, a negative one below, however near to 0 or far out."""
    found = gather(Question(asked(log(s) * sqrt(-n) + s * n, s, n, points=64), Settings())).points
    assert (found.values["s"] > 0).all()
    assert (found.values["n"] < 0).all()
    assert found.values["s"].min() < 1e-4
    assert found.values["n"].min() < -15


def test_points_are_the_same_whatever_else_is_asked():
    """Points hang on seed, name and format alone: another program, another way and PyTorch's answers change nothing."""
    exercises = [asked(total(square(A)) * y, A, y, torch_loss=f) for f in (None, lambda A, y: (A * A).sum() * y)]
    found = [gather(Question(e, Settings(via=via))).points.values for e in exercises for via in ("backward", "grad")]
    assert all(np.array_equal(found[0][name], each[name]) for each in found for name in "Ay")


def test_no_special_point_is_worse_conditioned_than_the_generic_ones():
    """A right program isn't called ill-conditioned for points that nobody asked for."""
    assert check(asked(total(square(norm(A) - 1)), A)).reason == "agree"


@pytest.mark.parametrize("options", [{"points": 0, "at": [{"x": 1}]}, {"points": 3}])
def test_few_points_have_none_beside_them(options):
    """Where no points are to be sampled, or three at most, none are sampled beside them."""
    assert set(check(asked(softplus(x), x, **options)).strata) <= {"given", "generic"}


def test_a_tolerance_given_by_hand_is_for_ordinary_points():
    """A program that is right up to 1e-3 is judged where its author thought of it."""
    result = check(asked(softplus(x), x, torch_loss=lambda x: torch.nn.functional.softplus(x)), rtol=1e-3)
    assert set(result.strata) == {"generic", "short"}


@pytest.mark.parametrize("seed", range(8))
def test_a_kink_of_the_program_is_named_and_is_no_failure(seed):
    """relu(x) − relu(−x) is x: right but at 0, where PyTorch takes 0 for both slopes; whatever the seed, that is said."""
    result = check(asked(x, x, torch_loss=two_relus), seed=seed)
    assert (result.verdict, result.reason) == ("pass", "kink")
    assert result.notes == (
        "the program has a kink at x = 0 that the formula hasn't: for dL/dx PyTorch takes 0 there, the slope is 1",
    )


def test_a_kink_of_the_program_at_a_given_point_fails_by_its_name():
    """Where the author asks about the point, the value is wrong, and why is said."""
    result = check(asked(x, x, at=[{"x": 0}], torch_loss=two_relus))
    assert (result.verdict, result.reason) == ("fail", "autograd_wrong")
    assert result.message == (
        "dL/dx: autograd is wrong (the program has a kink at x = 0 that the formula hasn't: for dL/dx PyTorch takes 0 there,"
        " the slope is 1)"
    )


def test_a_program_that_is_wrong_around_has_no_kink():
    """What is wrong at 0 and beside it as well is wrong."""

    class Flat(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            context.save_for_backward(x)
            return x.clone()

        @staticmethod
        def backward(context, adjoint):
            (x,) = context.saved_tensors
            return adjoint * (x.abs() > 1e-3)

    assert check(asked(x, x, torch_loss=lambda x: Flat.apply(x))).reason == "autograd_wrong"


def test_a_nan_where_the_formula_is_smooth_is_a_failure():
    """sinc has a value at 0; sin(x)/x is nan there, and that is no kink."""
    result = check(asked(x**2, x, torch_loss=lambda x: x**3 / x))
    assert (result.verdict, result.reason) == ("fail", "losses_differ")


def test_a_nan_at_a_sampled_kink_is_dropped():
    """|x| has no slope at 0: a root of a square that is nan there isn't called wrong, unless somebody asks about 0."""
    root = lambda x: torch.sqrt(x * x)  # noqa: E731
    assert check(asked(abs(x), x, torch_loss=root)).reason == "agree"
    assert check(asked(abs(x), x, torch_loss=root, at=[{"x": 0}])).verdict == "fail"


def test_a_sampled_subgradient_agrees():
    """An exact zero on the kink of relu is judged by its subdifferential, and doesn't speak for the exercise."""
    evidence = gather(Question(asked(relu(x) * y, x, y), Settings()))
    assert [evidence.points.strata[k] for k in evidence.kinks] == ["exact_zero", "exact_zero"]
    result = judged(evidence)
    assert (result.reason, result.notes) == ("agree", ())


def test_a_loss_with_kinks_everywhere_is_looked_at_as_a_last_resort():
    """Two equal operands of a maximum tie wherever one looks; that is said, and the gradient is judged."""
    tied = maximum(x * (y + 1), x * y + x)
    right, wrong = (asked(tied, x, y, torch_loss=f) for f in (lambda x, y: x * y + x, lambda x, y: x * y + 2 * x.detach() - x))
    result = check(right)
    assert (result.verdict, result.strata) == ("pass", {"on_a_kink": 4})
    assert result.notes == (
        "the loss lies on a kink of maximum wherever it was looked at: 4 points there, as a last resort; give points in at, or"
        " a domain, where it doesn't",
    )
    assert check(wrong).verdict == "fail"


def test_the_kinds_of_points_are_in_the_report():
    """A line of the report counts the points by kind, JSON says so of each exercise."""
    result = check(asked(softplus(x), x))
    report = Report((result,), result.settings)
    assert "points: 12 generic, 4 short, 12 near edges, 1 exact zero, 6 far out" in render(report, "table").splitlines()
    (exercise,) = to_dict(report)["exercises"]
    assert exercise["strata"] == {"generic": 12, "short": 4, "near_edge": 12, "exact_zero": 1, "far": 6}


def test_a_program_that_loses_digits_is_told_so():
    """log(1 + exp(x)) keeps two digits less at −5, and three at all at −26: a note, and no failure."""
    result = check(asked(softplus(x), x, torch_loss=lambda x: torch.log(1 + torch.exp(x))))
    assert result.passed
    (note,) = result.notes
    assert note.startswith("loss: the program loses digits that the formula keeps, up to ")
    assert note.endswith(" of the largest entry of a point; what it is off by changes from input to input, as rounding does")


def test_a_program_that_refuses_special_points_is_looked_at_without_them():
    """What a program raises far out, where nobody asked for it, is a note; with a domain nothing is left out."""

    def guarded(x):
        assert abs(x) <= 2, "made for |x| <= 2"
        return torch.tanh(x)

    result = check(asked(tanh(x), x, torch_loss=guarded))
    assert (result.verdict, set(result.strata)) == ("pass", {"generic", "short"})
    assert result.notes[0].startswith("the program doesn't run at special points, so none were looked at; a domain says where")
    assert "made for |x| <= 2" in result.notes[0]
    within = check(asked(tanh(x), x, torch_loss=guarded, domain={"x": (-2, 2)}))
    assert (within.notes, "near_edge" in within.strata) == ((), True)


def test_a_program_that_runs_nowhere_could_not_run():
    """Leaving special points out is no excuse for a program that raises everywhere."""

    def broken(x):
        raise RuntimeError("broken")

    assert check(asked(tanh(x), x, torch_loss=broken)).reason == "could_not_run"


def test_a_program_that_does_not_run_beside_a_point_is_judged_at_it():
    """A wrong slope at the end of where a program runs stays wrong, though it can't be asked beside it."""

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            return x.clone()

        @staticmethod
        def backward(context, adjoint):
            return 3 * adjoint

    def at_zero_alone(x):
        assert x == 0
        return Wrong.apply(x)

    assert check(asked(x, x, at=[{"x": 0}], points=0, torch_loss=at_zero_alone)).reason == "autograd_wrong"
