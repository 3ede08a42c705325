"""The catalogue of mistakes: every one catches its examples and leaves its counter-examples alone."""

import pytest
from corpora import judges

from symgrad.grading.mistakes.catalogue import CATALOGUE

EXAMPLES = [(item.tag, example) for item in CATALOGUE.values() for example in item.catches]
COUNTER_EXAMPLES = [(item.tag, example) for item in CATALOGUE.values() for example in item.misses]
ASKED_FOR = {
    "sign", "factor", "sum_for_mean", "missing_derivative", "doubled_derivative", "wrong_place", "wrong_activation", "outer_only",
    "path_dropped", "term_dropped", "other_gradient", "loss_itself", "adjoint_instead", "transposed", "operands_exchanged",
    "batch_not_summed", "elementwise_for_product", "regularisation_forgotten", "target_exchanged", "wrong_point",
    "too_few_digits", "positive_axis_only", "undefined", "shape", "carried_forward",
}  # fmt: skip


def judged(example):
    return judges()[example.exercise].judge(example.name, example.answer)


def test_the_catalogue_holds_what_it_should():
    """Every mistake by its tag, with a summary and, but for what is no mistake, with examples of both kinds."""
    assert set(CATALOGUE) == ASKED_FOR
    for tag, item in CATALOGUE.items():
        assert item.tag == tag
        assert item.summary
        assert tag == "carried_forward" or (item.catches and item.misses)


@pytest.mark.parametrize(("tag", "example"), EXAMPLES, ids=lambda each: getattr(each, "answer", each))
def test_a_mistake_is_caught(tag, example):
    """Its examples are incorrect, with its tag among the tags."""
    outcome = judged(example)
    assert outcome.verdict == "incorrect"
    assert tag in outcome.tags


@pytest.mark.parametrize(("tag", "example"), COUNTER_EXAMPLES, ids=lambda each: getattr(each, "answer", each))
def test_another_mistake_is_left_alone(tag, example):
    """Its counter-examples have another tag, or none."""
    outcome = judged(example)
    assert outcome.verdict != "unreadable", outcome.message
    assert tag not in outcome.tags


@pytest.mark.parametrize(
    ("exercise", "name", "answer", "message"),
    [
        ("sigmoid_network", "w1", "(w2' dz2) x'", "The factor σ′(z1) is missing."),
        ("linear", "w", "2x(y - wx)", "The sign is wrong."),
        ("linear", "w", "x(wx - y)", "A factor 2 is missing."),
        ("linear", "w", "-x(wx - y)", "A factor 2 is missing, and the sign is wrong."),
        ("ridge", "w", "2 r x'/5", "The term of the penalty lam Σ(w²)/2 is missing."),
        ("sigmoid_network", "dz2", "(y2 - y) ∘ σ'(y2)", "σ′ is taken at y2 in place of z2."),
        ("linear", "w", "7.25 x(wx - y)", "It is 29/8 times what it should be."),
    ],
)
def test_messages_name_the_place_in_the_chain(exercise, name, answer, message):
    """A sentence that helps, and never the answer itself."""
    assert judges()[exercise].judge(name, answer).message.split(" Or: ")[0] == message


def test_several_explanations_are_all_told():
    """Where two mistakes give the same wrong gradient, both are said."""
    outcome = judges()["linear"].judge("w", "2(wx - y)")
    assert {"missing_derivative", "outer_only", "adjoint_instead"} <= set(outcome.tags)
    assert " Or: " in outcome.message


def test_two_slips_at_once_are_found():
    """A factor beside another mistake, and two mistakes at different places."""
    assert set(judges()["sigmoid_network"].judge("w1", "-(w2' dz2) x'").tags) >= {"missing_derivative", "sign"}
    assert set(
        judges()["sigmoid_network"].judge("w1", "(w2 (y2 - y) ∘ σ'(z1)) x".replace("w2 (", "(w2 (").replace(") ∘", ")) ∘")).tags
    ) >= {
        "missing_derivative",
        "transposed",
    }


def test_an_answer_without_an_explanation_has_none():
    """Nothing is made up."""
    outcome = judges()["linear"].judge("w", "sin(w) + y^3")
    assert (outcome.tags, outcome.message) == ((), "This is not the gradient.")
