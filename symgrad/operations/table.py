"""The table: every operation by name, and which SymPy head is read as which row.

Other packages add rows as entry points of the group `symgrad.operations`, each under the name of its operation.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from symgrad.basics.messages import Message, message
from symgrad.basics.registries import Registry, instance_of
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
    masks,
    patterns,
    piecewise,
    reductions,
    running,
    special,
    statistics,
)

Row = Elementwise | Structural | Composition

IN_CODE = frozenset(
    {
        "number",
        "pi",
        "euler",
        "catalan",
        "infinity",
        "lift",
        "plus",
        "less",
        "less_equal",
        "equal",
        "both",
        "either",
        "negation",
    }
)
"""Names of generated code that are no operations."""

SUBJECTS = (
    arithmetic,
    elementary,
    piecewise,
    masks,
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
"""The files that hold the rows, in the order of the table."""
OWN: Mapping[str, Row] = MappingProxyType({row.name: row for subject in SUBJECTS for row in subject.ROWS})

BY_HEAD: Mapping[Any, Row] = MappingProxyType({head: row for row in OWN.values() for head in row.heads})
"""symgrad's own rows by the SymPy heads that are read as them."""


def _fault(name: str, row: Any) -> Message | None:
    found = instance_of(Elementwise, Structural, Composition)(name, row)
    if found is not None:
        return found
    if not name.isidentifier() or keyword.iskeyword(name) or name in IN_CODE:
        return message("name_is_no_name")
    taken = next((head for head in row.heads if head in BY_HEAD), None)
    return None if taken is None else message("head_is_taken", head=taken.__name__)


TABLE: Registry[Row] = Registry(OWN, "symgrad.operations", _fault)
"""Every operation by name."""


def row_of(head: Any) -> Row | None:
    """The row as which a SymPy head is read, if any; rows of other packages are looked at where none of symgrad's own is."""
    own = BY_HEAD.get(head)
    return own or next((row for row in (TABLE[name] for name in TABLE.added) if head in row.heads), None)
