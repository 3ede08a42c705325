"""The benchmark of verdicts: its corpus, its programs and mutants, its counts, and its claims on a part of the corpus."""

import math
import re
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
import torch

import symgrad

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))  # it's a folder of scripts, no package

import verdicts  # noqa: E402
from formulas import FORMULAS  # noqa: E402
from trials.checkers import Answer, Gradcheck, Symgrad, Trial  # noqa: E402
from trials.counting import RIGHT, Tally, kinds_table, main_table  # noqa: E402
from trials.mutants import KINDS, mutants  # noqa: E402
from trials.programs import Program, arena, equal, programs  # noqa: E402
from trials.torch_programs import FUNCTIONS  # noqa: E402

BY_NAME = {formula.name: formula for formula in FORMULAS}
PART = ("kinetic_energy", "doppler", "thin_lens", "bernoulli_entropy", "laplace", "normal_cdf", "softmax", "poisson")
SCALES, DTYPES = ("1e-3", "1", "1e3"), ("float64", "float32")


class Always:
    """A checker that gives one answer, whatever it's shown."""

    def __init__(self, answer):
        self.name, self.answer = "always", answer

    def answers(self, trial, case, variables):
        return [self.answer] * len(variables)


@pytest.fixture(scope="module")
def counted():
    """symgrad's counts on a part of the corpus."""
    tally, surprises = Tally(), []
    for name in PART:
        counts, lines = verdicts.run(BY_NAME[name], SCALES, DTYPES, [Symgrad()])
        tally.update(counts)
        surprises += lines
    return tally, surprises


def case(formula, kind, variable):
    return next(m for m in mutants(formula) if (m.kind, m.variable) == (kind, variable))


def test_the_corpus_is_large_and_named():
    """There are more than 100 formulas, each with a name of its own, a source and another expression than all others."""
    assert len(FORMULAS) >= 100
    assert len(BY_NAME) == len({f.loss for f in FORMULAS}) == len(FORMULAS)
    assert all(re.fullmatch(r"[a-z0-9_]+", f.name) and f.source for f in FORMULAS)


def test_ranges_are_those_of_textbooks():
    """Every range has two ends, is finite, wide enough to sample, and keeps the sign of a positive symbol."""
    for formula in FORMULAS:
        for symbol in formula.symbols:
            low, high = formula.ranges[symbol.name]
            assert -1e6 < low < high < 1e6, formula.name
            assert high - low > 0.01 * max(abs(low), abs(high)), formula.name
            assert low > 0 or not symbol.is_positive, formula.name


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.name)
def test_every_formula_is_defined_on_its_ranges(formula):
    """All points are found, no partial derivative vanishes, and the loss is finite at each."""
    roads = arena(formula)
    assert sum(stratum in ("generic", "short") for stratum in roads.points.strata) == 16
    assert all(np.isfinite(values).all() for values in roads.closed_form)
    assert all(values.any() for values in roads.closed_form)


@pytest.mark.parametrize("name", PART)
def test_right_programs_are_right(name):
    """Three programs or more, all different, have the value of the formula to 13 digits of its largest."""
    formula = BY_NAME[name]
    written = programs(formula)
    assert len({p.text for p in written}) == len(written) >= 3
    code = sympy.lambdify(formula.symbols, formula.loss, "mpmath")
    points = [arena(formula).points.values[n].ravel() for n in formula.variables]
    truth = np.array([float(code(*map(mpmath.mpf, point))) for point in zip(*points, strict=True)])
    for program in written:
        found = program.function(FUNCTIONS)(*map(torch.tensor, points)).numpy()
        assert np.abs(found - truth).max() <= 1e-13 * np.abs(truth).max(), program


def test_a_rewriting_that_cancels_is_let_in():
    """An expanded square of a difference, which loses digits, is equal to 30 of them, and in; another function isn't."""
    formula = BY_NAME["trajectory"]
    x, y = (s for s in formula.symbols if s.name in ("theta", "x"))
    assert equal(formula, sympy.expand(formula.loss))
    assert not equal(formula, formula.loss + x * y)
    density = BY_NAME["normal"]
    u, m, s = (next(v for v in density.symbols if v.name == name) for name in "ums")
    expanded = -(u**2 - 2 * u * m + m**2) / (2 * s**2) - sympy.log(s) - sympy.log(2 * sympy.pi) / 2
    assert equal(density, expanded)
    assert any(program.label == "expanded" for program in programs(density))


def test_mutants_are_wrong_as_they_say():
    """Of v²·m/2 at m = 3, v = 5 each kind of mutant has the gradient that its name says, and the right one elsewhere."""
    formula = BY_NAME["kinetic_energy"]
    expected = {
        "sign": -15.0,
        "factor 2": 30.0,
        "zero": 0.0,
        "another variable's": 12.5,
        "relative 1e-3": 15.015,
        "relative 1e-6": 15.000015,
        "relative 1e-9": 15.000000015,
    }
    trial = Trial(formula, "1", "float64")
    for kind, wanted in expected.items():
        m, v = (torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (3.0, 5.0))
        value = trial.function(case(formula, kind, "v"))(m, v)
        value.backward()
        assert (value.item(), m.grad.item()) == (37.5, 12.5)
        assert math.isclose(v.grad.item(), wanted, rel_tol=1e-12, abs_tol=0.0)


def test_the_chain_and_the_sum_rule_are_broken_where_they_are_used():
    """Of a·cosh(x/a) the derivative by x loses the inner 1/a, the one by a one of its two terms."""
    formula = BY_NAME["catenary"]
    a, x = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (2.0, 3.0))
    Trial(formula, "1", "float64").function(case(formula, "inner derivative", "x"))(a, x).backward()
    assert math.isclose(x.grad.item(), 2 * math.sinh(1.5), rel_tol=1e-14)
    a.grad = None
    Trial(formula, "1", "float64").function(case(formula, "dropped term", "a"))(a, x).backward()
    assert min(abs(a.grad.item() - left) for left in (math.cosh(1.5), -1.5 * math.sinh(1.5))) < 1e-14


def test_units_scale_the_gradient():
    """In other units the value stays and the gradient is divided by the unit."""
    formula = BY_NAME["kinetic_energy"]
    for scale, factor in (("1e-3", 1e-3), ("1e6", 1e6)):
        m, v = (torch.tensor(x * factor, dtype=torch.float64, requires_grad=True) for x in (3.0, 5.0))
        value = Trial(formula, scale, "float64").function(programs(formula)[0])(m, v)
        value.backward()
        assert math.isclose(value.item(), 37.5, rel_tol=1e-15)
        assert math.isclose(v.grad.item(), 15.0 / factor, rel_tol=1e-15)


def test_symgrad_is_never_wrong_on_a_part_of_the_corpus(counted):
    """No right gradient fails, no wrong one that is larger than rounding passes, and fewer than 1 % stay undecided."""
    tally, surprises = counted
    assert surprises == []
    assert (tally.false_failures(), tally.false_passes()) == (0, 0)
    assert tally.undecided() < 0.01 * tally.count([RIGHT, *KINDS])
    assert tally.count([RIGHT], dtype="float32") >= 3 * 3 * sum(len(BY_NAME[name].variables) for name in PART)


def test_rounding_explains_little(counted):
    """In float64 rounding explains no mutant, in float32 none but relative errors of 1e-6 and 1e-9."""
    tally, _ = counted
    assert tally.within_rounding(KINDS, dtype="float64") == 0
    assert tally.within_rounding([k for k in KINDS if k not in ("relative 1e-6", "relative 1e-9")], dtype="float32") == 0
    assert tally.within_rounding(["relative 1e-9"], dtype="float32") > 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_shared_verdict_is_the_verdict_of_check(dtype):
    """What the benchmark shares between programs changes nothing: `symgrad.check` says the same, to the last digit."""
    formula = BY_NAME["doppler"]
    trial = Trial(formula, "1e3", dtype)
    for program in (programs(formula)[-1], case(formula, "relative 1e-3", "beta"), case(formula, "dropped term", "beta")):
        shared, _ = trial.judged(program)
        assert symgrad.check(trial.exercise, dtype=dtype) == shared


def test_counting_sees_a_checker_that_passes_everything():
    """It has a false pass for every wrong gradient that rounding doesn't explain, and no false failure."""
    formula = BY_NAME["kinetic_energy"]
    tally, surprises = verdicts.run(formula, ["1"], DTYPES, [Always(Answer.PASS)])
    wrong = len(mutants(formula))
    assert tally.false_passes(dtype="float64") == wrong == tally.count(KINDS, dtype="float64")
    assert tally.false_passes(dtype="float32") + tally.within_rounding(KINDS, dtype="float32") == wrong
    assert (tally.false_failures(), tally.undecided(), surprises) == (0, 0, [])


def test_counting_sees_a_checker_that_fails_everything():
    """It has a false failure for every right gradient, and no false pass; one that never decides has neither."""
    formula = BY_NAME["kinetic_energy"]
    tally, _ = verdicts.run(formula, ["1"], ["float64"], [Always(Answer.FAIL)])
    right = len(programs(formula)) * len(formula.variables)
    assert (tally.false_failures(), tally.false_passes(), tally.undecided()) == (right, 0, 0)
    tally, _ = verdicts.run(formula, ["1"], ["float64"], [Always(Answer.OPEN)])
    assert (tally.false_failures(), tally.false_passes(), tally.undecided()) == (0, 0, right + len(mutants(formula)))


def test_a_surprise_names_the_case():
    """A case in which symgrad is wrong is printed with formula, dtype, unit, program and variable."""

    class Broken(Symgrad):
        def answers(self, trial, case, variables):
            return [Answer.FAIL if isinstance(case, Program) else Answer.OPEN] * len(variables)

    _, surprises = verdicts.run(BY_NAME["kinetic_energy"], ["1e3"], ["float64"], [Broken()])
    assert surprises[0] == "  fail of a right program: kinetic_energy, float64, unit 1e3, as written, dL/dm"
    assert surprises[-1] == "  undecided of a mutant: kinetic_energy, float64, unit 1e3, another variable's, dL/dv"


def test_gradcheck_is_asked_as_its_users_ask():
    """It passes right gradients and relative errors of 1e-6, and rejects a sign; in float32 it rejects right gradients."""
    formula = BY_NAME["doppler"]
    trial, short = Trial(formula, "1", "float64"), Trial(formula, "1", "float32")
    for checker in (Gradcheck(fast=False), Gradcheck(fast=True)):
        assert checker.answers(trial, programs(formula)[0], formula.variables) == [Answer.PASS, Answer.PASS]
        assert checker.answers(trial, case(formula, "sign", "f"), ["f"]) == [Answer.FAIL]
        assert checker.answers(trial, case(formula, "relative 1e-6", "f"), ["f"]) == [Answer.PASS]
        assert checker.answers(short, programs(formula)[0], ["beta"]) == [Answer.FAIL]


def test_tables_show_what_was_counted():
    """One row a checker, dtype and unit, with shares, and a sum; one row a kind of error."""
    tally = Tally()
    for kind, answer, times in (
        (RIGHT, Answer.PASS, 199),
        (RIGHT, Answer.FAIL, 1),
        ("sign", Answer.FAIL, 3),
        ("sign", Answer.PASS, 1),
    ):
        for _ in range(times):
            tally.add("one", "float64", "1e3", kind, answer)
    tally.add("one", "float64", "1e3", "sign", Answer.PASS, explained=True)
    row = [cell.strip() for cell in main_table(tally).splitlines()[2].strip("|").split("|")]
    assert row == ["one", "float64", "1e3", "200", "1 (0.50 %)", "4", "1 (25.0 %)", "0", "1"]
    assert [cell.strip() for cell in kinds_table(tally, "float64").splitlines()[2].strip("|").split("|")] == [
        "sign",
        "4",
        "1 (25.0 %)",
        "1",
    ]


def test_tables_are_written_between_the_marks(tmp_path):
    """What stands around the marks stays; a file without them is replaced."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n{verdicts.MARKS[0]}\nold\n{verdicts.MARKS[1]}\nafter\n")
    verdicts.write("new\n", page)
    assert page.read_text() == f"before\n{verdicts.MARKS[0]}\n\nnew\n\n{verdicts.MARKS[1]}\nafter\n"
    plain = tmp_path / "plain.md"
    verdicts.write("new\n", plain)
    assert plain.read_text() == "new\n"


def test_names_and_packages_that_are_missing_are_said(monkeypatch, capsys):
    """An unknown formula and a missing JAX end the run with a sentence that says what to do."""
    with pytest.raises(SystemExit, match=r"no formula 'kinetic'; there are kinetic_energy, "):
        verdicts.chosen(["kinetic"], quick=False)
    monkeypatch.setattr(sys, "argv", ["verdicts.py", "--quick"])
    monkeypatch.setattr(verdicts.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"jax isn't installed; install it with pip install .*'\.\[bench\]', or say --no-jax"):
        verdicts.main()


def test_the_quick_run_is_a_part_of_the_whole():
    """A few small formulas from all over the corpus."""
    quick = verdicts.chosen([], quick=True)
    assert len(quick) == verdicts.QUICK_FORMULAS
    assert all(f in FORMULAS and len(f.variables) <= verdicts.QUICK_VARIABLES for f in quick)


def test_the_page_says_what_its_tables_say():
    """docs/verdicts.md: symgrad's rows have no false failure, no false pass and nothing undecided, and the sums are named."""
    page = (ROOT / "docs" / "verdicts.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| symgrad")]
    assert [(dtype, unit) for _, dtype, unit, *_ in rows] == [(d, u) for d in DTYPES for u in (*verdicts.SCALES, "all")]
    assert {(failures, passes, undecided) for *_, failures, _, passes, undecided, _ in rows} == {("0", "0", "0")}
    sums = [row for row in rows if row[2] == "all"]
    for column in (3, 5):
        assert f"none of {sum(int(row[column].replace(',', '')) for row in sums):,} " in page
    assert f"{len(FORMULAS)} formulas with {sum(len(f.variables) for f in FORMULAS)} partial derivatives" in page
