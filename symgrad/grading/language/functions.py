"""The functions that answers may use: rows of the table under their own and other names, and a few made of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from symgrad.operations.row import Elementwise, Structural
from symgrad.operations.table import TABLE

WHOLE = (
    "total", "mean", "norm", "amax", "amin", "logsumexp", "softmax", "log_softmax", "prod", "cumsum", "cumprod", "var", "std",
    "flip", "diagonal", "diag", "tril", "triu", "kron", "cross", "transpose", "trace", "inverse", "determinant", "logdet",
)  # fmt: skip
"""Rows on whole matrices that answers may use; the others arrange derivations."""
ARITHMETIC = ("add", "multiply", "choose", "ldexp", "lerp", "addcmul", "addcdiv", "erfcx_tail")
"""Elementwise rows that have signs of their own, or that nobody writes."""
COMPOSED = ("dot", "outer", "matmul", "hadamard", "divide", "subtract", "power", "square", "maximum", "minimum",
            "sech", "csch", "sec", "csc", "cot", "coth", "ones", "zeros", "eye", "softmin")  # fmt: skip
"""Functions that are made of other terms; `calls` says how."""
OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        **{"ln": "log", "sum": "total", "Σ": "total", "Π": "prod", "avg": "mean", "average": "mean"},
        **{
            "σ": "sigmoid",
            "sigma": "sigmoid",
            "expit": "sigmoid",
            "logistic": "sigmoid",
            "swish": "silu",
            "logsoftmax": "log_softmax",
        },
        **{"sgn": "sign", "step": "heaviside", "tr": "trace", "det": "determinant", "inv": "inverse", "max": "maximum"},
        **{"min": "minimum", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arsinh": "asinh", "arcosh": "acosh"},
        **{"artanh": "atanh", "tg": "tan", "ctg": "cot", "sh": "sinh", "ch": "cosh", "th": "tanh", "identity": "eye"},
        **{"log_sigmoid": "logsigmoid", "lgamma": "gammaln", "pow": "power", "lg": "log10", "logdet": "logdet"},
        **{"elementwise": "hadamard", "mm": "matmul", "row_sum": "row_sum"},
    }
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language: the row (or composition) that it names, and the options that its name sets."""

    name: str
    axis: int | None = None


def _functions() -> dict[str, Function]:
    found = {name: Function(name) for name in COMPOSED}
    for name, row in TABLE.items():
        plain = isinstance(row, Elementwise) and row.operands is not None and name not in ARITHMETIC
        if plain or (isinstance(row, Structural) and name in WHOLE):
            found[name] = Function(name)
    found |= {other: Function(name) for other, name in OTHER_NAMES.items() if name in found}
    for axis in (0, 1):
        found |= {f"{name}{axis}": Function("total", axis) for name in ("Σ",)}
    capital = {name.capitalize(): f for name, f in found.items()} | {"ReLU": found["relu"], "GELU": found["gelu"]}
    return capital | found


FUNCTIONS: Mapping[str, Function] = MappingProxyType(_functions())
"""Every function by each of its names."""
