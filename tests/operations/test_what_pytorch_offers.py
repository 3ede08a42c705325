"""Every differentiable function of `torch` and `torch.special` is covered by a row of the table, or left out for a reason.

How it is found out what there is: each public callable is called with arguments made for its schemas (tensors of one to five
axes, of floats, whole numbers and truth values; whole numbers, numbers, lists), or with one to four tensors where it has
none. Where ``backward()`` reaches an argument it is differentiable; where a call works and no gradient comes of it, it
isn't; what no call reaches has to be listed as well. Left alone are names that begin with an underscore or end with one (in
place), settings, and what is bound to a backend or to quantised tensors (`offered.SETTINGS`, `offered.BACKENDS`).
"""

from functools import cache

import pytest
import torch
from offered import LEFT_OUT, NO_DERIVATIVE, ROWS, offered

from symgrad.frameworks.pytorch.kernels import kernel
from symgrad.operations.row import Elementwise
from symgrad.operations.table import TABLE

COVERED = {name: row for row, names in ROWS.items() for name in names.split()}
REASONS = {name: reason for reason, names in LEFT_OUT.items() for name in names.split()}


def settings():
    return torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_rng_state().tolist()


@cache
def called():
    """What every function says, and PyTorch's settings before and after."""
    before = settings()
    return offered(), before, settings()


def found():
    return called()[0]


def function(name):
    """The function of PyTorch's that a name stands for."""
    return getattr(torch.special, name.removeprefix("special.")) if name.startswith("special.") else getattr(torch, name)


def test_every_differentiable_function_has_a_row_or_a_reason():
    """A function that PyTorch adds, and that gives a gradient or can't be called here, has to be listed."""
    assert [n for n, said in found().items() if said != "none" and n not in COVERED and n not in REASONS] == []


def test_every_listed_name_is_offered():
    """A name that PyTorch has no more is listed no more, and no name is listed twice."""
    assert [name for name in {**COVERED, **REASONS} if name not in found()] == []
    assert COVERED.keys() & REASONS.keys() == set()
    assert sum(len(names.split()) for names in (*ROWS.values(), *LEFT_OUT.values())) == len(COVERED) + len(REASONS)


def test_every_row_that_covers_a_name_is_in_the_table():
    """Names are covered by rows that exist."""
    assert [row for row in ROWS if row not in TABLE] == []


def test_what_has_no_derivative_gives_none():
    """No call of what is left out for want of a derivative gives a gradient, and every one can be called."""
    assert {found()[name] for name, reason in REASONS.items() if reason == NO_DERIVATIVE} == {"none"}


def test_calling_everything_changes_no_setting():
    """Threads, default dtype, gradient mode and random numbers are as they were."""
    _, before, after = called()
    assert before == after


@pytest.mark.parametrize(
    "name", [n for n, r in COVERED.items() if isinstance(row := TABLE[r], Elementwise) and row.kernel and not row.options]
)
def test_a_covered_name_computes_what_its_row_runs(name):
    """Another name of an elementwise function gives the same values as the row's own way into PyTorch."""
    row = TABLE[COVERED[name]]
    operands = torch.linspace(0.2, 0.8, 3 * row.operands, dtype=torch.float64).reshape(row.operands, 3)
    if row.domain == "x > 1":
        operands = operands + 1
    if name == "prelu":
        operands = torch.stack([-operands[0], operands[1]])
        assert torch.equal(torch.prelu(operands[:1], operands[1]), kernel(row)(operands[:1], operands[1:]))
    else:
        assert torch.equal(function(name)(*operands), kernel(row)(*operands))
