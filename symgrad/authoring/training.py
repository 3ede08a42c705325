"""The noun `Training`: the loop around a loss, as an author states it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from symgrad.authoring import claim_checks, field_checks
from symgrad.authoring.named_fields import Noun
from symgrad.basics.errors import AuthorError
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.showing import line
from symgrad.graphs.graph import Graph, Input
from symgrad.operations.shapes import SCALAR, Shape


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Training(metaclass=Noun):
    """Gradient descent, one sample a step, as a user of PyTorch writes it.

    * `samples`: the data of each step, values by name, in the order of an epoch; `epochs`: how often they are gone through.
    * `initial`: the parameters before training; `learning_rate`: one rate, or one by parameter.
    * `prediction`: the step of the loss that is the model's output; `predict`: data to print it for, before and after.
    * `loop`: the author's own loop, a generator ``loop(parameters, samples, learning_rate, epochs)`` over tensors by name that
      yields the loss after each ``backward()``, before the update. `dtype`: what it computes in.
    * `published`: printed figures by (epoch, sample), both from 0: ``{(0, 2): {"loss": "7.3159", "w": "-16.2288"}}``;
      `published_predictions`: printed predictions before and after, strings or None.
    """

    samples: Iterable[Mapping[str, Any]]
    initial: Mapping[str, Any]
    learning_rate: float | Mapping[str, float]
    epochs: int
    name: str = "training"
    prediction: str | None = None
    predict: Iterable[Mapping[str, Any]] = ()
    loop: Callable[..., Any] | None = None
    dtype: str = "float32"
    published: Mapping[tuple[int, int], Mapping[str, Any]] = field(default_factory=dict)
    published_predictions: tuple[Any, Any] = (None, None)

    def __repr__(self) -> str:
        return line(f"Training({self.name!r}, {self.epochs} epochs, {self.dtype})")

    def rate(self, parameter: str) -> float:
        """The learning rate of a parameter."""
        return self.learning_rate[parameter] if isinstance(self.learning_rate, Mapping) else self.learning_rate

    def checked(self, inputs: Mapping[str, Input], parameters: tuple[str, ...], graph: Graph) -> Training:
        """The same with every field checked and every value an array. Raises AuthorError."""
        data = [name for name in inputs if name not in parameters]
        listed = field_checks.sequence(self.samples, "samples", "a list of samples, each {name: value}")
        samples = tuple(field_checks.point(s, inputs, f"samples[{i}]", data) for i, s in enumerate(listed))
        if not samples:
            raise AuthorError("no samples", field="samples", accepted="at least one")
        epochs = field_checks.whole(self.epochs, 1, "epochs")
        if not isinstance(self.name, str) or not self.name:
            raise AuthorError(f"found {field_checks.kind(self.name)}", field="name", accepted="a string")
        if not isinstance(self.dtype, str) or self.dtype not in PRECISIONS:
            raise AuthorError(f"found {field_checks.shortened(self.dtype)}", field="dtype", accepted=", ".join(PRECISIONS))
        if self.loop is not None and not callable(self.loop):
            accepted = "a generator loop(parameters, samples, learning_rate, epochs)"
            raise AuthorError(f"found {field_checks.kind(self.loop)}", field="loop", accepted=accepted)
        predict = field_checks.sequence(self.predict, "predict", "a list of data, each {name: value}")
        if self.prediction is not None:
            field_checks.known(self.prediction, graph.named, "the loss", "prediction")
        elif predict:
            accepted = ", ".join(graph.named) or "a step of the loss"
            raise AuthorError("no step to predict with", field="prediction", accepted=accepted)
        asked = _data_of(self.prediction, graph, data) if self.prediction else data
        plan = replace(
            self,
            samples=samples,
            epochs=epochs,
            initial=field_checks.point(self.initial, inputs, "initial", parameters),
            learning_rate=_rates(self.learning_rate, parameters),
            predict=tuple(field_checks.point(p, inputs, f"predict[{i}]", asked) for i, p in enumerate(predict)),
        )
        steps = {n: graph.shapes.get(s, SCALAR) for n, s in graph.named.items()}
        shapes = {"loss": SCALAR, **{n: inputs[n].shape for n in parameters}, **steps}
        return replace(plan, published=_figures(plan, shapes), published_predictions=_predictions(plan, steps))


def _figures(plan: Training, shapes: Mapping[str, Shape]) -> dict[tuple[int, int], dict[str, Any]]:
    samples, found = len(tuple(plan.samples)), {}
    accepted = f"(epoch below {plan.epochs}, sample below {samples}): {{name: figure}}"
    for key, row in field_checks.mapping(plan.published, "published", accepted).items():
        whole = isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, int) for k in key)
        if not whole or not (0 <= key[0] < plan.epochs and 0 <= key[1] < samples) or not isinstance(row, Mapping):
            raise AuthorError(f"found {field_checks.shortened(key)}", field="published", accepted=accepted)
        found[key] = {n: claim_checks.figures(n, value, shapes) for n, value in row.items()}
    return found


def _predictions(plan: Training, steps: Mapping[str, Shape]) -> tuple[Any, Any]:
    """For before and after: an array of figures for each datum to predict, or None."""
    field, count = "published_predictions", len(tuple(plan.predict))
    pair = field_checks.sequence(plan.published_predictions, field, "(before, after), figures or None")
    if len(pair) != 2:
        raise AuthorError(f"found {len(pair)} of them", field=field, accepted="(before, after), figures or None")
    found: list[Any] = []
    for when, given in zip(("before", "after"), pair, strict=True):
        listed = [given] if isinstance(given, str) else given
        if listed is None:
            found.append(None)
            continue
        if not isinstance(listed, (list, tuple)):
            raise AuthorError(
                f"{when}: found {field_checks.shortened(given)}", field=field, accepted="figures in quotes, or None"
            )
        if len(listed) != count or plan.prediction is None:
            accepted = f"a figure for each of the {count} in predict"
            raise AuthorError(f"{when}: found {len(listed)}", field=field, accepted=accepted)
        shapes = {when: steps[plan.prediction]}
        found.append([claim_checks.figures(when, figure, shapes, field) for figure in listed])
    return found[0], found[1]


def _rates(given: Any, parameters: tuple[str, ...]) -> dict[str, float]:
    """A rate for each parameter."""
    field = "learning_rate"
    if not isinstance(given, Mapping):
        return dict.fromkeys(parameters, field_checks.number(given, field))
    for key in given:
        field_checks.known(key, parameters, "parameters", field)
    missing = [name for name in parameters if name not in given]
    if missing:
        raise AuthorError(f"no rate for '{missing[0]}'", field=field, accepted=f"rates for {', '.join(parameters)}")
    return {name: field_checks.number(given[name], field) for name in parameters}


def _data_of(step: str, graph: Graph, data: list[str]) -> list[str]:
    """The data that the value of a step rests on, by name."""
    needed = set(graph.named[step].free_symbols)
    for node in reversed(graph.nodes):
        if node.symbol in needed:
            for operand in node.operands:
                needed |= operand.free_symbols
    return [i.name for i in graph.inputs if i.symbol in needed and i.name in data]
