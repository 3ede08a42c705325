"""The table: every operation by name, and which SymPy head is read as which row."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from symgrad.operations.row import Composition, Elementwise, Structural
from symgrad.operations.rows import (
    activations,
    arithmetic,
    arrangement,
    classification,
    distances,
    elementary,
    linear_algebra,
    losses,
    patterns,
    piecewise,
    reductions,
    running,
    special,
    statistics,
)

Row = Elementwise | Structural | Composition

TABLE: Mapping[str, Row] = MappingProxyType(
    {
        row.name: row
        for module in (
            arithmetic,
            elementary,
            piecewise,
            special,
            activations,
            losses,
            reductions,
            running,
            statistics,
            classification,
            distances,
            patterns,
            linear_algebra,
            arrangement,
        )
        for row in module.ROWS
    }
)

BY_HEAD: Mapping[Any, Row] = MappingProxyType({head: row for row in TABLE.values() for head in row.heads})
