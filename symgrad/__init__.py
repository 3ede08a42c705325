"""Is this gradient right, and if not, who is wrong? Losses in SymPy, differentiated in closed form, against PyTorch.

PYTEST_DONT_REWRITE: a plugin's package may be imported before pytest begins.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "scalar": "authoring.symbols",
    "vector": "authoring.symbols",
    "matrix": "authoring.symbols",
    "step": "authoring.symbols",
    "Exercise": "authoring.exercise",
    "Training": "authoring.training",
    "Derivation": "derivation",
    "Equation": "derivation",
    "differentiate": "derivation",
    "check": "checking.check",
    "check_paths": "checking.check",
    "CheckResult": "checking.results.results",
    "Report": "checking.results.results",
    "Settings": "checking.results.settings",
    "render": "reports",
    "say": "reports.wording.saying",
    "to_dict": "reports.check.plain_data",
    "to_rows": "reports.check.plain_data",
    "grade": "grading.course.course",
    "GradeSettings": "grading.course.rounds",
    "Gradebook": "grading.course.gradebook",
    "explicit": "number_systems.expressions",
    "SymgradError": "basics.errors",
    "AuthorError": "basics.errors",
    "UserError": "basics.errors",
    "StudentError": "basics.errors",
    "CouldNotRun": "basics.errors",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        found = globals()[name] = getattr(import_module(f"symgrad.{_HOMES[name]}"), name)
        return found
    if name == "__all__":
        return __dir__()
    if name == "__version__":
        return import_module("importlib.metadata").version("symgrad")
    if name == "testing":
        return import_module("symgrad.testing")
    if not name.startswith("_"):
        table = import_module("symgrad.operations.table").TABLE
        if name in table:
            return table[name].function
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*_HOMES, *import_module("symgrad.operations.table").TABLE, "testing", "__version__"})
