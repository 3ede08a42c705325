"""Random losses with right and wrong programs: how often symgrad fails a right one, or passes a wrong one.

Run: python benchmarks/random_programs.py [--count N] [--from INDEX] [--only right|wrong] [--seed N]
         [--formats NAME …] [--jobs N]
     python benchmarks/random_programs.py --show INDEX [--seed N]
     python benchmarks/random_programs.py --widths [--widest N]

Losses are grown at random from symgrad's public vocabulary (`inventing/`), each with programs in nine spellings and with
mutated backwards. What a program's gradients are worth is measured without symgrad. Tables go to standard output; each false
pass and false failure goes to standard error with seed, index and source. The exit status is 1 where there is one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import torch
from inventing.cases import DTYPES, case
from inventing.judging import Judge, Judged, judged, symgrads
from inventing.losses import Loss
from inventing.tables import Tally, tables
from inventing.widths import WIDTHS, all_seen, widths_tables

BATCH = 64
PARITY = {"right": 0, "wrong": 1}
"""The remainder by 2 of indices, by what their programs are."""


def run(seed: int, indices: Sequence[int], formats: Sequence[str] = DTYPES, judge: Judge = symgrads) -> list[Judged]:
    """The cases of some indices, judged."""
    return [judged(case(seed, index, tuple(formats)), judge) for index in indices]


def run_all(seed: int, indices: range, formats: Sequence[str], jobs: int) -> Iterator[Judged]:
    """The cases of some indices, in order; processes share them."""
    batches = [indices[start : start + BATCH] for start in range(0, len(indices), BATCH)]
    one = partial(_batch, seed, tuple(formats))
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) if jobs > 1 else nullcontext() as pool:
        found: Iterator[list[Judged]] = pool.map(one, batches) if pool else map(one, batches)
        for cases in found:
            yield from cases


def _batch(seed: int, formats: tuple[str, ...], indices: Sequence[int]) -> list[Judged]:
    torch.set_num_threads(1)  # matrices of six rows gain nothing by more
    bare = Loss((), ())  # functions don't travel between processes
    return [replace(found, case=replace(found.case, loss=bare)) for found in run(seed, indices, formats)]


def report(cases: Iterator[Judged], say: Callable[[str], None]) -> Tally:
    """The counts; what shouldn't be is said as it comes."""
    tally = Tally()
    for found in cases:
        tally.add(found)
        if found.surprising:
            say(f"{found.outcome}: {found.case.title}\n{found.told}\n{found.case.source}")
    return tally


def main() -> None:
    """Print the tables, a case, or the shares of blind entries by width."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="cases, every other one wrong")
    parser.add_argument("--from", type=int, default=0, metavar="INDEX", dest="first", help="begin with this one")
    parser.add_argument("--only", choices=PARITY, help="only right programs, or only wrong ones, of these cases")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--formats", nargs="+", choices=DTYPES, default=DTYPES, metavar="NAME")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes that share the cases; counts stay the same")
    parser.add_argument("--show", type=int, metavar="INDEX", help="print the exercise file of one case")
    parser.add_argument("--quiet", action="store_true", help="a line for each surprise, without its source")
    parser.add_argument("--widths", action="store_true", help="layers, attention and sums by width instead")
    parser.add_argument("--widest", type=int, default=WIDTHS[-1], metavar="N", help="leave wider ones out")
    arguments = parser.parse_args()
    if arguments.show is not None:
        print(case(arguments.seed, arguments.show, tuple(arguments.formats)).source, end="")
        return
    if arguments.widths:
        found = list(
            all_seen(
                [w for w in WIDTHS if w <= arguments.widest], arguments.formats, partial(print, file=sys.stderr, flush=True)
            )
        )
        print(widths_tables(found))
        sys.exit(1 if any(s.verdict == ("fail" if s.factor == 1.0 else "pass") for s in found) else 0)

    def say(text: str) -> None:
        print("\n".join(text.splitlines()[:2]) if arguments.quiet else text + "\n", file=sys.stderr, flush=True)

    indices = range(arguments.first, arguments.first + arguments.count)
    if arguments.only is not None:
        indices = indices[(PARITY[arguments.only] - arguments.first) % 2 :: 2]
    tally = report(run_all(arguments.seed, indices, arguments.formats, arguments.jobs), say)
    print(tables(tally))
    sys.exit(1 if tally.false_passes() or tally.false_failures() else 0)


if __name__ == "__main__":
    main()
