"""One fact, one home: what is true of an operation stands in its row, and nowhere else is a list of operations kept."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import symgrad
from symgrad.frameworks.pytorch.kernels import KERNELS, kernel
from symgrad.operations.row import Composition, Elementwise, Structural
from symgrad.operations.table import TABLE

ROOT = Path(symgrad.__file__).parent
FEW = 2
"""Names of operations that a list outside of the table may hold: what is said of so few is said of these."""
HANDLERS = "a method or a function of the module's own for each, not a fact"
EXCEPTIONS = {
    "frameworks/pytorch/kernels.py: KERNELS": "PyTorch's names and arguments are PyTorch's facts",
    **{
        f"frameworks/pytorch/{place}": "PyTorch's names are PyTorch's facts"
        for place in ("class_targets.py: TAKES", "operations_seen.py: NORMALIZING", "operations_seen.py: STRETCHING")
    },
    "grading/equality/evaluating.py: OWN": HANDLERS,
    "grading/language/calls.py: PAIRS": HANDLERS,
    "grading/language/scanning.py: HANDLERS": "tokens, which are called as some operations are",
    "grading/language/writing.py: OWN": HANDLERS,
    "grading/language/calls.py: RECIPROCALS": "functions of the language that are no operations, by what they are made of",
    "grading/language/functions.py: COMPOSED": "functions of the language, by what makes terms of them",
    "grading/language/building.py: TIGHT": "heads of terms, by how answers are read",
    "grading/language/writing.py: TEXT_SIGNS": "what can be typed in an answer",
    "grading/mistakes/catalogue/missing_derivative.py: UNTOLD": "what a mistake says nothing of",
    "number_systems/expressions.py: FUNCTIONS": "SymPy's own functions are SymPy's facts",
    "reports/wording/english/language.py: BETWEEN": "what is said of a choice between readings",
    "graphs/sympy_heads.py: *": "SymPy's heads, by the operations that they are read as",
}
"""Lists of operations outside of the table, by file and name, with the reason."""
WITHOUT_KERNEL = {
    *("add", "subtract", "multiply", "hadamard", "divide", "square", "choose", "heaviside", "total", "mean", "amax", "share"),
    *("gap", "recurrence", "matmul", "transpose", "trace", "inverse", "determinant", "take", "embed", "vstack", "hstack"),
    *("block", "broadcast", "identity", "gt", "ge", "lt", "le", "eq", "ne", "where", "masked_fill"),
}
"""Rows that PyTorch computes of their parts: signs of tensors, methods of the number system, and what PyTorch lacks."""


def lists() -> Iterator[tuple[str, set[str]]]:
    """Every literal collection outside of the table: file and name of what it stands in, and the operations that it names."""
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("operations/"):
            continue
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
            for node in ast.walk(statement):
                held = items(node)
                if len(held) > FEW:
                    yield f"{name}: {getattr(target, 'id', getattr(statement, 'name', ''))}", held


def items(node: ast.AST) -> set[str]:
    """The operations that a literal collection names, as keys or as values."""
    if isinstance(node, ast.Dict):
        listed = [*node.keys, *node.values]
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        listed = node.elts
    else:
        return set()
    return {item.value for item in listed if isinstance(item, ast.Constant) and item.value in TABLE}


def test_no_list_of_operations_is_kept_outside_of_the_table():
    """A fact about some operations is a field of their rows; what is listed elsewhere is listed for a reason."""
    kept = {place for place, _ in lists()}
    excepted = {place for place in kept if place in EXCEPTIONS or f"{place.partition(': ')[0]}: *" in EXCEPTIONS}
    assert sorted(kept - excepted) == []
    files = {place.partition(": ")[0] for place in kept}
    assert [e for e in EXCEPTIONS if e not in kept and (not e.endswith("*") or e.partition(": ")[0] not in files)] == []


def test_the_rows_with_a_kernel_are_these():
    """Every row but these is PyTorch's own, so that PyTorch's own derivative is what is checked; a composition is its parts."""
    rows = {name: row for name, row in TABLE.items() if not isinstance(row, Composition)}
    assert {name for name, row in rows.items() if kernel(row) is None} == WITHOUT_KERNEL
    assert {name for name, row in rows.items() if not row.kernel} == WITHOUT_KERNEL


def test_kernels_are_written_only_where_the_name_does_not_serve():
    """No function stands in the table that would be found by its name."""
    places = (torch, torch.nn.functional, torch.special)
    assert [n for n, function in KERNELS.items() if any(getattr(place, n, None) is function for place in places)] == []
    assert set(KERNELS) <= {n for n, row in TABLE.items() if isinstance(row, (Elementwise, Structural)) and row.kernel}


@pytest.mark.parametrize(
    ("fact", "some"),
    [
        ("saturates", {"exp", "tanh", "softmax"}),
        ("vanishes", {"exp", "divide"}),
        ("one_sided", {"abs", "norm"}),
        ("product", {"matmul", "hadamard", "multiply", "divide", "power"}),
        ("polynomial", {"matmul", "kron"}),
    ],
)
def test_facts_are_told_of_rows(fact, some):
    """A field tells some rows from others."""
    told = {name for name, row in TABLE.items() if getattr(row, fact, False)}
    assert some <= told < set(TABLE)


def test_a_name_is_told_once():
    """No two rows have a name in common, and no alias is another row's name."""
    names = [*TABLE, *(alias for row in TABLE.values() for alias in row.aliases)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
