"""The noun that an author writes: an `Exercise`, checked as it is made.

Every mistake is an `AuthorError` that says file, line, exercise, field, what was found and what is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy

from symgrad.authoring import claim_checks, field_checks
from symgrad.authoring.field_checks import Domain
from symgrad.authoring.named_fields import Noun
from symgrad.authoring.training import Training
from symgrad.basics.arrays import Point, Values
from symgrad.basics.errors import AuthorError, CouldNotRun
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import message
from symgrad.basics.showing import line, listed
from symgrad.basics.source_places import Place, calling_place
from symgrad.graphs.from_sympy import read
from symgrad.graphs.graph import Graph, Input
from symgrad.operations.shapes import SCALAR
from symgrad.operations.sympy_nodes import is_matrix, shape_of

NAME = re.compile(r"[\w.-]+")
SAMPLED = 16
"""Points that are sampled where an exercise doesn't say how many."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise(metaclass=Noun):
    """A loss, what to differentiate it by, and where.

    * `loss`: a SymPy scalar; `parameters`: its symbols to differentiate by, or their names.
    * `at`: given points, values by name; `points`: how many more to sample, special ones beside them (near edges, exact
      zeros, far out) not counted; `domain`: bounds of sampled values by name, or ``"one_hot"`` for a matrix whose columns
      each have a single 1.
    * `torch_loss`: the author's PyTorch program, called once a point with tensors by name; without it the loss itself runs.
    * `published`: printed figures as strings, at the first given point, computed in `published_dtype`.
    * `hand_derived`: gradients derived by hand, by parameter; `expected_gradient`: what PyTorch is meant to say of a
      parameter, where that isn't the derivative on purpose (a straight-through estimator, a reversal).
    * `training`: one training loop or several.
    * `marks`: what is asked of students and what it is worth: a gradient by its parameter (1 each, unless said), an entry as
      ``"w2[1,2]"``, a step's adjoint as ``"dz2"``; `credit`: the share of these marks that a diagnosed mistake keeps, by tag,
      and under ``"entries"`` that of the entries that are right.
    * `tags`: words to choose exercises by, and `difficulty`: ``"easy"``, ``"medium"``, ``"hard"``; in pytest they are markers.

    >>> from symgrad import scalar, square
    >>> w = scalar("w")
    >>> Exercise(name="parabola", loss=square(w - 1), parameters=[w], at=[{"w": 3}])
    Exercise('parabola', parameters: w)
    """

    name: str
    loss: Any
    parameters: Iterable[Any]
    title: str = ""
    at: Iterable[Mapping[str, Any]] = ()
    points: int = SAMPLED
    domain: Mapping[str, Domain] = field(default_factory=dict)
    torch_loss: Callable[..., Any] | None = None
    published: Mapping[str, Any] = field(default_factory=dict)
    published_dtype: str = "float32"
    hand_derived: Mapping[str, Any] = field(default_factory=dict)
    expected_gradient: Mapping[str, Any] = field(default_factory=dict)
    training: Training | Iterable[Training] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    credit: Mapping[str, float] = field(default_factory=dict)
    tags: Iterable[str] = ()
    difficulty: str = ""
    place: Place | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", calling_place())
        try:
            for name, check in _FIELDS.items():
                try:
                    object.__setattr__(self, name, check(self))
                except AuthorError as error:
                    raise error.located(field=name) from None
        except AuthorError as error:
            name = self.name if isinstance(self.name, str) else None
            place = self.place or Place("<input>", 1)
            raise error.located(exercise=name, path=place.path, line=place.line) from None

    @cached_property
    def graph(self) -> Graph:
        """The loss, read."""
        return read(self.loss)

    @cached_property
    def inputs(self) -> dict[str, Input]:
        """Parameters and data by name."""
        return {i.name: i for i in self.graph.inputs}

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters by name, in the author's order."""
        return tuple(self.parameters)

    @property
    def given(self) -> tuple[Point, ...]:
        """The given points."""
        return tuple(self.at)

    @property
    def trainings(self) -> tuple[Training, ...]:
        """The training loops."""
        return (self.training,) if isinstance(self.training, Training) else tuple(self.training)

    @property
    def path(self) -> str:
        """The file that it was written in; empty where there is none."""
        return self.place.path if self.place is not None else ""

    def located(self, error: CouldNotRun) -> CouldNotRun:
        """An error with the place of this exercise, where it has none of its own."""
        return error if self.place is None else error.located(self.place.path, self.place.line)

    def __repr__(self) -> str:
        return line(f"Exercise({self.name!r}, parameters: {listed(self.parameter_names)})")


def _name(e: Exercise) -> str:
    if not isinstance(e.name, str) or not NAME.fullmatch(e.name):
        raise AuthorError(message("cannot_name_an_exercise", text=repr(e.name)), accepted=message("letters_for_an_exercise"))
    return e.name


def _loss(e: Exercise) -> Any:
    loss = e.loss
    if not isinstance(loss, sympy.Expr) and not is_matrix(loss):
        raise AuthorError(message("found", value=field_checks.kind(loss)), accepted=message("a_scalar_expression"))
    loss = loss.as_immutable() if isinstance(loss, sympy.MatrixBase) else loss
    object.__setattr__(e, "loss", loss)
    shape = e.graph.output_shape
    if shape != SCALAR:
        raise AuthorError(message("loss_not_scalar", shape=shape), accepted=message("a_scalar_by_total_or_mean"))
    return loss


def _parameters(e: Exercise) -> tuple[str, ...]:
    names = []
    for given in field_checks.sequence(e.parameters, None, message("a_list_of_symbols")):
        if not isinstance(given, (str, sympy.Symbol, sympy.MatrixSymbol)):
            raise AuthorError(message("found", value=field_checks.kind(given)), accepted=message("symbols_or_names"))
        name = given if isinstance(given, str) else str(given.name)
        field_checks.known(name, e.inputs)
        if not isinstance(given, str) and shape_of(given) != e.inputs[name].shape:
            accepted = message("its_shape_in_the_loss", shape=e.inputs[name].shape)
            raise AuthorError(message("is_of_shape", name=name, shape=shape_of(given)), accepted=accepted)
        if name in names:
            raise AuthorError(message("stands_twice", name=name), accepted=message("each_parameter_once"))
        names.append(name)
    if not names:
        raise AuthorError(message("no_parameters"), accepted=message("some_of_the_symbols", names=list(e.inputs)))
    return tuple(names)


def _title(e: Exercise) -> str:
    if not isinstance(e.title, str):
        raise AuthorError(message("found", value=field_checks.kind(e.title)), accepted=message("a_string"))
    return e.title


def _at(e: Exercise) -> tuple[Point, ...]:
    listed = field_checks.sequence(e.at, None, message("a_list_of_points"))
    return tuple(field_checks.point(point, e.inputs, f"at[{i}]") for i, point in enumerate(listed))


def _points(e: Exercise) -> int:
    points = field_checks.whole(e.points, 0)
    if points == 0 and not e.at:
        raise AuthorError(message("no_points_at_all"), accepted=message("points_or_at"))
    return points


def _domain(e: Exercise) -> dict[str, Domain]:
    given = field_checks.mapping(e.domain, None, message("bounds_by_name"))
    for name in given:
        field_checks.known(name, e.inputs)
    return {name: field_checks.domain(name, pair, e.inputs[name]) for name, pair in given.items()}


def _torch_loss(e: Exercise) -> Callable[..., Any] | None:
    if e.torch_loss is not None:
        claim_checks.signature(e.torch_loss, e.inputs)
    return e.torch_loss


def _published(e: Exercise) -> dict[str, Values]:
    given = field_checks.mapping(e.published, None, message("figures_by_name"))
    if given and not e.at:
        raise AuthorError(message("figures_without_point"), accepted=message("the_point_first_in_at"))
    shapes = e.graph.shapes
    steps = {name: shapes.get(symbol, SCALAR) for name, symbol in e.graph.named.items()}
    known = {"loss": SCALAR, **{n: e.inputs[n].shape for n in e.parameter_names}, **steps}
    return {n: claim_checks.figures(n, value, known) for n, value in given.items()}


def _published_dtype(e: Exercise) -> str:
    if not isinstance(e.published_dtype, str) or e.published_dtype not in PRECISIONS:
        found = message("found", value=field_checks.shortened(e.published_dtype))
        raise AuthorError(found, accepted=message("names", names=list(PRECISIONS)))
    return e.published_dtype


def _gradients(e: Exercise, field: str) -> dict[str, Graph]:
    given = field_checks.mapping(getattr(e, field), None, message("expressions_by_parameter"))
    shapes = {name: e.inputs[name].shape for name in e.parameter_names}
    return {n: claim_checks.gradient(n, value, e.loss, shapes, e.inputs, field) for n, value in given.items()}


def _training(e: Exercise) -> tuple[Training, ...]:
    given = (e.training,) if isinstance(e.training, Training) else e.training
    if not isinstance(given, (list, tuple)) or not all(isinstance(t, Training) for t in given):
        raise AuthorError(message("found", value=field_checks.kind(e.training)), accepted=message("trainings"))
    return tuple(t.checked(e.inputs, e.parameter_names, e.graph) for t in given)


def _marks(e: Exercise) -> dict[str, float]:
    shapes = e.graph.shapes
    steps = {name: shapes.get(symbol, SCALAR) for name, symbol in e.graph.named.items()}
    return claim_checks.marks(e.marks, {n: e.inputs[n].shape for n in e.parameter_names}, steps)


_FIELDS: Mapping[str, Callable[[Exercise], Any]] = {
    "name": _name,
    "title": _title,
    "loss": _loss,
    "parameters": _parameters,
    "at": _at,
    "points": _points,
    "domain": _domain,
    "torch_loss": _torch_loss,
    "published": _published,
    "published_dtype": _published_dtype,
    "hand_derived": lambda e: _gradients(e, "hand_derived"),
    "expected_gradient": lambda e: _gradients(e, "expected_gradient"),
    "training": _training,
    "marks": _marks,
    "credit": lambda e: claim_checks.credit(e.credit),
    "tags": lambda e: claim_checks.tags(e.tags),
    "difficulty": lambda e: claim_checks.difficulty(e.difficulty),
}
