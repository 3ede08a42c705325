"""The catalogue of mistakes, one file a kind; what explains an answer most specifically stands first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symgrad.grading.misconceptions import (
    batch_not_summed,
    doubled_derivative,
    factor,
    loss_terms,
    matrices,
    missing_derivative,
    paths,
    recognised,
    sign,
    something_else,
    sum_for_mean,
    wrong_activation,
    wrong_place,
)
from symgrad.grading.misconceptions.misconception import Example, Material, Misconception, Slip

CATALOGUE: Mapping[str, Misconception] = MappingProxyType(
    {
        item.tag: item
        for item in (
            *something_else.MISCONCEPTIONS[:3],
            sign.MISCONCEPTION,
            sum_for_mean.MISCONCEPTION,
            factor.MISCONCEPTION,
            *loss_terms.MISCONCEPTIONS,
            *matrices.MISCONCEPTIONS,
            batch_not_summed.MISCONCEPTION,
            *paths.MISCONCEPTIONS,
            missing_derivative.MISCONCEPTION,
            something_else.OUTER_ONLY,
            doubled_derivative.MISCONCEPTION,
            wrong_place.MISCONCEPTION,
            wrong_activation.MISCONCEPTION,
            *recognised.MISCONCEPTIONS,
        )
    }
)
"""Every misconception by its tag, the most telling first."""

__all__ = ["CATALOGUE", "Example", "Material", "Misconception", "Slip"]
