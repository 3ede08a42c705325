"""What else an exercise claims: gradients derived by hand, and published figures, each judged against the reference.

The third witness (the definition of the derivative in balls) has its place here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from symgrad.certification import certify
from symgrad.comparison import SAFETY, Reference
from symgrad.compile import compile_
from symgrad.evaluation import program, rounded
from symgrad.graph import Graph
from symgrad.messages import decimal, point_text
from symgrad.points import given
from symgrad.precision import PRECISIONS, precision
from symgrad.results import Finding
from symgrad.roads import Roads

MOST_POINTS = 32
"""Points at which a gradient derived by hand is looked at."""


def findings(roads: Roads) -> tuple[Finding, ...]:
    """All findings on an exercise."""
    return (*by_hand(roads), *published(roads))


def by_hand(roads: Roads) -> Iterator[Finding]:
    """Each gradient derived by hand against the reference, both in balls, at the tolerance of float64."""
    values = roads.points.subset(slice(0, MOST_POINTS))
    for name, graph in roads.exercise.hand_derived.items():
        shape = roads.exercise.inputs[name].shape
        code = program(roads.derivation, [roads.derivation.gradients[name]])
        ((_, radius),) = rounded(code, values, [shape], PRECISIONS["float64"])
        allowed = [SAFETY * radius]
        (truth,) = certify(code, values, allowed, [shape])
        (hand,) = certify(_program(graph, roads), values, allowed, [shape])
        with np.errstate(all="ignore"):
            difference = np.abs((hand.high - truth.high) + (hand.low - truth.low))
            wrong = (difference - truth.radius - hand.radius > allowed[0]) | (np.isfinite(truth.high) & ~np.isfinite(hand.high))
        if wrong.any():
            yield Finding(name, "closed_form_wrong", _hand_text(name, hand, truth, wrong, roads))
        else:
            yield Finding(name, "agree", f"the hand-derived dL/d{name} is right")


def _program(graph: Graph, roads: Roads) -> Any:
    """A gradient derived by hand as generated code over the inputs of the exercise."""
    symbols = {i.name: i.symbol for i in graph.inputs}
    missing = [i.symbol for i in roads.exercise.graph.inputs if i.name not in symbols]
    arguments = [symbols.get(i.name, i.symbol) for i in roads.exercise.graph.inputs]
    assert not set(missing) & set(symbols.values())  # names are distinct, so are symbols
    return compile_(arguments, [(node.symbol, node.expression) for node in graph.nodes], [graph.output])


def _hand_text(name: str, hand: Reference, truth: Reference, wrong: Any, roads: Roads) -> str:
    point, row, column = (int(k) for k in np.argwhere(wrong)[0])
    place = (point, row, column)
    found, right = (decimal(r.high[place], r.low[place], r.radius[place]) for r in (hand, truth))
    where = point_text({n: a.tolist() for n, a in roads.points.at(point).items()})
    return f"the hand-derived dL/d{name} is wrong: [{row}, {column}] is {found}, the gradient has {right}, at {where}"


def published(roads: Roads) -> Iterator[Finding]:
    """Each published figure against the reference at the first given point, to the digits printed."""
    exercise = roads.exercise
    if not exercise.published:
        return
    format_ = precision(exercise.published_dtype)
    values = given(exercise.given[:1], exercise.inputs, format_)
    derivation = roads.derivation
    symbols = {**derivation.steps, **derivation.gradients, "loss": derivation.loss}
    outputs = [symbols[name] for name in exercise.published]
    shapes = [figures.shape for figures in exercise.published.values()]
    code = program(derivation, outputs)
    allowed = [SAFETY * radius for _, radius in rounded(code, values, shapes, format_)]
    references = certify(code, values, allowed, shapes)
    for (name, figures), reference, limit in zip(exercise.published.items(), references, allowed, strict=True):
        yield judge_figures(name, figures, reference, limit, 0, exercise.published_dtype)


def judge_figures(name: str, figures: Any, reference: Reference, allowed: Any, point: int, dtype: str) -> Finding:
    """Printed figures of one value: right within half a unit of the last digit plus what rounding explains."""
    for index in np.ndindex(figures.shape):
        place = (point, *index)
        text = figures[index].strip().replace("−", "-")
        high, low = float(reference.high[place]), float(reference.low[place])
        half = half_a_unit(text)
        difference = abs((float(text) - high) - low)
        if not difference <= half + float(allowed[place]):
            truth = decimal(high, low, float(reference.radius[place]))
            return Finding(
                name,
                "published_differs",
                f"published {name}[{index[0]}, {index[1]}] is {text}, the value is {truth}: {difference:.3g} apart, allowed"
                f" {half + float(allowed[place]):.3g} (half a unit of the last digit, {half:.1g}, and rounding in {dtype})",
            )
    return Finding(name, "agree", f"published {name} agrees with the digits printed")


def half_a_unit(figure: str) -> float:
    """Half a unit of the last digit of a printed figure.

    >>> half_a_unit("1.20e-04")
    5e-07
    """
    exponent = Decimal(figure).as_tuple().exponent
    return 0.5 * 10.0 ** int(exponent)
