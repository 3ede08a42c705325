"""Answers judged per second and core, and the same answers put to SymPy's simplify and .equals.

Run: python benchmarks/grading.py [--answers 4000] [--sample 5] [--limit 20]

First table: distinct short answers, by `Judge.judge` in this process after preparation, the best of several rounds; and through
`grade()` with one worker process, from a CSV to the gradebook, once all that answers are compared with is prepared. There every
student has answers to everything, and wrong steps are carried forward.

Second table: a sample of the same answers, to scalar exercises and entry by entry to the sigmoid network, by symgrad and by
SymPy, by turns, answer by answer. SymPy gets them in its own syntax with names of steps written out; it sits in another
process, keeps its caches, and is cut off after the limit, which then counts as what it took. "Settled" says how often the
verdict was the right one. Ratios are the result, absolute times wander.
"""

from __future__ import annotations

import argparse
import csv
import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from answers import Written, distinct_right, distinct_wrong
from students.peer import METHODS, Asked, Method, Peer, Said
from students.spoiling import spoilt
from students.subjects import SUBJECTS
from students.values import code, parsed
from tabulate import tabulate

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.exercise_files import load
from symgrad.grading.answer_key.key import Key
from symgrad.grading.course.course import grade
from symgrad.grading.course.rounds import GradeSettings
from symgrad.grading.judge import Judge

EXERCISES = Path(__file__).parent.parent / "exercises"
NAMES = [subject.exercise for subject in SUBJECTS]
SPELLED_OUT = (
    "linear", "quadratic", "swish_unit", "recurrent", "exponential_fit", "cross_entropy_unit", "sigmoid_network",
)  # fmt: skip
"""Exercises whose answers SymPy gets."""
ROUNDS = 3
TURNS = 3
REPEATED = 10
"""How often each answer is given in the row of repeated ones."""
WANTED = 2000
WANTED_RATIO = 100
LIMIT = 20.0


@dataclass(frozen=True)
class Judges:
    """A judge for each exercise, prepared."""

    by_name: dict[str, Judge]

    def verdict(self, written: Written) -> str:
        """The verdict on one answer."""
        return self.by_name[written.exercise].judge(written.name, written.answer).verdict


def judges() -> Judges:
    """Judges for all exercises that have answers."""
    loaded = {e.name: e for e in load([str(EXERCISES)], only=NAMES) if isinstance(e, Exercise)}
    found = {name: Judge(Key(exercise)) for name, exercise in loaded.items()}
    for judge in found.values():
        judge.prepare(figures=True)
    return Judges(found)


def unreadable(count: int, known: Judges) -> list[Written]:
    """As many different answers that can't be read: right ones with something broken in them."""
    chance, found = Random(0), dict[tuple[str, str, str], Written]()
    for written in distinct_right(3 * count, seed=1):
        spoiled = written._replace(answer=spoilt(written.answer, chance))
        if known.verdict(spoiled) == "unreadable":
            found.setdefault(spoiled[:3], spoiled)
    return list(found.values())[:count]


def seconds(function: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def directly(known: Judges, answers: Sequence[Written]) -> float:
    """Answers a second by `Judge.judge`, the best round."""

    def through() -> None:
        for written in answers:
            known.verdict(written)

    through()  # runs of letters are taken apart once
    return len(answers) / min(seconds(through) for _ in range(ROUNDS))


def by_the_command(answers: Sequence[Written]) -> float:
    """Answers a second from the first outcome to the gradebook, with one worker process."""
    first: list[float] = []

    def progress(count: int) -> Callable[[int], None]:
        return lambda done: first.append(time.perf_counter()) if not first else None

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("student", "exercise", "name", "answer"))
            writer.writerows((f"s{k:06}", *written[:3]) for k, written in _handed_in(answers))
        grade([str(EXERCISES)], str(path), GradeSettings(jobs=1), only=NAMES, progress=progress)
        return (len(answers) - 1) / (time.perf_counter() - first[0])


def _handed_in(answers: Sequence[Written]) -> Iterator[tuple[int, Written]]:
    """Each answer with the number of a student who has given none under that name yet."""
    given = Counter[tuple[str, str]]()
    for written in answers:
        yield given[written[:2]], written
        given[written[:2]] += 1


def speeds(known: Judges, groups: dict[str, list[Written]]) -> list[list[str]]:
    """Rows of the first table."""
    rows = []
    for what, answers in groups.items():
        direct, whole = directly(known, answers), by_the_command(answers)
        rows.append([what, f"{len(answers):,}", f"{direct:,.0f}", f"{1e6 / direct:,.0f} µs", f"{whole:,.0f}", f"{WANTED:,}"])
    again = [written for group in groups.values() for written in group] * REPEATED
    rows.append([f"all of them {REPEATED} times", f"{len(again):,}", "", "", f"{by_the_command(again):,.0f}", ""])
    return rows


@dataclass(frozen=True)
class Turn:
    """One answer judged by both sides: seconds, and what was said."""

    own: float
    verdict: str
    peer: dict[Method, Said]


def turn(known: Judges, peer: Peer, written: Written) -> Turn:
    """Puts an answer to both sides, one after the other."""
    subject = next(s for s in SUBJECTS if s.exercise == written.exercise)
    asked = Asked(written.code, tuple(code(parsed(subject.answers[written.name][0]), subject)))
    own, said = [], dict[Method, Said]()
    for method in METHODS:
        own += [seconds(lambda: known.verdict(written)) for _ in range(TURNS)]
        said[method] = peer.ask(method, asked)
    return Turn(min(own), known.verdict(written), said)


def beside(known: Judges, what: str, answers: Sequence[Written], verdict: str, limit: float) -> list[list[str]]:
    """Rows of the second table: one a method, over all answers of a kind."""
    peer = Peer(limit)
    turns = [turn(known, peer, written) for written in answers]
    peer.end()
    own, rows = sum(t.own for t in turns), []
    settled = sum(t.verdict == verdict for t in turns)
    for method in METHODS:
        said = [t.peer[method] for t in turns]
        slow, cut = sum(s.seconds for s in said), sum(s.cut_off for s in said)
        right = "" if method == "parse_expr" else f"{sum(s.equal is (verdict == 'correct') for s in said)} of {len(said)}"
        least = "≥ " if cut else ""
        rows.append(
            [
                what, method, f"{own / len(turns) * 1e3:.2f} ms", f"{settled} of {len(turns)}",
                f"{least}{slow / len(turns) * 1e3:,.1f} ms", right, str(cut) if cut else "", f"{least}{slow / own:,.0f}",
                f"{median(t.peer[method].seconds / t.own for t in turns):,.0f}",
                f"{WANTED_RATIO}" if method == "equals" and verdict == "incorrect" else "",
            ]
        )  # fmt: skip
    return rows


def sampled(answers: Sequence[Written], each: int) -> list[Written]:
    """The first few answers to each of the exercises that SymPy gets, and of the scalar ones at that."""
    return [w for name in SPELLED_OUT for w in [w for w in answers if w.exercise == name and _sized(w)][:each]]


def _sized(written: Written) -> bool:
    """Whether an answer has as many entries as what is asked."""
    subject = next(s for s in SUBJECTS if s.exercise == written.exercise)
    return len(written.code) == len(code(parsed(subject.answers[written.name][0]), subject))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--answers", type=int, default=4000, help="answers of each kind")
    parser.add_argument("--sample", type=int, default=5, help="answers of each exercise that SymPy gets")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which SymPy is cut off")
    given = parser.parse_args()
    known = judges()
    right, wrong = distinct_right(given.answers), distinct_wrong(given.answers)
    groups = {"right": right, "wrong, with diagnosis": wrong, "unreadable": unreadable(given.answers, known)}
    gc.collect()
    gc.freeze()  # as in a worker
    headers = ["distinct short answers", "number", "judged a second", "each", "a second by grade()", "wanted"]
    print(tabulate(speeds(known, groups), headers=headers, disable_numparse=True, colalign=("left", *["right"] * 5)))
    headers = ["answers", "SymPy's", "symgrad", "settled", "SymPy", "settled", "cut off", "times faster", "median", "wanted"]
    rows = beside(known, "right", sampled(right, given.sample), "correct", given.limit)
    rows += beside(known, "wrong", sampled(wrong, given.sample), "incorrect", given.limit)
    print()
    print(tabulate(rows, headers=headers, disable_numparse=True, colalign=("left", "left", *["right"] * 8)))


if __name__ == "__main__":
    main()
