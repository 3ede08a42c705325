"""Counts over a gradebook: verdicts, marks by exercise, misconceptions, wrong answers that many gave; nothing is formatted.

In comes a `Gradebook` or a sequence of its answers; out go plain numbers and small nouns, in an order that is always the same:
the most frequent first, and among equals the one that comes first in the submissions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symgrad.basics.messages import Message
from symgrad.grading.course.gradebook import Gradebook, Graded, Total
from symgrad.grading.outcome import VERDICTS


@dataclass(frozen=True, slots=True)
class Misconception:
    """A tag, in how many answers it is the best explanation, and the first of them."""

    tag: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A wrong answer that several handed in, the same to the letter."""

    answer: Graded
    count: int


def verdicts(answers: Iterable[Graded]) -> dict[str, int]:
    """How many answers got each verdict, those that nobody got with 0."""
    counted = Counter(answer.verdict for answer in answers)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def marks(totals: Iterable[Total | Graded]) -> tuple[float, float]:
    """The sum of the marks, and of the most that there was to get."""
    score = max_score = 0.0
    for total in totals:
        score, max_score = score + total.score, max_score + total.max_score
    return score, max_score


def questions(gradebook: Gradebook) -> dict[str, dict[str | Message, list[Graded]]]:
    """Answers by exercise, in order, and by name."""
    found: dict[str, dict[str | Message, list[Graded]]] = {exercise: {} for exercise in gradebook.exercises}
    for answer in gradebook.answers:
        found.setdefault(answer.exercise, {}).setdefault(answer.named, []).append(answer)
    return found


def by_exercise(gradebook: Gradebook) -> dict[tuple[str, str], tuple[float, float]]:
    """Marks and most marks of each student and exercise; a pair without answers isn't there."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for answer in gradebook.answers:
        key = (answer.student, answer.exercise)
        score, max_score = found.get(key, (0.0, 0.0))
        found[key] = (score + answer.score, max_score + answer.max_score)
    return found


def pending(gradebook: Gradebook) -> set[tuple[str, str]]:
    """Students and exercises of which a person has to decide something: no mark is final there."""
    return {(answer.student, answer.exercise) for answer in gradebook.answers if answer.verdict == "undecided"}


def possible(gradebook: Gradebook) -> dict[str, float]:
    """The most marks that any student could get for each exercise, in the order of the exercises."""
    found = dict.fromkeys(gradebook.exercises, 0.0)
    for (_, exercise), (_, max_score) in by_exercise(gradebook).items():
        found[exercise] = max(found.get(exercise, 0.0), max_score)
    return found


def misconceptions(answers: Iterable[Graded], most: int) -> list[Misconception]:
    """The most common misconceptions; of an answer with several tags only the best counts, so that shares add up."""
    tagged: dict[str, list[Graded]] = {}
    for answer in answers:
        if answer.tags and answer.verdict == "incorrect":
            tagged.setdefault(answer.tags[0], []).append(answer)
    ordered = sorted(tagged.items(), key=lambda item: -len(item[1]))
    return [Misconception(tag, len(found), found[0].answer) for tag, found in ordered[:most]]


def repeated(answers: Sequence[Graded], most: int) -> list[Repeated]:
    """Wrong and unreadable answers that more than one student handed in under the same name."""
    counted: dict[tuple[str, str | Message, str], list[Graded]] = {}
    for answer in answers:
        if answer.verdict in ("incorrect", "unreadable"):
            counted.setdefault((answer.exercise, answer.named, answer.answer.strip()), []).append(answer)
    several = [Repeated(found[0], len(found)) for found in counted.values() if len(found) > 1]
    return sorted(several, key=lambda found: -found.count)[:most]
