"""Programs that don't return a loss that backward() can start from.

EXPECTED: verdict, reason, then words of the message.
"""

import sys

import torch

from symgrad import Exercise, scalar, square

w, x = scalar("w"), scalar("x")


def broken(name, torch_loss):
    return Exercise(name=name, loss=square(w * x), parameters=[w], torch_loss=torch_loss)


EXPECTED = {}

returns_float = broken("returns_float", lambda w, x: ((w * x) ** 2).item())
EXPECTED["returns_float"] = "error", "could_not_run", "torch_loss returned a float"

returns_none = broken("returns_none", lambda w, x: None)
EXPECTED["returns_none"] = "error", "could_not_run", "accepted: a tensor with one entry"

returns_detached = broken("returns_detached", lambda w, x: ((w * x) ** 2).detach())
EXPECTED["returns_detached"] = "error", "could_not_run", "torch_loss returned a detached tensor"

returns_constant = broken("returns_constant", lambda w, x: torch.tensor(1.0))
EXPECTED["returns_constant"] = "error", "could_not_run", "torch_loss returned a detached tensor"

returns_two = broken("returns_two", lambda w, x: torch.stack([w, x]) ** 2)
EXPECTED["returns_two"] = "error", "could_not_run", "torch_loss returned a tensor of shape (2,)"

returns_empty = broken("returns_empty", lambda w, x: (w * x).reshape(1)[:0])
EXPECTED["returns_empty"] = "error", "could_not_run", "torch_loss returned a tensor of shape (0,)"

returns_tuple = broken("returns_tuple", lambda w, x: ((w * x) ** 2, w * x))
EXPECTED["returns_tuple"] = "error", "could_not_run", "torch_loss returned a tuple"

returns_integer = broken("returns_integer", lambda w, x: ((w * x) ** 2).long())
EXPECTED["returns_integer"] = "error", "could_not_run", "torch_loss returned a tensor of dtype torch.int64"

returns_complex = broken("returns_complex", lambda w, x: (w * x).to(torch.complex128) ** 2)
EXPECTED["returns_complex"] = "error", "could_not_run", "torch_loss returned a tensor of dtype torch.complex128"

# A graph there is, but it doesn't lead to the parameter that was given.
returns_other_graph = broken("returns_other_graph", lambda w, x: (w.detach().requires_grad_() * x) ** 2)
EXPECTED["returns_other_graph"] = "fail", "autograd_wrong", "w"


raises = broken("raises", lambda w, x: (w * x) ** 2 * (1 / 0))
EXPECTED["raises"] = "error", "could_not_run", "torch_loss raised ZeroDivisionError: division by zero"


def misspelt(w, x):
    return torch.sqare(w * x)


raises_attribute_error = broken("raises_attribute_error", misspelt)
EXPECTED["raises_attribute_error"] = "error", "could_not_run", "module 'torch' has no attribute 'sqare'"

wrong_shapes = broken("wrong_shapes", lambda w, x: (torch.ones(2, 3) @ torch.ones(2, 3) * w * x).sum())
EXPECTED["wrong_shapes"] = "error", "could_not_run", "mat1 and mat2 shapes cannot be multiplied"

raises_sometimes = broken("raises_sometimes", lambda w, x: (w * x) ** 2 if w > 0 else torch.sqare(w * x))
EXPECTED["raises_sometimes"] = "error", "could_not_run", "module 'torch' has no attribute 'sqare'"

exits = broken("exits", lambda w, x: exit())
EXPECTED["exits"] = "error", "could_not_run", "torch_loss raised SystemExit"

exits_as_if_all_were_well = broken("exits_as_if_all_were_well", lambda w, x: sys.exit(0))
EXPECTED["exits_as_if_all_were_well"] = "error", "could_not_run", "torch_loss raised SystemExit"


def endless(w, x):
    return endless(w, x)


recurses = broken("recurses", endless)
EXPECTED["recurses"] = "error", "could_not_run", "torch_loss raised RecursionError"


def backward_without_keeping(w, x):
    """backward() in the program frees the graph that the check's own backward() needs."""
    loss = (w * x).exp()
    loss.backward()
    return loss


graph_freed = broken("graph_freed", backward_without_keeping)
EXPECTED["graph_freed"] = "error", "could_not_run", "backward through the graph a second time"
