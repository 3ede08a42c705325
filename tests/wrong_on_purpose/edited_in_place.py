"""In-place edits: of a leaf, of data, of what backward() still needs, of state that outlives a call.

EXPECTED: verdict, reason, then the parameters whose gradients are wrong; for an error words of its message.
"""

import torch

from symgrad import Exercise, matrix, sigmoid, square, total

w, x = matrix("w", 2, 3), matrix("x", 3, 4)


def edited(name, torch_loss):
    return Exercise(name=name, loss=total(square(sigmoid(w * x))), parameters=[w], torch_loss=torch_loss)


def program(w, x):
    return (torch.sigmoid(w @ x) ** 2).sum()


EXPECTED = {}

leaf = edited("leaf", lambda w, x: program(w.mul_(2), x))
EXPECTED["leaf"] = "error", "could_not_run", "a leaf Variable that requires grad is being used in an in-place operation"

data_before = edited("data_before", lambda w, x: program(w, x.add_(1)))
EXPECTED["data_before"] = "fail", "losses_differ", "w"


def zeroed_data(w, x):
    loss = program(w, x)
    x.zero_()
    return loss


data_after = edited("data_after", zeroed_data)
EXPECTED["data_after"] = "error", "could_not_run", "modified by an inplace operation"


def silently_doubled_data(w, x):
    """Through .data autograd doesn't notice, and multiplies by what stands there at backward()."""
    loss = program(w, x)
    x.data.mul_(2)
    return loss


data_after_silently = edited("data_after_silently", silently_doubled_data)
EXPECTED["data_after_silently"] = "fail", "autograd_wrong", "w"


def nudged_parameter(w, x):
    w.data.add_(0.5)
    return program(w, x)


parameter_nudged = edited("parameter_nudged", nudged_parameter)
EXPECTED["parameter_nudged"] = "fail", "losses_differ", "w"


def activation_overwritten(w, x):
    s = torch.sigmoid(w @ x)
    loss = (s**2).sum()
    s.mul_(0.5)
    return loss


activation = edited("activation", activation_overwritten)
EXPECTED["activation"] = "error", "could_not_run", "modified by an inplace operation"

calls = []


def weighted_by_calls(w, x):
    """A counter outlives the call: only the first point is right."""
    calls.append(None)
    return program(w, x) * len(calls)


state_outlives = edited("state_outlives", weighted_by_calls)
EXPECTED["state_outlives"] = "fail", "losses_differ", "w"

batches = []


def first_batch_again(w, x):
    """The data of the first call is used for all."""
    batches.append(x)
    return program(w, batches[0])


data_outlives = edited("data_outlives", first_batch_again)
EXPECTED["data_outlives"] = "fail", "losses_differ", "w"

kept = []


def first_weights_again(w, x):
    """The loss reads the same, the gradient arrives at the weights of the first call."""
    kept.append(w)
    return program(w.detach() + (kept[0] - kept[0].detach()), x)


weights_outlive = edited("weights_outlive", first_weights_again)
EXPECTED["weights_outlive"] = "fail", "autograd_wrong", "w"
