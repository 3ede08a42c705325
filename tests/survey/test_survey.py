"""The survey of the installed PyTorch, and the third witness over the whole table."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from symgrad.authoring.exercise import Exercise
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import message
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.frameworks.framework import TorchValues
from symgrad.frameworks.pytorch import kernels
from symgrad.operations.row import Composition
from symgrad.operations.table import TABLE
from symgrad.reports import operations
from symgrad.reports import survey as reports
from symgrad.survey import adversarial_points
from symgrad.survey.acknowledged import Acknowledgement, acknowledgements
from symgrad.survey.cases import INTERNAL, cases
from symgrad.survey.conventions import conventions
from symgrad.survey.findings import QUANTITIES, Finding, evidence_of
from symgrad.survey.result import Survey, run
from symgrad.truth.third_witness import Witness

DTYPES = tuple(PRECISIONS)
SURVEYED = [name for name in TABLE if name not in INTERNAL]
JUMPS = {
    "atan2": lambda y, x: (y == 0) & (x < 0),  # from π to −π
    "xlogy": lambda x, y: (x == 0) & (y <= 0),  # 0 by definition, nothing beside it
    "xlog1py": lambda x, y: (x == 0) & (y <= -1),
    "hinge_embedding_loss": lambda x, y: np.abs(y) == 1,  # the target chooses the formula
    "cosine_embedding_loss": lambda x, y, z: np.abs(z) == 1,
}
"""Points on a branch cut, alone in their surroundings, or where a value jumps with an operand that nobody differentiates by."""


NOT_IMPLEMENTED = {
    *((name, "forward_derivative") for name in ("gammainc", "gammaincc", "zeta")),
    ("hardsigmoid", "second_derivative"),
}
"""What PyTorch 2.13 raises for."""


@pytest.fixture(scope="module")
def found():
    """The whole survey in float64."""
    return run(["float64"])


def finding(found, label, quantity="derivative"):
    """The finding on a quantity; of one by several operands, that which is furthest off."""
    return max((f for f in found.findings if f.label == label and f.quantity == quantity), key=lambda f: f.worst.relative)


def test_every_operation_is_surveyed(found):
    """Every operation that authors write was run, with its options, and something was tested of each."""
    assert {f.operation for f in found.findings} == set(SURVEYED)
    assert {(f.operation, f.quantity) for f in found.findings if f.worst is None} == NOT_IMPLEMENTED
    assert {f.quantity for f in found.findings if f.operation == "matmul"} == set(QUANTITIES)
    assert sum(f.tested for f in found.findings) > 100_000


@pytest.mark.parametrize(
    ("label", "quantity", "relative"),
    [
        ("hardsigmoid", "derivative", 3e-8),  # a float32 constant 1/6
        ("celu(alpha=1.3)", "derivative", 1.8e-7),  # alpha rounded to float32; more in the tail
        ("digamma", "derivative", 4.7e-10),  # a short asymptotic series
        ("softplus", "derivative", 1.3e-9),  # beyond its threshold of 20
        ("hardsigmoid", "forward_derivative", 3e-8),
        ("logcumsumexp", "forward_derivative", 9e-14),  # differences of exponents
        ("atan", "second_derivative", 1.0),  # (1 + x²)² overflows
        ("softplus", "second_derivative", 1.0),  # 0 beyond its threshold
        ("power", "second_derivative", 1.0),  # the mixed one at an exponent of 0
    ],
)
def test_known_inaccuracies_are_found(found, label, quantity, relative):
    """What PyTorch 2.13 is known to get wrong in float64 by more than rounding explains, at least by as much as is known."""
    one = finding(found, label, quantity)
    assert not one.explained
    assert one.worst.relative >= 0.9 * relative
    assert one.worst.absolute > one.worst.allowed


@pytest.mark.parametrize("label", ["tanh", "sigmoid", "gelu", "sinc", "expm1"])
def test_cancellation_is_no_deviation(found, label):
    """Tails in which PyTorch's own formula cancels are told apart: rounding explains them, though few digits are right."""
    one = finding(found, label)
    assert one.explained
    assert one.worst.relative > 1e-9
    assert one in found.lossy


@pytest.mark.parametrize(
    "label", ["exp", "sin", "cos", "sqrt", "atan", "add", "multiply", "relu", "maximum", "matmul", "total"]
)
def test_accurate_operations_are_left_alone(found, label):
    """Operations that PyTorch computes to the last digits have nothing reported of them."""
    mine = [f for f in found.findings if f.label == label and f.quantity != "second_derivative"]
    assert all(f.explained for f in mine)
    assert all(f.worst.relative < 1e-14 for f in mine if label not in ("add", "matmul", "total"))


def spoiling(monkeypatch, function):
    """A survey of exp in float64 whose kernel is a function of torch's own and its operand."""
    monkeypatch.setattr(kernels, "KERNELS", {**kernels.KERNELS, "exp": lambda x: function(torch, x)})
    monkeypatch.setattr("symgrad.survey.result.conventions", lambda only: iter(()))
    return run(["float64"], ["exp"])


def raising(torch, x):
    raise ValueError("no luck")


def backward_raising(torch, x):
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, adjoint):
            raise KeyError("rate")

    return Broken.apply(x)


@pytest.mark.parametrize(
    ("kernel", "code", "said"),
    [
        (raising, "operation_raised", "ValueError: no luck"),
        (backward_raising, "raised", "backward() raised KeyError: 'rate'"),
        (lambda torch, x: torch.exp(x) * float("nan"), None, None),
    ],
)
def test_why_nothing_was_run_is_told_as_data(monkeypatch, kernel, code, said):
    """What PyTorch refuses has a code and values beside its words; that it was the loss that raised goes without saying."""
    found = spoiling(monkeypatch, kernel)
    one = json.loads(reports.render(found, "json"))["findings"][0]
    assert (one["message"], one["code"]) == (said, code)
    assert one["values"] == (None if code is None else dict(found.findings[0].message.plain()["values"]))
    assert ("not run" in reports.render(found, "table")) == (code is not None)


def test_an_operation_without_a_point_is_told_apart():
    """That no point lies in its domain is no refusal of PyTorch's."""
    nowhere = Finding("exp", "exp", "float64", "value", message=message("no_point"))
    text = reports.render(Survey((nowhere,), (), ("float64",)), "table")
    assert "exp          value       no point" in text
    assert text.split("\n\n")[2] == "Not run\n  exp in float64: no point in its domain"


def test_a_kernel_that_goes_wrong_is_found(monkeypatch):
    """The survey itself tested: exp off by 10⁻¹² relative is a deviation of value and derivative."""
    monkeypatch.setattr(kernels, "KERNELS", {**kernels.KERNELS, "exp": lambda x: torch.exp(x) * (1 + 1e-12)})
    spoilt = run(["float64"], ["exp"])
    assert [f.explained for f in spoilt.findings] == [False] * 4
    assert spoilt.exit_status == 1
    assert "not acknowledged: exp" in reports.summary(spoilt)


class Exponential(torch.autograd.Function):
    """exp, whose slope backward and forward is its value, and whose second derivative that of `slope`."""

    forwards = staticmethod(lambda y: y)
    slope = staticmethod(lambda y: y)

    @staticmethod
    def forward(x):
        return torch.exp(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs, output)
        ctx.save_for_forward(*inputs, output)

    @classmethod
    def backward(cls, ctx, adjoint):
        x, _ = ctx.saved_tensors
        return adjoint * cls.slope(torch.exp(x))

    @classmethod
    def jvp(cls, ctx, tangent):
        _, y = ctx.saved_tensors
        return tangent * cls.forwards(y)


class WrongForward(Exponential):
    forwards = staticmethod(lambda y: y * (1 + 1e-12))


class WrongTwice(Exponential):
    slope = staticmethod(lambda y: y.detach() + 0.9 * (y - y.detach()))


@pytest.mark.parametrize(
    ("function", "deviating"),
    [(Exponential, []), (WrongForward, ["forward_derivative"]), (WrongTwice, ["second_derivative"])],
)
def test_each_kind_of_derivative_is_looked_at_by_itself(monkeypatch, function, deviating):
    """A tangent that is off by 10⁻¹² is told of forward mode alone, a wrong derivative of the backward of the second one."""
    found = spoiling(monkeypatch, lambda torch, x: function.apply(x))
    assert [f.quantity for f in found.findings if not f.explained] == deviating
    assert all(f.tested > 400 for f in found.findings)


def test_where_there_is_no_value_there_is_no_second_derivative_either():
    """The logarithm of a negative determinant: its slope's formula goes on, PyTorch's own says 0 there."""
    (one,) = [f for f in run(["float64"], ["logdet"]).findings if f.quantity == "second_derivative"]
    assert one.explained
    assert one.tested > 200


def test_every_known_deviation_has_its_reason(found):
    """What the documentation lists covers what is found in float64."""
    known = acknowledgements(Path(__file__).parents[2] / "docs" / "known_deviations.toml")
    told = Survey(found.findings, (), ("float64",), tuple(known))
    assert {(f.operation, f.quantity) for f in told.open} == set()
    assert len(told.deviations) > 40


def test_the_conventions_are_those_that_the_table_names():
    """At each kink PyTorch takes a subgradient, and relu's is 0."""
    seen = {str(reports.convention(c)): c for c in conventions()}
    assert all(c.holds for c in seen.values())
    assert "relu′(0): PyTorch takes 0; the subdifferential is [0, 1]" in seen
    assert "abs′(0): PyTorch takes 0; the subdifferential is [-1, 1]" in seen
    assert "hardswish′(3): PyTorch takes 1; the subdifferential is [1, 1.5]" in seen
    assert "maximum′(0.5, 0.5) by x: PyTorch takes 0.5; the subdifferential is [0, 1]" in seen


@pytest.mark.parametrize("dtype", DTYPES)
def test_points_are_numbers_of_their_format(dtype):
    """Points are held exactly, subnormal ones included, and reach both ends of the format."""
    format_ = PRECISIONS[dtype]
    tried = adversarial_points.numbers(format_)
    assert np.array_equal(format_.round(tried), tried)
    assert tried.max() == -tried.min() == format_.largest
    assert format_.smallest_subnormal in tried
    assert len(tried) > 300


@pytest.mark.parametrize("name", SURVEYED)
def test_the_third_witness_agrees_with_every_row_at_every_point(name):
    """Wherever value and closed form are defined and smooth, the definition of the derivative confirms the closed form."""
    for case in cases(TABLE[name]):
        points = case.points(PRECISIONS["float64"])
        names = [str(s.name) for s in case.symbols]
        exercise = Exercise(name=name, loss=case.loss, parameters=names)
        values = {n: points[n] for n in exercise.inputs}
        count = len(next(iter(values.values())))
        silent = TorchValues(np.zeros((count, 1, 1)), {n: np.zeros(values[n].shape) for n in names})
        roads = evidence_of(differentiated(exercise), values, silent, "float64")
        with np.errstate(all="ignore"):
            loss, *truths = roads.references
            smooth = np.isfinite(loss.high[:, 0, 0]) & ~np.isin(np.arange(count), list(roads.kinks))
            for truth in truths:
                smooth &= np.isfinite(truth.high).all(axis=(1, 2))
            if name in JUMPS:
                smooth &= ~JUMPS[name](*(points[n] for n in names)).any(axis=(1, 2))
            wanted = {}
            for n, tolerance in zip(names, roads.tolerances[1:], strict=True):
                allowed = np.broadcast_to(tolerance.allowed, values[n].shape)
                wanted[n] = np.where(np.isfinite(allowed) & (allowed > 0), allowed, np.nan)
            where = np.flatnonzero(smooth)
            testimony = Witness(roads.outputs, names, roads.points).testify(where.tolist(), wanted)
        assert len(where) >= 5
        assert testimony.refuted == set()
        assert np.flatnonzero(~testimony.confirmed[where]).tolist() == []


def acknowledged(operation, **fields):
    known = {"reason": "known", "dtypes": ("float64",), "quantity": None, "relative": float("inf")} | fields
    return Acknowledgement(operation, **known)


def test_a_deviation_is_acknowledged_as_far_as_its_entry_goes():
    """An entry covers its operation, formats, quantity and size; nothing else, and one that isn't needed is told."""
    only = ["hardsigmoid", "celu"]
    assert run(["float64"], only).exit_status == 1
    both = [acknowledged("hardsigmoid"), acknowledged("celu")]
    assert run(["float64"], only, both).exit_status == 0
    for narrow in ({"relative": 1e-9}, {"quantity": "value"}, {"dtypes": ("float32",)}):
        left = run(["float64"], only, [acknowledged("hardsigmoid", **narrow), acknowledged("celu")])
        assert {f.operation for f in left.open} == {"hardsigmoid"}
    forward = run(["float64"], ["hardsigmoid"], [acknowledged("hardsigmoid", quantity="derivative")]).open
    assert [f.quantity for f in forward] == ["forward_derivative"]
    assert [a.operation for a in run(["float64"], ["sin", *only], [*both, acknowledged("sin")]).unused] == ["sin"]


KNOWN = """
[[deviation]]
operation = "hardsigmoid"
reason = "a float32 constant"
relative = 1e-7

[[deviation]]
operation = "celu"
reason = "alpha is rounded to float32"

[[deviation]]
operation = "digamma"
reason = "a short asymptotic series"
"""
THREE = ("--check", "--dtype", "float64", "--only", "hardsigmoid", "--only", "celu", "--only", "digamma", "--only", "sin")


def test_the_survey_names_what_deviates_and_exits_with_1(symgrad):
    """hardsigmoid, celu and digamma are named, with where and how much; sin isn't."""
    result = symgrad("operations", *THREE)
    assert result.exit_code == 1
    assert set(result.stdout.rstrip().rsplit(": ", 1)[1].split(", ")) == {"hardsigmoid", "celu", "digamma"}
    assert "PyTorch has 0.1666666716337204, true is 0.16666666666666666667, 3e-08 relative" in result.stdout


def test_with_a_file_of_reasons_it_exits_with_0(symgrad, write):
    """Acknowledged, each with its reason in the report, they no longer fail the survey."""
    result = symgrad("operations", *THREE, "--acknowledge", write("known.toml", KNOWN))
    assert result.exit_code == 0
    assert "acknowledged: a float32 constant" in result.stdout
    assert result.stdout.rstrip().endswith("not acknowledged: none")


def test_the_survey_as_json_and_markdown(symgrad, write):
    """JSON has no NaN and says what deviates; Markdown has the same cells as the table."""
    result = symgrad("operations", *THREE, "--format", "json", "--acknowledge", write("known.toml", KNOWN))
    data = json.loads(result.stdout, parse_constant=pytest.fail)
    assert data["schema"] == "symgrad/operations/1"
    assert data["summary"]["acknowledged"] == data["summary"]["deviations"] > 0
    deviating = {f["operation"].split("(")[0] for f in data["findings"] if not f["explained"]}
    assert deviating == {"hardsigmoid", "celu", "digamma"}
    assert {"operation", "operand", "point", "torch", "subdifferential"} == set(data["conventions"][0])
    markdown = symgrad("operations", *THREE, "--format", "markdown").stdout
    assert markdown.startswith("# Survey of PyTorch\n")
    assert "## Deviations that rounding doesn't explain" in markdown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[[deviation]]\noperation = 'hardsigmod'\nreason = 'x'",
            "deviation 1: no operation 'hardsigmod'; did you mean 'hardsigmoid'?",
        ),
        (
            "[[deviation]]\noperation = 'celu'",
            "deviation 1: reason is None; accepted: text, for a deviation is acknowledged with its reason",
        ),
        ("[[deviation]]\noperation = 'celu'\nreason = ' '", "deviation 1: reason is ' '; accepted: text"),
        (
            "[[deviation]]\noperation = 'celu'\nreason = 'x'\ndtype = 'float64'",
            "deviation 1: no key 'dtype'; did you mean 'dtypes'?",
        ),
        (
            "[[deviation]]\noperation = 'celu'\nreason = 'x'\ndtypes = ['double']",
            "deviation 1: dtypes is ['double']; accepted: a list of float64",
        ),
        (
            "[[deviation]]\noperation = 'celu'\nreason = 'x'\nrelative = 'much'",
            "deviation 1: relative is 'much'; accepted: a number above 0",
        ),
        (
            "[[deviation]]\noperation = 'celu'\nreason = 'x'\nquantity = 'slope'",
            "deviation 1: quantity is 'slope'; accepted: value, derivative, forward_derivative or second_derivative",
        ),
        ("deviation = 3", "found deviation; accepted: entries that begin with [[deviation]]"),
        ("[deviations]", "found deviations; accepted: entries that begin with [[deviation]]"),
        ("operation celu", "isn't TOML"),
        (b"\xff\xfe", "isn't TOML"),
    ],
)
def test_a_wrong_file_of_acknowledgements_is_told(symgrad, write, text, message):
    """Each mistake in the file is one line that names the file, the entry and what is accepted; nothing is surveyed."""
    name = write("known.toml", text)
    result = symgrad("operations", "--check", "--only", "sin", "--acknowledge", name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"Error: {name}: {message}" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "sigmod"], "no operation 'sigmod'; did you mean 'sigmoid'?"),
        (["--check", "--only", "sigmod"], "no operation 'sigmod'; did you mean 'sigmoid'?"),
        (["--dtype", "float32"], "--dtype and --acknowledge belong to a survey; add --check"),
        (["--check", "--acknowledge", "nowhere.toml"], "nowhere.toml: can't be read: No such file or directory"),
    ],
)
def test_a_wrong_command_is_told(symgrad, words, message):
    """A wrong name or combination of options is one line, and exit status 2."""
    result = symgrad("operations", *words)
    assert result.exit_code == 2
    assert f"Error: {message}" in result.stderr


@pytest.mark.parametrize("format_", ["table", "json", "markdown"])
def test_the_table_of_operations_is_listed(symgrad, format_):
    """Every operation that authors write, with formula, derivative, domain and kinks, in each form."""
    text = symgrad("operations", "--format", format_).stdout
    for name in SURVEYED:
        assert name in text or name.replace("_", "\\_") in text
    if format_ == "json":
        rows = {row["name"]: row for row in json.loads(text)["operations"]}
        assert rows["tanh"] == {"name": "tanh", "formula": "tanh x", "derivative": "1 − f²", "domain": "all reals", "kinks": ""}
        assert rows["softmax"]["derivative"] == "f ∘ (g − Σ(f ∘ g))"
        assert rows["relu"]["kinks"] == "0 at 0"


def test_every_row_has_a_rule_as_text():
    """The derivative of every row but compositions is written out."""
    missing = [name for name, _, rule, *_ in operations.rows() if rule == "see its rule"]
    assert missing == []
    assert [n for n, _, rule, *_ in operations.rows() if rule == "by its parts" and not isinstance(TABLE[n], Composition)] == []
