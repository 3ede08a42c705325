"""Submissions arranged for judging: what counts, where a name is spelled twice or an entry is asked of a whole matrix."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from symgrad.basics.errors import StudentError
from symgrad.basics.messages import message
from symgrad.grading.answer_key.target import Target
from symgrad.grading.answer_key.target_names import target_of
from symgrad.grading.course.marks import Scheme
from symgrad.grading.judge import Judge
from symgrad.grading.submissions import Submissions
from symgrad.grading.submissions.answers import Answer, Problem


def arranged(
    handed: Submissions, judges: Mapping[str, Judge], schemes: Mapping[str, Scheme], left_out: Collection[str]
) -> Submissions:
    """The answers that count: of several to one target the last, an asked entry taken of the whole matrix it stands in.

    Answers to exercises that were left out on purpose are dropped without a word.
    """
    places: dict[tuple[str, str, Target | str], int] = {}
    kept: list[Answer | None] = []
    problems = list(handed.problems)
    for answer in handed.answers:
        if answer.exercise in left_out:
            continue
        target = _target(answer, judges)
        key = (answer.student, answer.exercise, target if target is not None else answer.name)
        if key in places:
            earlier = kept[places[key]]
            assert earlier is not None  # only the last of several is kept
            found = message("handed_in_as_another", name=answer.name, earlier=earlier.name, place=earlier.place)
            problems.append(Problem(answer.place, found))
            kept[places[key]] = None
        places[key] = len(kept)
        kept.append(answer)
    answers = [answer for answer in kept if answer is not None]
    taken = [*answers, *_entries(answers, judges, schemes, set(places))]
    return replace(handed, answers=tuple(taken), problems=tuple(problems))


def _target(answer: Answer, judges: Mapping[str, Judge]) -> Target | None:
    judge = judges.get(answer.exercise)
    try:
        return None if judge is None else target_of(answer.name, judge.key)
    except StudentError:
        return None


def _entries(
    answers: list[Answer],
    judges: Mapping[str, Judge],
    schemes: Mapping[str, Scheme],
    handed: set[tuple[str, str, Target | str]],
) -> list[Answer]:
    """For every entry that is asked and wasn't handed in by itself, the whole matrix that was, under the entry's name."""
    found = []
    for answer in answers:
        target = _target(answer, judges)
        if target is None or target.index is not None:
            continue
        rules = schemes[answer.exercise]
        for asked, name in rules.names.items():
            same = asked.name == target.name and asked.index is not None
            if same and (answer.student, answer.exercise, asked) not in handed:
                found.append(replace(answer, name=name))
    return found
