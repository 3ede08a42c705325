"""Reasons and the verdicts that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["pass", "fail", "inconclusive", "error"]

REASONS: Mapping[str, Verdict] = {
    "agree": "pass",
    "ill_conditioned": "pass",
    "declared": "pass",
    "kink": "pass",
    "vacuous": "inconclusive",
    "blind": "inconclusive",
    "undecided": "inconclusive",
    "undefined": "inconclusive",
    "inaccurate": "fail",
    "published_differs": "fail",
    "update_differs": "fail",
    "not_a_subgradient": "fail",
    "closed_form_wrong": "fail",
    "autograd_wrong": "fail",
    "both_wrong": "fail",
    "losses_differ": "fail",
    "could_not_run": "error",
}
"""Every reason with its verdict, by rising severity: of many, the last one speaks."""

_SEVERITY = {reason: k for k, reason in enumerate(REASONS)}


def most_severe(reasons: list[str]) -> str:
    """The reason that speaks for many.

    >>> most_severe(["agree", "autograd_wrong", "kink"])
    'autograd_wrong'
    """
    return max(reasons, key=_SEVERITY.__getitem__, default="agree")
