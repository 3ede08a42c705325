"""What is said of operations: how they are called, and what shapes they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symgrad.reports.wording.english.phrases import listed, several, sized
from symgrad.reports.wording.language import Words

LINES = ("row", "column")
"""What lies along an axis."""


def _both(shapes: Iterable[Iterable[int]]) -> str:
    return " and ".join(map(sized, shapes))


ACTS = {
    "elementwise": "Acts entry by entry; operands broadcast as in NumPy.",
    "structural": "Acts on whole matrices.",
    "composition": "Is made of other operations.",
}


def _operation(
    name: str, summary: str, acts: str, options: Mapping[str, Any], domain: str, convention: str, example: str
) -> str:
    """The documentation of an operation."""
    chosen = [f"{option}={default}" for option, default in options.items()]
    lines = [
        f"{name}: {summary}.",
        "",
        ACTS[acts],
        *([f"Options, as they are unless given: {listed(chosen)}."] if chosen else []),
        f"Domain: {domain}.",
        *([f"At its kinks PyTorch takes for the derivative: {convention}."] if convention else []),
        "",
        "Over scalars x and y, 2×2 matrices A, B and S, and a column c of two:",
        "",
        f"    {example}",
    ]
    return "\n".join(lines)


WORDS: Words = {
    "by_its_parts": "by its parts",
    "by_its_branch": "by its branch",
    "see_its_rule": "see its rule",
    # how an operation is called
    "operand_needed": "{operation} takes one operand or more, found none",
    "operands_counted": lambda operation, takes, found: f"{operation} takes {several(takes, 'operand')}, found {found}",
    "one_operand": lambda operation, takes, of_one: (
        f"{operation} takes {several(takes, 'operand')}, found 1; of the entries of a single one it's {of_one}"
    ),
    "option_given_twice": "{operation} has two values for '{option}'",
    "no_such_option": lambda operation, option, known: (
        f"{operation} has no option '{option}'; it has {listed(known) or 'none'}"
    ),
    "option_not_a_truth_value": "{operation}'s {option} is True or False, found {found}",
    "option_not_a_number": "{operation}'s {option} is a number, found {found}",
    "not_an_operand": "an operand is an expression or a number, found {found}",
    "a_tensor": "a tensor; in torch_loss write torch's own functions",
    "rows_uneven": "{found}, of which SymPy makes no matrix: {said}",
    # what an operation is
    "operation": _operation,
    # options
    "no_such_axis": "axis is 0, 1 or None, found {found}",
    "axis_needed": lambda shape: f"axis may be left out for a row or a column, found {sized(shape)}; give axis=0 or axis=1",
    "option_not_whole": "{name} is a whole number, found {found}",
    "option_not_whole_from": "{name} is a whole number from {least} on, found {found}",
    "order_too_small": "order is 1 or more, found {found}",
    "label_smoothing_outside": "label_smoothing lies between 0 and 1, found {found}",
    # shapes
    "shapes_apart": lambda shapes: f"shapes {_both(shapes)} don't go together entry by entry",
    "not_square": lambda shape: f"a square matrix is needed, found {sized(shape)}",
    "no_matrix_product": lambda left, right: f"{sized(left)} times {sized(right)} isn't a matrix product",
    "stack_uneven": lambda axis, shapes: (
        f"stacked matrices need the same number of {LINES[1 - axis]}s, found {listed(map(sized, shapes))}"
    ),
    "no_such_part": lambda rows, columns, shape: (
        f"rows {rows[0]} to {rows[1]}, columns {columns[0]} to {columns[1]} are no part of {sized(shape)}"
    ),
    "no_room": lambda shape, at, within: f"{sized(shape)} at ({listed(at)}) doesn't fit into {sized(within)}",
    "block_of_scalars": lambda shape: f"a block of {sized(shape)} scalars is made of {shape[0] * shape[1]} scalars",
    "no_broadcast": lambda shape, to: f"{sized(shape)} doesn't broadcast to {sized(to)}",
    "halves_uneven": lambda operation, axis, found: f"{operation} halves an even number of {LINES[axis]}s, found {found}",
    "one_line_alone": lambda operation, axis, shape: f"{operation} needs more than one {LINES[axis]}, found {sized(shape)}",
    "no_variance": lambda entries, correction: (
        f"the variance of {several(entries, 'entry', 'entries')} with the correction {correction} isn't defined"
    ),
    "groups_uneven": "{columns} columns can't be divided into {groups} groups",
    "recurrence_uneven": lambda shapes: f"a recurrence needs factors and terms of one shape, found {_both(shapes)}",
    "no_cross_product": lambda shapes: f"a cross product is of two columns or two rows of three, found {_both(shapes)}",
}
