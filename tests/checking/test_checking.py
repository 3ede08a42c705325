"""The pipeline: verdicts, certificates, controls, notes."""

import numpy as np
import pytest
import sympy
import torch

import symgrad.checking.judging.comparison
import symgrad.checking.judging.planted_errors
from symgrad import Exercise, check, exp, log, matrix, relu, scalar, sigmoid, square, step, tanh, total, vector
from symgrad.basics.float_formats import PRECISIONS
from symgrad.checking.check import judged
from symgrad.checking.evidence.chosen_points import chosen
from symgrad.checking.evidence.evidence import gather, gathered
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.checking.judging.comparison import Outcome, compare
from symgrad.checking.judging.planted_errors import catches, plants
from symgrad.checking.results.results import Report, most_severe
from symgrad.checking.results.settings import Settings
from symgrad.truth.reference import Reference, Tolerance

x, y = scalar("x"), scalar("y")
W, v = matrix("W", 300, 300), vector("v", 300)


def parabola(**fields):
    return Exercise(name="parabola", loss=square(x - y), parameters=[x], **fields)


def large(program=None):
    """90,000 weights: more entries at one point than are certified."""
    return Exercise(
        name="large",
        loss=total(square(W * v)) / 2,
        parameters=[W],
        points=6,
        domain={"W": (-0.5, 0.5)},
        torch_loss=program,
    )


def test_a_right_gradient_agrees():
    """Everything agrees, everything is certified, nothing is left to say."""
    result = check(parabola(at=[{"x": 3, "y": 1}]))
    (row,) = result.gradients
    assert (result.verdict, result.reason, result.message, result.notes) == ("pass", "agree", None, ())
    assert (row.points, row.certified, row.counts) == (40, 40, {"agree": 40})
    assert result.strata == {"given": 1, "generic": 12, "short": 4, "near_edge": 12, "exact_zero": 3, "tie": 2, "far": 6}
    assert row.closed_form == "2 (x − y)"


def test_a_wrong_gradient_names_the_parameter_and_the_factor():
    """A factor is recognised and said."""
    result = check(parabola(torch_loss=lambda x, y: (x - y) ** 2 + (x.detach() - x) * (x - y).detach()))
    assert result.reason == "autograd_wrong"
    assert result.message == "dL/dx: autograd is wrong (autograd is 1/2 times the gradient)"


@pytest.mark.parametrize(
    ("spoil", "hint"),
    [
        (lambda g: -g, "autograd has the wrong sign"),
        (lambda g: 3 * g, "autograd is 3 times the gradient"),
        (lambda g: 0 * g, "autograd is zero everywhere: is the path to this parameter detached?"),
        (lambda g: g.T, "autograd is the transpose of the gradient"),
        (lambda g: g * (1 + 1e-9), "autograd is inaccurate: 1e-09 relative, more than rounding explains"),
        (lambda g: g + torch.tensor([[0, 1], [0, 0]]), "38 of 152 entries are wrong, the first at [0, 1]"),
        (
            lambda g: g / 0,
            "autograd is not finite where the gradient is; SpoiledBackward makes the first infinity out of finite numbers; "
            "the format's largest is 1.7977e+308",
        ),
    ],
)
def test_what_an_error_looks_like_is_said(spoil, hint):
    """Each kind of error gets its sentence."""

    class Spoiled(torch.autograd.Function):
        @staticmethod
        def forward(context, a):
            return a.clone()

        @staticmethod
        def backward(context, adjoint):
            return spoil(adjoint)

    A = matrix("A", 2, 2)
    exercise = Exercise(
        name="spoiled",
        loss=total(exp(A)),
        parameters=[A],
        torch_loss=lambda A: torch.exp(Spoiled.apply(A)).sum(),
    )
    assert check(exercise).message == f"dL/dA: autograd is wrong ({hint})"


@pytest.mark.parametrize(
    ("spoil", "hint"),
    [
        (lambda g, z, x: g / x, "the factor x is missing"),
        (lambda g, z, x: g / (2 * z), "the factor 2 z is missing"),
        (lambda g, z, x: -3 * g * z, "there is a factor −3 z too many"),
        (lambda g, z, x: g * torch.exp(z), ""),
    ],
)
def test_a_factor_that_was_forgotten_is_named(spoil, hint):
    """A factor that is an input or a step at every point is called by its name; another one isn't guessed at."""

    class Spoiled(torch.autograd.Function):
        @staticmethod
        def forward(context, w, z, x):
            context.save_for_backward(z, x)
            return w.clone()

        @staticmethod
        def backward(context, adjoint):
            return spoil(adjoint, *context.saved_tensors), None, None

    w = scalar("w")
    exercise = Exercise(
        name="spoiled",
        loss=square(tanh(step("z", w * x))),
        parameters=[w],
        domain={"w": (0.5, 2), "x": (0.5, 2)},
        torch_loss=lambda w, x: torch.tanh(Spoiled.apply(w, (w * x).detach(), x) * x) ** 2,
    )
    assert check(exercise).message == "dL/dw: autograd is wrong" + (f" ({hint})" if hint else "")


def test_different_losses_are_a_message_of_their_own():
    """Where the losses differ, that is said, and not that a gradient is wrong."""
    result = check(parabola(at=[{"x": 3, "y": 1}], points=0, torch_loss=lambda x, y: (x - y) ** 2 + x))
    assert (result.reason, [row.reason for row in result.gradients]) == ("losses_differ", ["losses_differ"])
    assert result.message == (
        "the losses differ: PyTorch has 7, the SymPy loss is 4, 3 apart at x = 3, y = 1: these are two different functions"
    )


def test_a_saturated_gradient_is_blind_not_agreeing():
    """σ′(100) is 3.7e-44 and comes out as 0: within rounding, so that nothing was tested, which is said."""
    result = check(Exercise(name="saturated", loss=sigmoid(x), parameters=[x], at=[{"x": 100}], points=0))
    assert (result.verdict, result.reason) == ("inconclusive", "blind")
    assert result.gradients[0].worst.autograd == 0
    assert result.gradients[0].worst.reference.startswith("3.72007597602083596")


def test_where_the_closed_form_overflows_the_ball_speaks():
    """exp(800) overflows in float64; PyTorch's logaddexp doesn't, and is right: the report says who was asked."""
    loss = log(exp(800 * y) + exp(x))
    exercise = Exercise(
        name="overflow",
        loss=loss,
        parameters=[x, y],
        at=[{"x": 1, "y": 1}],
        points=0,
        torch_loss=lambda x, y: torch.logaddexp(800 * y, x),
    )
    result = check(exercise)
    assert "the closed form of dL/dy in float64 is off at 1 of 1 entries; the certified value speaks" in result.notes
    assert [row.reason for row in result.gradients] == ["blind", "agree"]
    assert result.gradients[1].worst.reference == "800"


def test_a_given_point_on_a_kink_is_judged_by_its_surroundings():
    """relu(x) − relu(−x) at 0: PyTorch says 0, the slope is 1 on both sides."""
    exercise = Exercise(name="kink", loss=relu(x) - relu(-x), parameters=[x], at=[{"x": 0}])
    result = check(exercise)
    assert (result.verdict, result.reason) == ("fail", "not_a_subgradient")
    assert result.gradients[0].worst.reference == "1"


def test_generic_points_keep_away_from_kinks():
    """No generic or short point lies on the kink of relu, though 0 is a multiple of 1/64; two exact zeros do, on purpose."""
    roads = gather(Question(Exercise(name="relu", loss=y * relu(x), parameters=[x, y], points=500), Settings()))
    strata = np.array(roads.points.strata)
    asked = np.isin(strata, ("generic", "short"))
    assert np.count_nonzero(asked) == 500
    assert (roads.points.values["x"][asked] != 0).all()
    assert [strata[k] for k in roads.kinks] == ["exact_zero", "exact_zero"]


def test_points_depend_on_the_seed_alone():
    """Same seed, same points; another seed, others; generic ones have every digit, short ones are multiples of 1/64."""
    first, again, other = (gather(Question(parabola(), Settings(seed=seed))).points for seed in (0, 0, 1))
    assert all(np.array_equal(first.values[n], again.values[n]) for n in "xy")
    assert not np.array_equal(first.values["x"], other.values["x"])
    generic, short = (first.values["x"][np.array(first.strata) == stratum] for stratum in ("generic", "short"))
    assert (len(generic), len(short)) == (12, 4)
    assert (generic * 2**20 != np.round(generic * 2**20)).all()
    assert (short * 64 == np.round(short * 64)).all()
    assert (np.abs([*generic, *short]) <= 2).all()


@pytest.mark.parametrize(("low", "high"), [(0.001, 0.002), (1e6, 1e6 + 1), (-3.0, -2.9), (1e100, 2e100)])
def test_narrow_and_far_domains_are_sampled_within_their_bounds(low, high):
    """Points lie within their domain, however narrow or far away, and aren't all the same."""
    values = gather(Question(parabola(domain={"x": (low, high)}), Settings())).points.values["x"]
    assert ((values >= low) & (values <= high)).all()
    assert len(np.unique(values)) > 4


def test_positive_symbols_are_sampled_above_zero():
    """A positive symbol lies in (0, 4], far out up to 30."""
    s = scalar("s", positive=True)
    values = gather(Question(Exercise(name="log", loss=log(s), parameters=[s], points=300), Settings())).points.values["s"]
    assert ((values > 0) & (values <= 30)).all()
    assert np.count_nonzero(values > 4) == 6


def test_no_point_where_the_loss_is_defined_is_inconclusive():
    """log(−1 − x²) has no real value anywhere."""
    result = check(Exercise(name="nowhere", loss=log(-1 - square(x)), parameters=[x]))
    assert (result.verdict, result.reason) == ("inconclusive", "undefined")
    assert result.message == (
        "no point was found at which loss and gradients are defined and not on a kink; give points in at, or a domain"
    )


def test_few_points_are_said():
    """Where fewer points are found than asked for, a note says how many."""
    result = check(Exercise(name="rare", loss=log(x - 1.984375), parameters=[x], points=5000))
    (note,) = result.notes
    assert note.endswith("of 5000 points to sample were found where loss and gradients are defined")


def test_a_vacuous_gradient_is_inconclusive():
    """A gradient that is zero at every point was not tested, though no usual number shows that it isn't zero everywhere."""
    result = check(Exercise(name="vacuous", loss=y**2 + relu(x - 100), parameters=[x, y]))
    assert (result.verdict, [row.reason for row in result.gradients]) == ("inconclusive", ["vacuous", "agree"])


def test_large_gradients_are_certified_in_part():
    """Of 90,000 weights at six points a block of rows is certified, and the report says how many entries."""
    result = check(large())
    (row,) = result.gradients
    assert (result.reason, row.entries) in {("agree", 90_000), ("ill_conditioned", 90_000)}
    assert 0 < row.certified < row.entries
    assert result.notes[0].endswith("entries certified (a sample, and whatever was suspicious)")


def test_one_wrong_entry_outside_the_certified_sample_is_found_and_certified():
    """A relative error of 1e-9 in one of 540,000 entries is found; its point is certified before it is called wrong."""

    class OneWrong(torch.autograd.Function):
        @staticmethod
        def forward(context, a):
            context.save_for_backward(a)
            return a.clone()

        @staticmethod
        def backward(context, adjoint):
            (a,) = context.saved_tensors
            spoiled = adjoint.clone()
            if a.sum() == OneWrong.where:
                spoiled[211, 17] *= 1 + 1e-9
            return spoiled

    question = Question(large(lambda W, v: ((OneWrong.apply(W) @ v) ** 2).sum() / 2))
    formula = differentiated(question.exercise)
    where = chosen(question, formula)
    OneWrong.where = torch.tensor(where.points.values["W"][4]).sum()
    result = judged(gathered(question, formula, where))
    (row,) = result.gradients
    assert (result.reason, row.counts["autograd_wrong"], row.worst.index) == ("autograd_wrong", 1, (211, 17))
    assert len(row.worst.reference.replace("-", "").replace(".", "")) >= 18
    assert row.certified > 90_000


def test_tolerances_by_hand_override_the_derived_one_openly():
    """--atol lets a wrong gradient pass, and the rule says whose tolerance it was."""
    from symgrad.reports.check.rows import rule

    wrong = parabola(torch_loss=lambda x, y: (x - y) ** 2 + 1e-7 * (x - x.detach()))
    assert check(wrong).reason == "autograd_wrong"
    assert check(wrong, atol=1e-3).verdict == "pass"
    assert str(rule(Settings(atol=1e-3))) == "allowed = 0.001 + 0·|reference|, given by hand"


def test_a_dtype_that_pytorch_cannot_run_is_an_error_with_its_message():
    """An inverse in bfloat16 isn't PyTorch's to compute."""
    from symgrad import inverse

    S = matrix("S", 2, 2)
    exercise = Exercise(name="inverse", loss=total(inverse(S)), parameters=[S], domain={"S": (0.5, 2)})
    result = check(exercise, dtype="bfloat16")
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert "Low precision dtypes not supported" in result.message


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_a_factor_is_caught_in_every_dtype(dtype):
    """A gradient twice as large as it should be fails in every format."""
    result = check(parabola(torch_loss=lambda x, y: (x - y) ** 2 + (x - x.detach()) * 2 * (x - y).detach()), dtype=dtype)
    assert result.reason == "autograd_wrong"


def test_the_more_severe_reason_speaks():
    """error over fail over inconclusive over pass; kink over ill-conditioned over agree."""
    order = ["agree", "ill_conditioned", "kink", "undecided", "autograd_wrong", "could_not_run"]
    assert [most_severe(order[: k + 1]) for k in range(len(order))] == order


def comparison_of(values, truth, allowed):
    shape = (len(values), 1, 1)
    arrays = [np.reshape(np.array(a, float), shape) for a in (values, truth, allowed)]
    reference = Reference(arrays[1], np.zeros(shape), np.zeros(shape), np.ones(shape, bool))
    return compare(arrays[0], reference, Tolerance(arrays[2], PRECISIONS["float64"]))


@pytest.mark.parametrize(
    ("value", "truth", "allowed", "outcome"),
    [
        (1.0, 1.0, 1e-15, Outcome.AGREE),
        (1.0, 1.0 + 1e-14, 1e-15, Outcome.WRONG),
        (1.0, 1.0, 1e-3, Outcome.AGREE),
        (1.0 + 1e-4, 1.0, 1e-3, Outcome.ILL_CONDITIONED),
        (0.0, 0.0, 1e-320, Outcome.AGREE),
        (0.0, 1e-50, 1e-20, Outcome.ILL_CONDITIONED),
        (np.nan, 1.0, 1e-15, Outcome.WRONG),
        (np.inf, 1.0, 1e-15, Outcome.WRONG),
        (np.nan, np.nan, 1e-15, Outcome.UNDEFINED),
        (1.0, np.nan, 1e-15, Outcome.UNDEFINED),
        (1.0, 1.0, np.inf, Outcome.AGREE),
        (1.0, 1.1, np.inf, Outcome.UNDECIDED),
        (np.inf, 1.0, np.inf, Outcome.UNDEFINED),
        (-1.0, 1.0, 1e-15, Outcome.WRONG),
    ],
)
def test_outcomes(value, truth, allowed, outcome):
    """One entry, one outcome: by the difference, by what is allowed, by what is known. Exactly equal is agreement."""
    assert comparison_of([value], [truth], [allowed]).worst_outcome == outcome


def test_planted_errors_are_caught_by_the_comparison_and_by_nothing_less(monkeypatch):
    """Each kind is planted and caught (a scalar has no other entry); a comparison that lets everything pass catches none."""
    comparison = comparison_of([1.0, 2.0, -3.0], [1.0, 2.0, -3.0], [1e-15] * 3)
    planted = list(plants(comparison, seed=0))
    assert [plant.kind for plant in planted] == ["sign", "factor", "zero", "beyond_allowed"]
    assert all(catches(comparison, plant) for plant in planted)

    def blind(values, reference, tolerance):
        return symgrad.checking.judging.comparison.Comparison(
            values, reference, tolerance, np.zeros(values.shape, int), np.zeros(values.shape)
        )

    monkeypatch.setattr(symgrad.checking.judging.planted_errors, "compare", blind)
    assert not any(catches(comparison, plant) for plant in planted)


def test_a_run_whose_controls_pass_unnoticed_fails():
    """A planted error that got through makes the exit status 1, though every exercise passed."""
    import dataclasses

    result = check(parabola())
    assert Report((result,), Settings()).exit_status == 0
    assert Report((dataclasses.replace(result, caught=result.planted - 1),), Settings()).exit_status == 1


def test_a_failure_of_the_tool_is_no_failure_of_the_exercise(monkeypatch):
    """What goes wrong inside is could_not_run, and says so."""

    def fail(roads):
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("symgrad.checking.check.compared", fail)
    result = check(parabola())
    assert (result.verdict, result.message) == ("error", "symgrad itself failed: ZeroDivisionError: inside")


def test_the_program_is_called_twice_a_point():
    """The author's program sees tensors of the symbols' own shapes, with a leaf for each parameter: once a point, and again."""
    seen = []

    def program(W, x):
        seen.append((tuple(W.shape), tuple(x.shape), W.is_leaf, W.requires_grad, x.requires_grad))
        return (torch.tanh(W) * x).sum()

    M = matrix("W", 2, 3)
    result = check(Exercise(name="shapes", loss=x * total(step("t", tanh(M))), parameters=[M], points=3, torch_loss=program))
    assert result.verdict == "pass"
    assert seen == [((2, 3), (), True, True, False)] * (3 + 3)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_a_constant_gradient_may_be_rounded_once(dtype):
    """dL/dx is exactly 1, and a program that converts the value and back comes to it by way of 2.54·(1/2.54)."""
    for program in (lambda x: x / 2.54 * 2.54, lambda x: (3 * x + 1.5) / 3, lambda x: x * 10 * 0.1):
        loss = x + (sympy.Rational(1, 2) if program(0) == 0.5 else 0)
        assert check(Exercise(name="converted", loss=loss, parameters=[x], torch_loss=program), dtype=dtype).verdict == "pass"
    slightly_off = Exercise(name="off", loss=x, parameters=[x], torch_loss=lambda x: x + 16 * torch.finfo(x.dtype).eps * x)
    assert check(slightly_off, dtype=dtype).verdict == "fail"


def test_numbers_are_rounded_as_their_format_rounds_them():
    """Ties go to even, small numbers to multiples of the smallest one, numbers beyond the largest to infinity."""
    half = PRECISIONS["float16"]
    values = np.array([1 + 2.0**-11, 1 + 3 * 2.0**-11, 3e-8, 2e-8, 6.1e-5, 65519.9, 65520.0, -1e300, np.inf])
    with np.errstate(over="ignore"):
        assert np.array_equal(half.round(values), values.astype(np.float16).astype(np.float64))
