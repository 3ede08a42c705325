"""Gradient descent through PyTorch as a user writes it, recorded step by step; or the author's own loop, watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from symgrad.authoring.exercise import Exercise
from symgrad.authoring.training import Training
from symgrad.basics.arrays import Values
from symgrad.basics.errors import CouldNotRun
from symgrad.basics.float_formats import precision
from symgrad.basics.messages import message
from symgrad.frameworks.framework import Trajectory
from symgrad.frameworks.pytorch.authors_code import CPU, DTYPES, author_code, checked_loss, failed
from symgrad.frameworks.pytorch.gradients import as_array, gradient, leaf
from symgrad.frameworks.pytorch.tensors import Tensors
from symgrad.number_systems.code_generation import Program

Tensor = torch.Tensor
Loss = Callable[..., Any]
THE_LOOP = message("the_loop")


def loop(
    loss: Loss,
    parameters: dict[str, Tensor],
    samples: Sequence[Mapping[str, Tensor]],
    learning_rate: Mapping[str, float],
    epochs: int,
) -> Iterator[Tensor]:
    """The loop as a user writes it; yields after each ``backward()``, before the update."""
    for _ in range(epochs):
        for sample in samples:
            value = loss(**parameters, **sample)
            value.backward()
            yield value
            with torch.no_grad():
                for name, parameter in parameters.items():
                    if parameter.grad is not None:
                        parameter -= learning_rate[name] * parameter.grad
                        parameter.grad.zero_()


def descend(exercise: Exercise, training: Training, forward: Program, device: torch.device = CPU) -> Trajectory:
    """A training run, watched. `forward` is the compiled loss, for exercises without a program. Raises CouldNotRun."""
    inputs, dtype = exercise.inputs, training.dtype
    rounded = precision(dtype).round
    parameters = {n: leaf(rounded(v), inputs[n], dtype, True, device) for n, v in training.initial.items()}
    samples = [{n: leaf(rounded(v), inputs[n], dtype, False, device) for n, v in s.items()} for s in training.samples]
    rates = {name: training.rate(name) for name in parameters}
    watched: list[tuple[dict[str, Values], float, dict[str, Values]]] = []
    with author_code(dtype, device):
        run = _started(exercise, training, forward, parameters, samples, rates)
        for value in _steps(run):
            before = {n: _array(parameters.get(n), n, exercise) for n in training.initial}
            watched.append((before, _number(value), {n: gradient(parameters[n], inputs[n]).copy() for n in before}))
    if not watched:
        raise CouldNotRun(message("loop_yielded_nothing"))
    expected = training.epochs * len(samples)
    if len(watched) != expected:
        counts = {"count": len(watched), "expected": expected, "samples": len(samples), "epochs": training.epochs}
        raise CouldNotRun(message("loop_yielded_times", **counts))
    return Trajectory(
        parameters={n: np.stack([step[0][n] for step in watched]) for n in training.initial},
        losses=np.array([step[1] for step in watched]).reshape(-1, 1, 1),
        gradients={n: np.stack([step[2][n] for step in watched]) for n in training.initial},
        final={n: _array(parameters.get(n), n, exercise) for n in training.initial},
    )


def _started(
    exercise: Exercise,
    training: Training,
    forward: Program,
    parameters: dict[str, Tensor],
    samples: list[dict[str, Tensor]],
    rates: dict[str, float],
) -> Any:
    if training.loop is not None:
        given = rates if isinstance(training.learning_rate, Mapping) and len(set(rates.values())) > 1 else None
        rate: Any = given if given is not None else next(iter(rates.values()))
        try:
            return training.loop(parameters, samples, rate, training.epochs)
        except (Exception, SystemExit) as error:  # whatever an author's code may raise
            raise failed(THE_LOOP, error) from error
    return loop(_loss(exercise, training.dtype, forward), parameters, samples, rates, training.epochs)


def _loss(exercise: Exercise, dtype: str, forward: Program) -> Loss:
    """The author's program, checked at each call; without one, the compiled loss."""
    if exercise.torch_loss is not None:
        program = exercise.torch_loss
        return lambda **tensors: checked_loss(program(**tensors), program)
    run = Tensors(DTYPES[dtype]).bind(forward)
    shapes = {name: item.shape for name, item in exercise.inputs.items()}
    return lambda **tensors: run(*(tensors[n].reshape(1, *shape) for n, shape in shapes.items())).sum()


def _steps(run: Any) -> Iterator[Any]:
    """What a loop yields; what it raises becomes CouldNotRun."""
    try:
        yield from run
    except CouldNotRun:
        raise
    except TypeError as error:
        if hasattr(run, "__iter__"):
            raise failed(THE_LOOP, error) from error
        raise CouldNotRun(message("loop_is_no_generator")) from error
    except (Exception, SystemExit) as error:  # whatever an author's code may raise
        raise failed(THE_LOOP, error) from error


def _array(parameter: Any, name: str, exercise: Exercise) -> Values:
    if not isinstance(parameter, torch.Tensor):
        raise CouldNotRun(message("loop_replaced_parameter", type=type(parameter).__name__, name=name))
    return as_array(parameter).reshape(exercise.inputs[name].shape).copy()


def _number(value: Any) -> float:
    try:
        return float(value.detach() if isinstance(value, torch.Tensor) else value)
    except (TypeError, ValueError, RuntimeError):
        raise CouldNotRun(message("loop_yielded_a", type=type(value).__name__)) from None


def predictions(
    forward: Program, parameters: Mapping[str, Values], data: Sequence[Mapping[str, Values]], exercise: Exercise, dtype: str
) -> list[Values]:
    """The output of a model at each datum, by PyTorch, as (rows, columns) arrays."""
    run = Tensors(DTYPES[dtype]).bind(forward)
    found = []
    for datum in data:
        known = {**parameters, **datum}
        arguments = [
            torch.tensor(known.get(n, np.zeros(item.shape)), dtype=DTYPES[dtype]).reshape(1, *item.shape)
            for n, item in exercise.inputs.items()
        ]
        with torch.no_grad():
            found.append(as_array(run(*arguments))[0])
    return found
