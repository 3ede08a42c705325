"""What is asked in exercises, with right answers as Python expressions: `*` entry by entry, `@` of matrices, entries from 1.

The first formula of a step's adjoint is its meaning where other formulas use it; adjoints stand from the loss downwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symgrad.operations.shapes import Shape

S: Shape = (1, 1)


@dataclass(frozen=True, eq=False)
class Subject:
    """An exercise: its data and parameters with shapes, its steps, and right answers by name."""

    exercise: str
    shapes: Mapping[str, Shape]
    steps: Mapping[str, str]
    answers: Mapping[str, tuple[str, ...]]
    stretched: frozenset[str] = frozenset()
    """Steps that no answer writes out, for a vector is added to every column there."""
    point: Mapping[str, object] = field(default_factory=dict)
    """The exercise's first point, for answers that are numbers; empty where it has none."""
    shares: frozenset[str] = frozenset()
    """Data between 0 and 1."""
    one_hot: str = ""
    """A datum whose columns have a single 1."""

    @property
    def meanings(self) -> dict[str, str]:
        """The formulas of steps and of their adjoints by name, in an order in which they can be computed."""
        adjoints = {name: formulas[0] for name, formulas in self.answers.items() if name.removeprefix("d") in self.steps}
        return {**self.steps, **adjoints}


SWISH = ("do*(s+z*s*(1-s))", "(o-y)*(s+z*s*(1-s))", "(o-y)*s*(1+z*(1-s))", "(o-y)*(s+o*(1-s))")
SUBJECTS = (
    Subject(
        "linear",
        {"w": S, "x": S, "y": S},
        {"prediction": "w*x"},
        {
            "dprediction": ("2*(prediction-y)", "2*w*x-2*y"),
            "w": ("2*x*(prediction-y)", "2*w*x**2-2*x*y", "dprediction*x"),
        },
        point={"w": 1, "x": 1, "y": 2},
    ),
    Subject(
        "quadratic",
        {"w1": S, "w2": S, "b": S, "x": S, "y": S},
        {"prediction": "w1*x**2+w2*x+b"},
        {
            "dprediction": ("2*(prediction-y)",),
            "w1": ("2*(prediction-y)*x**2", "dprediction*x**2"),
            "w2": ("2*(prediction-y)*x", "dprediction*x"),
            "b": ("2*(prediction-y)", "dprediction", "2*w1*x**2+2*w2*x+2*b-2*y"),
        },
        point={"w1": 1, "w2": 1, "b": 1, "x": 1, "y": 2},
    ),
    Subject(
        "swish_unit",
        {"w": S, "b": S, "x": S, "y": S},
        {"z": "w*x+b", "s": "sigmoid(z)", "o": "z*s"},
        {
            "do": ("o-y",),
            "ds": ("do*z", "(o-y)*z"),
            "dz": (*SWISH, "do*s+ds*s*(1-s)"),
            "w": ("dz*x", *(f"{f}*x" for f in SWISH)),
            "b": ("dz", *SWISH),
        },
    ),
    Subject(
        "recurrent",
        {"w": S, "u": S, "x1": S, "x2": S, "h0": S, "y": S},
        {"a1": "w*x1+u*h0", "h1": "tanh(a1)", "a2": "w*x2+u*h1", "h2": "tanh(a2)"},
        {
            "dh2": ("h2-y",),
            "da2": ("dh2*(1-h2**2)", "(h2-y)*(1-h2**2)"),
            "dh1": ("da2*u", "(h2-y)*(1-h2**2)*u"),
            "da1": ("dh1*(1-h1**2)", "da2*u*(1-h1**2)"),
            "w": ("da2*x2+da1*x1", "(h2-y)*(1-h2**2)*(x2+u*(1-h1**2)*x1)", "da2*(x2+u*(1-h1**2)*x1)"),
            "u": ("da2*h1+da1*h0", "(h2-y)*(1-h2**2)*(h1+u*(1-h1**2)*h0)", "da2*(h1+u*(1-h1**2)*h0)"),
        },
    ),
    Subject(
        "exponential_fit",
        {"a": S, "b": S, "t": S, "y": S},
        {"f": "exp(-b*t)", "r": "a*f-y"},
        {
            "dr": ("2*r", "2*(a*f-y)"),
            "df": ("2*r*a", "dr*a"),
            "a": ("2*r*f", "dr*f", "2*(a*f-y)*f"),
            "b": ("-2*a*t*f*r", "-df*f*t", "-dr*a*t*f"),
        },
        point={"a": 2, "b": 1, "t": 1, "y": 1},
    ),
    Subject(
        "cross_entropy_unit",
        {"w1": S, "w2": S, "b": S, "x1": S, "x2": S, "y": S},
        {"z": "w1*x1+w2*x2+b", "p": "sigmoid(z)"},
        {
            "dp": ("(1-y)/(1-p)-y/p", "(p-y)/(p*(1-p))"),
            "dz": ("p-y", "p*(1-y)-(1-p)*y", "dp*p*(1-p)"),
            "w1": ("(p-y)*x1", "dz*x1", "(sigmoid(z)-y)*x1"),
            "w2": ("(p-y)*x2", "dz*x2", "dp*p*(1-p)*x2"),
            "b": ("p-y", "dz", "sigmoid(z)-y"),
        },
        shares=frozenset({"y"}),
    ),
    Subject(
        "sigmoid_network",
        {"w1": (2, 1), "w2": (2, 2), "x": S, "y": (2, 1)},
        {"z1": "w1*x", "y1": "sigmoid(z1)", "z2": "w2@y1", "y2": "sigmoid(z2)"},
        {
            "dy2": ("y2-y",),
            "dz2": ("dy2*y2*(1-y2)", "(y2-y)*y2*(1-y2)", "(y2-y)*(y2-y2**2)"),
            "dy1": ("w2.T@dz2",),
            "dz1": ("(w2.T@dz2)*y1*(1-y1)", "dy1*y1*(1-y1)", "(w2.T@dz2)*(y1-y1**2)"),
            "w1": ("dz1@x.T", "dz1*x", "((w2.T@dz2)*y1*(1-y1))@x.T"),
            "w2": ("dz2@y1.T", "((y2-y)*y2*(1-y2))@y1.T"),
            "w2[1,2]": ("entry(dz2,1)*entry(y1,2)", "(entry(y2,1)-entry(y,1))*entry(y2,1)*(1-entry(y2,1))*entry(y1,2)"),
        },
        point={"w1": [[1], [2]], "w2": [[3, 4], [5, 6]], "x": [[1]], "y": [[1], [0]]},
    ),
    Subject(
        "ridge",
        {"w": (1, 3), "lam": S, "x": (3, 5), "y": (1, 5)},
        {"r": "w@x-y"},
        {"dr": ("2*r/5", "2/5*r"), "w": ("dr@x.T+lam*w", "2*r@x.T/5+lam*w", "2/5*((w@x-y)@x.T)+lam*w")},
        shares=frozenset({"lam"}),
    ),
    Subject(
        "quadratic_form",
        {"A": (3, 3), "x": (3, 1), "b": (3, 1)},
        {"q": "A@x"},
        {
            "dq": ("x/2",),
            "x": ("(A+A.T)@x/2-b", "(q+A.T@x)/2-b", "A.T@dq+q/2-b"),
            "A": ("x@x.T/2", "dq@x.T"),
            "A[1,3]": ("entry(x,1)*entry(x,3)/2",),
        },
    ),
    Subject(
        "softmax_regression",
        {"W": (3, 4), "b": (3, 1), "x": (4, 5), "y": (3, 5)},
        {"z": "W@x+stretched(b,5)"},
        {
            "dz": ("(softmax(z,axis=0)-y)/5",),
            "W": ("dz@x.T", "(softmax(z,axis=0)-y)@x.T/5"),
            "b": ("total(dz,axis=1)", "total(softmax(z,axis=0)-y,axis=1)/5"),
        },
        stretched=frozenset({"z"}),
        one_hot="y",
    ),
    Subject(
        "logistic_regression",
        {"w": (1, 3), "b": S, "x": (3, 5), "y": (1, 5)},
        {"z": "w@x+b"},
        {
            "dz": ("(sigmoid(z)-y)/5",),
            "w": ("dz@x.T", "(sigmoid(z)-y)@x.T/5"),
            "b": ("total(dz)", "mean(sigmoid(z)-y)", "total(sigmoid(z)-y)/5"),
        },
        shares=frozenset({"y"}),
    ),
    Subject(
        "tanh_network",
        {"W1": (3, 2), "b1": (3, 1), "W2": (2, 3), "b2": (2, 1), "x": (2, 4), "y": (2, 4)},
        {"z1": "W1@x+stretched(b1,4)", "h": "tanh(z1)", "z2": "W2@h+stretched(b2,4)"},
        {
            "dz2": ("(z2-y)/4",),
            "dh": ("W2.T@dz2",),
            "dz1": ("(W2.T@dz2)*(1-h**2)", "dh*(1-h*h)"),
            "W1": ("dz1@x.T", "((W2.T@dz2)*(1-h**2))@x.T"),
            "b1": ("total(dz1,axis=1)",),
            "W2": ("dz2@h.T", "(z2-y)@h.T/4"),
            "b2": ("total(dz2,axis=1)", "total(z2-y,axis=1)/4"),
        },
        stretched=frozenset({"z1", "z2"}),
    ),
)
