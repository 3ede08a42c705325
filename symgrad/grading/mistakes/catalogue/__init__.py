"""The catalogue of mistakes, one file each; what explains an answer most specifically stands first.

Other packages add mistakes as entry points of the group `symgrad.misconceptions`, each under its tag; they stand last.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

from symgrad.basics.registries import Registry, instance_of
from symgrad.grading.mistakes.catalogue.misconception import Example, Material, Misconception, Slip

ORDER = (
    "loss_itself", "other_gradient", "adjoint_instead", "sign", "sum_for_mean", "factor", "regularisation_forgotten",
    "target_exchanged", "transposed", "operands_exchanged", "elementwise_for_product", "batch_not_summed", "term_dropped",
    "path_dropped", "missing_derivative", "outer_only", "doubled_derivative", "wrong_place", "wrong_activation",
    "too_few_digits", "wrong_point", "positive_axis_only", "undefined", "shape", "carried_forward",
)  # fmt: skip
"""The files of this folder that hold a misconception, which are called as its tag."""

CATALOGUE: Registry[Misconception] = Registry(
    MappingProxyType({tag: import_module(f"symgrad.grading.mistakes.catalogue.{tag}").MISCONCEPTION for tag in ORDER}),
    "symgrad.misconceptions",
    instance_of(Misconception, named="tag"),
)
"""Every misconception by its tag, the most telling first."""

__all__ = ["CATALOGUE", "Example", "Material", "Misconception", "Slip"]
