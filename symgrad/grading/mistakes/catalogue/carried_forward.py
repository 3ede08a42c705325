"""Right, given the student's own adjoint of a step; no mistake, but told."""

from __future__ import annotations

from symgrad.basics.messages import message
from symgrad.grading.mistakes.catalogue.misconception import Misconception

MISCONCEPTION = Misconception(
    tag="carried_forward",
    summary=message("right_given_own_adjoint"),
)
