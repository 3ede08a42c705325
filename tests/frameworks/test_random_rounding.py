"""Random rounding: what is computed is moved by up to a rounding, what is exact or passed on stays."""

import pytest
import sympy
import torch

from symgrad import Exercise, check, scalar
from symgrad.basics.float_formats import PRECISIONS
from symgrad.frameworks.pytorch.authors_code import DTYPES
from symgrad.frameworks.pytorch.random_rounding import RandomRounding


def numbers(dtype="float64", count=1000):
    return torch.rand(count, generator=torch.Generator().manual_seed(0), dtype=torch.float64).add(0.25).to(DTYPES[dtype])


def run(function, *operands, dtype="float64", seed=0):
    with RandomRounding(dtype, seed):
        return function(*operands)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
def test_half_of_what_is_computed_is_its_neighbour(dtype):
    """A quarter moves up by one place, a quarter down; nothing moves further."""
    x = numbers(dtype)
    plain = torch.square(x).double()
    off = (run(torch.square, x, dtype=dtype).double() - plain) / torch.from_numpy(PRECISIONS[dtype].ulp(plain.numpy()))
    assert set(off.tolist()) == {-1.0, 0.0, 1.0}
    assert 100 < (off > 0).sum() < 300
    assert 100 < (off < 0).sum() < 300


PASSED_ON = {
    "copy": lambda x: x.clone(),
    "sign": lambda x: -x,
    "choice": lambda x: torch.where(x > 0.5, x, -x),
    "maximum": lambda x: torch.maximum(x, x.flip(0)),
    "joined": lambda x: torch.cat([x, x]),
    "picked": lambda x: x[torch.tensor([3, 1])],
    "view": lambda x: x.reshape(-1, 2).T,
    "wider": lambda x: x.to(torch.float64),
    "counted": lambda x: (x > 0.5).to(x.dtype).sum(),
}


@pytest.mark.parametrize("name", PASSED_ON)
def test_what_is_passed_on_stays(name):
    """Copies, signs, choices, views and counts are exact."""
    x = numbers("float32")
    assert torch.equal(run(PASSED_ON[name], x, dtype="float32"), PASSED_ON[name](x))


def test_numbers_of_pythons_move_unless_they_are_whole():
    """An exponent of 7/3 is rounded, one of 2 isn't."""
    x, ulp = torch.tensor([2.0**300], dtype=torch.float64), PRECISIONS["float64"].ulp
    moved = [float(run(lambda: x ** (7 / 3), seed=seed)) - 2.0**700 for seed in range(8)]
    assert max(map(abs, moved)) > 50 * ulp(2.0**700)
    assert all(abs(float(run(lambda: x**2.0, seed=seed)) - 2.0**600) <= ulp(2.0**600) for seed in range(8))


def test_a_backward_moves_too():
    """Its operations are PyTorch's own."""
    x = numbers().requires_grad_()

    def slope(x):
        return torch.autograd.grad((x**3).sum(), x)[0]

    plain = slope(x)
    assert (run(slope, x) != plain).any()
    assert torch.allclose(run(slope, x), plain, rtol=1e-15)


def test_a_seed_gives_the_same_roundings():
    """And another one others."""
    x = numbers()
    assert torch.equal(run(torch.exp, x, seed=1), run(torch.exp, x, seed=1))
    assert not torch.equal(run(torch.exp, x, seed=1), run(torch.exp, x, seed=2))


@pytest.mark.parametrize("size", [1e-320, 1e-300, 1e-30, 1e30, 1e300])
def test_numbers_of_every_size_move_by_a_place(size):
    """Near both ends of the format, too."""
    x = torch.full((64,), size, dtype=torch.float64)
    moved = run(lambda: x / 3) - x / 3
    assert set((moved / PRECISIONS["float64"].ulp(size / 3)).tolist()) == {-1.0, 0.0, 1.0}


def beside_large_numbers(low, high):
    """√6 k by a difference of squares, which loses the same digits of √6 whatever k is."""
    k, j = scalar("k"), scalar("j")
    return Exercise(
        name="squares",
        loss=sympy.sqrt(6) * k + 3 * j,
        parameters=[k, j],
        domain={"k": (low, high)},
        torch_loss=lambda k, j: ((6**0.5 + k) ** 2 - (6**0.5 - k) ** 2) / 4 + 3 * torch.where(j > 0, j, j),
    )


@pytest.mark.parametrize("way", ["jvp", "jacfwd", "grad", "jacrev", "vjp", "backward", "create_graph"])
def test_every_way_can_be_rounded_at_random(way):
    """A tangent that is zero has no storage in PyTorch; only a compiled program isn't rounded."""
    result = check(beside_large_numbers(500, 1000), via=way)
    assert (result.verdict, result.reason) == ("pass", "ill_conditioned")
    told = [str(remark) for remark in result.remarks if remark.code == "program_noise" and remark.values["fixed"]]
    assert any(text.startswith("dL/dk: the program loses digits") for text in told)
    assert all(text.endswith("with its operations rounded at random it strays by as much") for text in told)


def test_digits_that_are_lost_the_same_way_everywhere_are_lost_all_the_same():
    """Beside larger numbers too many are."""
    result = check(beside_large_numbers(5e6, 1e7))
    (row, other) = result.gradients
    assert (row.reason, other.reason) == ("inaccurate", "agree")
    assert [hint.values["fixed"] for hint in row.hints if hint.code == "off_by_noise"] == [True]
    assert "as it strays when its operations are rounded at random" in result.message


def test_a_formula_that_is_wrong_by_as_much_stays_wrong():
    """Of a program that loses nothing, a slope off by 12 units in the last place is no rounding."""
    x = scalar("x")

    def program(x):
        return 3 * x + (x - x.detach()) * 12 * 2.0**-51

    assert check(Exercise(name="off", loss=3 * x, parameters=[x], torch_loss=program)).reason == "autograd_wrong"


def test_nan_infinities_and_zeros_stay_what_they_are():
    x = torch.tensor([0.0, -0.0, torch.inf, -torch.inf, torch.nan], dtype=torch.float64)
    torch.testing.assert_close(run(lambda: x * 3.5), x * 3.5, rtol=0, atol=0, equal_nan=True)
    assert torch.signbit(run(lambda: x * 3.5))[1]
