"""What a program's gradients are worth, measured without symgrad: against float64, and against balls.

Points are drawn uniformly in the domains, with full mantissas of the format under test. Everything is relative to the
largest entry of a parameter's true gradient (or of the true product of the Hessian with a vector) at a point.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from flint import arb, ctx

from inventing.cases import FAMILY, OWN, Case, executed
from inventing.losses import gradient_in_balls
from inventing.writing import FORWARD
from symgrad import AuthorError

POINTS = 16
IN_BALLS = 3
CERTAIN, VANISHING, SMALLEST = 1e-8, 1e-40, 1e-300
UNITS = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-8, "float16": 2.0**-11}
LARGER = 10.0
Values = dict[str, torch.Tensor]
Program = Callable[..., torch.Tensor]


class Thrown(Exception):
    """Why a case isn't put to symgrad: its right program is undefined in its domain, or doesn't run this way."""


class Fault(Exception):
    """A mistake of this generator: a program said to be right isn't."""


@dataclass(frozen=True)
class Measured:
    """Own rounding error of the right program (relative, the median and the worst over points) and the effect of the wrong one.

    `shown` is the share of points at which the wrong gradients are off by more than LARGER times the right program's error.
    """

    own: float
    worst: float
    plain: float
    value: float
    shown: float = 0.0


def points(case: Case, count: int = POINTS) -> list[Values]:
    """Points in the domain, rounded to the format under test, in float64: the same ones for all programs of a loss."""
    rng = random.Random(f"points {case.seed} {case.index // FAMILY}")
    dtype = getattr(torch, case.dtype)
    found = []
    for _ in range(count):
        values = {}
        for s in case.loss.symbols:
            low, high = s.domain or (-2.0, 2.0)
            entries = [rng.uniform(low, high) for _ in range(int(np.prod(s.shape, dtype=int)))]
            values[s.name] = torch.tensor(entries, dtype=torch.float64).reshape(s.shape).to(dtype).to(torch.float64)
        found.append(values)
    return found


def derivatives(program: Program, values: Values, parameters: list[str], dtype: str, way: str, order: int) -> list[np.ndarray]:
    """The value, the gradient by each parameter and, of order 2, the Hessian times a vector of ones and halves; in float64."""
    kind = getattr(torch, dtype)
    fixed = {n: v.to(kind) for n, v in values.items() if n not in parameters}
    leaves = tuple(values[n].to(kind).clone() for n in parameters)

    def loss(*given: torch.Tensor) -> torch.Tensor:
        return program(**fixed, **dict(zip(parameters, given, strict=True))).sum()

    def directed(gradient: Any) -> torch.Tensor:
        return sum((g * (1 + 0.5 * (torch.arange(g.numel()).reshape(g.shape) % 2))).sum() for g in gradient if g is not None)

    places = tuple(range(len(leaves)))
    if way in FORWARD:
        first = torch.func.jacfwd(loss, argnums=places)
        found = [loss(*leaves), *first(*leaves)]
        if order == 2:
            found += torch.func.jacfwd(lambda *given: directed(first(*given)), argnums=places)(*leaves)
    else:
        leaves = tuple(leaf.requires_grad_() for leaf in leaves)
        value = loss(*leaves)
        gradient = (
            torch.autograd.grad(value, leaves, create_graph=order == 2, allow_unused=True)
            if value.requires_grad
            else [None] * len(leaves)
        )
        found = [value, *gradient]
        if order == 2:
            along = directed(gradient)
            reaches = isinstance(along, torch.Tensor) and along.requires_grad
            second = torch.autograd.grad(along, leaves, allow_unused=True) if reaches else [None] * len(leaves)
            found += second
        if way == "jacrev":
            torch.func.jacrev(loss, argnums=places)(*(leaf.detach() for leaf in leaves))
        elif way in ("grad", "vjp"):
            torch.func.grad(loss, argnums=places)(*(leaf.detach() for leaf in leaves))
    shapes = [(), *(leaf.shape for leaf in leaves), *(leaf.shape for leaf in leaves)]
    return [
        np.zeros(s) if f is None else f.detach().to(torch.float64).numpy().copy() for f, s in zip(found, shapes, strict=False)
    ]


@dataclass(frozen=True)
class _Truth:
    """What the plain program says in float64, and balls at the first points; `zero` are parameters without a gradient."""

    everywhere: list[Values]
    plain: Program
    gradients: list[list[np.ndarray]]
    exact: list[list[np.ndarray]]
    zero: tuple[int, ...]
    thrown: str = ""


@lru_cache(maxsize=8)
def _truth(case: _Family) -> _Truth:
    everywhere, plain, parameters = points(case.case), executed(case.case.plain, "plain")["torch_loss"], case.parameters
    try:
        gradients = [_run(plain, v, parameters, "float64", "backward", case.order) for v in everywhere]
    except Thrown as thrown:
        return _Truth(everywhere, plain, [], [], (), str(thrown))
    exact = [_in_balls(case.case, v, parameters) for v in everywhere[: IN_BALLS if case.case.dtype == "float64" else 1]]
    if not all(np.isfinite(e).all() for point in exact for e in point):
        return _Truth(everywhere, plain, [], [], (), "not finite in balls")
    for said, known in zip(gradients, exact, strict=False):
        size = max(1.0, *(float(np.abs(e).max(initial=0)) for e in known))
        if any(float(np.abs(s - e).max(initial=0)) > CERTAIN * size for s, e in zip(said, known, strict=False)):
            raise Fault("the plain program isn't the loss")
    zero = tuple(k for k in range(len(parameters)) if all(float(np.abs(e[1 + k]).max(initial=0)) < VANISHING for e in exact))
    return _Truth(everywhere, plain, gradients, exact, zero)


@dataclass(frozen=True, eq=False)
class _Family:
    """The cases of a loss in one order: what is true of one is true of all."""

    case: Case

    @property
    def order(self) -> int:
        return self.case.order

    @property
    def parameters(self) -> list[str]:
        return [s.name for s in self.case.loss.symbols if s.parameter]

    def _key(self) -> tuple[object, ...]:
        return (self.case.seed, self.case.index // FAMILY, self.case.dtype, self.case.order)

    def __hash__(self) -> int:
        return hash(self._key())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Family) and self._key() == other._key()


def measured(case: Case) -> Measured:
    """The errors of a case. Raises `Thrown` for one that isn't to be judged, and `Fault` for a right program that is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        truth, parameters = _truth(_Family(case)), _Family(case).parameters
        if truth.thrown:
            raise Thrown(truth.thrown)
        alone = case.style == OWN or case.mutation is not None
        right = truth.plain if alone else _program(case, "right")
        here = [_run(right, v, parameters, case.dtype, case.way, case.order) for v in truth.everywhere]
        own, value = _errors(here, truth)
        own = np.maximum(own, UNITS[case.dtype])
        if case.mutation is None:
            base = (
                here
                if alone
                else [_run(truth.plain, v, parameters, case.dtype, "backward", case.order) for v in truth.everywhere]
            )
            wide = (
                here
                if case.dtype == "float64"
                else [_run(right, v, parameters, "float64", "backward", case.order) for v in truth.everywhere]
            )
            _compare_spellings(wide, truth)
            return Measured(float(np.median(own)), float(own.max()), float(_errors(base, truth)[0].max()), value)
        wrong = _program(case, "wrong")
        said = [_run(wrong, v, parameters, case.dtype, case.way, case.order, finite=False) for v in truth.everywhere]
    off = np.array([max(_relative(s, t, truth.zero), default=0.0) for s, t in zip(said, truth.gradients, strict=True)])
    allowed = LARGER * np.maximum(own, np.median(own))
    return Measured(float(np.median(own)), float(own.max()), float(own.max()), value, float(np.mean(~(off <= allowed))))


def _program(case: Case, name: str) -> Program:
    try:
        found: Program = executed(case.source, name)["torch_loss"]
    except AuthorError as error:
        raise Thrown("no exercise: a parameter drops out of the loss") from error
    return found


def _run(
    program: Program, values: Values, parameters: list[str], dtype: str, way: str, order: int, finite: bool = True
) -> list[np.ndarray]:
    try:
        found = derivatives(program, values, parameters, dtype, way, order)
    except Exception as error:
        raise Thrown(f"doesn't run: {type(error).__name__}") from error
    if finite and not all(np.isfinite(f).all() for f in found):
        raise Thrown(f"not finite in {dtype}")
    return found


def _relative(found: list[np.ndarray], true: list[np.ndarray], zero: tuple[int, ...]) -> list[float]:
    """The largest difference of each derivative, relative to its largest entry; without those of `zero` parameters."""
    both = zip(found[1:], true[1:], strict=False)
    sizes = [
        (float(np.abs(f - t).max(initial=0)), float(np.abs(t).max(initial=0))) for k, (f, t) in enumerate(both) if k not in zero
    ]
    return [off / size if size > SMALLEST else float(off > SMALLEST) for off, size in sizes]


def _errors(here: list[Any], truth: _Truth) -> tuple[np.ndarray, float]:
    """The relative error of the gradients at each point, and the largest one of the value."""
    exact = [*truth.exact, *truth.gradients[len(truth.exact) :]]
    own = np.array([max(_relative(h, e, truth.zero), default=0.0) for h, e in zip(here, exact, strict=True)])
    value = max(float(abs(h[0] - e[0]) / max(abs(float(e[0])), SMALLEST)) for h, e in zip(here, exact, strict=True))
    return own, value


def _in_balls(case: Case, values: Values, parameters: list[str]) -> list[np.ndarray]:
    """Value and gradient from balls of 400 bits."""
    ctx.prec = 400
    try:
        balls = {
            n: np.asarray(np.frompyfunc(lambda v: arb(float(v)), 1, 1)(v.numpy()), dtype=object) for n, v in values.items()
        }
        gradient = gradient_in_balls(case.loss, balls, parameters)
        return [np.asarray(float(case.loss.value(balls).mid())), *(gradient[n] for n in parameters)]
    finally:
        ctx.prec = 53


def _compare_spellings(wide: list[Any], truth: _Truth) -> None:
    """A spelling in float64 has to be the plain program, at most points to six digits."""
    off = [
        max((min(r, float(np.abs(d).max()) / CERTAIN) for r, d in _differences(w, t, truth.zero)), default=0.0)
        for w, t in zip(wide, truth.gradients, strict=True)
    ]
    if np.median(off) > 1e-6:
        raise Fault("a spelling isn't the loss")


def _differences(found: list[np.ndarray], true: list[np.ndarray], zero: tuple[int, ...]) -> list[tuple[float, np.ndarray]]:
    kept = [k for k in range(len(true) - 1) if k not in zero]
    return [(r, np.asarray(found[1 + k] - true[1 + k])) for r, k in zip(_relative(found, true, zero), kept, strict=True)]
