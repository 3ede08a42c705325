"""Loss functions against torch.nn.functional: what an author's program calls with reduction="mean" and "sum"."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from symgrad import Exercise, matrix, mean, scalar, total
from symgrad.checking.check import check
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings
from symgrad.operations.table import TABLE

A, B, V = matrix("A", 3, 4), matrix("B", 3, 4), matrix("V", 3, 4)
a, b, v = scalar("a"), scalar("b"), scalar("v")
SIGNS = np.array([[1, -1, 1, 1], [-1, 1, 1, -1], [1, 1, -1, -1]])
SHARES = np.array([[0.1, 0.2, 0.3, 0.4], [0.0, 0.5, 0.25, 0.25], [0.0, 0.0, 1.0, 0.0]])
HOT = [[1], [-1], [1]]
PROBABILITIES = {"A": (0.01, 0.99), "B": (0, 1)}
POSITIVE = {"A": (0.1, 2), "B": (0.05, 4), "V": (0.1, 3)}


def row(name, *operands, **options):
    return TABLE[name](*operands, **options)


def signs():
    return torch.tensor(SIGNS, dtype=torch.get_default_dtype())


def shares():
    return torch.tensor(SHARES, dtype=torch.get_default_dtype())


ENTRIES = {
    "mse_loss": (row("mse_loss", A, B), lambda A, B, r: F.mse_loss(A, B, reduction=r), {}),
    "l1_loss": (row("l1_loss", A, B), lambda A, B, r: F.l1_loss(A, B, reduction=r), {}),
    "smooth_l1_loss": (row("smooth_l1_loss", A, B), lambda A, B, r: F.smooth_l1_loss(A, B, reduction=r), {}),
    "smooth_l1_loss, beta": (
        row("smooth_l1_loss", A, B, beta=0.25),
        lambda A, B, r: F.smooth_l1_loss(A, B, reduction=r, beta=0.25),
        {},
    ),
    "huber_loss": (row("huber_loss", A, B), lambda A, B, r: F.huber_loss(A, B, reduction=r), {}),
    "huber_loss, delta": (row("huber_loss", A, B, delta=0.25), lambda A, B, r: F.huber_loss(A, B, r, 0.25), {}),
    "binary_cross_entropy": (
        row("binary_cross_entropy", A, B),
        lambda A, B, r: F.binary_cross_entropy(A, B, reduction=r),
        PROBABILITIES,
    ),
    "binary_cross_entropy_with_logits": (
        row("binary_cross_entropy_with_logits", A, B),
        lambda A, B, r: F.binary_cross_entropy_with_logits(A, B, reduction=r),
        {},
    ),
    "binary_cross_entropy_with_logits, pos_weight": (
        row("binary_cross_entropy_with_logits", A, B, pos_weight=2.5),
        lambda A, B, r: F.binary_cross_entropy_with_logits(A, B, reduction=r, pos_weight=torch.tensor(2.5)),
        {},
    ),
    "poisson_nll_loss": (row("poisson_nll_loss", A, B), lambda A, B, r: F.poisson_nll_loss(A, B, reduction=r), {}),
    "poisson_nll_loss, full": (
        row("poisson_nll_loss", A, B, log_input=False, full=True, eps=0.01),
        lambda A, B, r: F.poisson_nll_loss(A, B, log_input=False, full=True, eps=0.01, reduction=r),
        POSITIVE,
    ),
    "gaussian_nll_loss": (
        row("gaussian_nll_loss", A, B, V),
        lambda A, B, V, r: F.gaussian_nll_loss(A, B, V, reduction=r),
        POSITIVE,
    ),
    "gaussian_nll_loss, full": (
        row("gaussian_nll_loss", A, B, V, full=True, eps=0.05),
        lambda A, B, V, r: F.gaussian_nll_loss(A, B, V, full=True, eps=0.05, reduction=r),
        POSITIVE,
    ),
    "soft_margin_loss": (
        row("soft_margin_loss", A, SIGNS),
        lambda A, r: F.soft_margin_loss(A, signs(), reduction=r),
        {"A": (-30, 30)},
    ),
    "hinge_embedding_loss": (
        row("hinge_embedding_loss", A, SIGNS, margin=0.3),
        lambda A, r: F.hinge_embedding_loss(A, signs(), margin=0.3, reduction=r),
        {},
    ),
    "margin_ranking_loss": (
        row("margin_ranking_loss", A, B, V, margin=0.3),
        lambda A, B, V, r: F.margin_ranking_loss(A, B, V, margin=0.3, reduction=r),
        {},
    ),
    "cross_entropy": (row("cross_entropy", A, B, axis=1), lambda A, B, r: F.cross_entropy(A, B, reduction=r), {}),
    "cross_entropy, label_smoothing": (
        row("cross_entropy", A, B, axis=1, label_smoothing=0.1),
        lambda A, B, r: F.cross_entropy(A, B, reduction=r, label_smoothing=0.1),
        {},
    ),
    "cross_entropy, classes down": (
        row("cross_entropy", A, B, axis=0, label_smoothing=0.1),
        lambda A, B, r: F.cross_entropy(A.T, B.T, reduction=r, label_smoothing=0.1),
        {},
    ),
    "nll_loss": (
        row("nll_loss", A, np.eye(4)[[2, 0, 3]].tolist(), axis=1),
        lambda A, r: F.nll_loss(A, torch.tensor([2, 0, 3]), reduction=r),
        {},
    ),
    "multilabel_soft_margin_loss": (
        row("multilabel_soft_margin_loss", A, B, axis=1),
        lambda A, B, r: F.multilabel_soft_margin_loss(A, B, reduction=r),
        {},
    ),
    "triplet_margin_loss": (
        row("triplet_margin_loss", A, B, V, margin=2.5, axis=1),
        lambda A, B, V, r: F.triplet_margin_loss(A, B, V, margin=2.5, reduction=r),
        {},
    ),
    "triplet_margin_loss, swap": (
        row("triplet_margin_loss", A, B, V, margin=2.5, order=1, swap=True, axis=1),
        lambda A, B, V, r: F.triplet_margin_loss(A, B, V, margin=2.5, p=1, swap=True, reduction=r),
        {},
    ),
    "cosine_embedding_loss": (
        row("cosine_embedding_loss", A, B, HOT, margin=-0.25, axis=1),
        lambda A, B, r: F.cosine_embedding_loss(A, B, torch.tensor([1, -1, 1]), margin=-0.25, reduction=r),
        {},
    ),
}
REDUCTIONS = {"mean": mean, "sum": total}


def exercise(name, loss, program, domain=None, **fields):
    """An exercise over every symbol of a loss."""
    names = [str(s.name) for s in sorted(loss.free_symbols, key=str)]
    arguments = ", ".join(names)
    torch_loss = eval(f"lambda {arguments}: program({arguments})", {"program": program})
    known = {key: bounds for key, bounds in (domain or {}).items() if key in names}
    return Exercise(name=name, loss=loss, parameters=names, domain=known, torch_loss=torch_loss, **fields)


@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ENTRIES)
def test_a_mean_or_total_of_a_loss_is_pytorchs_reduction(name, reduction, dtype):
    """The mean (the total) of a loss entry by entry agrees with PyTorch's own program, the derivatives by targets included."""
    entries, program, domain = ENTRIES[name]
    made = exercise("loss", REDUCTIONS[reduction](entries), lambda *given: program(*given, reduction), domain)
    result = check(made, Settings(dtype=dtype))
    assert (result.verdict, result.message) == ("pass", None)
    assert result.planted == result.caught > 0


STRETCHED = {
    "mse_loss": {},
    "smooth_l1_loss": {"beta": 0.3},
    "huber_loss": {"delta": 0.3},
    "binary_cross_entropy_with_logits": {"pos_weight": 3},
    "kl_div": {"log_target": True},
    "poisson_nll_loss": {},
}


@pytest.mark.parametrize("name", STRETCHED)
def test_operands_broadcast(name):
    """A number, a row or a column stretches to a matrix, and its gradient is a total over what it was stretched along."""
    column, line = matrix("column", 3, 1), matrix("line", 1, 4)
    options = STRETCHED[name]
    pairs = ((A, column), (line, A), (column, line), (A, v), (v, column))
    loss = sum((total(row(name, x, y, **options)) for x, y in pairs), start=row(name, v, 0.5, **options))
    result = check(Exercise(name="stretched", loss=loss, parameters=["A", "column", "line", "v"]))
    assert (result.verdict, result.message) == ("pass", None)
    assert result.planted == result.caught > 0


@pytest.mark.parametrize("log_target", (False, True))
def test_kl_div_is_pytorchs(log_target):
    """A divergence is a total, or one by rows where the batch's mean is asked for (PyTorch warns of its plain mean)."""
    entries = row("kl_div", A, B, log_target=log_target)
    for loss, reduction in ((total(entries), "sum"), (total(entries) / 3, "batchmean")):
        made = exercise(
            "divergence",
            loss,
            lambda A, B, r=reduction: F.kl_div(A, B, reduction=r, log_target=log_target),
            {"B": (0.05, 1)},
        )
        result = check(made)
        assert (result.verdict, result.message) == ("pass", None)
        assert result.planted == result.caught > 0


DISTANCES = {
    "cosine_similarity": (
        total(row("cosine_similarity", A, B, axis=1)),
        lambda A, B: F.cosine_similarity(A, B, dim=1).sum(),
    ),
    "cosine_similarity, down": (
        total(row("cosine_similarity", A, B, axis=0)),
        lambda A, B: F.cosine_similarity(A, B, dim=0).sum(),
    ),
    "pairwise_distance": (total(row("pairwise_distance", A, B, axis=1)), lambda A, B: F.pairwise_distance(A, B).sum()),
    "pairwise_distance, order": (
        total(row("pairwise_distance", A, B, order=3, eps=0.01, axis=1)),
        lambda A, B: F.pairwise_distance(A, B, p=3, eps=0.01).sum(),
    ),
    "normalize": (
        total(row("hadamard", row("normalize", A, axis=1), B)),
        lambda A, B: (F.normalize(A) * B).sum(),
    ),
    "normalize, order": (
        total(row("hadamard", row("normalize", A, order=float("inf"), axis=0), B)),
        lambda A, B: (F.normalize(A, p=float("inf"), dim=0) * B).sum(),
    ),
    "dist": (row("dist", A, B), torch.dist),
    "dist, order": (row("dist", A, B, order=1.5), lambda A, B: torch.dist(A, B, 1.5)),
    "vector_norm": (
        total(row("vector_norm", A, -float("inf"), axis=1)),
        lambda A: torch.linalg.vector_norm(A, -float("inf"), dim=1).sum(),
    ),
    "softmin": (
        total(row("hadamard", row("softmin", A, axis=0), B)),
        lambda A, B: (F.softmin(A, dim=0) * B).sum(),
    ),
    "glu": (
        total(row("hadamard", row("glu", A), row("glu", B))),
        lambda A, B: (F.glu(A) * F.glu(B)).sum(),
    ),
}


@pytest.mark.parametrize("name", DISTANCES)
def test_distances_are_pytorchs(name):
    """A composition of rows agrees with the function of PyTorch's that it is named after."""
    result = check(exercise("distance", *DISTANCES[name]))
    assert (result.verdict, result.reason, result.message) == ("pass", "agree", None)


@pytest.mark.parametrize("order", (1, 1.25, 2, 3, 4.5))
def test_a_norm_of_any_order_is_pytorchs(order):
    """A norm of order p agrees with PyTorch's along each axis and over the whole, where entries are 0 too."""
    for axis, dim in ((None, (0, 1)), (0, 0), (1, 1)):
        made = exercise(
            "norm",
            total(row("norm", A, order=order, axis=axis)),
            lambda A, dim=dim: torch.linalg.vector_norm(A, order, dim).sum(),
            at=[{"A": [[1, 0, -2, 3], [0, 0.5, 0, 1], [-1, 2, 1, 1]]}],
        )
        assert check(made).verdict == "pass"


def swapped(function):
    return lambda x, y, *rest: function(y, x, *rest)


class HalfASlope(torch.autograd.Function):
    """A squared error whose backward forgets the factor 2."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return (x - y) ** 2

    @staticmethod
    def backward(ctx, adjoint):
        x, y = ctx.saved_tensors
        return adjoint * (x - y), -adjoint * (x - y)


class Detached(torch.autograd.Function):
    """A gaussian likelihood whose backward takes the variance for a constant."""

    @staticmethod
    def forward(ctx, x, y, var):
        ctx.save_for_backward(x, y, var)
        return F.gaussian_nll_loss(x, y, var, reduction="sum")

    @staticmethod
    def backward(ctx, adjoint):
        x, y, var = ctx.saved_tensors
        return adjoint * (x - y) / var, -adjoint * (x - y) / var, torch.zeros_like(var)


WRONG = {
    "squares without their 2": (mean(row("mse_loss", A, B)), lambda A, B: HalfASlope.apply(A, B).mean(), {}, "autograd_wrong"),
    "a mean for a total": (total(row("mse_loss", A, B)), F.mse_loss, {}, "losses_differ"),
    "a Huber loss for a smooth one": (
        mean(row("smooth_l1_loss", A, B, beta=0.5)),
        lambda A, B: F.huber_loss(A, B, delta=0.5),
        {},
        "losses_differ",
    ),
    "probabilities and targets swapped": (
        mean(row("binary_cross_entropy", A, B)),
        swapped(F.binary_cross_entropy),
        {"A": (0.01, 0.99), "B": (0.01, 0.99)},
        "losses_differ",
    ),
    "a sigmoid twice": (
        mean(row("binary_cross_entropy_with_logits", A, B)),
        lambda A, B: F.binary_cross_entropy_with_logits(torch.sigmoid(A), B),
        {},
        "losses_differ",
    ),
    "a divergence the other way about": (
        total(row("kl_div", A, B, log_target=True)),
        lambda A, B: F.kl_div(B, A, reduction="sum", log_target=True),
        {},
        "losses_differ",
    ),
    "a rate for its logarithm": (
        mean(row("poisson_nll_loss", A, B)),
        lambda A, B: F.poisson_nll_loss(A, B, log_input=False),
        POSITIVE,
        "losses_differ",
    ),
    "a variance that is a constant": (total(row("gaussian_nll_loss", A, B, V)), Detached.apply, POSITIVE, "autograd_wrong"),
    "a standard deviation for a variance": (
        mean(row("gaussian_nll_loss", A, B, V)),
        lambda A, B, V: F.gaussian_nll_loss(A, B, V**2),
        POSITIVE,
        "losses_differ",
    ),
    "another margin": (
        mean(row("hinge_embedding_loss", A, SIGNS)),
        lambda A: F.hinge_embedding_loss(A, signs(), margin=1.0625),
        {},
        "losses_differ",
    ),
    "a soft margin's sign": (
        mean(row("soft_margin_loss", A, SIGNS)),
        lambda A: F.soft_margin_loss(-A, signs()),
        {},
        "losses_differ",
    ),
    "the other one first": (
        mean(row("margin_ranking_loss", A, B, V)),
        swapped(F.margin_ranking_loss),
        {},
        "losses_differ",
    ),
    "classes along the wrong axis": (
        mean(row("cross_entropy", A, SHARES, axis=1)),
        lambda A: F.cross_entropy(A.T, shares().T) * 4 / 3,
        {},
        "losses_differ",
    ),
    "a softmax twice": (
        mean(row("cross_entropy", A, SHARES, axis=1)),
        lambda A: F.cross_entropy(torch.softmax(A, 1), shares()),
        {},
        "losses_differ",
    ),
    "a total over the classes for a mean": (
        mean(row("multilabel_soft_margin_loss", A, B, axis=1)),
        lambda A, B: 4 * F.multilabel_soft_margin_loss(A, B),
        {},
        "losses_differ",
    ),
    "a triplet of another order": (
        mean(row("triplet_margin_loss", A, B, V, axis=1)),
        lambda A, B, V: F.triplet_margin_loss(A, B, V, p=1),
        {},
        "losses_differ",
    ),
    "a detached length": (
        total(row("cosine_similarity", A, B, axis=1)),
        lambda A, B: ((A / A.norm(dim=1, keepdim=True).detach()) * F.normalize(B)).sum(),
        {},
        "autograd_wrong",
    ),
    "a distance without its root": (
        total(row("pairwise_distance", A, B, axis=1)),
        lambda A, B: (F.pairwise_distance(A, B) ** 2).sum(),
        {},
        "losses_differ",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_program_of_a_loss_fails(name):
    """A program that isn't the loss, or whose backward isn't its gradient, fails for that reason."""
    loss, program, domain, reason = WRONG[name]
    result = check(exercise("wrong", loss, program, domain))
    assert (result.verdict, result.reason) == ("fail", reason)


def verdict(loss, parameters, point):
    """Verdict, reason and the losses (PyTorch's, the reference's) at one given point."""
    made = Exercise(name="edge", loss=loss, parameters=parameters, at=[point], points=0)
    roads = gather(Question(made, Settings()))
    found = check(made)
    return found.verdict, found.reason, float(roads.framework.values.loss[0, 0, 0]), float(roads.references[0].high[0, 0, 0])


@pytest.mark.parametrize("y", (0, 1))
@pytest.mark.parametrize("p", (0, 1, 1e-50, 1e-13))
def test_the_clamps_of_a_cross_entropy_are_part_of_its_value_only(p, y):
    """Where PyTorch clamps a logarithm the losses agree, but its backward divides by 10⁻¹² there, which is no derivative."""
    said, reason, found, truth = verdict(row("binary_cross_entropy", a, b), ["a"], {"a": p, "b": y})
    assert found == pytest.approx(truth, rel=1e-15)
    assert abs(truth - (100 if abs(p - y) == 1 or (p, y) == (1e-50, 1) else -np.log(abs(1 - y - p)))) < 1e-10
    assert (said, reason) == ("fail", "autograd_wrong")


@pytest.mark.parametrize(
    ("p", "y", "slope"),
    [(0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (1.0, 1.0, -1.0), (1e-13, 1.0, -1e13), (0.5, 1.0, -2.0)],
)
def test_the_slope_of_a_clamped_cross_entropy_is_that_of_its_value(p, y, slope):
    """Where a logarithm is clamped it contributes nothing to the derivative, the other one does."""
    roads = gather(
        Question(
            Exercise(name="edge", loss=row("binary_cross_entropy", a, b), parameters=["a"], at=[{"a": p, "b": y}], points=0),
            Settings(),
        )
    )
    assert float(roads.references[1].high[0, 0, 0]) == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("y", (0, 0.75, 1))
@pytest.mark.parametrize("p", (1e-11, 0.25, 1 - 2.0**-30))
def test_beside_its_clamps_a_cross_entropy_agrees(p, y):
    """Where a(1 − a) is above 10⁻¹² PyTorch's gradient is the loss's, for targets of 0 and 1 as well."""
    assert verdict(row("binary_cross_entropy", a, b), ["a", "b"], {"a": p, "b": y})[0] == "pass"


@pytest.mark.parametrize("z", (0, 50, -50, 1000, -1000))
@pytest.mark.parametrize("y", (0, 1))
@pytest.mark.parametrize("pos_weight", (None, 3))
def test_large_logits_are_no_trouble(z, y, pos_weight):
    """With logits neither overflow nor a wrong slope comes of ±1000."""
    loss = row("binary_cross_entropy_with_logits", a, b, pos_weight=pos_weight) + a / 4 + b / 4
    assert verdict(loss, ["a", "b"], {"a": z, "b": y})[0] == "pass"


@pytest.mark.parametrize(
    ("var", "expected"), [(2e-6, ("pass", "agree")), (1e-6, ("pass", "kink")), (5e-7, ("fail", "autograd_wrong"))]
)
def test_the_clamp_of_a_variance(var, expected):
    """At eps the slope above is a subgradient; below eps the loss doesn't depend on the variance, but PyTorch says it does."""
    said, reason, found, truth = verdict(row("gaussian_nll_loss", a, b, v), ["v"], {"a": 1, "b": 0.5, "v": var})
    assert (said, reason) == expected
    assert found == pytest.approx(truth, rel=1e-14)
    assert verdict(row("gaussian_nll_loss", a, b, v), ["a", "b"], {"a": 1, "b": 0.5, "v": var})[0] == "pass"


def test_a_target_of_zero_has_no_logarithm():
    """At a target of 0 a divergence is 0 with the slope 0; by the target it has none, and PyTorch says nan."""
    assert verdict(row("kl_div", a, b) + a, ["a"], {"a": -1, "b": 0}) == ("pass", "agree", -1.0, -1.0)
    assert verdict(row("kl_div", a, b), ["b"], {"a": -1, "b": 0})[:2] == ("inconclusive", "undefined")
    assert verdict(row("kl_div", a, b), ["b"], {"a": -1, "b": 1})[0] == "pass"


def test_stirlings_term_begins_above_one():
    """A target of 1 leaves Stirling's term out; where it is left out at 0, PyTorch's derivative by the target is nan."""
    loss = row("poisson_nll_loss", a, b, full=True)
    for target in (0, 0.5, 1):
        assert verdict(loss, ["a"], {"a": -1, "b": target}) == ("pass", "agree", *[pytest.approx(np.exp(-1) + target)] * 2)
    assert verdict(loss, ["a", "b"], {"a": -1, "b": 1.5})[0] == "pass"
    assert verdict(loss, ["b"], {"a": -1, "b": 0})[:2] == ("fail", "autograd_wrong")


def test_a_soft_margin_overflows_in_pytorch():
    """Beyond exp(709) PyTorch's soft margin is infinite where the loss is 1000, and symgrad says so."""
    assert verdict(row("soft_margin_loss", a, 1), ["a"], {"a": -700})[:2] == ("pass", "agree")
    assert verdict(row("soft_margin_loss", a, 1), ["a"], {"a": -1000})[:2] == ("fail", "losses_differ")


CONVENTIONS = {
    ("smooth_l1_loss", (1, 1), (("beta", 0),)): (0, 0),
    ("hinge_embedding_loss", (1, -1), ()): (-1, 0),
    ("margin_ranking_loss", (1, 1, 1), ()): (-1, 1, 0),
    ("gaussian_nll_loss", (1, 0.5, 0.25), (("eps", 0.25),)): (2, -2, 0),
    ("poisson_nll_loss", (0.5, 1), (("full", True),)): (np.exp(0.5) - 1, -0.5),
}
"""What PyTorch takes for the slopes at kinks."""


@pytest.mark.parametrize(("name", "point", "options"), CONVENTIONS)
def test_a_convention_is_pytorchs(name, point, options):
    """At a kink the closed form has the slopes that PyTorch takes."""
    symbols = (a, b, v)[: len(point)]
    values = dict(zip("abv", point, strict=False))
    made = Exercise(
        name="kink", loss=row(name, *symbols, **dict(options)), parameters=[s.name for s in symbols], at=[values], points=0
    )
    roads = gather(Question(made, Settings()))
    expected = CONVENTIONS[name, point, options]
    assert roads.kinks
    assert [float(g[0, 0, 0]) for g in roads.closed_form[1:]] == pytest.approx(expected)
    assert [float(g[0, 0, 0]) for g in roads.said[1:]] == pytest.approx(expected)


def test_a_target_without_a_derivative_is_said():
    """PyTorch has no derivative of a soft margin by its target, and says so itself."""
    result = check(Exercise(name="target", loss=row("soft_margin_loss", a, b), parameters=[a, b]))
    assert (result.verdict, result.reason) == ("error", "could_not_run")
    assert "is not differentiable with respect to argument 'target'" in result.message
