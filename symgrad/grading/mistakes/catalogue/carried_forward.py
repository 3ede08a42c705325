"""Right, given the student's own adjoint of a step; no mistake, but told."""

from __future__ import annotations

from symgrad.grading.mistakes.catalogue.misconception import Misconception

MISCONCEPTION = Misconception(
    tag="carried_forward",
    summary="right, given the student's own adjoint of a step that isn't (no marks are lost)",
)
