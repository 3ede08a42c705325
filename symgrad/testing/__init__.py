"""Assertions for pytest, unittest and plain scripts; what fails says where, by how much, who is wrong, and how to repeat it.

Must never know: `torch`, `pytest`, `cli`.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from symgrad.testing.assertions import assert_answer_correct, assert_check, assert_gradients_match
from symgrad.testing.failure import AnswerNotCorrect, BlindCheck, CheckFailed

__all__ = ["AnswerNotCorrect", "BlindCheck", "CheckFailed", "assert_answer_correct", "assert_check", "assert_gradients_match"]
