"""Marks: outcomes of a student's answers to one exercise come in, graded answers go out.

What is asked stands in the exercise's `marks` (each parameter, one mark, unless it says otherwise). A gradient that is handed
in entry by entry earns its marks entry by entry. What isn't asked is judged and told, for no marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from symgrad.basics.errors import AuthorError, StudentError, closest
from symgrad.basics.messages import Message, message
from symgrad.grading.answer_key.key import Key
from symgrad.grading.answer_key.target import Target
from symgrad.grading.answer_key.target_names import target_of
from symgrad.grading.course.gradebook import Graded
from symgrad.grading.equality.contents import shown
from symgrad.grading.mistakes.catalogue import CATALOGUE
from symgrad.grading.outcome import MISSING, Outcome
from symgrad.grading.submissions.answers import Answer

ENTRIES = "entries"
CARRIED = "carried_forward"


@dataclass(frozen=True)
class Scheme:
    """What an exercise asks and what it is worth, in the author's order, and the credit that mistakes keep."""

    marks: Mapping[Target, float]
    names: Mapping[Target, str]
    credit: Mapping[str, float]


def scheme(key: Key) -> Scheme:
    """The marks of an exercise. Raises AuthorError for a tag that doesn't exist."""
    exercise = key.exercise
    given = exercise.marks or dict.fromkeys(exercise.parameter_names, 1.0)
    for tag in exercise.credit:
        if tag not in CATALOGUE and tag != ENTRIES:
            place = exercise.place
            raise AuthorError(
                message("no_such_mistake", name=tag, closest=closest(tag, CATALOGUE)),
                field="credit",
                accepted=message("names", names=[ENTRIES, *CATALOGUE]),
                exercise=exercise.name,
                path=None if place is None else place.path,
                line=None if place is None else place.line,
            )
    targets = {target_of(name, key): name for name in given}
    return Scheme({t: given[name] for t, name in targets.items()}, targets, exercise.credit)


def graded(student: str, key: Key, answers: Sequence[tuple[Answer, Outcome]], rules: Scheme) -> Iterator[Graded]:
    """A student's answers to an exercise with their marks, in the order of the submission, then what is missing."""
    placed = [(answer, outcome, _target(answer, key)) for answer, outcome in answers]
    handed = {target for _, _, target in placed if target is not None}
    worth: dict[Target, float] = {}
    missing: list[tuple[str | Message, float]] = []
    for target, marks in rules.marks.items():
        entries = [t for t in handed if t.name == target.name and t.index is not None and t not in rules.marks]
        count = target.shape[0] * target.shape[1]
        if target in handed:
            worth[target] = marks
        elif target.index is None and entries:
            worth |= dict.fromkeys(entries, marks / count)
            if len(entries) < count:
                left = count - len(entries)
                missing.append((message("entries_left", name=rules.names[target], left=left), marks * left / count))
        else:
            missing.append((rules.names[target], marks))
    for answer, outcome, meant in placed:
        most = worth.pop(meant, 0.0) if meant is not None else 0.0
        yield _graded(student, answer, outcome, most, rules.credit)
    nothing = Answer(student, key.exercise.name, "", None)
    for name, marks in missing:
        yield replace(_graded(student, nothing, MISSING, marks, rules.credit), named=name)


def _target(answer: Answer, key: Key) -> Target | None:
    try:
        return target_of(answer.name, key)
    except StudentError:
        return None


def _graded(student: str, answer: Answer, outcome: Outcome, most: float, credit: Mapping[str, float]) -> Graded:
    return Graded(
        student=student,
        exercise=answer.exercise,
        named=answer.name,
        answer=shown(answer.content),
        verdict=outcome.verdict,
        tags=outcome.tags,
        score=most * _share(outcome, credit),
        max_score=most,
        messages=outcome.messages,
        needs_person=outcome.verdict == "undecided" or outcome.note is not None,
        failure=outcome.note,
    )


def _share(outcome: Outcome, credit: Mapping[str, float]) -> float:
    """The share of the marks that an answer earns."""
    if outcome.verdict == "correct":
        return credit.get(CARRIED, 1.0) if CARRIED in outcome.tags else 1.0
    if outcome.verdict != "incorrect":
        return 0.0
    first = credit.get(outcome.tags[0], 0.0) if outcome.tags else 0.0
    return max(first, credit.get(ENTRIES, 0.0) * outcome.share)
