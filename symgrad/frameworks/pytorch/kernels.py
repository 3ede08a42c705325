"""PyTorch's kernels for the rows of the table: found by the row's name, or written here where PyTorch's own is another.

Tensors have points on leading axes and two trailing axes; losses are entry by entry (``reduction="none"``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from torch.nn import functional

from symgrad.operations.row import Elementwise, Structural
from symgrad.operations.table import TABLE


def kernel(row: Elementwise | Structural) -> Callable[..., Any] | None:
    """What PyTorch computes a row with, as a function of operands and options; None where it is computed of its parts."""
    if not row.kernel:
        return None
    found = KERNELS.get(row.name)
    places = (torch, functional, torch.special)
    return found or next((getattr(place, row.name) for place in places if hasattr(place, row.name)), None)


def _axes(axis: int | None) -> Any:
    """The axes of a tensor that are reduced."""
    return (-2, -1) if axis is None else axis - 2


def _line(a: torch.Tensor, axis: int | None) -> int:
    """The axis of a tensor that is meant, that of a row or a column where none is given."""
    return int(axis) - 2 if axis is not None else (-1 if a.shape[-2] == 1 else -2)


def _along(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function along one axis, which comes last, after its other options."""
    return lambda a, *options: function(a, *options[:-1], _line(a, options[-1]))


def _spread(name: str) -> Callable[..., Any]:
    """PyTorch's own loss over operands that broadcast, for it wants equal shapes; options go by their names."""
    row = TABLE[name]
    function, count = getattr(functional, name), row.operands or 0

    def call(*arguments: Any) -> Any:
        given = dict(zip(row.options, arguments[count:], strict=True))
        tensors = torch.broadcast_tensors(*arguments[:count])  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return function(*tensors, reduction="none", **given)

    return call


def _with_logits(z: torch.Tensor, y: torch.Tensor, pos_weight: float | None) -> torch.Tensor:
    weight = None if pos_weight is None else torch.tensor(pos_weight, dtype=z.dtype)
    z, y = torch.broadcast_tensors(z, y)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return functional.binary_cross_entropy_with_logits(z, y, reduction="none", pos_weight=weight)


def _prelu(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """PyTorch's own kernel has one weight a channel: every entry becomes a channel of one sample."""
    entries, weights = torch.broadcast_tensors(x, weight)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return functional.prelu(entries.reshape(1, -1), weights.reshape(-1)).reshape(entries.shape)


def _huber(x: torch.Tensor, delta: float) -> torch.Tensor:
    return functional.huber_loss(x, torch.zeros_like(x), reduction="none", delta=delta)


def _prod(a: torch.Tensor, axis: int | None) -> torch.Tensor:
    if axis is None:
        return torch.prod(a.flatten(-2), -1)[..., None, None]
    return torch.prod(a, axis - 2, keepdim=True)


def _norm(a: torch.Tensor, order: Any, axis: int | None) -> torch.Tensor:
    made: torch.Tensor = torch.linalg.vector_norm(a, 2 if order is None else order, _axes(axis), keepdim=True)
    return made


def _layer(function: Callable[..., Any], a: torch.Tensor, axis: int | None, eps: float) -> torch.Tensor:
    """PyTorch normalises over the last axes."""
    turned = a.mT if axis == 0 else a
    made: torch.Tensor = function(turned, turned.shape[-2:] if axis is None else turned.shape[-1:], eps=eps)
    return made.mT if axis == 0 else made


def _batch_norm(a: torch.Tensor, eps: float) -> torch.Tensor:
    """In one call: every column of every point is a channel."""
    rows, columns = a.shape[-2:]
    points = a.reshape(-1, rows, columns)
    channels = points.permute(1, 0, 2).reshape(rows, -1)
    made = functional.batch_norm(channels, None, None, training=True, eps=eps)
    return made.reshape(rows, -1, columns).permute(1, 0, 2).reshape(a.shape)


def _instance_norm(a: torch.Tensor, eps: float) -> torch.Tensor:
    return functional.instance_norm(a.reshape(-1, *a.shape[-2:]), eps=eps).reshape(a.shape)


def _group_norm(a: torch.Tensor, groups: int, eps: float) -> torch.Tensor:
    """Rows are samples."""
    return functional.group_norm(a.reshape(-1, a.shape[-1]), groups, eps=eps).reshape(a.shape)


def _kron(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """PyTorch's own, point by point, for it takes leading axes as its own (and no transposed views)."""
    leading = torch.broadcast_shapes(a.shape[:-2], b.shape[:-2])  # type: ignore[no-untyped-call]  # torch leaves it untyped
    whole = (t.expand(*leading, *t.shape[-2:]).reshape(-1, *t.shape[-2:]).contiguous() for t in (a, b))
    made = torch.stack([torch.kron(x, y) for x, y in zip(*whole, strict=True)])
    return made.reshape(*leading, *made.shape[-2:])


KERNELS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        # another name, or other arguments
        "power": torch.pow,
        "gammaln": torch.lgamma,
        "polygamma": lambda x, n: torch.polygamma(int(n), x),
        "gammainc": lambda x, a: torch.special.gammainc(torch.full_like(x, a), x),
        "gammaincc": lambda x, a: torch.special.gammaincc(torch.full_like(x, a), x),
        "zeta": lambda x, s: torch.special.zeta(s, x),
        "erfcx_tail": torch.special.erfcx,
        "addcmul": lambda a, b, c, value: torch.addcmul(a, b, c, value=value),
        "addcdiv": lambda a, b, c, value: torch.addcdiv(a, b, c, value=value),
        "gelu_tanh": partial(functional.gelu, approximate="tanh"),
        "hinge": lambda x: torch.relu(1 - x),
        "huber": _huber,
        "prelu": _prelu,
        # losses, which want operands of one shape
        "mse_loss": _spread("mse_loss"),
        "smooth_l1_loss": _spread("smooth_l1_loss"),
        "huber_loss": _spread("huber_loss"),
        "binary_cross_entropy": _spread("binary_cross_entropy"),
        "binary_cross_entropy_with_logits": _with_logits,
        "kl_div": _spread("kl_div"),
        "poisson_nll_loss": _spread("poisson_nll_loss"),
        "gaussian_nll_loss": _spread("gaussian_nll_loss"),
        "soft_margin_loss": _spread("soft_margin_loss"),
        "hinge_embedding_loss": _spread("hinge_embedding_loss"),
        "margin_ranking_loss": _spread("margin_ranking_loss"),
        # over one axis or both, which stay
        "norm": _norm,
        "amin": lambda a, axis: torch.amin(a, _axes(axis), keepdim=True),
        "logsumexp": lambda a, axis: torch.logsumexp(a, _axes(axis), keepdim=True),
        "prod": _prod,
        "var": lambda a, axis, correction: torch.var(a, _axes(axis), correction=correction, keepdim=True),
        "std": lambda a, axis, correction: torch.std(a, _axes(axis), correction=correction, keepdim=True),
        # along one axis
        "softmax": _along(torch.softmax),
        "log_softmax": _along(torch.log_softmax),
        "cumsum": _along(torch.cumsum),
        "cumprod": _along(torch.cumprod),
        "logcumsumexp": _along(torch.logcumsumexp),
        "glu": _along(functional.glu),
        "flip": lambda a, axis: torch.flip(a, (_line(a, axis),)),
        "roll": _along(torch.roll),
        "cross": lambda a, b: torch.linalg.cross(a, b, dim=_line(a, None)),
        # normalisations
        "layer_norm": partial(_layer, functional.layer_norm),
        "rms_norm": partial(_layer, functional.rms_norm),
        "batch_norm": _batch_norm,
        "instance_norm": _instance_norm,
        "group_norm": _group_norm,
        # matrices
        "diagonal": lambda a: torch.diagonal(a, dim1=-2, dim2=-1)[..., None],
        "diag": lambda a: torch.diag_embed(a.flatten(-2)),
        "kron": _kron,
        "logdet": lambda a: torch.logdet(a)[..., None, None],
    }
)
"""By the name of the operation, where PyTorch's function has another name or takes its arguments otherwise."""
