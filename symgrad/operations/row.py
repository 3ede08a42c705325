"""What one row of the table of operations says: the mathematics, and the way to each number system.

A row is `Elementwise` (acts entry by entry, operands broadcast as in NumPy), `Structural` (acts on whole matrices) or a
`Composition` of others. Rules are written in SymPy over symbols that stand for arrays of any shape: `+`, `*` and `**`
between such symbols mean entry by entry, the matrix product is ``applied("matmul", a, b)``.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import sympy
from sympy.core.symbol import Str
from sympy.logic.boolalg import BooleanAtom

from symgrad.basics.errors import WrongCall
from symgrad.basics.messages import message
from symgrad.operations.functions import function_of
from symgrad.operations.operands import encode_operand
from symgrad.operations.shapes import SCALAR, Shape, broadcast_shapes
from symgrad.operations.sympy_nodes import applied, decode, encode, is_matrix, matrix_applied, shape_of

Expr: TypeAlias = sympy.Expr
Rule: TypeAlias = Callable[..., tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Operation(ABC):
    """What every row says."""

    name: str
    summary: str
    """The formula as documentation prints it."""
    example: str
    """A loss in the authoring interface, over x, y (scalars) and A, B (2×2), S (2×2, well conditioned), c (column)."""
    operands: int | None = 1
    """How many operands; None for any number."""
    options: Mapping[str, Any] = field(default_factory=dict)
    variants: tuple[Mapping[str, Any], ...] = ()
    """Options beside the defaults at which the survey of PyTorch looks, too."""
    heads: tuple[Any, ...] = ()
    """SymPy heads that are read as this row; the first one is built where all operands are scalars."""
    domain: str = "all reals"
    convention: str = ""
    """What PyTorch takes for the derivative at the kinks, where there are some."""
    sign: str = ""
    """What text writes for it, where that isn't its name."""
    latex: str = ""
    """What LaTeX writes for it, where that isn't its name upright."""
    aliases: tuple[str, ...] = ()
    """Other names that people give it."""
    authored: bool = True
    """Whether authors write it by this name; the others are what derivations and SymPy's heads are made of."""
    by_hand: bool = True
    """Whether people who work with pen and paper call it by its name; others arrange, or have a sign of their own."""
    kernel: bool = True
    """Whether a framework has a kernel for it; without one it is computed of its parts there as everywhere."""
    saturates: bool = False
    """Whether it comes close to a limit as fast as exp does."""
    vanishes: bool = False
    """Whether a term may get so small by it that a sum doesn't show it."""
    one_sided: bool = False
    """Whether a formula with it may be right on one side of zero alone."""
    keeps_squares: bool = False
    """Whether of sums of squares it makes sums of squares: they are added, or moved."""
    infinities: bool = False
    """Whether an operand may be an infinity that an author wrote, as in masks: it is handed on or left out."""
    approximated: Callable[..., tuple[Any, ...]] = lambda *_: ()
    """Of the operands and options, expressions that are above 0 where PyTorch documents that it takes an approximation."""
    centred: bool = False
    """Whether it doesn't change when the same number is added to all entries that it puts in relation."""
    additive: bool = False
    """Whether adding a number to an operand adds it to the result, or takes it away."""
    of_one: str = ""
    """The row that it is of the entries of one operand, where people call both by one name."""
    product: bool = False
    """Whether it multiplies operands, so that the product rule has a term for each."""

    def __repr__(self) -> str:
        return f"symgrad.{self.name}"

    def split(self, arguments: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Arguments of a node divided into operands and decoded options."""
        count = len(arguments) - len(self.options)
        return tuple(arguments[:count]), tuple(decode(a) for a in arguments[count:])

    @abstractmethod
    def __call__(self, *operands: Any, **options: Any) -> Any:
        """The operation of operands as an expression. Raises WrongCall or WrongShape."""

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The operation as the package exports it."""
        return function_of(self)

    @property
    def __signature__(self) -> inspect.Signature:
        kinds = inspect.Parameter
        names = "x" if self.operands == 1 else "abc"[: self.operands or 0]
        operands = [kinds(name, kinds.POSITIONAL_ONLY) for name in names]
        if self.operands is None:
            operands = [kinds("operands", kinds.VAR_POSITIONAL)]
        way = kinds.KEYWORD_ONLY if self.operands is None else kinds.POSITIONAL_OR_KEYWORD
        return inspect.Signature([*operands, *(kinds(name, way, default=v) for name, v in self.options.items())])

    def _arguments(self, operands: tuple[Any, ...], options: dict[str, Any]) -> list[Any]:
        """Operands as SymPy expressions, followed by the options; options may be given by position, as torch has them."""
        count = len(operands) if self.operands is None else self.operands
        names = list(self.options)
        extra = operands[count:]
        if self.operands is None and not operands:
            raise WrongCall(message("operand_needed", operation=self.name))
        if len(operands) == 1 and self.of_one:
            raise WrongCall(message("one_operand", operation=self.name, takes=count, of_one=self.of_one))
        if len(operands) < count or len(extra) > len(names):
            raise WrongCall(message("operands_counted", operation=self.name, takes=count, found=len(operands)))
        twice = next((name for name, _ in zip(names, extra, strict=False) if name in options), None)
        if twice is not None:
            raise WrongCall(message("option_given_twice", operation=self.name, option=twice))
        unknown = set(options) - set(names)
        if unknown:
            raise WrongCall(message("no_such_option", operation=self.name, option=min(unknown), known=names))
        options = dict(zip(names, extra, strict=False)) | options
        given = [encode_operand(operand) for operand in operands[:count]]
        return given + [self._option(name, options.get(name, default)) for name, default in self.options.items()]

    def _option(self, name: str, value: Any) -> sympy.Basic:
        """An option as SymPy has it: a number, None where that is the default, a truth value where the default is one."""
        if value is None and self.options[name] is None:
            return encode(None)
        if isinstance(self.options[name], bool):
            if isinstance(value, (bool, np.bool_, BooleanAtom)):
                return encode(bool(value))
            raise WrongCall(message("option_not_a_truth_value", operation=self.name, option=name, found=repr(value)))
        accepted = isinstance(value, (int, float, sympy.Number, np.integer, np.floating)) and not isinstance(value, bool)
        if isinstance(value, Str) and value.name == "None":  # from a closed form
            return value
        if not accepted:
            raise WrongCall(message("option_not_a_number", operation=self.name, option=name, found=repr(value)))
        return encode(value.item() if isinstance(value, np.generic) else value)


def by_name(*groups: Iterable[Operation]) -> dict[str, Operation]:
    """Rows by their names, for rows that are made of others."""
    return {row.name: row for group in groups for row in group}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Elementwise(Operation):
    """An operation that acts entry by entry.

    ``partials(value, *operands, *options)`` gives the derivative with respect to each operand, written the way
    PyTorch's own derivative formula is, where that decides what rounding can explain. A row with `numpy` is a primitive
    that is charged `ulps` roundings; a row without is computed by its definition in every number system.
    """

    partials: Rule
    definition: Callable[..., Expr] | None = None
    numpy: Callable[..., Any] | None = None
    arb: Callable[..., Any] | None = None
    ulps: int = 4
    """What PyTorch's kernels may lose, in units of the last place of the result."""
    swing: tuple[float, float] | None = None
    """Of a periodic function: a distance of operands over which values may lie that far apart (a quarter of the period)."""
    kinks: Callable[..., tuple[Any, ...]] = lambda *_: ()
    """Expressions that are zero exactly where the operation isn't differentiable."""
    signed_zero: bool = False
    """Whether it jumps where an operand is 0, so that the sign of a zero, which the formula doesn't have, decides its value."""
    is_root: Callable[..., bool] = lambda *_: False
    """Whether it is a root of its first operand, so that of a sum of squares it is a length."""
    build: Callable[..., Expr] | None = None
    """The equation's own arithmetic, for rows that are plain arithmetic (a square is ``r**2``)."""

    def __call__(self, *operands: Any, **options: Any) -> Any:
        arguments = self._arguments(operands, options)
        given = arguments[: len(arguments) - len(self.options)]
        if any(is_matrix(a) for a in given):
            return matrix_applied(self.name, broadcast_shapes(*map(shape_of, given)), *arguments)
        if self.build is not None:
            return self.build(*arguments)
        if self.heads and not self.options:
            return self.heads[0](*given)
        return applied(self.name, *arguments)

    def split(self, arguments: Sequence[Any]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Operands and options; numbers stay SymPy's, for they take part in rules."""
        count = len(arguments) - len(self.options)
        return tuple(arguments[:count]), tuple(a if isinstance(a, sympy.Expr) else decode(a) for a in arguments[count:])

    def shape(self, shapes: Sequence[Shape], *options: Any) -> Shape:
        return broadcast_shapes(*shapes)

    def equation(self, *arguments: Any) -> Expr:
        """The right-hand side of an equation over symbols that stand for arrays."""
        return self.build(*arguments) if self.build is not None else applied(self.name, *arguments)


@dataclass(frozen=True)
class Use:
    """One use of a structural operation, as its adjoint rule sees it.

    `adjoint` may have fewer rows or columns than `shape`, where all of them would be equal: it broadcasts.
    """

    value: Expr
    adjoint: Expr
    adjoint_shape: Shape
    shape: Shape
    operands: tuple[Expr, ...]
    shapes: tuple[Shape, ...]
    options: tuple[Any, ...]

    @property
    def is_number(self) -> bool:
        """Whether the adjoint is a plain number."""
        return self.adjoint_shape == SCALAR and not self.adjoint.free_symbols

    @property
    def full_adjoint(self) -> Expr:
        """The adjoint with all its rows and columns."""
        broadcasts = self.adjoint_shape != self.shape or self.is_number
        return applied("broadcast", self.adjoint, *self.shape) if broadcasts else self.adjoint


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Structural(Operation):
    """An operation on whole matrices.

    ``adjoints(use)`` gives the contribution to each operand's adjoint; ``evaluate(system, *operands, *options)`` computes
    the value in any number system.
    """

    shape: Callable[..., Shape]
    """``shape(shapes of the operands, *options)``; raises WrongShape where there is none."""
    adjoints: Callable[[Use], tuple[Any, ...]]
    evaluate: Callable[..., Any]
    cost: int | Literal["product", "cube", "result", "none"] = 1
    """How many operations: so many an entry of the operand, those of a matrix product, of an elimination, one an entry of
    the result, or none."""
    polynomial: bool = False
    """Whether polynomials are computed through it: entries are moved, added and multiplied, without running results."""
    scalar_valued: bool = False
    """Whether the result over the whole matrix is a scalar of the loss (rather than a 1×1 matrix)."""
    kinks: Callable[..., tuple[Any, ...]] = lambda *_: ()

    def __call__(self, *operands: Any, **options: Any) -> Any:
        arguments = self._arguments(operands, options)
        given, decoded = self.split(arguments)
        shape = self.shape([shape_of(operand) for operand in given], *decoded)
        whole = dict(zip(self.options, decoded, strict=True)).get("axis") is None
        if shape == SCALAR and self.scalar_valued and whole:
            return applied(self.name, *arguments)
        return matrix_applied(self.name, shape, *arguments)

    def equation(self, *arguments: Any) -> Expr:
        """The right-hand side of an equation over symbols that stand for arrays."""
        return applied(self.name, *arguments)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Composition(Operation):
    """A name for a composition of other rows; it never becomes a node of its own."""

    compose: Callable[..., Any]
    over_matrices: bool = False
    """Whether it says nothing of scalars."""

    def __call__(self, *operands: Any, **options: Any) -> Any:
        given, decoded = self.split(self._arguments(operands, options))
        return self.compose(*given, *decoded)
