"""A result taken apart: nothing of it is lost, and an exercise fails in pytest exactly where its check does."""

import dataclasses
from pathlib import Path

import pytest

import symgrad.pytest_plugin.parts as parts
from symgrad.authoring.exercise_files import load
from symgrad.basics.messages import verbatim
from symgrad.checking.check import check

FOLDERS = [str(Path(__file__).parent.parent / name) for name in ("wrong_on_purpose", "right_but_suspicious")]

# PyTorch warns of the broadcast in target_size; a warning must not stop the program before symgrad sees what it computes.
pytestmark = pytest.mark.filterwarnings("ignore:Using a target size:UserWarning")


@pytest.fixture(scope="module")
def checked():
    """Every exercise that is wrong on purpose, or right though it doesn't look it, with its result."""
    return [(exercise, check(exercise)) for exercise in load(FOLDERS)]


def parts_of(exercise, result):
    """The parts of all items."""
    return [*(parts.of_parameter(result, name) for name in exercise.parameter_names), parts.of_loss(result, exercise)]


def disagreeing(checked, changed=list):
    """The exercises that pass in all items though their check doesn't, or the other way round."""
    return [r.name for e, r in checked if r.passed != all(part.verdict == "pass" for part in changed(parts_of(e, r)))]


def test_an_exercise_passes_in_all_items_exactly_if_its_check_passes(checked):
    """A result that isn't `pass` has an item that doesn't pass; one that is has none."""
    assert len(checked) > 200
    assert disagreeing(checked) == []


def test_the_most_severe_reason_is_an_items(checked):
    """The reason of a result is that of one of its items."""
    assert [r.name for e, r in checked if r.reason not in {part.result.reason for part in parts_of(e, r)}] == []


def test_nothing_belongs_to_no_item_or_to_two(checked):
    """Gradients, findings and sentences are divided among the items; where nothing was compared all of them say all."""
    for exercise, result in checked:
        if not result.gradients:
            continue
        divided = parts_of(exercise, result)
        assert sorted(id(row) for part in divided for row in part.result.gradients) == sorted(map(id, result.gradients))
        assert sorted(id(each) for part in divided for each in part.result.findings) == sorted(map(id, result.findings))
        said = [line for part in divided for line in (part.result.message or "").splitlines()]
        missing = [line for line in (result.message or "").splitlines() if said.count(line) != 1]
        assert missing == [], result.name


def test_every_item_that_does_not_pass_says_why(checked):
    """There is a sentence wherever there is something to say."""
    for exercise, result in checked:
        for part in parts_of(exercise, result):
            assert part.verdict == "pass" or part.result.message, (result.name, part.subject)


def agreeing(part):
    """A part that has forgotten what it had to say."""
    return dataclasses.replace(part, result=dataclasses.replace(part.result, reason="agree"))


LOST = {
    "gradients": lambda divided: [*map(agreeing, divided[:-1]), divided[-1]],
    "findings": lambda divided: [*divided[:-1], agreeing(divided[-1]) if divided[-1].result.findings else divided[-1]],
    "the loss": lambda divided: [*divided[:-1], divided[-1] if divided[-1].result.findings else agreeing(divided[-1])],
}
"""What a plugin with a mistake would forget, by name: parts in, parts out."""


@pytest.mark.parametrize("lost", LOST)
def test_what_is_lost_is_noticed(lost, checked):
    """A plugin that forgot gradients, the findings of the loss's item, or the loss itself would let exercises pass that don't."""
    assert disagreeing(checked, LOST[lost])


def test_a_blind_check_fails_its_last_item(checked):
    """Planted errors that weren't caught fail the loss's item of an exercise that passes."""
    exercise, result = next((e, r) for e, r in checked if r.passed and r.planted)
    blind = dataclasses.replace(result, caught=result.planted - 1)
    assert [part.verdict for part in parts_of(exercise, blind)][-1] == "fail"
    assert {part.verdict for part in parts_of(exercise, blind)[:-1]} == {"pass"}


def test_a_reason_that_no_item_explains_is_the_losss(checked):
    """Whatever a check may come to find beside gradients and claims, the item of the loss doesn't pass then."""
    exercise, result = next((e, r) for e, r in checked if r.passed)
    unexplained = dataclasses.replace(result, reason="undecided", messages=(verbatim("a new question"),))
    last = parts_of(exercise, unexplained)[-1]
    assert (last.verdict, last.result.message) == ("inconclusive", "a new question")
