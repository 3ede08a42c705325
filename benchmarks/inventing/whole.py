"""Operations of whole matrices: sums, extremes, the softmax family, norms, products, arrangement."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb

from inventing.operations import EACH, Interval, Operation, Shape, magnitude

_exp = np.frompyfunc(lambda v: v.exp(), 1, 1)
_log = np.frompyfunc(lambda v: v.log(), 1, 1)
_sqrt = np.frompyfunc(lambda v: v.sqrt(), 1, 1)
_abs = np.frompyfunc(abs, 1, 1)


def _sum(x: Any, d: int | None) -> Any:
    return np.asarray(np.sum(x, axis=d, keepdims=d is not None), dtype=object)


def _extreme(x: Any, d: int | None, sign: int) -> Any:
    pick = np.frompyfunc(lambda a, b: a if sign * (a - b) > 0 else b, 2, 1)
    return np.asarray(pick.reduce(x.ravel()) if d is None else np.expand_dims(pick.reduce(x, axis=d), d), dtype=object)


def _logsumexp(x: Any, d: int | None) -> Any:
    top = _extreme(x, d, 1)
    return np.asarray(top + _log(_sum(_exp(x - top), d)), dtype=object)


def _reduced(x: Shape, d: int | None = None) -> Shape | None:
    if len(x) != 2:
        return None
    return () if d is None else ((1, x[1]) if d == 0 else (x[0], 1))


def _matrix(x: Shape, *_: Any) -> Shape | None:
    return x if len(x) == 2 else None


def reduction(
    name: str,
    truth: Any,
    range_: Any,
    backward: str = "",
    wrong: tuple[tuple[str, str], ...] = (),
    call: str = "",
    weight: float = 1.0,
    keeps: bool = False,
    **torch: tuple[str, ...],
) -> tuple[Operation, ...]:
    """An operation over the whole of a matrix, or along an axis; {a} stands for the axis in PyTorch's own call."""
    rows = []
    for d in (None, 0, 1):
        if keeps and d is None:
            continue
        along = "" if d is None else f"{d}" if keeps else f"{d}, keepdim=True"
        fills = {
            "{a}": along,
            "{ca}": f", {along}" if along else "",
            "{axes}": "(0, 1)" if d is None else str(d),
            "{kd}": "" if d is None else ", keepdim=True",
            "{d}": str(d),
            "{dd}": "(0, 1)" if d is None else along,
        }

        def fill(text: str, fills: dict[str, str] = fills) -> str:
            for mark, by in fills.items():
                text = text.replace(mark, by)
            return text

        rows.append(
            Operation(
                name if d is None else f"{name} along {d}",
                f"{call or name}({{x}}{'' if d is None else f', axis={d}'})",
                {s.replace("_", " "): tuple(fill(t) for t in ts) for s, ts in torch.items()},
                lambda x, d=d: truth(x, d),
                lambda x, n, *_: range_(x, n),
                (lambda x, d=d: _matrix(x)) if keeps else (lambda x, d=d: _reduced(x, d)),
                backward=(fill(backward),) if backward else (),
                wrong=tuple((kind, (fill(w),)) for kind, w in wrong),
                weight=weight,
            )
        )
    return tuple(rows)


WHOLE: tuple[Operation, ...] = (
    *reduction(
        "total",
        _sum,
        lambda x, n: (n * x[0], n * x[1]),
        "{g}.expand_as({x})",
        (("wrong axis", "{g}.expand_as({x}).T.reshape({x}.shape)"), ("wrong derivative", "{g}.expand_as({x}) / {n}")),
        weight=2,
        plain=("{x}.sum({a})",),
        functions=("torch.sum({x}{ca})",),
        by_hand=("{x}.mean({a}) * {n}",),
        views=("{x}.T.contiguous().T.sum({a})",),
        loops=("torch.einsum('{ein}', {x}){post}",),
        algebra=("-(-{x}).sum({a})",),
    ),
    *reduction(
        "mean",
        lambda x, d: _sum(x, d) / (x.size if d is None else x.shape[d]),
        lambda x, n: x,
        "{g}.expand_as({x}) / {n}",
        (("missing 1/n", "{g}.expand_as({x})"), ("wrong axis", "{g}.expand_as({x}) / ({n} + 1)")),
        weight=2,
        plain=("{x}.mean({a})",),
        functions=("torch.mean({x}{ca})",),
        by_hand=("{x}.sum({a}) / {n}",),
        views=("{x}.clone().div_({n}).sum({a})",),
        loops=("torch.einsum('{ein}', {x}){post} / {n}",),
        algebra=("({x} / {n}).sum({a})", "({x} * (1 / {n})).sum({a})"),
    ),
    *reduction(
        "amax",
        lambda x, d: _extreme(x, d, 1),
        lambda x, n: x,
        "{g} * ({x} == {o}).to({x}.dtype)",
        (("wrong derivative", "{g} * torch.softmax({x}, {d1})"), ("wrong derivative", "{g}.expand_as({x}) / {n}")),
        plain=("torch.amax({x}, {dd})",),
        algebra=("-torch.amin(-{x}, {dd})",),
        functions=("{x}.amax({dd})",),
        by_hand=("{amax}",),
        weight=1.2,
    ),
    *reduction(
        "amin",
        lambda x, d: _extreme(x, d, -1),
        lambda x, n: x,
        "{g} * ({x} == {o}).to({x}.dtype)",
        (("wrong derivative", "-{g} * ({x} == {o}).to({x}.dtype)"),),
        plain=("torch.amin({x}, {dd})",),
        algebra=("-torch.amax(-{x}, {dd})",),
        weight=0.6,
    ),
    *reduction(
        "logsumexp",
        _logsumexp,
        lambda x, n: (x[0], x[1] + math.log(n)),
        "{g} * torch.exp({x} - {o})",
        (
            ("wrong derivative", "{g} * torch.exp({x})"),
            ("wrong derivative", "{g}.expand_as({x}) / {n}"),
            ("wrong axis", "{g} * torch.softmax({x}, 0) / 2"),
        ),
        plain=("torch.logsumexp({x}, {dd})",),
        functions=("torch.special.logsumexp({x}, {dd})",),
        by_hand=(
            "torch.log(torch.exp({x}).sum({a}))",
            "torch.amax({x}, {dd}).detach()"
            " + torch.log(torch.exp({x} - torch.amax({x}, {axes}, keepdim=True).detach()).sum({a}))",
        ),
        algebra=("torch.log(torch.exp({x} - 1).sum({a})) + 1",),
        weight=1.2,
    ),
    *reduction(
        "softmax",
        lambda x, d: _exp(x - _logsumexp(x, d)),
        lambda x, n: (0.0, 1.0),
        "{o} * ({g} - ({o} * {g}).sum({d}, keepdim=True))",
        (
            ("dropped term", "{o} * {g}"),
            ("wrong axis", "{o} * ({g} - ({o} * {g}).sum(1 - {d}, keepdim=True))"),
            ("wrong derivative", "{o} * (1 - {o}) * {g}"),
        ),
        keeps=True,
        weight=2,
        plain=("torch.softmax({x}, {a})",),
        functions=("torch.nn.functional.softmax({x}, dim={a})", "torch.exp(torch.log_softmax({x}, {a}))"),
        by_hand=(
            "torch.exp({x}) / torch.exp({x}).sum({a}, keepdim=True)",
            "torch.exp({x} - {x}.amax({a}, keepdim=True))"
            " / torch.exp({x} - {x}.amax({a}, keepdim=True)).sum({a}, keepdim=True)",
        ),
        algebra=("torch.exp({x} - torch.logsumexp({x}, {a}, keepdim=True))",),
        views=("torch.softmax({x}.T, 1 - {a}).T",),
        loops=("torch.stack([torch.softmax(v, 0) for v in {x}.unbind(1 - {a})], 1 - {a})",),
    ),
    *reduction(
        "log_softmax",
        lambda x, d: x - _logsumexp(x, d),
        lambda x, n: (x[0] - x[1] - math.log(n), 0.0),
        "{g} - torch.exp({o}) * {g}.sum({d}, keepdim=True)",
        (
            ("dropped term", "{g} + 0 * {o}"),
            ("wrong derivative", "{g} - torch.exp({o}) * {g}"),
            ("wrong axis", "{g} - torch.exp({o}) * {g}.sum(1 - {d}, keepdim=True)"),
        ),
        keeps=True,
        weight=1.3,
        plain=("torch.log_softmax({x}, {a})",),
        functions=("torch.nn.functional.log_softmax({x}, dim={a})",),
        by_hand=("torch.log(torch.softmax({x}, {a}))",),
        algebra=("{x} - torch.logsumexp({x}, {a}, keepdim=True)",),
        views=("torch.log_softmax({x}.T, 1 - {a}).T",),
    ),
    *reduction(
        "norm",
        lambda x, d: _sqrt(_sum(x * x, d)),
        lambda x, n: (magnitude(x)[0], math.sqrt(n) * magnitude(x)[1]),
        "{g} * {x} / {o}",
        (("wrong derivative", "{g} * {x}"), ("wrong derivative", "2 * {g} * {x} / {o}")),
        weight=1.2,
        plain=("torch.linalg.vector_norm({x}, 2, {dd})",),
        functions=("torch.norm({x}{nca})",),
        by_hand=("torch.sqrt(torch.square({x}).sum({a}))",),
        algebra=("torch.sqrt(({x} * {x}).sum({a}))", "({x} ** 2).sum({a}) ** 0.5"),
    ),
    *reduction(
        "prod",
        lambda x, d: np.asarray(
            np.multiply.reduce(x.ravel()) if d is None else np.multiply.reduce(x, axis=d, keepdims=True), dtype=object
        ),
        lambda x, n: (-(magnitude(x)[1] ** n), magnitude(x)[1] ** n) if x[0] > 0.05 and n < 7 else None,
        "{g} * {o} / {x}",
        (("wrong derivative", "{g} * {o}"),),
        plain=("{prod}",),
        by_hand=("torch.exp(torch.log({x}).sum({a}))",),
        weight=0.5,
    ),
    *reduction(
        "var",
        lambda x, d: (
            _sum((x - _sum(x, d) / (x.size if d is None else x.shape[d])) ** 2, d) / ((x.size if d is None else x.shape[d]) - 1)
        ),
        lambda x, n: (0.0, (x[1] - x[0]) ** 2) if n > 1 else None,
        "2 * {g} * ({x} - {x}.mean({dd0}, keepdim=True)) / ({n} - 1)",
        (
            ("missing 1/n", "2 * {g} * ({x} - {x}.mean({dd0}, keepdim=True))"),
            ("wrong derivative", "2 * {g} * ({x} - {x}.mean({dd0}, keepdim=True)) / {n}"),
            ("dropped term", "2 * {g} * {x} / ({n} - 1)"),
        ),
        plain=("torch.var({x}, {dd})",),
        by_hand=("torch.square({x} - {x}.mean({dd0}, keepdim=True)).sum({a}) / ({n} - 1)",),
        algebra=("((({x}) ** 2).mean({a}) - {x}.mean({a}) ** 2) * ({n} / ({n} - 1))",),
        functions=("torch.var({x}, {dd0}, correction=1{kd})",),
        weight=1.0,
    ),
    *reduction(
        "layer_norm",
        lambda x, d: (
            (x - _sum(x, d) / x.shape[d]) / _sqrt(_sum((x - _sum(x, d) / x.shape[d]) ** 2, d) / x.shape[d] + arb(1) / 100000)
        ),
        lambda x, n: (-math.sqrt(n), math.sqrt(n)) if n > 1 else None,
        "",
        (),
        keeps=True,
        weight=1.0,
        plain=("{lnplain}",),
        by_hand=("({x} - {x}.mean({a}, keepdim=True)) / torch.sqrt(torch.var({x}, {a}, correction=0, keepdim=True) + 1e-5)",),
        algebra=(
            "({x} - {x}.mean({a}, keepdim=True))"
            " * torch.rsqrt(torch.square({x} - {x}.mean({a}, keepdim=True)).mean({a}, keepdim=True) + 1e-5)",
        ),
    ),
    *reduction(
        "cumsum",
        lambda x, d: np.asarray(np.add.accumulate(x, axis=d), dtype=object),
        lambda x, n: (-n * magnitude(x)[1], n * magnitude(x)[1]),
        "{g}.flip({d}).cumsum({d}).flip({d})",
        (("wrong derivative", "{g}.cumsum({d})"), ("wrong axis", "{g}.flip(1 - {d}).cumsum(1 - {d}).flip(1 - {d})")),
        keeps=True,
        weight=0.8,
        plain=("torch.cumsum({x}, {a})",),
        loops=("torch.stack([{x}.narrow({a}, 0, i + 1).sum({a}) for i in range({x}.shape[{a}])], {a})",),
        by_hand=("{cumhand}",),
    ),
)


def _matmul_shape(x: Shape, y: Shape) -> Shape | None:
    return (x[0], y[1]) if len(x) == len(y) == 2 and x[1] == y[0] else None


def _bilinear(x: Interval, y: Interval, n: int, *_: float) -> Interval:
    top = n * magnitude(x)[1] * magnitude(y)[1]
    return (-top, top)


def _same_matrices(x: Shape, y: Shape) -> Shape | None:
    return () if len(x) == 2 and x == y else None


def plainly(
    name: str,
    symgrad: str,
    truth: Callable[..., Any],
    range_: Any,
    shape: Any,
    arity: int = 1,
    backward: tuple[str, ...] = (),
    wrong: Any = (),
    weight: float = 1.0,
    **torch: tuple[str, ...],
) -> Operation:
    """Any other operation."""
    return Operation(
        name,
        symgrad,
        {s.replace("_", " "): t for s, t in torch.items()},
        truth,
        range_,
        shape,
        arity,
        False,
        backward,
        wrong,
        (),
        weight,
    )


LINEAR: tuple[Operation, ...] = (
    plainly(
        "matmul",
        "matmul({x}, {y})",
        lambda a, b: a @ b,
        _bilinear,
        _matmul_shape,
        2,
        ("{g} @ {y}.T", "{x}.T @ {g}"),
        (
            ("transposed", ("({y} @ {g}.T).reshape({x}.shape)", "{x}.T @ {g}")),
            ("dropped term", ("{g} @ {y}.T", "0 * {y}")),
            ("wrong derivative", ("{g} @ {y}.T", "{x}.T @ {g} / {c}")),
            ("adjoint ignored", ("torch.ones_like({g}) @ {y}.T", "{x}.T @ torch.ones_like({g})")),
        ),
        6,
        plain=("{x} @ {y}",),
        functions=("torch.matmul({x}, {y})", "torch.nn.functional.linear({x}, {y}.T)"),
        by_hand=("({x}.unsqueeze(2) * {y}.unsqueeze(0)).sum(1)",),
        algebra=("({y}.T @ {x}.T).T",),
        views=("torch.addmm(torch.zeros({x}.shape[0], {y}.shape[1], dtype={x}.dtype), {x}, {y})",),
        loops=(
            "torch.einsum('ij,jk->ik', {x}, {y})",
            "torch.stack([{x} @ {y}[:, j] for j in range({y}.shape[1])], 1)",
            "sum({x}[:, k : k + 1] * {y}[k : k + 1, :] for k in range({x}.shape[1]))",
        ),
    ),
    plainly(
        "dot",
        "dot({x}, {y})",
        lambda a, b: np.asarray(np.sum(a * b), dtype=object),
        lambda x, y, n: _bilinear(x, y, n),
        _same_matrices,
        2,
        ("{g} * {y}", "{g} * {x}"),
        (("wrong derivative", ("{g} * {x}", "{g} * {y}")),),
        1.2,
        plain=("({x} * {y}).sum()",),
        functions=("torch.tensordot({x}, {y}, dims=2)",),
        loops=("torch.einsum('ij,ij->', {x}, {y})",),
        algebra=("torch.trace({x}.T @ {y})",),
        views=("{x}.reshape(-1) @ {y}.reshape(-1)",),
    ),
    plainly(
        "transpose",
        "transpose({x})",
        lambda a: a.T,
        lambda x, *_: x,
        lambda x: x[::-1] if len(x) == 2 else None,
        1,
        ("{g}.T",),
        (),
        1.2,
        plain=("{x}.T",),
        functions=("torch.transpose({x}, 0, 1)",),
        views=("{x}.permute(1, 0).contiguous()",),
        loops=("torch.einsum('ij->ji', {x})",),
    ),
    plainly(
        "flip",
        "flip({x}, axis=0)",
        lambda a: a[::-1],
        lambda x, *_: x,
        _matrix,
        1,
        ("{g}.flip(0)",),
        (("wrong axis", ("{g}.flip(1)",)), ("wrong derivative", ("{g}",))),
        0.6,
        plain=("{x}.flip(0)",),
        loops=("torch.stack([{x}[i] for i in reversed(range({x}.shape[0]))])",),
    ),
    plainly(
        "first_rows",
        "take({x}, 0, {h}, 0, {c})",
        lambda a: a[: (len(a) + 1) // 2],
        lambda x, *_: x,
        lambda x: ((x[0] + 1) // 2, x[1]) if len(x) == 2 and x[0] > 1 else None,
        1,
        (),
        (),
        0.8,
        plain=("{x}[:{h}]",),
        functions=("torch.narrow({x}, 0, 0, {h})",),
        views=("torch.index_select({x}, 0, torch.arange({h}))",),
    ),
    plainly(
        "tril",
        "tril({x})",
        lambda a: np.asarray(np.where(np.tri(*a.shape, dtype=bool), a, arb(0)), dtype=object),
        lambda x, *_: (min(x[0], 0.0), max(x[1], 0.0)),
        _matrix,
        1,
        ("torch.tril({g})",),
        (("wrong derivative", ("{g}",)), ("wrong derivative", ("torch.triu({g})",))),
        0.6,
        plain=("torch.tril({x})",),
        by_hand=("{x} * torch.tril(torch.ones({x}.shape, dtype={x}.dtype))",),
        views=("{x}.masked_fill(torch.ones({x}.shape, dtype=torch.bool).triu(1), 0.0)",),
    ),
    plainly(
        "stack",
        "vstack({x}, {y})",
        lambda a, b: np.vstack([a, b]),
        lambda x, y, *_: (min(x[0], y[0]), max(x[1], y[1])),
        lambda x, y: (x[0] + y[0], x[1]) if len(x) == len(y) == 2 and x[1] == y[1] else None,
        2,
        ("{g}[: {x}.shape[0]]", "{g}[{x}.shape[0] :]"),
        (("dropped term", ("{g}[: {x}.shape[0]]", "0 * {y}")),),
        0.8,
        plain=("torch.vstack([{x}, {y}])",),
        functions=("torch.cat([{x}, {y}], 0)",),
    ),
    plainly(
        "logdet",
        "logdet(add({x} * {x}.T, identity({r})))",
        lambda a: np.asarray(_det(a @ a.T + _eye(len(a))).log(), dtype=object),
        lambda x, *_: (0.0, 60.0),
        lambda x: () if len(x) == 2 and x[0] <= 3 else None,
        1,
        (),
        (),
        0.6,
        plain=("torch.logdet({x} @ {x}.T + torch.eye({r}, dtype={x}.dtype))",),
        functions=("torch.linalg.slogdet({x} @ {x}.T + torch.eye({r}, dtype={x}.dtype)).logabsdet",),
        by_hand=("torch.log(torch.det({x} @ {x}.T + torch.eye({r}, dtype={x}.dtype)))",),
        algebra=("2 * torch.log(torch.diagonal(torch.linalg.cholesky({x} @ {x}.T + torch.eye({r}, dtype={x}.dtype)))).sum()",),
    ),
)


def _eye(n: int) -> Any:
    return np.asarray([[arb(int(i == j)) for j in range(n)] for i in range(n)], dtype=object)


def _det(a: Any) -> Any:
    if len(a) == 1:
        return a[0, 0]
    return sum((-1) ** j * a[0, j] * _det(np.delete(a[1:], j, axis=1)) for j in range(len(a)))


OPERATIONS = EACH + WHOLE + LINEAR
