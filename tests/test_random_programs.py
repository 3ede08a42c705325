"""The benchmark of random programs: its programs are what they say, its measures are independent, its counts are honest."""

import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))  # it's a folder of scripts, no package

import random_programs  # noqa: E402
from inventing.cases import OWN, case, executed  # noqa: E402
from inventing.judging import Judged, judged, loses_digits  # noqa: E402
from inventing.measuring import Fault, Thrown, measured  # noqa: E402
from inventing.operations import STYLES  # noqa: E402
from inventing.tables import Tally, tables  # noqa: E402
from inventing.whole import OPERATIONS  # noqa: E402
from inventing.widths import MODELS, Seen, seen, widths_tables  # noqa: E402

SEED, SHARE = 0, range(48)


def always(verdict):
    """A checker that gives one verdict, whatever it's shown."""
    return lambda case, exercise: SimpleNamespace(verdict=verdict, reason="planted", message=None, gradients=(), loss=None)


def counted(judge, indices=SHARE):
    """The counts of a checker on a share of the cases."""
    tally = Tally()
    for found in random_programs.run(SEED, indices, judge=judge):
        tally.add(found)
    return tally


@pytest.fixture(scope="module")
def share():
    """symgrad's outcomes on a share of the cases."""
    return random_programs.run(SEED, SHARE)


def test_a_share_of_the_cases_is_judged(share):
    """Most cases are put to symgrad, none is the generator's fault, no right program is an error or fails in float64 and float32."""
    outcomes = Counter(found.outcome for found in share)
    assert outcomes["fault"] == 0
    assert outcomes["thrown"] < len(share) / 5
    wide = [found for found in share if found.case.dtype in ("float64", "float32")]
    assert not [
        found.case.title
        for found in wide
        if found.outcome == "false failure" or (found.outcome == "error" and not found.case.mutation)
    ]
    assert {found.outcome for found in share if not found.case.mutation} <= {"pass", "inconclusive", "inaccurate", "thrown"}
    assert outcomes["fail"] > outcomes["false pass"]


def test_a_checker_that_passes_everything_is_counted_as_such():
    """It has a false pass for every wrong program whose effect counts, and no false failure."""
    tally = counted(always("pass"), range(24))
    right = sum(n for key, n in tally.found.items() if not key[0] and key[1] == "pass")
    assert tally.false_failures() == 0
    assert tally.false_passes() > 3
    assert tally.count(True, "fail") == 0
    assert right + tally.count(False, "thrown") == 12


def test_a_checker_that_fails_everything_is_counted_as_such():
    """It has a false failure for every right program that is judged, and no false pass."""
    tally = counted(always("fail"), range(24))
    assert tally.false_failures() + tally.count(False, "thrown") == 12
    assert tally.false_passes() == 0
    assert tally.count(True, "fail") > 3
    assert tally.count(True, "rare, passed") == 0


def test_a_checker_that_never_decides_or_raises_has_neither():
    """Its cases are inconclusive, or errors; neither is a pass or a failure."""

    def raises(case, exercise):
        raise RuntimeError("planted")

    for judge, outcome in ((always("inconclusive"), "inconclusive"), (raises, "error")):
        tally = counted(judge, range(16))
        assert (tally.false_failures(), tally.false_passes()) == (0, 0)
        assert tally.count(False, outcome) + tally.count(False, "thrown") == 8


def test_an_index_makes_the_same_case_again():
    """The source is a function of seed and index; other seeds give others."""
    assert [case(SEED, i).source for i in range(20)] == [case(SEED, i).source for i in range(20)]
    assert case(SEED, 2).source != case(SEED + 1, 2).source
    assert case(SEED, 2).mutation is None
    assert case(SEED, 3).mutation is not None


def test_every_operation_is_its_truth_in_every_spelling():
    """Each spelling of each operation, in float64, has the value and the gradient of its plain one, as the generator's tests have it."""
    drawn = Counter()
    for index in range(0, 240, 8):
        right = case(11, index, ("float64",))
        drawn.update(node.operation.name for node in right.loss.nodes)
        try:
            measured(right)
        except Thrown:
            continue
    assert len(drawn) > len(OPERATIONS) / 3


def test_a_spelling_that_is_another_function_is_a_fault():
    """A right program whose source is changed to compute something else is told by the generator itself."""
    one = next(
        c
        for c in (case(SEED, i) for i in range(0, 400, 2))
        if c.style not in (OWN, "plain") and c.dtype == "float64" and c.way == "backward" and "domain" not in c.source
    )
    measured(one)
    broken = SimpleNamespace(**{**vars(one), "source": one.source.replace("    return h", "    return 3 * h")})
    with pytest.raises(Fault):
        measured(broken)


def test_an_effect_is_measured_against_the_right_programs_error():
    """A mutation of factor 2 at the last value but one shows at all points; a right program has rounding alone."""
    for index in range(1, 400, 2):
        wrong = case(SEED, index, ("float64",))
        if wrong.mutation.kind == "factor 2" and wrong.mutation.where == "a" and wrong.order == 1:
            break
    found = measured(wrong)
    assert found.shown == 1.0
    assert found.own < 1e-10


def test_every_style_differs_from_the_plain_one():
    """A loss of eight cases is written in several ways."""
    sources = {s: {case(SEED, i).source for i in SHARE if case(SEED, i).style == s} for s in STYLES}
    assert sum(bool(found) for found in sources.values()) >= 5


def test_a_file_that_is_shown_can_be_run(capsys, monkeypatch):
    """`--show` prints an exercise with a program that gives the values of the loss."""
    monkeypatch.setattr(sys, "argv", ["random_programs.py", "--show", "3", "--seed", str(SEED)])
    random_programs.main()
    shown = capsys.readouterr().out
    exercise = executed(shown, "shown.py")["exercise"]
    assert exercise.name == "random"
    assert shown.startswith(f'"""seed {SEED}, index 3: wrong: ')


def test_surprises_are_told_with_their_source():
    """A false failure goes to standard error with seed, index and source."""
    said = []
    found = [f for f in random_programs.run(SEED, range(8, 32, 2), judge=always("fail")) if f.outcome != "thrown"]
    random_programs.report(iter(found), said.append)
    assert len(said) == len(found) > 3
    assert said[0].startswith(f"false failure: {found[0].case.title}")
    assert "exercise = Exercise(" in said[0]


def test_tables_show_what_was_counted():
    """The sentence above the tables has the counts, and each mutation a row."""
    tally, wrong = Tally(), case(SEED, 1)
    for outcome in ("fail", "false pass", "too small"):
        tally.add(Judged(wrong, outcome, "planted", ""))
    tally.add(Judged(case(SEED, 0), "false failure", "planted", ""))
    text = tables(tally)
    assert "1 judged, 1 false failures. Wrong programs: 2 whose effect" in text
    assert "1 false passes; 1 out." in text
    assert f"| {wrong.mutation.kind} " in text


def test_widths_tell_right_from_multiplied():
    """In float64 the right layer of width 8 passes and a gradient times 1.2 fails; the table has a letter for each."""
    layer = next(model for model in MODELS if model.name == "affine layer")
    verdicts = [seen(layer, 8, "float64", factor) for factor in (1.0, 1.2)]
    assert [v.verdict for v in verdicts] == ["pass", "fail"]
    planted = [
        Seen("affine layer", 8, "float64", factor, v, "blind", 0.5, 0.0)
        for factor, v in ((1.0, "pass"), (2.0, "pass"), (0.0, "inconclusive"))
    ]
    text = widths_tables(planted)
    assert "50% (pass)" in text
    assert "| Pb" in text
    assert "1 multiplied gradients passed, 0 right ones failed." in text


def test_a_right_program_that_loses_its_digits_is_no_false_failure():
    """Measured at the point that a report names: √u of the gradient, or no number at all."""
    own = next(c for c in (case(SEED, i, ("float64",)) for i in range(0, 400, 2)) if c.style == "plain" and c.way == "backward")
    point = {s.name: np.full(s.shape, 0.5) for s in own.loss.symbols}

    def failing(_case, exercise):
        return SimpleNamespace(verdict="fail", reason="planted", message="", loss=SimpleNamespace(point=point), gradients=())

    assert judged(own, failing).outcome == "false failure"
    lossy = SimpleNamespace(
        **{**vars(own), "source": own.source.replace("    return h", "    return 1.1 * h"), "options": "", "title": ""}
    )
    assert loses_digits(lossy, failing(None, None))
