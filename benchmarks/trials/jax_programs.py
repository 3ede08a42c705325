"""Right programs and mutants in JAX; a mutant is a `custom_vjp`. Imported only where JAX is asked for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
from formulas import Formula
from jax.scipy import special

from trials.mutants import Mutant
from trials.printing import compiled
from trials.programs import Program, programs
from trials.units import program_in_units

jax.config.update("jax_enable_x64", True)  # float32 stays float32: arrays say what they are

FUNCTIONS: dict[str, Any] = {
    name: getattr(jnp, name)
    for name in (
        *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "square", "reciprocal", "hypot"),
        *("log1p", "expm1", "absolute", "sign", "logaddexp"),
    )
} | {
    "asin": jnp.arcsin,
    "acos": jnp.arccos,
    "atan": jnp.arctan,
    "atan2": jnp.arctan2,
    "asinh": jnp.arcsinh,
    "atanh": jnp.arctanh,
    "rsqrt": jax.lax.rsqrt,
    "sigmoid": jax.nn.sigmoid,
    "erf": special.erf,
    "erfc": special.erfc,
    "gammaln": special.gammaln,
    "digamma": special.digamma,
}


@cache
def jax_program(formula: Formula, case: Program | Mutant, scale: Fraction) -> Callable[..., Any]:
    """A case as a function of arrays in other units, in the order of the formula's variables."""
    if isinstance(case, Program):
        return program_in_units(_with_partials(*_compiled(case.text)), scale)
    index = formula.variables.index(case.variable)
    other = index if case.other is None else formula.variables.index(case.other)
    right, right_partials = _compiled(programs(formula)[0].text)
    wrong = compiled(case.text, FUNCTIONS) if case.text else None

    def partials(*values: Any) -> list[Any]:
        found = list(right_partials(*values))
        found[index] = found[other] * case.factor if wrong is None else wrong(*values) + jnp.zeros_like(found[index])
        return found

    return program_in_units(_with_partials(right, partials), scale)


def _with_partials(function: Callable[..., Any], partials: Callable[..., Any]) -> Callable[..., Any]:
    """A function of arrays whose backward pass takes its partial derivatives from another."""
    made = jax.custom_vjp(lambda *values: function(*values))
    made.defvjp(
        lambda *values: (function(*values), values),
        lambda values, adjoint: tuple(adjoint * partial for partial in partials(*values)),
    )
    return made


@cache
def _compiled(text: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A program, and what `jax.vjp` says of it entry by entry, each compiled once for all units and variables."""
    function = compiled(text, FUNCTIONS)

    def partials(*values: Any) -> Any:
        result, pull = jax.vjp(function, *values)
        return pull(jnp.ones_like(result))

    return jax.jit(function), jax.jit(partials)
