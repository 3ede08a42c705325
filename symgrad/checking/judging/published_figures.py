"""Printed figures against the truth: right to the digits printed, up to what rounding does to the printed computation.

What rounding does is measured: the closed form is run in the format that the figures were computed in, at the point and
beside it, so that every rounding falls otherwise; the furthest of these results from the truth, times a small factor, is what
another order of the same computation may print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symgrad.authoring.points import given
from symgrad.basics.arrays import Values
from symgrad.basics.float_formats import PRECISIONS, Precision, precision
from symgrad.basics.messages import message
from symgrad.basics.printed_figures import half_a_unit
from symgrad.checking.evidence.evidence import Evidence
from symgrad.checking.results.results import Finding
from symgrad.frameworks.pytorch.closed_form import in_format
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import rounded
from symgrad.truth.certified_digits import digits
from symgrad.truth.certified_values import certify
from symgrad.truth.reference import Reference

RUNS = 32
"""How often the closed form is run beside a point."""
FURTHER = 2.0
"""How many times what was seen another program of the same formula may be off."""


def published(evidence: Evidence) -> Iterator[Finding]:
    """Each published figure against the truth at the first given point, to the digits printed."""
    exercise, derivation = evidence.exercise, evidence.derivation
    if not exercise.published:
        return
    format_ = precision(exercise.published_dtype)
    symbols = {**derivation.steps, **derivation.gradients, "loss": derivation.loss}
    shapes = [figures.shape for figures in exercise.published.values()]
    code = program(derivation, [symbols[name] for name in exercise.published])
    found = read_out(code, given(exercise.given[:1], exercise.inputs, format_), shapes, format_)
    for (name, figures), (reference, seen) in zip(exercise.published.items(), found, strict=True):
        yield judge_figures(name, figures, reference, seen, 0, exercise.published_dtype)


def read_out(
    code: Program, values: Mapping[str, Values], shapes: Sequence[tuple[int, int]], format_: Precision
) -> list[tuple[Reference, Values]]:
    """The truth of each output of a program at points, and how far off it comes out in a format."""
    allowed = [radius for _, radius in rounded(code, values, shapes, format_)]
    truths = certify(code, values, allowed, shapes)
    runs = _runs(code, values, format_)
    with np.errstate(all="ignore"):
        return [(truth, FURTHER * _furthest(run, truth)) for run, truth in zip(runs, truths, strict=True)]


def _runs(code: Program, values: Mapping[str, Values], format_: Precision) -> list[Values]:
    """The outputs at points as they are, then moved by a unit in the last place, (runs, points, rows, columns)."""
    generator, count = np.random.default_rng(0), len(next(iter(values.values())))
    moved = {}
    for name, array in values.items():
        steps = generator.integers(-1, 2, (RUNS, *array.shape)) * format_.ulp(array)
        moved[name] = np.concatenate([array[None], array + np.where(array == 0, 0.0, steps)]).reshape(-1, *array.shape[1:])
    outputs = in_format(code, moved, format_.name)
    if outputs is None:  # a kernel is missing: float32 has them all, and its roundings are as much smaller
        wide = PRECISIONS["float32"]
        scale = format_.unit_roundoff / wide.unit_roundoff
        return [o[:1] + scale * (o - o[:1]) for o in _runs(code, values, wide)]
    return [
        np.broadcast_to(o, (len(next(iter(moved.values()))), *o.shape[1:])).reshape(-1, count, *o.shape[1:]) for o in outputs
    ]


def _furthest(run: Values, truth: Reference) -> Values:
    off = np.abs((run - truth.high) - truth.low)
    return np.asarray(np.where(np.isfinite(off), off, 0.0).max(axis=0))


def judge_figures(name: str, figures: Any, reference: Reference, seen: Values, point: int, dtype: str) -> Finding:
    """Printed figures of one value: right within half a unit of the last digit plus what rounding was seen to do."""
    for index in np.ndindex(figures.shape):
        place = (point, *index)
        text = figures[index].strip().replace("−", "-")
        high, low = float(reference.high[place]), float(reference.low[place])
        half, rounding = half_a_unit(text), float(seen[place])
        difference = abs((float(text) - high) - low)
        if not difference <= half + rounding:
            found = message(
                "published_differs",
                name=name,
                index=index,
                figure=text,
                value=digits(high, low, float(reference.radius[place])),
                difference=difference,
                allowed=half + rounding,
                half=half,
                dtype=dtype,
            )
            return Finding(name, "published_differs", found)
    return Finding(name, "agree", message("published_agrees", name=name))
