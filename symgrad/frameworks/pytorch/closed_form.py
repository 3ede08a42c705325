"""The closed form as somebody would compute it with PyTorch, in a format of its."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from symgrad.basics.arrays import Values
from symgrad.frameworks.pytorch.authors_code import DTYPES
from symgrad.frameworks.pytorch.gradients import as_array
from symgrad.frameworks.pytorch.tensors import Tensors
from symgrad.number_systems.code_generation import Program
from symgrad.number_systems.system import listed


def in_format(code: Program, values: Mapping[str, Values], dtype: str) -> list[Values] | None:
    """The outputs of a program at points in a format, (points, rows, columns); None where PyTorch has no kernel for it."""
    chosen = DTYPES[dtype]
    run = Tensors(chosen).bind(code)
    with torch.no_grad():
        try:
            found = listed(run(*(torch.tensor(array, dtype=chosen) for array in values.values())))
        except (RuntimeError, NotImplementedError):
            return None
    return [as_array(torch.as_tensor(output)).reshape(-1, *output.shape[-2:]) for output in found]
