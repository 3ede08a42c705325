"""The corpora: right answers are right, wrong ones are wrong and explained, malformed ones get their message, hostile ones do nothing."""

import os
import sys
import time
from collections import Counter

import pytest
from corpora import answer, corpus, judged, judges, own

from symgrad.grading.workers.pool import Failed, run

PWNED = "/tmp/symgrad_pwned"


def test_right_answers_in_every_form_are_right():
    """More than 300 forms over more than 10 exercises, none marked wrong."""
    cases = list(judged("right"))
    assert len(cases) >= 300
    assert len({case["exercise"] for case, _ in cases}) >= 10
    assert [(case["answer"], outcome) for case, outcome in cases if outcome.verdict != "correct"] == []


def test_wrong_answers_are_wrong():
    """More than 400, none marked right but those that follow from the student's own wrong adjoint, none left undecided."""
    cases = list(judged("wrong"))
    assert len(cases) >= 400
    verdicts = Counter(outcome.verdict for _, outcome in cases)
    carried = [case for case, outcome in cases if "carried_forward" in outcome.tags]
    assert all("with" in case for case in carried)
    assert verdicts == {"incorrect": len(cases) - len(carried), "correct": len(carried)}


def test_wrong_answers_are_explained():
    """Nine of ten get the tag that stands beside them, and eight of ten get it, or one that describes the same slip, first."""
    cases = [(case, outcome) for case, outcome in judged("wrong") if case["tag"] is not None]
    found = [case["tag"] in outcome.tags for case, outcome in cases]
    first = [outcome.tags[:1] and outcome.tags[0] in {case["tag"], *case.get("also", [])} for case, outcome in cases]
    assert sum(found) / len(cases) >= 0.93
    assert sum(map(bool, first)) / len(cases) >= 0.88


def test_every_common_mistake_is_explained_most_of_the_time():
    """No tag with ten cases or more is missed in more than half of them."""
    hits: dict[str, list[bool]] = {}
    for case, outcome in judged("wrong"):
        if case["tag"] is not None:
            hits.setdefault(case["tag"], []).append(case["tag"] in outcome.tags)
    assert {tag for tag, each in hits.items() if len(each) >= 10 and sum(each) < len(each) / 2} == set()


def test_malformed_answers_get_their_message():
    """More than 150, each unreadable with the message that stands beside it, which names what its author said it must name."""
    cases = list(judged("malformed"))
    assert len(cases) >= 150
    assert [(case["answer"], outcome.verdict) for case, outcome in cases if outcome.verdict != "unreadable"] == []
    wrong = [(case["answer"], outcome.message) for case, outcome in cases if outcome.message.split("\n")[0] != case["message"]]
    assert wrong == []
    unsaid = [
        (case["answer"], outcome.message)
        for case, outcome in cases
        if any(said.lower() not in outcome.message.lower() for said in case["says"])
    ]
    assert unsaid == []


def test_messages_never_say_the_right_answer_nor_the_word_exception():
    """A student sees neither a traceback nor the word."""
    for name in ("wrong", "malformed"):
        for _, outcome in judged(name):
            assert "xception" not in outcome.message
            assert "Traceback" not in outcome.message


def test_hostile_answers_do_nothing():
    """More than 100, in workers under limits: none executes anything, none takes longer than the limit, the others go on."""
    cases = corpus("hostile")
    assert len(cases) >= 100
    if os.path.exists(PWNED):
        os.remove(PWNED)

    def work(index):
        sys.setrecursionlimit(10_000)
        case = cases[index]
        started = time.perf_counter()
        outcome = judges()[case["exercise"]].judge(case["name"], answer(case), own(case))
        return [*outcome.plain()[:2], time.perf_counter() - started]

    for judge in judges().values():
        judge.prepare(figures=True)
    results = dict(run(work, range(len(cases)), jobs=2, seconds=20, memory=2**30))
    assert len(results) == len(cases)
    assert not os.path.exists(PWNED)
    failed = {cases[k]["why"]: result for k, result in results.items() if isinstance(result, Failed)}
    assert failed == {}
    expected = [(case, results[k][0]) for k, case in enumerate(cases) if "verdict" in case]
    assert [(case["why"], verdict) for case, verdict in expected if verdict != case["verdict"]] == []


@pytest.mark.parametrize(
    "answer_",
    ["2x(wx-y) + sin(64*pi*x)*(wx-y)", "2x(wx-y) cos(4503599627370496*2*pi*x)", "2x(wx-y) + 1e-300", "2x(wx-y)(1 + 1e-59)"],
)
def test_answers_made_to_fool_sample_points_do_not(answer_):
    """What vanishes on every grid of points, or is smaller than any float, is told from nothing."""
    assert judges()["linear"].judge("w", answer_).verdict == "incorrect"
