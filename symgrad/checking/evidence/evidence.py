"""Everything that is known of one exercise before anything is compared, gathered one stage a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.points import PointSet, Sampler
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.float_formats import Precision
from symgrad.basics.messages import Message
from symgrad.checking.evidence.chosen_points import ChosenPoints, chosen, sampler
from symgrad.checking.evidence.framework_side import FrameworkSide, said
from symgrad.checking.evidence.question import Question
from symgrad.checking.evidence.symbolic_side import Formula, SymbolicSide, differentiated, evaluated
from symgrad.checking.results.settings import Settings
from symgrad.derivation import Derivation
from symgrad.number_systems.rounding import rounded
from symgrad.truth.certified_entries import Outputs, references
from symgrad.truth.reference import SAFETY, Reference, Tolerance
from symgrad.truth.zero_everywhere import zero_everywhere


@dataclass(frozen=True)
class Evidence:
    """A question with all that speaks to it. Lists are in the order of the outputs: the loss, then every gradient."""

    question: Question
    formula: Formula
    points: PointSet
    kinks: Mapping[int, tuple[str, ...]]
    """The points that lie on a kink, by index, and the operations that aren't smooth there."""
    symbolic: SymbolicSide
    framework: FrameworkSide
    tolerances: list[Tolerance]
    """The allowed difference of each output."""
    references: list[Reference]
    """What is true of each output: certified, at as many points as the budget allows and at every suspicious one."""
    refused: Message | None = None
    """What a program raised at special points, which were left out for that."""

    @property
    def exercise(self) -> Exercise:
        return self.question.exercise

    @property
    def settings(self) -> Settings:
        return self.question.settings

    @property
    def where(self) -> ChosenPoints:
        """The points, and which of them lie on a kink."""
        return ChosenPoints(self.points, self.kinks)

    @property
    def sampler(self) -> Sampler:
        """Where points may lie."""
        return sampler(self.question)

    @property
    def precision(self) -> Precision:
        return self.question.precision

    @property
    def derivation(self) -> Derivation:
        return self.formula.derivation

    @property
    def closed_form(self) -> list[Values]:
        """The closed form in float64."""
        return self.symbolic.closed_form

    @property
    def said(self) -> list[Values]:
        """What the framework says."""
        return self.framework.outputs

    @cached_property
    def zero_everywhere(self) -> set[str]:
        """Parameters whose gradients are zero whatever the inputs, among those that are zero at the points at hand."""
        smooth = [k not in self.kinks for k in range(len(self.points))]
        truths = zip(self.exercise.parameter_names, self.references[1:], strict=True)
        names = [name for name, truth in truths if not truth.high[smooth].any()]
        return zero_everywhere(self.derivation, self.exercise.inputs, names, self.settings.seed)

    @property
    def outputs(self) -> Outputs:
        """Loss and gradients as certification needs them."""
        return outputs(self.formula, self.symbolic, self.tolerances)


def gather(question: Question) -> Evidence | None:
    """The evidence on a question, one stage a line; None where no point was found to look at."""
    formula = differentiated(question.exercise)
    where = chosen(question, formula)
    return gathered(question, formula, where) if len(where.points) else None


def gathered(question: Question, formula: Formula, where: ChosenPoints) -> Evidence:
    """The evidence at points that were chosen. Raises CouldNotRun, UserError.

    A program that doesn't run at special points, which nobody asked for, is looked at without them.
    """
    try:
        return _gathered(question, formula, where)
    except CouldNotRun as error:
        special = [int(k) for k in np.flatnonzero(where.points.special)]
        if not special:
            raise
        return replace(_gathered(question, formula, where.without(special)), refused=error.message)


def _gathered(question: Question, formula: Formula, where: ChosenPoints) -> Evidence:
    with np.errstate(all="ignore"):
        symbolic = evaluated(formula, where.points)
        framework = said(question, formula, where.points)
        limits = tolerances(question, formula, symbolic, framework)
        truth = references(outputs(formula, symbolic, limits), framework.outputs, where.points, every=question.settings.certify)
    return Evidence(question, formula, where.points, where.kinks, symbolic, framework, limits, truth)


def tolerances(question: Question, formula: Formula, symbolic: SymbolicSide, framework: FrameworkSide) -> list[Tolerance]:
    """The allowed difference of each output: derived by running error analysis, unless given by hand."""
    settings, format_ = question.settings, question.precision
    if settings.by_hand:
        rtol, atol = settings.rtol or 0.0, settings.atol or 0.0
        return [Tolerance(atol + rtol * np.abs(closed), format_, derived=False) for closed in symbolic.closed_form]
    found = rounded(
        formula.program,
        framework.points.values,
        formula.shapes,
        format_,
        products=framework.lost,
        accumulated=framework.accumulated,
    )
    return [Tolerance(SAFETY * radius, format_) for _, radius in found]


def outputs(formula: Formula, symbolic: SymbolicSide, limits: list[Tolerance]) -> Outputs:
    """Loss and gradients as certification needs them."""
    return Outputs(formula.derivation, formula.program, formula.shapes, symbolic.closed_form, limits)
