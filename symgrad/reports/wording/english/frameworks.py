"""What is said of programs that run: what they raised, what they returned, where and how they ran."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reports.wording.english.phrases import hinted, listed, several, sized
from symgrad.reports.wording.language import Words


def _shape(shape: Sequence[int]) -> str:
    """A shape as PyTorch writes it.

    >>> _shape([2])
    '(2,)'
    """
    return str(tuple(shape))


def _first_nan(node: str, from_zero: bool, after: str | None, branch: bool) -> str:
    found = f"the first nan comes from {node}"
    if not from_zero:
        return f"{found}, after an infinite slope of {after}" if after else found
    taken = ", as in a branch of where() that isn't taken" if branch else ""
    return f"{found}, which multiplies an adjoint of 0 by a slope that is infinite or undefined{taken}"


def _computed_on(device: str, hardware: str | None, products: str | None) -> str:
    where = f"{device} ({hardware})" if hardware else device
    return f"computed on {where}" + (f"; {products}" if products else "")


def _class_targets(
    function: str,
    indices: Sequence[int] | None,
    classes: int,
    probabilities: Sequence[int] | None,
    dtype: str,
    shape: Sequence[int],
    largest: int | None,
) -> str:
    taken = []
    if indices is not None:
        taken.append(f"class indices, whole numbers from 0 to {classes - 1} of shape {_shape(indices)}")
    if probabilities is not None:
        taken.append(f"probabilities, floating-point numbers of shape {_shape(probabilities)}")
    up_to = "" if largest is None else f" up to {largest}"
    return f"{function} takes {', or '.join(taken)}; found {dtype}{up_to} of shape {_shape(shape)}"


WORDS: Words = {
    # what didn't run
    "raised": lambda what, type, said: f"{what} raised {type}: {said or 'no message'}",
    "raised_with_hint": lambda what, type, said, hint: f"{what} raised {type}: {said or 'no message'} ({hint})",
    "class_targets": _class_targets,
    "passed_as_column": "{name} was passed as ({count}, 1); shapes={{'{name}': ({count},)}} passes it flat",
    "the_compiled_loss": "the loss compiled to PyTorch",
    "backward_of": "backward() of {what}",
    # what a program returned
    "returned": "{what} returned {found}; accepted: {accepted}",
    "none_returned": "None (is a return missing?)",
    "a_tensor_of_shape": lambda shape: f"a tensor of shape {_shape(shape)}",
    "a_tensor_of_dtype": "a tensor of dtype {dtype}",
    "a_detached_tensor": "a detached tensor",
    "one_entry": "a tensor with one entry",
    "one_entry_without_item": "a tensor with one entry (without .item())",
    "a_floating_point_tensor": "a floating-point tensor",
    "one_on_the_tape": "one that depends on the parameters (no .detach(), .data, .item() or no_grad on the way)",
    "a_tensor_like_the_expression": lambda shape: f"a tensor of {sized(shape)}, the expression's shape",
    "a_tensor_as_shapes_say": lambda shape: f"a tensor of shape {_shape(shape)}, as shapes say",
    "one_of_several_outputs": "{accepted} (choose one of several outputs in a lambda)",
    "or_say_shapes": lambda accepted, name, shape: (
        f"{accepted}; or say shapes={{'{name}': {_shape(shape)}}}, if its rows are the expression's"
    ),
    # what a loop did
    "the_loop": "the loop",
    "loop_yielded_nothing": "the loop yielded nothing; accepted: the loss after each backward()",
    "loop_yielded_times": "the loop yielded {count} times; accepted: {expected} times,"
    " once for each of {samples} samples in {epochs} epochs",
    "loop_yielded_a": "the loop yielded {type}; accepted: the loss, a tensor with one entry",
    "loop_is_no_generator": "the loop is no generator; accepted: a function that yields the loss after each backward(),"
    " before the update",
    "loop_replaced_parameter": "the loop put {type} in the place of parameter '{name}'; accepted: a tensor",
    # where and how it ran
    "no_device": lambda name, said, available: f"no device '{name}' here ({said}); PyTorch has {listed(available)}",
    "no_dtype": lambda name, closest, names: f"no dtype '{name}'{hinted(closest) or '.'} It is one of {listed(names)}",
    "computed_on": _computed_on,
    "products_reduced": "PyTorch may round factors of matrix products to {format}, which the tolerance allows for",
    "tf32_off": "TF32 is off in matrix products",
    "compile_broke": lambda places: (
        f"torch.compile broke the program at {several(places, 'place')}; what lies between wasn't compiled"
    ),
    "first_nan": _first_nan,
    "first_infinity": "{node} makes the first infinity out of finite numbers; the format's largest is {largest:.5g}",
    # how a function is called
    "expression_has_no": lambda field, name, closest, names: (
        f"{field}: the expression has no '{name}'{hinted(closest)}; accepted: {listed(names)}"
    ),
    "arguments_like_symbols": lambda names: (
        f"accepted: arguments called like the symbols ({listed(names)}), or inputs=[…] in the order of the arguments;"
        " what is no symbol stands in a functools.partial or a lambda"
    ),
    "arguments_have_no_names": "{what} doesn't say what its arguments are called; {accepted}",
    "function_takes_unknown": lambda what, name, closest, accepted: (
        f"{what} takes '{name}', which the expression doesn't have{hinted(closest)}; {accepted}"
    ),
    "function_takes_no": lambda what, name, closest, accepted: f"{what} doesn't take '{name}'{hinted(closest)}; {accepted}",
    "loss_called": "loss ({name})",
    # modules
    "module_has_no": "{what} has no '{name}', and its forward doesn't take it; {own}",
    "unmatched_forward": "{found}; {own}",
    "own_tensors": lambda paths, where_names_differ: (
        f"its parameters and buffers: {listed(paths) or 'none'}" + (f"; {where_names_differ}" if where_names_differ else "")
    ),
    "say_parameters": "where names differ, say parameters={{'{name}': '{path}', …}}",
    "module_has_no_path": lambda what, path, closest, paths: (
        f"parameters: {what} has no '{path}'{hinted(closest)}; accepted: {listed(paths) or 'none, it has no parameters'}"
    ),
    "parameter_has_shape": lambda name, shape, what, path, own: (
        f"'{name}' is {sized(shape)}, {what}'s {path} has the shape {_shape(own)}"
    ),
}
