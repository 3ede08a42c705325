"""PyTorch's ways to a gradient, one row a way; `torch` itself is an argument, so that listing them imports nothing.

A taped way runs a program on leaves and then walks the tape back; a functional one transforms the function itself.
Other packages add ways as entry points of the group `symgrad.ways`, each a `Way` under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from symgrad.basics.messages import Message, message
from symgrad.basics.registries import Registry, instance_of

Tensors = Sequence[Any]
Losses = Callable[..., Any]
"""Leaves of shape (points, …) -> losses, (points,)."""


@dataclass(frozen=True)
class Way:
    """One way to a gradient.

    * `calls`: what of PyTorch's it calls, for messages;
    * `taped`: torch, the summed loss, leaves, the adjoint of the loss -> gradients (None for a leaf that isn't reached);
    * `functional`: torch, losses, leaves, the adjoint -> losses, gradients. A way has one of both;
    * `wrapped`: torch, a program -> the program that runs in its place; `remark`: torch -> what to know of the run, if
      anything; `twice`: whether a second derivative can be taken;
    * `forward`: whether tangents go forward, so that a backward of the author's own isn't run; `machinery`: modules that
      PyTorch imports on the way, and that use what it deprecates; `quiet`: whether all warnings on it are a compiler's.
    """

    name: str
    calls: str | Message
    taped: Callable[[Any, Any, Tensors, Any], Tensors] | None = None
    functional: Callable[[Any, Losses, Tensors, float], tuple[Any, Tensors]] | None = None
    wrapped: Callable[[Any, Callable[..., Any]], Callable[..., Any]] | None = None
    remark: Callable[[Any], Message | None] | None = None
    twice: bool = True
    forward: bool = False
    machinery: tuple[str, ...] = ()
    quiet: bool = False


FORWARD = ("torch._decomp.decompositions_for_jvp",)


def _backward(torch: Any, loss: Any, leaves: Tensors, adjoint: Any) -> Tensors:
    loss.backward(adjoint)
    return [leaf.grad for leaf in leaves]


def _create_graph(torch: Any, loss: Any, leaves: Tensors, adjoint: Any) -> Tensors:
    found: Tensors = torch.autograd.grad(loss, leaves, adjoint, create_graph=True, allow_unused=True)
    return found


def _compiled(torch: Any, program: Callable[..., Any]) -> Callable[..., Any]:
    torch._dynamo.utils.counters.clear()
    torch._dynamo.reset()  # programs made by one factory share their code, and PyTorch stops compiling it after some
    compiled: Callable[..., Any] = torch.compile(program)
    return compiled


def _breaks(torch: Any) -> Message | None:
    breaks = sum(torch._dynamo.utils.counters["graph_break"].values())
    return message("compile_broke", places=breaks) if breaks else None


def _grad(torch: Any, losses: Losses, leaves: Tensors, adjoint: float) -> tuple[Any, Tensors]:
    def scaled(*given: Any) -> tuple[Any, Any]:
        each = losses(*given)
        return each.sum() * adjoint, each

    gradients, (_, each) = torch.func.grad_and_value(scaled, argnums=tuple(range(len(leaves))), has_aux=True)(*leaves)
    return each, gradients


def _vjp(torch: Any, losses: Losses, leaves: Tensors, adjoint: float) -> tuple[Any, Tensors]:
    each, pull = torch.func.vjp(losses, *leaves)
    return each, pull(torch.full_like(each, adjoint))


def _jacrev(torch: Any, losses: Losses, leaves: Tensors, adjoint: float) -> tuple[Any, Tensors]:
    def scaled(*given: Any) -> tuple[Any, Any]:
        each = losses(*given)
        return each.sum() * adjoint, each

    gradients, each = torch.func.jacrev(scaled, argnums=tuple(range(len(leaves))), has_aux=True)(*leaves)
    return each, gradients


def _jvp(torch: Any, losses: Losses, leaves: Tensors, tangent: float) -> tuple[Any, Tensors]:
    """One tangent an entry, at all points together: what a loss at one point gains is its own slope."""
    each, gradients = losses(*leaves), [torch.zeros_like(leaf) for leaf in leaves]
    for k, leaf in enumerate(leaves):
        for entry in range(leaf[0].numel()):
            tangents = [torch.zeros_like(other) for other in leaves]
            tangents[k].view(len(leaf), -1)[:, entry] = tangent
            each, slopes = torch.func.jvp(losses, tuple(leaves), tuple(tangents))
            gradients[k].view(len(leaf), -1)[:, entry] = slopes
    return each, gradients


def _jacfwd(torch: Any, losses: Losses, leaves: Tensors, tangent: float) -> tuple[Any, Tensors]:
    """All points are moved by one shift, so that the Jacobian by the shift holds each point's own gradient."""

    def shifted(*shifts: Any) -> tuple[Any, Any]:
        each = losses(*(leaf + tangent * shift for leaf, shift in zip(leaves, shifts, strict=True)))
        return each, each

    nowhere = tuple(torch.full_like(leaf[0], -0.0) for leaf in leaves)  # 0 + −0.0 and −0.0 + −0.0 are what they were
    every = tuple(range(len(leaves)))
    gradients, each = torch.func.jacfwd(shifted, argnums=every, has_aux=True)(*nowhere)
    return each, gradients


OWN = MappingProxyType(
    {
        way.name: way
        for way in (
            Way("backward", "loss.backward()", taped=_backward),
            Way("create_graph", "torch.autograd.grad(…, create_graph=True)", taped=_create_graph),
            Way(
                "compile",
                message("backward_of", what="torch.compile"),
                taped=_backward,
                wrapped=_compiled,
                remark=_breaks,
                twice=False,
                quiet=True,
            ),
            Way("grad", "torch.func.grad", functional=_grad),
            Way("vjp", "torch.func.vjp", functional=_vjp),
            Way("jacrev", "torch.func.jacrev", functional=_jacrev),
            Way("jvp", "torch.func.jvp", functional=_jvp, forward=True, machinery=FORWARD),
            Way("jacfwd", "torch.func.jacfwd", functional=_jacfwd, forward=True, machinery=FORWARD),
        )
    }
)
WAYS: Registry[Way] = Registry(OWN, "symgrad.ways", instance_of(Way))
