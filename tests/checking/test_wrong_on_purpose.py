"""The tester tested: exercises that are wrong on purpose must fail, right ones that don't look it must pass."""

import runpy
from pathlib import Path

import pytest

from symgrad.authoring.exercise_files import load
from symgrad.checking.check import check, check_paths
from symgrad.checking.evidence.chosen_points import chosen
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import differentiated
from symgrad.checking.results.results import Report
from symgrad.checking.results.settings import Settings

WRONG_FOLDER, RIGHT_FOLDER = (str(Path(__file__).parents[1] / name) for name in ("wrong_on_purpose", "right_but_suspicious"))
FOLDERS = [WRONG_FOLDER, RIGHT_FOLDER]
FILES = {path.stem: runpy.run_path(str(path)) for folder in FOLDERS for path in sorted(Path(folder).glob("[!_]*.py"))}
EXPECTED = {name: tuple(expected) for module in FILES.values() for name, expected in module["EXPECTED"].items()}
WRONG, RIGHT = ([exercise.name for exercise in load([folder])] for folder in FOLDERS)
GROSSLY_WRONG = {
    **FILES["signs_and_factors"]["EXPECTED"],
    **FILES["detached"]["EXPECTED"],
    **FILES["shapes_and_broadcasting"]["EXPECTED"],
}
SUSPICIOUS = list(FILES["other_programs"]["EXPECTED"])

# PyTorch warns of the broadcast in target_size as well; a warning must not stop the program before symgrad sees what it computes.
pytestmark = pytest.mark.filterwarnings("ignore:Using a target size:UserWarning")


def reported(report):
    return {result.name: result for result in report.results}


@pytest.fixture(scope="module")
def results():
    return reported(check_paths(FOLDERS))


@pytest.fixture(scope="module")
def results_in_float32():
    return reported(check_paths(FOLDERS, Settings(dtype="float32"), only=[*GROSSLY_WRONG, *SUSPICIOUS]))


@pytest.fixture(scope="module")
def results_of_another_seed():
    return reported(check_paths(FOLDERS, Settings(seed=1)))


def assert_as_expected(result, expected):
    """Verdict and reason, then what it is said of: parameters and findings; of an error, words of its message."""
    verdict, reason, *said = expected
    assert (result.verdict, result.reason) == (verdict, reason), result.message
    if verdict == "error":
        assert said
        assert all(words in result.message for words in said)
    else:
        found = {g.parameter for g in result.gradients if g.verdict != "pass"}
        found |= {f.subject for f in result.findings if f.verdict != "pass"}
        assert found == set(said), result.message


def test_every_exercise_has_one_expectation():
    """Exercises and expectations match one to one, and no name stands twice."""
    names = [exercise.name for exercise in load(FOLDERS)]
    assert len(set(names)) == len(names)
    assert sorted(names) == sorted(name for module in FILES.values() for name in module["EXPECTED"])


def test_there_are_enough():
    """Many exercises are wrong, and many right."""
    assert len(WRONG) >= 150
    assert len(RIGHT) >= 50


def test_every_case_in_wrong_on_purpose_fails_and_every_other_passes(results):
    """No exercise of the one folder passes the check, and every one of the other does."""
    assert [name for name in WRONG if results[name].passed] == []
    assert [name for name in RIGHT if not results[name].passed] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_verdict_reason_and_parameters_are_the_expected_ones(name, results):
    """Each exercise gets exactly the verdict, the reason and the wrong parameters that stand beside it."""
    assert_as_expected(results[name], EXPECTED[name])


@pytest.mark.parametrize("name", GROSSLY_WRONG)
def test_gross_errors_are_the_same_in_float32(name, results_in_float32):
    """Signs, factors, detached paths and wrong shapes get the same verdict, reason and parameters in float32."""
    assert_as_expected(results_in_float32[name], GROSSLY_WRONG[name])


@pytest.mark.parametrize("name", SUSPICIOUS)
def test_right_programs_pass_in_float32(name, results_in_float32):
    """Float32's coarser rounding excuses the same programs; where nothing can cancel they agree."""
    assert results_in_float32[name].verdict == "pass"
    assert results_in_float32[name].reason == "agree" or name not in FILES["other_programs"]["AGREE_IN_FLOAT32"]


@pytest.mark.parametrize("name", EXPECTED)
def test_another_seed_comes_to_the_same_verdict(name, results_of_another_seed):
    """A verdict doesn't hang on the points that happened to be sampled."""
    assert results_of_another_seed[name].verdict == EXPECTED[name][0]


@pytest.mark.parametrize("name", EXPECTED)
def test_exit_status_is_zero_only_for_right_ones(name, results):
    """Checked alone, a right exercise ends with 0, a failed one with 1, one that is undecided or can't be run with 2."""
    result = results[name]
    assert Report((result,), result.settings).exit_status == {"pass": 0, "fail": 1}.get(EXPECTED[name][0], 2)


def test_the_folder_as_a_whole_fails(results):
    """Among all of them the failures decide the exit status."""
    report = Report(tuple(results.values()), Settings())
    assert report.exit_status == 1
    assert not report.passed


@pytest.mark.parametrize("name", EXPECTED)
def test_every_planted_error_is_caught(name, results):
    """No planted error gets through, and in right exercises there are some."""
    assert not results[name].missed
    assert results[name].planted > 0 or name in WRONG


@pytest.mark.parametrize("name", WRONG)
def test_every_wrong_exercise_is_told_why(name, results):
    """A verdict that isn't pass comes with a message, which never blames the tool."""
    assert results[name].message
    assert "symgrad itself failed" not in results[name].message


@pytest.mark.parametrize("name", ["one_of_10_000", "one_of_10_000_slightly", "one_of_80_000_slightly"])
def test_the_one_wrong_entry_of_many_is_named(name, results):
    """The worst entry is the spoilt one."""
    (gradient,) = results[name].gradients
    assert gradient.worst.index == (37, 59)


@pytest.mark.parametrize("name", ["wrong_above_20", "wrong_below_minus_20"])
def test_the_few_wrong_points_of_many_are_named(name, results):
    """The worst entry's point lies beyond ±20: the given one, or one that was sampled far out."""
    (gradient,) = results[name].gradients
    assert abs(gradient.worst.point["z"][0][0]) > 20
    assert gradient.counts["autograd_wrong"] in (2, 3)


@pytest.mark.parametrize("name", ["data_before", "parameter_nudged", "data_after_silently"])
def test_an_edit_in_place_does_not_reach_the_points(name, results):
    """What a program does to its tensors leaves the closed form's numbers alone: the point is one that was sampled."""
    (exercise,) = load([WRONG_FOLDER], only=[name])
    question = Question(exercise, Settings())
    sampled = chosen(question, differentiated(exercise)).points
    point = results[name].gradients[0].worst.point
    assert point in [{n: a.tolist() for n, a in sampled.at(k).items()} for k in range(len(sampled))]


def test_a_stray_exit_ends_nothing():
    """A program that calls exit() is an error of its exercise; the next one is checked."""
    exits, right = load(FOLDERS, only=["exits", "norm_squared"])
    assert [check(exits).verdict, check(right).verdict] == ["error", "pass"]
