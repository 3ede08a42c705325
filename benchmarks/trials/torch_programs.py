"""Right programs and mutants in PyTorch; a mutant is a custom `autograd.Function`, as engineers write them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import torch
from formulas import Formula

from trials.mutants import Mutant
from trials.printing import compiled
from trials.programs import Program, programs
from trials.units import program_in_units

Function = Callable[..., torch.Tensor]

FUNCTIONS: dict[str, Any] = {
    name: getattr(torch, name)
    for name in (
        *("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "atanh", "erf", "erfc"),
        *("sqrt", "square", "rsqrt", "reciprocal", "hypot", "log1p", "expm1", "sigmoid", "absolute", "sign", "digamma"),
        *("atan2", "logaddexp"),
    )
} | {"gammaln": torch.lgamma}


@cache
def torch_program(formula: Formula, case: Program | Mutant, scale: Fraction) -> Function:
    """A case as a function of tensors in other units, in the order of the formula's variables."""
    if isinstance(case, Program):
        return program_in_units(case.function(FUNCTIONS), scale)
    right = programs(formula)[0].function(FUNCTIONS)
    index = formula.variables.index(case.variable)
    if case.other is None and case.text is None:
        return program_in_units(_with_factor(right, index, case.factor), scale)
    wrong = compiled(case.text, FUNCTIONS) if case.text else _partial(right, formula.variables.index(case.other))
    return program_in_units(_with_partial(right, index, wrong), scale)


def _with_factor(right: Function, index: int, factor: float) -> Function:
    """A program whose partial derivative by one variable is a factor times the right one."""

    def program(*values: torch.Tensor) -> torch.Tensor:
        return right(*values[:index], _Scaled.apply(values[index], factor), *values[index + 1 :])

    return program


def _with_partial(right: Function, index: int, wrong: Function) -> Function:
    """A program whose partial derivative by one variable is another function of all variables."""

    def program(*values: torch.Tensor) -> torch.Tensor:
        result = right(*values[:index], values[index].detach(), *values[index + 1 :])
        return _Replaced.apply(result, index, wrong, *values)

    return program


def _partial(function: Function, index: int) -> Function:
    """The partial derivative of a program as PyTorch has it."""

    def partial(*values: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad():
            leaves = [value.detach().requires_grad_() for value in values]
            result = function(*leaves)
            (found,) = torch.autograd.grad(result, leaves[index], torch.ones_like(result))
        return found

    return partial


class _Scaled(torch.autograd.Function):
    """A value as it is, whose adjoint is multiplied by a factor."""

    @staticmethod
    def forward(ctx: Any, value: torch.Tensor, factor: float) -> torch.Tensor:
        ctx.factor = factor
        return value.clone()

    @staticmethod
    def backward(ctx: Any, adjoint: torch.Tensor) -> Any:
        return adjoint * ctx.factor, None


class _Replaced(torch.autograd.Function):
    """A result as it is, to whose gradient a partial derivative of its own is added."""

    @staticmethod
    def forward(ctx: Any, result: torch.Tensor, index: int, wrong: Function, *values: torch.Tensor) -> torch.Tensor:
        ctx.index, ctx.wrong = index, wrong
        ctx.save_for_backward(*values)
        return result.clone()

    @staticmethod
    def backward(ctx: Any, adjoint: torch.Tensor) -> Any:
        gradients: list[torch.Tensor | None] = [None] * len(ctx.saved_tensors)
        if ctx.needs_input_grad[3 + ctx.index]:
            if not hasattr(ctx, "partial"):  # gradcheck asks for every entry of a vector in turn; the partial stays
                ctx.partial = ctx.wrong(*(value.detach() for value in ctx.saved_tensors))
            gradients[ctx.index] = adjoint * ctx.partial
        return adjoint, None, None, *gradients
