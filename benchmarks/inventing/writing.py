"""A loss as source: in symgrad's words, and as PyTorch programs in several styles, right or with one mutation."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from inventing.losses import Loss, Node, Symbol
from inventing.operations import STYLES

FORWARD = ("jvp", "jacfwd")
FIT = '''
def fit(g, like):
    """An adjoint summed to the shape of an operand that was broadcast."""
    g = g + torch.zeros_like(like)
    if like.dim() == 0:
        return g.sum()
    for d in range(like.dim()):
        if like.shape[d] == 1:
            g = g.sum(d, keepdim=True)
    return g
'''
FUNCTION = """
class {name}(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward({operands}):
        {forward}

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs, output)

    @staticmethod
    def backward(ctx, g):
        {operands}, o = {saved}
        return {backward}
"""
IDENTITY = """
class Wrong(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x.clone()

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, g):
        return {0}
"""


@dataclass(frozen=True)
class Mutation:
    """What is wrong: at a value by name (`where`), or in the backward of the node of that name.

    `adjoint` is the wrong map of an adjoint g, linear where `linear`; `backward` the wrong backwards of a node's operands;
    `detached` the place of the operand that is cut off; `saved` the format in which a node keeps its operands.
    """

    kind: str
    where: str
    how: str
    adjoint: str = ""
    backward: tuple[str, ...] = ()
    operand: int = -1
    saved: str = ""


def filled(text: str, node: Node, names: dict[str, str]) -> str:
    """A template with everything in its place."""
    rows, columns = (*node.shapes[0], 1, 1)[:2]
    axis = int(node.operation.name[-1]) if " along " in node.operation.name else None
    along = "" if axis is None else f"{axis}, keepdim=True"
    late = {
        "{amax}": "{x}.max()" if axis is None else "{x}.max({axis}, keepdim=True).values",
        "{prod}": "{x}.prod(" + along + ")",
        "{nca}": "" if axis is None else f", dim={along}",
        "{lnplain}": "torch.nn.functional.layer_norm({x}, ({c},))"
        if axis == 1
        else "torch.nn.functional.layer_norm({x}.T, ({r},)).T",
        "{cumhand}": "torch.ones({r}, {r}, dtype={x}.dtype).tril() @ {x}"
        if axis == 0
        else "{x} @ torch.ones({c}, {c}, dtype={x}.dtype).triu()",
        "{ein}": {None: "ij->", 0: "ij->j", 1: "ij->i"}[axis],
        "{post}": {None: "", 0: ".unsqueeze(0)", 1: ".unsqueeze(1)"}[axis],
        "{dd0}": "(0, 1)" if axis is None else str(axis),
        "{d1}": str(axis or 0),
        "{axis}": str(axis),
        "{n}": str(node.length),
        "{r}": str(rows),
        "{c}": str(columns),
        "{h}": str((rows + 1) // 2),
        "{k}": str(node.constants[0]) if node.constants else "",
        "{m}": str(node.constants[-1]) if node.constants else "",
    }
    for mark, by in {**late, **names}.items():
        text = text.replace(mark, by)
    return text


def symgrad_source(loss: Loss) -> str:
    """The symbols and the loss in symgrad's words, one line a value."""
    lines = []
    for s in loss.symbols:
        kind = f'scalar("{s.name}")' if s.shape == () else f'matrix("{s.name}", {s.shape[0]}, {s.shape[1]})'
        lines.append(f"{s.name} = {kind}")
    for node in loss.nodes:
        text = filled(node.operation.symgrad, node, dict(zip(("{x}", "{y}", "{z}"), node.operands, strict=False)))
        last = node is loss.nodes[-1]
        text = f'step("{node.name}", {text})' if node.step and not last else text
        lines.append(f"{'loss' if last else node.name} = {text}")
    return "\n".join(lines)


def torch_source(loss: Loss, style: str, rng: random.Random, way: str, mutation: Mutation | None) -> str:
    """The program: helpers and classes that it needs, and the function `torch_loss`."""
    classes, body = [], []
    names = [s.name for s in loss.symbols]
    for name in names:
        body += _mutated_value(name, mutation, way, classes)
    for node in loss.nodes:
        operands = list(node.operands)
        if mutation and mutation.kind == "detached path" and mutation.where == node.name:
            operands[mutation.operand] += ".detach()"
        body.append(f"{node.name} = {_call(node, operands, style, rng, way, mutation, classes)}")
        body += _mutated_value(node.name, mutation, way, classes)
    body.append(f"return {loss.nodes[-1].name}")
    helpers = FIT if any("fit(" in c for c in classes) else ""
    return helpers + "".join(classes) + f"\n\ndef torch_loss({', '.join(names)}):\n    " + "\n    ".join(body) + "\n"


def _mutated_value(name: str, mutation: Mutation | None, way: str, classes: list[str]) -> list[str]:
    if mutation is None or not mutation.adjoint or mutation.where != name:
        return []
    if mutation.how == "straight through":
        moved = mutation.adjoint.replace("g", f"({name} - {name}.detach())")
        return [f"{name} = {name}.detach() + {moved}"]
    if mutation.how == "hook":
        return [
            f"if {name}.requires_grad:",
            f"    {name} = {name} * 1",
            f"    {name}.register_hook(lambda g: {mutation.adjoint})",
        ]
    classes.append(IDENTITY.format(mutation.adjoint))
    return [f"{name} = Wrong.apply({name})"]


def _call(
    node: Node, operands: list[str], style: str, rng: random.Random, way: str, mutation: Mutation | None, classes: list[str]
) -> str:
    """A node in PyTorch: an expression in a style, or a call of a custom Function."""
    names = dict(zip(("{x}", "{y}", "{z}"), operands, strict=False))
    here = (
        mutation is not None
        and mutation.where == node.name
        and bool(mutation.backward or mutation.saved or mutation.kind == "second order detached")
    )
    if here and mutation is not None and mutation.how == "straight through":
        value = filled(node.operation.torch["plain"][0], node, {"{x}": f"{operands[0]}.detach()"})
        slope = filled(mutation.backward[0].replace("{g} * ", ""), node, {"{x}": operands[0], "{o}": f"({value})"})
        return f"{value} + ({slope}) * ({operands[0]} - {operands[0]}.detach())"
    style_here = rng.choice([s for s in STYLES if s != "mixed"]) if style == "mixed" else style
    custom = style_here == "custom" and bool(node.operation.backward) and way not in FORWARD
    if here or custom:
        name = f"Custom{node.name[1:]}" if not here else f"Mutated{node.name[1:]}"
        classes.append(_function(node, name, mutation if here else None))
        return f"{name}.apply({', '.join(operands)})"
    choice = rng.choice(node.operation.torch.get(style_here, node.operation.torch["plain"][:1]))
    return filled(choice, node, names)


def _function(node: Node, name: str, mutation: Mutation | None) -> str:
    letters = ["x", "y", "z"][: node.operation.arity]
    names = {f"{{{letter}}}": letter for letter in (*letters, "g", "o")}
    backward = mutation.backward if mutation and mutation.backward else node.operation.backward
    saved = "ctx.saved_tensors"
    if mutation and mutation.saved:
        saved = f"(s.to({mutation.saved}).to(s.dtype) for s in ctx.saved_tensors)"
    elif mutation and mutation.kind == "second order detached":
        saved = "(s.detach() for s in ctx.saved_tensors)"
    return FUNCTION.format(
        name=name,
        operands=", ".join(letters),
        forward="return (" + filled(node.operation.torch["plain"][0], node, names) + ").clone()",
        saved=saved,
        backward=", ".join(f"({filled(b, node, names)})" for b in backward),
    )


def exercise_source(loss: Loss, program: str | None, title: str, points: int) -> str:
    """A whole file; without a program symgrad runs the loss by itself."""
    body = symgrad_source(loss)
    words = sorted(set(re.findall(r"\b([a-z_0-9]+)\(", body)) - {"dtype"})
    head = f'"""{title}"""\n\nimport torch\n' + ("from sympy import Piecewise\n" if "Piecewise" in body else "")
    domains = ", ".join(f'"{s.name}": {s.domain}' for s in loss.symbols if s.domain)
    parameters = ", ".join(s.name for s in loss.symbols if s.parameter)
    fields = [
        'name="random"',
        "loss=loss",
        f"parameters=[{parameters}]",
        f"points={points}",
        *([f"domain={{{domains}}}"] if domains else []),
    ]
    fields += ["torch_loss=torch_loss"] if program else []
    imports = f"\nfrom symgrad import Exercise, {', '.join(words)}\n\n"
    return head + imports + body + "\n" + (program or "") + f"\n\nexercise = Exercise({', '.join(fields)})\n"


def kinds_of(loss: Loss, rng: random.Random, way: str, dtype: str, order: int) -> Mutation | None:
    """A random mutation that fits a loss, a way and a format; None where the one that was drawn doesn't."""
    forward = way in FORWARD
    values: list[Symbol | Node] = [*(s for s in loss.symbols if s.parameter), *loss.nodes[:-1]]
    draw = rng.random()
    if draw < 0.45:
        return _adjoint_mutation(rng.choice(values), rng, way)
    if draw < 0.55:
        node = rng.choice(loss.nodes)
        return Mutation("detached path", node.name, "detached", operand=rng.randrange(len(node.operands)))
    if draw < 0.82:
        node = rng.choice([n for n in loss.nodes if n.operation.wrong] or [loss.nodes[0]])
        if not node.operation.wrong or (forward and not (node.operation.elementwise and node.operation.arity == 1)):
            return None
        kind, backward = rng.choice(node.operation.wrong)
        return Mutation(kind, node.name, "straight through" if forward else "custom", backward=backward)
    if forward:
        return None
    node = rng.choice([n for n in loss.nodes if n.operation.backward] or [loss.nodes[0]])
    if not node.operation.backward:
        return None
    if draw < 0.88 and node.operation.elementwise:
        return Mutation(
            "adjoint ignored",
            node.name,
            "custom",
            backward=tuple(b.replace("{g}", "torch.ones_like({g})") for b in node.operation.backward),
        )
    if draw < 0.95:
        shorter = {
            "float64": ["torch.float32", "torch.float16", "torch.bfloat16"],
            "float32": ["torch.float16", "torch.bfloat16"],
            "float16": ["torch.bfloat16"],
        }
        if dtype in shorter:
            return Mutation("saved in half precision", node.name, "custom", saved=rng.choice(shorter[dtype]))
    return Mutation("second order detached", node.name, "custom") if order == 2 else None


def _adjoint_mutation(value: Symbol | Node, rng: random.Random, way: str) -> Mutation | None:
    hooks = ["hook"] if way in ("backward", "create_graph") else []
    linear = rng.choice(["straight through", *([] if way in FORWARD else ["custom", "custom", *hooks])])
    kind = rng.choice(
        (
            "factor 2",
            "sign",
            "zero",
            "factor 1.2",
            "factor 1.02",
            "factor 1.02",
            "one entry",
            "a row",
            "transposed",
            "negative adjoints only",
            "clipped adjoint",
            "adjoint in half precision",
        )
    )
    factors = {"factor 2": "2", "sign": "-1", "zero": "0", "factor 1.2": "1.2", "factor 1.02": "1.02"}
    if kind in factors:
        return Mutation(kind, value.name, linear, adjoint=f"{factors[kind]} * g")
    if kind in ("one entry", "a row") and value.shape and value.shape != (1, 1):
        where = (rng.randrange(value.shape[0]), rng.randrange(value.shape[1]))
        factor = rng.choice((2, 0, -1))
        numbers = [
            [factor if (r == where[0] and (kind == "a row" or c == where[1])) else 1 for c in range(value.shape[1])]
            for r in range(value.shape[0])
        ]
        return Mutation(kind, value.name, linear, adjoint=f"torch.tensor({numbers}) * g")
    if kind == "transposed" and len(value.shape) == 2 and value.shape[0] == value.shape[1] > 1:
        return Mutation(kind, value.name, linear, adjoint="g.T")
    if way in FORWARD:
        return None
    nonlinear = {
        "negative adjoints only": "torch.where(g < 0, -g, g)",
        "clipped adjoint": "g.clamp(-0.1, 0.1)",
        "adjoint in half precision": "g.to(torch.bfloat16).to(g.dtype)",
    }
    return Mutation(kind, value.name, rng.choice(["custom", *hooks]), adjoint=nonlinear[kind]) if kind in nonlinear else None
