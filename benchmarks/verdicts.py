"""How often checkers are wrong: false passes and false failures of symgrad, gradcheck and JAX's check_grads.

Run: python benchmarks/verdicts.py [--quick] [--formulas NAME …] [--units UNIT …] [--no-jax] [--jobs N] [--output FILE]

Textbook formulas (`formulas/`), each differentiated by every variable, in five units, in float64 and float32. Right
gradients come from several algebraically equal programs, wrong ones are planted (`trials/`). All checkers see the same
programs at the same points. Tables go to standard output, or between the marks of a Markdown file; progress and every case
in which symgrad is wrong or undecided go to standard error.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from formulas import FORMULAS, Formula
from trials.checkers import SEED, Answer, Checker, CheckGrads, Gradcheck, Symgrad, Trial
from trials.counting import RIGHT, Tally, allowed_table, kinds_table, main_table
from trials.mutants import KINDS, mutants
from trials.programs import programs
from trials.units import SCALES, exercise_in_units

from symgrad.authoring.exercise import SAMPLED
from symgrad.basics.float_formats import PRECISIONS
from symgrad.checking.evidence.evidence import gather
from symgrad.checking.evidence.question import Question
from symgrad.checking.results.settings import Settings

DTYPES = ("float64", "float32")
QUICK_FORMULAS, QUICK_VARIABLES, QUICK_SCALES = 6, 2, ("1e-3", "1", "1e3")
CHECKERS: dict[str, Callable[[], Checker]] = {
    "symgrad": Symgrad,
    "gradcheck, slow": partial(Gradcheck, fast=False),
    "gradcheck, fast": partial(Gradcheck, fast=True),
    "check_grads": CheckGrads,
}
LEFT_OUT = "  left out"
MARKS = ("<!-- figures: python benchmarks/verdicts.py --output docs/verdicts.md -->", "<!-- end of figures -->")


def run(formula: Formula, scales: Sequence[str], dtypes: Sequence[str], checkers: Sequence[Checker]) -> tuple[Tally, list[str]]:
    """The counts on one formula, and a line on every case in which symgrad is wrong or undecided."""
    tally, surprises = Tally(), []
    for dtype in dtypes:
        for scale in scales:
            surprises += list(_count(Trial(formula, scale, dtype), checkers, tally))
    for dtype in PRECISIONS:
        tally.allowed[dtype] = list(_allowed(formula, dtype))
    return tally, surprises


def _allowed(formula: Formula, dtype: str) -> Iterator[float]:
    """What symgrad allows each entry of the gradients of a formula as written, over the entry, at ordinary points in unit 1."""
    evidence = gather(Question(exercise_in_units(formula, SCALES["1"], None), Settings(seed=SEED, dtype=dtype)))
    if evidence is None:  # no point in the range of the format
        return
    for reference, tolerance in zip(evidence.references[1:], evidence.tolerances[1:], strict=True):
        size, allowed = np.abs(reference.high), np.broadcast_to(tolerance.allowed, reference.high.shape)
        usable = (size > 0) & ~evidence.points.special[:, None, None]
        yield from (allowed[usable] / size[usable]).tolist()


def run_by_name(name: str, scales: Sequence[str], checkers: Sequence[str]) -> tuple[Tally, list[str]]:
    """`run`, for a process of its own: names go in, counts come out."""
    torch.set_num_threads(1)  # vectors of 16 entries gain nothing by more
    (formula,) = chosen([name], quick=False)
    return run(formula, scales, DTYPES, [CHECKERS[checker]() for checker in checkers])


def run_all(formulas: Sequence[Formula], scales: Sequence[str], checkers: Sequence[str], jobs: int) -> tuple[Tally, int]:
    """The counts on many formulas, and in how many cases symgrad was wrong or undecided; progress goes to standard error."""
    one = partial(run_by_name, scales=tuple(scales), checkers=tuple(checkers))
    names = [f.name for f in formulas]
    tally, surprised = Tally(), 0
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) if jobs > 1 else nullcontext() as pool:
        found = pool.map(one, names) if pool else map(one, names)
        for number, (name, (counts, surprises)) in enumerate(zip(names, found, strict=True), 1):
            tally.update(counts)
            surprised += sum(not line.startswith(LEFT_OUT) for line in surprises)
            print("\n".join([f"{number} of {len(names)}: {name}", *surprises]), file=sys.stderr, flush=True)
    return tally, surprised


def _count(trial: Trial, checkers: Sequence[Checker], tally: Tally) -> Iterator[str]:
    """Puts all cases of a trial to all checkers; gives a line on each in which symgrad is wrong or undecided."""
    names = trial.formula.variables
    place = f"{trial.formula.name}, {trial.dtype}, unit {trial.scale}"
    for program in programs(trial.formula):
        result, evidence = trial.judged(program)
        if not all(np.isfinite(values).all() for values in evidence.said):
            tally.overflowing[trial.dtype] += 1
            yield f"{LEFT_OUT}, for it leaves the range of the format: {place}, {program.label}"
            continue
        for checker in checkers:
            for name, answer in zip(names, checker.answers(trial, program, names), strict=True):
                tally.add(checker.name, trial.dtype, trial.scale, RIGHT, answer)
                if isinstance(checker, Symgrad) and answer != Answer.PASS:
                    yield f"  {answer.value} of a right program: {place}, {program.label}, dL/d{name}"
        if result.missed:
            yield f"  {result.missed} planted errors missed: {place}, {program.label}"
    for mutant in mutants(trial.formula):
        explained = trial.within_rounding(mutant)
        for checker in checkers:
            (answer,) = checker.answers(trial, mutant, [mutant.variable])
            tally.add(checker.name, trial.dtype, trial.scale, mutant.kind, answer, explained)
            if isinstance(checker, Symgrad) and not explained and answer != Answer.FAIL:
                yield f"  {answer.value} of a mutant: {place}, {mutant.kind}, dL/d{mutant.variable}"


def report(tally: Tally, formulas: Sequence[Formula]) -> str:
    """The tables, with what they were made from."""
    checkers, dtypes, scales = (tally.values(place) for place in range(3))
    one = {"checker": checkers[0], "dtype": dtypes[0], "scale": scales[0]}
    wrong = tally.count(KINDS, **one) + tally.within_rounding(KINDS, **one)
    packages = ["symgrad", "sympy", "torch", *(["jax"] if "check_grads" in checkers else [])]
    facts = (
        f"{len(formulas)} formulas with {sum(len(f.variables) for f in formulas)} partial derivatives; in each unit and dtype "
        f"{tally.count([RIGHT], **one):,} right gradients and {wrong:,} wrong ones, at {SAMPLED} points, seed {SEED}. "
        f"{', '.join(f'{name} {version(name)}' for name in packages)}."
    )
    for dtype, count in tally.overflowing.items():
        facts += f" In {dtype} {count} right programs, over all units, leave the range of the format and are left out."
    parts = [facts, main_table(tally)]
    parts += ["What symgrad allows an entry of a gradient of formulas as written, over the entry:", allowed_table(tally)]
    for dtype in dtypes:
        parts += [f"Wrong gradients that passed, in {dtype}, by kind of error, over all units:", kinds_table(tally, dtype)]
    return "\n\n".join(parts) + "\n"


def write(text: str, path: Path) -> None:
    """Writes the tables between the marks of a file that has them; else they are the file."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if all(mark in before for mark in MARKS):
        start, end = before.index(MARKS[0]) + len(MARKS[0]), before.index(MARKS[1])
        text = f"{before[:start]}\n\n{text}\n{before[end:]}"
    path.write_text(text, encoding="utf-8")


def chosen(names: Sequence[str], quick: bool) -> list[Formula]:
    """The formulas asked for: by name, or a few small ones from all over the corpus, or all. Exits for an unknown name."""
    known = {f.name: f for f in FORMULAS}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no formula '{unknown[0]}'; there are {', '.join(known)}")
    if names:
        return [known[name] for name in names]
    small = [f for f in FORMULAS if len(f.variables) <= QUICK_VARIABLES]
    return small[:: len(small) // QUICK_FORMULAS][:QUICK_FORMULAS] if quick else list(FORMULAS)


def main() -> None:
    """Print the tables, or write them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_FORMULAS} formulas in {len(QUICK_SCALES)} units")
    parser.add_argument("--formulas", nargs="+", metavar="NAME", default=[], help="only these")
    parser.add_argument("--units", nargs="+", choices=SCALES, metavar="UNIT", help=f"only these of {', '.join(SCALES)}")
    parser.add_argument("--no-jax", action="store_true", help="without jax.test_util.check_grads")
    parser.add_argument("--only-symgrad", action="store_true", help="without its peers")
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes that share the formulas; counts stay the same"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the tables into a Markdown file")
    arguments = parser.parse_args()
    peers = [] if arguments.only_symgrad else ["gradcheck, slow", "gradcheck, fast"]
    peers += [] if arguments.no_jax or arguments.only_symgrad else ["check_grads"]
    if "check_grads" in peers and importlib.util.find_spec("jax") is None:
        sys.exit("jax isn't installed; install it with pip install -c constraints.txt -e '.[bench]', or say --no-jax")
    formulas = chosen(arguments.formulas, arguments.quick)
    scales = tuple(arguments.units or (QUICK_SCALES if arguments.quick else SCALES))
    tally, surprised = run_all(formulas, scales, ["symgrad", *peers], arguments.jobs)
    print(f"{surprised} cases in which symgrad was wrong or undecided", file=sys.stderr)
    text = report(tally, formulas)
    if arguments.output is None:
        print(text, end="")
    else:
        write(text, arguments.output)


if __name__ == "__main__":
    main()
