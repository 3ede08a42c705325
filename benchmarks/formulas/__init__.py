"""Textbook formulas of physics, chemistry and statistics, by field; written down from the laws themselves."""

from formulas import (
    chemistry,
    densities,
    electrodynamics,
    fluids,
    likelihoods,
    mechanics,
    optics,
    quantum,
    relativity,
    statistics,
    thermodynamics,
)
from formulas.formula import Formula

FORMULAS: tuple[Formula, ...] = tuple(
    row
    for module in (
        mechanics,
        relativity,
        thermodynamics,
        electrodynamics,
        optics,
        quantum,
        fluids,
        chemistry,
        densities,
        likelihoods,
        statistics,
    )
    for row in module.ROWS
)

__all__ = ["FORMULAS", "Formula"]
