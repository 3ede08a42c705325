"""Submissions of a large course, the same for the same seed: right answers in many forms, wrong, unreadable and hostile ones.

Run: python benchmarks/answers.py 100000 FILE.csv [--students 2000] [--seed 0]

Formulas of `students/subjects.py` are rewritten in ways that keep their value, or slip, and are written down by many hands;
others come from the corpora of the tests. Whether a formula is right is settled here by its values, without symgrad. An answer
is made anew in half of the cases, else one that another student gave before: that makes few common and many rare ones, as
in H. A. Simon, "On a class of skew distribution functions", Biometrika 42 (1955), p. 427. A wrong adjoint of a step is
carried forward by whoever writes the rest in terms of it.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeAlias

from students.rewriting import BRIEF, RULES, rewritten
from students.slips import slipped
from students.spoiling import figures, hostile, respaced, spoilt
from students.subjects import SUBJECTS, Subject
from students.values import code, parsed
from students.writing import Writer, hand

NEW = 0.5
"""Share of answers that are made anew; the simplest ones come up again, so that 35 % of 100,000 are distinct."""
SHORT = 40
"""Characters of a short answer."""
KINDS: Mapping[str, float] = {
    "right": 0.48, "wrong": 0.25, "unreadable": 0.08, "number": 0.05, "wrong number": 0.03, "corpus": 0.09,
    "empty": 0.015, "hostile": 0.005,
}  # fmt: skip
"""Kinds of new answers and their shares."""
CORPORA = Path(__file__).parent.parent / "tests" / "grading" / "corpus"
Row: TypeAlias = tuple[str, str, str, str]


class Written(NamedTuple):
    """An answer to an exercise under a name, and its entries in SymPy's syntax."""

    exercise: str
    name: str
    answer: str
    code: tuple[str, ...]


def right(subject: Subject, name: str, chance: Random, brief: bool = False) -> tuple[Any, str]:
    """A right formula and how somebody writes it."""
    tree = parsed(chance.choice(subject.answers[name]))
    tree = rewritten(tree, subject, chance, BRIEF if brief else RULES, chance.choice((0, 1, 1, 2, 2, 3, 4, 6)))
    return tree, Writer(subject, hand(name, chance)).write(tree)


def wrong(subject: Subject, name: str, chance: Random, brief: bool = False) -> tuple[Any, str]:
    """A formula that isn't right, and how somebody writes it."""
    tree = parsed(chance.choice(subject.answers[name]))
    tree = rewritten(tree, subject, chance, BRIEF if brief else RULES, chance.choice((0, 0, 1, 1, 2, 3)))
    tree = slipped(tree, subject, name, chance)
    return tree, Writer(subject, hand(name, chance)).write(tree)


def fresh(subject: Subject, name: str, chance: Random) -> str:
    """An answer of some kind."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "empty":
        return " " * chance.randrange(2)
    if kind == "hostile":
        return hostile(chance)
    if kind == "corpus":
        return respaced(chance.choice(_corpus(subject.exercise, name) or ["0"]), chance)
    if kind in ("number", "wrong number") and subject.point:
        return figures((wrong if kind.startswith("wrong") else right)(subject, name, chance)[0], subject, chance)
    if kind == "wrong" or kind == "wrong number":
        return wrong(subject, name, chance)[1]
    text = right(subject, name, chance)[1]
    return spoilt(text, chance) if kind == "unreadable" else text


@cache
def _corpus(exercise: str, name: str) -> list[str]:
    """Answers of the tests' corpora, right, wrong and unreadable ones, that stand by themselves."""
    lines = [line for stem in ("right", "wrong", "malformed") for line in (CORPORA / f"{stem}.jsonl").open(encoding="utf-8")]
    found = [row for row in map(json.loads, lines) if (row["exercise"], row["name"]) == (exercise, name)]
    return [row["answer"] for row in found if isinstance(row.get("answer"), str) and not row.get("with")]


@dataclass
class Course:
    """The answers that students have given so far, by exercise and name."""

    chance: Random
    given: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def answer(self, subject: Subject, name: str) -> str:
        """One more answer: a new one, or one that was given before."""
        before = self.given.setdefault((subject.exercise, name), [])
        known = self.chance.random() >= NEW and bool(before)
        before.append(self.chance.choice(before) if known else fresh(subject, name, self.chance))
        return before[-1]

    def sheet(self, student: str, subject: Subject) -> Iterator[Row]:
        """A student's answers to an exercise."""
        for name in subject.answers:
            yield student, subject.exercise, name, self.answer(subject, name)


def submissions(count: int, students: int = 2000, seed: int = 0) -> Iterator[Row]:
    """As many rows of student, exercise, name and answer, student by student; who has done all exercises begins again."""
    chance = Random(seed)
    course = Course(chance)
    for k in range(students):
        left = count * (k + 1) // students - count * k // students
        while left > 0:
            for subject in chance.sample(SUBJECTS, len(SUBJECTS)):
                for row in list(course.sheet(f"s{k + 1:05}", subject))[:left]:
                    left -= 1
                    yield row


def write(path: Path, count: int, students: int = 2000, seed: int = 0) -> tuple[int, int]:
    """Writes the CSV; gives how many distinct answers there are, and how many of them come up again."""
    seen: dict[tuple[str, str, str], int] = {}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("student", "exercise", "name", "answer"))
        for row in submissions(count, students, seed):
            writer.writerow(row)
            seen[row[1:]] = seen.get(row[1:], 0) + 1
    return len(seen), sum(times > 1 for times in seen.values())


def distinct_right(count: int, seed: int = 0, longest: int = SHORT) -> list[Written]:
    """As many different short right answers, over all exercises."""
    return list(_distinct(right, count, seed, longest))


def distinct_wrong(count: int, seed: int = 0, longest: int = SHORT) -> list[Written]:
    """As many different short wrong answers, over all exercises; nearly all have the right shape."""
    return list(_distinct(wrong, count, seed, longest))


def _distinct(make: Any, count: int, seed: int, longest: int) -> Iterator[Written]:
    chance, seen = Random(seed), set[tuple[str, str, str]]()
    asked = [(subject, name) for subject in SUBJECTS for name in subject.answers]
    while len(seen) < count:
        subject, name = chance.choice(asked)
        tree, text = make(subject, name, chance, brief=True)
        if len(text) <= longest and (subject.exercise, name, text) not in seen:
            seen.add((subject.exercise, name, text))
            yield Written(subject.exercise, name, text, tuple(code(tree, subject)))


def main() -> None:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--students", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    distinct, shared = write(given.path, given.count, given.students, given.seed)
    share = distinct / given.count
    print(f"{given.path}: {given.count:,} answers, {distinct:,} distinct ones ({share:.0%}), {shared:,} of them given again")


if __name__ == "__main__":
    main()
