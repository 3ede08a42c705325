"""Loops around a loss: gradients that pile up, updates with the wrong sign or rate, the wrong order of things.

EXPECTED: verdict, reason, then what is wrong: the training, by name; for an error words of its message.
"""

import torch

from symgrad import Exercise, Training, scalar, square, step

w, b, x, y = (scalar(name) for name in ("w", "b", "x", "y"))
prediction = step("prediction", w * x + b)
samples = [{"x": 1, "y": 2}, {"x": 2, "y": 4}, {"x": 3, "y": 5.5}]


def torch_loss(w, b, x, y):
    return (w * x + b - y) ** 2


def trained(name, loop, **options):
    """A line fitted by gradient descent, sample by sample, through this loop."""
    given = {
        "samples": samples,
        "initial": {"w": 1, "b": 0.5},
        "learning_rate": 0.01,
        "epochs": 3,
        "loop": loop,
        "name": "loop",
    }
    return Exercise(
        name=name, loss=square(prediction - y), parameters=[w, b], torch_loss=torch_loss, training=Training(**given | options)
    )


def descent(update=lambda p, rate: p.sub_(rate * p.grad), zero=lambda p: p.grad.zero_(), data=lambda samples, epoch: samples):
    """A loop that is right but for what is given."""

    def loop(parameters, samples, learning_rate, epochs):
        for epoch in range(epochs):
            for sample in data(samples, epoch):
                loss = torch_loss(**parameters, **sample)
                loss.backward()
                yield loss
                with torch.no_grad():
                    for p in parameters.values():
                        update(p, learning_rate)
                        zero(p)

    return loop


EXPECTED = {}

not_zeroed = trained("not_zeroed", descent(zero=lambda p: None))
EXPECTED["not_zeroed"] = "fail", "autograd_wrong", "loop"


def zeroed_once_an_epoch(parameters, samples, learning_rate, epochs):
    for _ in range(epochs):
        for p in parameters.values():
            p.grad = None
        for sample in samples:
            loss = torch_loss(**parameters, **sample)
            loss.backward()
            yield loss
            with torch.no_grad():
                for p in parameters.values():
                    p -= learning_rate * p.grad


zeroed_too_rarely = trained("zeroed_too_rarely", zeroed_once_an_epoch)
EXPECTED["zeroed_too_rarely"] = "fail", "autograd_wrong", "loop"

ascent = trained("ascent", descent(update=lambda p, rate: p.add_(rate * p.grad)))
EXPECTED["ascent"] = "fail", "update_differs", "loop"

wrong_rate = trained("wrong_rate", descent(update=lambda p, rate: p.sub_(0.02 * p.grad)))
EXPECTED["wrong_rate"] = "fail", "update_differs", "loop"

rate_of_1e_4_more = trained("rate_of_1e-4_more", descent(update=lambda p, rate: p.sub_(1.0001 * rate * p.grad)))
EXPECTED["rate_of_1e-4_more"] = "fail", "update_differs", "loop"

rate_decays = trained("rate_decays", descent(update=lambda p, rate: p.sub_(rate * p.grad).sub_(rate * 0.01 * p)))
EXPECTED["rate_decays"] = "fail", "update_differs", "loop"

normalised = trained("normalised", descent(update=lambda p, rate: p.sub_(rate * p.grad.sign())))
EXPECTED["normalised"] = "fail", "update_differs", "loop"

zeroed_before_update = trained(
    "zeroed_before_update", descent(update=lambda p, rate: p.sub_(rate * p.grad.zero_()), zero=lambda p: None)
)
EXPECTED["zeroed_before_update"] = "fail", "update_differs", "loop"

one_rate_for_both = trained(
    "one_rate_for_both",
    descent(update=lambda p, rate: p.sub_(rate["w"] * p.grad)),
    learning_rate={"w": 0.02, "b": 0.01},
)
EXPECTED["one_rate_for_both"] = "fail", "update_differs", "loop"

samples_reversed = trained("samples_reversed", descent(data=lambda samples, epoch: samples[::-1]))
EXPECTED["samples_reversed"] = "fail", "losses_differ", "loop"

samples_rotated = trained("samples_rotated", descent(data=lambda samples, epoch: samples[epoch:] + samples[:epoch]))
EXPECTED["samples_rotated"] = "fail", "losses_differ", "loop"

last_sample_missing = trained("last_sample_missing", descent(data=lambda samples, epoch: samples[:-1]))
EXPECTED["last_sample_missing"] = "error", "could_not_run", "the loop yielded 6 times"


def momentum(parameters, samples, learning_rate, epochs):
    optimizer = torch.optim.SGD(parameters.values(), lr=learning_rate, momentum=0.9)
    for _ in range(epochs):
        for sample in samples:
            optimizer.zero_grad()
            loss = torch_loss(**parameters, **sample)
            loss.backward()
            yield loss
            optimizer.step()


with_momentum = trained("with_momentum", momentum)
EXPECTED["with_momentum"] = "fail", "update_differs", "loop"


def bias_left_out(parameters, samples, learning_rate, epochs):
    optimizer = torch.optim.SGD([parameters["w"]], lr=learning_rate)
    for _ in range(epochs):
        for sample in samples:
            parameters["b"].grad = None
            optimizer.zero_grad()
            loss = torch_loss(**parameters, **sample)
            loss.backward()
            yield loss
            optimizer.step()


bias_not_trained = trained("bias_not_trained", bias_left_out)
EXPECTED["bias_not_trained"] = "fail", "update_differs", "loop"


def before_backward(parameters, samples, learning_rate, epochs):
    for _ in range(epochs):
        for sample in samples:
            loss = torch_loss(**parameters, **sample)
            yield loss
            loss.backward()
            with torch.no_grad():
                for p in parameters.values():
                    p -= learning_rate * p.grad
                    p.grad = None


yields_before_backward = trained("yields_before_backward", before_backward)
EXPECTED["yields_before_backward"] = "fail", "autograd_wrong", "loop"


def stepping_on_the_leaf(parameters, samples, learning_rate, epochs):
    for _ in range(epochs):
        for sample in samples:
            loss = torch_loss(**parameters, **sample)
            loss.backward()
            yield loss
            for p in parameters.values():
                p -= learning_rate * p.grad


leaf_edited = trained("leaf_edited", stepping_on_the_leaf)
EXPECTED["leaf_edited"] = "error", "could_not_run", "a leaf Variable that requires grad is being used in an in-place operation"

published_step = trained("published_step", None, published={(0, 0): {"loss": "0.25", "w": "-1.0"}, (1, 2): {"w": "-9.99"}})
EXPECTED["published_step"] = "fail", "published_differs", "loop"
