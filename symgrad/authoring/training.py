"""The noun `Training`: the loop around a loss, as an author states it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from symgrad.authoring import claim_checks, field_checks
from symgrad.authoring.named_fields import Noun
from symgrad.basics.errors import AuthorError
from symgrad.basics.float_formats import PRECISIONS
from symgrad.basics.messages import message
from symgrad.basics.showing import line
from symgrad.graphs.graph import Graph, Input
from symgrad.graphs.walks import rests_on
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
        listed = field_checks.sequence(self.samples, "samples", message("a_list_of_samples"))
        samples = tuple(field_checks.point(s, inputs, f"samples[{i}]", data) for i, s in enumerate(listed))
        if not samples:
            raise AuthorError(message("no_samples"), field="samples", accepted=message("at_least_one"))
        epochs = field_checks.whole(self.epochs, 1, "epochs")
        if not isinstance(self.name, str) or not self.name:
            found = message("found", value=field_checks.kind(self.name))
            raise AuthorError(found, field="name", accepted=message("a_string"))
        if not isinstance(self.dtype, str) or self.dtype not in PRECISIONS:
            found = message("found", value=field_checks.shortened(self.dtype))
            raise AuthorError(found, field="dtype", accepted=message("names", names=list(PRECISIONS)))
        if self.loop is not None and not callable(self.loop):
            found = message("found", value=field_checks.kind(self.loop))
            raise AuthorError(found, field="loop", accepted=message("a_loop"))
        predict = field_checks.sequence(self.predict, "predict", message("a_list_of_data"))
        if self.prediction is not None:
            field_checks.known(self.prediction, graph.named, field="prediction")
        elif predict:
            accepted = message("names", names=list(graph.named)) if graph.named else message("a_step_of_the_loss")
            raise AuthorError(message("no_step_to_predict_with"), field="prediction", accepted=accepted)
        asked = data
        if self.prediction is not None:
            needed = rests_on(graph.definitions, [graph.named[self.prediction]])
            asked = [name for name in data if inputs[name].symbol in needed]
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
    accepted = message("figures_by_epoch_and_sample", epochs=plan.epochs, samples=samples)
    for key, row in field_checks.mapping(plan.published, "published", accepted).items():
        whole = isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, int) for k in key)
        if not whole or not (0 <= key[0] < plan.epochs and 0 <= key[1] < samples) or not isinstance(row, Mapping):
            raise AuthorError(message("found", value=field_checks.shortened(key)), field="published", accepted=accepted)
        found[key] = {n: claim_checks.figures(n, value, shapes) for n, value in row.items()}
    return found


def _predictions(plan: Training, steps: Mapping[str, Shape]) -> tuple[Any, Any]:
    """For before and after: an array of figures for each datum to predict, or None."""
    field, count = "published_predictions", len(tuple(plan.predict))
    accepted = message("figures_before_and_after")
    pair = field_checks.sequence(plan.published_predictions, field, accepted)
    if len(pair) != 2:
        raise AuthorError(message("found_so_many", count=len(pair)), field=field, accepted=accepted)
    found: list[Any] = []
    for when, code, given in zip(("before", "after"), ("found_before", "found_after"), pair, strict=True):
        listed = [given] if isinstance(given, str) else given
        if listed is None:
            found.append(None)
            continue
        if not isinstance(listed, (list, tuple)):
            not_figures = message(code, value=field_checks.shortened(given))
            raise AuthorError(not_figures, field=field, accepted=message("figures_or_none"))
        if len(listed) != count or plan.prediction is None:
            accepted = message("a_figure_for_each", count=count)
            raise AuthorError(message(code, value=len(listed)), field=field, accepted=accepted)
        shapes = {when: steps[plan.prediction]}
        found.append([claim_checks.figures(when, figure, shapes, field) for figure in listed])
    return found[0], found[1]


def _rates(given: Any, parameters: tuple[str, ...]) -> dict[str, float]:
    """A rate for each parameter."""
    field = "learning_rate"
    if not isinstance(given, Mapping):
        return dict.fromkeys(parameters, field_checks.number(given, field))
    for key in given:
        field_checks.known(key, parameters, message("parameters"), field)
    missing = [name for name in parameters if name not in given]
    if missing:
        accepted = message("rates_for", names=parameters)
        raise AuthorError(message("no_rate", name=missing[0]), field=field, accepted=accepted)
    return {name: field_checks.number(given[name], field) for name in parameters}
