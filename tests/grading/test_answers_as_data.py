"""Nothing in judging reads a sentence: in a language in which every sentence is its code, all is judged as it is in English."""

import dataclasses
import json
from collections.abc import Mapping

import pytest
from corpora import EXERCISES, answer, corpus, own

from symgrad.authoring.exercise_files import load
from symgrad.basics.errors import StudentError
from symgrad.basics.messages import Message, message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.judge import Judge
from symgrad.grading.mistakes import catalogue
from symgrad.grading.mistakes.catalogue import CATALOGUE
from symgrad.grading.mistakes.chain import MARK, formula
from symgrad.grading.outcome import Outcome
from symgrad.reports.wording.language import Language
from symgrad.reports.wording.saying import say, speaking

CORPORA = ("right", "wrong", "malformed", "hostile")
JUDGED = ("linear", "sigmoid_network", "exponential_fit", "softmax_regression", "recurrent", "logistic_regression")
"""Exercises with most of the corpora's cases, and with the kinds of mistakes that there are."""


class Codes(Mapping):
    """Of every code words that are the code."""

    def __getitem__(self, code):
        return lambda **values: code

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


def outcomes():
    """What is said of the corpora's answers to some exercises, by judges that were made just now."""
    exercises = {exercise.name: exercise for exercise in load([str(EXERCISES)]) if exercise.name in JUDGED}
    judges = {name: Judge(Key(exercise)) for name, exercise in exercises.items()}
    cases = [case for name in CORPORA for case in corpus(name) if case["exercise"] in judges]
    for case in cases:
        outcome = judges[case["exercise"]].judge(case["name"], answer(case), own(case))
        person = outcome.verdict == "undecided" or outcome.note is not None
        yield outcome, (outcome.verdict, outcome.tags, outcome.share, person), outcome.message


@pytest.fixture(scope="module")
def english():
    """The outcomes in English."""
    return list(outcomes())


def test_every_answer_is_judged_the_same_in_a_language_of_codes(english):
    """Verdicts, tags, shares, who needs a person, and the messages as data; in words each is its code, with no English left."""
    with speaking(Language("codes", Codes())):
        coded = list(outcomes())
    assert len(english) > 1000
    assert [decided for _, decided, _ in english] == [decided for _, decided, _ in coded]
    assert [outcome.messages for outcome, _, _ in english] == [outcome.messages for outcome, _, _ in coded]
    assert [said for _, _, said in coded] == [" ".join(each.code for each in outcome.messages) for outcome, _, _ in english]


def test_outcomes_survive_json(english):
    """What workers send and journals keep is said as the outcome itself, whatever the answer was."""
    for outcome, _, said in english:
        plain = json.loads(json.dumps(outcome.plain()))
        again = Outcome.of(plain)
        assert (again.plain(), again.message, again.note_text) == (plain, said, outcome.note_text)


def test_an_unreadable_answer_keeps_a_piece_of_its_text():
    """The message of an error has the places in the whole text, the text only around them, and the error's words."""
    text = "x + " * 400 + "w3" + " + x" * 400
    error = StudentError(message("no_name_like_it", name="w3", known=("w", "x")), 1600, 1602, text=text)
    assert error.message.values | {"found": None} == {
        "found": None,
        "start": 1600,
        "end": 1602,
        "text": text[1560:1648],
        "first": 1560,
        "length": 3202,
    }
    assert str(error.message) == str(error)
    assert str(error).splitlines() == [
        "`w3` isn't in this exercise; there are w, x",
        f"    …{'x + ' * 10}w3{' + x' * 6}…",
        f"    {' ' * 41}^^",
    ]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ([message("sign_wrong")], "The sign is wrong."),
        ([message("transpose_or_not", of=formula("a"))], "a should be transposed, or should not."),
        ([message("transpose_or_not", of=formula(f"{MARK}matmul + b"))], "The matmul + b should be transposed, or should not."),
        ([message("taken_of_adjoint", function="tanh")], "tanh′ is taken of the adjoint."),
        (
            [
                message("and_also", first=message("exchanged", first=formula("a"), second=formula("y")), then=message("sign_wrong")),
                message("so_many_times", factor=-0.5),
            ],
            "a and y are exchanged, and the sign is wrong. Or: It is −½ times what it should be.",
        ),
        (
            [message("terms_weighted", terms=((formula("z"), 3.0), (formula("q"), -2 / 3)))],
            "The term through z is 3 times what it should be; the term through q is −2/3 times what it should be.",
        ),
    ],
    ids=["words", "a name", "an operation", "a function", "several", "weights"],
)  # fmt: skip
def test_sentences_begin_with_a_capital_letter_unless_with_a_name(by, said):
    """Names and formulas keep their case, be they called as a word is."""
    assert str(message("explained", by=by)) == said


def test_a_mistake_from_elsewhere_brings_its_words(monkeypatch):
    """Templates and functions of a row's own codes are found; codes that nobody has words for are shown with their values."""
    words = {"bias_scaled": "the bias is scaled by {factor}", "bias_forgotten": lambda name: f"{name} is forgotten"}
    row = dataclasses.replace(
        CATALOGUE["sign"], tag="bias", summary=Message("bias_forgotten", {"name": "the bias"}), words=words
    )
    monkeypatch.setattr(catalogue, "CATALOGUE", {**CATALOGUE, "bias": row})
    scaled = Message("bias_scaled", {"factor": 3})
    assert say(row.summary) == "the bias is forgotten"
    assert say(message("explained", by=[scaled])) == "The bias is scaled by 3."
    assert say(Message("bias_unheard_of", {"factor": 3})) == "bias_unheard_of {'factor': 3}"
