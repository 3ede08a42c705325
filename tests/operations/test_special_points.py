"""Where a formula has a hole or an operation a kink: values and slopes in every number system, and what PyTorch takes there."""

import numpy as np
import pytest
import sympy
import torch
from flint import arb
from sympy.codegen import cfunctions

from symgrad import differentiate, scalar
from symgrad.basics.errors import AuthorError
from symgrad.basics.float_formats import PRECISIONS
from symgrad.frameworks.pytorch.tensors import Tensors
from symgrad.number_systems.balls import Balls, at_precision, to_balls
from symgrad.number_systems.float64 import Floats
from symgrad.number_systems.programs import program
from symgrad.number_systems.rounding import Rounding
from symgrad.operations.row import Composition
from symgrad.operations.table import TABLE

x, y, z = scalar("x"), scalar("y"), scalar("z")
NAMES = ("x", "y", "z")


def derived(name, count):
    """The derivation of a row over scalars, and its value and slopes as a program."""
    derivation = differentiate(TABLE[name](x, y, z) if count == 3 else TABLE[name](*(x, y)[:count]), NAMES[:count])
    return derivation, program(derivation, [derivation.loss, *derivation.gradients.values()])


def arrays(point):
    return [np.full((1, 1, 1), float(v)) for v in point]


def in_pytorch(name, point):
    """PyTorch's value and slopes."""
    leaves = [torch.tensor(a, requires_grad=True) for a in arrays(point)]
    derivation, _ = derived(name, len(point))
    loss = Tensors(torch.float64).bind(program(derivation, [derivation.loss]))(*leaves)
    loss.sum().backward()
    return [float(loss.detach().sum()), *(float(leaf.grad) if leaf.grad is not None else 0.0 for leaf in leaves)]


HOLES = {
    ("sinc", (0,)): (1, 0),
    ("entr", (1,)): (0, -1),
    ("i1", (0,)): (0, 0.5),
    ("i1e", (0,)): (0, 0.5),
    ("i0", (0,)): (1, 0),
    ("erfcx", (0,)): (1, -2 / np.sqrt(np.pi)),
    ("xlogy", (0, 2)): (0, np.log(2), 0),
    ("xlog1py", (0, 1)): (0, np.log(2), 0),
    ("frac", (0,)): (0, 1),
    ("trunc", (0,)): (0, 0),
    ("hypot", (3, 4)): (5, 0.6, 0.8),
    ("clamp", (2, 1, 1)): (1, 0, 0, 1),
    ("logaddexp", (800, 800)): (800 + np.log(2), 0.5, 0.5),
    ("copysign", (-2, 3)): (2, -1, 0),
}
"""Value and slopes at points where a formula could go wrong."""


@pytest.mark.parametrize(("name", "point"), HOLES)
def test_a_hole_is_filled_in_every_number_system(name, point):
    """Floats, balls, values with radii and PyTorch have the value and the slopes that the limit has."""
    expected = HOLES[name, point]
    _, code = derived(name, len(point))
    with np.errstate(all="ignore"):
        in_floats = Floats().bind(code)(*arrays(point))
        running = Rounding(PRECISIONS["float64"])
        in_radii = running.bind(code)(*(running.exact(a) for a in arrays(point)))
    with at_precision(200):
        in_balls = Balls().bind(code)(*(to_balls(a) for a in arrays(point)))
    for k, value in enumerate(expected):
        assert float(np.ravel(in_floats[k])[0]) == pytest.approx(value, abs=1e-15)
        ball = np.ravel(np.asarray(in_balls[k], dtype=object))[0]
        assert float(ball) == pytest.approx(value, abs=1e-15)
        assert float(getattr(ball, "rad", lambda: 0)()) < 1e-50
        item = running.coerce(in_radii[k])
        assert float(np.ravel(item.value)[0]) == pytest.approx(value, abs=1e-15)
        assert item.radius is None or float(np.max(item.radius)) < 1e-13 * max(1, abs(value))
    assert in_pytorch(name, point) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("name", ["xlogy", "xlog1py", "entr", "i1", "i1e", "sinc"])
def test_a_ball_around_a_hole_is_enclosed(name):
    """A ball that holds 0 without being 0 has an image that is finite, or says that it is too wide."""
    row = TABLE[name]
    around = np.array([[[arb(0, 2.0**-60)]]], dtype=object)
    operands = (around, to_balls(np.full((1, 1, 1), 2.0)))[: row.operands]
    image = np.ravel(Balls().function(name)(*operands))[0]
    inner = np.ravel(Balls().function(name)(to_balls(np.full((1, 1, 1), 2.0**-61)), *operands[1:]))[0]
    assert image.overlaps(inner) or not image.is_finite()


CONVENTIONS = {
    ("floor", (1,)): (0,),
    ("ceil", (1,)): (0,),
    ("trunc", (1,)): (0,),
    ("round", (0.5,)): (0,),
    ("frac", (1,)): (1,),
    ("fmod", (2, 1)): (1, -2),
    ("remainder", (-2, 1)): (1, 2),
    ("copysign", (0, 1)): (0, 0),
    ("clamp", (0, 0, 1)): (1, 0, 0),
    ("clamp", (1, 0, 1)): (1, 0, 0),
    ("clamp", (0, 1, 1)): (0, 0, 0),
    ("clamp_min", (1, 1)): (1, 0),
    ("clamp_max", (1, 1)): (1, 0),
    ("fmax", (1, 1)): (1, 0),
    ("fmin", (1, 1)): (1, 0),
    ("hypot", (0, 0)): (np.nan, np.nan),
    ("i0e", (0,)): (0,),
    ("threshold", (0,)): (0,),
    ("relu6", (0,)): (0,),
    ("relu6", (6,)): (0,),
    ("hardshrink", (0.5,)): (0,),
    ("softshrink", (-0.5,)): (0,),
    ("prelu", (0, 0.25)): (0.25, 0),
}
"""What PyTorch takes for the slopes at kinks, and the rows' own formulas as well."""


@pytest.mark.parametrize(("name", "point"), CONVENTIONS)
def test_a_convention_is_pytorchs(name, point):
    """At a kink, where the row's expressions vanish, its partial derivatives in floats are what PyTorch takes."""
    expected = CONVENTIONS[name, point]
    derivation, code = derived(name, len(point))
    assert in_pytorch(name, point)[1:] == pytest.approx(expected, nan_ok=True)
    with np.errstate(all="ignore"):
        found = Floats().bind(code)(*arrays(point))[1:]
        kinks = [Floats().bind(program(derivation, [k.vanishing]))(*arrays(point)) for k in derivation.kinks]
    assert [float(np.ravel(f)[0]) for f in found] == pytest.approx(expected, nan_ok=True)
    assert min(abs(float(np.ravel(k)[0])) for k in kinks) < 1e-15


@pytest.mark.parametrize(
    ("written", "row"),
    [
        (cfunctions.exp2(x), TABLE["exp2"](x)),
        (cfunctions.expm1(x), TABLE["expm1"](x)),
        (cfunctions.log2(x), TABLE["log2"](x)),
        (cfunctions.log10(x), TABLE["log10"](x)),
        (cfunctions.log1p(x), TABLE["log1p"](x)),
        (cfunctions.hypot(x, y), TABLE["hypot"](x, y)),
        (sympy.erfinv(x), TABLE["erfinv"](x)),
        (sympy.floor(x), TABLE["floor"](x)),
        (sympy.ceiling(x), TABLE["ceil"](x)),
        (sympy.Mod(x, y), TABLE["remainder"](x, y)),
        (sympy.frac(x), TABLE["remainder"](x, 1)),
        (sympy.sinc(x), TABLE["sinc"](x / sympy.pi)),
        (sympy.besseli(0, x), TABLE["i0"](x)),
        (sympy.besseli(1, x), TABLE["i1"](x)),
        (sympy.digamma(x), TABLE["digamma"](x)),
        (sympy.polygamma(2, x), TABLE["polygamma"](x, n=2)),
        (sympy.zeta(3, x), TABLE["zeta"](x, s=3)),
    ],
    ids=str,
)
def test_a_head_of_sympys_is_read_as_its_row(written, row):
    """What SymPy calls a function gives the same equations as the row itself."""
    assert str(differentiate(written, [x])) == str(differentiate(row, [x]))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (sympy.zeta(x), "loss: the order of zeta(x) is x; accepted: a number above 1"),
        (sympy.zeta(x, y), "loss: the order of zeta(x, y) is x; accepted: a number above 1"),
        (sympy.zeta(sympy.Rational(1, 2), y), "loss: the order of zeta(1/2, y) is 1/2; accepted: a number above 1"),
        (sympy.besseli(2, x), "loss: besseli isn't in the table of operations"),
    ],
    ids=str,
)
def test_an_order_without_a_row_is_refused(written, message):
    """A zeta function whose order isn't a number above 1, and a Bessel function without a row, are named."""
    with pytest.raises(AuthorError) as raised:
        differentiate(written, [x])
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("p", [0, -1, 1.5])
def test_a_dimension_is_a_whole_number(p):
    """The multivariate gamma function has a dimension from 1 on."""
    with pytest.raises(ValueError, match=r"^p is a whole number from 1 on, found "):
        TABLE["multigammaln"](x, p=p)


def test_the_multivariate_gamma_function_is_pytorchs():
    """The composition has the values of `torch.mvlgamma`, in every dimension."""
    assert isinstance(TABLE["multigammaln"], Composition)
    values = np.linspace(2.1, 9.0, 7).reshape(-1, 1, 1)
    for p in (1, 2, 3, 5):
        derivation = differentiate(TABLE["multigammaln"](x, p=p), [x])
        found = Floats().bind(program(derivation, [derivation.loss]))(values)
        np.testing.assert_allclose(found, torch.mvlgamma(torch.tensor(values), p).numpy(), rtol=1e-13)
