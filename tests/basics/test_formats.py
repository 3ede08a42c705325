"""The floating-point formats: one list of names, whoever lists them."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.format_names import FORMAT_NAMES
from symgrad.cli import check_command, operations_command
from symgrad.frameworks.framework import SEEDS
from symgrad.frameworks.pytorch.authors_code import DTYPES


def test_all_tables_of_formats_have_the_same_names():
    """What is computed of a format, PyTorch's own, the adjoints to start from and the commands' options agree."""
    assert tuple(PRECISIONS) == tuple(DTYPES) == tuple(SEEDS) == FORMAT_NAMES
    for command, name in ((check_command.command, "dtype"), (operations_command.command, "dtypes")):
        (choice,) = (option.type.choices for option in command.params if option.name == name)
        assert tuple(choice) == FORMAT_NAMES


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_formats_are_those_of_pytorch(name):
    """Digits and exponents are what PyTorch says of the format."""
    said, format_ = torch.finfo(DTYPES[name]), PRECISIONS[name]
    assert (said.eps, said.tiny, said.max) == (2 * format_.unit_roundoff, format_.smallest_normal, format_.largest)


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("symgrad.basics.format_names", ("numpy", "torch", "sympy", "click")),
        ("symgrad.frameworks.framework", ("torch", "sympy")),
    ],
)
def test_names_and_nouns_are_had_without_what_computes(module, heavy):
    """Options list formats before anything is imported, and whoever holds what PyTorch said needs no PyTorch."""
    code = f"import sys, {module}; print(*(name for name in {heavy} if name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == ""
